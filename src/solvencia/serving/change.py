"""A change that would give another answer, told in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from solvencia.domain.policy import Outcome
from solvencia.domain.verdict import Offer

Field = Literal["months_in_current_job", "amount", "term_months", "product"]


class Step(NamedTuple):
    """One field of the applicant or the loan, as it is and as it would be."""

    field: Field
    before: float | str
    after: float | str


@dataclass(frozen=True)
class Change:
    """What would give another answer, and that answer.

    Attributes:
        steps: one field or two.
        effort: how far away it is; smaller is nearer (see ``counterfactual.effort``).
        pd: with the change; None without a default model.
        offer: with the change; its amount may be less than the one asked for.
        text, text_en: the change and its answer in one sentence.
    """

    steps: tuple[Step, ...]
    effort: float
    outcome: Outcome
    final_score: int
    pd: float | None
    offer: Offer | None
    text: str
    text_en: str


def change_text(
    steps: Sequence[Step], outcome: Outcome, limited: Offer | None = None
) -> tuple[str, str]:
    """The sentence in Spanish and in English.

    ``limited`` is an offer of less, or over another term, than would be asked for.

    >>> wait = Step("months_in_current_job", 2.5, 6.5)
    >>> less = Step("amount", 35_000.0, 20_000.0)
    >>> print(*change_text([wait, less], "approve"), sep="\\n")
    Con 4 meses más en este empleo y $20,000 en lugar de $35,000, la respuesta sería: aprobado.
    With 4 more months in this job and MXN 20,000 instead of 35,000, the answer would be: approved.
    """
    told = [_STEPS[step.field](step) for step in steps]
    answer, answer_en = _OUTCOMES[outcome]
    if limited is not None and outcome == "approve":
        amount = _money(limited.amount)
        answer += f", por ${amount} a {limited.term_months} meses"
        answer_en += f", for MXN {amount} over {limited.term_months} months"
    return (
        f"Con {' y '.join(es for es, _ in told)}, la respuesta sería: {answer}.",
        f"With {' and '.join(en for _, en in told)}, the answer would be: {answer_en}.",
    )


_OUTCOMES = {
    "approve": ("aprobado", "approved"),
    "refer": ("revisión de un analista", "referred to an analyst"),
    "decline": ("rechazado", "declined"),
}
_PRODUCTS = {"payroll": ("de nómina", "payroll"), "personal": ("personal", "personal")}


def _months(step: Step) -> tuple[str, str]:
    months = round(float(step.after) - float(step.before))
    if months == 1:
        return "1 mes más en este empleo", "1 more month in this job"
    return f"{months} meses más en este empleo", f"{months} more months in this job"


def _amount(step: Step) -> tuple[str, str]:
    before, after = _money(float(step.before)), _money(float(step.after))
    return f"${after} en lugar de ${before}", f"MXN {after} instead of {before}"


def _term(step: Step) -> tuple[str, str]:
    return (
        f"un plazo de {step.after} meses en lugar de {step.before}",
        f"a term of {step.after} months instead of {step.before}",
    )


def _product(step: Step) -> tuple[str, str]:
    (before, before_en), (after, after_en) = (
        _PRODUCTS[str(step.before)],
        _PRODUCTS[str(step.after)],
    )
    return (
        f"un crédito {after} en lugar de uno {before}",
        f"a {after_en} loan instead of a {before_en} one",
    )


def _money(amount: float) -> str:
    return f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.2f}"


_STEPS = {
    "months_in_current_job": _months,
    "amount": _amount,
    "term_months": _term,
    "product": _product,
}
