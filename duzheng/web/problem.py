"""Errors of the JSON interface: problem documents (RFC 9457), and how its description names them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from schemas.interface import Problem

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
    found = [
        {"pointer": "/" + "/".join(str(step) for step in one["loc"]), "detail": " ".join(str(one["msg"]).split())}
        for one in errors
    ]
    detail = "请求不合规格 / the request is not as described: " + "; ".join(
        f"{one['pointer']}: {one['detail']}" for one in found[:3]
    )
    return problem(422, detail, instance, found)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


COMMON = described(400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 503)
