"""Who is let in, and from where: hosts, sessions, tokens, a reverse proxy's word, and the signs of a forged request.

1. Only hosts that the server was told of are answered, so that no foreign name can be made to point here.
2. A request that changes something must come from a page of this server: ``Origin`` (or ``Sec-Fetch-Site``) says so, and
   its form (or the header ``X-CSRF-Token``) carries the token of the session. A bearer token needs neither.
3. Without accounts everybody is ``LOCAL``; the server then listens on its own machine alone.
4. A bearer token is for the JSON interface: elsewhere it reads and changes nothing, so that it cannot make another token.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from accounts.attempts import MOST_FROM_ADDRESS, Attempts
from accounts.book import Book, Session
from schemas.errors import DuzhengError
from schemas.people import LOCAL, Role
from schemas.typed import fault

COOKIE = "duzheng_session"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LARGEST_FORM = 2 * 1024**2
"""Bytes of a request that uploads nothing."""


class NotServed(DuzhengError):
    """The server refuses to start as it was asked to."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in.

    Attributes:
        accounts: whether people have accounts; the book is ``accounts.sqlite`` in the corpus folder.
        hosts: names the server goes by, beside those of its own machine.
        proxy_header: the header in which a reverse proxy says who has signed in there; empty where there is none.
        proxies: the addresses such a header is believed from, and ``X-Forwarded-For``, which names the caller's.
        proxy_role: the role of those whom the proxy vouches for and who have no account; None: they are not let in.
        secure_cookies: whether cookies go over HTTPS only.
    """

    accounts: bool = False
    hosts: tuple[str, ...] = ()
    proxy_header: str = ""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    proxy_role: Role | None = None
    secure_cookies: bool = False


_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class Guard:
    """The accounts and rules of one server."""

    access: Access
    book: Book | None
    attempts: Attempts
    from_address: Attempts
    _key: bytes

    @classmethod
    def of(cls, home: Path, access: Access, key: bytes | None = None) -> Guard:
        """The guard of the corpus in ``home``; its book of accounts is made where there is none and accounts are on.

        ``key``: of the server, the same in all its processes; made where it has one process alone.
        """
        key = key or secrets.token_bytes(32)
        path = home / "accounts.sqlite" if access.accounts or access.proxy_header else None
        book = Book(path) if path else None
        names = Attempts(path=path, kind="name", secret=key)
        return cls(access, book, names, Attempts(MOST_FROM_ADDRESS, path=path, kind="address", secret=key), key)

    def close(self) -> None:
        """Closes the accounts."""
        self.attempts.close()
        self.from_address.close()
        if self.book is not None:
            self.book.close()

    @property
    def open(self) -> bool:
        """Whether there are no accounts, and everybody is let in."""
        return self.book is None

    def session(self, request: Request) -> Session | None:
        """Whose request it is; None when nobody has signed in."""
        if self.book is None:
            return Session(LOCAL, self._made(""))
        if (given := request.headers.get("authorization", "")).lower().startswith("bearer "):
            person = self.book.bearer(given[7:].strip())
            return None if person is None else Session(person, "", "bearer")
        if self.access.proxy_header and self._from_proxy(request):
            # Two of them are not the proxy's word alone.
            given_names = request.headers.getlist(self.access.proxy_header)
            name = _decoded(given_names[0]).strip() if len(given_names) == 1 else ""
            found = self.book.vouched(name, self.access.proxy_role) if name else None
            return None if found is None else Session(found.person, self._made(name))
        secret = request.cookies.get(COOKIE)
        return self.book.session(secret) if secret else None

    def _from_proxy(self, request: Request) -> bool:
        return request.client is not None and request.client.host in self.access.proxies

    def address(self, request: Request) -> str:
        """Where a request came from; behind a proxy, what the proxy says last about it."""
        if request.client is None:
            return ""
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        if forwarded and self._from_proxy(request):
            try:
                return str(ipaddress.ip_address(forwarded))
            except ValueError:
                pass
        return request.client.host

    def _made(self, name: str) -> str:
        """The token for the forms of somebody who has no session of ours."""
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()

    def answers(self, host: str) -> bool:
        """Whether the server goes by the name in a ``Host`` header."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in _OWN_HOSTS or name in {one.lower() for one in self.access.hosts}

    def same_site(self, request: Request) -> bool:
        """Whether a request that changes something was sent by a page of this server (or by no browser)."""
        origin = request.headers.get("origin")
        if origin is not None:
            try:
                return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
            except ValueError:
                return False
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")

    def note(self, request: Request, person: str, action: str, object: str = "", detail: str = "") -> None:
        """Adds a line to the audit log, where there is one."""
        if self.book is not None:
            self.book.note(person, action, object, detail, self.address(request))


def _decoded(header: str) -> str:
    """A header's text: HTTP says Latin-1, proxies send names in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def own_page(target: str) -> str:
    """A page of this server to go back to, whatever was given: never another site."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return "/"
    return target


async def check_form(request: Request) -> None:
    """Refuses a request that changes something without the token of its session, or with a text in which nobody sees what
    stands there.

    Raises:
        HTTPException: 403 without the token; 422 the field, what is wrong with it and the way out.
    """
    if request.method not in UNSAFE or getattr(request.state, "bearer", False):
        return
    expected = getattr(request.state, "csrf", "")
    given = request.headers.get("x-csrf-token", "")
    media_type = request.headers.get("content-type", "")
    typed: list[tuple[str, str]] = []
    if media_type.startswith("application/x-www-form-urlencoded") or (
        not given and media_type.startswith("multipart/form-data")
    ):
        sent = (await request.form()).multi_items()
        typed = [(name, text) for name, text in sent if isinstance(text, str)]
        given = given or dict(typed).get("csrf", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise HTTPException(403, "页面已过期，请刷新后再试 / the page has expired; reload it and try again")
    for name, text in typed:
        if why := fault(text):
            raise HTTPException(422, f"{name}: {why}")


def bound(host: str, access: Access) -> None:
    """Refuses to listen where others could come in without accounts.

    Raises:
        NotServed: ``host`` is not of this machine alone, or the server goes by another name (a proxy's), and there are no
            accounts.
    """
    if access.accounts or access.proxy_header:
        return
    for name in (host, *access.hosts):
        try:
            alone = name == "localhost" or ipaddress.ip_address(name).is_loopback
        except ValueError:
            alone = False
        if alone:
            continue
        raise NotServed(
            f"{name}: 没有账号时只在本机监听；请先建账号 duzheng accounts add 姓名 --role administrator，再用 serve --accounts / "
            "without accounts the server listens on this machine alone; "
            "make one: duzheng accounts add NAME --role administrator, then serve --accounts"
        )
