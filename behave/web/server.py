"""Serving the application, on this computer alone unless told otherwise."""

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from behave.errors import OutputError, Problem
from behave.web.app import make_app
from behave.web.corrections import corrections_path, write_corrected
from behave.web.home import Home
from behave.web.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """Where the page is served.

    Parameters
    ----------
    host, port
        Address to listen at; port 0: any that is free.
    """

    host: str = "127.0.0.1"
    port: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which the server may be called beyond the loopback's."""
        if self.host in {"127.0.0.1", "localhost", "::1"}:
            return ()
        own = socket.gethostname()
        return self.host, own, socket.getfqdn(), *_addresses(own)

    @property
    def shown(self) -> str:
        """The name in the first address."""
        if not self.names:
            return f"[{self.host}]" if ":" in self.host else self.host
        return socket.gethostname() if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not used


def _addresses(name: str) -> list[str]:
    """Return the addresses of this computer in its network."""
    try:
        return socket.gethostbyname_ex(name)[2]
    except OSError:
        return []


def make_server(
    workspace: Workspace | None, place: Place, home: Home | None = None
) -> tuple[uvicorn.Server, socket.socket, str]:
    """Return a server, the socket it will listen at, and its first address.

    Parameters
    ----------
    workspace
        What lies open from the start; none: the first screen is shown.
    place
        Where the page is served.
    home
        Which folders the first screen may look at; none: that of what lies open.

    Raises
    ------
    OutputError
        If the port cannot be had.
    """
    if workspace and not workspace.read_only and corrections_path(workspace).exists():
        write_corrected(workspace)  # the study may have been run anew since
    token = secrets.token_urlsafe(24)
    listening = _listen(place)
    address = f"http://{place.shown}:{listening.getsockname()[1]}/?token={token}"
    config = uvicorn.Config(
        make_app(workspace, home or _home_of(workspace), token, place.names),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
        ws="none",
    )
    return uvicorn.Server(config), listening, address


def _home_of(workspace: Workspace | None) -> Home:
    """Return the folders round what lies open; without anything, this person's home."""
    if workspace is None:
        return Home((Path.home().resolve(),))
    return Home((workspace.home.resolve(),), read_only=workspace.read_only)


def serve(
    workspace: Workspace | None, place: Place, home: Home, started: Callable[[str], None]
) -> None:
    """Serve until the program is stopped.

    Parameters
    ----------
    workspace
        What lies open.
    place
        Where.
    home
        Which folders the first screen may look at.
    started
        Called with the first address when it can be opened.

    Raises
    ------
    OutputError
        If the port cannot be had.
    """
    server, listening, address = make_server(workspace, place, home)
    with listening:
        started(address)
        server.run(sockets=[listening])


def _listen(place: Place) -> socket.socket:
    """Return a socket that listens, so that the address is good when it is told."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # The protocol is named, because asyncio sends without delay only where it is:
    # else each answer waits 40 ms for the browser's acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let another program take the port over
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((place.host, place.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise OutputError(
            Problem(
                "the page cannot be served here",
                at=f"{place.host}, port {place.port}",
                found=error.strerror or str(error),
                fix="choose another port with --port, or leave it out",
            )
        ) from error
    return listening
