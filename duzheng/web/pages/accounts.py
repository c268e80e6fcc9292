"""Signing in and out, one's own account, the people who may, their tokens, and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from accounts.book import Book, Session
from duzheng.web.guard import COOKIE, own_page
from duzheng.web.here import Administrator, Here, Inspector, Reader, here
from schemas.people import ROLES, InvalidAccount, Role

router = APIRouter(include_in_schema=False)
_PAGE = 100
ACTS = {
    "login": "people.act_login",
    "login refused": "people.act_login_refused",
    "logout": "people.act_logout",
    "logout everywhere": "people.act_logout_everywhere",
    "password changed": "people.act_password_changed",
    "password refused": "people.act_password_refused",
    "account added": "people.act_account_added",
    "account changed": "people.act_account_changed",
    "token given": "people.act_token_given",
    "token withdrawn": "people.act_token_withdrawn",
    "search saved": "people.act_search_saved",
    "search run": "people.act_search_run",
    "search removed": "people.act_search_removed",
    "upload": "people.act_upload",
    "source tested": "people.act_source_tested",
    "source run": "people.act_source_run",
    "pack draft begun": "people.act_pack_draft_begun",
    "pack draft changed": "people.act_pack_draft_changed",
    "pack draft removed": "people.act_pack_draft_removed",
    "pack published": "people.act_pack_published",
    "decision override": "judging.kind_override",
    "decision waiver": "judging.kind_waiver",
    "decision dispute": "judging.kind_dispute",
    "decision ruling": "judging.kind_ruling",
    "decision rectification": "judging.kind_rectification",
    "decision note": "judging.kind_note",
    "decision withdrawal": "judging.kind_withdrawal",
}
"""The words for what the audit log tells."""


def _book(asked: Here) -> Book:
    if asked.guard.book is None:
        raise HTTPException(404, asked.word("people.no_accounts"))
    return asked.guard.book


def _off(asked: Here) -> Response:
    """What these pages say where there are no accounts: that they are off, and how they are turned on."""
    return asked.page("accounts/off.html", 404, title=asked.word("people.is_off"), home=asked.corpora.home)


@router.get("/login")
def login(request: Request, back: str = "/", unsaved: str = "") -> Response:
    """The page to sign in. ``unsaved``: what was just sent has not been kept, for nobody was signed in any more."""
    asked = here(request)
    if asked.guard.open:
        return _off(asked)
    problem = "" if _book(asked).people() or asked.guard.access.proxy_header else asked.word("people.nobody")
    if unsaved and not problem:
        problem = asked.word("people.unsaved")
    return asked.page("accounts/login.html", title=asked.word("login"), back=own_page(back), problem=problem, name="")


@router.post("/login")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Signs somebody in. What comes from another site was refused before; there is no session yet to hold a token."""
    asked = here(request)
    book, guard = _book(asked), asked.guard
    address = guard.address(request)
    title = asked.word("login")
    if seconds := guard.from_address.wait(address) or guard.attempts.wait(name):
        problem = asked.word("people.wait", seconds=seconds)
        answer = asked.page("accounts/login.html", 429, title=title, back=own_page(back), problem=problem, name=name)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    session = book.sign_in(name, password)
    if session is None:
        # A name that nobody has may be a password in the wrong field.
        guard.note(request, name if book.knows(name) else "", "login refused")
        problem = asked.word("people.wrong")
        return asked.page("accounts/login.html", 401, title=title, back=own_page(back), problem=problem, name=name)
    guard.attempts.forget(name)
    guard.from_address.forgive(address)
    guard.note(request, name, "login")
    return _begins(asked, session, own_page(back))


def _begins(asked: Here, session: Session, page: str) -> Response:
    """Goes to a page with the cookie of a new session."""
    found = RedirectResponse(page, status_code=303)
    secure = asked.guard.access.secure_cookies
    found.set_cookie(COOKIE, session.secret, httponly=True, samesite="lax", secure=secure, path="/")
    return found


@router.get("/account")
def account(asked: Reader, done: str = "") -> Response:
    """One's own account: its role, another password, signing out everywhere."""
    return _account(asked, "people.changed" if done else "") if not asked.guard.open else _off(asked)


def _account(asked: Here, told: str = "", problem: str = "", status: int = 200) -> Response:
    own = _book(asked).knows(asked.person.name) and not asked.guard.access.proxy_header
    title = asked.word("people.account")
    return asked.page("accounts/account.html", status, title=title, own=own, told=told, problem=problem)


@router.post("/account/password")
def own_password(
    asked: Reader,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Another password of one's own; whoever is signed in by the old one has to sign in again."""
    book, guard, name = _book(asked), asked.guard, asked.person.name
    if new != again:
        return _account(asked, problem=asked.word("people.not_the_same"), status=422)
    if seconds := guard.attempts.wait(name):
        answer = _account(asked, problem=asked.word("people.wait", seconds=seconds), status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    try:
        session = book.own_password(name, old, new)
    except InvalidAccount as error:
        guard.attempts.forgive(name)
        return _account(asked, problem=asked.half(str(error)), status=422)
    if session is None:
        asked.note("password refused")
        return _account(asked, problem=asked.word("people.wrong_old"), status=403)
    guard.attempts.forget(name)
    asked.note("password changed")
    return _begins(asked, session, "/account?done=1")


@router.post("/account/sign-out")
def sign_out_everywhere(asked: Reader) -> Response:
    """Ends all one's sessions, on every machine."""
    _book(asked).sign_out_everywhere(asked.person.name)
    asked.note("logout everywhere")
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.post("/logout")
def sign_out(asked: Reader) -> Response:
    """Ends the session."""
    if (secret := asked.request.cookies.get(COOKIE)) and asked.guard.book is not None:
        asked.guard.book.sign_out(secret)
        asked.note("logout")
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/people")
def people(asked: Administrator) -> Response:
    """Everybody who has an account."""
    if asked.guard.open:
        return _off(asked)
    return asked.page("accounts/people.html", title=asked.word("people"), people=_book(asked).people(), roles=ROLES)


@router.post("/people")
def add(
    asked: Administrator,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=1000)],
    role: Annotated[str, Form()],
) -> Response:
    """A new account."""
    _book(asked).add(name, password, cast("Role", role))
    asked.note("account added", name, role)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/{name}")
def change(
    asked: Administrator,
    name: str,
    role: Annotated[str, Form()],
    password: Annotated[str, Form(max_length=1000)] = "",
    disabled: Annotated[str, Form()] = "",
) -> Response:
    """Another role or password, or an account disabled or enabled again."""
    if role not in ROLES:
        raise HTTPException(422, f"{role}: 没有这个角色 / no such role")
    _book(asked).change(name, password=password or None, role=role, disabled=bool(disabled))
    asked.note("account changed", name, f"{role}{' disabled' if disabled else ''}{' password' if password else ''}")
    return RedirectResponse("/people", status_code=303)


@router.get("/tokens")
def tokens(asked: Reader) -> Response:
    """One's own tokens."""
    return _off(asked) if asked.guard.open else _tokens(asked)


def _tokens(asked: Here, secret: str = "") -> Response:
    return asked.page(
        "accounts/tokens.html",
        title=asked.word("people.tokens"),
        tokens=_book(asked).tokens(asked.person.name),
        roles=ROLES[: ROLES.index(asked.person.role) + 1],
        secret=secret,
        now=datetime.now(UTC),
    )


@router.post("/tokens")
def give(
    asked: Reader,
    label: Annotated[str, Form(max_length=80)] = "",
    days: Annotated[str, Form(max_length=5)] = "",
    role: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A new token, shown this once."""
    if days and not (days.isdecimal() and int(days)):
        raise HTTPException(422, f"{days}: {asked.word('people.days')}")
    most = cast("Role", role) if role else None
    secret = _book(asked).give_token(asked.person.name, label, int(days) if days else None, most)
    asked.note("token given", label, role)
    return _tokens(asked, secret)


@router.post("/tokens/{id}/withdraw")
def withdraw(asked: Reader, id: str) -> Response:
    """Withdraws one of one's own tokens."""
    _book(asked).withdraw_token(id, asked.person.name)
    asked.note("token withdrawn", id)
    return RedirectResponse("/tokens", status_code=303)


@router.get("/audit")
def audit(asked: Inspector, before: Annotated[int | None, Query(ge=1, le=2**62)] = None, person: str = "") -> Response:
    """Who did what."""
    if asked.guard.open:
        return _off(asked)
    acts = _book(asked).acts(before=before, person=person or None, limit=_PAGE)
    older = acts[-1].number if len(acts) == _PAGE else None
    return asked.page(
        "accounts/audit.html", title=asked.word("audit"), acts=acts, older=older, person=person, words=ACTS
    )
