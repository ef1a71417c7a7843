"""Promotion behind gates, and the way back: worse candidates are refused by a gate that names itself."""

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from solvencia.artifact import MANIFEST, Model, _version, read_model
from solvencia.data.snapshots import TrainingTables
from solvencia.data.sources import SourceDescription
from solvencia.domain.features import characteristics_of
from solvencia.domain.reference import Reference
from solvencia.training.assemble import assemble
from solvencia.training.champions import (
    earlier_champions,
    install_champion,
    restore_champion,
)
from solvencia.training.evaluate import EvaluationSettings, judge
from solvencia.training.registry import point_champion
from solvencia.training.tracking import Unrecorded
from solvencia.training.train import Trained, feature_columns, train
from testing.conftest import FIT, REFERENCE_TABLES, ROOT
from utilities import promote, rollback

NOWHERE = "http://127.0.0.1:9"
SMALL = {"test_years": 3, "ceiling_rows": 10, "ceiling_draws": 2, "bootstrap_draws": 5}
PARAMETERS = {
    **yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8")),
    "evaluation": SMALL,
}


def shuffled(tables: TrainingTables, *, everywhere: bool = False) -> TrainingTables:
    """The tables with the labels of a tenth of the rows dealt out anew among them.

    Those are rows that training may learn from; with ``everywhere``, rows of the held-out window too.
    """
    rng = np.random.default_rng(1)
    last = sorted(set(pd.to_datetime(tables.snapshots["as_of"])))[-SMALL["test_years"] - 1]
    changed = {}
    for name, label in (("snapshots", "income_ratio"), ("loans", "default_12m")):
        rows = getattr(tables, name)
        places = np.flatnonzero(everywhere | (pd.to_datetime(rows["as_of"]) <= last))
        tenth = rng.choice(places, len(places) // 10, replace=False)
        labels = rows[label].to_numpy().copy()
        labels[tenth] = labels[rng.permutation(tenth)]
        changed[name] = rows.assign(**{label: labels})
    return dataclasses.replace(tables, **changed)


def again(tables: TrainingTables, seed: int = FIT.seed) -> Trained:
    settings = dataclasses.replace(FIT, seed=seed)
    return train(tables.snapshots, tables.loans, settings, SMALL["test_years"])


def forgetful(tables: TrainingTables, feature: str) -> Trained:
    """Trained by somebody who dropped a feature."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "solvencia.training.train.characteristics_of",
            lambda model: tuple(item for item in characteristics_of(model) if item.name != feature),
        )
        return again(tables)


@pytest.fixture(scope="module")
def candidates(
    trained: Trained,
    training_tables: TrainingTables,
    source_directory: Path,
    reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A directory of models: a first one, one as good, and others made worse on purpose."""
    directory = tmp_path_factory.mktemp("candidates")
    makers: dict[str, Callable[[], Trained]] = {
        "first": lambda: trained,
        "good": lambda: again(training_tables, seed=12),
        "shuffled": lambda: again(shuffled(training_tables)),
        "shuffled everywhere": lambda: again(shuffled(training_tables, everywhere=True)),
        "dropped": lambda: forgetful(training_tables, "months_in_current_job"),
    }
    for name, make in makers.items():
        made = make()
        assemble(
            directory / name,
            made,
            metrics=judge(made, None, REFERENCE_TABLES, EvaluationSettings(**SMALL)),
            reference=reference,
            source=SourceDescription.read(source_directory),
            settings=FIT,
            data={},
        )
    return directory


class Project:
    """A checkout with rows, parameters, a policy and the commands, in which models come and go."""

    def __init__(self, folder: Path, candidates: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.models, self._candidates, self._capsys = (
            folder,
            folder / "model",
            candidates,
            capsys,
        )

    def take(self, name: str) -> str:
        """Let a model be the candidate, as if it had just been trained; return its version."""
        shutil.rmtree(self.models / "candidate", ignore_errors=True)
        shutil.copytree(self._candidates / name, self.models / "candidate")
        return read_model(self.models / "candidate").version

    def write_rows(self, tables: TrainingTables) -> None:
        (self.folder / "dataset").mkdir(exist_ok=True)
        tables.snapshots.to_parquet(self.folder / "dataset" / "snapshots.parquet")
        tables.loans.to_parquet(self.folder / "dataset" / "loans.parquet")

    def write_gates(self, **changes: object) -> None:
        parameters = {**PARAMETERS, "gates": {**PARAMETERS["gates"], **changes}}
        (self.folder / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")

    def promote(self, *words: str) -> tuple[int, str]:
        return self._run(promote.main, *words)

    def rollback(self) -> tuple[int, str]:
        return self._run(rollback.main)

    def _run(self, main: Callable[[], int], *words: str) -> tuple[int, str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["command", *words])
            patch.chdir(self.folder)
            code = main()
        said = self._capsys.readouterr()
        return code, said.out + said.err

    @property
    def champion(self) -> Model:
        return read_model(self.models / "champion")

    def serving(self) -> dict[str, bytes]:
        """Everything but the candidate."""
        return {
            str(path.relative_to(self.models)): path.read_bytes()
            for path in self.models.rglob("*")
            if path.is_file() and "candidate" not in path.parts
        }


@pytest.fixture
def project(
    candidates: Path,
    training_tables: TrainingTables,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Project:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    made = Project(tmp_path, candidates, capsys)
    made.write_rows(training_tables)
    made.write_gates()
    shutil.copytree(ROOT / "business_rules", tmp_path / "business_rules")
    return made


def margins(model: Model, tables: TrainingTables) -> dict[str, np.ndarray]:
    columns = feature_columns(tables.loans)
    return {name: card.margins(columns) for name, card in model.scorecards.items()}


def test_a_good_candidate_is_promoted_and_rollback_brings_back_the_same_scores(
    project: Project, training_tables: TrainingTables
) -> None:
    first = project.take("first")
    assert project.promote("--first")[0] == 0
    before = {path.name: path.read_bytes() for path in (project.models / "champion").iterdir()}
    scores = margins(project.champion, training_tables)

    good = project.take("good")
    code, said = project.promote()
    assert code == 0, said
    assert f"champion: {good}, in place of {first}" in said
    assert f"candidate {good}, champion {first}; held-out window 2023-05-31 to 2025-05-31" in said
    rows = [line for line in said.splitlines() if line.endswith("passed")]
    assert [row.split()[0] for row in rows if row.startswith("auc.")] == [
        "auc.continuity",
        "auc.default",
    ]
    assert "failed" not in said
    assert project.champion.version == good
    changed = margins(project.champion, training_tables)
    assert not np.array_equal(changed["continuity"], scores["continuity"])

    code, said = project.rollback()
    assert code == 0
    assert f"champion: {first}, in place of {good}" in said
    after = {path.name: path.read_bytes() for path in (project.models / "champion").iterdir()}
    assert after == before
    for name, values in margins(project.champion, training_tables).items():
        assert np.array_equal(values, scores[name])


@pytest.mark.parametrize(
    ("name", "gates"),
    [
        ("shuffled", ["calibration.continuity"]),
        ("dropped", ["auc.continuity", "features.continuity", "features.default"]),
    ],
)
def test_a_candidate_made_worse_is_refused_by_name_and_changes_nothing(
    project: Project, name: str, gates: list[str]
) -> None:
    first = project.take("first")
    project.promote("--first")
    before = project.serving()

    worse = project.take(name)
    code, said = project.promote()
    assert code == 1
    for gate in gates:
        assert f"gate {gate} failed: " in said
    assert f"candidate {worse} is refused; {first} serves on" in said
    assert project.serving() == before


def test_labels_shuffled_in_every_row_are_refused_though_both_models_suffer(
    project: Project, training_tables: TrainingTables
) -> None:
    project.take("first")
    project.promote("--first")
    project.take("shuffled everywhere")
    project.write_rows(shuffled(training_tables, everywhere=True))

    code, said = project.promote()
    assert code == 1
    assert "gate record.continuity failed: " in said
    assert (
        "that the champion was recorded with when it was trained; on these rows it reaches" in said
    )


def test_without_mlflow_promotion_and_rollback_work_and_say_what_was_not_recorded(
    project: Project,
) -> None:
    first = project.take("first")
    sentence = "not recorded in MLflow at http://127.0.0.1:9: {} "
    assert sentence.format(f"the training of model {first}") in project.promote("--first")[1]
    good = project.take("good")
    assert sentence.format(f"the training of model {good}") in project.promote()[1]
    assert sentence.format(f"that model {first} is champion") in project.rollback()[1]


def test_a_candidate_that_no_stage_recorded_is_recorded_when_it_is_promoted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"sqlite:///{project.folder / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    version = project.take("first")

    code, said = project.promote("--first")

    assert code == 0
    assert "not recorded" not in said
    again = point_champion(version, uri=uri)
    assert not isinstance(again, Unrecorded)


def test_a_policy_that_does_not_decide_its_cases_as_stated_is_a_gate(project: Project) -> None:
    project.take("first")
    project.promote("--first")
    path = project.folder / "business_rules" / "policy.json"
    policy = json.loads(path.read_text(encoding="utf-8"))
    policy["cases"][0]["expect"]["outcome"] = "refer"
    path.write_text(json.dumps(policy), encoding="utf-8")
    project.take("good")

    code, said = project.promote()
    assert code == 1
    refused = "gate policy_cases failed: business_rules/policy.json: the policy's cases fail: case "
    assert f"{refused}{policy['cases'][0]['name']!r}" in " ".join(said.split())


def test_without_a_champion_only_first_lets_a_candidate_past_a_gate(project: Project) -> None:
    version = project.take("first")
    project.write_gates(calibration_slope=[0.1, 0.2])

    code, said = project.promote()
    assert code == 1
    assert "gate calibration.continuity failed" in said
    assert f"candidate {version} is refused; nothing has changed" in said
    assert not (project.models / "champion").exists()

    code, said = project.promote("--first")
    assert code == 0
    assert "gate calibration.continuity failed" in said
    assert "no gate holds back the first model" in said
    assert project.champion.version == version


def test_the_first_model_serves_where_there_are_no_rows_to_measure_it_on(project: Project) -> None:
    version = project.take("first")
    shutil.rmtree(project.folder / "dataset")

    code, said = project.promote("--first")
    assert code == 0
    assert "the first model serves unmeasured: dataset/snapshots.parquet: is missing" in said
    assert project.champion.version == version

    project.take("good")
    code, said = project.promote()
    assert code == 1
    assert "promote: dataset/snapshots.parquet: is missing" in said
    assert project.champion.version == version


def test_a_champion_for_other_features_is_said_and_the_absolute_gates_are_asked(
    project: Project,
) -> None:
    project.take("first")
    shutil.copytree(project.models / "candidate", project.models / "champion")
    path = project.models / "champion" / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    body = {**manifest, "features": [{"name": "age", "levels": []}]}
    before = _version({key: body[key] for key in body if key != "version"})
    path.write_text(json.dumps({**body, "version": before}), encoding="utf-8")

    good = project.take("good")
    code, said = project.promote()
    assert code == 0, said
    assert "the champion cannot be loaded by this code" in said
    assert "made for another feature list" in said
    assert f"candidate {good}, champion none; held-out window" in said
    assert "auc.continuity" not in said
    assert "calibration.continuity" in said
    assert f"champion: {good}, in place of {before}" in said
    assert earlier_champions(project.models) == (before,)


def test_the_card_of_the_candidate_goes_with_it_and_no_other_does(project: Project) -> None:
    first = project.take("first")
    report = project.folder / "reports" / "model_card.md"
    report.parent.mkdir()
    report.write_text(f"# Model card {first}\n", encoding="utf-8")
    assert "without a card" not in project.promote("--first")[1]
    assert (project.models / "champion" / "model_card.md").read_bytes() == report.read_bytes()

    project.take("good")
    code, said = project.promote()
    assert code == 0, said
    assert "reports/model_card.md is not of this model: it serves without a card" in said
    assert not (project.models / "champion" / "model_card.md").exists()


def test_the_calibration_of_the_candidate_goes_with_it_and_no_other_does(project: Project) -> None:
    first = project.take("first")
    figures = read_model(project.models / "candidate").metrics["continuity"]
    plots = project.folder / "reports" / "plots"
    plots.mkdir(parents=True)
    (plots.parent / "metrics.json").write_text(
        json.dumps({"model_version": first, "continuity": figures}), encoding="utf-8"
    )
    group = {name: figures[name] for name in ("rows", "mean_predicted", "rate")}
    (plots / "calibration_continuity.csv").write_text(
        "group,rows,predicted,observed\n1," + ",".join(map(str, group.values())) + "\n",
        encoding="utf-8",
    )
    assert "without groups" not in project.promote("--first")[1]
    kept = json.loads((project.models / "champion" / "calibration.json").read_text())
    assert kept["version"] == first
    assert [list(groups[0].values()) for groups in kept["models"].values()] == [[*group.values()]]

    project.take("good")
    code, said = project.promote()
    assert code == 0, said
    assert "reports has no calibration of this model: it serves without groups to draw" in said
    assert not (project.models / "champion" / "calibration.json").exists()


def test_the_champion_is_not_promoted_again(project: Project) -> None:
    version = project.take("first")
    project.promote("--first")
    before = project.serving()

    for words in ((), ("--first",)):
        code, said = project.promote(*words)
        assert code == 0
        assert f"champion: {version}, the latest candidate" in said
    assert project.serving() == before


def test_there_must_be_a_champion_to_go_back_to(project: Project) -> None:
    project.take("first")
    project.promote("--first")

    code, said = project.rollback()
    assert code == 1
    assert "no champion before this one is known; the champion is the same as before" in said


def outcome_when_killed(step: int, change: Callable[[], object]) -> int:
    """Do the change in a process that dies before its ``step``-th touch of the files: 9, or 0 if it ends."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    touches = count()

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        writes = (
            event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax")
        )
        changes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink")
        if (changes or writes) and next(touches) == step:
            os._exit(9)

    try:
        sys.addaudithook(watch)
        change()
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.parametrize("change", ["install", "restore"])
@pytest.mark.parametrize("kind", ["link", "directory"])
def test_a_change_that_is_killed_at_any_moment_leaves_a_champion(
    candidates: Path, tmp_path: Path, kind: str, change: str
) -> None:
    start = tmp_path / "start"
    older, serving, newer, last = (
        read_model(candidates / name).version for name in ("first", "good", "shuffled", "dropped")
    )
    install_champion(start, candidates / "first", older)
    install_champion(start, candidates / "good", serving)
    if kind == "directory":  # as code before the archive left it
        (start / "champion").unlink()
        shutil.copytree(start / "archive" / serving, start / "champion")
    goal = newer if change == "install" else older

    def act(models: Path) -> None:
        if change == "install":
            install_champion(models, candidates / "shuffled", newer)
        else:
            restore_champion(models)

    for step in count():
        models = tmp_path / f"killed {step}"
        shutil.copytree(start, models, symlinks=True)
        code = outcome_when_killed(step, lambda models=models: act(models))
        assert code in (0, 9)
        left: str | None = serving
        if kind == "link" or (models / "champion").exists():
            left = read_model(models / "champion").version
            assert left in (serving, goal)
        # Nothing puts a link in a directory's place in one step; there, the next command mends.
        if code == 0:
            break
        if left == serving:
            act(models)
        assert read_model(models / "champion").version == goal
        assert earlier_champions(models) == ((older, serving) if change == "install" else ())
        install_champion(models, candidates / "dropped", last)
        assert earlier_champions(models)[-1] == goal
        assert {path.name for path in (models / "archive").iterdir()} == {
            *earlier_champions(models),
            last,
        }
        assert {path.name for path in models.iterdir()} == {
            ".champions.lock",
            "archive",
            "champion",
            "champions.json",
        }
        shutil.rmtree(models)
    assert step > 5
