"""Answered rows as a flat table: one column a figure, for CSV and Parquet."""

from typing import Any

import orjson

from api.errors import summary
from api.uploads.rows import Answered

ANSWER_COLUMNS: dict[str, type] = {
    "row": int,
    "reference": str,
    "id": str,
    "decided_at": str,
    "as_of": str,
    "outcome": str,
    "final_score": int,
    "income_score": int,
    "grade": str,
    "pd": float,
    "income_p10": float,
    "income_p50": float,
    "income_p90": float,
    "segment": str,
    "product": str,
    "amount": float,
    "term_months": int,
    "standard_loan": bool,
    "offer_product": str,
    "offer_amount": float,
    "offer_term_months": int,
    "offer_annual_rate": float,
    "offer_monthly_payment": float,
    "offer_opening_fee": float,
    "offer_total_cost": float,
    "offer_cat": float,
    "reasons": str,
    "error_field": str,
    "error_message": str,
}
"""Columns of an answer, with the kind of their values; what there is none of is left out."""

_SAME = ("reference", "id", "decided_at", "as_of", "outcome", "final_score", "income_score")


def flat(row: Answered) -> dict[str, Any]:
    """The cells of one row by column. ``reasons`` are codes with spaces between, adverse first."""
    if row.decision is None:
        return {
            "row": row.number,
            "error_field": row.errors[0]["field"],
            "error_message": summary(row.errors),
        }
    body = orjson.loads(row.decision)
    loan, offer = body["loan"], body["offer"] or {}
    return {
        "row": row.number,
        **{name: body[name] for name in _SAME},
        "grade": body["grade"],
        "pd": body["pd"],
        **{f"income_{name}": value for name, value in body["income_band"].items()},
        "segment": body["segment"]["code"],
        "product": loan["product"],
        "amount": loan["amount"],
        "term_months": loan["term_months"],
        "standard_loan": loan["standard"],
        **{f"offer_{name}": value for name, value in offer.items()},
        "reasons": " ".join(reason["code"] for reason in body["reasons"]),
    }
