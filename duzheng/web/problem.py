"""Errors of the JSON interface: problem documents (RFC 9457), and how its description names them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from schemas.bilingual import Both, together
from schemas.interface import Problem
from schemas.invalid_values import wrong

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.dependencies.models import Dependant

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, instance: str, errors: Sequence[dict[str, str]] = ()) -> JSONResponse:
    """An answer of type ``application/problem+json``.

    Args:
        status: the HTTP status.
        detail: what is wrong and the way out.
        instance: the path that was asked for.
        errors: for each field that is wrong its ``pointer`` and ``detail``.
    """
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, instance=instance, errors=list(errors)
    )
    return JSONResponse(body.model_dump(mode="json"), status, media_type=MEDIA_TYPE)


def invalid(errors: Sequence[Any], instance: str, media_type: str) -> JSONResponse:
    """The answer to a request whose fields are not as the description says; ``errors`` are pydantic's.

    ``media_type``: of the request's body. One that is no JSON is not looked at any further.
    """
    if not media_type.startswith("application/json") and any(one["loc"] == ("body",) for one in errors):
        return problem(415, "请求体须为 application/json / the body must be application/json", instance)
    found = [("/" + "/".join(str(step) for step in one["loc"]), wrong(one)) for one in errors]
    first = together(found[:3])
    detail = Both(f"请求不合规格：{first.zh}", f"the request is not as described: {first.en}")
    fields = [{"pointer": pointer, "detail": str(what)} for pointer, what in found]
    return problem(422, str(detail), instance, fields)


def only_known(request: Request) -> None:
    """Refuses a parameter of the address that the route does not take: a list that was to be narrowed by a word with a slip
    would be the whole list, and a program would not see it.

    Raises:
        RequestValidationError: it names each such parameter, and those that there are.
    """
    known = sorted(_taken(request.scope["route"].dependant))
    unknown = [name for name in request.query_params if name not in known]
    if not unknown:
        return
    if known:
        message = f"没有这个参数，可用的有 {'、'.join(known)} / no such parameter; there are {', '.join(known)}"
    else:
        message = "没有这个参数，这个地址不带参数 / no such parameter; this address takes none"
    raise RequestValidationError(
        [{"type": "unknown_parameter", "loc": ("query", name[:_LONGEST]), "msg": message} for name in unknown]
    )


_LONGEST = 60
"""Characters of an unknown name that an answer repeats."""


def _taken(dependant: Dependant) -> set[str]:
    """The query parameters of a route and of what it depends on."""
    below = [_taken(one) for one in dependant.dependencies]
    return {one.alias for one in dependant.query_params}.union(*below)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


COMMON = described(400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 503)
