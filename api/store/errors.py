"""What a store raises.

StoreError
├── StoreUnavailableError     the database is away or too slow: try again later; what was to be kept
│                             may have been kept, and with an idempotency key a retry finds it
├── IdempotencyConflictError  the key was used for another request: use a new key
├── ArtifactConflictError     a version is kept already with other content: give it a new version
├── RecordRefusedError        the database does not take a value of this record: correct it
└── SchemaError               the database is of another version of the service: deploy that one
"""


class StoreError(Exception):
    """Anything a store raises on purpose; the message holds no personal data."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached, is locked, or did not answer in time."""


class IdempotencyConflictError(StoreError):
    """An idempotency key that was kept with another request."""


class ArtifactConflictError(StoreError):
    """A model or policy whose version is kept with other content."""


class RecordRefusedError(StoreError):
    """A value that the database cannot hold, such as text with a NUL."""


class SchemaError(StoreError):
    """Tables that this version of the service does not know."""
