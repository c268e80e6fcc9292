"""What the program says while it works, for people and for programs that watch it: the one module for logs.

::

    log = Log(__name__)
    log.info("source.run", f"{source}: 12 listed, 3 new", source=source, listed=12, new=3)

The message is a line for a person and says everything by itself; the event and the fields are for programs. By default
warnings and errors go to standard error as lines. ``DUZHENG_LOG=json`` (or ``duzheng --log-format json``) makes every
record a JSON object on one line, from level ``info`` on; ``DUZHENG_LOG_LEVEL`` sets the level of either form.

Built on ``logging`` of the standard library: a record of any other library comes out in the same form. Prefect's own
lines go to ``flow.log`` (``flows.quiet``) and are not repeated here. What is said goes out as it is said, so nothing that a
stranger wrote may reach a terminal unchanged: control characters are replaced, and passwords in addresses.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, date, datetime
from typing import Any, Literal

from schemas.errors import DuzhengError
from schemas.secrecy import without_password

Form = Literal["text", "json"]
FORMS: tuple[Form, ...] = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
FORM_VARIABLE, LEVEL_VARIABLE = "DUZHENG_LOG", "DUZHENG_LOG_LEVEL"

_PACKAGES = ("schemas", "extractors", "checks", "corpus", "sources", "accounts", "flows", "duzheng")
_OWN_KEYS = frozenset({"time", "level", "event", "message", "logger", "error"})


class InvalidLogging(DuzhengError):
    """A form or level of the log that there is not."""


class Log:
    """What one module says. ``name`` is the module's."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, message: str, /, **fields: object) -> None:
        """Something that only helps to find a fault."""
        self._say(logging.DEBUG, event, message, fields)

    def info(self, event: str, message: str, /, **fields: object) -> None:
        """Something that went as it should.

        Args:
            event: what happened, in dotted words that never change: ``source.run``, ``document.read``.
            message: the line for a person.
            fields: what a program wants to know: ``source``, ``document``, ``url``, ``cause``, numbers.
        """
        self._say(logging.INFO, event, message, fields)

    def warning(self, event: str, message: str, /, **fields: object) -> None:
        """Something that somebody should look at; the work goes on."""
        self._say(logging.WARNING, event, message, fields)

    def error(self, event: str, message: str, /, **fields: object) -> None:
        """Something that failed."""
        self._say(logging.ERROR, event, message, fields)

    def _say(self, level: int, event: str, message: str, fields: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", message, extra={"event": event, "fields": fields}, stacklevel=3)


def _ours_or_a_warning(record: logging.LogRecord) -> bool:
    """Whether a record is shown: a library may have set its own loggers to tell more (Prefect does when it starts)."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in _PACKAGES


def configure(form: Form | None = None, level: str | None = None) -> None:
    """Sends what is said to standard error; called by whoever starts a process, and again to change it.

    Args:
        form: ``text`` or ``json``; else ``DUZHENG_LOG``, else ``text``.
        level: the least level that is shown; else ``DUZHENG_LOG_LEVEL``, else ``info`` for JSON, ``warning`` for text.

    Raises:
        InvalidLogging: there is no such form or level.
    """
    chosen = form or os.environ.get(FORM_VARIABLE, "").strip().lower() or "text"
    if chosen not in FORMS:
        raise InvalidLogging(f"{FORM_VARIABLE}={chosen}: 日志格式 the form of the log is one of {', '.join(FORMS)}")
    default = "info" if chosen == "json" else "warning"
    least = level or os.environ.get(LEVEL_VARIABLE, "").strip().lower() or default
    if least not in LEVELS:
        raise InvalidLogging(f"{LEVEL_VARIABLE}={least}: 日志级别 the level of the log is one of {', '.join(LEVELS)}")
    number = getattr(logging, least.upper())
    _handler.setFormatter(Json() if chosen == "json" else Lines(stamped=number < logging.WARNING))
    root = logging.getLogger()
    if _handler not in root.handlers:
        _handler.addFilter(_ours_or_a_warning)
        root.addHandler(_handler)
    for package in _PACKAGES:  # of other libraries only warnings, whatever is asked of ours
        logging.getLogger(package).setLevel(number)


def in_json() -> bool:
    """Whether this process says things as JSON."""
    return _handler in logging.getLogger().handlers and isinstance(_handler.formatter, Json)


class Json(logging.Formatter):
    """One object a record: time (UTC), level, event, message, logger, then its fields."""

    def format(self, record: logging.LogRecord) -> str:
        made: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "message": harmless(record.getMessage()),
            "logger": record.name,
        }
        for name, value in getattr(record, "fields", {}).items():
            made[f"{name}_" if name in _OWN_KEYS else name] = _plain(value)
        if record.exc_info:
            made["error"] = harmless(self.formatException(record.exc_info), lines=True)
        return json.dumps(made, ensure_ascii=False)


class Lines(logging.Formatter):
    """One line a record; ``stamped`` with time and level, as a service wants it."""

    def __init__(self, *, stamped: bool) -> None:
        super().__init__()
        self._stamped = stamped

    def format(self, record: logging.LogRecord) -> str:
        line = harmless(record.getMessage())
        if self._stamped:
            moment = datetime.fromtimestamp(record.created).astimezone()
            line = f"{moment:%Y-%m-%d %H:%M:%S} {record.levelname.lower()} {line}"
        else:
            line = f"duzheng: {line}"
        if record.exc_info:
            line += "\n" + harmless(self.formatException(record.exc_info), lines=True)
        return line


def harmless(text: str, *, lines: bool = False) -> str:
    """``text`` without passwords in addresses and without what a terminal obeys; on one line unless ``lines``."""
    text = without_password(text)
    if lines:
        return "\n".join(harmless(line) for line in text.splitlines())
    return "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {harmless(str(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return harmless(str(value))


class _ToStandardError(logging.StreamHandler[Any]):
    """To what is standard error when something is said, not when this was made."""

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: object) -> None:
        """Nothing to be set: ``StreamHandler`` does it when it is made."""


_handler = _ToStandardError()
