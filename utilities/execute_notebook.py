"""Execute a notebook with papermill and keep a copy that is the same every time.

    python -m utilities.execute_notebook notebooks/1_etl.ipynb reports/notebooks/1_etl.ipynb

Clocks, durations and progress bars are taken out of the copy; what the notebook shows stays.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill


def without_clock(notebook: Any) -> Any:
    """The executed notebook without what differs between two runs."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


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
        )
    except papermill.PapermillExecutionError as error:
        print(f"{arguments.notebook}: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    copy = without_clock(nbformat.read(arguments.executed, as_version=4))
    nbformat.write(copy, arguments.executed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
