"""How the service answers a batch, in memory; and the rows that are sent to it."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
from fake_service import DECISION

HEADER = "Referencia,Ingreso mensual,Edad,Meses en el empleo actual,Estado,Producto,Monto,Plazo"


def row(number: int, age: object = 35) -> str:
    return f'a-{number},"$18,500.00",{age},48,CDMX,Nómina,30000,18'


def csv_of(count: int, bad: tuple[int, ...] = ()) -> bytes:
    """A file; ``bad`` are rows of it, counted from 1, whose age is not allowed."""
    rows = [row(i, 12 if i in bad else 35) for i in range(1, count + 1)]
    return "\n".join([HEADER, *rows]).encode()


class BatchService:
    """Decides rows as the service does; ``before`` may answer a request instead."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.bodies: list[bytes] = []
        self.before: Callable[[int], httpx.Response | None] = lambda number: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Content-Type"] == "application/x-ndjson"
        self.keys.append(request.headers["Idempotency-Key"])
        self.bodies.append(request.read())
        if (other := self.before(len(self.keys))) is not None:
            return other
        rows = [json.loads(line) for line in self.bodies[-1].splitlines()]
        answered = [_answer(i, sent) for i, sent in enumerate(rows, 1)]
        body = "".join(json.dumps(item) + "\n" for item in answered)
        return httpx.Response(200, text=body)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Requests that arrived, those of a repeated chunk once."""
        bodies = dict(zip(self.keys, self.bodies, strict=True)).values()
        return [json.loads(line) for body in bodies for line in body.splitlines()]


def _answer(number: int, sent: dict[str, Any]) -> dict[str, Any]:
    age = sent["profile"].get("age")
    if isinstance(age, str) or age is None or age < 18:
        error = {"field": "profile.age", "message": "", "value": str(age), "allowed": "≥ 18"}
        return {"row": number, "decision": None, "errors": [error]}
    decision = deepcopy(DECISION) | {"reference": sent.get("reference"), "id": f"id-{number}"}
    for name in ("explanation", "scale", "versions", "changes"):
        decision.pop(name)
    return {"row": number, "decision": decision, "errors": []}
