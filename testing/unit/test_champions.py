"""A champion serves at every moment, and the one before it comes back to the byte."""

import fcntl
import json
from pathlib import Path

import numpy as np
import pytest

from solvencia.artifact import MANIFEST, SCORECARDS, read_model, write_model
from solvencia.domain.errors import ArtifactError
from solvencia.domain.reference import Reference
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.domain.stability import freeze
from solvencia.training.champions import (
    CALIBRATION,
    CARD,
    KEPT,
    calibration_of,
    card_of,
    champion_version,
    earlier_champions,
    install_champion,
    restore_champion,
)
from testing.unit.builders import tiny_card

CARDS = {
    name: tiny_card(name, "identity" if name.startswith("income") else "logit")
    for name in SCORECARDS
}
STABILITY = freeze(
    CARDS["continuity"].bins,
    {"months_in_current_job": np.array([3.0, 30.0])},
    {"income_score": np.array([610.0, 640.0])},
)


def make(directory: Path, number: int) -> str:
    """A model that differs from others by its number; return its version."""
    return write_model(
        directory,
        scorecards=CARDS,
        segmentation=Segmentation(
            (Axis("age", 40.0, 10.0),), (Segment("A", "Todos", "All"),), ((0.0,),)
        ),
        reference=Reference(),
        stability={"continuity": STABILITY},
        provenance={"number": number},
        metrics={},
    )


def promoted(models: Path, number: int) -> str:
    version = make(models / "candidate", number)
    install_champion(models, models / "candidate", version)
    return version


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def archived(models: Path) -> set[str]:
    return {path.name for path in (models / "archive").iterdir()}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "model"


def test_the_first_champion_is_the_candidate_to_the_byte(models):
    version = promoted(models, 1)

    assert champion_version(models) == version
    assert contents(models / "champion") == contents(models / "candidate")
    assert earlier_champions(models) == ()
    assert archived(models) == {version}


def test_rollback_brings_the_champion_before_back_to_the_byte(models):
    first = promoted(models, 1)
    before = contents(models / "champion")
    second = promoted(models, 2)
    assert earlier_champions(models) == (first,)

    assert restore_champion(models) == (second, first)
    assert contents(models / "champion") == before
    assert champion_version(models) == first
    assert earlier_champions(models) == ()


def test_rollback_goes_back_as_far_as_champions_are_kept(models):
    versions = [promoted(models, number) for number in range(KEPT + 3)]

    assert archived(models) == set(versions[-KEPT - 1 :])
    assert earlier_champions(models) == tuple(versions[-KEPT - 1 : -1])
    for version in reversed(versions[-KEPT - 1 : -1]):
        assert restore_champion(models)[1] == version
        assert read_model(models / "champion").version == version
    with pytest.raises(ArtifactError, match="no champion before this one is known"):
        restore_champion(models)
    assert read_model(models / "champion").version == versions[-KEPT - 1]


def test_a_version_may_serve_twice(models):
    first, second = promoted(models, 1), promoted(models, 2)
    assert promoted(models, 1) == first

    assert earlier_champions(models) == (first, second)
    assert restore_champion(models) == (first, second)
    assert restore_champion(models) == (second, first)


def test_a_card_stays_with_its_version_and_changes_no_hash(models):
    versions = [make(models / "candidate", 1)]
    install_champion(models, models / "candidate", versions[0], "# Model card of the first")
    versions.append(promoted(models, 2))
    assert not (models / "champion" / CARD).exists()
    assert read_model(models / "champion").version == versions[1]

    restore_champion(models)
    assert (models / "champion" / CARD).read_text() == "# Model card of the first"
    assert read_model(models / "champion").version == versions[0]


def test_a_card_counts_for_the_version_in_its_title_alone(tmp_path):
    report = tmp_path / CARD
    assert card_of(report, "6975e506db3f") is None
    report.write_text("# Model card 6975e506db3f\n\nFollows 0123456789ab\n", encoding="utf-8")
    assert card_of(report, "6975e506db3f") == report.read_text(encoding="utf-8")
    assert card_of(report, "0123456789ab") is None
    assert card_of(report, "975e506db3f") is None


@pytest.fixture
def reports(tmp_path):
    """A report of two models, the groups of which make up its means."""
    (tmp_path / "plots").mkdir()
    groups = "group,rows,predicted,observed\n1,100,0.1,0.12\n2,300,0.5,0.48\n"
    figures = {"rows": 400, "mean_predicted": 0.4, "rate": 0.39}
    for name in ("continuity", "default"):
        (tmp_path / "plots" / f"calibration_{name}.csv").write_text(groups, encoding="utf-8")
    metrics = {"model_version": "6975e506db3f", "continuity": figures, "default": figures}
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return tmp_path


def test_calibration_counts_for_the_version_that_the_metrics_name_alone(reports):
    kept = json.loads(calibration_of(reports, "6975e506db3f"))
    groups = [
        {"rows": 100, "predicted": 0.1, "observed": 0.12},
        {"rows": 300, "predicted": 0.5, "observed": 0.48},
    ]
    assert kept == {
        "version": "6975e506db3f",
        "models": {"continuity": groups, "default": groups},
    }
    assert calibration_of(reports, "0123456789ab") is None
    (reports / "metrics.json").write_text("[]", encoding="utf-8")
    assert calibration_of(reports, "6975e506db3f") is None
    (reports / "metrics.json").unlink()
    assert calibration_of(reports, "6975e506db3f") is None


@pytest.mark.parametrize(
    "plot",
    [
        None,
        "group,rows,predicted,observed\n",
        "group,rows,predicted,observed\n1,400,0.4,0.38\n",
        "group,rows,predicted,observed\n1,400,0.41,0.39\n",
        "group,rows,predicted,observed\n1,399,0.4,0.39\n",
        "group,rows,predicted,observed\n1,400,0.4,\n",
        "group,rows,predicted,observed\n1,400\n",
        "cutoff,profit\n1,2\n",
    ],
)
def test_a_plot_that_is_absent_or_of_another_model_is_left_out(reports, plot):
    place = reports / "plots" / "calibration_default.csv"
    place.unlink()
    if plot is not None:
        place.write_text(plot, encoding="utf-8")
    assert list(json.loads(calibration_of(reports, "6975e506db3f"))["models"]) == ["continuity"]


def test_calibration_stays_with_its_version_and_changes_no_hash(models):
    version = make(models / "candidate", 1)
    install_champion(models, models / "candidate", version, calibration="{}")
    assert (models / "champion" / CALIBRATION).read_text() == "{}"
    assert not (models / "champion" / CARD).exists()
    assert read_model(models / "champion").version == version
    promoted(models, 2)
    assert not (models / "champion" / CALIBRATION).exists()
    restore_champion(models)
    assert (models / "champion" / CALIBRATION).read_text() == "{}"


def test_without_a_champion_there_is_nothing_to_go_back_to(models):
    assert champion_version(models) is None
    assert earlier_champions(models) == ()
    with pytest.raises(ArtifactError, match="no champion before this one"):
        restore_champion(models)


def test_a_champion_that_is_a_plain_directory_is_kept_too(models):
    first = make(models / "champion", 1)
    before = contents(models / "champion")
    second = promoted(models, 2)

    assert archived(models) == {first, second}
    assert restore_champion(models) == (second, first)
    assert contents(models / "champion") == before


def test_a_champion_this_code_cannot_load_is_kept_and_rollback_to_it_is_refused(
    models, monkeypatch
):
    with monkeypatch.context() as earlier_code:
        earlier_code.setattr("solvencia.artifact.feature_signature", lambda: [{"name": "age"}])
        first = make(models / "champion", 1)
    second = promoted(models, 2)

    assert archived(models) == {first, second}
    with pytest.raises(ArtifactError, match="made for another feature list"):
        restore_champion(models)
    assert champion_version(models) == second


def test_a_champion_that_was_altered_in_the_archive_does_not_come_back(models):
    first, second = promoted(models, 1), promoted(models, 2)
    (models / "archive" / first / "segments.json").write_text("{}")

    with pytest.raises(ArtifactError, match=r"segments\.json: altered since training"):
        restore_champion(models)
    assert champion_version(models) == second
    assert earlier_champions(models) == (first,)


def test_a_damaged_champion_is_made_whole_by_the_same_candidate(models):
    version = promoted(models, 1)
    (models / "champion" / "segments.json").write_text("{}")
    install_champion(models, models / "candidate", version)

    assert read_model(models / "champion").version == version


def test_a_candidate_that_changed_while_it_was_judged_is_refused(models):
    first = promoted(models, 1)
    judged = make(models / "candidate", 2)
    found = make(models / "candidate", 3)

    with pytest.raises(ArtifactError, match=f"holds {found} by now; {judged} was judged"):
        install_champion(models, models / "candidate", judged)
    assert champion_version(models) == first
    assert earlier_champions(models) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"champions": 7}', '{"champions": ["../../etc", "VERSION"]}', "{}"]
)
def test_a_log_that_cannot_be_read_only_forgets(models, text):
    version = promoted(models, 1)
    (models / "champions.json").write_text(text.replace("VERSION", version))

    assert earlier_champions(models) == ()
    second = promoted(models, 2)
    assert earlier_champions(models) == (version,)
    assert champion_version(models) == second


def test_a_version_that_is_no_version_names_no_directory(models):
    make(models / "champion", 1)
    manifest = json.loads((models / "champion" / MANIFEST).read_text())
    (models / "champion" / MANIFEST).write_text(json.dumps({**manifest, "version": "../outside"}))

    assert champion_version(models) is None
    version = promoted(models, 2)
    assert archived(models) == {version}


def test_two_changes_do_not_mix(models):
    version = promoted(models, 1)
    make(models / "candidate", 2)
    with (models / ".champions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for change in (lambda: promoted(models, 2), lambda: restore_champion(models)):
            with pytest.raises(ArtifactError, match="another promotion or rollback is under way"):
                change()

    assert champion_version(models) == version
