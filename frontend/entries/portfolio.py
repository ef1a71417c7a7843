"""A page of the app, run by ``st.navigation``."""

from frontend.screens.portfolio import show

show()
