"""The mail about a retraining: what it says, and that a real SMTP server takes it."""

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme

from solvencia.domain.errors import InvalidInputError, SourceError
from testing.smtp_server import NAME, PASSWORD, free_port, serving
from utilities.mail import MailError, MailSettings, read_settings, send
from utilities.training_mail import compose, standalone, summary
from utilities.training_run import GateRow, Outcome, exit_status, read_outcome, write_outcome

ROOT = Path(__file__).parents[2]
OLD, NEW = "6975e506db3f", "b81c40de2f97"
LINK = "https://github.com/example/solvencia/actions/runs/1"
GATES = (
    GateRow("auc.continuity", 0.8511, 0.8502, "0.0010", True),
    GateRow("auc.default", 0.7702, 0.7901, "0.0050", False),
)
CASES: dict[str, dict[str, Any]] = {
    "promoted": {"gates": GATES[:1], "pushed": True, "published": "gs://models/solvencia"},
    "unchanged": {"candidate": OLD},
    "refused": {"gates": GATES, "reason": "gate auc.default failed: 0.7702 is 0.0199 below"},
    "failed": {"candidate": None, "step": "etl", "reason": "spells.csv: <b>4.1 %</b> are rejected"},
}


def outcome_of(status: str) -> Outcome:
    usual: dict[str, Any] = {
        "status": status,
        "reason": "As every night.",
        "step": None,
        "started": datetime(2026, 11, 21, 3, tzinfo=UTC),
        "seconds": 77.4,
        "champion": OLD,
        "candidate": NEW,
        "gates": (),
        "published": None,
        "pushed": False,
        "commit": "11abf3e2d9c0a8b7",
        "link": LINK,
    }
    return Outcome(**(usual | CASES[status]))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run: the reports of a candidate, and two champions in the archive."""
    metrics = json.loads((ROOT / "reports/metrics.json").read_text(encoding="utf-8"))
    kept = {name: metrics[name] for name in ("continuity", "default", "income")}
    for version, auc in (("a07be1c4470d", 0.78), (OLD, 0.7901)):
        archived = tmp_path / "model/archive" / version
        archived.mkdir(parents=True)
        content = {"version": version, "metrics": kept | {"default": {"auc": auc, "ece": 0.01}}}
        (archived / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    log = {"champions": ["a07be1c4470d", OLD]}
    (tmp_path / "model/champions.json").write_text(json.dumps(log), encoding="utf-8")
    shutil.copytree(ROOT / "reports/plots", tmp_path / "reports/plots")
    metrics |= {"model_version": NEW}
    metrics["default"] |= {"auc": 0.7941, "ece": 0.02}
    (tmp_path / "reports/metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return tmp_path


def mail_of(status: str, run: Path) -> EmailMessage:
    return compose(outcome_of(status), run / "reports", run / "model")


def bodies(message: EmailMessage) -> tuple[str, str]:
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert plain is not None
    page, text = (part.get_content().replace("\r\n", "\n") for part in (html, plain))
    return page, text


@pytest.mark.parametrize(
    ("status", "subject", "code"),
    [
        ("promoted", f"promoted, {NEW} serves now, not {OLD}", 0),
        ("unchanged", f"unchanged, {OLD} serves on", 0),
        ("refused", f"refused by auc.default, {OLD} serves on", 3),
        ("failed", f"failed in etl, {OLD} serves on", 1),
    ],
)
def test_the_subject_says_how_it_ended(status: str, subject: str, code: int, run: Path) -> None:
    assert mail_of(status, run)["Subject"] == f"Solvencia: {subject}"
    assert exit_status(outcome_of(status)) == code


@pytest.mark.parametrize("status", CASES)
def test_it_reads_without_anything_from_elsewhere(status: str, run: Path) -> None:
    message = mail_of(status, run)
    html, plain = bodies(message)
    called = set(re.findall(r'src="cid:([^"]+)"', html))
    held = {part["Content-ID"].strip("<>") for part in message.walk() if part["Content-ID"]}
    assert (
        called
        == held
        == ({"calibration", "trend"} if status in ("promoted", "refused") else {"trend"})
    )
    assert html.count("src=") == len(called)
    assert not re.search(r"<script|<link|@import|url\(", html)
    assert set(re.findall(r'href="([^"]+)"', html)) == {LINK}
    assert LINK in plain
    assert "cid:" not in standalone(message)


def test_a_refusal_says_which_gate_and_by_how_much(run: Path) -> None:
    html, plain = bodies(mail_of("refused", run))
    assert re.search(
        r"\| auc.default +\| FAILED +\| +0.7702 \| +0.7901 \| +−0.0199 \| 0.0050", plain
    )
    assert plain.index("auc.default ") < plain.index("auc.continuity ")
    assert "0.7702 is 0.0199 below" in html
    assert "✕ failed" in html


def test_figures_stand_beside_the_champions_with_words(run: Path) -> None:
    html, plain = bodies(mail_of("promoted", run))
    assert re.search(r"\| Default +\| AUC +\| +0.7941 \| +0.7901 \| \+0.0040 better", plain)
    assert re.search(
        r"\| Default +\| Calibration error +\| +0.0200 \| +0.0100 \| \+0.0100 worse", plain
    )
    assert re.search(r"\| Default +\| KS +\| +0.4472 \| +· \| no champion's", plain)
    assert re.search(r"color:#14645e;\">\+0.0040 better<", html)
    assert re.search(r"color:#a23e14;\">\+0.0100 worse<", html)
    assert re.search(r"\| Continuity +\| +0.117 \| moved ", plain)


def test_a_failure_shows_no_figures_of_another_run(run: Path) -> None:
    html, plain = bodies(mail_of("failed", run))
    assert "&lt;b&gt;4.1 %&lt;/b&gt;" in html
    assert "0.7941" not in plain
    assert "No candidate was trained" in plain
    (run / "reports/metrics.json").write_text("{broken", encoding="utf-8")
    assert "are of no model, not of" in bodies(mail_of("refused", run))[1]


def test_a_mail_goes_out_although_nothing_is_there(tmp_path: Path) -> None:
    assert not list(mail_of("failed", tmp_path).iter_attachments())


def test_an_outcome_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "reports/training_run.json"
    for status in CASES:
        write_outcome(outcome_of(status), path)
        assert read_outcome(path) == outcome_of(status)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SourceError, match="status: Field required"):
        read_outcome(path)
    with pytest.raises(SourceError, match="is missing"):
        read_outcome(tmp_path / "other.json")


# Sending


# aiosmtpd knows STARTTLS alone as a protection of passwords, and warns although TLS is there from the start.
both_ways = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    made = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return SimpleNamespace(file=path, context=context)


def environment_of(port: int, tls: str, **changed: str) -> dict[str, str]:
    usual = {
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(port),
        "SMTP_TLS": tls,
        "SMTP_USERNAME": NAME,
        "SMTP_PASSWORD": PASSWORD,
        "MAIL_FROM": "Solvencia <solvencia@example.com>",
        "MAIL_TO": "risk@example.com, models@example.com",
    }
    return usual | changed


def settings_of(port: int, tls: str, **changed: str) -> MailSettings:
    settings = read_settings(environment_of(port, tls, **changed))
    assert settings is not None
    return settings


@both_ways
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_takes_it_over_tls_from_who_signs_in(
    tls: str, authority: SimpleNamespace, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(authority.context, tls) as (inbox, port):
        send(mail_of("refused", run), settings_of(port, tls))
    assert inbox.recipients == [["risk@example.com", "models@example.com"]]
    assert inbox.over_tls == [True]
    (mail,) = inbox.mails
    assert mail["Subject"] == f"Solvencia: refused by auc.default, {OLD} serves on"
    assert (mail["From"], mail["To"]) == (
        "Solvencia <solvencia@example.com>",
        "risk@example.com, models@example.com",
    )
    assert bodies(mail) == bodies(mail_of("refused", run))
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert all(part.get_content().startswith(b"\x89PNG") for part in pictures)
    assert len(pictures) == 2


@both_ways
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_wrong_password_names_the_username(
    tls: str, authority: SimpleNamespace, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with (
        serving(authority.context, tls) as (inbox, port),
        pytest.raises(MailError, match=f"SMTP_USERNAME {NAME}: .* SMTP_PASSWORD") as raised,
    ):
        send(mail_of("failed", run), settings_of(port, tls, SMTP_PASSWORD="wrong secret"))
    assert "wrong secret" not in str(raised.value)
    assert not inbox.mails


@both_ways
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_nothing_is_told_to_a_server_that_does_not_prove_who_it_is(
    tls: str, authority: SimpleNamespace, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with (
        serving(authority.context, tls) as (inbox, port),
        pytest.raises(MailError, match=r"SMTP_HOST localhost.*CERTIFICATE_VERIFY_FAILED"),
    ):
        send(mail_of("failed", run), settings_of(port, tls))
    assert not inbox.mails


def test_a_password_that_cannot_be_told_is_not_shown_either(
    authority: SimpleNamespace, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with (
        serving(authority.context, "starttls") as (_, port),
        pytest.raises(MailError, match=r"SMTP_PASSWORD: holds a sign beyond ASCII") as raised,
    ):
        send(mail_of("failed", run), settings_of(port, "starttls", SMTP_PASSWORD="contraseña"))
    assert "ñ" not in str(raised.value)


def test_a_server_without_starttls_gets_no_password(run: Path) -> None:
    with (
        serving(None, "none") as (inbox, port),
        pytest.raises(MailError, match=r"SMTP_HOST localhost.*STARTTLS"),
    ):
        send(mail_of("failed", run), settings_of(port, "starttls"))
    assert not inbox.mails


def test_a_server_that_is_down_is_named(run: Path) -> None:
    port = free_port()
    with pytest.raises(MailError, match=rf"SMTP_HOST localhost, SMTP_PORT {port}: not reached"):
        send(mail_of("failed", run), settings_of(port, "starttls"))


def test_who_gets_no_mail_is_named(run: Path) -> None:
    nameless = {"SMTP_USERNAME": "", "SMTP_PASSWORD": ""}
    with serving(None, "none") as (inbox, port):
        for to in ("nobody@example.com", "risk@example.com,nobody@example.com"):
            with pytest.raises(MailError, match=r"MAIL_TO: .* for nobody@example.com"):
                send(mail_of("failed", run), settings_of(port, "none", MAIL_TO=to, **nameless))
    assert inbox.recipients == [["risk@example.com"]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SMTP_TLS": "ssl"}, "SMTP_TLS: got ssl; allowed: starttls, implicit, none"),
        ({"SMTP_TLS": "none"}, "SMTP_TLS: got none; allowed: starttls or implicit"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT: got 0; allowed: 1 to 65535"),
        ({"SMTP_PASSWORD": ""}, "SMTP_PASSWORD: got nothing; allowed: both"),
        ({"MAIL_FROM": "solvencia"}, "MAIL_FROM: got solvencia; allowed: an address"),
        ({"MAIL_TO": " , "}, "MAIL_TO: got nothing; allowed: addresses"),
        ({"MAIL_TO": "a@b.mx\nBcc: c@d.mx"}, "MAIL_TO: got"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(said)):
        read_settings(environment_of(587, "starttls", **changed))


def test_settings_have_defaults_and_keep_the_password_to_themselves() -> None:
    assert read_settings({"SMTP_HOST": " "}) is None
    settings = read_settings(environment_of(0, "", SMTP_PORT=""))
    assert settings is not None
    assert (settings.port, settings.tls) == (587, "starttls")
    assert PASSWORD not in repr(settings)


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in environment_of(587, "starttls") if f"`{name}`" not in readme] == []


def command(
    run: Path, environment: dict[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SMTP_", "MAIL_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "utilities.mail", *options],
        cwd=run,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_command_writes_page_and_summary_and_sends(
    authority: SimpleNamespace, run: Path
) -> None:
    write_outcome(outcome_of("promoted"), run / "reports/training_run.json")
    job = run / "summary.md"
    job.write_text("# Before\n", encoding="utf-8")
    told = {"GITHUB_STEP_SUMMARY": str(job), "SSL_CERT_FILE": str(authority.file)}

    unsent = command(run, {})
    assert (unsent.returncode, unsent.stderr) == (0, "")
    assert unsent.stdout.endswith("not sent: SMTP_HOST is not set\n")
    page = (run / "reports/training_mail.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2

    with serving(authority.context, "starttls") as (inbox, port):
        sent = command(run, environment_of(port, "starttls") | told)
        wrong = command(run, environment_of(port, "starttls", SMTP_PASSWORD="a b c") | told)
    down = command(run, environment_of(port, "starttls") | told)
    assert sent.returncode == 0, sent.stderr
    assert sent.stdout.endswith(f"sent to 2 by localhost:{port}\n")
    assert len(inbox.mails) == 1
    assert job.read_text(encoding="utf-8").startswith("# Before\n# Solvencia retraining: promoted")
    assert summary(mail_of("promoted", run)) in job.read_text(encoding="utf-8")
    assert (wrong.returncode, down.returncode) == (1, 1)
    assert f"mail: SMTP_USERNAME {NAME}" in wrong.stderr
    assert "mail: SMTP_HOST localhost" in down.stderr
    told_anywhere = "".join(end.stdout + end.stderr for end in (sent, wrong, down))
    assert PASSWORD not in told_anywhere
    assert "a b c" not in told_anywhere


@pytest.mark.slow
def test_a_wrong_setting_costs_the_mail_and_not_the_page(run: Path) -> None:
    write_outcome(outcome_of("failed"), run / "reports/training_run.json")
    job = run / "summary.md"
    wrong = command(run, environment_of(1, "none", SMTP_PORT="x", GITHUB_STEP_SUMMARY=str(job)))
    assert wrong.returncode == 1
    assert "SMTP_PORT" in wrong.stderr
    assert (run / "reports/training_mail.html").is_file()
    assert "failed" in job.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_run_without_a_word_is_told_once(run: Path) -> None:
    (run / "reports/training_run.json").unlink(missing_ok=True)
    page = {"SERVER_URL": "https://github.com", "REPOSITORY": "a/b", "RUN_ID": "17"}
    told = {f"GITHUB_{name}": value for name, value in page.items()}
    with serving(None, "none") as (inbox, port):
        told |= environment_of(port, "none", SMTP_USERNAME="", SMTP_PASSWORD="")
        first = command(run, told, "--unless-told")
        again = command(run, told, "--unless-told")
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert "the retraining has told of itself" in again.stdout
    (mail,) = inbox.mails
    assert mail["Subject"].startswith("Solvencia: failed, ")
    assert mail["Subject"].endswith(" on")
    text = mail.get_body(("plain",)).get_content()
    assert "It was cut off, or failed before it began." in text
    assert "https://github.com/a/b/actions/runs/17" in text
