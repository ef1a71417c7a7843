"""Every model and policy that ever decided, so that a decision can be made again years later."""

import zlib
from collections.abc import Mapping

from sqlalchemy import Connection, select

from api.store.engine import add_once, transaction
from api.store.errors import ArtifactConflictError
from api.store.tables import artifact_files


def find(connection: Connection, kind: str, version: str) -> dict[str, bytes] | None:
    """The files of a version; None when it is not kept."""
    table = artifact_files.c
    query = select(table.name, table.content).where(table.kind == kind, table.version == version)
    found = {name: zlib.decompress(content) for name, content in connection.execute(query)}
    return found or None


def keep(connection: Connection, kind: str, version: str, files: Mapping[str, bytes]) -> None:
    """Keep the files of a version, compressed; nothing happens when they are kept already.

    Raises:
        ArtifactConflictError: the version is kept with other files.
    """
    rows = [
        {"kind": kind, "version": version, "name": name, "content": zlib.compress(content)}
        for name, content in files.items()
    ]
    with transaction(connection):
        add_once(connection, artifact_files, rows)
        check(kind, version, files, find(connection, kind, version))


def check(
    kind: str, version: str, files: Mapping[str, bytes], kept: Mapping[str, bytes] | None
) -> None:
    """Whether what is kept of a version is what is to be kept.

    Raises:
        ArtifactConflictError: it is not.
    """
    if kept != files:
        raise ArtifactConflictError(f"{kind} {version} is kept already, with other content")
