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
from solvencia.domain.features import Told, features_of, told_by_history, told_by_profile
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
        told, loan = self.ask(applicant, as_of, loan)
        features = features_of(told, as_of, self.model.reference, loan)
        return decide(self.scorer.assess(features, as_of, loan), self.policy)

    def ask(
        self, applicant: Applicant | Profile, as_of: date, loan: LoanRequest | None = None
    ) -> tuple[Told, LoanRequest]:
        """What the applicant tells, and the loan asked for or else the policy's standard loan.

        Raises:
            InvalidInputError: the applicant cannot be scored on that day.
        """
        if isinstance(applicant, Profile):
            told = told_by_profile(applicant)
        else:
            told = told_by_history(applicant, as_of)
        return told, loan or standard_loan(self.policy.policy, told.nominal_income)


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
