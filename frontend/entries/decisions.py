"""A page of the app, run by ``st.navigation``."""

from frontend.screens.decisions import show

show()
