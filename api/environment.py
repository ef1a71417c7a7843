"""Settings read from the environment, or a line for each that is wrong."""

from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from api.settings import Settings
from api.store.engine import parse_url


class ConfigurationError(Exception):
    """Settings with which nothing starts; the message says what to change."""


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        ConfigurationError: with a line for each variable that is wrong, without the value of a secret.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigurationError("\n".join(_line(item) for item in error.errors())) from None
    _check_address(settings.database_url.get_secret_value())
    return settings


def _line(error: Any) -> str:
    """What is wrong with one variable, or with what several say together."""
    if not error["loc"]:  # the input is all settings at once, secrets too
        return str(error["ctx"]["error"])
    field = str(error["loc"][0])
    said = "" if _is_secret(field) else f"; it is {str(error['input'])[:100]!r}"
    return f"{field.upper()}: {error['msg']}{said}"


def _is_secret(field: str) -> bool:
    kind = Settings.model_fields[field].annotation
    return SecretStr in (kind, *get_args(kind))


def _check_address(address: str) -> None:
    try:
        make_url(address)
    except (ArgumentError, ValueError):  # may quote a part of the password as the port
        raise ConfigurationError("DATABASE_URL: this cannot be read as an address") from None
    try:
        parse_url(address)
    except ValueError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from None
