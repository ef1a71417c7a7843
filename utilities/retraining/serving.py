"""The model that serves: fetched from where services find it, and put back when a run fails."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.model_source import CALIBRATION, CARD, BucketSource, SourceUnavailableError
from solvencia.artifact import load_model
from solvencia.domain.errors import ArtifactError
from solvencia.training.champions import champion_version, install_champion
from utilities.buckets import Place, explained, open_bucket, patience
from utilities.publishing import PublishError, published_version

SETTING = "MODEL_URI"
_LOG = "champions.json"


@dataclass(frozen=True)
class Champion:
    """What a candidate is compared with.

    Attributes:
        version: that serves; None where none does.
        published: version that the pointer of MODEL_URI names; None where there is none.
        problem: why this code cannot load it; None where it can.
    """

    version: str | None
    published: str | None = None
    problem: str | None = None


def find_champion(models: Path, uri: str | None) -> Champion:
    """The champion; where models are published, the published one, brought into ``models`` first.

    Raises:
        PublishError: the bucket cannot be used.
        ArtifactError: another promotion or rollback is under way.
    """
    here = champion_version(models)
    published = published_version(uri, SETTING) if uri else None
    if published is None or published == here:
        return Champion(here, published)
    assert uri is not None
    try:
        files = BucketSource(uri, SETTING).files()
        load_model(files, f"{SETTING}={uri}")
    except SourceUnavailableError as error:
        raise PublishError(str(error)) from error
    except ArtifactError as error:
        return Champion(published, published, str(error))
    card, calibration = (_beside(uri, published, name) for name in (CARD, CALIBRATION))
    with tempfile.TemporaryDirectory() as scratch:
        for name, raw in files.items():
            (Path(scratch) / name).write_bytes(raw)
        install_champion(models, Path(scratch), published, card, calibration)
    return Champion(published, published)


def _beside(uri: str, version: str, name: str) -> str | None:
    place = Place.parse(SETTING, uri, PublishError)
    bucket = open_bucket(place, PublishError)
    with explained(place, PublishError):
        blob = bucket.get_blob(place.name(f"{version}/{name}"), **patience())
        return None if blob is None else bytes(blob.download_as_bytes(**patience())).decode()


@dataclass(frozen=True)
class Before:
    """Which champion there was, so that it can be put back without loading it."""

    version: str | None
    log: bytes | None

    @classmethod
    def of(cls, models: Path) -> "Before":
        """As things are now."""
        log = models / _LOG
        return cls(champion_version(models), log.read_bytes() if log.is_file() else None)

    def put_back(self, models: Path) -> None:
        """Let the link and the log of champions be as they were; the archive keeps what it got."""
        champion, log = models / "champion", models / _LOG
        if champion_version(models) != self.version:
            champion.unlink(missing_ok=True)
            if self.version is not None:
                scratch = models / ".champion-new"
                scratch.unlink(missing_ok=True)
                scratch.symlink_to(Path("archive") / self.version, target_is_directory=True)
                os.replace(scratch, champion)
        if self.log is None:
            log.unlink(missing_ok=True)
        else:
            log.write_bytes(self.log)
