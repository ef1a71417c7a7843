"""How fast many applicants are decided in one request when nothing is kept.

    python -m utilities.bench_apps.batch MODEL POLICY BODY…

Each BODY is a file with a request of ``POST /score/batch``. Prints, as JSON, of each the seconds of
processor time that it took to be read, decided and written, and the verdicts. A process of its own,
because the time is that of a whole process.
"""

import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.batch import decide_batch
from api.deciding import Sender
from api.model_host import Serving
from solvencia.artifact import read_model
from solvencia.serving.decider import Decider, load_policy
from utilities.load import Check

_VERDICT = re.compile(rb'"outcome":"[a-z]+","final_score":[0-9]+,')
_WARM_UPS = 2


def main() -> int:
    """Measure each body in turn."""
    model, policy, *files = (Path(argument) for argument in sys.argv[1:])
    serving = Serving(Decider(read_model(model), load_policy(policy)), None, {}, b"")
    now = datetime.now(UTC)
    sender = Sender("bench", now, now.date())
    bodies = [file.read_bytes() for file in files]
    for _ in range(_WARM_UPS):
        decide_batch(serving, bodies[0], sender)
    gc.collect()
    gc.freeze()  # as the service does with what serves
    gc.set_threshold(50_000, 20, 50)
    measured = []
    for body in bodies:
        start = time.process_time()
        content = decide_batch(serving, body, sender).content
        seconds = time.process_time() - start
        found = b"".join(_VERDICT.findall(content)).decode()
        measured.append({"seconds": seconds, "verdicts": found})
    print(json.dumps(measured))
    return 0


def batches_of(applications: Sequence[bytes], size: int) -> list[bytes]:
    """Bodies of ``POST /score/batch``, of so many applications each; what is left over is left out."""
    return [b'{"applicants":[%b]}' % b",".join(part) for part in _parts(applications, size)]


def batch_check(verdicts: Sequence[bytes], size: int) -> Check:
    """A good answer holds the verdicts of its applications, in their order and no others."""
    expected = [b"".join(part) for part in _parts(verdicts, size)]

    def check(number: int, status: int, body: bytes) -> str | None:
        if status != 200:
            return f"HTTP {status}"
        found = b"".join(_VERDICT.findall(body))
        return None if found == expected[number % len(expected)] else "wrong answer"

    return check


def decided_per_second(
    bodies: Sequence[bytes], size: int, check: Check, *, model: Path, policy: Path, directory: Path
) -> list[float]:
    """Applicants decided a second of processor time, once for each body; nothing is kept.

    Raises:
        ValueError: the model does not load, or a decision is not the right one.
    """
    files = [directory / f"batch{place}.json" for place in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_bytes(body)
    command = [sys.executable, "-m", "utilities.bench_apps.batch"]
    command += [str(path) for path in (model, policy, *files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError("; ".join(done.stderr.strip().splitlines()[-2:]))
    measured = json.loads(done.stdout)
    for place, item in enumerate(measured):
        if problem := check(place, 200, item["verdicts"].encode()):
            raise ValueError(f"batch {place + 1}: {problem}")
    return [size / item["seconds"] for item in measured]


def _parts(items: Sequence[bytes], size: int) -> list[Sequence[bytes]]:
    return [items[start : start + size] for start in range(0, len(items) - size + 1, size)]


if __name__ == "__main__":
    sys.exit(main())
