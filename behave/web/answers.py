"""How requests become calls, and what comes back becomes JSON."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from behave.errors import BehaveError
from behave.web.saved import Conflict

log = logging.getLogger("behave.web")
MAX_DIGITS = 9
Ask = TypeVar("Ask", bound="Body")


class Body(BaseModel):
    """What a page sends: its keys are known, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Refused(Exception):  # noqa: N818 - a sentence for a person, not a fault
    """A request that cannot be met, with the reason in plain words."""

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.status = status


def number_in(request: Request, name: str) -> int | None:
    """Return a whole number of a request's query; none where there is none, or another thing."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def get(path: str, call: Callable[[Request], Any]) -> Route:
    """Return a route that answers with what a function returns."""

    async def endpoint(request: Request) -> Response:
        return await _answer(call, request)

    return Route(path, endpoint, methods=["GET"])


def put(path: str, body: type[Ask], call: Callable[[Request, Ask], Any]) -> Route:
    """Return a route that takes a body, and answers with what a function makes of it."""

    async def endpoint(request: Request) -> Response:
        try:
            asked = body.model_validate_json(await request.body())
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            place = ".".join(map(str, fault["loc"]))
            return _told(f"This cannot be saved: {place}: {fault['msg']}", 422)
        return await _answer(call, request, asked)

    return Route(path, endpoint, methods=["PUT"])


async def _answer(call: Callable[..., Any], *asked: Any) -> Response:
    """Return the answer of a function that may refuse, or fail."""
    try:
        found = await run_in_threadpool(call, *asked)
    except Conflict as conflict:
        return _told(str(conflict), 409)
    except Refused as refused:
        return _told(str(refused), refused.status)
    except BehaveError as error:
        return _told(str(error), 422)
    except KeyError:
        return _told("There is no such thing in this study.", 404)
    except Exception:
        log.exception("a request failed")
        return _told("The program failed here; the terminal says where.", 500)
    return found if isinstance(found, Response) else JSONResponse(plain(found))


def _told(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status)


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: what was not measured is null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
