"""The artifact: what was written is what is read, and anything altered is refused by name."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from solvencia import artifact
from solvencia.artifact import (
    MANIFEST,
    SCORECARDS,
    load_model,
    read_files,
    read_model,
    replace_directory,
    write_model,
)
from solvencia.domain.errors import ArtifactError
from solvencia.domain.reference import Reference, Series
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.domain.stability import freeze
from testing.unit.builders import tiny_card

CARDS = {
    name: tiny_card(name, "identity" if name.startswith("income") else "logit")
    for name in SCORECARDS
}
SEGMENTATION = Segmentation((Axis("age", 40.0, 10.0),), (Segment("A", "Todos", "All"),), ((0.0,),))
REFERENCE = Reference(
    inpc_start=24_000, inpc=(99.5, 100.0), minimum_wage=Series((1, 9), (1.0, 2.0))
)
WHOLE = {
    "scorecards": CARDS,
    "segmentation": SEGMENTATION,
    "reference": REFERENCE,
    "stability": {
        "continuity": freeze(
            CARDS["continuity"].bins,
            {"months_in_current_job": np.array([3.0, 30.0])},
            {"income_score": np.array([610.0, 640.0])},
        )
    },
    "provenance": {"data": "abc"},
    "metrics": {"continuity": {"auc": 0.71}},
}


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_model(tmp_path / "model", **WHOLE)
    return tmp_path / "model"


def reword(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_model_is_read_as_it_was_written(tmp_path):
    version = write_model(tmp_path / "deep" / "model", **WHOLE)
    model = read_model(tmp_path / "deep" / "model")

    assert model.version == version
    assert model.scorecards == CARDS
    assert model.segmentation == SEGMENTATION
    assert model.reference == REFERENCE
    assert model.stability == WHOLE["stability"]
    assert (model.provenance, model.metrics) == (WHOLE["provenance"], WHOLE["metrics"])


def test_the_same_inputs_give_identical_bytes(model, tmp_path):
    version = write_model(tmp_path / "again", **WHOLE)

    assert contents(tmp_path / "again") == contents(model)
    assert read_model(model).version == version


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {}},
        {"provenance": {"data": "abd"}},
        {"reference": Reference()},
        {"scorecards": {**CARDS, "default": tiny_card("default", "identity")}},
    ],
)
def test_another_content_is_another_version(model, tmp_path, change):
    assert write_model(tmp_path / "other", **{**WHOLE, **change}) != read_model(model).version


def test_a_model_without_default_is_whole(tmp_path):
    cards = {name: card for name, card in CARDS.items() if name != "default"}
    write_model(tmp_path / "model", **{**WHOLE, "scorecards": cards})

    assert "default" not in read_model(tmp_path / "model").scorecards


def test_a_model_without_another_card_is_refused(tmp_path):
    cards = {name: card for name, card in CARDS.items() if name != "income_p10"}
    write_model(tmp_path / "model", **{**WHOLE, "scorecards": cards})

    with pytest.raises(ArtifactError, match=r"lacks income_p10\.json"):
        read_model(tmp_path / "model")


FILES = [*(f"{name}.json" for name in SCORECARDS), "segments.json", "reference.json"]


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_refused_by_name(model, name):
    raw = bytearray((model / name).read_bytes())
    raw[-2] ^= 1
    (model / name).write_bytes(raw)

    with pytest.raises(ArtifactError, match=f"{name}: altered since training"):
        read_model(model)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(model, name):
    (model / name).unlink()

    with pytest.raises(ArtifactError, match=f"{name}: cannot be read"):
        read_model(model)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"auc": 0.71', '"auc": 0.99'), ('"data": "abc"', '"data": "xyz"'), ('"age"', '"edad"')],
)
def test_a_changed_manifest_is_refused(model, old, new):
    reword(model / MANIFEST, old, new)

    with pytest.raises(ArtifactError, match=r"manifest says version .*, content is"):
        read_model(model)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "cannot be read"), ("[]", "must be a JSON object")]
)
def test_a_manifest_that_is_no_manifest_is_refused(model, text, message):
    (model / MANIFEST).write_text(text)

    with pytest.raises(ArtifactError, match=f"{MANIFEST}: {message}"):
        read_model(model)


def test_a_model_made_for_other_features_is_refused(tmp_path, monkeypatch):
    fewer = json.loads(json.dumps([{"name": "age", "levels": []}]))
    with monkeypatch.context() as earlier_code:
        earlier_code.setattr("solvencia.artifact.feature_signature", lambda: fewer)
        write_model(tmp_path / "model", **WHOLE)

    with pytest.raises(ArtifactError, match="made for another feature list"):
        read_model(tmp_path / "model")


def test_a_model_is_loaded_from_files_kept_elsewhere(model):
    files = read_files(model)

    assert files == contents(model)
    assert load_model(files, "database") == read_model(model)


@pytest.mark.parametrize("name", [MANIFEST, *FILES])
def test_a_file_that_was_not_kept_is_named(model, name):
    files = {kept: raw for kept, raw in read_files(model).items() if kept != name}

    with pytest.raises(ArtifactError, match=f"^database: .*{name}"):
        load_model(files, "database")


def test_an_altered_file_is_named_with_where_it_was_kept(model):
    files = {**read_files(model), "segments.json": b"{}"}

    with pytest.raises(ArtifactError, match=r"^database/segments\.json: altered since training"):
        load_model(files, "database")


def test_only_what_the_manifest_names_is_read(model):
    (model / "notes.txt").write_text("of a person")

    assert "notes.txt" not in read_files(model)


@pytest.mark.parametrize(
    "name", ["../secret.json", "/etc/passwd", "deep/age.json", "", "..", "a\\b"]
)
def test_a_manifest_cannot_name_a_file_elsewhere(model, name):
    manifest = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][name] = "0"
    (model / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(ArtifactError, match="files must map plain file names"):
        read_files(model)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_manifest_with_numbers_that_json_cannot_hold_is_refused(model, number):
    reword(model / MANIFEST, '"auc": 0.71', f'"auc": {number}')

    with pytest.raises(ArtifactError, match=f"{MANIFEST}: cannot be read"):
        read_model(model)


def rewritten(model: Path, name: str, text: str) -> dict[str, bytes]:
    """The model's files with another text of one of them, and hashes that fit it."""
    files = read_files(model)
    files[name] = text.encode()
    manifest = json.loads(files[MANIFEST])
    manifest["files"][name] = artifact._sha256(files[name])
    body = {key: manifest[key] for key in artifact._BODY}
    files[MANIFEST] = json.dumps({**body, "version": artifact._version(body)}).encode()
    return files


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("segments.json", "[", r"x/segments\.json: cannot be read"),
        ("segments.json", "[]", r"x/segments\.json: must be a JSON object"),
        ("segments.json", '{"axes": []}', "x: a file lacks or misnames a part"),
        (
            "segments.json",
            '{"axes": [], "segments": [], "centres": [[1]]}',
            "x: segments do not fit",
        ),
        (
            "continuity.json",
            json.dumps(CARDS["default"].to_json()),
            r"x: continuity\.json holds another scorecard",
        ),
        ("stability.json", '{"other": {}}', "x: "),
    ],
)
def test_files_with_fitting_hashes_that_are_no_model_are_refused(model, name, text, message):
    with pytest.raises(ArtifactError, match=f"^{message}"):
        load_model(rewritten(model, name, text), "x")


def test_an_empty_place_holds_no_model(tmp_path):
    with pytest.raises(ArtifactError, match=r"no model here \(manifest.json is missing\)"):
        read_model(tmp_path)


def test_a_new_model_replaces_the_old_one_whole(model):
    (model / "left over.json").write_text("{}")
    version = write_model(model, **{**WHOLE, "metrics": {"continuity": {"auc": 0.72}}})

    assert read_model(model).version == version
    assert not (model / "left over.json").exists()
    assert [path.name for path in model.parent.iterdir()] == ["model"]


def test_a_directory_moves_into_an_empty_place(model, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    replace_directory(copy, tmp_path / "champion")

    assert contents(tmp_path / "champion") == contents(model)
    assert not copy.exists()


def test_numbers_that_json_cannot_hold_are_not_written(model):
    before = contents(model)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_model(model, **{**WHOLE, "metrics": {"auc": float("nan")}})

    assert contents(model) == before
