"""A change told in a sentence."""

import pytest

from solvencia.serving.change import Step, change_text


@pytest.mark.parametrize(
    ("step", "spanish", "english"),
    [
        (
            Step("months_in_current_job", 11.2, 12.19),
            "1 mes más en este empleo",
            "1 more month in this job",
        ),
        (
            Step("months_in_current_job", 2.0, 26.0),
            "24 meses más en este empleo",
            "24 more months in this job",
        ),
        (
            Step("amount", 35_000.5, 20_000.0),
            "$20,000 en lugar de $35,000.50",
            "MXN 20,000 instead of 35,000.50",
        ),
        (
            Step("term_months", 36, 12),
            "un plazo de 12 meses en lugar de 36",
            "a term of 12 months instead of 36",
        ),
        (
            Step("product", "personal", "payroll"),
            "un crédito de nómina en lugar de uno personal",
            "a payroll loan instead of a personal one",
        ),
    ],
)
def test_each_field_has_its_words(step, spanish, english):
    assert change_text([step], "refer") == (
        f"Con {spanish}, la respuesta sería: revisión de un analista.",
        f"With {english}, the answer would be: referred to an analyst.",
    )
