"""Sex is kept for audits; here it is proved that no model can see it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from solvencia.data.snapshots import TrainingTables
from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.features import Features
from solvencia.training.train import Trained, feature_columns, train
from testing.conftest import FIT

GROWN = replace(FIT.continuity, rounds=4)
QUICK = replace(FIT, continuity=GROWN, income=GROWN, default=GROWN)


def with_other_sex(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows, each of another sex than before."""
    other = {"H": "M", "M": "X", "X": "H"}
    changed = frame.assign(audit_sex=frame["audit_sex"].map(other))
    assert (changed["audit_sex"] != frame["audit_sex"]).all()
    return changed


def test_no_input_is_named_after_it() -> None:
    fields = [
        *Features._fields,
        *Applicant.model_fields,
        *Profile.model_fields,
        *LoanRequest.model_fields,
    ]
    words = {word for field in fields for word in field.split("_")}
    assert not words & {"sex", "sexo", "gender", "genero", "curp"}


@pytest.mark.parametrize("name", ["snapshots", "loans"])
def test_the_models_columns_and_margins_do_not_change_with_it(
    training_tables: TrainingTables, trained: Trained, name: str
) -> None:
    frame = getattr(training_tables, name)
    before, after = feature_columns(frame), feature_columns(with_other_sex(frame))
    assert set(before) == set(Features._fields)
    for column in before:
        pd.testing.assert_series_equal(pd.Series(before[column]), pd.Series(after[column]))
    for card in trained.scorecards.values():
        assert np.array_equal(card.margins(before), card.margins(after))


def test_training_on_people_of_another_sex_gives_the_same_model(
    training_tables: TrainingTables,
) -> None:
    snapshots, loans = training_tables.snapshots, training_tables.loans
    one = train(snapshots, loans, QUICK, test_years=3)
    other = train(with_other_sex(snapshots), with_other_sex(loans), QUICK, test_years=3)
    assert {name: card.to_json() for name, card in one.scorecards.items()} == {
        name: card.to_json() for name, card in other.scorecards.items()
    }
    assert one.segmentation == other.segmentation
