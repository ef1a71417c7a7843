"""Let the champion before the present one serve again, as it was, to the byte.

python -m utilities.rollback
"""

import sys
from pathlib import Path

from solvencia.domain.errors import SolvenciaError
from solvencia.training.champions import earlier_champions, restore_champion
from solvencia.training.registry import point_champion
from solvencia.training.tracking import Unrecorded

MODELS = Path("model")


def main() -> int:
    """Roll back, or say why not."""
    try:
        left, version = restore_champion(MODELS)
    except SolvenciaError as error:
        print(f"rollback: {error}; the champion is the same as before", file=sys.stderr)
        return 1
    print(f"champion: {version}, in place of {left}; before it: {len(earlier_champions(MODELS))}")
    alias = point_champion(version)
    if isinstance(alias, Unrecorded):
        print(alias)
    return 0


if __name__ == "__main__":
    sys.exit(main())
