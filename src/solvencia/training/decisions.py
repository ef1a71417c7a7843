"""What the policy would decide on loans of the past, by the same path as serving."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.catalogue import Product
from solvencia.domain.decision import decide
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import Features
from solvencia.domain.reference import Reference
from solvencia.serving.decider import Decider
from solvencia.serving.scorer import assess

_NEEDED = ("monthly_income", "loan_product", "loan_to_income", "loan_term_months")


def decide_loans(decider: Decider, loans: pd.DataFrame) -> pd.DataFrame:
    """Decide on every row of a loans table: features → assessment → policy, as for an applicant.

    Args:
        decider: the model and the policy.
        loans: columns ``as_of`` and every field of ``Features``, as in ``dataset/loans.parquet``.

    Returns:
        Same index; ``outcome`` ('approve', 'refer', 'decline'), ``final_score``, ``income_score``,
        ``grade`` and ``pd`` (both missing without a default model).

    Raises:
        InvalidInputError: a row without income, product, amount or term.
    """
    for name in _NEEDED:
        if loans[name].isna().any():
            raise InvalidInputError(name, "missing", "a value in every loan")
    rows = []
    for features, as_of, loan in _requests(loans, decider.model.reference):
        assessment = assess(decider.model, features, as_of, loan)
        decision = decide(assessment, decider.policy)
        rows.append(
            {
                "outcome": decision.outcome,
                "final_score": decision.final_score,
                "income_score": assessment.income_score,
                "grade": decision.grade,
                "pd": assessment.pd,
            }
        )
    columns = ["outcome", "final_score", "income_score", "grade", "pd"]
    return pd.DataFrame(rows, columns=columns, index=loans.index).astype({"pd": float})


def loan_amounts(loans: pd.DataFrame, reference: Reference) -> "pd.Series[float]":
    """Amount of each loan in MXN of its day: months of income asked for times nominal income.

    ``monthly_income`` is in pesos of the reference's base month; the prices last published on the
    day bring it back.
    """
    prices = _days(loans).map(lambda day: _base_pesos(reference, day)).astype(float)
    return loans["loan_to_income"].astype(float) * loans["monthly_income"].astype(float) / prices


def _requests(
    loans: pd.DataFrame, reference: Reference
) -> Iterator[tuple[Features, date, LoanRequest]]:
    known = loans[list(Features._fields)].astype(object)
    rows = known.where(known.notna(), None).itertuples(index=False, name=None)
    amounts = loan_amounts(loans, reference)
    for row, as_of, amount in zip(rows, _days(loans), amounts, strict=True):
        features = Features(*row)
        assert features.loan_product is not None
        assert features.loan_term_months is not None
        # Built without checks: a source may hold loans that today's form would not accept.
        yield (
            features,
            as_of,
            LoanRequest.model_construct(
                product=Product(features.loan_product),
                amount=round(float(amount), 2),
                term_months=int(features.loan_term_months),
            ),
        )


def _days(loans: pd.DataFrame) -> "pd.Series[date]":
    return pd.to_datetime(loans["as_of"]).dt.date


def _base_pesos(reference: Reference, day: date) -> float:
    return reference.base_pesos_of_month(reference.last_price_month(day.toordinal()))
