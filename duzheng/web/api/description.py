"""What the interface offers: its OpenAPI description, and a page that lists it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from duzheng.web.here import Here, Reader
from duzheng.web.problem import COMMON
from schemas.interface import Asking

router = APIRouter()
_ABOUT = (
    "The corpus, its findings and decisions over JSON. Lists are paged by cursor; errors are problem documents (RFC 9457). "
    "With accounts every request carries a token made at /tokens: `Authorization: Bearer …`."
)


@router.get("/api/v1/openapi.json", include_in_schema=False)
def openapi(here: Reader) -> dict[str, Any]:
    """The description of the interface (OpenAPI 3.1)."""
    return _described(here)


@router.get("/api/v1/me", responses=COMMON, tags=["me"])
def me(here: Reader) -> Asking:
    """Whose request it is, and what a change that is sent without a token carries in `X-CSRF-Token`."""
    return Asking(name=here.person.name, role=here.person.role, csrf=here.csrf)


@router.get("/api", include_in_schema=False)
def listed(here: Reader) -> Response:
    """Every path of the interface, for people."""
    described = _described(here)
    routes = [
        {"path": path, "method": method.upper(), "summary": route.get("description", ""), "parameters": _names(route)}
        for path, methods in described["paths"].items()
        for method, route in methods.items()
    ]
    return here.page("keeping/api.html", title=here.word("keeping.api"), routes=routes, address=here.request.base_url)


def _described(here: Here) -> dict[str, Any]:
    found: dict[str, Any] = here.request.app.openapi()
    found["info"]["description"] = _ABOUT
    schemes = found["components"].setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer", "description": "made at /tokens"}
    schemes["page"] = {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "`csrf` of /api/v1/me"}
    # Without accounts whoever reads needs neither; a change that no token vouches for needs the other.
    found["security"] = [{"token": []}, {"page": []}, *([{}] if here.guard.open else [])]
    return found


def _names(route: dict[str, Any]) -> list[str]:
    return [one["name"] for one in route.get("parameters", ()) if one["in"] == "query"]
