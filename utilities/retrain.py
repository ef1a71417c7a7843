"""Retrain on what is new, and let the candidate serve if every gate lets it pass.

python -m utilities.retrain                        what `make retrain` and the nightly workflow do
python -m utilities.retrain --until 2026-06-30     the simulated people, observed until then

Steps: start, champion, pull, pipeline, gates, push, commit, promote, publish; then the mail. With
MODEL_URI the champion is the published one, else model/champion. What the pipeline made goes to DVC's
remote and, as a commit of dvc.lock and of the outputs that git keeps, to the branch on origin, whether or
not the candidate is promoted. Where nothing changed nothing is committed. A run that fails leaves champion,
pointer and branch as they were, and its mail names the step; one that is cut off is made good by the next.

The environment: DVC_BUCKET, MODEL_URI, SMTP_* and MAIL_*, RETRAIN_REASON and RETRAIN_UNTIL (of a run that
somebody asked for), and on GitHub its own, with GITHUB_TOKEN to push.

Exit status: 0 promoted or unchanged. 1 failed. 3 refused. 4 promoted or unchanged, but the mail was not sent.
"""

import argparse
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from solvencia.artifact import read_model
from solvencia.domain.errors import ArtifactError, SolvenciaError
from solvencia.training.champions import champion_version
from utilities import promote, remote
from utilities.publishing import PointerUnknownError, PublishError, publish
from utilities.retraining import pipeline
from utilities.retraining.one_run import Marker, Stopped, alone, stoppable
from utilities.retraining.repository import Repository
from utilities.retraining.serving import SETTING, Before, Champion, find_champion
from utilities.training_run import (
    GateRow,
    Outcome,
    Status,
    exit_status,
    page_of_run,
    write_outcome,
)

MODELS = Path("model")
UNSENT = 4
SKIP = "[skip ci]"
"""In the title of a commit: GitHub starts no workflow for it."""


@dataclass
class Run:
    """What is known of a run so far.

    Attributes:
        until: --until.
        step: that is under way.
        undo: what takes back what has been done, should the run fail.
        base: commit that it runs on.
        commit: that it made, or else the one it runs on.
        champion: version that served when it began, or None.
        judgement: what the gates said, once they were asked.
        published: where, if it published.
        pushed: whether data went to DVC's remote.
    """

    until: str | None
    step: str = "start"
    undo: ExitStack = field(default_factory=ExitStack)
    base: str | None = None
    commit: str | None = None
    champion: str | None = None
    judgement: promote.Judgement | None = None
    published: str | None = None
    pushed: bool = False

    def at(self, step: str) -> None:
        """Name the step that is under way, or the stage of the pipeline."""
        self.step = step

    @contextmanager
    def doing(self, step: str) -> Iterator[None]:
        """Name the step, say so, and name the stage where it is one that fails."""
        self.at(step)
        print(f"== {step}", flush=True)
        try:
            yield
        except pipeline.StageError as error:
            self.step = error.stage
            raise

    def ended(self, status: Status, reason: str, started: datetime, seconds: float) -> Outcome:
        """The outcome of it all."""
        asked = " ".join(os.environ.get("RETRAIN_REASON", "").split())[:200]
        gates = self.judgement.gates if self.judgement else ()
        return Outcome(
            status=status,
            reason=f"{reason}\nAsked for: {asked}" if asked else reason,
            step=self.step if status == "failed" else None,
            started=started,
            seconds=round(seconds, 1),
            champion=self.champion,
            candidate=self.judgement.candidate if self.judgement else None,
            gates=tuple(GateRow(g.name, g.value, g.champion, g.allowed, g.passed) for g in gates),
            published=self.published,
            pushed=self.pushed,
            commit=self.base,
            link=page_of_run(),
        )


def main() -> int:
    """Retrain, tell, and put back what a failure left."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--until", default=os.environ.get("RETRAIN_UNTIL") or None)
    run = Run(parser.parse_args().until)
    started, clock = datetime.now(UTC).replace(microsecond=0), time.monotonic()
    try:
        with alone() as marker, stoppable() as go_on:
            status, reason = attempt(run, marker, go_on)
            outcome = run.ended(status, reason, started, time.monotonic() - clock)
            sent = _tell(outcome, run)
            if status == "failed" and marker.is_set:
                _put_back()
            marker.clear()
    except SolvenciaError as error:
        print(f"retrain: {error}", file=sys.stderr)
        return 1
    print(f"retrain: {status}: {reason}", file=sys.stdout if status != "failed" else sys.stderr)
    return exit_status(outcome) or (0 if sent else UNSENT)


def attempt(run: Run, marker: Marker, go_on: Callable[[], None]) -> tuple[Status, str]:
    """Take the steps; whatever goes wrong is an outcome, with what had been done taken back."""
    try:
        return retrain(run, marker, go_on)
    except PointerUnknownError as error:
        run.undo.pop_all()  # services may have the candidate by now: its commit must stay
        return "failed", f"{error}. Nothing was taken back: the next run goes on from there."
    except SolvenciaError as error:
        reason = str(error)
    except Stopped as stopped:
        reason = str(stopped)
    except Exception as error:  # a night without a mail would be taken for a good one
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
    go_on()
    run.pushed, run.published, run.commit = False, None, run.base
    try:
        run.undo.close()
    except (SolvenciaError, OSError) as error:
        reason += f"\nNot everything could be taken back: {error}. The next run goes on from there."
    return "failed", reason


def retrain(run: Run, marker: Marker, go_on: Callable[[], None]) -> tuple[Status, str]:
    """Every step, in order; the status and why.

    Raises:
        SolvenciaError: the step that ``run`` names failed.
    """
    uri = os.environ.get(SETTING, "").strip() or None
    run.champion = champion_version(MODELS)
    with run.doing("start"):
        if uri is None and os.environ.get("GITHUB_ACTIONS"):
            raise PublishError(
                f"{SETTING}: is not set; allowed: gs://bucket/prefix. A runner that comes without models "
                "would take nobody for the champion, and promote whatever it trains"
            )
        paths = pipeline.kept_by_git()
        repository = Repository()
        if marker.is_set:
            print("the run before was cut off: what it left is put back")
            _put_back()
        repository.demand_clean(paths)
        repository.catch_up(paths)
        run.base = run.commit = repository.base
        marker.set()
    with run.doing("champion"):
        champion = find_champion(MODELS, uri)
        run.champion = champion.version
        print(f"champion: {champion.version or 'none'}")
    with run.doing("pull"):
        if Path(pipeline.LOCK).exists():
            print(f"pull: {remote.pull(Path())}, complete")
        else:
            print(f"pull: nothing, for there is no {pipeline.LOCK} yet")
    with run.doing("pipeline"):
        if run.until:
            pipeline.observe_until(run.until)
        pipeline.reproduce(run.at)
    with run.doing("gates"):
        run.judgement = _judge(champion)
    changed = repository.changed(paths)
    status, reason = _verdict(run.judgement, champion, changed)
    with run.doing("push"):
        if changed:
            print(f"push: {remote.push(Path())}, complete")
            run.pushed = True
    go_on()  # from here on it takes seconds, and half of it would be worse than all
    with run.doing("commit"):
        if changed:
            made = repository.commit(paths, _message(status, reason, run.judgement, champion))
            run.undo.callback(repository.withdraw, made)
            repository.push(made)
            run.commit = made
            print(f"commit: {made[:12]} on {repository.branch}")
    with run.doing("promote"):
        if status == "promoted":
            run.undo.callback(Before.of(MODELS).put_back, MODELS)
            promote.install(run.judgement.candidate)
    with run.doing("publish"):
        unpublished = champion.version is not None and champion.published is None
        if uri and (status == "promoted" or unpublished):
            published = publish(MODELS, uri, SETTING, replaces=(champion.published,))
            run.published = uri
            print(f"published: {published.version}, generation {published.generation}")
    run.undo.pop_all()
    try:  # what serves serves: what goes wrong from here on is told, and undoes nothing
        if run.commit:
            repository.adopt(run.commit)
        if status == "promoted":
            promote.announce(run.judgement.candidate)
    except Exception as error:
        reason += f"\nAfterwards {type(error).__name__}: {error}"
    return status, reason


def _judge(champion: Champion) -> promote.Judgement:
    candidate = read_model(promote.CANDIDATE)
    if candidate.version == champion.version:
        if champion.problem:
            raise ArtifactError(
                f"the published champion {champion.version} is damaged, and no service that starts anew can "
                f"load it: {champion.problem}. Remove its folder and run `make publish`"
            )
        print(f"candidate {candidate.version} is the champion")
        return promote.Judgement(candidate.version, champion.version)
    serving = None if champion.problem else promote.read_champion()
    return promote.judge(candidate, serving, promote.read_policy())


def _verdict(judgement: promote.Judgement, champion: Champion, changed: bool) -> tuple[Status, str]:
    """The status, and why in sentences."""
    if judgement.candidate == champion.version:
        if changed:
            return "unchanged", f"What changed led to the same model, {champion.version}."
        return "unchanged", "Data, code and parameters are as they were: nothing was trained."
    if judgement.refusals:
        return "refused", "\n".join(judgement.refusals)
    if champion.version is None:
        return "promoted", "Every gate let it pass; no model served before it."
    if judgement.champion is None:
        problem = champion.problem or "it cannot be loaded by this code"
        return (
            "promoted",
            f"Every gate that needs no champion let it pass; there was none to compare with: {problem}.",
        )
    return "promoted", f"Every gate let it pass, compared with {champion.version}."


def _message(status: Status, reason: str, judgement: promote.Judgement, champion: Champion) -> str:
    before = champion.version or "no champion"
    title = {
        "promoted": f"Retraining: {judgement.candidate} promoted, {before} before it",
        "refused": f"Retraining: {judgement.candidate} refused, {before} serves on",
    }.get(status, f"Retraining: the same model, {before}")
    return f"{title} {SKIP}\n\n{reason}\n"


def _tell(outcome: Outcome, run: Run) -> bool:
    """Write the outcome for the next commands and send the mail; say whether that went well."""
    write_outcome(outcome)
    if path := os.environ.get("GITHUB_OUTPUT"):
        promoted = "true" if outcome.status == "promoted" else "false"
        with Path(path).open("a", encoding="utf-8") as answers:
            answers.write(f"promoted={promoted}\nref={run.commit or ''}\n")
    print("== mail", flush=True)
    return subprocess.run([sys.executable, "-m", "utilities.mail"], check=False).returncode == 0


def _put_back() -> None:
    Repository().restore(pipeline.kept_by_git())
    pipeline.check_out()


if __name__ == "__main__":
    sys.exit(main())
