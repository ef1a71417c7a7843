"""The CURP of an applicant: checked, hashed with the service's key, and forgotten."""

import hashlib
import hmac
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError
from stdnum.mx import curp as rules

from solvencia.domain.errors import InvalidInputError

_ALLOWED = "18 characters with a valid date, state and check digit"


def _checked(value: SecretStr) -> SecretStr:
    """The CURP in its one spelling. The error does not repeat what was sent."""
    try:
        return SecretStr(rules.validate(value.get_secret_value()))
    except (ValidationError, ValueError) as error:
        raise PydanticCustomError("curp", "is no CURP", {"expected": _ALLOWED}) from error


Curp = Annotated[
    SecretStr,
    Field(
        max_length=24,
        description="CURP, with its check digit. Only a keyed hash of it is kept",
        examples=["HEGG560427MVZRRL04"],
        json_schema_extra={"format": "curp", "writeOnly": True},
    ),
    AfterValidator(_checked),
]


def curp_hash(curp: SecretStr, key: SecretStr | None) -> str:
    """HMAC-SHA-256 of a checked CURP, 64 hex digits: the same person gives the same hash.

    A plain hash could be undone by trying all CURPs; without the key this one cannot.

    Raises:
        InvalidInputError: the service has no key.

    >>> curp_hash(SecretStr("HEGG560427MVZRRL04"), SecretStr("k" * 32))[:12]
    'a6ebd4659e1c'
    """
    if key is None:
        raise InvalidInputError(
            "curp", "a CURP", "none: this service has no CURP_KEY to hash it with"
        )
    secret = key.get_secret_value().encode()
    return hmac.new(secret, curp.get_secret_value().encode(), hashlib.sha256).hexdigest()


def check_birth_date(curp: SecretStr, birth_date: date) -> None:
    """Refuse a CURP that says another day of birth than the history.

    Raises:
        InvalidInputError: the two differ.

    >>> check_birth_date(SecretStr("HEGG560427MVZRRL04"), date(1956, 4, 27))
    """
    if rules.get_birth_date(curp.get_secret_value()) != birth_date:
        raise InvalidInputError("curp", "a CURP", "one with the history's birth_date")
