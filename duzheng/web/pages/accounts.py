"""Signing in and out, the people who may, their tokens, and the audit log."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from accounts.book import Book
from duzheng.web.guard import COOKIE, own_page
from duzheng.web.here import Administrator, Here, Inspector, Reader, here
from schemas.people import ROLES, Role

router = APIRouter(include_in_schema=False)
_PAGE = 100


def _book(asked: Here) -> Book:
    if asked.guard.book is None:
        raise HTTPException(404, asked.word("people.no_accounts"))
    return asked.guard.book


@router.get("/login")
def login(request: Request, back: str = "/") -> Response:
    """The page to sign in."""
    asked = here(request)
    _book(asked)
    return asked.page("accounts/login.html", title=asked.word("login"), back=own_page(back), problem="", name="")


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
    found = RedirectResponse(own_page(back), status_code=303)
    secure = guard.access.secure_cookies
    found.set_cookie(COOKIE, session.secret, httponly=True, samesite="lax", secure=secure, path="/")
    return found


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
    found = _book(asked).tokens(asked.person.name)
    return asked.page("accounts/tokens.html", title=asked.word("people.tokens"), tokens=found, secret="")


@router.post("/tokens")
def give(
    asked: Reader, label: Annotated[str, Form(max_length=80)] = "", days: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    """A new token, shown this once."""
    if days and not (days.isdecimal() and int(days)):
        raise HTTPException(422, f"{days}: {asked.word('people.days')}")
    secret = _book(asked).give_token(asked.person.name, label, int(days) if days else None)
    asked.note("token given", label)
    found = _book(asked).tokens(asked.person.name)
    return asked.page("accounts/tokens.html", title=asked.word("people.tokens"), tokens=found, secret=secret)


@router.post("/tokens/{id}/withdraw")
def withdraw(asked: Reader, id: str) -> Response:
    """Withdraws one of one's own tokens."""
    _book(asked).withdraw_token(id, asked.person.name)
    asked.note("token withdrawn", id)
    return RedirectResponse("/tokens", status_code=303)


@router.get("/audit")
def audit(asked: Inspector, before: Annotated[int | None, Query(ge=1, le=2**62)] = None, person: str = "") -> Response:
    """Who did what."""
    acts = _book(asked).acts(before=before, person=person or None, limit=_PAGE)
    older = acts[-1].number if len(acts) == _PAGE else None
    return asked.page("accounts/audit.html", title=asked.word("audit"), acts=acts, older=older, person=person)
