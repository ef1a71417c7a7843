"""Publish the champion: upload it under its version, then let the bucket's pointer name it.

python -m utilities.publish [--uri gs://bucket/prefix]     without an address to that of MODEL_URI
"""

import argparse
import os
import sys
from pathlib import Path

from solvencia.domain.errors import SolvenciaError
from utilities.publishing import publish

MODELS = Path("model")


def main() -> int:
    """Publish, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", help="gs://bucket/prefix")
    uri = parser.parse_args().uri
    setting = "MODEL_URI" if uri is None else "--uri"
    try:
        published = publish(MODELS, os.environ.get(setting, "") if uri is None else uri, setting)
    except SolvenciaError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 1
    print(
        f"published: {published.version}, generation {published.generation} of the pointer"
        + (", which named it already" if published.already else "")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
