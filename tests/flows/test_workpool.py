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

pytestmark = pytest.mark.slow
PREFECT = str(Path(sys.executable).with_name("prefect"))


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
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [PREFECT, "server", "start", "--port", str(port), "--no-ui"],
            env={**os.environ, "PREFECT_API_DATABASE_CONNECTION_URL": database},
            stdout=output,
            stderr=output,
        )
    try:
        _await(server, url, log)
        monkeypatch.setenv("PREFECT_API_URL", url)
        _prefect("work-pool", "create", "--type", "process", POOL)
        _prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(file))
        _prefect("deployment", "run", "collect/inbox")
        said = _prefect("worker", "start", "--pool", POOL, "--type", "process", "--run-once")
        assert "Completed('1 new')" in said
        assert "新增 new" in _prefect("artifact", "inspect", "source-inbox", "--limit", "1")
        assert "check-new" in _prefect("flow-run", "ls"), "what was stored asks for a check"
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


def _prefect(*words: str) -> str:
    done = subprocess.run(
        [PREFECT, *words],
        env={**os.environ, "COLUMNS": "200", "PREFECT_CLI_COLORS": "false"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
