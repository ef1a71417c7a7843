"""Deploying to Cloud Run: what works serves, and what does not leaves things as they were."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.delivery.cloud import API, APP, BEFORE, VERSION, Cloud, nobody, serving
from testing.frontend.served import Served

pytestmark = pytest.mark.slow
HASTY = ("--patience", "1")
NEW_API, NEW_APP = {f"{API}-00002-new": 100}, {f"{APP}-00002-new": 100}
OLD_APP = {f"{APP}-00001-old": 100}


@pytest.fixture(scope="module")
def served(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(model_directory, tmp_path_factory.mktemp("deploy") / "decisions.db") as served:
        yield served


@pytest.fixture
def cloud(tmp_path: Path, served: Served) -> Cloud:
    return Cloud(tmp_path, served)


def test_what_works_serves_and_is_tried_before_it_does(cloud: Cloud) -> None:
    result = cloud.deploy()

    assert (result.returncode, result.stderr) == (0, "")
    assert "deployed: both serve" in result.stdout
    assert cloud.traffic(API) == NEW_API
    assert cloud.traffic(APP) == NEW_APP
    assert cloud.tags() == []
    for name in (API, APP):
        (call,) = cloud.calls("deploy", name)
        assert {"--no-traffic", "--tag=c-0123456", "--project=a-project", "--quiet"} <= set(call)
        tried = result.stdout.index(f"{name}-00002-new at its own address")
        assert tried < result.stdout.index(f"{name}-00002-new serves")


def test_an_image_is_deployed_by_its_digest(cloud: Cloud) -> None:
    cloud.deploy()

    registry = "us-central1-docker.pkg.dev/a-project"
    assert [call[2:] for call in cloud.calls("docker", "push")] == [
        ["--quiet", f"{registry}/services/{API}:{VERSION}"],
        ["--quiet", f"{registry}/apps/{APP}:{VERSION}"],
    ]
    image = f"--image={registry}/services/{API}@sha256:{'ab' * 32}"
    assert len(cloud.calls("deploy", API, image)) == 1


def test_again_deploys_what_serves_and_not_what_was_rolled_back(cloud: Cloud) -> None:
    with nobody() as url:
        cloud.address("urls", APP, url)
        assert cloud.deploy(*HASTY).returncode == 1
    cloud.address("urls", APP, cloud.app_address)
    assert cloud.traffic(API) == BEFORE

    result = cloud.deploy("--again")

    assert (result.returncode, result.stderr) == (0, "")
    assert cloud.traffic(API) == {f"{API}-00003-new": 100}
    for name in (API, APP):
        *_, call = cloud.calls("deploy", name)
        assert f"--image=registry/{name}-00001-old@sha256:old" in call
    assert len(cloud.calls("docker", "push")) == 2  # of the first deployment


@pytest.mark.parametrize("broken", [API, APP])
def test_what_does_not_work_at_its_own_address_gets_no_traffic(cloud: Cloud, broken: str) -> None:
    with nobody() as url:
        cloud.address("candidate_urls", broken, url)
        result = cloud.deploy(*HASTY)

    assert result.returncode == 1
    assert url in result.stderr
    assert result.stderr.strip().endswith("what served before serves")
    assert (cloud.traffic(API), cloud.traffic(APP)) == (BEFORE, OLD_APP)
    assert cloud.tags() == []
    assert not any("--to-revisions" in " ".join(call) for call in cloud.calls())


def test_a_page_in_place_of_the_service_is_not_taken_for_it(cloud: Cloud, served: Served) -> None:
    cloud.address("candidate_urls", API, served.address)

    assert cloud.deploy(*HASTY).returncode == 1
    assert cloud.traffic(API) == BEFORE


@pytest.mark.parametrize("broken", [API, APP])
def test_what_fails_once_it_serves_is_rolled_back(cloud: Cloud, broken: str) -> None:
    with nobody() as url:
        cloud.address("urls", broken, url)
        result = cloud.deploy(*HASTY)

    assert result.returncode == 1
    assert f"{API}: rolled back to {', '.join(BEFORE)}" in result.stdout
    assert (cloud.traffic(API), cloud.traffic(APP)) == (BEFORE, OLD_APP)
    assert cloud.tags() == []


def test_traffic_that_the_app_does_not_get_is_taken_from_the_service_too(cloud: Cloud) -> None:
    cloud.change(failing=[f"to-revisions={APP}-00002-new"])
    result = cloud.deploy()

    assert result.returncode == 1
    assert "the far end says no" in result.stderr
    assert (cloud.traffic(API), cloud.traffic(APP)) == (BEFORE, OLD_APP)


def test_a_rollback_that_fails_asks_for_somebody(cloud: Cloud) -> None:
    cloud.change(failing=[f"to-revisions={APP}", f"to-revisions={API}-00001-old"])
    result = cloud.deploy()

    assert result.returncode == 3
    assert "look where the traffic goes" in result.stderr


@pytest.mark.parametrize("failing", ["docker push", f"run deploy {APP}", "services list"])
def test_a_command_that_fails_is_named_and_changes_nothing(cloud: Cloud, failing: str) -> None:
    cloud.change(failing=[failing])
    result = cloud.deploy()

    assert result.returncode == 1
    assert f"({failing}) the far end says no" in result.stderr
    assert (cloud.traffic(API), cloud.traffic(APP)) == (BEFORE, OLD_APP)
    assert cloud.tags() == []


def test_a_tag_that_stays_harms_nothing(cloud: Cloud) -> None:
    cloud.change(failing=["remove-tags"])
    result = cloud.deploy()

    assert result.returncode == 0
    assert "the tag stays, which harms nothing" in result.stderr


def test_a_new_service_is_made_with_traffic(cloud: Cloud) -> None:
    cloud.change(services={})
    result = cloud.deploy()

    assert result.returncode == 0, result.stderr
    assert cloud.traffic(API) == {f"{API}-00001-new": 100}


def test_a_new_service_that_does_not_work_asks_for_somebody(cloud: Cloud) -> None:
    with nobody() as url:
        cloud.change(services={}, candidate_urls={API: url, APP: url})
        result = cloud.deploy(*HASTY)

    assert result.returncode == 3
    assert f"{API} is new: its first revision has the traffic" in result.stderr


def test_a_deployment_that_is_cancelled_leaves_no_trace(cloud: Cloud) -> None:
    with nobody() as url:
        cloud.address("candidate_urls", APP, url)
        with cloud.deploying("--patience", "100") as process:
            assert process.stdout is not None
            process.stdout.readline()  # the service is tried, the app's turn begins
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)

    assert process.returncode == 1, err
    assert (cloud.traffic(API), cloud.traffic(APP)) == (BEFORE, OLD_APP)
    assert cloud.tags() == []


@pytest.mark.parametrize("value", ["", "us central", "--format=x", "a;b", "$(id)"])
def test_a_setting_that_is_missing_or_no_name_is_named(cloud: Cloud, value: str) -> None:
    result = cloud.deploy(REGION=value)

    assert result.returncode == 2
    assert result.stderr.startswith(f"deploy: REGION: got {value or 'nothing'}; allowed: a region")
    assert cloud.calls() == []


def test_a_command_that_is_not_there_is_named(cloud: Cloud, tmp_path: Path) -> None:
    result = cloud.deploy(PATH=str(tmp_path / "empty"))

    assert result.returncode == 1
    assert "gcloud: not installed, or not on PATH" in result.stderr
