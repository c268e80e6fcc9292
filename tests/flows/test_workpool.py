"""``prefect.yaml`` for real: a Prefect server on PostgreSQL, a work pool, a process worker, one run with its artifact."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from flows.planned import planned
from flows.workpool import POOL, prefect_yaml
from tests.forked_python import ForkedPython

pytestmark = pytest.mark.slow
# Prefect's commands, each of which would take seconds to import Prefect.
COMMANDS = tuple(
    f"prefect.{name}"
    for name in (
        *("cli", "cli.artifact", "cli.deploy", "cli.deployment", "cli.flow_run", "cli.work_pool", "cli.worker"),
        *("deployments.runner", "workers.process"),
    )
)


@pytest.fixture
def database() -> Iterator[str]:
    """A PostgreSQL that has the extension pg_trgm, which Prefect's tables need; the one that comes by pip has not."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if not found or not list(Path("/usr/share/postgresql").glob("*/extension/pg_trgm.control")):
        pytest.skip("no PostgreSQL with pg_trgm here: apt-get install postgresql postgresql-contrib")
    bin = found[0]
    # PostgreSQL refuses to be run by root.
    user = "postgres" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="duzheng-prefect-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        if user:
            shutil.chown(data, user)
        make = [str(bin / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "-U", "prefect"]
        subprocess.run(make, user=user, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        run = [str(bin / "postgres"), "-D", str(data), "-k", str(data), "-c", "listen_addresses=", "-c", "fsync=off"]
        server = subprocess.Popen(run, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not (data / ".s.PGSQL.5432").exists():
                assert server.poll() is None
                time.sleep(0.1)
            yield f"postgresql+asyncpg://prefect@/postgres?host={data}"
        finally:
            server.terminate()
            server.wait()


def test_a_worker_of_the_pool_runs_a_source_and_leaves_its_artifact(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, home = tmp_path / "in", tmp_path / "home"
    inbox.mkdir()
    (inbox / "通知.txt").write_text("关于做好集团化办学工作的通知\n各学校：请认真落实。\n", encoding="utf-8")
    (home / "sources").mkdir(parents=True)
    definition = f'id: inbox\ntitle: 收文\nkind: folder\nurl: {inbox}\nsettled_seconds: 0\nschedule: "30 6 * * *"\n'
    (home / "sources" / "inbox.yaml").write_text(definition, encoding="utf-8")
    file = tmp_path / "prefect.yaml"
    file.write_text(prefect_yaml(planned(home)[0]), encoding="utf-8")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    monkeypatch.setenv("PREFECT_UI_ENABLED", "0")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PREFECT_CLI_COLORS", "false")
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "flows.engine_server", str(port)],
            env={**os.environ, "PREFECT_API_DATABASE_CONNECTION_URL": database},
            stdout=output,
            stderr=output,
        )
    monkeypatch.setenv("PREFECT_API_URL", url)
    try:
        with ForkedPython(*COMMANDS) as forking:
            _await(server, url, log)

            def prefect(*words: str) -> str:
                done = forking.run("import sys; from prefect.cli import app; sys.exit(app())", *words)
                assert done.returncode == 0, done.stdout + done.stderr
                return done.stdout + done.stderr

            prefect("work-pool", "create", "--type", "process", POOL)
            prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(file))
            prefect("deployment", "run", "collect/inbox")
            said = prefect("worker", "start", "--pool", POOL, "--type", "process", "--run-once")
            assert "Completed('1 new')" in said
            assert "新增 new" in prefect("artifact", "inspect", "source-inbox", "--limit", "1")
            assert "check-new" in prefect("flow-run", "ls"), "what was stored asks for a check"
        with Corpus.open(home) as corpus:
            assert [document.title for document in corpus.documents()] == ["关于做好集团化办学工作的通知"]
    finally:
        server.terminate()
        server.wait(30)


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8")[-3000:])
