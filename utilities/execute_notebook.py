"""Execute a notebook with papermill and keep a copy that is the same every time.

    python -m utilities.execute_notebook notebooks/1_etl.ipynb reports/notebooks/1_etl.ipynb

Clocks, durations, progress bars and Python's patch version are taken out of the copy; what the
notebook shows stays.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import papermill
from traitlets.config import Config


def without_clock(notebook: dict[str, Any]) -> dict[str, Any]:
    """The executed notebook without what differs between two runs or two machines."""
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        tags = {key: value for key, value in cell["metadata"].items() if key == "tags"}
        kept = {**cell, "id": f"cell-{number}", "metadata": tags}
        if cell["cell_type"] == "code":
            kept["outputs"] = [o for o in cell["outputs"] if o.get("name") != "stderr"]
        cells.append(kept)
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "papermill"}
    if "language_info" in metadata:  # holds the patch version of Python
        metadata["language_info"] = {"name": metadata["language_info"]["name"]}
    return {**notebook, "cells": cells, "metadata": metadata}


def main() -> int:
    """Execute, streaming the notebook's own output, and write the copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("executed", type=Path)
    arguments = parser.parse_args()
    arguments.executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            str(arguments.notebook),
            str(arguments.executed),
            kernel_name="python3",
            language="python",
            stdout_file=sys.stdout,
            stderr_file=sys.stderr,
            # Over files, not ports: another user of the machine cannot listen to the kernel.
            config=Config({"KernelManager": {"transport": "ipc"}}),
        )
    except papermill.PapermillExecutionError as error:
        print(f"{arguments.notebook}: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    raw = json.loads(arguments.executed.read_text(encoding="utf-8"))
    text = json.dumps(without_clock(raw), ensure_ascii=False, indent=1, sort_keys=True)
    arguments.executed.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
