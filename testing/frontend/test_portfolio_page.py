"""The page Cartera in its states, with the network replaced."""

import time
from collections.abc import Callable

import httpx
import pytest
from fake_service import FakeService
from portfolio_service import HEADER, BatchService, csv_of, row
from streamlit.testing.v1 import AppTest

from frontend.portfolio import job as jobs
from frontend.portfolio.job import Job
from frontend.text import say

POLICY = {"policy": {"grades": {"score": [{"lower_bound": 300.0, "grade": "E"}]}}}


@pytest.fixture
def batches(fake: FakeService) -> BatchService:
    found = BatchService()
    fake.answers[("POST", "/score/batch")] = found
    fake.answers[("GET", "/policy")] = lambda request: httpx.Response(200, json=POLICY)
    return found


@pytest.fixture
def page(app: AppTest, batches: BatchService) -> AppTest:
    return app.run().switch_page("entries/portfolio.py").run()


def upload(page: AppTest, data: bytes, name: str = "a.csv") -> AppTest:
    return page.file_uploader[0].set_value((name, data, "text/csv")).run()


def button(page: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(item for item in page.button if item.label == label)


def text(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.warning, page.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def until(page: AppTest, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    assert holds()
    page.run()
    assert not page.exception


def job(page: AppTest) -> Job:
    found = page.session_state["portfolio.job"]
    assert isinstance(found, Job)
    return found


def test_an_empty_page_offers_a_template(page: AppTest) -> None:
    assert not page.exception
    labels = [item.label for item in page.download_button]
    assert labels == ["Plantilla de Excel", "Plantilla CSV"]
    assert page.file_uploader[0].label == "Archivo CSV o Excel, hasta 250,000 renglones"


def test_a_file_that_is_no_table_is_told_and_another_can_follow(page: AppTest) -> None:
    upload(page, b"broken", "a.xlsx")
    assert [item.value for item in page.warning] == [say("portfolio.unreadable.excel", "es")]
    upload(page, csv_of(3))
    assert not page.warning
    assert button(page, "Evaluar 3 renglones")


def test_rows_with_faults_are_told_before_and_the_others_are_decided(
    page: AppTest, batches: BatchService
) -> None:
    upload(page, csv_of(20, bad=(4, 7, 11)))
    assert not page.exception
    assert [item.value for item in page.warning] == [say("portfolio.faults", "es", count=3)]
    assert list(page.dataframe[0].value["Renglón"]) == [5, 8, 12]
    button(page, "Evaluar 20 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    assert len(batches.sent) == 20
    assert "17 renglones evaluados" in page.subheader[0].value
    assert "3 con datos no admitidos" in page.subheader[0].value
    metrics = {item.label: item.value for item in page.metric}
    assert metrics["Aprobados"] == "100.0 %"
    assert metrics["Puntaje medio"] == "661"
    assert [tab.label for tab in page.tabs][-1] == "Datos no admitidos (3)"
    assert [item.label for item in page.download_button][:3] == ["CSV", "Excel", "Parquet"]
    assert list(page.dataframe[-1].value["Renglón"]) == [5, 8, 12]


def test_a_column_that_is_not_recognised_can_be_chosen_by_hand(
    page: AppTest, batches: BatchService
) -> None:
    data = "\n".join([HEADER.replace("Edad", "Cumplidos"), row(1)]).encode()
    upload(page, data)
    assert [item.value for item in page.warning] == [say("portfolio.missing", "es", titles="Edad")]
    assert button(page, "Evaluar 1 renglones").disabled
    page.selectbox(key="portfolio.column.2.es").set_value("age").run()
    assert not page.warning
    button(page, "Evaluar 1 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    assert batches.sent[0]["profile"]["age"] == 35


def test_two_columns_for_one_field_are_told(page: AppTest) -> None:
    upload(page, csv_of(2).replace(b"Monto", b"Cantidad"))
    page.selectbox(key="portfolio.column.6.es").set_value("age").run()
    assert [item.value for item in page.warning] == [say("portfolio.twice", "es", titles="Edad")]
    assert button(page, "Evaluar 2 renglones").disabled


def test_progress_can_be_stopped_and_keeps_what_was_done(
    page: AppTest, batches: BatchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 4)
    monkeypatch.setattr(jobs, "LONGEST_PAUSE", 30.0)
    batches.before = lambda number: httpx.Response(503) if number > 1 else None
    upload(page, csv_of(9))
    button(page, "Evaluar 9 renglones").click().run()
    until(page, lambda: job(page).progress().state == "waiting")
    assert say("portfolio.waiting", "es") in [item.value for item in page.info]
    button(page, "Detener").click().run()
    until(page, lambda: job(page).progress().over)
    assert "4 renglones evaluados" in page.subheader[0].value
    assert say("portfolio.cancelled", "es", left=5, total=9) in text(page)
    button(page, "Otra cartera").click().run()
    assert not page.exception
    assert page.file_uploader
    for key in ("portfolio.sheet", "portfolio.job", "portfolio.frame", "portfolio.checked"):
        assert key not in page.session_state


def test_a_refused_key_is_told_with_what_was_done(page: AppTest, batches: BatchService) -> None:
    batches.before = lambda number: httpx.Response(403)
    upload(page, csv_of(3))
    button(page, "Evaluar 3 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    assert say("not_allowed", "es") in page.warning[0].value
    assert not page.metric


def test_when_every_row_is_refused_the_page_says_what_to_do(page: AppTest) -> None:
    upload(page, csv_of(2, bad=(1, 2)))
    button(page, "Evaluar 2 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    assert say("portfolio.none", "es") in text(page)
    assert len(page.dataframe[0].value) == 2


def test_without_states_the_map_says_so(page: AppTest) -> None:
    upload(page, b"monthly_income,age,months_in_current_job\n9000,30,5\n")
    button(page, "Evaluar 1 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    assert say("portfolio.map.none", "es") in [item.value for item in page.info]


def test_english_keeps_the_results(page: AppTest) -> None:
    upload(page, csv_of(3))
    button(page, "Evaluar 3 renglones").click().run()
    until(page, lambda: job(page).progress().over)
    page.button_group(key="language").set_value("en").run()
    assert not page.exception
    assert "3 rows assessed" in page.subheader[0].value


def test_an_outage_keeps_the_file(page: AppTest, fake: FakeService) -> None:
    upload(page, csv_of(3))
    fake.state = "away"
    page.session_state["status"] = "away"
    page.run()
    assert not page.exception
    assert button(page, "Evaluar 3 renglones").disabled
    fake.state = "ready"
    page.run()
    assert not button(page, "Evaluar 3 renglones").disabled
