"""Tuning studies in MLflow: a run for the study, and in it a run for each trial."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from solvencia.training.tracking import Store, Unrecorded, attempt, flat, plain, with_store

_STUDY_TAG, _NUMBER_TAG, _PARENT_TAG = "study", "trial", "mlflow.parentRunId"
_STATUS = {"COMPLETE": "FINISHED", "PRUNED": "KILLED", "FAIL": "FAILED"}


@dataclass(frozen=True)
class Study:
    """A study that MLflow takes; ``trials`` are the numbers of those it holds."""

    name: str
    run_id: str
    store: Store = field(repr=False)
    trials: frozenset[int] = frozenset()


def start_study(
    name: str, parameters: Mapping[str, Any], *, uri: str | None = None
) -> Study | Unrecorded:
    """Begin a study, or go on with the one of this name.

    Args:
        name: of the study.
        parameters: nested; what holds for every trial.
        uri: the store; by default ``MLFLOW_TRACKING_URI``, or a SQLite file under ``model/registry``.
    """

    def work(store: Store) -> Study:
        tag = plain(name)
        known = store.client.search_runs([store.experiment()], f"tags.{_STUDY_TAG} = '{tag}'")
        if known:
            run_id = known[0].info.run_id
            store.client.update_run(run_id, status="RUNNING")
            return Study(name, run_id, store, frozenset(_numbers(store, run_id)))
        run = store.client.create_run(
            store.experiment(), run_name=f"tune {name}", tags={_STUDY_TAG: tag}
        )
        store.log(run.info.run_id, parameters, {})
        return Study(name, run.info.run_id, store)

    return with_store(f"the study {name}", uri, work)


def record_trial(
    study: Study | Unrecorded,
    number: int,
    parameters: Mapping[str, Any],
    value: float | None,
    state: str,
) -> Study | Unrecorded:
    """Record a trial, once, and return the study to go on with.

    An ``Unrecorded`` comes back as it is, so that a server that is away is asked once, not for every
    trial.

    Args:
        study: from ``start_study`` or the call before.
        number: of the trial.
        parameters: what was tried.
        value: what it was worth; None for a trial without one.
        state: 'COMPLETE', 'PRUNED' or 'FAIL', as Optuna names them.
    """
    if isinstance(study, Unrecorded) or number in study.trials:
        return study
    client = study.store.client

    def work() -> Study:
        tags = {_PARENT_TAG: study.run_id, _NUMBER_TAG: str(number), "state": state}
        name = f"{study.name} {number}"
        run = client.create_run(study.store.experiment(), run_name=name, tags=tags)
        study.store.log(run.info.run_id, parameters, {} if value is None else {"value": value})
        client.set_terminated(run.info.run_id, _STATUS[state])
        return replace(study, trials=study.trials | {number})

    what = f"the study {study.name} from trial {number} on"
    return attempt(what, study.store.where, work)


def finish_study(
    study: Study | Unrecorded, parameters: Mapping[str, Any], value: float
) -> Study | Unrecorded:
    """End a study: its best parameters as tags ``best.*``, their value as metric ``best_value``."""
    if isinstance(study, Unrecorded):
        return study

    def work() -> Study:
        for name, chosen in flat(parameters):
            study.store.client.set_tag(study.run_id, f"best.{plain(name)}", str(chosen))
        study.store.log(study.run_id, {}, {"best_value": value})
        study.store.client.set_terminated(study.run_id, "FINISHED")
        return study

    return attempt(f"the best of the study {study.name}", study.store.where, work)


def _numbers(store: Store, run_id: str) -> Iterator[int]:
    """Numbers of the trials that a study holds."""
    query, token = f"tags.`{_PARENT_TAG}` = '{run_id}'", None
    while True:
        page = store.client.search_runs([store.experiment()], query, page_token=token)
        yield from (int(run.data.tags[_NUMBER_TAG]) for run in page)
        token = page.token
        if not token:
            return
