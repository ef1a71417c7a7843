"""Follows the champion, the policy and the challenger, and holds what serves now.

Every few seconds ``ModelHost.check`` asks each of them for its pointer. Another pointer means another
model or policy: it is loaded and verified whole, beside the one that serves, and takes its place in
one assignment. A request takes ``ModelHost.serving`` once and keeps it to the end.
"""

import asyncio
import gc
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple

from api.followed import Followed, message_of
from api.model_source import Calibration, ModelSource, SourceUnavailableError
from api.probing import Probe, absurdity
from solvencia.artifact import Model, load_model
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.decider import Decider, policy_of

logger = logging.getLogger("solvencia.api")
_COLLECTED_AFTER = (50_000, 20, 50)
_LoadedPolicy = tuple[bytes, CompiledPolicy]
Event = Literal["loaded", "refused"]


class _LoadedModel(NamedTuple):
    files: Mapping[str, bytes]
    model: Model
    card: str | None
    calibration: Calibration


@dataclass(frozen=True)
class Serving:
    """Everything that decides, immutable.

    Attributes:
        challenger: a model that is scored beside the decider's with the same policy, never answered.
        model_files: the decider's model as ``load_model`` takes it, to be kept for a replay.
        policy_text: the decider's policy as ``policy_of`` takes it.
        card: the decider's model as its card tells of it, in Markdown; None when it came without one.
        calibration: the decider's calibration by groups; empty when it came without them.
    """

    decider: Decider
    challenger: Model | None
    model_files: Mapping[str, bytes]
    policy_text: bytes
    card: str | None = None
    calibration: Calibration = field(default_factory=dict)

    @cached_property
    def shadow(self) -> Decider | None:
        """The challenger with the policy in force, ready to decide."""
        return None if self.challenger is None else Decider(self.challenger, self.decider.policy)

    @property
    def versions(self) -> tuple[str, str, str | None]:
        """Of the model, digest of the policy, of the challenger: equal ones decide alike."""
        challenger = self.challenger.version if self.challenger else None
        return self.decider.model.version, self.decider.policy.digest, challenger


class ModelHost:
    """What serves now, or the reason why nothing does.

    Attributes:
        serving: replaced in one assignment; None until a model and a policy were found sound.
        problem: what is wrong with what should serve, and what serves on; None when all is well.
            Whether the service is ready, ``serving`` alone tells.
        swaps: how often what serves was replaced, the first time included.
    """

    def __init__(
        self,
        model: ModelSource,
        policy_file: Path,
        challenger: ModelSource | None = None,
        *,
        probes: Sequence[Probe],
        before_swap: Callable[[Serving], None] = lambda _: None,
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> None:
        """Nothing is read before the first ``check``.

        Args:
            model: where the champion is.
            policy_file: where the policy is.
            challenger: where a model is that is scored in shadow.
            probes: applicants on whom whatever is to serve must decide within all bounds.
            before_swap: called with what is about to serve; when it raises, what served serves on
                and the next check tries again.
            on_event: called after every swap and for every one refused, from the checking thread.
        """
        if not probes:
            raise ValueError("probes: got none; allowed: one or more worked applicants")
        self._model = Followed(model.pointer, lambda: _read_model(model))
        self._policy = Followed(
            lambda: hashlib.sha256(_read_text(policy_file)).hexdigest(),
            lambda: _read_policy(policy_file),
        )
        self._parts: dict[str, Followed[Any]] = {"model": self._model, "policy": self._policy}
        self._challenger: Followed[Model] | None = None
        if challenger is not None:
            self._challenger = Followed(challenger.pointer, lambda: _read_model(challenger).model)
            self._parts["challenger"] = self._challenger
        self._probes = probes
        self._before_swap = before_swap
        self._on_event = on_event
        self._held: tuple[str | None, str | None] | None = None
        self._problems: dict[tuple[str, str | None], str] = {}
        self._one_check = Lock()
        self.serving: Serving | None = None
        self.problem: str | None = "no model was looked for yet"
        self.swaps = 0

    @property
    def refusals(self) -> int:
        """How many new models, policies and challengers were refused."""
        return sum(part.refusals for part in self._parts.values())

    def check(self) -> bool:
        """Look for another model, policy or challenger, and let it serve if it is sound.

        Blocks as long as the sources do: not for the event loop. What cannot be read or kept now is
        tried again at the next check; what is bad, only when its pointer has changed.

        Returns:
            Whether what serves was replaced.
        """
        with self._one_check:
            refused, delay = self.refusals, None
            for part in self._parts.values():
                part.look()
            if replaced := (new := self._next()) is not None:
                try:
                    self._before_swap(new)
                except Exception as error:  # put off, and told in `problem`
                    replaced, delay = False, f"what should serve is not kept: {message_of(error)}"
                else:
                    self._swap(new)
            self._report(delay)
            for _ in range(self.refusals - refused):
                self._on_event("refused")
            if replaced:
                self._on_event("loaded")
            if replaced and self.swaps == 1:
                _spare_the_collector()
            return replaced

    def _next(self) -> Serving | None:
        """What should serve instead, verified; None while it is what serves, or cannot be had."""
        champion = self._champion()
        if champion is None:
            return None
        (files, model, card, calibration), (text, policy) = champion
        decider, shadow = Decider(model, policy), self._shadow(policy)
        new = Serving(decider, shadow, files, text, card, calibration)
        if self.serving is not None and new.versions == self.serving.versions:
            for part in self._parts.values():
                part.settle(replaced=False)
            return None
        if any(part.away is None and part.moved() for part in (self._model, self._policy)):
            return None  # what changes together is swapped together: look again
        return new

    def _champion(self) -> tuple[_LoadedModel, _LoadedPolicy] | None:
        """Model and policy that should serve, else those that do; None before there are any.

        When one of two that changed together is refused, the other waits until either changes again.
        """
        model, policy = self._model, self._policy
        due = [part for part in (model, policy) if part.due]
        pair = (model.seen, policy.seen)
        if pair != self._held:
            self._held = None
        if due and self._held is None:
            new_model, new_policy = model.wanted(), policy.wanted()
            if new_model is not None and new_policy is not None:
                why = absurdity(Decider(new_model.model, new_policy[1]), self._probes)
                if why is None:
                    return new_model, new_policy
                due[0].refuse(why)
            if not all(part.due for part in due):
                self._held = pair
        model.drop()
        policy.drop()
        if model.value is None or policy.value is None:
            return None
        return model.value, policy.value

    def _shadow(self, policy: CompiledPolicy) -> Model | None:
        """The challenger that should serve, else the one that does: it never stops a champion."""
        part = self._challenger
        if part is None:
            return None
        model = part.wanted()
        if model is not None and part.due:
            why = absurdity(Decider(model, policy), self._probes)
            if why is None:
                return model
            part.refuse(why)
        return part.value

    def _swap(self, new: Serving) -> None:
        for part in self._parts.values():
            part.settle(replaced=True)
        self.serving = new
        self.swaps += 1
        logger.info(
            "serving model %s with policy %s (%s), challenger %s",
            new.decider.model.version,
            new.decider.policy.policy.version,
            new.decider.policy.digest,
            new.challenger.version if new.challenger else None,
        )

    def _report(self, delay: str | None) -> None:
        """State the problems there are, and log those that are new."""
        problems: dict[tuple[str, str | None], str] = {}
        for name, part in self._parts.items():
            if part.refusal is not None:
                problems[name, part.seen] = part.refusal
            if part.away is not None:
                problems[name, "away"] = part.away
        if delay is not None:
            problems["delay", None] = delay
        waiting = [name for name in ("model", "policy") if self._held and self._parts[name].due]
        if waiting:
            problems["held", None] = f"the {waiting[0]} that came with it waits"
        served = "nothing serves yet"
        if self.serving is not None:
            model, policy = self.serving.decider.model, self.serving.decider.policy
            served = f"model {model.version} with policy {policy.policy.version} serves on"
        for key, text in problems.items():
            if key not in self._problems:
                # On one line: a log keeps the first, and what is wrong may stand below it.
                logger.error("%s; %s", " ".join(text.split()), served)
        for key, text in self._problems.items():
            if key not in problems:
                logger.info("no longer: %s", text)
        self._problems = problems
        if problems or self.serving is None:
            self.problem = "; ".join([*problems.values(), served])
        else:
            self.problem = None


async def follow(host: ModelHost, seconds: float, stop: asyncio.Event) -> None:
    """Check at once and then every so many seconds, in a thread, until stopped; never fail."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(host.check)
        except Exception:  # the next check may succeed
            logger.exception("looking for another model or policy failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)


def _read_model(source: ModelSource) -> _LoadedModel:
    files = source.files()
    model = load_model(files, source.origin)
    version = model.version
    return _LoadedModel(files, model, source.card(version), source.calibration(version))


def _read_policy(path: Path) -> _LoadedPolicy:
    text = _read_text(path)
    return text, policy_of(text, f"POLICY_FILE={path}")


def _read_text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceUnavailableError(
            f"POLICY_FILE={path}: cannot be read: {error.strerror}"
        ) from error


def _spare_the_collector() -> None:
    """Put everything that lives now out of the garbage collector's sight, for good.

    Imports leave some 85,000 objects, and every full collection that walks them stops all requests
    for 50 to 90 ms. Done once, before the first answer. A later model needs no collection: its
    tables are flat (1,400 objects are walked, in 0.1 ms), and it refers nowhere to itself, so that
    it is freed with the last request that holds it.

    A batch makes tens of thousands of values that refer nowhere to themselves either: the young ones
    are looked at less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
