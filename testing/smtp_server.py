"""An SMTP server for tests: real sockets, real TLS, one name and password that it accepts."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

NAME, PASSWORD = "solvencia", "correct horse battery"


class Inbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.over_tls: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.append(envelope.rcpt_tos)
        self.over_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 taken"


def accepts(server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    good = given == LoginPassword(NAME.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def serving(context: ssl.SSLContext | None, tls: str) -> Iterator[tuple[Inbox, int]]:
    inbox, port = Inbox(), free_port()
    signed: dict[str, Any] = {"authenticator": accepts, "auth_required": True}
    if tls == "implicit":
        made = Controller(
            inbox, "127.0.0.1", port, ssl_context=context, auth_require_tls=False, **signed
        )
    elif tls == "starttls":
        made = Controller(
            inbox, "127.0.0.1", port, tls_context=context, require_starttls=True, **signed
        )
    else:
        made = Controller(inbox, "127.0.0.1", port)
    made.start()
    try:
        yield inbox, port
    finally:
        made.stop()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
