"""Where the store of a corpus lives: a SQLite file in its folder, or a PostgreSQL database that several machines share.

``DUZHENG_DATABASE=postgresql://user@host/name`` makes a new folder belong to that database, or takes a folder to a
corpus that the database already holds. The folder remembers it in ``database.json``, without the password, so that a
later search needs no variable. What belongs together is told by the corpus's identifier in both, not by the address:
the same database may be reached under several.

Nothing here loads SQLAlchemy: a search asks only for the number of the last change.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from corpus.durable import write_whole
from corpus.lock import unwritable
from schemas.bilingual import Both
from schemas.errors import CorpusError

if TYPE_CHECKING:
    import psycopg

VARIABLE = "DUZHENG_DATABASE"
_SCHEMES = ("postgresql", "postgres")
_SECRETS = ("password", "sslpassword")
_INSTALL = "pip install 'duzheng[postgresql]'"
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Database:
    """The store of the corpus in folder ``home``: ``url`` of PostgreSQL, or None for the SQLite file.

    ``corpus`` is the identifier that the folder remembers; empty while it belongs to none.
    """

    home: Path
    url: str | None = None
    corpus: str = ""

    @classmethod
    def of(cls, home: Path) -> Database:
        """What the folder remembers, else what the environment says, else the SQLite file in the folder.

        Raises:
            CorpusError: the variable is no address of PostgreSQL, the folder has a SQLite store although it is set, or
                what the folder remembers cannot be read.
        """
        given = os.environ.get(VARIABLE, "").strip()
        if given and urlsplit(given).scheme not in _SCHEMES:
            raise CorpusError(
                f"{VARIABLE}: 不是 postgresql://user@host/name 这样的地址，请改正或取消此变量 / "
                "this is no address like postgresql://user@host/name; unset or correct it"
            )
        binding = home / "database.json"
        if binding.is_file():
            try:
                remembered = json.loads(binding.read_bytes())
                url, corpus = str(remembered["url"]), str(remembered["corpus"])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise CorpusError(
                    f"{binding}: 此文件应写明语料库的数据库，但无法读取（{error}）；请删去它，设好 {VARIABLE} 再运行一次命令 / "
                    f"this should name the database of the corpus and cannot be read ({error}); "
                    f"remove it and run the command once with {VARIABLE} set"
                ) from error
            return cls(home, given or url, corpus)
        if not given:
            return cls(home)
        if (home / "corpus.sqlite").exists():
            raise CorpusError(
                f"{home}: 此语料库存放在 corpus.sqlite 中，而 {VARIABLE} 指向 {shown(given)}；请取消此变量，"
                "或用 --home 另指一个文件夹重新入库 / "
                f"the corpus here has its store in corpus.sqlite, while {VARIABLE} names {shown(given)}; "
                "unset the variable, or name another folder with --home and ingest into that"
            )
        return cls(home, given)

    @property
    def path(self) -> Path:
        """The SQLite file, where the store is one."""
        return self.home / "corpus.sqlite"

    @property
    def name(self) -> str:
        """The store as messages call it; never with a password."""
        return shown(self.url) if self.url else str(self.path)

    def exists(self) -> bool:
        """Whether there is a store, of whatever state; in PostgreSQL, whether the folder belongs to one."""
        if self.url is None:
            return self.path.is_file()
        return bool(self.corpus)

    def peek(self) -> dict[str, str]:
        """What the store says of itself, its table ``meta``.

        Empty where SQLite's is unusual in any way, or PostgreSQL's has no such table.

        Raises:
            CorpusError: PostgreSQL cannot be asked, or holds another corpus than the folder remembers.
        """
        if self.url is not None:
            return self._peek_postgresql()
        if not self.path.is_file():
            return {}
        try:
            with closing(read_only(self.path, timeout=10)) as connection:
                return dict(connection.execute("SELECT key, value FROM meta"))
        except sqlite3.Error:
            return {}

    def _peek_postgresql(self) -> dict[str, str]:
        with self.refusals(), closing(self.connect()) as connection:
            there = connection.execute("SELECT to_regclass('meta') IS NOT NULL").fetchone()
            if not there or not there[0]:
                return {}
            state = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        self.belongs(state.get("corpus", ""))
        return state

    def way_back(self) -> Both:
        """What a user can do when the SQLite file is damaged or gone."""
        kept = sorted(self.home.glob("corpus.schema*.sqlite"), key=lambda path: path.stat().st_mtime)
        last = kept[-1].name if kept else ""
        again = f"duzheng ingest {self.home / 'originals'} --home NEW"
        zh, en = (f"（此处最近的副本是 {last}）", f" (the last one kept here is {last})") if last else ("", "")
        return Both(
            f"请用备份恢复数据库{zh}；或重新入库原件（处置记录不会恢复）：{again}",
            f"put {self.path} back from a copy{en}; or take the originals in again, which brings no decisions back: {again}",
        )

    def connect(self) -> psycopg.Connection[Any]:
        """A new connection to PostgreSQL.

        Raises:
            CorpusError: its driver is not installed.
            psycopg.Error: it cannot be reached.
        """
        try:
            import psycopg
        except ImportError as error:
            raise CorpusError(
                f"{self.name}: 未安装 PostgreSQL 驱动，请运行 {_INSTALL} / "
                f"the driver for PostgreSQL is not installed; install it with: {_INSTALL}"
            ) from error
        name = f"duzheng {os.uname().nodename} {os.getpid()}"
        return psycopg.connect(self.url or "", connect_timeout=_SECONDS, application_name=name)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turns what the driver reports into a line that names the database and the way out."""
        try:
            yield
        except CorpusError:
            raise
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "psycopg":
                raise
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise CorpusError(
                f"{self.name}: 数据库无法使用：{reason}；请检查它是否在运行，{VARIABLE}（或 database.json 和 ~/.pgpass）"
                f"是否正确 / the database cannot be used: {reason}; check that it runs and that {VARIABLE} (or "
                f"{self.home / 'database.json'} and ~/.pgpass) is right"
            ) from error

    def belongs(self, corpus: str) -> None:
        """Makes sure that the database holds the corpus that the folder remembers; one that remembers none takes any.

        Raises:
            CorpusError: it is another.
        """
        if self.corpus and corpus != self.corpus:
            raise CorpusError(
                f"{self.name}: 数据库中不是 {self.home} 的语料库，请改正 {VARIABLE}，或用 --home 另指一个空文件夹 / "
                f"the database does not hold the corpus of {self.home}; correct {VARIABLE}, "
                "or name an empty folder with --home"
            )

    def joined(self) -> Database:
        """The same, with the folder bound to the corpus that the database holds already, if it holds one."""
        if self.url is None or self.corpus:
            return self
        state = self.peek()
        return self.bind(state.get("corpus", "")) if state else self

    def bind(self, corpus: str) -> Database:
        """Makes the folder remember that it belongs to ``corpus`` in this database."""
        if self.url is None or self.corpus:
            return self
        binding = {"url": without_password(self.url), "corpus": corpus}
        content = json.dumps(binding, ensure_ascii=False, indent=2).encode() + b"\n"
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            write_whole(self.home / "database.json", content)
        except OSError as error:
            raise unwritable(self.home, error) from error
        return Database(self.home, self.url, corpus)


def read_only(path: Path, timeout: float) -> sqlite3.Connection:
    """A connection to a SQLite file that changes nothing, also where nothing can be written.

    In write-ahead mode a reader makes two files beside the store. Where it cannot, nobody has it open who could write,
    or they were there: so the file is read as one that does not change while this connection lasts.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    try:
        return lasting(path, timeout)
    except sqlite3.OperationalError:
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise
        return sqlite3.connect(f"{_address(path)}&immutable=1", uri=True, timeout=timeout, check_same_thread=False)


def lasting(path: Path, timeout: float) -> sqlite3.Connection:
    """A connection that changes nothing and sees what others write, however long it lasts.

    Raises:
        sqlite3.Error: it cannot be opened, or the two files cannot be made.
    """
    # One thread at a time, but not always the same: a server lends an opened corpus to one request after another.
    connection = sqlite3.connect(_address(path), uri=True, timeout=timeout, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def without_password(url: str) -> str:
    """The address without the password in it."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = "&".join(part for part in parts.query.split("&") if part.partition("=")[0] not in _SECRETS)
    netloc = user.partition(":")[0] + at + host
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def shown(url: str) -> str:
    """The address for messages: no password, no options."""
    return without_password(url).partition("?")[0]
