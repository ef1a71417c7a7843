"""Reads schema.json anew from the published bindings of the provider, where resources are added:

npm pack @cdktf/provider-google@16.12.1, which is of provider 6.50.0, unpacked; then
python -m testing.delivery.google_provider.bindings PACKAGE/lib

The bindings (MPL-2.0) name every field as Terraform does, with its type and whether it may be left
out; nothing else of them is kept.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from testing.delivery.google_provider.serve import SCHEMA

ROOT = Path(__file__).parents[3]
_PLAIN = {"string": "string", "number": "number", "boolean": "bool", "cdktf.IResolvable": "bool"}
_MAP = re.compile(r"\{\s*\[key: string\]: ([^;]+);\s*\}")
_INTERFACE = re.compile(r"export interface (\w+)(?: extends [\w.]+)? \{\n(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"/\*\*(.*?)\*/\n    readonly \w+(\??): ([^\n]+);", re.DOTALL)
_GETTER = re.compile(r"get (\w+)\(\): ([^;]+);")
_CLASS = re.compile(
    r"export declare class \w+ extends cdktf.TerraformResource \{(.*?)\n\}", re.DOTALL
)

Fields = dict[str, tuple[bool, str]]


def type_of(written: str) -> Any:
    """A type of Terraform from one of TypeScript; None for a block."""
    plain = written.replace(" | cdktf.IResolvable", "")
    if plain in _PLAIN:
        return _PLAIN[plain]
    if plain in ("string[]", "number[]"):
        return ["list", _PLAIN[plain[:-2]]]
    if plain == "cdktf.StringMap" or plain.startswith("{ [key"):
        return ["map", "string"]
    return None


def interfaces(text: str) -> dict[str, Fields]:
    """Fields by interface: whether each is needed, and its type as written."""
    text = _MAP.sub(r"{ [key: string]: \1 }", text)
    found: dict[str, Fields] = {}
    for name, body in _INTERFACE.findall(text):
        fields: Fields = {}
        for comment, optional, written in _FIELD.findall(body):
            if link := re.search(r"#\w+ \w+#(\w+)\}", comment):
                fields[link[1]] = (not optional, written)
        found[name] = fields
    return found


def block(name: str, known: dict[str, Fields]) -> dict[str, Any]:
    """A block as serve.py reads it."""
    fields: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for inner, (required, written) in known[name].items():
        if (type_ := type_of(written)) is not None:
            fields[inner] = ["required" if required else "optional", type_]
            continue
        plain = written.replace(" | cdktf.IResolvable", "")
        most = "single" if inner == "timeouts" else "many" if plain.endswith("[]") else "one"
        described = block(plain.removesuffix("[]"), known)
        blocks[inner] = {"most": most, "required": required, **described}
    return {"fields": fields, **({"blocks": blocks} if blocks else {})}


def resource(directory: Path) -> dict[str, Any]:
    """A resource, with what it knows once it is made."""
    text = "".join(path.read_text() for path in sorted(directory.glob("*.d.ts")))
    known = interfaces(text)
    (top,) = re.findall(r"interface (\w+) extends cdktf.TerraformMetaArguments", text)
    described = block(top, known)
    (body,) = _CLASS.findall(text)
    for getter, written in _GETTER.findall(body):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", getter).lower()
        taken = name in described["fields"] or name in described.get("blocks", {})
        if not taken and not name.endswith("_input") and (type_ := type_of(written)) is not None:
            described["fields"][name] = ["computed", type_]
    return described


def main() -> None:
    """Write what the configuration uses, a resource a line."""
    library = Path(sys.argv[1])
    files = (ROOT / "infrastructure" / "terraform").glob("*.tf")
    used = {
        name
        for path in files
        for name in re.findall(r'^resource "google_(\w+)"', path.read_text(), re.MULTILINE)
    }
    lines = [
        f"{json.dumps(f'google_{name}')}: {json.dumps(resource(library / name.replace('_', '-')))}"
        for name in sorted(used)
    ]
    SCHEMA.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
