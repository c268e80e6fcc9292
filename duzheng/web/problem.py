"""Errors of the JSON interface: problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from fastapi.responses import JSONResponse


def problem(status: int, detail: str, instance: str) -> JSONResponse:
    """An answer of type ``application/problem+json``.

    Args:
        status: the HTTP status.
        detail: what is wrong and the way out.
        instance: the path that was asked for.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body | {"instance": instance}, status, media_type="application/problem+json")
