"""Many decided at once come out as one by one, to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.artifact import SCORECARDS, Model
from solvencia.domain.applicant import LoanRequest, Profile
from solvencia.domain.decision import Decision
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import FEATURES
from solvencia.domain.reference import Reference
from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving import batch
from solvencia.serving.batch import Ask, Decided, decide_many
from solvencia.serving.decider import Decider, load_policy
from testing.unit.builders import TODAY, applicant, histories, spell

POLICY = load_policy(Path(__file__).parents[2] / "business_rules" / "policy.json")
LOAN = LoanRequest(product="payroll", amount=20_000, term_months=24)
STEADY = applicant(spell("2018-01-01", None, 600.0, state="09", industry="6"))

days = st.one_of(
    st.just(TODAY), st.integers(-4200, 500).map(lambda days: TODAY + timedelta(days=days))
)
loans = st.builds(
    LoanRequest,
    product=st.sampled_from(["payroll", "personal"]),
    amount=st.one_of(
        st.integers(5, 6000).map(lambda hundreds: hundreds * 100.0),
        st.floats(500, 900_000).map(lambda amount: round(amount, 2)),
    ),
    term_months=st.integers(1, 120),
)


@st.composite
def people(draw: st.DrawFn) -> Any:
    return applicant(
        *draw(histories()),
        born=draw(st.sampled_from(["1950-03-01", "1980-01-01", "1992-02-29", "2009-01-01"])),
        education=draw(st.sampled_from([None, "primary", "higher"])),
        contribution_weeks=draw(st.one_of(st.none(), st.floats(0, 3000))),
    )


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    months = draw(st.sampled_from([0.0, 1.5, 6.0, 48.0, 130.0]))
    maybe = {
        "employers_5y": st.integers(0, 9),
        "contribution_weeks": st.floats(0, 2500),
        "longest_job_months": st.floats(0, 400),
        "education": st.sampled_from(["secondary", "technical"]),
        "industry": st.sampled_from(["4", "6"]),
        "state": st.sampled_from(["01", "09", "32"]),
    }
    known = {name: draw(value) for name, value in maybe.items() if draw(st.booleans())}
    return Profile(
        monthly_income=draw(st.one_of(st.floats(1, 100_000), st.just(12_000.0))),
        age=draw(st.sampled_from([18.0, 40.0, 67.5, 75.0, 90.0])),
        months_in_current_job=months,
        months_unemployed=0.0 if months else draw(st.sampled_from([0.0, 3.0, 12.0, 30.0])),
        **known,
    )


asks = st.builds(Ask, st.one_of(people(), profiles()), days, st.one_of(st.none(), loans))


def card(name: str, seed: int, features: list[str]) -> Scorecard:
    """A card with a table of each feature and of neighbours in pairs, its points drawn by lot."""
    rng = np.random.default_rng(seed)
    edges = {"monthly_income": (6e3, 15e3, 4e4), "age": (25.0, 40.0, 60.0)}
    bins = [
        Bins(item, levels=FEATURES[item].levels)
        if FEATURES[item].levels
        else Bins(item, edges=edges.get(item, (0.5, 1.0, 3.0, 12.0, 60.0)))
        for item in features
    ]
    width = {item.feature: item.missing + 1 for item in bins}
    scale = 0.1 if name.startswith("income") else 0.5
    tables = [Table((item,), tuple(rng.normal(0, scale, width[item]))) for item in features]
    for pair in pairwise(features):
        points = rng.normal(0, scale / 2, (width[pair[0]], width[pair[1]]))
        tables.append(Table(pair, tuple(tuple(row) for row in points.tolist())))
    link = "identity" if name.startswith("income") else "logit"
    return Scorecard(name, link, 0.3 if link == "logit" else -0.2, tuple(bins), tuple(tables))


@pytest.fixture(scope="module")
def decider(mexico) -> Decider:
    every = list(FEATURES)
    without_loan = [name for name in every if not name.startswith("loan_")]
    cards = {
        name: card(name, seed, every if name == "default" else without_loan)
        for seed, name in enumerate(SCORECARDS)
    }
    # The bins of default are its own, as those of a model that saw other rows.
    own = tuple(
        item if item.levels else replace(item, edges=(*item.edges[:-1], item.edges[-1] * 2))
        for item in cards["default"].bins
    )
    cards["default"] = replace(cards["default"], bins=own, intercept=-2.5)
    axes = (Axis("age", 40.0, 10.0), Axis("monthly_income", 9.0, 0.7, log=True))
    segments = tuple(Segment(code, code, code) for code in "ABCD")
    centres = ((1.0, 0.5), (0.3, -0.2), (-0.5, 0.1), (-1.0, -0.6))
    return Decider(
        Model("v1", cards, Segmentation(axes, segments, centres), mexico, {}, {}), POLICY
    )


def one_by_one(decider: Decider, ask: Ask) -> Decision | InvalidInputError:
    try:
        return decider.decide(*ask)
    except InvalidInputError as error:
        return error


def assert_same(made: Any, alone: Decision | InvalidInputError) -> None:
    if isinstance(alone, InvalidInputError):
        assert isinstance(made, InvalidInputError)
        assert str(made) == str(alone)
        return
    measured = alone.assessment
    assert repr(made.features) == repr(measured.features)
    assert made._replace(together=None, place=0) == Decided(
        as_of=measured.as_of,
        loan=measured.loan,
        outcome=alone.outcome,
        final_score=alone.final_score,
        grade=alone.grade,
        offer=alone.offer,
        reasons=alone.reasons,
        income_score=measured.income_score,
        pd=measured.pd,
        income_band=measured.income_band,
        segment=measured.segment,
        place=0,
        together=None,
    )
    assert made.table_points() == measured.table_points


@given(st.lists(asks, min_size=1, max_size=12))
def test_many_are_decided_as_each_alone(decider, together):
    made = decide_many(decider, together)

    for one, ask in zip(made, together, strict=True):
        assert_same(one, one_by_one(decider, ask))


@given(st.lists(asks, min_size=1, max_size=4))
def test_without_prices_surroundings_or_a_default_model_too(decider, together):
    cards = {name: card for name, card in decider.model.scorecards.items() if name != "default"}
    bare = Decider(replace(decider.model, scorecards=cards, reference=Reference()), POLICY)

    for one, ask in zip(decide_many(bare, together), together, strict=True):
        assert_same(one, one_by_one(bare, ask))


def test_a_policy_without_adjustments_or_rules(decider):
    rules = POLICY.policy.model_copy(update={"adjustments": (), "knockouts": (), "referrals": ()})
    free = Decider(decider.model, CompiledPolicy(rules, "digest"))
    together = [Ask(STEADY, TODAY, LOAN), Ask(STEADY, TODAY)]

    for one, ask in zip(decide_many(free, together), together, strict=True):
        assert_same(one, one_by_one(free, ask))


def test_an_error_stands_in_its_place(decider, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 2)
    refused = ValueError("not read")
    early = Ask(STEADY, date(2017, 1, 1), LOAN)
    good = Ask(STEADY, TODAY, LOAN)
    made = list(decide_many(decider, [refused, early, good, good, early, refused, refused, good]))

    assert [type(one) for one in made] == [
        ValueError, InvalidInputError, Decided, Decided,
        InvalidInputError, ValueError, ValueError, Decided,
    ]  # fmt: skip
    assert made[0] is refused
    assert "as_of: got 2017-01-01" in str(made[1])


def test_nobody_is_decided_on(decider):
    assert list(decide_many(decider, [])) == []


def test_applicants_are_read_when_they_are_needed(decider, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 3)
    read = []

    def endless() -> Iterator[Ask]:
        while True:
            read.append(1)
            yield Ask(STEADY, TODAY, LOAN)

    made = decide_many(decider, endless())
    next(made)
    assert len(read) == 3
    for _ in range(3):
        next(made)
    assert len(read) == 6
