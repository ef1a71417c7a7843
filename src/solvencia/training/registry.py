"""What MLflow knows of models: how each was trained, which is candidate and which champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solvencia.training.tracking import Store, Unrecorded, plain, with_store

MODEL = "solvencia"
"""Name of the registered model."""

VERSION_TAG, PREVIOUS_TAG = "model_version", "previous_champion"


@dataclass(frozen=True)
class Recorded:
    """A model version as MLflow knows it.

    Attributes:
        model_version: ours, the hash of the content.
        version: the registry's number.
        run_id: the run that holds parameters, metrics, plots and the model's files.
        where: address of the store, without secrets.
        is_new: False when it stood there already.
    """

    model_version: str
    version: str
    run_id: str
    where: str
    is_new: bool

    def __str__(self) -> str:
        verb = "recorded" if self.is_new else "already recorded"
        return (
            f"{verb} in MLflow at {self.where}: model {self.model_version} is {MODEL} version "
            f"{self.version}, run {self.run_id}"
        )


def record_training(
    model_directory: Path,
    model_version: str,
    parameters: Mapping[str, Any],
    metrics: Mapping[str, Any],
    *,
    plots: Path | None = None,
    documents: Sequence[Path] = (),
    uri: str | None = None,
) -> Recorded | Unrecorded:
    """Record a trained model: a run, a version of the registered model, the alias ``candidate``.

    A model version that stands there already is not recorded twice; it becomes ``candidate`` again.

    Args:
        model_directory: every file in it goes along, under ``model/``.
        model_version: as in its manifest.
        parameters: nested, as in ``params.yaml``; recorded as ``fit.max_bins`` and so on.
        metrics: nested; what is not a finite number is left out.
        plots: a directory of files, under ``plots/``.
        documents: more files.
        uri: the store; by default ``MLFLOW_TRACKING_URI``, or a SQLite file under ``model/registry``.
    """

    def work(store: Store) -> Recorded:
        known = _registered(store, model_version)
        version = register(store) if known is None else known
        store.client.set_registered_model_alias(MODEL, "candidate", version.version)
        return _recorded(store, version, is_new=known is None)

    def register(store: Store) -> Any:
        client, tags = store.client, {VERSION_TAG: model_version}
        run = client.create_run(store.experiment(), run_name=f"train {model_version}", tags=tags)
        run_id = run.info.run_id
        with store.finishing(run_id):
            store.log(run_id, parameters, metrics)
            client.log_artifacts(run_id, str(model_directory), "model")
            if plots is not None:
                client.log_artifacts(run_id, str(plots), "plots")
            for document in documents:
                client.log_artifact(run_id, str(document))
            if not client.search_registered_models(f"name = '{MODEL}'"):
                client.create_registered_model(MODEL)
            files = f"{run.info.artifact_uri}/model"
            return client.create_model_version(MODEL, files, run_id, tags=tags)

    return with_store(f"the training of model {model_version}", uri, work)


def point_champion(model_version: str, *, uri: str | None = None) -> Recorded | Unrecorded:
    """Set the alias ``champion`` to a model version, tagged with the one that had it before."""

    def work(store: Store) -> Recorded:
        client = store.client
        found = _registered(store, model_version)
        if found is None:
            raise LookupError("MLflow does not know this model: python -m utilities.record")
        before = client.get_registered_model(MODEL).aliases.get("champion")
        if before is not None and str(before) != str(found.version):
            previous = client.get_model_version(MODEL, str(before)).tags.get(VERSION_TAG, "")
            client.set_model_version_tag(MODEL, found.version, PREVIOUS_TAG, previous)
        client.set_registered_model_alias(MODEL, "champion", found.version)
        return _recorded(store, found, is_new=False)

    return with_store(f"that model {model_version} is champion", uri, work)


def _registered(store: Store, model_version: str) -> Any | None:
    query = f"name = '{MODEL}' and tags.{VERSION_TAG} = '{plain(model_version)}'"
    return next(iter(store.client.search_model_versions(query)), None)


def _recorded(store: Store, version: Any, *, is_new: bool) -> Recorded:
    own = version.tags[VERSION_TAG]
    return Recorded(own, str(version.version), str(version.run_id), store.where, is_new)
