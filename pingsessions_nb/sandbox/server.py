"""Running the sandbox: in the foreground for the command line, in a thread for everybody else."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pingsessions_nb.sandbox.faults import CONNECTION


class _Protocol(H11Protocol):
    """Hands its transport to the application, so that a fault can cut the connection."""

    def connection_made(self, transport: object) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        served = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CONNECTION] = transport
            await served(scope, receive, send)

        self.app = app


def serve(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> None:
    """Serve an application of `create_app` until interrupted.

    Prints one line once it listens: the address and the credentials to use.

    Parameters
    ----------
    app : Starlette
    host : str
        Address to listen on.
    port : int
        0 picks a free one.
    """
    with _listening(host, port) as listener:
        print(f"{_address(listener)}  {app.state.credentials}", flush=True)
        _server(app).run(sockets=[listener])


@contextlib.contextmanager
def running(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve an application in a thread of this process.

    Yields
    ------
    str
        The base URL, such as ``http://127.0.0.1:40123``: both ``api_url`` and ``auth_url``.
    """
    with _listening(host, port) as listener:
        server = _server(app)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
        )
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio switches off Nagle's algorithm: every answer would take 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(app: Starlette) -> uvicorn.Server:
    # Quiet: a fault that cuts a connection is no news here.
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
