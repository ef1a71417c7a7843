"""The whole way of one applicant: history or profile → features → assessment → decision."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from solvencia.artifact import Model
from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.decision import Decision, decide, standard_loan
from solvencia.domain.errors import PolicyError
from solvencia.domain.features import Features, compute_features, profile_features
from solvencia.domain.verdict import CompiledPolicy, read_policy
from solvencia.serving.scorer import Scorer


@dataclass(frozen=True)
class Decider:
    """One model and one policy, immutable, ready to decide."""

    model: Model
    policy: CompiledPolicy

    @cached_property
    def scorer(self) -> Scorer:
        """The model, ready to score."""
        return Scorer(self.model)

    def decide(
        self, applicant: Applicant | Profile, as_of: date, loan: LoanRequest | None = None
    ) -> Decision:
        """Decide on one applicant on one day; without a loan, on the policy's standard loan.

        Raises:
            InvalidInputError: the applicant cannot be scored on that day.
        """
        features, loan = self.measure(applicant, as_of, loan)
        return decide(self.scorer.assess(features, as_of, loan), self.policy)

    def measure(
        self, applicant: Applicant | Profile, as_of: date, loan: LoanRequest | None = None
    ) -> tuple[Features, LoanRequest]:
        """Features of the applicant with the loan, or with the policy's standard loan.

        Raises:
            InvalidInputError: the applicant cannot be scored on that day.
        """
        reference = self.model.reference
        if isinstance(applicant, Profile):
            if loan is None:
                loan = standard_loan(self.policy.policy, applicant.monthly_income)
            return profile_features(applicant, as_of, reference, loan), loan
        if loan is None:
            income = compute_features(applicant, as_of, reference).monthly_income or 0.0
            known = reference.last_price_month(as_of.toordinal())
            nominal = income / reference.base_pesos_of_month(known)
            loan = standard_loan(self.policy.policy, nominal)
        return compute_features(applicant, as_of, reference, loan), loan


def load_policy(path: Path) -> CompiledPolicy:
    """Read a policy file and prove its cases.

    Raises:
        PolicyError: the file is missing or does not load.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from error
    return policy_of(text, str(path))


def policy_of(text: bytes, origin: str) -> CompiledPolicy:
    """The policy of a text in UTF-8, its cases proved; ``origin`` says in errors where it is from.

    Raises:
        PolicyError: the text does not load.
    """
    try:
        return read_policy(text.decode("utf-8"), hashlib.sha256(text).hexdigest()[:12])
    except (PolicyError, UnicodeDecodeError) as error:
        raise PolicyError(f"{origin}: {error}") from error
