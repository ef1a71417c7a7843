"""Acquire the source named in params.yaml into dataset/source.

python -m utilities.acquire
"""

import sys
from pathlib import Path

from solvencia.data.acquire import SourceSettings, acquire
from solvencia.data.parameters import read_section
from solvencia.domain.errors import SolvenciaError

TARGET = Path("dataset/source")


def main() -> int:
    """Acquire, and say what was acquired."""
    try:
        settings = read_section(Path("params.yaml"), "source", SourceSettings)
        description = acquire(settings, Path("dataset/reference"), TARGET)
    except SolvenciaError as error:
        print(f"acquire: {error}", file=sys.stderr)
        return 1
    rows = ", ".join(f"{count:,} {name}" for name, count in description.rows.items())
    label = "synthetic" if description.synthetic else "real"
    print(f"{label} source: {rows}; observed until {description.observed_until}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
