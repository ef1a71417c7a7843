"""Run the pipeline on another source in a scratch copy; the checkout's own outputs stay as they are.

    python -m utilities.pipeline_copy ../data/histories      into .scratch/histories

Only parameters change: source.kind becomes files and source.path the folder.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml


def main() -> int:
    """Copy the checkout, set the source, reproduce, and say where the report is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "source", help="folder (or gs://… address) with people, spells and perhaps loans"
    )
    arguments = parser.parse_args()
    source = arguments.source
    if "://" not in source:
        if not Path(source).is_dir():
            print(f"SOURCE: got {source}; allowed: a folder of tables", file=sys.stderr)
            return 1
        source = str(Path(source).resolve())
    scratch = Path(".scratch") / Path(source).name
    copy_checkout(scratch)
    parameters = yaml.safe_load((scratch / "params.yaml").read_text(encoding="utf-8"))
    parameters["source"] |= {"kind": "files", "path": source}
    (scratch / "params.yaml").write_text(
        yaml.safe_dump(parameters, sort_keys=False), encoding="utf-8"
    )
    path = os.pathsep.join([str((scratch / "src").resolve()), str(scratch.resolve())])
    environment = {**os.environ, "PYTHONPATH": path}
    for command in (
        ["init", "--no-scm", "--force", "--quiet"],
        ["config", "core.analytics", "false"],
        ["repro"],
    ):
        code = subprocess.run(
            [sys.executable, "-m", "dvc", *command], cwd=scratch, env=environment
        ).returncode
        if code:
            return code
    print(
        f"\n{scratch}/reports/report.html\n{scratch}/reports/metrics.json\n{scratch}/model/candidate"
    )
    return 0


def copy_checkout(target: Path) -> None:
    """Copy every file git knows (and new ones it does not ignore) to an empty ``target``."""
    git = shutil.which("git") or "git"
    listed = subprocess.run(
        [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
    ).stdout.decode()
    shutil.rmtree(target, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        if not name.startswith(".dvc/") and name != "dvc.lock" and Path(name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, target / name)


if __name__ == "__main__":
    sys.exit(main())
