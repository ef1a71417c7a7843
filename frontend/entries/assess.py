"""A page of the app, run by ``st.navigation``."""

from frontend.screens.assess import show

show()
