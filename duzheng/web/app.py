"""The application: pages, JSON interface, what every answer carries."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

import duzheng
from duzheng.web import api, pages
from duzheng.web.here import LANGUAGE_COOKIE, here
from duzheng.web.language import LANGUAGES
from duzheng.web.opened import Corpora
from schemas.errors import CorpusError, DuzhengError

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""No script in a page, nothing from elsewhere, shown in nobody's frame, kept in no cache."""


def create_app(home: Path) -> FastAPI:
    """The web application on the corpus in folder ``home``.

    Every module of ``pages`` and ``api`` has a ``router``; they are found, not listed.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.corpora.close()

    app = FastAPI(title="duzheng", version=duzheng.__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.corpora = Corpora(home)
    for package in (pages, api):
        for module in pkgutil.iter_modules(package.__path__):
            app.include_router(importlib.import_module(f"{package.__name__}.{module.name}").router)
    app.mount("/static", StaticFiles(directory=str(files("duzheng.web").joinpath("static"))), name="static")
    app.middleware("http")(_headers)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(DuzhengError, _said)
    app.get("/language/{name}", include_in_schema=False)(_language)
    return app


async def _headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call(request)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _language(name: str, request: Request) -> Response:
    if name not in LANGUAGES:
        raise HTTPException(404)
    back = request.query_params.get("back", "/")
    # Only to a page of this server.
    target = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(LANGUAGE_COOKIE, name, max_age=400 * 86400, httponly=True, samesite="lax")
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    detail = str(error.detail) if isinstance(error, StarletteHTTPException) else ""
    return _answer(request, status, detail)


async def _said(request: Request, error: Exception) -> Response:
    return _answer(request, 409 if isinstance(error, CorpusError) else 422, str(error))


def _answer(request: Request, status: int, detail: str) -> Response:
    if request.url.path.startswith("/api/"):
        from duzheng.web.problem import problem

        return problem(status, detail, request.url.path)
    asked = here(request)
    title = {403: "forbidden", 404: "not_found"}.get(status, "failed")
    return asked.page("problem.html", status, title=asked.word(title), detail=detail)
