"""The whole way of one applicant: history or profile → features → assessment → decision."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from solvencia.artifact import Model
from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.decision import Decision, decide, standard_loan
from solvencia.domain.errors import PolicyError
from solvencia.domain.features import compute_features, profile_features
from solvencia.domain.verdict import CompiledPolicy, read_policy
from solvencia.serving.scorer import assess


@dataclass(frozen=True)
class Decider:
    """One model and one policy, immutable, ready to decide."""

    model: Model
    policy: CompiledPolicy

    def decide(
        self, applicant: Applicant | Profile, as_of: date, loan: LoanRequest | None = None
    ) -> Decision:
        """Decide on one applicant on one day; without a loan, on the policy's standard loan.

        Raises:
            InvalidInputError: the applicant cannot be scored on that day.
        """
        reference = self.model.reference
        if isinstance(applicant, Profile):
            if loan is None:
                loan = standard_loan(self.policy.policy, applicant.monthly_income)
            features = profile_features(applicant, as_of, reference, loan)
        else:
            if loan is None:
                income = compute_features(applicant, as_of, reference).monthly_income or 0.0
                known = reference.last_price_month(as_of.toordinal())
                nominal = income / reference.base_pesos_of_month(known)
                loan = standard_loan(self.policy.policy, nominal)
            features = compute_features(applicant, as_of, reference, loan)
        return decide(assess(self.model, features, as_of, loan), self.policy)


def load_policy(path: Path) -> CompiledPolicy:
    """Read a policy file and prove its cases.

    Raises:
        PolicyError: the file is missing or does not load.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: cannot be read: {error}") from error
    return read_policy(text, hashlib.sha256(raw).hexdigest()[:12])
