"""The applicants that the benchmark asks about: simulated people with a history of 8 spells."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from api.wire.score import ScoreRequest
from solvencia.data.simulator import SimulatorSettings, Tables, simulate
from solvencia.domain.catalogue import PRODUCTS
from solvencia.domain.features import characteristics_of, compute_features
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH
from solvencia.serving.decider import Decider

SPELLS = 8
AS_OF = date(2026, 5, 31)
REFERENCE_TABLES = Path("dataset/reference")
_TERMS = (6, 12, 18, 24, 36, 48)


def make_applications(count: int, seed: int = 5) -> tuple[bytes, ...]:
    """So many bodies of ``POST /score``, all different: the person's last 8 spells, and a loan.

    Loans are drawn so that some are modest and some too large for the income: 0.3 to 12 monthly
    incomes, either product.

    >>> application = json.loads(make_applications(3)[2])
    >>> len(application["history"]["spells"]), sorted(application)
    (8, ['as_of', 'history', 'loan'])
    """
    settings = SimulatorSettings(people=max(50, count * 2), years=15, until=AS_OF, seed=seed)
    rng = np.random.default_rng([seed, 1])
    histories = chain.from_iterable(
        _histories(tables) for tables in simulate(settings, REFERENCE_TABLES)
    )
    bodies = []
    for history in islice(histories, count):
        loan = _loan(history["spells"][-1]["daily_wage"], rng)
        application = {"as_of": AS_OF.isoformat(), "history": history, "loan": loan}
        bodies.append(json.dumps(application, separators=(",", ":")).encode())
    if len(bodies) < count:
        raise ValueError(f"applications: got {count}; allowed: up to {len(bodies)}")
    return tuple(bodies)


@dataclass(frozen=True)
class Expected:
    """What is known of the applications beforehand, in their order.

    Attributes:
        verdicts: a piece of the answer that ``POST /score`` must give: outcome and final score.
        features: the features that the continuity model reads, for those that compute none.
        outcomes: how many are approved, referred and declined.
    """

    verdicts: tuple[bytes, ...]
    features: tuple[dict[str, float | str | None], ...]
    outcomes: Counter[str]


def expect(applications: Sequence[bytes], decider: Decider) -> Expected:
    """Decide on every application in this process."""
    names = [item.name for item in characteristics_of("continuity")]
    verdicts, features, outcomes = [], [], Counter[str]()
    for body in applications:
        request = ScoreRequest.model_validate_json(body)
        assert request.history is not None
        decision = decider.decide(request.history, AS_OF, request.loan)
        outcome = str(decision.outcome)
        outcomes[outcome] += 1
        verdicts.append(f'"outcome":"{outcome}","final_score":{decision.final_score},'.encode())
        values = compute_features(request.history, AS_OF, decider.model.reference)._asdict()
        features.append({name: values[name] for name in names})
    return Expected(tuple(verdicts), tuple(features), outcomes)


def _histories(tables: Tables) -> Iterator[dict[str, Any]]:
    """Histories of the people who worked in the last two years and have 8 spells or more."""
    people = tables.people.set_index("person_id")
    for person_id, spells in tables.spells.groupby("person_id", sort=False):
        last = spells.tail(SPELLS)
        ended = last["end_date"].iloc[-1]
        if len(last) < SPELLS or (ended and (AS_OF - ended).days > 730):
            continue
        person = people.loc[person_id]
        yield {
            "birth_date": person["birth_date"].isoformat(),
            "education": person["education"],
            "contribution_weeks": float(str(person["contribution_weeks"])),
            "spells": [_spell(row) for row in last.to_dict("records")],
        }


def _spell(row: dict[Any, Any]) -> dict[str, Any]:
    spell = {
        "employer_id": row["employer_id"],
        "state": row["state"],
        "industry": row["industry"],
        "start_date": row["start_date"].isoformat(),
        "daily_wage": float(row["daily_wage"]),
    }
    if not pd.isna(row["end_date"]):
        spell["end_date"] = row["end_date"].isoformat()
    return spell


def _loan(daily_wage: float, rng: np.random.Generator) -> dict[str, Any]:
    amount = daily_wage * DAYS_PER_WAGE_MONTH * float(np.exp(rng.uniform(np.log(0.3), np.log(12))))
    return {
        "product": str(rng.choice(list(PRODUCTS))),
        "amount": float(np.clip(round(amount / 500) * 500, 1_000, 2_000_000)),
        "term_months": int(rng.choice(_TERMS)),
    }
