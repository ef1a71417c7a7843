"""What a type of the client and a schema of the service allow, in the same words."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

Shape = str | frozenset[Any] | tuple[Any, ...]
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_REFERENCE = "#/components/schemas/"


def of_schema(node: Mapping[str, Any], schemas: Mapping[str, Any]) -> Shape:
    """A node of the OpenAPI document; formats and bounds are left out, for types do not tell them."""
    if reference := node.get("$ref"):
        name = str(reference).removeprefix(_REFERENCE)
        return name if "properties" in schemas[name] else of_schema(schemas[name], schemas)
    if "anyOf" in node:
        return _either(of_schema(branch, schemas) for branch in node["anyOf"])
    if "enum" in node:
        return ("one of", frozenset(node["enum"]))
    if node.get("type") == "array":
        return ("list", of_schema(node["items"], schemas))
    if node.get("type") == "object":
        values = node["additionalProperties"]
        return ("dict", "any" if values is True else of_schema(values, schemas))
    return str(node.get("type", "any"))


def of_type(hint: Any) -> Shape:
    """A type as a message's field has it."""
    if hint is Any:
        return "any"
    if is_typeddict(hint):
        return str(hint.__name__)
    arguments = get_args(hint)
    match get_origin(hint):
        case None:
            return _PLAIN[hint]
        case origin if origin in (Union, UnionType):
            return _either(of_type(branch) for branch in arguments)
        case origin if origin is Literal:
            return ("one of", frozenset(arguments))
        case origin if origin is list:
            return ("list", of_type(arguments[0]))
        case origin if origin is dict:
            assert arguments[0] is str
            return ("dict", of_type(arguments[1]))
    raise TypeError(f"no shape for {hint}")


def _either(shapes: Any) -> Shape:
    return frozenset(shapes)
