"""Signing in by OpenID Connect where it is configured; without it the app is open, for development."""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from frontend.text import Language, say


def configured() -> bool:
    """Whether the secrets name an identity provider (section ``[auth]``).

    Raises:
        StreamlitSecretNotFoundError: there are secrets that cannot be read: the app must not open
            itself because of a slip in them.
    """
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        if any(Path(path).exists() for path in st.get_option("secrets.files")):
            raise
        return False


def admitted() -> bool:
    """Whether the page may go on: nobody has to sign in, or somebody did."""
    return not configured() or bool(st.user.get("is_logged_in"))


def ask_to_sign_in(language: Language) -> None:
    """All that is shown to whoever did not sign in."""
    with st.container(border=True, width=420):
        st.title(say("title", language), anchor=False)
        st.markdown(say("sign_in.note", language))
        st.button(
            say("sign_in", language),
            type="primary",
            icon=":material/login:",
            key="sign_in",
            on_click=st.login,
        )


def who() -> str | None:
    """The name of whoever signed in; None where nobody has to."""
    if not configured():
        return None
    return str(st.user.get("name") or st.user.get("email") or "") or None


def sign_out(language: Language) -> None:
    """A way out, where somebody signed in."""
    if configured():
        st.button(
            say("sign_out", language),
            type="tertiary",
            icon=":material/logout:",
            key="sign_out",
            on_click=st.logout,
        )
