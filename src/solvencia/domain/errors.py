"""Every error Solvencia raises on purpose.

SolvenciaError
├── InvalidInputError   the caller sent a value that is not allowed: correct it and call again
├── SourceError         a source of histories cannot be used as it is: mend the data
├── PolicyError         a policy does not load: mend the policy, the old one stays in force
└── ArtifactError       a model directory is missing, altered or made for other code: retrain
"""


class SolvenciaError(Exception):
    """Anything Solvencia raises on purpose; the message says what to do about it."""


class InvalidInputError(SolvenciaError):
    """A value that is not allowed, with the field, the value and what is allowed.

    >>> print(InvalidInputError("as_of", "2010-01-01", "2015-03-02, the first job's start, or later"))
    as_of: got 2010-01-01; allowed: 2015-03-02, the first job's start, or later
    """

    def __init__(self, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{field}: got {value}; allowed: {allowed}")
        self.field = field
        self.value = value
        self.allowed = allowed


class SourceError(SolvenciaError):
    """A source is missing, lacks a table or column, or has too many bad rows."""


class PolicyError(SolvenciaError):
    """A policy that does not say clearly and completely what to decide."""


class ArtifactError(SolvenciaError):
    """A model directory that is missing, altered, or made for other features."""
