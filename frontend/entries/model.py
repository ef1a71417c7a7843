"""A page of the app, run by ``st.navigation``."""

from frontend.screens.model import show

show()
