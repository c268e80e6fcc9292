"""A corpus goes into an archive and comes out of it the same; what is hostile or torn is refused whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from checks.engine import check
from checks.pack import load
from corpus import tables
from corpus.corpus import Corpus
from corpus.transfer.manifest import CARRIED
from extractors.parse import parse
from schemas.decision import Override, Remark
from schemas.errors import CorpusError
from schemas.outcome import Failure, Outcome, SourceFile

PLAN = """青岚县城乡学校共同体建设方案
为推进城乡学校共同体建设，制定本方案。
到2025年底，全县70%以上的乡村学校纳入校共体。
县实验小学——河东小学、河西小学
青岚县教育局
2025年3月4日
"""
OTHER = PLAN.replace("青岚", "赤涧").replace("70", "80")
DAY = date(2025, 6, 1)

Make = Callable[..., Path]


def ingest(home: Path, *texts: str, failed: Outcome | None = None) -> None:
    with Corpus.open(home, create=True) as corpus:
        for number, text in enumerate(texts):
            data = text.encode()
            corpus.keep(data)
            corpus.record([parse(SourceFile(uri=f"方案{number}-{sha256(data).hexdigest()[:4]}.txt", data=data))])
        if failed:
            corpus.keep(b"%PDF broken")
            corpus.record([failed])


def examine(home: Path) -> None:
    with Corpus.open(home) as corpus:
        corpus.record_checks(
            [check(plan, load("henan-2025"), ignore_scope=True, today=DAY) for plan in corpus.documents()]
        )


def decide(home: Path, why: str = "方案附件里有") -> None:
    with Corpus.open(home) as corpus:
        finding = str(corpus.standings(DAY)[0].finding.id)
        corpus.decide(Override(finding=finding, who="王五", why=why, verdict="met"))
        corpus.decide(Remark(finding=finding, who="赵六", why="已阅"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two corpora made once and copied for each test: one with everything in it, and one of somebody else."""
    folder = tmp_path_factory.mktemp("made")
    data = b"%PDF broken"
    failure = Failure(uri="坏.pdf", cause="damaged", message="the file is damaged", cure="get it again")
    digest = sha256(data).hexdigest()
    failed = Outcome(uri="坏.pdf", sha256=digest, bytes=len(data), media_type="application/pdf", failure=failure)
    ingest(folder / "a", PLAN, OTHER, failed=failed)
    examine(folder / "a")
    decide(folder / "a")
    examine(folder / "a")
    ingest(folder / "mine", PLAN.replace("青岚", "玄武"))
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "a", tmp_path / "a")
    return tmp_path / "a"


def pack_up(home: Path, path: Path) -> Path:
    with Corpus.open(home) as corpus:
        corpus.write_archive(path)
    return path


def take(home: Path, path: Path, create: bool = True):  # type: ignore[no-untyped-def]
    with Corpus.open(home, create=create) as corpus:
        return corpus.take_archive(path)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_out_in_and_out_again_gives_the_same_bytes(home: Path, tmp_path: Path, ending: str) -> None:
    first = pack_up(home, tmp_path / f"first{ending}")
    take(tmp_path / "b", first)
    second = pack_up(tmp_path / "b", tmp_path / f"second{ending}")
    if ending:
        assert first.read_bytes() == second.read_bytes()
    else:
        assert content(first) == content(second)
        assert any(name.startswith("originals/") for name in content(first))


def test_what_was_taken_in_is_searched_verified_and_goes_on(home: Path, tmp_path: Path) -> None:
    take(tmp_path / "b", pack_up(home, tmp_path / "a.zip"))
    with Corpus.open(home) as old, Corpus.open(tmp_path / "b") as new:
        assert new.verify() == []
        assert [hit.document for hit in new.search("校共体").hits] == [
            hit.document for hit in old.search("校共体").hits
        ]
        assert new.decisions() == old.decisions()
        assert new.standings(DAY) == old.standings(DAY)
        assert [one.uri for one in new.failures()] == ["坏.pdf"]
        finding = next(iter(new.decisions()))
        assert new.decide(Remark(finding=finding, who="钱七", why="续")).id == "D0003"
    examine(tmp_path / "b")


def test_taking_the_same_archive_twice_doubles_nothing(home: Path, tmp_path: Path) -> None:
    archive = pack_up(home, tmp_path / "a.zip")
    result = take(home, archive)
    assert sum(result.added.values()) == 0
    assert result.conflicts == []
    again = pack_up(home, tmp_path / "again.zip")
    assert again.read_bytes() == archive.read_bytes()


def test_what_is_new_joins_a_corpus_that_holds_something(home: Path, tmp_path: Path) -> None:
    third = PLAN.replace("青岚", "白芷")
    ingest(tmp_path / "b", PLAN, third)
    result = take(tmp_path / "b", pack_up(home, tmp_path / "a.zip"))
    assert result.conflicts == []
    assert (result.added["documents"], result.present["documents"]) == (1, 1)
    with Corpus.open(tmp_path / "b") as corpus, Corpus.open(home) as old:
        assert corpus.verify() == []
        assert corpus.search("赤涧").total == corpus.search("白芷").total == 1
        assert corpus.status()["documents"] == 3
        assert corpus.standings(DAY) == old.standings(DAY)  # nothing was checked here, so the history is taken


def test_a_history_that_goes_on_is_taken_and_one_that_went_apart_is_said(home: Path, tmp_path: Path) -> None:
    archive = pack_up(home, tmp_path / "a.zip")
    take(tmp_path / "b", archive)
    take(tmp_path / "c", archive)
    examine(tmp_path / "b")
    decide(tmp_path / "b", "另一处")
    later = pack_up(tmp_path / "b", tmp_path / "b.zip")
    result = take(home, later)
    assert (result.conflicts, result.added["decisions"], result.added["runs"]) == ([], 2, 2)
    with Corpus.open(home) as corpus:
        assert corpus.verify() == []
        assert sum(len(made) for made in corpus.decisions().values()) == 4
    decide(tmp_path / "c", "第三处")
    result = take(tmp_path / "c", later)
    assert [one.what for one in result.conflicts] == ["runs"]
    with Corpus.open(tmp_path / "c") as corpus:
        assert corpus.verify() == []
        assert "第三处" in str(corpus.decisions())
        assert "另一处" not in str(corpus.decisions())


def test_other_content_under_a_name_is_said_and_both_are_kept(tmp_path: Path, outcome: Callable[..., Outcome]) -> None:
    for name, text in (("a", "甲县方案 共同体"), ("b", "乙县方案 共同体")):
        with Corpus.open(tmp_path / name, create=True) as corpus:
            corpus.keep(text.encode())
            corpus.record([outcome(text, uri="方案.txt")])
    result = take(tmp_path / "b", pack_up(tmp_path / "a", tmp_path / "a.zip"))
    assert [(one.what, one.key) for one in result.conflicts] == [("locations", "方案.txt")]
    with Corpus.open(tmp_path / "b") as corpus:
        assert [one.text for one in corpus.documents()] == ["乙县方案 共同体"]
        assert len(list(corpus.documents(superseded=True))) == 2
        assert corpus.verify() == []


def test_a_file_that_is_read_otherwise_here_stays_and_that_is_said(
    tmp_path: Path, outcome: Callable[..., Outcome]
) -> None:
    for name, title in (("a", "旧"), ("b", "新")):
        with Corpus.open(tmp_path / name, create=True) as corpus:
            corpus.keep("方案".encode())
            corpus.record([outcome("方案", title=title)])
    result = take(tmp_path / "b", pack_up(tmp_path / "a", tmp_path / "a.zip"))
    assert [one.what for one in result.conflicts] == ["documents"]
    with Corpus.open(tmp_path / "b") as corpus:
        assert [one.title for one in corpus.documents()] == ["新"]


def test_every_table_is_carried_or_said_to_be_made_anew() -> None:
    carried = (
        {table.name for table in CARRIED} | {table.name for table in (*tables.DERIVED, *tables.FOLLOWING)} | {"meta"}
    )
    assert {table.name for table in tables.metadata.sorted_tables} - carried == set()


# Archives that are not what they should be


@pytest.fixture
def refused(made: Path, tmp_path: Path) -> Callable[[Path, str], None]:
    """Assert that an archive is refused with one line, and that a corpus that holds something is as it was."""
    shutil.copytree(made / "mine", tmp_path / "mine")

    def check(archive: Path, said: str) -> None:
        before = pack_up(tmp_path / "mine", tmp_path / "before.zip").read_bytes()
        with Corpus.open(tmp_path / "mine") as corpus, pytest.raises(CorpusError, match=said) as error:
            corpus.take_archive(archive)
        assert "\n" not in str(error.value)
        assert pack_up(tmp_path / "mine", tmp_path / "after.zip").read_bytes() == before

    return check


def edited(archive: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a table as somebody would who knows the form: its size and hash in the manifest are put right."""
    path = archive / "tables" / f"{name}.jsonl"
    data = change(path.read_bytes())
    path.write_bytes(data)
    manifest = json.loads((archive / "manifest.json").read_text())
    manifest["tables"][name] = {"rows": data.count(b"\n"), "bytes": len(data), "sha256": sha256(data).hexdigest()}
    (archive / "manifest.json").write_text(json.dumps(manifest))


def first_row(**fields: object) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        first, rest = data.split(b"\n", 1)
        return json.dumps(json.loads(first) | fields, ensure_ascii=False).encode() + b"\n" + rest

    return change


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("decisions", lambda data: data.replace("王五".encode(), "李四".encode()), "differs|changed"),
        ("decisions", lambda data: data.split(b"\n", 1)[1], "missing"),
        ("decisions", lambda data: data.split(b"\n", 1)[0] + b"\n", "missing"),
        ("documents", first_row(title="另一个标题"), "title differs from the document"),
        ("documents", first_row(body="{}"), "line 1"),
        ("documents", first_row(seq="x' OR 1"), "seq"),
        ("documents", first_row(seq=2**70), "seq"),
        ("documents", first_row(evil=1), "evil is no column"),
        ("documents", lambda data: data + data, "twice"),
        ("documents", lambda data: b"[" * 100_000 + b"\n", "line 1"),
        ("runs", first_row(body='{"findings": []}'), "changed"),
        ("findings", first_row(unit="别处"), "not that of the finding"),
        ("sources", first_row(status="fine"), "status"),
        ("sources", first_row(uri="a\0b"), "uri"),
    ],
)
def test_a_changed_row_is_refused_with_its_line(
    home: Path,
    tmp_path: Path,
    table: str,
    change: Callable[[bytes], bytes],
    said: str,
    refused: Callable[[Path, str], None],
) -> None:
    archive = pack_up(home, tmp_path / "archive")
    edited(archive, table, change)
    refused(archive, said)


def test_a_changed_or_missing_file_is_refused(home: Path, tmp_path: Path, refused: Callable[[Path, str], None]) -> None:
    whole = pack_up(home, tmp_path / "whole")
    for number, (name, spoil) in enumerate(
        [
            ("tables/documents.jsonl", lambda path: path.write_bytes(path.read_bytes().replace(b"70", b"71"))),
            ("tables/documents.jsonl", lambda path: path.unlink()),
            ("manifest.json", lambda path: path.write_text("{}")),
            ("manifest.json", lambda path: path.write_text(" " * 2_000_000)),
            ("originals.jsonl", lambda path: path.write_text("")),
        ]
    ):
        archive = tmp_path / f"archive{number}"
        shutil.copytree(whole, archive)
        spoil(archive / name)
        with Corpus.open(tmp_path / "b", create=True) as corpus, pytest.raises(CorpusError):
            corpus.take_archive(archive)
    original = next((whole / "originals").rglob("*/*/*"))
    original.write_bytes(original.read_bytes()[::-1])
    refused(whole, "changed")


def test_a_link_in_a_folder_is_not_followed(home: Path, tmp_path: Path, refused: Callable[[Path, str], None]) -> None:
    archive = pack_up(home, tmp_path / "archive")
    (archive / "tables").rename(tmp_path / "elsewhere")
    (archive / "tables").symlink_to(tmp_path / "elsewhere")
    refused(archive, "a link")


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "tables/../x.jsonl", "originals/aa/bb/..", "tables/A.jsonl"]
)
def test_a_name_that_leads_elsewhere_is_refused(
    home: Path, tmp_path: Path, name: str, refused: Callable[[Path, str], None]
) -> None:
    archive = pack_up(home, tmp_path / "a.zip")
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(name, b"x")
    refused(archive, "does not belong there")


def test_a_bomb_and_a_lie_about_sizes_are_refused(
    home: Path, tmp_path: Path, refused: Callable[[Path, str], None]
) -> None:
    archive = pack_up(home, tmp_path / "archive")
    manifest = json.loads((archive / "manifest.json").read_text())
    manifest["tables"]["documents"]["bytes"] = 10**15
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", json.dumps(manifest))
        for path in archive.rglob("*.jsonl"):
            data = b" " * 50_000_000 if path.stem == "documents" else path.read_bytes()
            file.writestr(str(path.relative_to(archive)), data)
        for path in (archive / "originals").rglob("*/*/*"):
            file.writestr(str(path.relative_to(archive)), path.read_bytes())
    refused(bomb, "no room|another size")


def test_what_is_no_archive_is_said(tmp_path: Path, refused: Callable[[Path, str], None]) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK nothing")
    refused(tmp_path / "x.zip", "no archive of a corpus")


def test_a_later_version_is_said(home: Path, tmp_path: Path, refused: Callable[[Path, str], None]) -> None:
    archive = pack_up(home, tmp_path / "archive")
    manifest = json.loads((archive / "manifest.json").read_text())
    (archive / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 999}))
    refused(archive, "later version")


def test_nothing_is_left_of_an_export_that_fails(home: Path, tmp_path: Path) -> None:
    original = next((home / "originals").rglob("*/*/*"))
    original.write_bytes(b"changed")
    for name in ("out.zip", "out"):
        with pytest.raises(CorpusError, match="changed or is damaged"):
            pack_up(home, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_an_export_replaces_no_folder(home: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(CorpusError, match="is there already"):
        pack_up(home, tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "mine"


def test_an_import_killed_in_its_transaction_leaves_the_corpus_as_it_was(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack_up(home, tmp_path / "a.zip")
    from corpus.transfer import take_in

    monkeypatch.setattr(take_in._Joining, "_numbers_follow", lambda self: 1 / 0)
    with Corpus.open(tmp_path / "b", create=True) as corpus, pytest.raises(ZeroDivisionError):
        corpus.take_archive(archive)
    with sqlite3.connect(tmp_path / "b" / "corpus.sqlite") as connection:
        for table in CARRIED:
            assert connection.execute(f"SELECT count(*) FROM {table.name}").fetchone() == (0,)
    monkeypatch.undo()
    take(tmp_path / "b", archive, create=False)
    assert pack_up(tmp_path / "b", tmp_path / "b.zip").read_bytes() == archive.read_bytes()


def test_a_corpus_goes_from_one_database_to_the_other_and_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    archive = pack_up(home, tmp_path / "a.zip")
    monkeypatch.setenv("DUZHENG_DATABASE", request.getfixturevalue("postgresql"))
    result = take(tmp_path / "shared", archive)
    assert (result.conflicts, result.added["decisions"]) == ([], 2)
    assert pack_up(tmp_path / "shared", tmp_path / "shared.zip").read_bytes() == archive.read_bytes()
    with Corpus.open(tmp_path / "shared") as corpus:
        assert corpus.verify() == []
        assert corpus.search("校共体").total == 2
    examine(tmp_path / "shared")  # runs and decisions are numbered on
    decide(tmp_path / "shared", "在另一处")
    later = pack_up(tmp_path / "shared", tmp_path / "later.zip")
    monkeypatch.delenv("DUZHENG_DATABASE")
    result = take(home, later)
    assert (result.conflicts, result.added["runs"], result.added["decisions"]) == ([], 2, 2)
    with Corpus.open(home) as corpus:
        assert corpus.verify() == []


def test_relations_of_what_was_taken_in_are_made_anew(home: Path, tmp_path: Path) -> None:
    with Corpus.open(home) as corpus:
        one = next(corpus.documents())
        told = corpus.relations().of(one.id, DAY)
    take(tmp_path / "b", pack_up(home, tmp_path / "a.zip"))
    with Corpus.open(tmp_path / "b") as corpus:
        assert corpus.relations().of(one.id, DAY) == told
