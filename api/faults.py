"""An exception as the log may tell it: where it came from and what kind it is, without what was sent."""

import re
import traceback
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from solvencia.domain.errors import InvalidInputError

_ABOUT_CODE = (AttributeError, ImportError, NameError, OSError, TypeError)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_LONGEST = 300
_MOST_CAUSES = 5
_MOST_FRAMES = 40


def describe(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what caused it, the outermost first: type, message, fields and frames.

    Messages often quote the value that did not fit. What stands in quotes is left out, unless the
    exception is about the code or the machine; of a validation error only types and places are told,
    of a database's error only the first line, for the others hold the parameters.
    """
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain and len(chain) < _MOST_CAUSES:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return [_one(item) for item in chain]


def _one(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, ValidationError | RequestValidationError):
        told["fields"] = [
            f"{'.'.join(str(part) for part in item['loc'])}: {item['type']}"
            for item in error.errors()
        ]
    elif isinstance(error, InvalidInputError):
        told["fields"] = [error.field]
    elif isinstance(error, BaseExceptionGroup):
        told["message"] = error.message
        told["exceptions"] = [describe(item) for item in error.exceptions[:_MOST_CAUSES]]
    else:
        told["message"] = _message(error)
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    told["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return told


def _message(error: BaseException) -> str:
    text = str(error).partition("\n")[0][:_LONGEST]
    return text if isinstance(error, _ABOUT_CODE) else _QUOTED.sub("'…'", text)
