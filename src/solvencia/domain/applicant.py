"""Who asks: the applicant's history or profile, and the loan asked for.

Every field is defined here once, with its bounds, unit and label in both languages. The service
validates with these models, the pipeline validates raw rows with them, and the app builds its
form from their JSON Schema.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from solvencia.domain.catalogue import (
    EDUCATION,
    INDUSTRIES,
    PRODUCTS,
    STATES,
    Education,
    Industry,
    Product,
)

LARGEST_LOAN = 5_000_000
"""MXN; no request is larger."""

EARLIEST_DATE = date(1940, 1, 1)
"""No work history and no loan is older than this."""

LATEST_DATE = date(2100, 1, 1)
"""No date is later than this."""


def _label(
    en: str,
    *,
    unit: str | None = None,
    step: float | None = None,
    choices: dict[str, tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """What a form needs besides the type: English title, unit, step and named choices."""
    extra: dict[str, Any] = {"title_en": en}
    if unit is not None:
        extra["unit"] = unit
    if step is not None:
        extra["step"] = step
    if choices is not None:
        extra["choices"] = {
            key: {"es": es, "en": english} for key, (es, english) in choices.items()
        }
    return extra


@dataclass(frozen=True)
class Day:
    """Marks a date that comes as a date or as YYYY-MM-DD; a number is not seconds since 1970.

    It is checked without calling Python, bounds included, for a history holds many dates.
    """

    earliest: date | None = None
    latest: date | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", strict=True)
        date_or_text = core_schema.union_schema(
            [text, core_schema.is_instance_schema(date)], mode="left_to_right"
        )
        json_schema, python_schema = (
            core_schema.chain_schema(
                [
                    core_schema.custom_error_schema(
                        form,
                        custom_error_type="iso_date",
                        custom_error_message="Input should be a date, YYYY-MM-DD",
                        custom_error_context={"expected": "YYYY-MM-DD"},
                    ),
                    core_schema.date_schema(ge=self.earliest, le=self.latest),
                ]
            )
            for form in (text, date_or_text)
        )
        return core_schema.json_or_python_schema(json_schema, python_schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        bounds = {"ge": self.earliest, "le": self.latest}
        told = {name: day.isoformat() for name, day in bounds.items() if day is not None}
        return {**handler(core_schema.date_schema()), **told}


IsoDate = Annotated[date, Day()]

_STATE_CHOICES = {key: (name, name) for key, name in STATES.items()}

State = Annotated[
    str,
    Field(
        title="Estado",
        description="Clave INEGI de dos dígitos, 01 a 32",
        pattern=r"^(0[1-9]|[12][0-9]|3[0-2])$",
        json_schema_extra=_label("State", choices=_STATE_CHOICES),
    ),
]
IndustryField = Annotated[
    Industry,
    Field(
        title="Industria",
        description="División del IMSS",
        json_schema_extra=_label("Industry", choices=INDUSTRIES),
    ),
]
EducationField = Annotated[
    Education,
    Field(
        title="Escolaridad",
        description="Último nivel terminado",
        json_schema_extra=_label("Education", choices=EDUCATION),
    ),
]
BirthDate = Annotated[
    date,
    Day(date(1900, 1, 1), LATEST_DATE),
    Field(title="Fecha de nacimiento", json_schema_extra=_label("Date of birth")),
]
ContributionWeeks = Annotated[
    float,
    Field(
        title="Semanas cotizadas",
        description="Semanas reconocidas por el IMSS a la fecha de la solicitud",
        ge=0,
        le=4000,
        json_schema_extra=_label("Contribution weeks", unit="weeks", step=1),
    ),
]


def _not_allowed(field: str, value: object, allowed: str) -> PydanticCustomError:
    """An error of a rule across fields, naming field, value and what is allowed."""
    return PydanticCustomError(
        "not_allowed",
        "{field}: got {value}; allowed: {allowed}",
        {
            "field": field,
            "value": f"{value:g}" if isinstance(value, float) else str(value),
            "allowed": allowed,
        },
    )


class _Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, cache_strings="keys"
    )


class EmploymentSpell(_Value):
    """One job at one salary. A raise at the same employer is a new spell.

    >>> EmploymentSpell(employer_id="E1", state="09", industry="6",
    ...                 start_date="2020-01-01", daily_wage=450.0).end_date is None
    True
    """

    employer_id: Annotated[
        str,
        Field(
            title="Patrón",
            description="Identificador del patrón; el mismo en todos sus periodos",
            min_length=1,
            max_length=64,
            json_schema_extra=_label("Employer"),
        ),
    ]
    state: State | None = None
    industry: IndustryField | None = None
    start_date: Annotated[
        date,
        Day(EARLIEST_DATE, LATEST_DATE),
        Field(title="Inicio", json_schema_extra=_label("Start")),
    ]
    end_date: (
        Annotated[
            date,
            Day(EARLIEST_DATE, LATEST_DATE),
            Field(
                title="Fin",
                description="Vacío si es el empleo actual",
                json_schema_extra=_label("End"),
            ),
        ]
        | None
    ) = None
    daily_wage: Annotated[
        float,
        Field(
            title="Salario diario",
            description="Salario base de cotización, pesos nominales por día",
            gt=0,
            le=100_000,
            json_schema_extra=_label("Daily wage", unit="MXN/day", step=10),
        ),
    ]

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_date is not None and self.end_date < self.start_date:
            raise _not_allowed(
                "end_date", self.end_date, f"{self.start_date} (start_date) or later"
            )
        return self


class Applicant(_Value):
    """A person as their work history tells it, up to the day of the application.

    Sex is not a field: it is kept for audits in the source and can reach no model.
    """

    birth_date: BirthDate
    education: EducationField | None = None
    contribution_weeks: ContributionWeeks | None = None
    spells: Annotated[
        tuple[EmploymentSpell, ...],
        Field(
            title="Historia laboral",
            description="Periodos de empleo, en cualquier orden",
            min_length=1,
            max_length=2000,
            json_schema_extra=_label("Work history"),
        ),
    ]

    @model_validator(mode="after")
    def _works_after_birth(self) -> Self:
        first = min([spell.start_date for spell in self.spells])
        if first < self.birth_date:
            raise _not_allowed(
                "birth_date", self.birth_date, f"{first} (the first job's start) or earlier"
            )
        return self


class Profile(_Value):
    """An applicant already summarised, as in an analyst's form; what is left out is unknown.

    Someone with a job has ``months_unemployed`` 0; someone without has ``months_in_current_job``
    0, and ``monthly_income`` is that of the last job.
    """

    monthly_income: Annotated[
        float,
        Field(
            title="Ingreso mensual",
            description="Salario base mensual actual, o el del último empleo",
            gt=0,
            le=3_000_000,
            json_schema_extra=_label("Monthly income", unit="MXN", step=500),
        ),
    ]
    age: Annotated[
        float,
        Field(
            title="Edad",
            ge=18,
            le=100,
            json_schema_extra=_label("Age", unit="years", step=1),
        ),
    ]
    months_in_current_job: Annotated[
        float,
        Field(
            title="Meses en el empleo actual",
            description="0 si no tiene empleo formal",
            ge=0,
            le=840,
            json_schema_extra=_label("Months in current job", unit="months", step=1),
        ),
    ]
    months_unemployed: Annotated[
        float,
        Field(
            title="Meses sin empleo formal",
            description="0 si tiene empleo",
            ge=0,
            le=840,
            json_schema_extra=_label("Months without formal work", unit="months", step=1),
        ),
    ] = 0.0
    employers_5y: (
        Annotated[
            int,
            Field(
                title="Patrones en los últimos 5 años",
                ge=0,
                le=100,
                json_schema_extra=_label("Employers in the last 5 years", step=1),
            ),
        ]
        | None
    ) = None
    contribution_weeks: ContributionWeeks | None = None
    longest_job_months: (
        Annotated[
            float,
            Field(
                title="Empleo más largo (meses)",
                ge=0,
                le=840,
                json_schema_extra=_label("Longest job", unit="months", step=1),
            ),
        ]
        | None
    ) = None
    education: EducationField | None = None
    industry: IndustryField | None = None
    state: State | None = None

    @model_validator(mode="after")
    def _works_or_does_not(self) -> Self:
        if self.months_in_current_job > 0 and self.months_unemployed > 0:
            raise _not_allowed(
                "months_unemployed",
                self.months_unemployed,
                f"0 when months_in_current_job is {self.months_in_current_job:g}",
            )
        return self


class LoanRequest(_Value):
    """The loan asked for.

    >>> LoanRequest(product="payroll", amount=60_000, term_months=24).product.value
    'payroll'
    """

    product: Annotated[
        Product,
        Field(title="Producto", json_schema_extra=_label("Product", choices=PRODUCTS)),
    ]
    amount: Annotated[
        float,
        Field(
            title="Monto solicitado",
            ge=500,
            le=LARGEST_LOAN,
            json_schema_extra=_label("Amount requested", unit="MXN", step=1000),
        ),
    ]
    term_months: Annotated[
        int,
        Field(
            title="Plazo",
            ge=1,
            le=120,
            json_schema_extra=_label("Term", unit="months", step=6),
        ),
    ]
