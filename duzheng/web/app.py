"""The application: pages, JSON interface, what every answer carries."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

import duzheng
from duzheng.web import api, pages
from duzheng.web.guard import LARGEST_FORM, UNSAFE, Access, Guard
from duzheng.web.here import LANGUAGE_COOKIE, here
from duzheng.web.language import LANGUAGES
from duzheng.web.opened import Corpora
from schemas.errors import CorpusError, DuzhengError
from schemas.people import NOBODY

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


def create_app(home: Path, access: Access | None = None) -> FastAPI:
    """The web application on the corpus in folder ``home``.

    Every module of ``pages`` and ``api`` has a ``router``; they are found, not listed.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.corpora.close()
        if app.state.guard.book is not None:
            app.state.guard.book.close()

    app = FastAPI(title="duzheng", version=duzheng.__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.corpora = Corpora(home)
    app.state.guard = Guard.of(home, access or Access())
    for package in (pages, api):
        for module in pkgutil.iter_modules(package.__path__):
            app.include_router(importlib.import_module(f"{package.__name__}.{module.name}").router)
    app.mount("/static", StaticFiles(directory=str(files("duzheng.web").joinpath("static"))), name="static")
    app.middleware("http")(_who)
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


_WITHOUT_SIGNING_IN = ("/login", "/static/", "/language/", "/health")


async def _who(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Lets the request in, and says whose it is."""
    guard: Guard = request.app.state.guard
    if not guard.answers(request.headers.get("host", "")):
        return _answer(request, 400, "没有这个主机名 / no such host; name it with: duzheng serve --host-name NAME")
    found = await run_in_threadpool(guard.session, request)
    bearer = found is not None and found.secret == "bearer"
    if request.method in UNSAFE:
        if not bearer and not guard.same_site(request):
            return _answer(request, 403, "请求来自别的网站 / the request came from another site")
        length = request.headers.get("content-length", "")
        uploads = request.headers.get("content-type", "").startswith("multipart/form-data")
        if not uploads and (not length.isdigit() or int(length) > LARGEST_FORM):
            return _answer(
                request, 413, "请求过大或没有写明长度 / the request is too large, or does not say its length"
            )
    if found is not None:
        request.state.person, request.state.csrf, request.state.bearer = found.person, found.csrf, bearer
    elif not request.url.path.startswith(_WITHOUT_SIGNING_IN):
        if request.url.path.startswith("/api/"):
            answer = _answer(request, 401, "请提供令牌 / give a token: Authorization: Bearer …")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return RedirectResponse("/login?" + urlencode({"back": request.url.path}), status_code=303)
    else:
        request.state.person = NOBODY
    return await call(request)


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
