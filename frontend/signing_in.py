"""Signing in by OpenID Connect where it is configured; without it the app is open, for development."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
    """Whether the page may go on: nobody has to sign in, or somebody who may did.

    Raises:
        ValueError: ``admitted`` in the secrets is no list of addresses and domains.
    """
    if not configured():
        return True
    allowed = st.secrets.get("admitted", ())
    if isinstance(allowed, str) or not all("@" in str(entry)[:-1] for entry in allowed):
        raise ValueError(
            f"admitted in the secrets: got {allowed!r}; "
            'allowed: addresses and domains, such as ["ana@banco.example", "@banco.example"]'
        )
    return bool(st.user.get("is_logged_in")) and may_enter(st.user, allowed)


def may_enter(person: Mapping[str, Any], allowed: Sequence[str]) -> bool:
    """Whether somebody the provider knows is among those who are admitted; without a list all are.

    Only an address that the provider verified counts: others can be whatever their owner wrote.

    >>> ana = {"email": "Ana@banco.example", "email_verified": True}
    >>> may_enter(ana, ["@banco.example"]), may_enter(ana, ["eva@banco.example"]), may_enter({}, [])
    (True, False, True)
    """
    if not allowed:
        return True
    address = str(person.get("email") or "").lower()
    domain = "@" + address.rpartition("@")[2]
    return person.get("email_verified") is True and any(
        entry.lower() in (address, domain) for entry in allowed
    )


def ask_to_sign_in(language: Language) -> None:
    """All that is shown to whoever did not sign in, or is not admitted."""
    with st.container(border=True, width=420):
        st.title(say("title", language), anchor=False)
        if st.user.get("is_logged_in"):
            account = str(st.user.get("email") or st.user.get("name") or "")
            st.text(say("sign_in.refused", language, account=account))
            sign_out(language)
            return
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
