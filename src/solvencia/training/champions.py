"""Who serves: the champion, those before it, and the way back.

    model/champion            → archive/<version>, a symbolic link
    model/archive/<version>/  models that serve or have served, as they were trained, each with its
                              card and its calibration by groups
    model/champions.json      their versions in the order they began to serve

The link is the truth. It is replaced in one step, so that a champion is there at every moment, and
what it points to is never written again. The log only says what came before: an entry behind the
serving version never came to serve (something broke in between) and is dropped at the next change.
"""

import csv
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from solvencia.artifact import MANIFEST, read_model, replace_directory
from solvencia.domain.errors import ArtifactError

KEPT = 5
"""Earlier champions that rollback can return to."""

CARD = "model_card.md"
"""Beside the files of an archived model: its card, which is no part of the version."""

CALIBRATION = "calibration.json"
"""Beside the card, and no part of the version either: predicted against observed, by groups."""

_CALIBRATED = ("continuity", "default")
_ROUNDED = 1e-5
"""What means of figures of six decimals may differ by."""

_VERSION = re.compile(r"[0-9a-f]{12}")


def champion_version(models: Path) -> str | None:
    """Version of the model that serves, as its manifest states it; None where none does.

    ``models`` is the directory that holds ``champion``; the model itself is not verified.
    """
    try:
        manifest = json.loads((models / "champion" / MANIFEST).read_text(encoding="utf-8"))
        version = str(manifest["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return version if _VERSION.fullmatch(version) else None


def earlier_champions(models: Path) -> tuple[str, ...]:
    """Versions that served before the one that serves, oldest first."""
    return _log(models)[:-1]


def card_of(path: Path, version: str) -> str | None:
    """The model card at ``path``, if its title names this version; a report may be of another."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return text if text.partition("\n")[0].endswith(f" {version}") else None


def calibration_of(reports: Path, version: str) -> str | None:
    """Calibration by groups as the archive keeps it, from the metrics and plots of a report.

    None unless the metrics name this version. A plot names none, so one counts only if its groups have
    the rows and the means of the metrics; what is absent or of another model is left out.

    Returns:
        ``{"version": …, "models": {"continuity": [{"rows", "predicted", "observed"}, …], …}}`` as JSON;
        None when no model has groups.
    """
    try:
        metrics = json.loads((reports / "metrics.json").read_text(encoding="utf-8"))
        if metrics["model_version"] != version:
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    models = {}
    for name in _CALIBRATED:
        try:
            groups = _groups(reports / "plots" / f"calibration_{name}.csv")
            if groups and _agree(groups, metrics[name]):
                models[name] = groups
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return json.dumps({"version": version, "models": models}, indent=1) + "\n" if models else None


def _groups(plot: Path) -> list[dict[str, float]]:
    with plot.open(encoding="utf-8", newline="") as lines:
        return [
            {
                "rows": int(row["rows"]),
                "predicted": float(row["predicted"]),
                "observed": float(row["observed"]),
            }
            for row in csv.DictReader(lines)
        ]


def _agree(groups: list[dict[str, float]], figures: dict[str, float]) -> bool:
    """Whether groups make up the rows whose figures these are."""
    rows = sum(group["rows"] for group in groups)
    means = {"predicted": figures["mean_predicted"], "observed": figures["rate"]}
    return rows == figures["rows"] and all(
        abs(sum(group["rows"] * group[name] for group in groups) / rows - mean) < _ROUNDED
        for name, mean in means.items()
    )


def install_champion(
    models: Path,
    candidate: Path,
    version: str,
    card: str | None = None,
    calibration: str | None = None,
) -> None:
    """Let a verified copy of ``candidate`` serve, and keep the champion before it.

    Args:
        models: the directory that holds ``champion``.
        candidate: a model directory.
        version: of the model that was judged; the directory must still hold it.
        card: its model card in Markdown, as ``card_of`` gives it. A version that is archived already
            keeps the card it has.
        calibration: its calibration by groups, as ``calibration_of`` gives it; kept like the card.

    Raises:
        ArtifactError: the candidate does not load or is another one by now, or another change is
            under way; the champion is the same as before.
    """
    with _alone(models):
        served = _adopt(models)
        _archive(models, candidate, version, {CARD: card, CALIBRATION: calibration})
        _write_log(models, (*served, version))
        _point(models, version)
        _prune(models)


def restore_champion(models: Path) -> tuple[str, str]:
    """Let the champion before the present one serve again; return the version left, and this one.

    Raises:
        ArtifactError: there is none, it does not load, or another change is under way; nothing has
            changed.
    """
    with _alone(models):
        served = _adopt(models)
        if len(served) < 2:
            raise ArtifactError(f"{models}: no champion before this one is known")
        left, version = served[-1], served[-2]
        read_model(models / "archive" / version)
        # First without what never served, so that the log is right wherever this breaks off.
        _write_log(models, served)
        _point(models, version)
        _write_log(models, served[:-1])
    return left, version


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """One change at a time; what a broken one left behind is put right first."""
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".champions.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArtifactError(f"{models}: another promotion or rollback is under way") from error
        _mend(models)
        yield


def _mend(models: Path) -> None:
    champion, old = models / "champion", models / ".champion-old"
    if old.exists() and not os.path.lexists(champion):
        os.replace(old, champion)
    shutil.rmtree(old, ignore_errors=True)
    for scratch in (models / "archive").glob(".*"):
        shutil.rmtree(scratch)


def _log(models: Path) -> tuple[str, ...]:
    """Versions in order, the serving one last; only that one where the log does not know it."""
    serving = champion_version(models)
    if serving is None:
        return ()
    try:
        content = json.loads((models / "champions.json").read_text(encoding="utf-8"))
        written = [str(version) for version in content["champions"]]
    except (OSError, ValueError, KeyError, TypeError):
        return (serving,)
    if serving not in written or not all(_VERSION.fullmatch(version) for version in written):
        return (serving,)
    latest = len(written) - written[::-1].index(serving)
    return tuple(written[:latest])


def _write_log(models: Path, versions: tuple[str, ...]) -> None:
    text = json.dumps({"champions": versions[-KEPT - 1 :]}, indent=1) + "\n"
    scratch = models / ".champions.json"
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, models / "champions.json")


def _adopt(models: Path) -> tuple[str, ...]:
    """The log, once the serving model has a copy in the archive however it came to serve."""
    version = champion_version(models)
    if version is not None and not (models / "archive" / version).is_dir():
        os.replace(_copy(models, models / "champion"), models / "archive" / version)
    return _log(models)


def _archive(
    models: Path, directory: Path, version: str, companions: Mapping[str, str | None]
) -> None:
    """Put a verified copy into the archive; one that is there and loads stays as it is."""
    target = models / "archive" / version
    with suppress(ArtifactError):
        read_model(target)
        return
    copy = _copy(models, directory)
    if (found := read_model(copy).version) != version:
        raise ArtifactError(f"{directory}: holds {found} by now; {version} was judged")
    for name, text in companions.items():
        if text is not None:
            (copy / name).write_text(text, encoding="utf-8")
    replace_directory(copy, target)


def _copy(models: Path, directory: Path) -> Path:
    """A copy under a name that `_mend` removes."""
    (models / "archive").mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=models / "archive"))
    shutil.copytree(directory, scratch, dirs_exist_ok=True)
    scratch.chmod(0o755)
    return scratch


def _point(models: Path, version: str) -> None:
    """Let the link name a version, in one step."""
    champion, scratch = models / "champion", models / ".champion-new"
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(Path("archive") / version, target_is_directory=True)
    if champion.is_dir() and not champion.is_symlink():
        # No system call puts a link in a directory's place: `_mend` undoes this if it stays alone.
        os.replace(champion, models / ".champion-old")
    os.replace(scratch, champion)
    shutil.rmtree(models / ".champion-old", ignore_errors=True)


def _prune(models: Path) -> None:
    kept = set(_log(models))
    for directory in (models / "archive").iterdir():
        if directory.name not in kept:
            shutil.rmtree(directory)
