"""What the interface offers: its OpenAPI description, and a page that lists it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from duzheng.web.here import Reader

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/openapi.json")
def openapi(here: Reader) -> dict[str, Any]:
    """The description of the interface (OpenAPI 3.1)."""
    found: dict[str, Any] = here.request.app.openapi()
    return found


@router.get("/api")
def listed(here: Reader) -> Response:
    """Every path of the interface, for people."""
    described = here.request.app.openapi()
    routes = [
        {"path": path, "method": method.upper(), "summary": route.get("description", ""), "parameters": _names(route)}
        for path, methods in described["paths"].items()
        for method, route in methods.items()
    ]
    return here.page("keeping/api.html", title=here.word("keeping.api"), routes=routes)


def _names(route: dict[str, Any]) -> list[str]:
    return [one["name"] for one in route.get("parameters", ()) if one["in"] == "query"]
