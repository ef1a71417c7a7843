"""The fields of the form, read from the JSON Schema that the service publishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["number", "integer", "choice", "date", "text", "list", "group"]
Part = Literal["profile", "history", "loan"]

_PATH = "/score"
_SKIPPED = {"null"}
_FEATURE = {"product": "loan_product"}
"""Fields of a request whose feature goes by another name."""


@dataclass(frozen=True)
class Field:
    """One field: what it is called, what it may hold, and whether it may be left out."""

    name: str
    kind: Kind
    title: Mapping[str, str]
    required: bool = True
    description: str = ""
    unit: str = ""
    step: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    max_length: int | None = None
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: tuple["Field", ...] = ()

    @property
    def whole(self) -> bool:
        """Counted in whole steps, such as months; money is not."""
        return self.kind == "integer" or self.step == 1


def request_part(document: Mapping[str, Any], part: Part) -> Field:
    """A part of the request for a decision, with its fields in the service's order."""
    request = _resolve(document, _body(document)["schema"])
    return _field(document, part, request["properties"][part], required=True)


def example(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A worked request from the service's documentation; empty when it publishes none."""
    found: dict[str, Any] = _body(document).get("examples", {}).get(name, {}).get("value", {})
    return found


def choice_names(document: Mapping[str, Any]) -> dict[str, Mapping[str, Mapping[str, str]]]:
    """Names of choices by field, key and language; of the features that are read from them too."""
    named: tuple[Part, ...] = ("profile", "loan")
    parts = [request_part(document, part) for part in named]
    found = {item.name: item.choices for part in parts for item in part.items if item.choices}
    return found | {_FEATURE[name]: found[name] for name in found if name in _FEATURE}


def _body(document: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = document["paths"][_PATH]["post"]["requestBody"]
    content: dict[str, Any] = body["content"]["application/json"]
    return content


def _resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """The node with its reference and its nullable branch folded in; what it says itself wins."""
    merged = dict(node)
    for branch in merged.pop("anyOf", []):
        if branch.get("type") not in _SKIPPED:
            # The branch carries the real title: beside ``anyOf`` stands one made from the name.
            merged |= _resolve(document, branch)
    if reference := merged.pop("$ref", None):
        merged = document["components"]["schemas"][reference.rsplit("/", 1)[-1]] | merged
    return merged


def _field(
    document: Mapping[str, Any], name: str, node: Mapping[str, Any], *, required: bool
) -> Field:
    found = _resolve(document, node)
    members = found
    if found.get("type") == "array":
        members = _resolve(document, found["items"])
    title = str(found.get("title", name))
    return Field(
        name=name,
        kind=_kind(found),
        title={"es": title, "en": str(found.get("title_en", title))},
        required=required,
        description=str(found.get("description", "")),
        unit=str(found.get("unit", "")),
        step=found.get("step"),
        minimum=found.get("minimum", found.get("exclusiveMinimum")),
        maximum=found.get("maximum"),
        exclusive_minimum="exclusiveMinimum" in found,
        max_length=found.get("maxLength"),
        choices=_choices(found),
        items=tuple(
            _field(document, key, value, required=key in members.get("required", ()))
            for key, value in members.get("properties", {}).items()
        ),
    )


def _kind(node: Mapping[str, Any]) -> Kind:
    if "choices" in node or "enum" in node:
        return "choice"
    if node.get("format") == "date":
        return "date"
    kinds: dict[str, Kind] = {
        "number": "number",
        "integer": "integer",
        "array": "list",
        "object": "group",
    }
    return kinds.get(node.get("type", ""), "text")


def _choices(node: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Named choices: in the order of the enumeration when there is one, else by name."""
    named: dict[str, Mapping[str, str]] = dict(node.get("choices", {}))
    if "enum" in node:
        return {key: named.get(key, {"es": key, "en": key}) for key in node["enum"]}
    return dict(sorted(named.items(), key=lambda item: item[1]["es"]))
