"""Decisions that the service in memory keeps, and the page that shows them."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from fake_service import DECISION, FEATURES, FakeService
from streamlit.testing.v1 import AppTest

from api.wire.records import DecisionDetail, DecisionPage, ReplayOut
from frontend.text import Language, say

ID = DECISION["id"]
OTHER = "01932c07-5a10-7000-8000-000000000002"
THIRD = "01932c07-5a10-7000-8000-000000000003"
REVIEW = {
    "id": "01932c07-5a10-7000-8000-0000000000aa",
    "at": "2026-11-21T02:10:00+00:00",
    "by": "key-7",
    "outcome": "decline",
    "note": "Sin *comprobante* de $5",
}
ANSWER = ("changes", "explanation", "scale", "versions", "id", "decided_at")
CARD = {
    "name": "continuity",
    "intercept": 0.967347203,
    "margin": 0.417347203,
    "tables": [
        {"features": ["monthly_income"], "cells": ["12,200 to < 13,000 MXN"], "points": 0.05},
        {
            "features": ["months_in_current_job", "monthly_income"],
            "cells": ["< 1.5 months", "missing"],
            "points": -0.6,
        },
    ],
}


def summary(name: str = ID, **changed: Any) -> dict[str, Any]:
    found = {
        "id": name,
        "decided_at": DECISION["decided_at"],
        "reference": f"cliente-{name[-1]}",
        "made_by": "key-7",
        "as_of": DECISION["as_of"],
        "outcome": "refer",
        "final_score": 661,
        "income_score": 651,
        "grade": "C",
        "pd": 0.123,
        "segment": "B",
        "product": "personal",
        "amount_asked": 30000.0,
        "amount_offered": 25400.0,
        "term_months": 18,
        "rules": ["NEW_TO_WORK"],
        "model_version": "5e42d062918f",
        "policy_version": "2026-11-01",
        "policy_digest": "a3fdbd028fae",
        "erased_at": None,
    }
    return found | changed


def detail(name: str = ID, **changed: Any) -> dict[str, Any]:
    verdict = {key: value for key, value in DECISION.items() if key not in ANSWER}
    found = summary(name) | {
        "decision": verdict | {"outcome": "refer", "reference": f"cliente-{name[-1]}"},
        "request": {
            "profile": {"monthly_income": 18500, "age": 35, "months_in_current_job": 48},
            "loan": {"product": "personal", "amount": 30000, "term_months": 18},
        },
        "features": {"months_in_current_job": 48.0, "monthly_income": 18500.0},
        "scorecards": [CARD],
        "reviews": [],
        "outcomes": [],
        "challenger": None,
    }
    return found | changed


def replay(using: str, differences: Any = (), **changed: Any) -> dict[str, Any]:
    again = {key: value for key, value in DECISION.items() if key not in ("id", "decided_at")}
    return {
        "using": using,
        "identical": not differences,
        "differences": list(differences),
        "decision": again | {"outcome": "refer", "reference": "cliente-1"} | changed,
    }


class Kept:
    """What the service keeps; a test changes it, and sees what was asked."""

    def __init__(self, fake: FakeService) -> None:
        self.rows = [summary(THIRD), summary(OTHER, outcome="decline"), summary(ID)]
        self.waiting = [summary(THIRD), summary(ID)]
        self.details = {name: detail(name) for name in (ID, THIRD)}
        self.today = replay("current")
        self.lists: list[dict[str, str]] = []
        self.reviews: list[dict[str, Any]] = []
        self.outcomes: list[dict[str, Any]] = []
        answers = fake.answers
        answers["GET", "/decisions"] = self.list
        state = {"state": "15", "name": "México", "as_of": "2026-11-20", "income_bounds": None}
        answers["GET", "/model/states/15"] = given(state)
        answers["GET", "/policy"] = given({"policy": {"grades": {"order": ["A", "B"]}}})
        segments = [{"code": "B", "name": "Continuo", "name_en": "Steady"}]
        answers["GET", "/model"] = given({"features": FEATURES, "segments": segments})
        for name in self.details:
            path = f"/decisions/{name}"
            answers["GET", path] = self.one(name)
            answers["POST", f"{path}/replay"] = self.again
            answers["POST", f"{path}/review"] = self.settle(name)
            answers["POST", f"{path}/outcome"] = self.report

    def list(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        self.lists.append(asked)
        rows = self.waiting if asked.get("awaiting_review") == "true" else self.rows
        following = OTHER if len(rows) > int(asked["limit"]) else None
        page = {"items": rows[: int(asked["limit"])], "next": following}
        DecisionPage.model_validate(page)
        return httpx.Response(200, json=page)

    def one(self, name: str) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            DecisionDetail.model_validate(self.details[name])
            return httpx.Response(200, json=self.details[name])

        return answer

    def again(self, request: httpx.Request) -> httpx.Response:
        using = json.loads(request.content)["using"]
        found = self.today if using == "current" else replay("original")
        ReplayOut.model_validate(found)
        return httpx.Response(200, json=found)

    def settle(self, name: str) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            sent = json.loads(request.content)
            self.reviews.append(sent)
            kept = REVIEW | sent | {"by": "k"}
            self.details[name]["reviews"].append(kept)
            self.waiting = [row for row in self.waiting if row["id"] != name]
            return httpx.Response(201, json=kept)

        return answer

    def report(self, request: httpx.Request) -> httpx.Response:
        self.outcomes.append(json.loads(request.content))
        return httpx.Response(201, json=self.outcomes[-1])


def given(body: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json=body)


def opened(page: AppTest, name: str = ID, *, queue: bool = False) -> AppTest:
    page.query_params["id"] = name
    if queue:
        page.query_params["cola"] = "1"
    page.run()
    assert not page.exception
    return page


def part(page: AppTest, name: str, *, of: str = ID, language: Language = "es") -> AppTest:
    """The page with one part of the open decision shown."""
    key = f"decisions.part.{of}.{language}"
    page.session_state[key] = say(f"decisions.part.{name}", language)
    page.run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    kinds += (page.header, page.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def button(page: AppTest, key: str, language: Language = "es") -> Any:
    (found,) = [item for item in page.button if item.label == say(f"decisions.{key}", language)]
    return found
