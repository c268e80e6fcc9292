"""The SQLite file opens in Datasette: views with the same columns and values as the frames, titles, facets, meanings."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from checks.engine import check
from checks.pack import load
from corpus import datasette, frames
from corpus.columns import TABLES
from corpus.corpus import Corpus
from corpus.migrations.views4 import VIEWS
from extractors.parse import parse
from schemas.decision import Override, Rectification, Remark, Waiver
from schemas.outcome import SourceFile
from tests import own_loop

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FILES = [next((SAMPLES / "henan" / "plans").rglob("*.docx")), next((SAMPLES / "zhejiang" / "plans").rglob("*.txt"))]
FILES += [next((SAMPLES / "henan").glob("*.html"))]
DAY = date(2025, 12, 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plans and a notice, checked twice, with decisions of every kind of column."""
    home = tmp_path_factory.mktemp("corpus")
    with Corpus.open(home, create=True) as corpus:
        for path in FILES:
            data = path.read_bytes()
            corpus.keep(data)
            corpus.record([parse(SourceFile(uri=path.name, data=data))])
        for _ in range(2):
            packs = [load("henan-2025"), load("zhejiang-2021")]
            corpus.record_checks(
                [check(one, pack, ignore_scope=True) for one in corpus.documents(role="plan") for pack in packs]
            )
        ids = [str(one.finding.id) for one in corpus.standings(DAY)]
        corpus.decide(Override(finding=ids[0], who="王五", why="已写明", verdict="met"))
        corpus.decide(Override(finding=ids[0], who="王五", why="更正", verdict="partial", corrects="D0001"))
        corpus.decide(
            Waiver(
                finding=ids[1],
                who="王五",
                why="无此类学校",
                ground="通知",
                applicant="李四",
                approver="赵六",
                until=DAY,
            )
        )
        corpus.decide(
            Rectification(finding=ids[2], who="王五", why="限期", step="assigned", responsible="基教股", deadline=DAY)
        )
        corpus.decide(Remark(finding=ids[3], who="王五", why="已阅"))
    return home


def plain(value: Any) -> Any:
    """A value of a frame as SQLite has it."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value if value.tzinfo else value.date().isoformat()
    if hasattr(value, "item"):
        value = value.item()  # NumPy's numbers
    return int(value) if isinstance(value, bool) else value


@pytest.mark.parametrize("view", [name for name in VIEWS if name != "v_files"])
def test_a_view_says_what_the_frame_says(home: Path, view: str) -> None:
    name = view.removeprefix("v_")
    with Corpus.open(home) as corpus:
        frame = frames.read(corpus, [name], today=DAY)[name]
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        cursor = connection.execute(f"SELECT * FROM {view}")
        columns = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    assert set(columns) <= set(frame.columns)
    if name != "findings":  # whose state of today no view can know
        assert columns == list(frame.columns)
    of_frame = [tuple(plain(value) for value in row) for row in frame[columns].itertuples(index=False)]
    moments = {number for number, column in enumerate(columns) if column == "made_at"}
    of_view = [
        tuple(pd.Timestamp(datetime.fromisoformat(v)) if n in moments else v for n, v in enumerate(row)) for row in rows
    ]
    assert sorted(map(repr, of_view)) == sorted(map(repr, of_frame))
    assert of_view or name in ("attachments", "scoring")


def test_a_view_cannot_be_written(home: Path) -> None:
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("UPDATE v_documents SET title = 'x'")


def test_datasette_shows_views_with_titles_facets_and_meanings(home: Path, tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app", reason="no Datasette to test with: pip install '.[dev]'")
    path = datasette.write(tmp_path / "metadata.yaml")
    metadata = yaml.safe_load(path.read_text(encoding="utf-8"))

    async def read() -> dict[str, Any]:
        ds = app.Datasette([str(home / "corpus.sqlite")], metadata=metadata)
        got = {}
        for address in (
            "/corpus.json",
            "/corpus/v_targets.json?_shape=objects&_size=5",
            "/corpus/v_findings.json?verdict=not_found&_facet=verdict&_size=1",
            *(f"/corpus/{name}.json" for name in metadata["databases"]["corpus"]["queries"]),
        ):
            response = await ds.client.get(address)
            assert response.status_code == 200, (address, response.text[:300])
            got[address.partition("?")[0]] = response.json()
        page = await ds.client.get("/corpus/v_targets")
        got["page"] = page.text
        for database in ds.databases.values():
            database.close()
        return got

    got = own_loop.run(read())
    assert {view["name"] for view in got["/corpus.json"]["views"]} == set(VIEWS)
    shown = {table["name"] for table in got["/corpus.json"]["tables"] if not table["hidden"]}
    assert shown == set()  # the views say it all
    with Corpus.open(home) as corpus:
        targets = frames.read(corpus, ["targets"])["targets"]
        findings = frames.read(corpus, ["findings"])["findings"]
    assert got["/corpus/v_targets.json"]["rows"][0]["quote"] == targets["quote"][0]
    assert got["/corpus/v_findings.json"]["filtered_table_rows_count"] == (findings["verdict"] == "not_found").sum()
    assert "what is counted" in got["page"]
    for name in metadata["databases"]["corpus"]["queries"]:
        assert got[f"/corpus/{name}.json"]["error"] is None, name


def test_every_column_that_a_view_has_is_explained() -> None:
    told = datasette.metadata()["databases"]["corpus"]["tables"]
    for name, table in TABLES.items():
        if name != "sections":
            assert {column.name for column in table.columns} >= set(told[f"v_{name}"]["columns"])
            assert told[f"v_{name}"]["title"] == table.title
    assert json.dumps(told)
