"""The policy in words: conditions, values with their units, and what an edit changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from frontend.client import Features
from frontend.explanation import Names
from frontend.formats import exact, exact_percent, money, points
from frontend.policy.draft import Edit, Path, Policy, value_at
from frontend.text import COPY, Language, say, unit_name

RuleKind = Literal["adjustments", "knockouts", "referrals"]
KINDS: tuple[RuleKind, ...] = ("adjustments", "knockouts", "referrals")
"""In the order in which they are applied."""
SHARES = ("share", "yearly")
"""Units of fractions, shown and edited as percentages."""
_OWN_UNITS: Mapping[str, str] = {
    "income_score": "points",
    "final_score": "points",
    "pd": "share",
    "income_p10": "MXN",
    "income_p50": "MXN",
    "income_p90": "MXN",
    "loan_amount": "MXN",
}
"""Units of what rules may name besides the model's features."""
_TERM_UNITS: Mapping[str, str] = {
    "annual_rate": "share",
    "opening_fee": "share",
    "max_amount": "MXN",
    "max_payment_to_income": "share",
    "terms": "months",
}
TERMS = tuple(_TERM_UNITS)
"""What an offer states, in the order in which it is shown."""
_GENERAL_UNITS: Mapping[str, str] = {
    "min_amount": "MXN",
    "amount_step": "MXN",
    "vat_rate": "share",
    "months_of_income": "months",
    "term_months": "months",
}


@dataclass(frozen=True)
class Vocabulary:
    """What fields and choices are called in one language."""

    language: Language
    features: Features = field(default_factory=dict)
    choices: Names = field(default_factory=dict)

    def title(self, name: str) -> str:
        """What a field is called; one without a title goes by its name."""
        if feature := self.features.get(name):
            return feature["title_en"] if self.language == "en" else feature["title"]
        return self.say(f"field.{name}") if f"policy.field.{name}" in COPY else name

    def unit(self, name: str) -> str:
        """Unit of a field; empty for a category."""
        feature = self.features.get(name)
        return feature["unit"] if feature else _OWN_UNITS.get(name, "")

    def say(self, key: str, **values: object) -> str:
        """Copy of this page."""
        return say(f"policy.{key}", self.language, **values)

    def choice(self, name: str, key: str) -> str:
        """What a choice of a field is called."""
        named = self.choices.get(name) or self.choices.get(name.removeprefix("loan_"), {})
        return named.get(key, {}).get(self.language, key)

    def product(self, key: str) -> str:
        """What a product is called."""
        return self.choice("product", key)

    def text(self, texts: Mapping[str, str]) -> str:
        """One of the sentences that the policy holds in both languages."""
        return texts[self.language]


def quantity(value: Any, unit: str, words: Vocabulary, title: str = "") -> str:
    """A value with its unit, which is left out where the title names it already.

    >>> quantity(0.265, "share", Vocabulary("es"))
    '26.5 %'
    """
    if not isinstance(value, int | float):
        return words.say("nothing") if value in (None, "") else str(value)
    if unit in SHARES:
        return exact_percent(value)
    if unit == "MXN":
        return money(value)
    if not unit or unit == "points":
        return exact(value)
    name = unit_name(unit, words.language)
    if name.lower() in title.lower():
        return exact(value)
    if value == 1 and f"policy.one.{unit}" in COPY:
        name = words.say(f"one.{unit}")
    return f"{exact(value)} {name}"


def condition(item: Mapping[str, Any], words: Vocabulary) -> str:
    """When one condition holds, such as ``Edad: menos de 18 años``; alternatives are joined."""
    if "any" in item:
        return words.say("or").join(condition(inner, words) for inner in item["any"])
    title = words.title(item["field"])
    values = item["value"] if isinstance(item["value"], list) else [item["value"]]
    shown = [_shown(item["field"], value, title, words) for value in values]
    if item["op"] == "between":
        return f"{title}: {words.say('op.between', low=shown[0], high=shown[1])}"
    return f"{title}: {words.say('op.' + item['op'], value=', '.join(shown))}"


def _shown(name: str, value: Any, title: str, words: Vocabulary) -> str:
    if isinstance(value, str):
        return words.choice(name, value)
    return quantity(value, words.unit(name), words, title)


def conditions(rule: Mapping[str, Any], words: Vocabulary) -> str:
    """All that must hold for a rule to apply, as one sentence without its full stop."""
    return words.say("and").join(condition(item, words) for item in rule["all"])


def effect(rule: Mapping[str, Any], kind: RuleKind, words: Vocabulary) -> str:
    """What a rule does when it applies."""
    return signed(rule["points"]) if kind == "adjustments" else words.say(f"effect.{kind}")


def signed(value: Any) -> str:
    """Whole points with their sign.

    >>> signed(15), signed(-5)
    ('+15', '\u22125')
    """
    return points(value).removesuffix(".0") if isinstance(value, int | float) else str(value)


def unit_at(policy: Policy, path: Path, words: Vocabulary) -> str:
    """Unit of the value at a path; empty for text."""
    last = str(path[-1])
    if path[0] == "offers":
        return _TERM_UNITS[last]
    if path[0] == "grades":
        return "share" if path[1] == "pd" else "points"
    if path[0] in KINDS and "value" in path:
        return words.unit(value_at(policy, path[: path.index("value")])["field"])
    return "points" if last == "points" else _GENERAL_UNITS.get(last, "")


def place(policy: Policy, path: Path, words: Vocabulary) -> str:
    """What the value at a path is, such as ``PD_TOO_HIGH · Probabilidad de incumplimiento``."""
    first = str(path[0])
    if first in KINDS and len(path) > 1:
        rule = value_at(policy, path[:2])
        if "value" in path:
            item = value_at(policy, path[: path.index("value")])
            return f"{rule['code']} · {words.title(item['field'])}"
        part = str(path[2]) if len(path) > 2 else ""
        return f"{rule['code']} · {words.say('part.' + part)}" if part else str(rule["code"])
    if first == "grades" and len(path) > 2:
        grade = value_at(policy, path[:3])["grade"]
        return words.say(f"grade.{path[1]}", grade=grade)
    if first == "offers" and len(path) > 3:
        named = {"product": words.product(str(path[1])), "grade": path[2]}
        return f"{words.say('offer', **named)} · {words.say(f'term.{path[3]}')}"
    key = f"general.{path[1] if first == 'standard_loan' and len(path) > 1 else first}"
    return words.say(key) if f"policy.{key}" in COPY else ".".join(map(str, path))


def told(policy: Policy, path: Path, value: Any, words: Vocabulary) -> str:
    """A value as it is told beside its place."""
    if path[-1] == "points":
        return signed(value)
    if isinstance(value, list):
        unit = unit_at(policy, path, words)
        if path[-1] == "terms":
            months = ", ".join(str(item) for item in value)
            return f"{months} {unit_name(unit, words.language)}"
        low, high = (quantity(item, unit, words) for item in value)
        return words.say("op.between", low=low, high=high)
    if isinstance(value, str):
        return f"«{value}»"
    return quantity(value, unit_at(policy, path, words), words)


def edit_line(edit: Edit, policy: Policy, words: Vocabulary) -> str:
    """What an edit changes, such as ``Monto mínimo: $3,000.00 → $4,000.00``."""
    before, after = (told(policy, edit.path, value, words) for value in (edit.before, edit.after))
    return f"{place(policy, edit.path, words)}: {before} → {after}"


def case_facts(policy: Policy, name: str, words: Vocabulary) -> list[str]:
    """What a case knows of its applicant, such as ``Edad: 38 años``."""
    facts = next(case["facts"] for case in policy["cases"] if case["name"] == name)
    titled = [(field, words.title(field), value) for field, value in facts.items()]
    return [f"{title}: {_shown(field, value, title, words)}" for field, title, value in titled]


def expectation(name: str, value: Any, words: Vocabulary) -> str:
    """One result of a case, as a person reads it."""
    if value is None:
        return words.say("nothing")
    if name == "outcome":
        return say(f"outcome.{value}", words.language)
    if name in ("amount", "monthly_payment"):
        return money(value)
    if name == "rules":
        return ", ".join(value)
    return quantity(value, "months" if name == "term_months" else "", words)


def rules_moved(before: list[str], after: list[str], words: Vocabulary) -> str:
    """Which rules apply that did not, and which no longer do."""
    new = [code for code in after if code not in before]
    gone = [code for code in before if code not in after]
    lines = [
        words.say(key, codes=", ".join(codes))
        for key, codes in (("case.new_rules", new), ("case.gone_rules", gone))
        if codes
    ]
    return "; ".join(lines)


def blank(item: Mapping[str, Any], words: Vocabulary, end: int | None = None) -> str:
    """A condition with its number left open, such as ``Edad: menos de … años``.

    ``end`` is 0 for the first number of ``between``, 1 for the second.
    """
    title, unit = words.title(item["field"]), words.unit(item["field"])
    name = "%" if unit in SHARES else unit_name(unit, words.language)
    named = unit in ("", "points") or name.lower() in title.lower()
    gap = "…" if named else f"… {name}"
    key = "op." + item["op"] if end is None else ("from" if end == 0 else "op.<")
    return f"{title}: {words.say(key, value=gap)}"
