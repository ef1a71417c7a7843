"""A draft of the policy: values by their path, what differs from the policy in force, its file."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

Policy = Mapping[str, Any]
Path = tuple[str | int, ...]
"""Where a value stands, such as ``("adjustments", 0, "points")``."""

_UNTOLD = ("cases", "version", "effective_from", "$schema")
"""Parts that the list of edits leaves out: cases are told by themselves, the rest at the export."""
_ON_ONE_LINE = 108
"""Signs that an object or a list may take, with its indentation, in the policy's file."""
VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[0-9]+)?")


@dataclass(frozen=True)
class Edit:
    """A value that differs from the policy in force."""

    path: Path
    before: Any
    after: Any


def value_at(policy: Policy, path: Path) -> Any:
    """The value that stands at a path.

    >>> value_at({"offers": {"payroll": [7]}}, ("offers", "payroll", 0))
    7
    """
    found: Any = policy
    for step in path:
        found = found[step]
    return found


def with_value(policy: Policy, path: Path, value: Any) -> dict[str, Any]:
    """A copy of the policy with another value at a path.

    >>> with_value({"a": [1, 2]}, ("a", 1), 3)
    {'a': [1, 3]}
    """
    copy = deepcopy(dict(policy))
    value_at(copy, path[:-1])[path[-1]] = value
    return copy


def alike(before: Any, after: float | None) -> float | int | None:
    """A number as the file writes it: whole where a whole number stood before.

    >>> alike(400000, 350000.0), alike(0.35, 0.3), alike(0, 0.02)
    (350000, 0.3, 0.02)
    """
    if after is not None and isinstance(before, int) and float(after).is_integer():
        return int(after)
    return after


def edits(base: Policy, draft: Policy) -> list[Edit]:
    """All values of the draft that are not those of the policy in force, in the file's order."""
    parts = [name for name in base if name not in _UNTOLD]
    return [edit for name in parts for edit in _differing(base[name], draft[name], (name,))]


def _differing(before: Any, after: Any, path: Path) -> Iterator[Edit]:
    if isinstance(before, dict):
        for name in before:
            yield from _differing(before[name], after[name], (*path, name))
    elif isinstance(before, list) and any(isinstance(item, dict) for item in before):
        for place, (was, now) in enumerate(zip(before, after, strict=True)):
            yield from _differing(was, now, (*path, place))
    elif before != after:
        yield Edit(path, before, after)


def changed_cases(base: Policy, draft: Policy) -> list[int]:
    """Places of the cases whose expectation was changed."""
    pairs = zip(base["cases"], draft["cases"], strict=True)
    return [place for place, (was, now) in enumerate(pairs) if was["expect"] != now["expect"]]


def accepting(draft: Policy, name: str, decided: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the draft in which a case expects what was decided; the rest of it stays."""
    copy = deepcopy(dict(draft))
    for case in copy["cases"]:
        if case["name"] == name:
            expect = case["expect"]
            for field, value in decided.items():
                expect[field] = _codes(expect[field], value) if field == "rules" else value
    return copy


def _codes(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The codes of ``after``, those that stood before in their old order."""
    kept = [code for code in before if code in after]
    return kept + [code for code in after if code not in kept]


def next_version(in_force: str, today: date) -> str:
    """A name for the draft that sorts after the policy in force.

    >>> next_version("2026-11-01", date(2026, 11, 20)), next_version("2026-11-20.1", date(2026, 11, 20))
    ('2026-11-20', '2026-11-20.2')
    """
    day, _, number = in_force.partition(".")
    if today.isoformat() > day:
        return today.isoformat()
    return f"{day}.{int(number or 0) + 1}"


def named(draft: Policy, version: str, effective_from: date) -> dict[str, Any]:
    """The draft under its version name, with the first day on which it is to hold."""
    return {**draft, "version": version, "effective_from": effective_from.isoformat()}


def written(policy: Policy) -> str:
    """The policy as its file is written, with the same order, indentation and line breaks."""
    return _written(policy, 0) + "\n"


def _written(value: Any, indent: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or indent + len(line) <= _ON_ONE_LINE:
        return line
    inside = indent + 2
    if isinstance(value, dict):
        begin, end = "{", "}"
        lines = [
            f"{json.dumps(name, ensure_ascii=False)}: {_written(item, inside)}"
            for name, item in value.items()
        ]
    else:
        begin, end = "[", "]"
        lines = [_written(item, inside) for item in value]
    body = ",\n".join(" " * inside + text for text in lines)
    return f"{begin}\n{body}\n{' ' * indent}{end}"
