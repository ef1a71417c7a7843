"""What serves is replaced whole by what is sound, and by nothing else."""

import asyncio
import gc
import hashlib
import json
import logging
import os
import shutil
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from api.model_host import ModelHost, Serving, follow
from api.model_source import (
    CALIBRATION,
    CARD,
    BucketSource,
    Calibration,
    DirectorySource,
    ModelSource,
)
from api.probing import Probe, check_decision
from solvencia.artifact import MANIFEST, Model, load_model, read_files, read_model, write_model
from solvencia.domain.applicant import LoanRequest, Profile
from solvencia.domain.decision import Decision
from solvencia.domain.income import IncomeBand
from testing.conftest import ROOT
from testing.gcs_server import GcsServer, running_gcs
from testing.unit.builders import TODAY, applicant, spell

POLICY = (ROOT / "business_rules" / "policy.json").read_text(encoding="utf-8")
COMMITTEE = json.loads(POLICY)["version"]
NEXT, URGENT, MENDED = "2027-01-01", "2027-02-02", "2027-03-03"
LOAN = LoanRequest(product="payroll", amount=20_000, term_months=24)
PROBES: tuple[Probe, ...] = (
    (applicant(spell("2018-01-01", None, 600.0, state="09", industry="6")), TODAY, LOAN),
    (Profile(monthly_income=15_200, age=40, months_in_current_job=50), TODAY, LOAN),
)


@pytest.fixture(autouse=True)
def spared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Objects that each call kept from the collector; not done here, where others' tests need it."""
    calls: list[int] = []
    monkeypatch.setattr("api.model_host.gc.freeze", lambda: calls.append(len(gc.get_objects())))
    monkeypatch.setattr("api.model_host.gc.collect", lambda: 0)
    return calls


def variant(model: Model, directory: Path, card: str, shift: float) -> Path:
    """A model whose scorecard ``card`` adds ``shift`` to every margin."""
    changed = replace(model.scorecards[card], intercept=model.scorecards[card].intercept + shift)
    write_model(
        directory,
        scorecards={**model.scorecards, card: changed},
        segmentation=model.segmentation,
        reference=model.reference,
        stability=model.stability,
        provenance=model.provenance,
        metrics=model.metrics,
    )
    return directory


@pytest.fixture(scope="session")
def models(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A trained model, two sound ones that differ from it, and one that no applicant survives."""
    model, archive = read_model(model_directory), tmp_path_factory.mktemp("archive")
    return {
        "a": model_directory,
        "b": variant(model, archive / "b", "continuity", 0.25),
        "c": variant(model, archive / "c", "continuity", -0.25),
        "absurd": variant(model, archive / "absurd", "income_p50", 900.0),
    }


@pytest.fixture(scope="session")
def version(models: Mapping[str, Path]) -> Mapping[str, str]:
    return {name: read_model(path).version for name, path in models.items()}


def policy_text(version: str) -> str:
    """The committee's policy under another version."""
    return json.dumps({**json.loads(POLICY), "version": version})


def failing_policy() -> str:
    policy = json.loads(POLICY)
    policy["cases"][0]["expect"]["final_score"] = 1
    return json.dumps(policy)


@dataclass
class Watched:
    """A source that counts what is asked of it, and can do something while it is read."""

    inner: ModelSource
    reads: int = 0
    while_read: Callable[[], None] = lambda: None

    @property
    def origin(self) -> str:
        return self.inner.origin

    def pointer(self) -> str:
        return self.inner.pointer()

    def files(self) -> Mapping[str, bytes]:
        self.reads += 1
        files = dict(self.inner.files())
        self.while_read()
        return files

    def card(self, version: str) -> str | None:
        return self.inner.card(version)

    def calibration(self, version: str) -> Calibration:
        return self.inner.calibration(version)


@dataclass(repr=False)
class Place:
    """A champion, a challenger and a policy on disk, and the host that follows them."""

    directory: Path
    with_challenger: bool = False
    kept: list[Serving] = field(default_factory=list)
    store_is_away: bool = False
    events: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.champion = Watched(DirectorySource(self.directory / "champion"))
        self.challenger = Watched(DirectorySource(self.directory / "challenger", "CHALLENGER_URI"))
        self.policy = self.directory / "policy.json"
        self.policy.write_text(POLICY, encoding="utf-8")
        self.host = ModelHost(
            self.champion,
            self.policy,
            self.challenger if self.with_challenger else None,
            probes=PROBES,
            before_swap=self.keep,
            on_event=self.events.append,
        )

    def keep(self, serving: Serving) -> None:
        if self.store_is_away:
            raise ConnectionError("the database is away")
        self.kept.append(serving)

    def install(self, model: Path, name: str = "champion") -> None:
        """Point the link to a model in one step, as a promotion does."""
        scratch = self.directory / f".{name}"
        scratch.symlink_to(model)
        os.replace(scratch, self.directory / name)

    def write_policy(self, text: str) -> None:
        scratch = self.directory / ".policy.json"
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, self.policy)

    def copy(self, model: Path) -> Path:
        """The model in a directory that a test may damage."""
        return Path(shutil.copytree(model, self.directory / f"copy of {model.name}"))

    @property
    def serving(self) -> Serving:
        assert self.host.serving is not None
        return self.host.serving

    @property
    def served(self) -> tuple[str, str]:
        """Versions of model and policy that serve."""
        decider = self.serving.decider
        return decider.model.version, decider.policy.policy.version


@pytest.fixture
def place(tmp_path: Path, models: Mapping[str, Path]) -> Place:
    """Model a serves with the committee's policy."""
    place = Place(tmp_path)
    place.install(models["a"])
    assert place.host.check()
    return place


@pytest.fixture
def arena(tmp_path: Path, models: Mapping[str, Path]) -> Place:
    """Model a serves, and b is scored in shadow."""
    place = Place(tmp_path, with_challenger=True)
    place.install(models["a"])
    place.install(models["b"], "challenger")
    assert place.host.check()
    return place


def damage(model: Path) -> None:
    card = model / "continuity.json"
    card.write_text(card.read_text(encoding="utf-8").replace("0.", "1.", 1), encoding="utf-8")


# --- the first model


def test_nothing_serves_before_the_first_check(tmp_path: Path) -> None:
    host = Place(tmp_path).host

    assert (host.serving, host.swaps) == (None, 0)
    assert host.problem == "no model was looked for yet"


def test_the_card_comes_with_the_model_and_is_not_kept(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    assert place.serving.card is None
    told = place.copy(models["b"])
    text = f"# Model card {version['b']}\n"
    (told / CARD).write_text(text, encoding="utf-8")
    place.install(told)
    assert place.host.check()
    assert place.serving.card == text
    assert CARD not in place.serving.model_files
    place.install(models["c"])
    assert place.host.check()
    assert place.serving.card is None


def test_calibration_comes_with_the_model_and_bad_calibration_refuses_none(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    assert place.serving.calibration == {}
    told = place.copy(models["b"])
    group = {"rows": 40, "predicted": 0.2, "observed": 0.25}
    text = json.dumps({"version": version["b"], "models": {"default": [group]}})
    (told / CALIBRATION).write_text(text, encoding="utf-8")
    place.install(told)
    assert place.host.check()
    (kept,) = place.serving.calibration["default"]
    assert kept.model_dump() == group
    assert CALIBRATION not in place.serving.model_files

    broken = place.copy(models["c"])
    (broken / CALIBRATION).write_bytes(b"{")
    place.install(broken)
    assert place.host.check()
    assert place.serving.decider.model.version == version["c"]
    assert (place.serving.calibration, place.host.problem, place.host.refusals) == ({}, None, 0)


def test_what_serves_can_be_made_again_from_what_is_kept(
    place: Place, version: Mapping[str, str]
) -> None:
    assert place.served == (version["a"], COMMITTEE)
    assert load_model(place.serving.model_files, "kept") == place.serving.decider.model
    assert place.serving.policy_text == POLICY.encode()
    assert place.serving.challenger is None
    assert place.kept == [place.serving]
    assert (place.host.problem, place.host.swaps, place.host.refusals) == (None, 1, 0)


def test_what_is_not_there_yet_is_named_and_waited_for(
    tmp_path: Path, models: Mapping[str, Path]
) -> None:
    place = Place(tmp_path)
    place.policy.unlink()

    assert not place.host.check()
    problem = place.host.problem or ""
    assert "MODEL_URI=" in problem
    assert "no model here" in problem
    assert f"POLICY_FILE={place.policy}: cannot be read: No such file" in problem
    assert problem.endswith("nothing serves yet")

    place.write_policy(POLICY)
    assert not place.host.check()
    place.install(models["a"])
    assert place.host.check()
    assert place.host.problem is None


def test_a_host_that_proves_nothing_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="probes: got none"):
        ModelHost(DirectorySource(tmp_path), tmp_path / "policy.json", probes=())


# --- the next ones


def test_an_unchanged_model_is_neither_read_nor_replaced(place: Place) -> None:
    before = place.serving
    for _ in range(3):
        assert not place.host.check()

    assert place.serving is before
    assert place.champion.reads == 1
    assert len(place.kept) == 1


def test_another_champion_is_swapped_in_and_requests_under_way_keep_the_old_one(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    taken = place.serving
    before = taken.decider.decide(*PROBES[0])
    place.install(models["b"])

    assert place.host.check()
    assert place.served == (version["b"], COMMITTEE)
    assert place.serving.decider.decide(*PROBES[0]).assessment != before.assessment
    assert taken.decider.decide(*PROBES[0]) == before


def test_another_policy_is_swapped_in_with_the_same_model(place: Place) -> None:
    model = place.serving.decider.model
    place.write_policy(policy_text(NEXT))

    assert place.host.check()
    assert place.serving.decider.policy.policy.version == NEXT
    assert place.serving.decider.model is model
    assert place.champion.reads == 1


def test_a_model_and_a_policy_that_change_together_are_swapped_together(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["b"])
    place.write_policy(policy_text(NEXT))

    assert place.host.check()
    assert place.served == (version["b"], NEXT)
    assert len(place.kept) == 2


def test_a_policy_that_changes_while_the_model_is_read_is_waited_for(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["b"])
    place.champion.while_read = lambda: place.write_policy(policy_text(NEXT))

    assert not place.host.check()
    assert place.served == (version["a"], COMMITTEE)
    assert place.host.check()
    assert place.served == (version["b"], NEXT)
    assert place.champion.reads == 2


def test_the_same_model_in_another_place_is_no_swap(
    place: Place, models: Mapping[str, Path]
) -> None:
    before = place.serving
    place.install(place.copy(models["a"]))

    assert not place.host.check()
    assert not place.host.check()
    assert place.serving is before
    assert place.champion.reads == 2
    assert len(place.kept) == 1


def test_a_model_is_freed_without_the_collector_once_nobody_holds_it(
    place: Place, models: Mapping[str, Path]
) -> None:
    gc.disable()
    try:
        for name in ("b", "c", "a"):
            old = weakref.ref(place.serving.decider.model)
            under_way = place.serving
            place.install(models[name])
            place.write_policy(policy_text(f"2027-01-01.{ord(name)}"))
            assert place.host.check()
            place.kept.clear()
            assert old() is under_way.decider.model
            del under_way
            assert old() is None
    finally:
        gc.enable()


def test_what_was_imported_is_kept_from_the_collector_once(
    place: Place, models: Mapping[str, Path], spared: list[int]
) -> None:
    place.install(models["b"])
    assert place.host.check()

    assert len(spared) == 1


def test_readers_never_see_a_mixture(place: Place, models: Mapping[str, Path]) -> None:
    fitting = {
        (read_model(models[name]).version, hashlib.sha256(text.encode()).hexdigest()[:12])
        for name, text in (("a", POLICY), ("b", policy_text(NEXT)))
    }
    seen, ended = set(), threading.Event()

    def read() -> None:
        while not ended.is_set():
            seen.add(place.serving.versions[:2])

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(6):
            place.install(models["ba"[turn % 2]])
            place.write_policy([policy_text(NEXT), POLICY][turn % 2])
            assert place.host.check()
    finally:
        ended.set()
        reader.join()
    assert seen <= fitting


# --- bad ones


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_corrupted_model_is_refused_once_and_loudly_until_it_is_mended(
    place: Place,
    models: Mapping[str, Path],
    version: Mapping[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before, copy = place.serving, place.copy(models["b"])
    damage(copy)
    place.install(copy)
    for _ in range(3):
        assert not place.host.check()

    assert place.serving is before
    problem = place.host.problem or ""
    assert "continuity.json: altered since training" in problem
    assert f"model {version['a']} with policy {COMMITTEE} serves on" in problem
    assert errors(caplog) == [problem]
    assert (place.host.refusals, place.champion.reads) == (1, 2)
    assert place.events == ["loaded", "refused"]

    shutil.copy(models["b"] / "continuity.json", copy)
    assert place.host.check()
    assert place.served == (version["b"], COMMITTEE)
    assert place.host.problem is None


def test_a_model_made_for_other_features_is_refused(
    place: Place, models: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as other_code:
        other_code.setattr("solvencia.artifact.feature_signature", lambda: [{"name": "age"}])
        variant(place.serving.decider.model, tmp_path / "foreign", "default", 0.0)
    place.install(tmp_path / "foreign")

    assert not place.host.check()
    assert "made for another feature list" in (place.host.problem or "")


def test_a_model_that_cannot_decide_on_a_worked_applicant_is_refused(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["absurd"])

    assert not place.host.check()
    assert f"model {version['absurd']} with policy {COMMITTEE}, worked applicant 1: " in (
        place.host.problem or ""
    )
    assert place.served == (version["a"], COMMITTEE)


def test_what_replaces_a_refused_model_serves(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["absurd"])
    place.host.check()
    place.install(models["c"])

    assert place.host.check()
    assert place.served == (version["c"], COMMITTEE)
    assert place.host.problem is None


def test_going_back_to_what_serves_ends_the_problem(
    place: Place, models: Mapping[str, Path]
) -> None:
    for _ in range(2):
        place.install(models["absurd"])
        place.host.check()
        assert place.host.problem is not None
        place.install(models["a"])
        assert not place.host.check()
        assert place.host.problem is None
    assert place.host.refusals == 2


def test_a_policy_whose_case_fails_is_refused_until_it_is_mended(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.write_policy(failing_policy())
    for _ in range(2):
        assert not place.host.check()

    assert "stated 1" in (place.host.problem or "")
    assert place.serving.policy_text == POLICY.encode()
    assert len(errors(caplog)) == 1

    place.write_policy(policy_text(MENDED))
    assert place.host.check()
    assert place.serving.decider.policy.policy.version == MENDED


def test_a_half_written_policy_does_not_serve(place: Place) -> None:
    text = policy_text(NEXT)
    with place.policy.open("w", encoding="utf-8") as half:
        half.write(text[: len(text) // 2])
        half.flush()
        assert not place.host.check()
        assert place.serving.policy_text == POLICY.encode()
        half.write(text[len(text) // 2 :])

    assert place.host.check()
    assert place.serving.policy_text == text.encode()
    assert place.host.problem is None


def test_a_policy_that_is_gone_serves_on(place: Place) -> None:
    place.policy.unlink()
    assert not place.host.check()
    assert "POLICY_FILE=" in (place.host.problem or "")

    place.write_policy(POLICY)
    assert not place.host.check()
    assert place.host.problem is None


def test_a_model_that_changes_while_it_is_read_is_read_again_and_not_refused(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    copy = place.copy(models["b"])
    place.install(copy)

    def swept_away() -> None:
        place.champion.while_read = lambda: None
        place.install(models["c"])
        raise FileNotFoundError("pruned by a promotion")

    place.champion.while_read = swept_away
    assert not place.host.check()
    assert (place.host.problem, place.host.refusals) == (None, 0)
    assert place.host.check()
    assert place.served == (version["c"], COMMITTEE)


@pytest.mark.parametrize("bad", ["model", "policy", "both together"])
def test_when_one_of_two_is_bad_both_wait(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str], bad: str
) -> None:
    place.install(models["b" if bad == "policy" else "absurd"])
    place.write_policy(policy_text(NEXT) if bad == "model" else failing_policy())
    for _ in range(3):
        assert not place.host.check()

    assert place.served == (version["a"], COMMITTEE)
    waiting = {"model": "policy", "policy": "model"}.get(bad)
    assert (f"the {waiting} that came with it waits" in (place.host.problem or "")) is bool(waiting)

    place.install(models["c"])
    place.write_policy(policy_text(MENDED))
    assert place.host.check()
    assert place.served == (version["c"], MENDED)
    assert place.host.problem is None


def test_what_waits_serves_once_its_companion_goes_back(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["absurd"])
    place.write_policy(policy_text(NEXT))
    assert not place.host.check()
    place.install(models["a"])

    assert place.host.check()
    assert place.served == (version["a"], NEXT)


def test_a_model_refused_before_does_not_keep_a_new_policy_out(
    place: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place.install(models["absurd"])
    place.host.check()
    place.write_policy(policy_text(URGENT))

    assert place.host.check()
    assert place.served == (version["a"], URGENT)
    assert version["absurd"] in (place.host.problem or "")


def test_a_model_that_cannot_be_kept_waits_and_is_not_read_again(
    place: Place,
    models: Mapping[str, Path],
    version: Mapping[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    place.store_is_away = True
    place.install(models["b"])
    for _ in range(3):
        assert not place.host.check()

    assert place.served == (version["a"], COMMITTEE)
    assert "is not kept: ConnectionError: the database is away" in (place.host.problem or "")
    assert len(errors(caplog)) == 1
    assert place.events == ["loaded"]

    place.store_is_away = False
    assert place.host.check()
    assert place.events == ["loaded", "loaded"]
    assert place.served == (version["b"], COMMITTEE)
    assert place.champion.reads == 2
    assert place.host.problem is None


def test_the_first_model_is_not_served_before_it_is_kept(
    tmp_path: Path, models: Mapping[str, Path]
) -> None:
    place = Place(tmp_path, store_is_away=True)
    place.install(models["a"])
    assert not place.host.check()
    assert place.host.serving is None

    place.store_is_away = False
    assert place.host.check()


# --- challengers


def test_a_challenger_is_loaded_beside_the_champion(
    arena: Place, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    assert arena.serving.versions[::2] == (version["a"], version["b"])

    champion = arena.serving.decider.model
    arena.install(models["c"], "challenger")
    assert arena.host.check()
    assert arena.serving.versions[::2] == (version["a"], version["c"])
    assert arena.serving.decider.model is champion
    assert not arena.host.check()


@pytest.mark.parametrize("bad", ["absurd", "damaged", "missing"])
def test_a_bad_challenger_stops_no_champion(
    arena: Place, models: Mapping[str, Path], version: Mapping[str, str], bad: str
) -> None:
    if bad == "missing":
        (arena.directory / "challenger").unlink()
    elif bad == "damaged":
        copy = arena.copy(models["b"])
        damage(copy)
        arena.install(copy, "challenger")
    else:
        arena.install(models["absurd"], "challenger")
    arena.install(models["c"])

    assert arena.host.check()
    assert arena.serving.versions[::2] == (version["c"], version["b"])
    assert arena.host.problem is not None
    reads = arena.challenger.reads
    assert not arena.host.check()
    assert arena.challenger.reads == reads


def test_without_its_challenger_the_first_champion_serves(
    tmp_path: Path, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    place = Place(tmp_path, with_challenger=True)
    place.install(models["a"])

    assert place.host.check()
    assert place.serving.challenger is None
    assert "CHALLENGER_URI=" in (place.host.problem or "")

    place.install(models["b"], "challenger")
    assert place.host.check()
    assert place.serving.versions[::2] == (version["a"], version["b"])
    assert place.host.problem is None


# --- a champion in a bucket


def upload(gcs: GcsServer, model: Path) -> None:
    named = read_model(model).version
    for name, raw in read_files(model).items():
        gcs.put("models", f"mx/{named}/{name}", raw)
    gcs.put("models", "mx/champion.json", json.dumps({"version": named}).encode())


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    (tmp_path / "policy.json").write_text(POLICY, encoding="utf-8")
    return tmp_path / "policy.json"


@pytest.mark.slow
def test_a_champion_in_a_bucket_is_followed(
    policy: Path, models: Mapping[str, Path], version: Mapping[str, str]
) -> None:
    with running_gcs("models") as gcs:
        upload(gcs, models["a"])
        host = ModelHost(BucketSource("gs://models/mx"), policy, probes=PROBES)
        assert host.check()
        gcs.asked.clear()
        assert not host.check()
        assert gcs.asked == ["GET /storage/v1/b/models/o/mx/champion.json"]

        upload(gcs, models["b"])
        assert host.check()
        assert host.serving is not None
        assert host.serving.versions[0] == version["b"]

        gcs.put("models", f"mx/{version['c']}/{MANIFEST}", b"{}")
        gcs.put("models", "mx/champion.json", json.dumps({"version": version["c"]}).encode())
        assert not host.check()
        assert host.serving.versions[0] == version["b"]
        assert "gs://models/mx" in (host.problem or "")

        upload(gcs, models["c"])
        assert host.check()
        assert host.serving.versions[0] == version["c"]
        assert host.problem is None


@pytest.mark.slow
def test_a_bucket_out_of_reach_changes_nothing(
    policy: Path, models: Mapping[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with running_gcs("models") as gcs:
        upload(gcs, models["a"])
        host = ModelHost(BucketSource("gs://models/mx", patience=0.1), policy, probes=PROBES)
        assert host.check()
        before = host.serving
    for _ in range(2):
        assert not host.check()
    assert host.serving is before
    assert "cannot be read" in (host.problem or "")
    assert len(errors(caplog)) == 1

    with running_gcs(store=gcs.store, port=gcs.server_port):
        assert not host.check()
        assert (host.problem, host.serving) == (None, before)
        upload(gcs, models["b"])
        assert host.check()


@pytest.mark.slow
def test_a_policy_does_not_wait_for_a_bucket_out_of_reach(
    policy: Path, models: Mapping[str, Path]
) -> None:
    with running_gcs("models") as gcs:
        upload(gcs, models["a"])
        host = ModelHost(BucketSource("gs://models/mx", patience=0.1), policy, probes=PROBES)
        assert host.check()
    policy.write_text(policy_text(URGENT), encoding="utf-8")

    assert host.check()
    assert host.serving is not None
    assert host.serving.decider.policy.policy.version == URGENT
    assert "cannot be read" in (host.problem or "")


# --- decisions that nothing sound can give


@pytest.mark.parametrize(
    ("measured", "decided", "named"),
    [
        ({"income_score": 851}, {}, "income_score"),
        ({}, {"final_score": 299}, "final_score"),
        ({"pd": 1.5}, {}, "pd"),
        ({"pd": float("nan")}, {}, "pd"),
        ({"income_band": IncomeBand(9.0, 8.0, 10.0)}, {}, "income_band"),
        ({"income_band": IncomeBand(1.0, float("nan"), 10.0)}, {}, "income_band"),
        ({"income_band": IncomeBand(1.0, 2.0, float("inf"))}, {}, "income_band"),
        ({"base_points": float("inf")}, {}, "base_points"),
        ({"score_contributions": {"age": float("nan")}}, {}, "age"),
        ({"pd_contributions": {"age": float("nan")}}, {}, "age"),
    ],
)
def test_a_decision_out_of_bounds_is_named(
    place: Place, measured: dict[str, Any], decided: dict[str, Any], named: str
) -> None:
    sound: Decision = place.serving.decider.decide(*PROBES[0])
    check_decision(sound)
    check_decision(replace(sound, assessment=replace(sound.assessment, pd=None)))

    with pytest.raises(ValueError, match=f"^{named}: got "):
        check_decision(replace(sound, assessment=replace(sound.assessment, **measured), **decided))


# --- the poller


def test_following_goes_on_after_a_failed_check_until_it_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Host:
        def __init__(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
            self.threads: list[str] = []
            self.loop, self.stop = loop, stop

        def check(self) -> bool:
            self.threads.append(threading.current_thread().name)
            if len(self.threads) == 3:
                self.loop.call_soon_threadsafe(self.stop.set)
            raise RuntimeError("unforeseen")

    async def run() -> Host:
        stop = asyncio.Event()
        host = Host(asyncio.get_running_loop(), stop)
        await follow(host, 0.001, stop)  # type: ignore[arg-type]
        return host

    host = asyncio.run(run())
    assert len(host.threads) == 3
    assert threading.main_thread().name not in host.threads
    assert len(errors(caplog)) == 3
