"""A page of the app, run by ``st.navigation``."""

from frontend.screens.policy import show

show()
