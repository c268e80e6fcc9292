"""Python does what the command line does: every command has a function, and they give what the commands print."""

from __future__ import annotations

import inspect
import json
import keyword
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
from pandas.testing import assert_frame_equal

import duzheng
from corpus.corpus import Corpus
from duzheng import cli
from duzheng.opened import OpenCorpus
from extractors.parse import parse
from schemas.errors import CorpusError, InvalidDecision, NotRead
from schemas.outcome import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PLAN = next((SAMPLES / "zhejiang" / "plans").rglob("*.txt"))
NOTICE = next((SAMPLES / "henan").glob("*.html"))
DAY = date(2025, 12, 1)

NO_COUNTERPART = {
    "demo": "runs the commands one after the other for people to look at; it has no result",
    "doctor": "says to a person what is installed; a program finds out by using it",
    "schedule": "runs until it is stopped; from Python: flows.schedule",
    "serve": "a service for browsers; from Python: duzheng.web.app.create_app",
    "accounts add": "people of that service; from Python: accounts.book.Book",
    "accounts change": "people of that service; from Python: accounts.book.Book",
    "accounts list": "people of that service; from Python: accounts.book.Book",
}
RENAMED = {"citations": ("missing_citations", "citations is the frame of all citations")}
NOT_IN_PYTHON = {
    "home": "the corpus is an object",
    "format": "results are objects; only export has forms",
    "fail_on": "an exit status; look at the verdicts",
    "original": "corpus.original",
    "changed": "what is printed of a result",
    "every": "what is printed of a result",
    "boxes": "pictures of pages for people: duzheng show --boxes",
    "html": "the page of a result for people",
    "xlsx": "a workbook of a result for people; the result is an object, and frames write workbooks",
    "out": "a file of a result for people; the result is an object",
    "table": "a file of a result for people; the result is an object",
    "plot": "a picture of a result for people",
    "by": "what a picture shows",
    "of": "what a picture shows",
    "facets": "counts are always in the result",
    "brief": "what is printed of a result",
    "strict": "what counts as a failure of the command; look at the levels",
    "into": "a file of packs; flows.regression.fold_in",
    "history": "corpus.history",
    "everything": "corpus.export_all; corpus.retry() without names",
    "serve": "a server for programs that watch; corpus.health()",
    "most": "how much is printed of a result",
    "datasette": "corpus.export_datasette",
}
"""Options without a parameter, and why."""


FILTERS = {"province", "city", "county", "year", "date", "genre", "role", "level"}


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the command line that does something, by its words."""

    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path, command
        for name, sub in (inner or {}).items():
            yield from below(sub, (*path, name))

    yield from below(typer.main.get_command(cli.app), ())


def counterpart(path: tuple[str, ...]) -> Callable[..., Any] | None:
    """The function or method that does what a command does: of an opened corpus, else of the module."""
    if path in {(name,) for name in RENAMED}:
        path = (RENAMED[path[0]][0],)
    names = [f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_") for name in path]
    for place in (_opened(), duzheng):
        found: Any = place
        for name in names:
            found = getattr(found, name, None)
        if callable(found):
            return found  # type: ignore[no-any-return]
    return None


_cache: list[OpenCorpus] = []


def _opened() -> OpenCorpus:
    return _cache[0]


@pytest.fixture(scope="module", autouse=True)
def _an_opened_corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with duzheng.open_corpus(tmp_path_factory.mktemp("empty"), create=True) as corpus:
        _cache[:] = [corpus]
        yield


def test_every_command_has_a_function() -> None:
    missing = {" ".join(path) for path, _ in commands() if counterpart(path) is None}
    assert missing == set(NO_COUNTERPART), "add it to duzheng.api or duzheng.opened, or say here why it has none"


def _keywords(function: Callable[..., Any]) -> set[str]:
    """What may come as further keywords: those of a typed dictionary, else the fields by which documents are chosen."""
    for one in inspect.signature(function).parameters.values():
        if one.kind is one.VAR_KEYWORD:
            name = str(one.annotation).removeprefix("Unpack[").removesuffix("]")
            typed = getattr(inspect.getmodule(function), name, None)
            return set(typed.__annotations__) if typed else FILTERS
    return set()


def test_every_option_has_a_parameter() -> None:
    lacking = []
    for path, command in commands():
        function = counterpart(path)
        if function is None:
            continue
        parameters = inspect.signature(function).parameters
        named = {*parameters, *_keywords(function), *NOT_IN_PYTHON, "identifier"}
        lacking += [
            f"{' '.join(path)} {option.name}"
            for option in command.params
            if option.param_type_name == "option" and option.name not in named
        ]
    # A frame, which pandas chooses from and writes; the fields of a rectification, which its model names.
    lacking = [one for one in lacking if not one.startswith(("findings ", "decide rectify "))]
    assert lacking == []


def test_every_function_says_what_it_does_and_has_types() -> None:
    for path, _ in commands():
        if (function := counterpart(path)) is None:
            continue
        assert inspect.getdoc(function), path
        signature = inspect.signature(function)
        assert signature.return_annotation is not signature.empty, path
    assert (Path(duzheng.__file__).parent / "py.typed").is_file()


def test_importing_duzheng_loads_nothing_heavy() -> None:
    program = (
        "import sys, duzheng; duzheng.parse, duzheng.packs; "
        "print([name for name in ('pandas', 'sqlalchemy', 'prefect', 'tantivy', 'pydantic') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


# What they give


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    with Corpus.open(folder, create=True) as corpus:
        for path in (PLAN, NOTICE):
            corpus.keep(path.read_bytes())
            corpus.record([parse(SourceFile(uri=str(path), data=path.read_bytes()))])
        from checks.engine import check
        from checks.pack import load

        corpus.record_checks([check(one, load("zhejiang-2021"), today=DAY) for one in corpus.documents(role="plan")])
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    with pytest.raises(SystemExit):
        cli.main([str(one) for one in arguments])
    return json.loads(capsys.readouterr().out)


def test_parse_and_check_give_what_the_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    documents = duzheng.parse(PLAN)
    assert [one.model_dump(mode="json") for one in documents] == printed(capsys, "parse", PLAN, "--format", "json")
    checks = duzheng.check(PLAN, requirements=["zhejiang-2021"], today=DAY)
    given = ("check", PLAN, "--requirements", "zhejiang-2021", "--today", DAY, "--format", "json")
    assert [one.model_dump(mode="json") for one in checks] == printed(capsys, *given)


def test_a_file_that_is_not_read_is_an_error_or_is_collected(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "b.txt").write_text("关于校共体建设的通知", encoding="utf-8")
    with pytest.raises(NotRead, match=r"a\.pdf"):
        duzheng.parse(tmp_path)
    failures: list[Any] = []
    assert len(duzheng.parse(tmp_path, failures=failures)) == 1
    assert [Path(one.uri).name for one in failures] == ["a.pdf"]


def test_a_plan_without_a_pack_is_left_out_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("关于校共体建设的通知", encoding="utf-8")
    with pytest.warns(UserWarning, match="no pack"):
        assert duzheng.check(tmp_path / "a.txt") == []


def test_the_tables_of_a_corpus_are_frames_with_filters(home: Path, tmp_path: Path) -> None:
    with duzheng.open_corpus(home) as corpus:
        documents, targets, findings = corpus.documents(), corpus.targets(), corpus.findings(today=DAY)
        assert len(documents) == 2
        assert set(targets["document"]) <= set(documents["document"])
        assert len(findings) == len(findings["finding"].unique()) > 10
        assert findings["leading"].all()
        assert (findings["final_verdict"].astype(str) == findings["verdict"].astype(str)).all()
        assert list(corpus.documents(role="plan")["role"]) == ["plan"]
        assert len(corpus.documents(role="plan", province="河南省")) == 0
        assert corpus.communities(role="requirement").empty
        assert set(corpus.tables("tasks", "leaders")) == {"tasks", "leaders"}
        with pytest.raises(CorpusError, match="no such filter"):
            corpus.documents(provinz="河南省")  # type: ignore[call-arg]
        (written,) = corpus.export(tmp_path / "t.parquet", "targets")
        assert written.rows == len(targets)
        assert_frame_equal(duzheng.read_table(written.path, "targets"), targets)
        assert isinstance(corpus.decisions(), pd.DataFrame)


def test_search_show_and_findings_give_what_the_commands_print(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duzheng.open_corpus(home) as corpus:
        found = corpus.search("共同体", role="plan")
        assert found.model_dump(mode="json") == printed(
            capsys, "search", "共同体", "--role", "plan", "--home", home, "--format", "json"
        )
        id = found.hits[0].document
        assert [corpus.show(id).model_dump(mode="json")] == printed(
            capsys, "show", id, "--home", home, "--format", "json"
        )
        listed = printed(capsys, "findings", "--home", home, "--state", "open", "--format", "json")
        assert [one.finding.id for one in corpus.standings(state="open")] == [one["id"] for one in listed]
        assert [len(matrix.rows) for matrix in corpus.matrix(today=DAY)] == [1]
        assert corpus.original(id) == PLAN.read_bytes()
        assert id not in [hit.document for hit in corpus.similar(id).hits]
        with pytest.raises(CorpusError, match="no document of this id"):
            corpus.show("nothing")


def test_decisions_are_recorded_as_by_the_command_line(home: Path, tmp_path: Path) -> None:
    from shutil import copytree

    with duzheng.open_corpus(copytree(home, tmp_path / "c")) as corpus:
        first, second, third = (str(one.finding.id) for one in corpus.standings()[:3])
        assert corpus.decide.override(first, "met", who="王五", why="已写明").id == "D0001"
        corpus.decide.waive(second, ground="通知", approver="赵六", until=DAY, applicant="李四", who="王五", why="无")
        corpus.decide.dispute(third, who="县教育局", why="已附", deadline=DAY)
        corpus.decide.dispute(third, who="王五", why="核实", outcome="upheld")
        corpus.decide.rectify(third, "assigned", who="王五", why="限期", responsible="基教股", deadline=DAY)
        corpus.decide.note(third, who="王五", why="已阅")
        assert corpus.decide.withdraw("D0001", who="王五", why="误判").corrects == "D0001"
        assert [one.number for one in corpus.decide.list()] == list(range(1, 8))
        assert corpus.decide.cases("zhejiang-2021") == []  # it was withdrawn
        frame = corpus.decisions()
        assert list(frame["corrected"]) == [True] + [False] * 6
        assert set(corpus.findings(today=DAY)["disposition"]) == {"open", "waived"}
        rows = corpus.ledger.export(tmp_path / "台账.xlsx", today=DAY)
        assert rows > 2
        assert corpus.ledger.import_(tmp_path / "台账.xlsx", who="王五", today=DAY).taken == []
        with pytest.raises(InvalidDecision):
            corpus.decide.dispute(third, who="王五", why="再", outcome="upheld")
        id, events, decisions = corpus.history(third)
        assert (id, len(events), len(decisions)) == (third, 1, 4)


def test_a_saved_search_reports_what_is_new(home: Path, tmp_path: Path) -> None:
    from shutil import copytree

    with duzheng.open_corpus(copytree(home, tmp_path / "c")) as corpus:
        corpus.searches.save("共同体", "共同体", role="plan")
        assert [one.name for one in corpus.searches.list()] == ["共同体"]
        assert [news.new for news in corpus.searches.run()] == [0]
        corpus.export_all(tmp_path / "a.zip")
        with duzheng.open_corpus(tmp_path / "other", create=True) as other:
            other.import_(tmp_path / "a.zip")
            assert other.searches.list() == corpus.searches.list()
        corpus.searches.remove("共同体")
        assert corpus.searches.list() == []


def test_a_corpus_goes_out_and_in_whole(home: Path, tmp_path: Path) -> None:
    with duzheng.open_corpus(home) as corpus:
        corpus.export_all(tmp_path / "a.zip")
    with duzheng.open_corpus(tmp_path / "b", create=True) as other:
        assert other.import_(tmp_path / "a.zip").conflicts == []
        assert len(other.documents()) == 2
        assert other.export_datasette(tmp_path / "m.yaml").is_file()


def test_packs_are_shown_linted_drafted_and_carried(tmp_path: Path) -> None:
    assert {pack.id for pack in duzheng.packs.list()} == {"henan-2025", "zhejiang-2021"}
    old = duzheng.packs.export("henan-2025", tmp_path / "pack.xlsx")
    (tmp_path / "again.yaml").write_text(duzheng.packs.import_(old), encoding="utf-8")
    assert duzheng.packs.diff("henan-2025", tmp_path / "again.yaml").requirements == []
    assert [one for one in duzheng.packs.lint("henan-2025") if one.level == "error"] == []
    drafted = tmp_path / "draft.yaml"
    drafted.write_text(duzheng.packs.draft(NOTICE, id="entwurf"), encoding="utf-8")
    assert duzheng.packs.show(drafted).id == "entwurf"
    assert "properties" in str(duzheng.packs.schema())


def test_two_documents_are_compared_and_a_plan_with_its_notice(home: Path) -> None:
    (plan,) = duzheng.parse(PLAN)
    assert duzheng.compare(plan, PLAN).counts["edited"] == 0
    (copied,) = duzheng.copying(PLAN, against=[PLAN])
    assert copied.copied == 0  # a plan is never compared with itself
    with duzheng.open_corpus(home) as corpus:
        id = str(corpus.documents(role="plan")["document"][0])
        assert corpus.compare(id, plan).counts["added"] == 0
        assert corpus.lineage(id).document.document == id
        assert corpus.trend("共同体").terms[0].total.documents == 2
        assert corpus.missing("zhejiang-2021").counties


@pytest.mark.slow
@pytest.mark.usefixtures("shared_prefect")
def test_ingest_check_and_verify_from_python(tmp_path: Path) -> None:
    program = f"""
import duzheng
if __name__ == "__main__":
    with duzheng.open_corpus({str(tmp_path / "c")!r}, create=True) as corpus:
        summary = corpus.ingest({str(PLAN)!r}, check=True)
        print(summary.read, summary.checks, len(corpus.documents()), len(corpus.verify().unconfirmed))
"""
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    run = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=True)
    assert run.stdout == "1 1 1 0\n"


def test_a_folder_named_corpus_beside_a_program_does_not_stand_in_its_way(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()  # what the README calls the corpus folder
    program = "from corpus.corpus import Corpus; print(Corpus.__name__)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "Corpus\n"), ran.stderr
