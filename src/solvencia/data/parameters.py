"""Reads one section of ``params.yaml`` into the settings it is for."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from solvencia.domain.errors import SourceError

Settings = TypeVar("Settings")


def read_section(path: Path, name: str, settings: type[Settings]) -> Settings:
    """The section ``name`` as a settings dataclass; every key must be known and of its type.

    Raises:
        SourceError: naming the key, its value and what is wrong with it.

    >>> from solvencia.data.snapshots import SnapshotSettings
    >>> read_section(Path("params.yaml"), "snapshots", SnapshotSettings).max_months_unemployed
    24.0
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    section = content.get(name) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise SourceError(f"{path}: has no section {name}")
    adapter = TypeAdapter(settings)
    known = set(getattr(settings, "__dataclass_fields__", {}))
    if unknown := sorted(set(section) - known):
        raise SourceError(
            f"{path}: {name}.{unknown[0]} is unknown; allowed: {', '.join(sorted(known))}"
        )
    try:
        return adapter.validate_python(section)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join([name, *(str(part) for part in first["loc"])])
        raise SourceError(f"{path}: {key}: got {first.get('input')!r}; {first['msg']}") from error
