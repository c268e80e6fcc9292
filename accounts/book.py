"""The book of accounts: one SQLite file in the corpus folder, apart from the corpus.

It is no part of the corpus, so that neither passwords nor the audit log travel with an exported corpus, and so that
signing in never waits for an ingest. Secrets are kept as hashes: passwords by Argon2, sessions and tokens, which are
random numbers of 256 bits, by SHA-256. The audit log is added to only; the file itself refuses changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.passwords import fits, hashed
from accounts.writing import writing
from schemas.people import ROLES, Account, Act, InvalidAccount, Person, Role, Token
from schemas.typed import fault

_VERSION = 2
_SCHEMA = """
CREATE TABLE people (name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, created_at TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE sessions (secret TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people(name) ON DELETE CASCADE,
    csrf TEXT NOT NULL, created_at TEXT NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE tokens (id TEXT PRIMARY KEY, secret TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people(name) ON DELETE CASCADE, label TEXT NOT NULL, created_at TEXT NOT NULL,
    expires_at TEXT, used_at TEXT);
CREATE TABLE acts (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL,
    action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL);
CREATE TRIGGER acts_no_update BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts: nothing is changed here'); END;
CREATE TRIGGER acts_no_delete BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts: nothing is deleted here'); END;
"""
_SINCE = {1: "ALTER TABLE tokens ADD COLUMN role TEXT;"}
"""What a book of that version lacks; a new one is made as version 1 and gets it, too."""
IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
"""A session ends after a working day without a request, and after a week in any case."""
_NAME = re.compile(r"\w[\w·.@-]{0,39}")
_AT_ONCE = 2
"""Passwords that are looked at at once: each takes 64 MB and tenths of a second."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in. ``secret`` is what the browser keeps; it is told once."""

    person: Person
    csrf: str
    secret: str = ""


class Book:
    """The accounts of one server. Safe for threads; several processes may have it open."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Opens the book at ``path``, and makes it where there is none.

        Raises:
            InvalidAccount: the file cannot be opened, or a later version of duzheng made it.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._looking = threading.BoundedSemaphore(_AT_ONCE)
        try:
            # Only its owner may read it, from its first moment on.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            with writing(self._connection, self._lock) as connection:
                version: int = connection.execute("PRAGMA user_version").fetchone()[0]
                if version < _VERSION:
                    script = (_SCHEMA if version == 0 else "") + "".join(
                        step for since, step in _SINCE.items() if since >= version
                    )
                    for statement in _statements(script):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version={_VERSION}")
        except (sqlite3.Error, OSError) as error:
            raise InvalidAccount(f"{path}: 无法打开账号文件 / the accounts cannot be opened: {error}") from error
        if version > _VERSION:
            raise InvalidAccount(
                f"{path}: 由更新版本的督政建立，请更新督政 / made by a later version of duzheng; update duzheng"
            )

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # People

    def people(self) -> list[Account]:
        """All accounts by name."""
        rows = self._all("SELECT name, role, created_at, disabled FROM people ORDER BY name")
        return [Account(name, role, datetime.fromisoformat(at), bool(off)) for name, role, at, off in rows]

    def add(self, name: str, password: str, role: Role) -> None:
        """A new account.

        Raises:
            InvalidAccount: the name is taken or not possible, or the password is too weak.
        """
        if not _NAME.fullmatch(name):
            raise InvalidAccount(
                f"{name}: 姓名可用汉字、字母、数字和 ·.@-，至多 40 个 / a name has 1 to 40 letters, digits, ·.@-"
            )
        _known_role(role)
        kept = hashed(password, name)
        with writing(self._connection, self._lock) as connection:
            if connection.execute("SELECT 1 FROM people WHERE name=?", (name,)).fetchone():
                raise InvalidAccount(f"{name}: 已有这个账号 / there is such an account already")
            connection.execute("INSERT INTO people VALUES (?,?,?,?,0)", (name, kept, role, self._now()))

    def change(
        self, name: str, *, password: str | None = None, role: Role | None = None, disabled: bool | None = None
    ) -> None:
        """Changes an account; its sessions end, so that the change holds at once.

        Raises:
            InvalidAccount: there is no such account or role, the password is too weak, or no administrator would be left.
        """
        if role is not None:
            _known_role(role)
        kept = None if password is None else hashed(password, name)
        with writing(self._connection, self._lock) as connection:
            if not connection.execute("SELECT 1 FROM people WHERE name=?", (name,)).fetchone():
                raise InvalidAccount(f"{name}: 没有这个账号 / there is no such account")
            if kept is not None:
                connection.execute("UPDATE people SET password=? WHERE name=?", (kept, name))
            if role is not None:
                connection.execute("UPDATE people SET role=? WHERE name=?", (role, name))
            if disabled is not None:
                connection.execute("UPDATE people SET disabled=? WHERE name=?", (int(disabled), name))
            left = "SELECT 1 FROM people WHERE role='administrator' AND NOT disabled"
            if (role is not None or disabled) and not connection.execute(left).fetchone():
                raise InvalidAccount(f"{name}: 至少要留一名管理员 / one administrator must be left")
            connection.execute("DELETE FROM sessions WHERE person=?", (name,))

    # Signing in

    def sign_in(self, name: str, password: str) -> Session | None:
        """A new session, or None when name and password do not fit (or the account is disabled)."""
        row = self._one("SELECT password, role FROM people WHERE name=? AND NOT disabled", (name,))
        with self._looking:
            fitting = fits(password, row[0] if row else None)
        if not fitting or row is None:
            return None
        return self._session(name, row[1])

    def own_password(self, name: str, old: str, new: str) -> Session | None:
        """A person's own new password: every session ends and a new one begins; None when ``old`` is not the password.

        Raises:
            InvalidAccount: the new password is too weak.
        """
        row = self._one("SELECT password FROM people WHERE name=? AND NOT disabled", (name,))
        with self._looking:
            fitting = fits(old, row[0] if row else None)
        if not fitting:
            return None
        self.change(name, password=new)
        return self.sign_in(name, new)

    def knows(self, name: str) -> bool:
        """Whether there is such an account."""
        return self._one("SELECT 1 FROM people WHERE name=?", (name,)) is not None

    def vouched(self, name: str, role: Role | None) -> Session | None:
        """A session for somebody whom a reverse proxy has vouched for.

        Args:
            name: as the proxy says it.
            role: the role of somebody who has no account here; None lets only those in who have one.
        """
        row = self._one("SELECT role, disabled FROM people WHERE name=?", (name,))
        if row is not None:
            return None if row[1] else Session(Person(name, row[0]), "")
        return None if role is None or not _NAME.fullmatch(name) else Session(Person(name, role), "")

    def _session(self, name: str, role: Role) -> Session:
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = self._now()
        with writing(self._connection, self._lock) as connection:
            oldest = (self._clock() - LONGEST).isoformat(timespec="seconds")
            connection.execute("DELETE FROM sessions WHERE created_at<?", (oldest,))
            connection.execute("INSERT INTO sessions VALUES (?,?,?,?,?)", (_digest(secret), name, csrf, now, now))
        return Session(Person(name, role), csrf, secret)

    def session(self, secret: str) -> Session | None:
        """The session that a browser's secret belongs to; None when it has ended."""
        row = self._one(
            "SELECT s.person, p.role, s.csrf, s.created_at, s.seen_at FROM sessions s JOIN people p ON p.name=s.person"
            " WHERE s.secret=? AND NOT p.disabled",
            (_digest(secret),),
        )
        if row is None:
            return None
        now = self._clock()
        seen = datetime.fromisoformat(row[4])
        if now - seen > IDLE or now - datetime.fromisoformat(row[3]) > LONGEST:
            self.sign_out(secret)
            return None
        if now - seen > timedelta(minutes=1):
            with writing(self._connection, self._lock) as connection:
                connection.execute("UPDATE sessions SET seen_at=? WHERE secret=?", (self._now(), _digest(secret)))
        return Session(Person(row[0], row[1]), row[2])

    def sign_out(self, secret: str) -> None:
        """Ends a session."""
        with writing(self._connection, self._lock) as connection:
            connection.execute("DELETE FROM sessions WHERE secret=?", (_digest(secret),))

    def sign_out_everywhere(self, person: str) -> None:
        """Ends all sessions of a person; tokens stay."""
        with writing(self._connection, self._lock) as connection:
            connection.execute("DELETE FROM sessions WHERE person=?", (person,))

    # Tokens of the JSON interface

    def give_token(self, person: str, label: str, days: int | None = None, role: Role | None = None) -> str:
        """A new token of a person, told this once.

        Args:
            person: whose rights it has.
            label: what it is for.
            days: until it expires; None never.
            role: it may do no more than that; None: all that the person may, whatever that is at the time.

        Raises:
            InvalidAccount: there is no such person or role, or the label holds characters that nobody sees.
        """
        if why := fault(label, lines=False):
            raise InvalidAccount(f"label: {why}")
        if role is not None:
            _known_role(role)
        secret = "dz_" + secrets.token_urlsafe(32)
        until = None if days is None else (self._clock() + timedelta(days=days)).isoformat()
        with writing(self._connection, self._lock) as connection:
            if not connection.execute("SELECT 1 FROM people WHERE name=?", (person,)).fetchone():
                raise InvalidAccount(f"{person}: 没有这个账号 / there is no such account")
            row = (secrets.token_hex(6), _digest(secret), person, label[:80], self._now(), until, None, role)
            connection.execute("INSERT INTO tokens VALUES (?,?,?,?,?,?,?,?)", row)
        return secret

    def tokens(self, person: str | None = None) -> list[Token]:
        """The tokens of a person, or of all."""
        where, values = ("", ()) if person is None else (" WHERE person=?", (person,))
        rows = self._all(
            f"SELECT id, person, label, created_at, expires_at, used_at, role FROM tokens{where} ORDER BY created_at",
            values,
        )
        return [
            Token(i, p, label, _day(made), _maybe(until), _maybe(used), role)
            for i, p, label, made, until, used, role in rows
        ]

    def withdraw_token(self, id: str, person: str | None = None) -> None:
        """Withdraws a token; with ``person`` only one of that person."""
        with writing(self._connection, self._lock) as connection:
            done = connection.execute("DELETE FROM tokens WHERE id=? AND (? IS NULL OR person=?)", (id, person, person))
            if not done.rowcount:
                raise InvalidAccount(f"{id}: 没有这个令牌 / there is no such token")

    def bearer(self, secret: str) -> Person | None:
        """The person that a token speaks for; None when it is not known, has expired, or the account is disabled."""
        row = self._one(
            "SELECT t.id, t.person, p.role, t.expires_at, t.used_at, t.role FROM tokens t JOIN people p ON p.name=t.person"
            " WHERE t.secret=? AND NOT p.disabled",
            (_digest(secret),),
        )
        if row is None or (row[3] is not None and datetime.fromisoformat(row[3]) <= self._clock()):
            return None
        if row[4] is None or self._clock() - datetime.fromisoformat(row[4]) > timedelta(minutes=5):
            with writing(self._connection, self._lock) as connection:
                connection.execute("UPDATE tokens SET used_at=? WHERE id=?", (self._now(), row[0]))
        return Person(row[1], min(row[2], row[5] or row[2], key=ROLES.index))

    # The audit log

    def note(self, person: str, action: str, object: str = "", detail: str = "", address: str = "") -> None:
        """Adds a line to the audit log."""
        row = (self._now(), person, action, object[:400], detail[:2000], address)
        with writing(self._connection, self._lock) as connection:
            connection.execute("INSERT INTO acts (at,person,action,object,detail,address) VALUES (?,?,?,?,?,?)", row)

    def acts(self, *, before: int | None = None, person: str | None = None, limit: int = 100) -> list[Act]:
        """Lines of the audit log, newest first; those with a lower number than ``before``."""
        rows = self._all(
            "SELECT number, at, person, action, object, detail, address FROM acts"
            " WHERE (? IS NULL OR number<?) AND (? IS NULL OR person=?) ORDER BY number DESC LIMIT ?",
            (before, before, person, person, limit),
        )
        return [Act(row[0], _day(row[1]), *row[2:]) for row in rows]

    # Inside

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def _one(self, query: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return row

    def _all(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _statements(script: str) -> list[str]:
    found, part = [], ""
    for line in script.strip().splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _known_role(role: str) -> None:
    if role not in ROLES:
        known = ", ".join(ROLES)
        raise InvalidAccount(f"{role}: 没有这个角色，可用 {known} / no such role; use {known}")


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
