"""The far end of ``gcloud`` and ``docker``: two commands that keep a cloud in a file.

``python fake_cloud.py STATE gcloud run deploy …``. They know only what a deployment may say, and
refuse the rest as the real ones do.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(state_file: Path, command: list[str]) -> int:
    state: dict[str, Any] = json.loads(state_file.read_text())
    state["calls"].append(command)
    said = " ".join(command)
    try:
        for failing in state["failing"]:
            if failing in said:
                raise SystemExit(f"ERROR: ({failing}) the far end says no")
        answer(state, command)
    finally:
        state_file.write_text(json.dumps(state))
    return 0


def answer(state: dict[str, Any], command: list[str]) -> None:
    flags = dict(
        part.removeprefix("--").partition("=")[::2] for part in command if part[:2] == "--"
    )
    match [part for part in command if not part.startswith("--")]:
        case ["docker", "tag" | "push", *_] | ["docker", "build", *_]:
            pass
        case ["gcloud", "auth", "configure-docker", _]:
            pass
        case ["gcloud", "artifacts", "docker", "images", "describe", _]:
            print("sha256:" + "ab" * 32)
        case ["gcloud", "run", "services", "list"]:
            print(json.dumps([described(state, name) for name in state["services"]]))
        case ["gcloud", "run", "deploy", name]:
            service = state["services"].setdefault(name, {"traffic": {}, "tags": {}, "made": 0})
            if not service["traffic"] and "no-traffic" in flags:
                raise SystemExit("ERROR: --no-traffic not supported when creating a new service.")
            service["made"] += 1
            revision = f"{name}-{service['made']:05}-new"
            service["tags"][flags["tag"]] = revision
            state["images"][revision] = flags["image"]
            if "no-traffic" not in flags:
                service["traffic"] = {revision: 100}
        case ["gcloud", "run", "revisions", "describe", revision]:
            image = state["images"].get(revision, f"registry/{revision}@sha256:old")
            print(json.dumps({"spec": {"containers": [{"image": image}]}}))
        case ["gcloud", "run", "services", "update-traffic", name]:
            service = state["services"][name]
            if "to-revisions" in flags:
                shares = (one.split("=") for one in flags["to-revisions"].split(","))
                service["traffic"] = {revision: int(percent) for revision, percent in shares}
            service["tags"].pop(flags.get("remove-tags"), None)
        case unknown:
            raise SystemExit(f"ERROR: Invalid choice: {unknown}")


def described(state: dict[str, Any], name: str) -> dict[str, Any]:
    service = state["services"][name]
    shares = [
        {"revisionName": revision, "percent": percent}
        for revision, percent in service["traffic"].items()
    ]
    tags = [
        {"revisionName": revision, "tag": tag, "url": state["candidate_urls"][name]}
        for tag, revision in service["tags"].items()
    ]
    status = {"url": state["urls"][name], "traffic": shares + tags}
    return {"metadata": {"name": name}, "status": status}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
