"""Tell people what came of a retraining: by mail, in reports/training_mail.html, in the job summary.

python -m utilities.mail [--outcome reports/training_run.json]
python -m utilities.mail --unless-told      of a run that was cut off, or never began

Without SMTP_HOST nothing is sent; the page and the summary are written all the same.
"""

import argparse
import os
import smtplib
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, cast, get_args

from solvencia.domain.errors import InvalidInputError, SolvenciaError
from solvencia.training.champions import champion_version
from utilities.training_mail import compose, standalone, summary
from utilities.training_run import OUTCOME, Outcome, page_of_run, read_outcome, write_outcome

MODELS, PAGE = Path("model"), "training_mail.html"

Tls = Literal["starttls", "implicit", "none"]
_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
_PATIENCE = 30.0


class MailError(SolvenciaError):
    """A mail that was not sent; the message names the setting to look at, never the password."""


@dataclass(frozen=True)
class MailSettings:
    """Where mail goes, and through whom.

    Attributes:
        host, port: of the SMTP server.
        tls: 'starttls' and 'implicit' verify the server's certificate; 'none' sends in the clear.
        sender: address it comes from.
        recipients: addresses it goes to.
        username, password: to sign in with; None for a server that asks for none.
    """

    host: str
    port: int
    tls: Tls
    sender: str
    recipients: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def main() -> int:
    """Write, then send."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outcome", type=Path, default=OUTCOME)
    parser.add_argument(
        "--unless-told", action="store_true", help="only where the retraining ended without a word"
    )
    arguments = parser.parse_args()
    try:
        if arguments.unless_told:
            if arguments.outcome.exists():
                print("mail: the retraining has told of itself")
                return 0
            write_outcome(_silent(), arguments.outcome)
        outcome = read_outcome(arguments.outcome)
        reports = arguments.outcome.parent
        message = compose(outcome, reports, models=MODELS)
        (reports / PAGE).write_text(standalone(message), encoding="utf-8")
        if job := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(job).open("a", encoding="utf-8") as page:
                page.write(summary(message))
        print(f"{message['Subject']}: {reports / PAGE}")
        settings = read_settings(os.environ)  # only now: a wrong one must not cost the page as well
        if settings is None:
            print("not sent: SMTP_HOST is not set")
            return 0
        send(message, settings)
    except SolvenciaError as error:
        print(f"mail: {error}", file=sys.stderr)
        return 1
    print(f"sent to {len(settings.recipients)} by {settings.host}:{settings.port}")
    return 0


def _silent() -> Outcome:
    """What is known of a run that was cut off, or never began."""
    return Outcome(
        status="failed",
        reason="It was cut off, or failed before it began. The next run puts right what it left.",
        step=None,
        started=datetime.now(UTC).replace(microsecond=0),
        seconds=0.0,
        champion=champion_version(MODELS),
        candidate=None,
        gates=(),
        published=None,
        pushed=False,
        commit=None,
        link=page_of_run(),
    )


def read_settings(environment: Mapping[str, str]) -> MailSettings | None:
    """Settings from environment variables; None where SMTP_HOST is absent or empty.

    Raises:
        InvalidInputError: one of them is not allowed, or one that the others need is missing.
    """
    given = {
        name: value.strip()
        for name, value in environment.items()
        if name.startswith(("SMTP_", "MAIL_")) and value.strip()
    }
    if "SMTP_HOST" not in given:
        return None
    tls = given.get("SMTP_TLS", "starttls")
    if tls not in get_args(Tls):
        raise InvalidInputError("SMTP_TLS", tls, ", ".join(get_args(Tls)))
    secured = cast(Tls, tls)
    port = given.get("SMTP_PORT", str(_PORTS[secured]))
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise InvalidInputError("SMTP_PORT", port, "1 to 65535")
    username, password = given.get("SMTP_USERNAME"), given.get("SMTP_PASSWORD")
    if (username is None) != (password is None):
        absent = "SMTP_USERNAME" if username is None else "SMTP_PASSWORD"
        raise InvalidInputError(absent, "nothing", "both name and password, or neither")
    if username is not None and secured == "none":
        raise InvalidInputError(
            "SMTP_TLS", "none", "starttls or implicit, where there is a password"
        )
    sender = _address("MAIL_FROM", given.get("MAIL_FROM", ""))
    recipients = [name for name in given.get("MAIL_TO", "").split(",") if name.strip()]
    if not recipients:
        raise InvalidInputError("MAIL_TO", "nothing", "addresses, with commas between them")
    return MailSettings(
        given["SMTP_HOST"],
        int(port),
        secured,
        sender,
        tuple(_address("MAIL_TO", name) for name in recipients),
        username,
        password,
    )


def send(message: EmailMessage, settings: MailSettings) -> None:
    """Send it to every recipient, or raise.

    Raises:
        MailError: the server is not reached, does not prove who it is, does not accept the name and
            password, or takes the mail for not every recipient.
    """
    for header, value in (
        ("From", settings.sender),
        ("To", ", ".join(settings.recipients)),
    ):
        del message[header]
        message[header] = value
    where = f"SMTP_HOST {settings.host}, SMTP_PORT {settings.port}"
    try:
        with _connect(settings) as server:
            if settings.username is not None and settings.password is not None:
                _sign_in(server, settings.username, settings.password)
            turned_away = server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError(
            f"MAIL_TO: the server takes no mail for {_names(error.recipients)}"
        ) from None
    except smtplib.SMTPSenderRefused as error:
        hint = "" if settings.username else "; SMTP_USERNAME is not set"
        raise MailError(
            f"MAIL_FROM: the server does not take mail from {settings.sender} ({error.smtp_code}){hint}"
        ) from None
    except ssl.SSLError as error:
        raise MailError(f"{where}: no TLS ({error.reason}); see SMTP_TLS {settings.tls}") from None
    except smtplib.SMTPResponseException as error:
        raise MailError(f"{where}: the server answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"{where}: {_cause(error)}; SMTP_TLS is {settings.tls}") from None
    if turned_away:
        raise MailError(f"MAIL_TO: the server took no mail for {_names(turned_away)}")


def _connect(settings: MailSettings) -> smtplib.SMTP:
    if settings.tls == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_PATIENCE, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_PATIENCE)
    if settings.tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _sign_in(server: smtplib.SMTP, username: str, password: str) -> None:
    """Sign in; the causes are cut off, for a server may quote what it was sent."""
    try:
        server.login(username, password)
    except smtplib.SMTPAuthenticationError as error:
        raise MailError(
            f"SMTP_USERNAME {username}: the server does not accept it with SMTP_PASSWORD ({error.smtp_code})"
        ) from None
    except UnicodeEncodeError:
        raise MailError(
            "SMTP_USERNAME or SMTP_PASSWORD: holds a sign beyond ASCII, which signing in cannot carry"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise MailError(
            f"SMTP_USERNAME {username}: the server does not ask for a name; leave it and SMTP_PASSWORD out"
        ) from None


def _address(setting: str, text: str) -> str:
    name = text.strip()
    if "@" not in parseaddr(name)[1] or any(mark in name for mark in "\r\n"):
        raise InvalidInputError(setting, name or "nothing", "an address such as risk@example.com")
    return name


def _names(refused: Mapping[str, object]) -> str:
    return ", ".join(sorted(refused))


def _cause(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the server hung up"
    if isinstance(error, OSError) and error.strerror:
        return f"not reached ({error.strerror})"
    return str(error) or type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
