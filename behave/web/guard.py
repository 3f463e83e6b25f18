"""Checks of every request before it is answered.

The page is served to the person who started it. Another page open in the same
browser, or another computer, must be able neither to read nor to change it.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SAFE = ("GET", "HEAD")
LARGEST_BODY = 8 * 2**20
MAX_ADDRESS = 4000
# A name or an address, and a port; nothing that others may read as a name in another way.
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@\s]+)(:\d*)?", re.IGNORECASE)

# Nothing comes from elsewhere, nothing is run that is not a file of ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Leads on to the page by a step of our own: a redirect after a click on the address in a
# page elsewhere, such as a terminal in the browser, would come without the strict cookie.
ENTERED = """<!doctype html><html lang="en"><title>behave</title>
<link rel="icon" href="/static/icon.svg"><meta http-equiv="refresh" content="0; url={start}"><p><a href="{start}">Open the pages</a></p></html>"""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets through what comes from the page itself, opened by its first address.

    Parameters
    ----------
    app
        What is behind the door.
    token
        The secret of the first address.
    hosts
        Names by which this computer may be called; the port does not matter,
        because a tunnel has its own.
    read_only
        Whether nothing may be changed.
    start
        The page that the first address leads to.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        hosts: Iterable[str] = (),
        read_only: bool = False,
        start: str = "/",
    ) -> None:
        self.app, self.token, self.read_only = app, token, read_only
        self.start = start
        self.hosts = {*LOOPBACK, *(host.lower() for host in hosts)}
        # Browsers send cookies to every port of a computer: each server has a name of its own.
        self.cookie = "behave_" + hashlib.sha256(token.encode()).hexdigest()[:12]
        self.pass_word = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refusal(Request(scope))
        answer: ASGIApp = self.app if refused is None else refused

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await answer(scope, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that is not let through; none if it is."""
        foreign = self._foreign(request)
        if foreign:
            return _refuse(foreign, 403)
        token = request.query_params.get("token")
        if token is not None and request.url.path == "/" and request.method == "GET":
            return self._enter(token)
        known = request.cookies.get(self.cookie, "")
        if not secrets.compare_digest(known.encode(), self.pass_word.encode()):
            return _refuse("Open the address that 'behave web' printed in the terminal.", 403)
        changes = request.method not in SAFE
        if changes and self.read_only:
            return _refuse("This page was opened to look at only: nothing can be changed.", 403)
        return _too_much(request)

    def _foreign(self, request: Request) -> str:
        """Return why a request does not come from the page itself; "" if it does."""
        host = request.headers.get("host", "")
        if _name_of(host) not in self.hosts:
            return "This name is not one of this server."
        origin = request.headers.get("origin")
        expected = origin is not None and urlsplit(origin).netloc == host
        if not expected and (origin is not None or request.method not in SAFE):
            return "This request does not come from the page itself."
        return ""

    def _enter(self, token: str) -> Response:
        """Turn the token of the first address into a cookie, or refuse it."""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return _refuse("The address is not, or no longer, the right one.", 403)
        answer = HTMLResponse(ENTERED.format(start=self.start))
        answer.set_cookie(self.cookie, self.pass_word, httponly=True, samesite="strict", path="/")
        return answer


def _too_much(request: Request) -> Response | None:
    """Return the answer to a request that is too large; none if it is not."""
    if len(str(request.url)) > MAX_ADDRESS:
        return _refuse("This address is too long.", 414)
    length = request.headers.get("content-length", "0" if request.method in SAFE else "")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return _refuse("This is too much at once.", 413)
    return None


def _name_of(host: str) -> str:
    """Return a Host header without its port; "" where it is no name."""
    found = HOST.fullmatch(host)
    return found[1].lower() if found else ""


def _refuse(why: str, status: int) -> Response:
    return PlainTextResponse(why, status)
