"""Let the candidate serve: verify it whole and copy it to model/champion in one step.

python -m utilities.promote           replace the champion
python -m utilities.promote --first   only where no champion serves yet
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from solvencia.artifact import read_model, replace_directory
from solvencia.domain.errors import SolvenciaError
from solvencia.serving.decider import Decider, load_policy

CANDIDATE, CHAMPION = Path("model/candidate"), Path("model/champion")
POLICY = Path("business_rules/policy.json")


def champion_version() -> str | None:
    """Version that serves; None where there is none that this code can load."""
    if not CHAMPION.exists():
        return None
    try:
        return read_model(CHAMPION).version
    except SolvenciaError as error:
        print(f"the champion cannot be loaded and is replaced: {error}", file=sys.stderr)
        return None


def main() -> int:
    """Promote, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", action="store_true", help="keep a champion that serves already")
    arguments = parser.parse_args()
    try:
        candidate = Decider(read_model(CANDIDATE), load_policy(POLICY)).model.version
    except SolvenciaError as error:
        print(f"promote: {error}", file=sys.stderr)
        return 1
    champion = champion_version()
    if champion == candidate:
        print(f"champion: {champion}, the latest candidate")
        return 0
    if champion is not None and arguments.first:
        print(f"champion: {champion}; candidate {candidate} waits for `make promote`")
        return 0
    scratch = Path(tempfile.mkdtemp(prefix=".champion-", dir=CHAMPION.parent))
    shutil.copytree(CANDIDATE, scratch, dirs_exist_ok=True)
    replace_directory(scratch, CHAMPION)
    print(f"champion: {candidate}" + (f", in place of {champion}" if champion else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
