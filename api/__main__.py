"""Run the service: ``python -m api``. Ends with 0 when told to stop, 2 when a setting is wrong."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Sequence

if __name__ == "__main__":
    # What imports make is there to stay: to look through it for garbage, over and over, finds none.
    gc.disable()

import uvicorn
import uvloop
from fastapi import FastAPI

from api.environment import ConfigurationError, read_settings
from api.main import create_app
from api.protocol import BoundedProtocol
from api.settings import Settings
from api.store.errors import StoreError
from solvencia.domain.errors import SolvenciaError

logger = logging.getLogger("solvencia.api")
_KEEP_ALIVE_SECONDS = 75
_WAITING_CONNECTIONS = 2048


def main(arguments: Sequence[str] = ()) -> int:
    """Serve until SIGTERM or SIGINT: then accept nothing more, and finish what was accepted.

    Returns:
        0 after an orderly end, 1 when the service cannot start, 2 when a setting is wrong.
    """
    argparse.ArgumentParser(
        prog="python -m api",
        description="Serve decisions over HTTP, with the settings of the environment that the README lists.",
    ).parse_args(arguments)
    try:
        settings = read_settings()
        app = create_app(settings)
        server = server_of(app, settings)
        # Uvicorn puts its own handlers in place later, and when it ends raises the signal again for
        # whoever handled it before: that must not kill a process that ended in good order.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, server.handle_exit)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(app, server))
    except ConfigurationError as error:
        return _say(str(error), 2)
    except (StoreError, SolvenciaError, OSError) as error:
        return _say(f"not started: {error}", 1)
    return 0


def server_of(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """The server, which logs, names and limits nothing that the service does itself.

    Connections without a request are kept for longer than clients and proxies usually do, so that it
    is they who close, and no request meets a connection that is being closed.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=_WAITING_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
    )


async def serve(app: FastAPI, server: uvicorn.Server) -> None:
    """Open the service, answer, and close it again.

    The service is opened here rather than by the server, which would log a failure as a traceback.
    """
    async with app.router.lifespan_context(app):
        await server.serve()


def _say(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    sys.exit(main(sys.argv[1:]))
