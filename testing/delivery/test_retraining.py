"""What a retraining does to git and to parameters, piece by piece."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from solvencia.data.acquire import SourceSettings
from solvencia.data.parameters import read_section
from solvencia.domain.errors import ArtifactError, InvalidInputError
from solvencia.training.champions import CARD, champion_version, install_champion
from testing.conftest import ROOT
from testing.delivery.conftest import BUCKET
from testing.delivery.night import NOBODY, git
from testing.gcs_server import GcsServer
from testing.unit.test_champions import make
from utilities import promote, publishing, retrain
from utilities.publishing import PointerUnknownError, PublishError, publish, published_version
from utilities.retraining.one_run import alone
from utilities.retraining.pipeline import StageError, kept_by_git, observe_until, reproduce
from utilities.retraining.repository import GitError, Repository, _credentials
from utilities.retraining.serving import Before, Champion, find_champion

PATHS = ("dvc.lock", "reports/metrics.json")


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with two files of the pipeline and one of people; its remote is ``origin.git``."""
    made = tmp_path / "made"
    (made / "reports").mkdir(parents=True)
    for name in (*PATHS, "code.py"):
        (made / name).write_text("old\n")
    git(made, "init", "--quiet", "--initial-branch", "main")
    git(made, "add", "-A")
    git(made, "commit", "--quiet", "-m", "start")
    git(tmp_path, "clone", "--quiet", "--bare", "made", "origin.git")
    git(tmp_path, "clone", "--quiet", "origin.git", "checkout")
    return tmp_path / "checkout"


def remote_main(checkout: Path) -> str:
    return git(checkout.parent / "origin.git", "rev-parse", "main")


def somebody_pushes(checkout: Path, name: str) -> str:
    other = checkout.parent / f"other {name.replace('/', ' ')}"
    git(checkout.parent, "clone", "--quiet", "origin.git", str(other))
    (other / name).write_text("somebody's\n")
    git(other, "add", "-A")
    git(other, "commit", "--quiet", "-m", name)
    git(other, "push", "--quiet", "origin", "main")
    return git(other, "rev-parse", "HEAD")


def test_a_commit_is_nowhere_before_it_is_pushed_and_holds_these_files_alone(
    checkout: Path,
) -> None:
    repository = Repository(checkout)
    assert not repository.changed(PATHS)
    for name in (*PATHS, "code.py", "left over.txt"):
        (checkout / name).write_text("new\n")
    assert repository.changed(PATHS)
    made = repository.commit((*PATHS, "reports/none.csv"), "title\n\nwhy")
    assert git(checkout, "rev-parse", "HEAD") == repository.base == remote_main(checkout)
    repository.push(made)
    assert git(checkout, "rev-parse", "HEAD") == repository.base
    assert remote_main(checkout) == made
    repository.adopt(made)
    assert git(checkout, "rev-parse", "HEAD") == made
    assert git(checkout, "show", "--name-only", "--format=", made).splitlines() == [*PATHS]
    assert git(checkout, "status", "--porcelain") == 'M code.py\n?? "left over.txt"'


def test_a_commit_is_withdrawn_unless_something_came_after_it(checkout: Path) -> None:
    repository = Repository(checkout)
    (checkout / PATHS[0]).write_text("new\n")
    made = repository.commit(PATHS, "title")
    repository.push(made)
    repository.withdraw(made)
    assert remote_main(checkout) == repository.base
    repository.push(made)
    after = somebody_pushes(checkout, "code.py")
    with pytest.raises(GitError, match=r"git push: .*stale info"):
        repository.withdraw(made)
    assert remote_main(checkout) == after


def test_a_branch_that_moved_meanwhile_is_not_overwritten(checkout: Path) -> None:
    repository = Repository(checkout)
    theirs = somebody_pushes(checkout, "code.py")
    (checkout / PATHS[0]).write_text("new\n")
    made = repository.commit(PATHS, "title")
    with pytest.raises(GitError, match=r"git push: .*rejected"):
        repository.push(made)
    repository.withdraw(made)  # for it may not be known how far a push came
    assert remote_main(checkout) == theirs
    repository.restore(PATHS)
    assert git(checkout, "status", "--porcelain") == ""
    with pytest.raises(GitError, match=r"origin/main is at \w{12}, the checkout at \w{12}: pull f"):
        repository.catch_up(PATHS)


def test_what_a_run_that_was_cut_off_pushed_is_taken_over(checkout: Path) -> None:
    theirs = somebody_pushes(checkout, PATHS[1])
    repository = Repository(checkout)
    repository.catch_up(PATHS)
    assert repository.base == theirs == git(checkout, "rev-parse", "HEAD")


def test_commits_that_nobody_pushed_are_not_pushed_along(checkout: Path) -> None:
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "mine")
    with pytest.raises(GitError, match="push or pull first"):
        Repository(checkout).catch_up(PATHS)


def test_changes_of_somebody_are_named_and_no_branch_is_refused(checkout: Path) -> None:
    Repository(checkout).demand_clean(PATHS)
    (checkout / "code.py").write_text("mine\n")
    (checkout / "notes.txt").write_text("mine\n")
    (checkout / "reports/new.csv").write_text("mine\n")
    with pytest.raises(GitError, match=r"changes: got code.py, reports/new.csv; allowed: none"):
        Repository(checkout).demand_clean((*PATHS, "reports/new.csv"))
    git(checkout, "checkout", "--quiet", "--detach")
    with pytest.raises(GitError, match="HEAD: got no branch; allowed: a checkout of a branch"):
        Repository(checkout)


def test_what_a_run_left_is_put_back(checkout: Path) -> None:
    for name in (*PATHS, "code.py", "reports/new.csv"):
        (checkout / name).write_text("new\n")
    Repository(checkout).restore((*PATHS, "reports/new.csv"))
    assert git(checkout, "status", "--porcelain") == "M code.py"


def test_without_a_remote_the_commit_stays_here(checkout: Path) -> None:
    git(checkout, "remote", "remove", "origin")
    repository = Repository(checkout)
    repository.catch_up(PATHS)
    (checkout / PATHS[0]).write_text("new\n")
    made = repository.commit(PATHS, "title")
    repository.push(made)
    repository.adopt(made)
    assert git(checkout, "status", "--porcelain") == ""


def test_the_token_reaches_git_by_the_environment_alone() -> None:
    given = {"GITHUB_TOKEN": "t0ken", "GITHUB_SERVER_URL": "https://github.com"}
    settings = _credentials(given)
    assert settings["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraheader"
    assert "t0ken" not in str(settings)
    assert "GIT_CONFIG_COUNT" not in _credentials({"GITHUB_SERVER_URL": "https://github.com"})


# --- parameters and stages


def test_everything_that_a_run_changes_in_git_is_known() -> None:
    kept = kept_by_git(ROOT)
    assert kept[:2] == ("dvc.lock", "params.yaml")
    assert {"reports/metrics.json", "reports/model_card.md"} < set(kept)
    assert len(kept) == len(set(kept)) == 10


def test_people_are_observed_longer_by_one_value(tmp_path: Path) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    path = tmp_path / "params.yaml"
    before = path.read_text(encoding="utf-8").splitlines()
    observe_until("2031-01-31", tmp_path)
    after = path.read_text(encoding="utf-8").splitlines()
    (changed,) = (new for old, new in zip(before, after, strict=True) if old != new)
    assert changed.startswith('  until: "2031-01-31" # simulator: last day observed')
    assert read_section(path, "source", SourceSettings).until == date(2031, 1, 31)


@pytest.mark.parametrize("day", ["2011-01-31", "soon"])
def test_a_day_that_is_no_new_data_is_refused(tmp_path: Path, day: str) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    with pytest.raises(InvalidInputError, match=f"--until: got {day}; allowed: the last day of a"):
        observe_until(day, tmp_path)


def test_files_are_new_by_themselves(tmp_path: Path) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text(text.replace("kind: simulator", "kind: files"), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="new files are new data by themselves"):
        observe_until("2031-01-31", tmp_path)


@pytest.mark.slow
def test_a_stage_that_fails_is_named_in_its_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  etl:\n    cmd: echo reading; echo 'etl - 4 of 5 rows are rejected' >&2; exit 3\n"
    )
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    stages: list[str] = []
    with pytest.raises(StageError) as failed:
        reproduce(stages.append, tmp_path)
    assert stages == ["etl"]
    assert failed.value.stage == "etl"
    assert str(failed.value).startswith("etl - 4 of 5 rows are rejected failed to reproduce 'etl'")
    assert "reading" in capsys.readouterr().out


@pytest.mark.slow
def test_what_a_stage_reads_and_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  acquire:\n    cmd: 'true'\n    deps: [histories]\n"
    )
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    with pytest.raises(
        StageError, match=r"histories, which acquire reads, is not there$"
    ) as failed:
        reproduce(print, tmp_path)
    assert failed.value.stage == "acquire"


# --- the pointer


@pytest.mark.usefixtures("no_settings")
def test_a_pointer_that_moved_since_the_comparison_is_not_replaced(
    gcs: GcsServer, tmp_path: Path
) -> None:
    uri = f"gs://{BUCKET}/models"
    versions = []
    for number in (1, 2, 3):
        versions.append(make(tmp_path / str(number) / "candidate", number))
        install_champion(tmp_path / str(number), tmp_path / str(number) / "candidate", versions[-1])
    assert published_version(uri) is None
    publish(tmp_path / "1", uri, replaces=(None,))
    publish(tmp_path / "2", uri, replaces=(versions[0],))
    with pytest.raises(PublishError, match=f"names {versions[1]} by now, which {versions[2]} was"):
        publish(tmp_path / "3", uri, replaces=(versions[0],))
    assert published_version(uri) == versions[1]


@pytest.mark.usefixtures("no_settings")
def test_a_pointer_that_cannot_be_read_is_not_taken_for_none(
    gcs: GcsServer, tmp_path: Path
) -> None:
    uri = f"gs://{BUCKET}/models"
    version = make(tmp_path / "candidate", 1)
    install_champion(tmp_path, tmp_path / "candidate", version)
    gcs.put(BUCKET, "models/champion.json", b'{"vers')
    with pytest.raises(PublishError, match=r"champion\.json names no version"):
        find_champion(tmp_path, uri)
    with pytest.raises(PublishError, match="names nothing readable by now"):
        publish(tmp_path, uri, replaces=(None,))
    assert publish(tmp_path, uri).version == published_version(uri) == version  # people mend it


@pytest.mark.usefixtures("no_settings")
def test_a_pointer_whose_answer_was_lost_counts_as_moved(
    gcs: GcsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"gs://{BUCKET}/models"
    version = make(tmp_path / "candidate", 1)
    install_champion(tmp_path, tmp_path / "candidate", version)
    upload, look = publishing._upload, publishing._pointer
    lost: list[str] = []

    def lose(blob: Any, raw: bytes, place: Any, generation: int) -> None:
        upload(blob, raw, place, generation)
        if blob.name.endswith("champion.json"):
            lost.append(blob.name)
            raise PublishError("no answer")

    def away(bucket: Any, place: Any) -> Any:
        if lost:
            raise PublishError("no answer either")
        return look(bucket, place)

    monkeypatch.setattr(publishing, "_upload", lose)
    assert publish(tmp_path, uri, replaces=(None,)).version == version
    second = make(tmp_path / "second", 2)
    install_champion(tmp_path, tmp_path / "second", second)
    lost.clear()
    monkeypatch.setattr(publishing, "_pointer", away)
    with pytest.raises(PointerUnknownError, match=rf"whether champion\.json names {second} now"):
        publish(tmp_path, uri)


@pytest.mark.usefixtures("no_settings")
def test_a_runner_without_models_must_be_told_where_they_are(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("MODEL_URI", raising=False)
    monkeypatch.chdir(checkout)
    (checkout / ".dvc/tmp").mkdir(parents=True)
    run = retrain.Run(until=None)
    with alone() as marker, pytest.raises(PublishError, match="MODEL_URI: is not set"):
        retrain.retrain(run, marker, lambda: None)
    assert run.step == "start"


def test_a_damaged_champion_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make(tmp_path / "candidate", 1)
    monkeypatch.setattr(promote, "CANDIDATE", tmp_path / "candidate")
    with pytest.raises(ArtifactError, match=f"{version} is damaged.*manifest.json is empty"):
        retrain._judge(Champion(version, version, "manifest.json is empty"))


@pytest.mark.usefixtures("no_settings")
def test_the_published_champion_comes_with_its_card_and_goes_back(
    gcs: GcsServer, tmp_path: Path
) -> None:
    uri, models = f"gs://{BUCKET}/models", tmp_path / "models"
    assert find_champion(models, uri) == Champion(None)
    nobody = Before.of(models)
    version = make(tmp_path / "1/candidate", 1)
    card = f"# Model card {version}\n"
    install_champion(tmp_path / "1", tmp_path / "1/candidate", version, card)
    publish(tmp_path / "1", uri)
    assert find_champion(models, uri) == Champion(version, version)
    assert (models / "champion" / CARD).read_text() == card
    first, second = Before.of(models), make(tmp_path / "2", 2)
    install_champion(models, tmp_path / "2", second)
    first.put_back(models)
    assert champion_version(models) == version
    assert Before.of(models) == first
    nobody.put_back(models)
    assert find_champion(models, None) == Champion(None)
    gcs.put(BUCKET, f"models/{version}/manifest.json", b"{}")
    found = find_champion(models, uri)
    assert (found.version, found.published) == (version, version)
    assert found.problem
