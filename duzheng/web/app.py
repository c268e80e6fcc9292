"""The application: pages, JSON interface, what every answer carries."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import duzheng
from duzheng.web import api, pages
from duzheng.web.guard import LARGEST_FORM, UNSAFE, Access, Guard, own_page
from duzheng.web.here import LANGUAGE_COOKIE, here
from duzheng.web.language import LANGUAGES, both
from duzheng.web.multipart import LARGEST_UPLOAD
from duzheng.web.opened import Corpora
from duzheng.web.shared import Shared
from duzheng.web.turns import Queue, Turns
from schemas.bilingual import together
from schemas.errors import CorpusError, DuzhengError, IndexNotReady
from schemas.invalid_values import wrong
from schemas.logs import Log
from schemas.people import NOBODY

_log = Log(__name__)
_START_SECONDS = 10.0
"""How long a server that starts waits for the index and what else follows the store."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""No script in a page, nothing from elsewhere, shown in nobody's frame, kept in no cache."""


def create_app(home: Path, access: Access | None = None, key: bytes | None = None) -> FastAPI:
    """The web application on the corpus in folder ``home``.

    Every module of ``pages`` and ``api`` has a ``router``; they are found, not listed. Where several processes answer for one
    server, each has its application, all with the same ``key``.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # A new index may take minutes: the pages that need none are there before.
        await run_in_threadpool(app.state.corpora.caught_up, _START_SECONDS)
        yield
        app.state.corpora.close()
        app.state.guard.close()

    app = FastAPI(title="duzheng", version=duzheng.__version__, openapi_url=None, lifespan=lifespan)
    app.state.corpora = Corpora(home)
    app.state.shared = Shared()
    app.state.methods = {}
    app.state.guard = Guard.of(home, access or Access(), key)
    for package in (pages, api):
        for module in pkgutil.iter_modules(package.__path__):
            router = importlib.import_module(f"{package.__name__}.{module.name}").router
            app.include_router(router)
            for route in router.routes:
                app.state.methods.setdefault(route.path, set()).update(route.methods)
    app.mount("/static", StaticFiles(directory=str(files("duzheng.web").joinpath("static"))), name="static")
    app.state.queue = Queue()
    app.add_middleware(Turns, queue=app.state.queue)
    app.add_middleware(_Frame)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(DuzhengError, _said)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.get("/language/{name}", include_in_schema=False)(_language)
    return app


class _Frame:
    """Around every request: who asks, what is refused before anything is looked at, what every answer carries.

    Plain ASGI: the middleware of functions costs more per request than most pages' own queries.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "public, max-age=3600"
            await send(message)

        request = Request(scope, receive)
        try:
            answer = await _refusal(request)
            await (answer or self._app)(scope, receive, sending)
        except asyncio.CancelledError:  # the server ends and does not wait for slow callers any longer
            if not begun:
                answer = _answer(request, 503, "服务正在停止，请稍后再试 / the server is stopping; try again later")
                await answer(scope, receive, sending)
        except Exception as error:  # whatever it is: its answer has the same headers, and its reason stands in the log
            trace = traceback.format_exc()
            _log.error("web.failed", f"{request.method} {request.url.path}: {error!r}", trace=trace)
            if begun:
                raise
            answer = _answer(request, 500, "服务出错，已记入日志 / the server failed; its log says why")
            await answer(scope, receive, sending)


_UPLOADS = frozenset({"/upload", "/drafts/new/file", "/api/v1/check", "/api/v1/uploads"})
"""Where files are sent to; every other request is small."""
_MOST_FIELDS = 200
"""Parameters of an address. The time to read them grows with their square."""
_WITHOUT_SIGNING_IN = ("/login", "/static/", "/language/", "/health")


async def _refusal(request: Request) -> Response | None:
    """Says in ``request.state`` whose the request is; the answer where it is not let in."""
    guard: Guard = request.app.state.guard
    if not guard.answers(request.headers.get("host", "")):
        return _answer(request, 400, "没有这个主机名 / no such host; name it with: duzheng serve --host-name NAME")
    if request.url.query.count("&") >= _MOST_FIELDS:
        return _answer(request, 400, f"参数过多，至多 {_MOST_FIELDS} 个 / too many parameters")
    # No identifier, name or query holds NUL, and PostgreSQL takes nothing that does.
    if "\0" in request.scope["path"]:
        return _answer(request, 404, "")
    if "%00" in request.url.query:
        return _answer(request, 422, "网址参数中有空字符，请删去 / a parameter holds a NUL character; remove it")
    # Without accounts nothing is looked up, and no other thread is needed for it.
    found = guard.session(request) if guard.open else await run_in_threadpool(guard.session, request)
    bearer = found is not None and found.secret == "bearer"
    if bearer and not request.url.path.startswith("/api/"):
        return _answer(request, 403, "令牌只用于数据接口 / a token is for the JSON interface, /api/v1, alone")
    if request.method in UNSAFE:
        if not bearer and not guard.same_site(request):
            return _answer(request, 403, "请求来自别的网站 / the request came from another site")
        # A length beside chunks is worth nothing: the chunks are what is read.
        length = "" if "transfer-encoding" in request.headers else request.headers.get("content-length", "0")
        files = request.headers.get("content-type", "").startswith("multipart/form-data")
        uploads = found is not None and files and request.url.path in _UPLOADS
        if not length.isdecimal() or int(length) > (LARGEST_UPLOAD if uploads else LARGEST_FORM):
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
        if request.method == "GET":
            return RedirectResponse("/login?" + urlencode({"back": here(request).this_page}), status_code=303)
        # What was sent is lost here: whoever sent it is told, and led back to where it was filled in.
        asked = {"back": _sent_from(request), "unsaved": "1"}
        return RedirectResponse("/login?" + urlencode(asked), status_code=303)
    else:
        request.state.person = NOBODY
    return None


def _sent_from(request: Request) -> str:
    """The page of this server that a form was filled in on; the first page where the browser does not say."""
    try:
        page = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if page.netloc != request.headers.get("host", ""):
        return "/"
    return own_page(page.path + (f"?{page.query}" if page.query else ""))


def _language(name: str, request: Request) -> Response:
    if name not in LANGUAGES:
        raise HTTPException(404)
    answer = RedirectResponse(own_page(request.query_params.get("back", "/")), status_code=303)
    answer.set_cookie(LANGUAGE_COOKIE, name, max_age=400 * 86400, httponly=True, samesite="lax")
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    detail = str(error.detail) if isinstance(error, StarletteHTTPException) else ""
    headers = dict(getattr(error, "headers", None) or {})
    if status == 405:
        # The framework knows those of the first route of this path alone.
        path = getattr(request.scope.get("route"), "path", None)
        headers["Allow"] = ", ".join(sorted(request.app.state.methods.get(path, ()))) or headers.get("Allow", "GET")
        detail = _no_method(request, headers["Allow"])
    answer = _answer(request, status, detail)
    answer.headers.update(headers)
    return answer


def _no_method(request: Request, allowed: str) -> str:
    key = "keeping.api_no_method" if request.url.path.startswith("/api/") else "check_method"
    return both(lambda word: word(key, allowed=allowed, method=request.method))


async def _unfit(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else ()
    if request.url.path.startswith("/api/"):
        from duzheng.web.problem import invalid

        return invalid(errors, request.url.path, request.headers.get("content-type", ""))
    return _answer(request, 422, str(together([(str(one["loc"][-1]), wrong(one)) for one in errors])))


async def _said(request: Request, error: Exception) -> Response:
    if isinstance(error, IndexNotReady):
        if not request.url.path.startswith("/api/"):
            asked = here(request)
            return asked.page("reading/waiting.html", 202, title=asked.word("search"), address=asked.this_page)
        answer = _answer(request, 503, str(error))
        answer.headers["Retry-After"] = "5"
        return answer
    return _answer(request, 409 if isinstance(error, CorpusError) else 422, str(error))


def _answer(request: Request, status: int, detail: str) -> Response:
    if status == 404 and detail in ("", HTTPStatus(status).phrase):  # the framework's word, or none
        key = "keeping.api_no_address" if request.url.path.startswith("/api/") else "check_address"
        detail = both(lambda word: word(key))
    if request.url.path.startswith("/api/"):
        from duzheng.web.problem import problem

        return problem(status, detail, request.url.path)
    asked = here(request)
    title = {403: "forbidden", 404: "not_found"}.get(status, "failed")
    return asked.page("problem.html", status, title=asked.word(title), detail=detail)
