"""Buckets of Google Cloud Storage as settings name them, and errors that name the setting to mend."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from solvencia.domain.errors import SolvenciaError

if TYPE_CHECKING:
    from google.cloud.storage import Bucket

PATIENCE_SECONDS = 30.0
"""A call about one object, with its repetitions, ends after about this long."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]+[a-z0-9]")


@dataclass(frozen=True)
class Place:
    """``gs://bucket/prefix``, and the setting that said so; the prefix may be empty."""

    setting: str
    bucket: str
    prefix: str

    @classmethod
    def parse(cls, setting: str, value: str, error: type[SolvenciaError]) -> "Place":
        """Read an address.

        Raises:
            error: the value is no such address; the message names the setting.
        """
        address = urlsplit(value)
        plain = not (address.query or address.fragment)
        if address.scheme != "gs" or not _NAME.fullmatch(address.netloc) or not plain:
            raise error(f"{setting}: got {value or 'nothing'}; allowed: gs://bucket/prefix")
        return cls(setting, address.netloc, address.path.strip("/"))

    @property
    def uri(self) -> str:
        """The address, without a slash at its end."""
        return f"gs://{self.bucket}/{self.prefix}".rstrip("/")

    def name(self, path: str) -> str:
        """Name of an object below the prefix."""
        return f"{self.prefix}/{path}".lstrip("/")


def patience() -> dict[str, Any]:
    """Arguments of a call that is repeated when the network fails, and ends."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return {"timeout": PATIENCE_SECONDS / 3, "retry": DEFAULT_RETRY.with_timeout(PATIENCE_SECONDS)}


def open_bucket(place: Place, error: type[SolvenciaError]) -> "Bucket":
    """The bucket as a client sees it, without a call; ``STORAGE_EMULATOR_HOST`` is followed.

    Raises:
        error: there are no credentials.
    """
    from google.cloud.storage import Client

    with explained(place, error):
        return Client(project=None).bucket(place.bucket)


@contextmanager
def explained(place: Place, error: type[SolvenciaError]) -> Iterator[None]:
    """Turn what goes wrong in a call into an ``error`` that names setting and cause.

    A precondition that does not hold passes through: only the caller knows what it means.
    """
    from google.api_core.exceptions import Forbidden, NotFound, PreconditionFailed, Unauthorized
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

    origin = f"{place.setting}={place.uri}"
    try:
        yield
    except (PreconditionFailed, SolvenciaError):
        raise
    except DefaultCredentialsError as cause:
        raise error(
            f"{origin}: no credentials for Google Cloud; set GOOGLE_APPLICATION_CREDENTIALS to the "
            "file of a service account, or run `gcloud auth application-default login`"
        ) from cause
    except (Forbidden, Unauthorized, GoogleAuthError) as cause:
        raise error(
            f"{origin}: refused with these credentials (GOOGLE_APPLICATION_CREDENTIALS): "
            f"{str(cause)[:200]}"
        ) from cause
    except NotFound as cause:
        missing = "bucket does not exist" in str(cause)
        raise error(
            f"{origin}: there is no bucket {place.bucket}"
            if missing
            else f"{origin}: {str(cause)[:200]}"
        ) from cause
    except Exception as failure:  # of the client, of requests, of urllib3, of the system
        reason = getattr(failure, "cause", None) or failure
        raise error(f"{origin}: {type(reason).__name__}: {str(reason)[:200]}") from failure
