"""The floor: the same application, with a route that validates the same body and decides nothing.

    python -m utilities.bench_apps.floor CANNED

CANNED is a file with a real answer of ``POST /score``. ``POST /bench/floor`` answers it the way
FastAPI does, ``POST /bench/floor-as-score`` the way the real route does. Neither asks for a key.
"""

import asyncio
import sys
from pathlib import Path

import orjson
import uvloop
from fastapi import FastAPI, Request, Response

from api.__main__ import serve, server_of
from api.dependencies import parsed, read_body
from api.main import create_app
from api.settings import Settings
from api.wire.decision import DecisionOut
from api.wire.score import ScoreRequest


def main() -> int:
    """Serve as ``python -m api`` does, with the two routes added."""
    settings = Settings()
    app = create_app(settings)
    add_routes(app, Path(sys.argv[1]).read_bytes())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(app, server_of(app, settings)))
    return 0


def add_routes(app: FastAPI, answer: bytes) -> None:
    """Add both, answering the decision that is written in ``answer``."""
    canned, values = DecisionOut.model_validate_json(answer), orjson.loads(answer)

    @app.post("/bench/floor")
    async def floor(request: ScoreRequest) -> DecisionOut:
        return canned

    @app.post("/bench/floor-as-score")
    async def floor_as_score(http: Request) -> Response:
        parsed(ScoreRequest, await read_body(http))
        return Response(orjson.dumps(values), media_type="application/json")


if __name__ == "__main__":
    sys.exit(main())
