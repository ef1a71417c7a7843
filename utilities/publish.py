"""Publish the champion: upload it under its version, then let the bucket's pointer name it.

python -m utilities.publish [--uri gs://bucket/prefix]     without an address to that of MODEL_URI
python -m utilities.publish --version 0123456789ab         let it name a version that is there already
"""

import argparse
import os
import sys
from pathlib import Path

from solvencia.domain.errors import SolvenciaError
from utilities.publishing import point_to, publish

MODELS = Path("model")


def main() -> int:
    """Publish, or say why not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uri", help="gs://bucket/prefix")
    parser.add_argument("--version", help="published before, and to be the champion again")
    arguments = parser.parse_args()
    setting = "MODEL_URI" if arguments.uri is None else "--uri"
    uri = os.environ.get(setting, "") if arguments.uri is None else arguments.uri
    try:
        if arguments.version is None:
            published = publish(MODELS, uri, setting)
        else:
            published = point_to(arguments.version, uri, setting)
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
