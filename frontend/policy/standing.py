"""How far a draft is: what it changes, and what is known to be wrong with it."""

from dataclasses import dataclass
from typing import Any

from frontend.policy.checks import Judgement, Trouble
from frontend.policy.draft import Edit, value_at
from frontend.policy.words import Vocabulary
from solvencia_client.types import PolicyOut


@dataclass(frozen=True)
class Standing:
    """The draft, what differs from its base, and what is known to be wrong with it.

    ``judged`` is None while the service has not said what it thinks of this draft.
    """

    base: PolicyOut
    draft: dict[str, Any]
    edits: tuple[Edit, ...]
    cases: tuple[int, ...]
    found: tuple[Trouble, ...]
    judged: Judgement | None

    @property
    def changed(self) -> bool:
        """Whether the draft is another policy than its base."""
        return bool(self.edits or self.cases)

    @property
    def sound(self) -> bool:
        """Whether the service accepts the draft."""
        return not self.found and self.judged is not None and self.judged.accepted

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """All that is to be corrected, cases aside."""
        return self.found + (self.judged.troubles if self.judged else ())


def silent_reasons(now: Standing, words: Vocabulary) -> list[str]:
    """Reasons that stayed while the number they may name changed."""
    moved = {edit.path[:2] for edit in now.edits if "value" in edit.path}
    told = {edit.path[:2] for edit in now.edits if "reason" in edit.path}
    rules = [value_at(now.draft, path) for path in sorted(moved - told, key=str)]
    return [
        words.say("changes.reason", code=rule["code"], text=words.text(rule["reason"]).rstrip("."))
        for rule in rules
    ]
