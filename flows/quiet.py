"""Prefect on embedded defaults: a private server for one run, silent, offline, and everything it writes in one folder.

Prefect reads its settings when it is first imported, so this module imports it only inside functions, after the
environment is set. What is arranged, and why:

1. ``PREFECT_HOME`` is a folder inside the corpus home: nothing appears in the user's home directory.
2. Nothing is reported to anybody: the server's heartbeat (``PREFECT_SERVER_ANALYTICS_ENABLED``) and the client's
   usage events (``DO_NOT_TRACK``, read at import) are off.
3. The server is a child process of our own rather than Prefect's ``SubprocessASGIServer``: that one shares our
   standard error, where uvicorn prints the tracebacks of tasks that are cancelled while it shuts down. Ours listens on
   127.0.0.1, writes to ``server.log``, and is stopped only after the client has sent its last event.
4. Prefect's log lines go to ``flow.log``; an exception still reaches the caller.
5. A ``PREFECT_API_URL`` in the environment is respected: then no server is started.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flows.lifetime import die_with_parent
from schemas.errors import DuzhengError

START_TIMEOUT_SECONDS = 90.0
"""Of a version of Prefect whose tables are not known (``flows.engine_server``), the first start takes some ten seconds more."""

STOP_TIMEOUT_SECONDS = 5.0


_UNWATCHED = {
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_EVENTS_STREAM_OUT_ENABLED": "false",
    "PREFECT_SERVER_LOGS_STREAM_OUT_ENABLED": "false",
}
"""Nobody can define an automation on a private server, or listen to it. What happens is recorded all the same."""


class FlowEngineError(DuzhengError):
    """Prefect's server could not be started."""


class AlreadyTold(logging.Filter):
    """Leaves out the traceback that Prefect logs of a run which ended as failed on purpose: its state has the reason."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or kind.__name__ != "FailedRun"


@dataclass(frozen=True, slots=True)
class Serving:
    """How a server that stays is run: on which port (a free one where None), how many days it keeps runs that have ended."""

    port: int | None = None
    keep_days: int = 90


@contextlib.contextmanager
def embedded(home: Path, serving: Serving | None = None) -> Iterator[str]:
    """Run flows inside this context; yields the address of the Prefect API in use.

    Args:
        home: the corpus home; Prefect's files go to its subfolder ``prefect``.
        serving: for a server that stays, plans runs and shows them; its files go to ``prefect/schedule``, so that a
            command beside it, which has a server of its own, does not write the same database.

    Raises:
        FlowEngineError: the server did not start; the message names its log.
    """
    folder = (home / "prefect" / "schedule" if serving else home / "prefect").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    own = os.environ.get("PREFECT_API_URL")
    port = serving.port if serving and serving.port else _free_port()
    url = own or f"http://127.0.0.1:{port}/api"
    with _environment({**_settings(folder, url), **(_serving_settings(folder, url, serving) if serving else {})}):
        server = None if own else _start(folder, port, stays=serving is not None)
        try:
            if server is not None:
                # The import takes over a second; the server needs that time anyway.
                import prefect  # noqa: F401

                _wait(server, url, folder)
            with _prefect_settings(folder, url, to_api=serving is not None):
                yield url
                _drain()
        finally:
            if server is not None:
                _stop(server)


def _settings(folder: Path, url: str) -> dict[str, str]:
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_SETTINGS_PATH": str(_logging_configuration(folder)),
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_CLI_COLORS": "false",
    }


def _serving_settings(folder: Path, url: str, serving: Serving) -> dict[str, str]:
    return {
        # What a run logs is read in Prefect's pages, beside the run.
        "PREFECT_LOGGING_TO_API_ENABLED": "true",
        "PREFECT_LOGGING_SETTINGS_PATH": str(_logging_configuration(folder, to_api=True)),
        "PREFECT_UI_API_URL": url,
        # The database of the runs must not grow for ever.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(serving.keep_days * 86_400),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{serving.keep_days}D",
    }


def _logging_configuration(folder: Path, *, to_api: bool = False) -> Path:
    """Prefect's loggers, warnings and above, into ``flow.log``; written beside it, since Prefect wants a file.

    With ``to_api`` what a run logs, from information on, goes to the server too.
    """
    runs = "{level: INFO, handlers: [api]}" if to_api else "{level: WARNING}"
    log = str(folder / "flow.log").replace("'", "''")
    path = folder / "logging.yml"
    path.write_text(
        "version: 1\n"
        "disable_existing_loggers: false\n"
        "formatters:\n"
        "  plain: {format: '%(asctime)s %(levelname)s %(name)s: %(message)s'}\n"
        "filters:\n"
        "  told: {(): flows.quiet.AlreadyTold}\n"
        "handlers:\n"
        f"  file: {{class: logging.FileHandler, filename: '{log}', formatter: plain, delay: true, encoding: utf-8, "
        "level: WARNING, filters: [told]}\n"
        + ("  api: {class: prefect.logging.handlers.APILogHandler, filters: [told]}\n" if to_api else "")
        + "loggers:\n"
        "  prefect: {level: WARNING, handlers: [file], propagate: false}\n"
        f"  prefect.flow_runs: {runs}\n"
        f"  prefect.task_runs: {runs}\n",
        encoding="utf-8",
    )
    return path


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _prefect_settings(folder: Path, url: str, to_api: bool) -> Iterator[None]:
    """The same settings for a process that imported Prefect before, when the environment was another one."""
    from prefect import settings

    values = {
        settings.PREFECT_API_URL: url,
        settings.PREFECT_HOME: folder,
        settings.PREFECT_LOGGING_TO_API_ENABLED: to_api,
        # Nobody watches a private server for runs that died, and the thread that sends the beats takes up to a second
        # to end. No environment variable can say "none".
        settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with settings.temporary_settings(values):
        yield


def _drain() -> None:
    """Send what the client still holds, so that the server is not stopped in the middle of a conversation."""
    from prefect.events.worker import EventsWorker

    # In a thread of its own: where an event loop runs, as in a notebook, it would only promise to do so.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(EventsWorker.drain_all, timeout=STOP_TIMEOUT_SECONDS, at_exit=False).result()


def _free_port() -> int:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _start(folder: Path, port: int, *, stays: bool) -> subprocess.Popen[bytes]:
    # The API URL is the client's; a server that sees it would believe itself to be a client of another one.
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment |= {"PREFECT__SERVER_FINAL": "1"}
    if not stays:  # neither the services that plan runs nor the pages that show them
        environment |= {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT_UI_ENABLED": "0"} | _UNWATCHED
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.engine_server", str(port)],
            env=environment,
            cwd=folder,  # Prefect reads .env and prefect.toml of the working directory
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle: the flow ends first, then the server
            preexec_fn=die_with_parent,  # a killed run leaves no server behind
        )


def _wait(server: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    # No proxy: an http_proxy in the environment must not see, or break, a call to this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    log = folder / "server.log"
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise FlowEngineError(
                f"Prefect 服务启动时退出，状态 {server.returncode}，原因见 {log} / "
                f"Prefect's server ended while starting, status {server.returncode} (the reason is in {log})"
            )
        with contextlib.suppress(urllib.error.URLError, OSError), opener.open(f"{url}/health", timeout=5):
            return
        time.sleep(0.05)
    raise FlowEngineError(
        f"Prefect 服务在 {START_TIMEOUT_SECONDS:.0f} 秒内没有应答，见 {log}；或把 PREFECT_API_URL 设为自己的服务 / "
        f"Prefect's server did not answer within {START_TIMEOUT_SECONDS:.0f} s (see {log}; "
        "or set PREFECT_API_URL to a server of your own)"
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
