"""One route answered without the framework's search, dependencies and exit stacks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

Answer = Callable[[Request], Awaitable[Response]]


class Direct:
    """ASGI middleware that answers one route itself, and passes everything else on.

    What FastAPI does between a request and the function of its route takes about as long as a
    seventh of a decision. The route stays where it is: it documents the operation, answers other
    methods, and would answer the same.

    Args:
        route: whose path and only method are answered here.
        answer: what its function does, access included.
        handlers: of the errors that ``answer`` may raise.
    """

    def __init__(
        self, app: ASGIApp, *, route: APIRoute, answer: Answer, handlers: Mapping[Any, Any]
    ) -> None:
        self._app = app
        self._path = route.path
        (self._method,) = route.methods or {""}

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            scope["route"] = route
            response = await answer(Request(scope, receive, send))
            await response(scope, receive, send)

        self._answered = ExceptionMiddleware(answered, handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of the route, or pass it on."""
        if (
            scope["type"] == "http"
            and scope["path"] == self._path
            and scope["method"] == self._method
        ):
            await self._answered(scope, receive, send)
        else:
            await self._app(scope, receive, send)
