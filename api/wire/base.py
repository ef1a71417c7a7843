"""What every message over the wire is, and the texts that several of them use."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """An immutable message that refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, allow_inf_nan=False, cache_strings="keys"
    )


def storable(text: str) -> str:
    """Text without NUL, which no database keeps.

    >>> storable("Visto bueno")
    'Visto bueno'
    """
    if "\x00" in text:
        raise ValueError("must not hold the character NUL")
    return text


Reference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
        description="Your own name of the applicant, the same in all their requests; letters, "
        "digits and . _ : - only, and no personal data",
        examples=["cliente-20931"],
    ),
]
Note = Annotated[str, Field(min_length=3, max_length=2000), AfterValidator(storable)]
Moment = AwareDatetime
"""A moment with its offset from UTC, as RFC 3339 writes it."""


class Problem(BaseModel):
    """An error as RFC 9457 describes it; ``errors`` names field, value and what is allowed."""

    type: Annotated[
        str,
        Field(
            description="What kind of error; act on this, not on the text",
            examples=["urn:solvencia:problem:invalid-input"],
        ),
    ]
    title: str
    status: int
    detail: str
    errors: list["FieldProblem"] = []


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: Annotated[str, Field(examples=["profile.age"])]
    message: str
    value: Annotated[str | None, Field(description="What was sent; never a CURP")] = None
    allowed: str | None = None
