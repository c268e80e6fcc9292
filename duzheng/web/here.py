"""What a page needs of its request: who asks, in which language, and the pieces that every template uses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from duzheng.web.guard import Guard, check_form
from duzheng.web.language import HTML_NAMES, LANGUAGES, Language, Words, both, chinese, chosen, half, words
from schemas.china_time import CHINA
from schemas.people import NOBODY, Person, Role

if TYPE_CHECKING:
    from jinja2 import Environment

    from corpus.corpus import Corpus
    from duzheng.web.opened import Corpora
    from duzheng.web.shared import Shared

LANGUAGE_COOKIE = "duzheng_language"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """One request. ``csrf`` is the token that every form carries in the field ``csrf``."""

    request: Request
    person: Person
    language: Language
    csrf: str

    @property
    def corpora(self) -> Corpora:
        """The corpus this server serves."""
        corpora: Corpora = self.request.app.state.corpora
        return corpora

    @property
    def known(self) -> bool:
        """Whether somebody has signed in, or nobody needs to."""
        return self.person is not NOBODY

    @property
    def this_page(self) -> str:
        """The address of the page with its question, to come back to."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query and self.request.method == "GET" else self.request.url.path

    @property
    def guard(self) -> Guard:
        """The accounts and rules of this server."""
        guard: Guard = self.request.app.state.guard
        return guard

    def note(self, action: str, object: str = "", detail: str = "") -> None:
        """Adds what this person does to the audit log; every change that a person makes is noted."""
        self.guard.note(self.request, self.person.name, action, object, detail)

    @contextmanager
    def reading(self) -> Iterator[Corpus]:
        """A corpus to read in; ``schemas.errors.CorpusError`` becomes a page that says so."""
        with self.corpora.reading() as corpus:
            yield corpus

    @contextmanager
    def writing(self) -> Iterator[Corpus]:
        """A corpus to write in."""
        with self.corpora.writing() as corpus:
            yield corpus

    def word(self, name: str, **blanks: object) -> str:
        """One of the program's words in the person's language."""
        return words(self.language)(name, **blanks)

    def require(self, role: Role) -> None:
        """Lets whoever has the rights of ``role`` pass.

        Raises:
            HTTPException: 403; it names that role, the one the person or the token has, and the way out.
        """
        if not self.known:
            raise HTTPException(403, self.word("forbidden"))
        if self.person.may(role):
            return
        key = "people.token_may_not" if getattr(self.request.state, "bearer", False) else "people.may_not"

        def said(word: Words) -> str:
            return word(key, needed=word(f"people.{role}"), role=word(f"people.{self.person.role}"))

        raise HTTPException(403, both(said))

    def half(self, text: str) -> str:
        """Of a message in Chinese and English what the person reads."""
        return half(self.language, text)

    def when(self, at: datetime | str, seconds: bool = False) -> str:
        """A moment to the minute in Beijing's time, as on every other clock of whoever reads it, and of the schedules."""
        return in_beijing(at).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A rendered page. Templates escape everything; they get ``here``, ``w`` (words) and ``values``."""
        return HTMLResponse(self._rendered(template, values), status_code=status)

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is the same for everybody, made once; ``key`` is all that it follows from."""
        shared: Shared = self.request.app.state.shared
        return shared.get(key, make)

    def part(self, key: Hashable, template: str, make: Callable[[], dict[str, Any]]) -> Markup:
        """A part of a page that is the same for everybody who reads it in this language, made once.

        Args:
            key: all that it follows from, but for the language.
            template: it names neither the person nor the form's token.
            make: its values.
        """
        return self.made((template, self.language, key), lambda: Markup(self._rendered(template, make())))

    def _rendered(self, template: str, values: dict[str, Any]) -> str:
        return (
            _templates()
            .get_template(template)
            .render(
                here=self,
                w=words(self.language),
                html_language=HTML_NAMES[self.language],
                languages=LANGUAGES,
                path=self.request.url.path,
                this_page=self.this_page,
                **values,
            )
        )


def in_beijing(at: datetime | str) -> datetime:
    """A moment, or what the store has of it (ISO 8601, in UTC), in Beijing's time."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("duzheng.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["chinese"] = chinese
    found.filters["filled"] = _filled
    return found


def _filled(text: str, **blanks: object) -> Markup:
    """A word with its blanks filled in; what is Chinese in them is marked as such, whatever the page's language."""
    marked = {
        name: Markup('<span lang="zh">{}</span>').format(value) if isinstance(value, str) else value
        for name, value in blanks.items()
    }
    return escape(text).format(**marked)


def here(request: Request) -> Here:
    """The request as pages see it; ``request.state`` was filled by the middleware of accounts where there are any."""
    person: Person = getattr(request.state, "person", NOBODY)
    language = chosen(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))
    return Here(request, person, language, getattr(request.state, "csrf", ""))


def needs(role: Role) -> Callable[..., Awaitable[Here]]:
    """A dependency of a route: the request, if the person has the rights of ``role``; else 403."""

    async def checked(request: Request) -> Here:
        # Asked here and not as a dependency of its own: a plain function would be run in another thread.
        asked = here(request)
        asked.require(role)
        await check_form(request)
        if request.url.path.startswith("/api/"):  # a page's address may carry what a mail or another site has put there
            from duzheng.web.problem import only_known

            only_known(request)
        return asked

    checked.role = role  # type: ignore[attr-defined]  # what the table of routes and roles is made from
    return checked


Reader = Annotated[Here, Depends(needs("reader"))]
Inspector = Annotated[Here, Depends(needs("inspector"))]
Approver = Annotated[Here, Depends(needs("approver"))]
Administrator = Annotated[Here, Depends(needs("administrator"))]
