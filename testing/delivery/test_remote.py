"""What was pushed comes back to the byte, from a directory and from a bucket; what did not is said."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from testing.conftest import ROOT
from testing.delivery.conftest import BUCKET
from testing.gcs_server import GcsServer
from utilities.remote import RemoteError, pull, push

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_settings")]

STAGES = """
stages:
  make:
    cmd: python make.py
    deps: [make.py]
    outs: [made, table.parquet]
"""
MAKE = """
from pathlib import Path
for number in range(4):
    path = Path(f"made/{number % 2}/part {number}.bin")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(range(256)) * (number * 50) + b"\\r\\n")
Path("table.parquet").write_bytes(b"PAR1" * 100_000)
"""


def run(root: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dvc(root: Path, *words: str) -> str:
    return run(root, sys.executable, "-m", "dvc", *words)


def command(root: Path, *words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """`make push` and `make pull` without make, in another checkout."""
    wanted = {**os.environ, "PYTHONPATH": str(ROOT), "NO_GCE_CHECK": "true", **changes}
    environment = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-m", "utilities.remote", *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def checkout(root: Path) -> Path:
    """A repository with this project's configuration of DVC."""
    (root / ".dvc").mkdir(parents=True)
    for name in (".dvc/config", ".dvc/.gitignore", ".dvcignore"):
        shutil.copy(ROOT / name, root / name)
    run(root, "git", "init", "--quiet")
    return root


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout(tmp_path_factory.mktemp("reproduced") / "project")
    (root / "dvc.yaml").write_text(STAGES, encoding="utf-8")
    (root / "make.py").write_text(MAKE, encoding="utf-8")
    dvc(root, "repro", "--quiet")
    return root


@pytest.fixture
def project(reproduced: Path, tmp_path: Path) -> Path:
    """A checkout whose stage has run, for one test."""
    return shutil.copytree(reproduced, tmp_path / "project")


def hashes(root: Path, *outs: str) -> Mapping[str, str]:
    """SHA-256 of every file of these outputs, by path."""
    found = [
        path
        for out in outs
        for path in ((root / out).rglob("*") if (root / out).is_dir() else [root / out])
    ]
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if path.is_file()
    }


def wipe(root: Path, *outs: str) -> None:
    """Leave what git would: no outputs, no cache, nothing DVC remembers."""
    shutil.rmtree(root / ".dvc" / "cache")
    shutil.rmtree(root / ".dvc" / "tmp", ignore_errors=True)
    for out in outs:
        shutil.rmtree(root / out) if (root / out).is_dir() else (root / out).unlink()


OUTS = ("made", "table.parquet")


# --- there and back


def test_without_a_cloud_the_default_remote_brings_everything_back(project: Path) -> None:
    before = hashes(project, *OUTS)
    assert push(project) == "local"
    wipe(project, *OUTS)
    assert hashes(project, *OUTS[:1]) == {}
    assert pull(project) == "local"
    assert hashes(project, *OUTS) == before
    assert len(before) == 5
    assert "config.local" not in os.listdir(project / ".dvc")
    untracked = run(project, "git", "status", "--porcelain", "--untracked-files=all", ".dvc")
    assert ".dvc/remote" not in untracked


def test_a_bucket_brings_everything_back_and_no_setting_reaches_git(
    project: Path, gcs: GcsServer
) -> None:
    before = hashes(project, *OUTS)
    pushed = command(project, "push", DVC_BUCKET=f"{BUCKET}/data")
    assert (pushed.returncode, pushed.stdout) == (0, "push: gcs, complete\n"), pushed.stderr
    stored = gcs.store.buckets[BUCKET].objects
    assert all(name.startswith("data/files/md5/") for name in stored)
    assert len(stored) == 6  # five files and the list of the directory
    wipe(project, *OUTS)
    pulled = command(project, "pull", DVC_BUCKET=f"gs://{BUCKET}/data/")
    assert (pulled.returncode, pulled.stdout) == (0, "pull: gcs, complete\n"), pulled.stderr
    assert hashes(project, *OUTS) == before
    assert (project / ".dvc/config").read_bytes() == (ROOT / ".dvc/config").read_bytes()
    run(project, "git", "check-ignore", ".dvc/config.local")


def test_another_checkout_pulls_what_one_pushed(
    project: Path, gcs: GcsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_BUCKET", BUCKET)
    push(project)
    push(project)  # again: nothing to do
    other = checkout(tmp_path / "other")
    for name in ("dvc.yaml", "dvc.lock"):
        shutil.copy(project / name, other / name)
    assert pull(other) == "gcs"
    assert hashes(other, *OUTS) == hashes(project, *OUTS)


@pytest.mark.skipif(
    not (ROOT / ".dvc/cache/files").is_dir(), reason="the pipeline has not run in this checkout"
)
def test_the_outputs_of_this_checkout_come_back(
    gcs: GcsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout(tmp_path / "project")
    for name in ("dvc.yaml", "dvc.lock", "params.yaml"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / ".dvc/cache/files", root / ".dvc/cache/files")
    outs = ("dataset", "model/candidate", "reports")
    subprocess.run([sys.executable, "-m", "dvc", "checkout", "--quiet"], cwd=root, check=False)
    before = hashes(root, *outs)
    if "model/candidate/manifest.json" not in before:
        pytest.skip("the cache of this checkout is not that of its dvc.lock")
    monkeypatch.setenv("DVC_BUCKET", BUCKET)
    push(root)
    wipe(root, *outs)
    said = ""
    try:
        pull(root)
    except RemoteError as error:
        said = str(error)
    # Outputs that git keeps instead of the cache are no part of this copy.
    assert said == "" or "not as dvc.lock says: deleted reports/" in said
    assert hashes(root, *outs) == before


# --- said, not passed over


def test_a_push_that_left_something_out_is_no_success(project: Path) -> None:
    push(project)
    store = project / ".dvc/remote/files/md5"
    lost = next(path for path in store.rglob("*") if path.is_file() and path.suffix != ".dir")
    lost.unlink()
    (project / ".dvc/cache/files/md5" / lost.relative_to(store)).unlink()
    assert "up to date" in dvc(project, "push")
    with pytest.raises(RemoteError, match=r"reported success, but it lacks (made/|table)"):
        push(project)


def test_a_stage_that_has_not_run_yet_is_no_loss(project: Path) -> None:
    push(project)
    before = hashes(project, *OUTS)
    wipe(project, *OUTS)
    stages = project / "dvc.yaml"
    stages.write_text(
        stages.read_text(encoding="utf-8")
        + "  newer:\n    cmd: echo > newer.txt\n    outs: [newer.txt]\n",
        encoding="utf-8",
    )
    pull(project)
    assert hashes(project, *OUTS) == before


def test_a_pull_of_what_was_never_pushed_fails(project: Path) -> None:
    wipe(project, *OUTS)
    with pytest.raises(RemoteError, match=r"after dvc pull the cache lacks made/, table\.parquet"):
        pull(project)


def test_a_pull_overwrites_nothing_that_is_in_no_cache(project: Path) -> None:
    push(project)
    (project / "table.parquet").unlink()
    (project / "table.parquet").write_bytes(b"by hand")
    with pytest.raises(RemoteError, match=r"failed|not as dvc.lock says"):
        pull(project)
    assert (project / "table.parquet").read_bytes() == b"by hand"


@pytest.mark.parametrize(
    ("bucket", "sentence"),
    [
        ("no-such-bucket/x", "DVC_BUCKET=gs://no-such-bucket/x: there is no bucket no-such-bucket"),
        ("s3://elsewhere", "DVC_BUCKET: got s3://elsewhere; allowed: gs://bucket/prefix"),
        ("UPPER", "DVC_BUCKET: got gs://UPPER; allowed: gs://bucket/prefix"),
    ],
)
def test_a_bucket_that_is_none_is_refused_by_setting(
    project: Path, gcs: GcsServer, bucket: str, sentence: str
) -> None:
    refused = command(project, "push", DVC_BUCKET=bucket)
    assert refused.returncode == 1
    assert refused.stderr == f"push: {sentence}\n"


def test_without_a_bucket_the_remote_gcs_names_the_setting(project: Path) -> None:
    with pytest.raises(RemoteError, match=r"DVC_BUCKET: is not set; allowed: .*remote modify"):
        push(project, "gcs")


def test_without_credentials_the_message_says_where_they_are_set(
    project: Path, tmp_path: Path
) -> None:
    refused = command(project, "pull", DVC_BUCKET=BUCKET, HOME=str(tmp_path))
    assert refused.returncode == 1
    assert "no credentials for Google Cloud; set GOOGLE_APPLICATION_CREDENTIALS" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_bucket_set_by_hand_is_used_and_an_old_emulator_forgotten(
    project: Path, gcs: GcsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for option, value in {
        "url": f"gs://{BUCKET}/by-hand",
        "endpointurl": gcs.url,
        "allow_anonymous_login": "true",
    }.items():
        dvc(project, "remote", "modify", "--local", "gcs", option, value)
    assert push(project, "gcs") == "gcs"
    assert any(name.startswith("by-hand/") for name in gcs.store.buckets[BUCKET].objects)

    command(project, "push", DVC_BUCKET=BUCKET, STORAGE_EMULATOR_HOST=None, HOME=str(tmp_path))
    assert "remote.gcs.endpointurl" not in dvc(project, "config", "--local", "--list")


def test_the_commands_are_make_targets() -> None:
    printed = run(ROOT, "make", "--dry-run", "-o", "setup", "push", "pull", "publish")
    for line in ("utilities.remote push", "utilities.remote pull", "utilities.publish"):
        assert f"python -m {line}" in printed
