"""The nearest change that would give a better answer: another loan, or more months in this job."""

from collections.abc import Iterable
from itertools import combinations, islice
from typing import NamedTuple

from solvencia.domain.applicant import Applicant, Profile
from solvencia.domain.decision import Decision, policy_facts
from solvencia.domain.features import Features
from solvencia.domain.income import IncomeBand
from solvencia.domain.policy import LIMITED_CODE, Outcome
from solvencia.domain.scorecard import income_score, probability
from solvencia.domain.segment import Segment
from solvencia.domain.verdict import Verdict
from solvencia.serving.change import Change, Field, Step, change_text
from solvencia.serving.decider import Decider
from solvencia.serving.levers import (
    LEVERS,
    Lever,
    Situation,
    effort,
    levers_of_rules,
    situations_by_lever,
    terms_of,
)
from solvencia.serving.scorer import income_band
from solvencia.serving.waiting import Stay


def nearest_changes(
    decider: Decider, applicant: Applicant | Profile, decision: Decision
) -> tuple[Change, ...]:
    """What would turn a refusal or a referral into an approval, nearest first.

    For each lever (months in the present job, amount, term, product) the nearest value that is
    enough alone. If there is none, the nearest pair of levers; if none of these either, and the
    applicant was declined, the nearest value of each lever that would bring the case before an
    analyst. Empty after an approval, or when nothing helps.

    The amount goes down in the policy's steps (and up only to its minimum), the term to those that
    the product has, the product to payroll only for who holds a job, and the wait to
    ``LONGEST_WAIT`` months, in which all that time moves moves, and the wage and the surroundings
    stay as they are.

    Args:
        applicant: the one on whom ``decider`` made ``decision``.
    """
    if decision.outcome == "approve":
        return ()
    search = _Search(decider, applicant, decision)
    found = search.single_levers("approve") or search.pair_of_levers("approve")
    if not found and decision.outcome == "decline":
        found = search.single_levers("refer")
    return tuple(search.change(situation) for situation in found)


class _Waited(NamedTuple):
    """What does not depend on the loan, after some months."""

    features: Features
    income_score: int
    segment: Segment
    income_band: IncomeBand


class _Answer(NamedTuple):
    verdict: Verdict
    pd: float | None


class _Search:
    """The answers around one decision; each is worked out once."""

    def __init__(
        self, decider: Decider, applicant: Applicant | Profile, decision: Decision
    ) -> None:
        measured = decision.assessment
        loan = measured.loan
        self._model, self._policy = decider.model, decider.policy
        self._as_of = measured.as_of
        self._stay = Stay.of(applicant, measured.as_of, decider.model.reference)
        self._income = self._stay.nominal_income()
        self._asked = Situation(0, loan.amount, loan.term_months, loan.product)
        self._moved = situations_by_lever(
            self._asked,
            self._policy.policy,
            self._model.scorecards.values(),
            nominal_income=self._income,
            employed=measured.features.months_unemployed == 0,
        )
        self._levers_of_rules = levers_of_rules(self._policy.policy)
        self._waited = {
            0: _Waited(
                measured.features, measured.income_score, measured.segment, measured.income_band
            )
        }
        self._answers: dict[Situation, _Answer] = {}

    def single_levers(self, target: Outcome) -> list[Situation]:
        """The nearest situation that each lever alone leads to the target, nearest first."""
        found = []
        for lever in LEVERS:
            if self._may_reach(self._asked, {lever}, target):
                found += self._first(self._moved[lever], target)
        return sorted(found, key=self._effort)

    def pair_of_levers(self, target: Outcome) -> list[Situation]:
        """The nearest situation that two levers together lead to the target, if there is one."""
        situations = []
        for first, second in combinations(LEVERS, 2):
            if self._may_reach(self._asked, {first, second}, target):
                others = [
                    item for item in self._moved[second] if self._may_reach(item, {first}, target)
                ]
                situations += [
                    moved._replace(**{second: getattr(other, second)})
                    for moved in self._moved[first]
                    if self._may_reach(moved, {second}, target)
                    for other in others
                ]
        return self._first(sorted(situations, key=self._effort), target)

    def change(self, situation: Situation) -> Change:
        """The situation told as a change of what was asked."""
        verdict, pd = self._answer(situation)
        before, after = self._fields(self._asked), self._fields(situation)
        steps = tuple(
            Step(field, value, after[field])
            for field, value in before.items()
            if after[field] != value
        )
        limited = any(item.code == LIMITED_CODE for item in verdict.fired)
        text, text_en = change_text(steps, verdict.outcome, verdict.offer if limited else None)
        return Change(
            steps=steps,
            effort=self._effort(situation),
            outcome=verdict.outcome,
            final_score=verdict.final_score,
            pd=pd,
            offer=verdict.offer,
            text=text,
            text_en=text_en,
        )

    def _effort(self, situation: Situation) -> float:
        return effort(self._asked, situation)

    def _fields(self, situation: Situation) -> dict[Field, float | str]:
        features = self._after(situation.months).features
        return {
            "months_in_current_job": features.months_in_current_job or 0.0,
            "amount": situation.amount,
            "term_months": situation.term_months,
            "product": situation.product.value,
        }

    def _first(self, situations: Iterable[Situation], target: Outcome) -> list[Situation]:
        return list(islice((item for item in situations if self._reaches(item, target)), 1))

    def _reaches(self, situation: Situation, target: Outcome) -> bool:
        """Whether the answer is the target, and a new term is one that is really to be had."""
        term = situation.term_months
        new_term = term != self._asked.term_months
        if new_term and term not in terms_of(self._policy.policy, situation.product):
            return False
        verdict = self._answer(situation).verdict
        if verdict.outcome != target:
            return False
        return not new_term or verdict.offer is None or verdict.offer.term_months == term

    def _may_reach(self, situation: Situation, levers: set[Lever], target: Outcome) -> bool:
        """Whether moving these levers from here could lead to the target.

        Not so when a rule stands in the way that looks at nothing they move. This spares most of
        the situations.
        """
        in_the_way = {"knockout", "referral"} if target == "approve" else {"knockout"}
        return not any(
            item.kind in in_the_way
            and levers.isdisjoint(self._levers_of_rules.get(item.code, LEVERS))
            for item in self._answer(situation).verdict.fired
        )

    def _answer(self, situation: Situation) -> _Answer:
        """Measured and decided as ``Decider.decide`` does, without contributions and reasons."""
        if (known := self._answers.get(situation)) is not None:
            return known
        waited, loan = self._after(situation.months), situation.loan
        features = waited.features._replace(
            loan_product=loan.product,
            loan_to_income=loan.amount / self._income,
            loan_term_months=float(loan.term_months),
        )
        default = self._model.scorecards.get("default")
        pd = None if default is None else probability(default.margin(features._asdict()))
        facts = policy_facts(
            features,
            loan,
            income_score=waited.income_score,
            pd=pd,
            segment=waited.segment,
            income_band=waited.income_band,
        )
        answer = _Answer(self._policy.apply(facts, loan), pd)
        self._answers[situation] = answer
        return answer

    def _after(self, months: int) -> _Waited:
        if (known := self._waited.get(months)) is not None:
            return known
        features = self._stay.features(months)
        waited = _Waited(
            features,
            income_score(self._model.scorecards["continuity"].margin(features._asdict())),
            self._model.segmentation.assign(features),
            income_band(self._model, features, self._as_of),
        )
        self._waited[months] = waited
        return waited
