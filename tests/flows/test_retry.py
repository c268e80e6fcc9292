"""What could not be read is read again from its original, as it was given; nothing else is touched."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from extractors.parse import parse
from flows.pool import Limits
from flows.retry import retry
from schemas.errors import CorpusError
from schemas.outcome import Failure, Outcome, SourceFile

NOTICE = "甲子县教育局关于开展检查的通知\n各学校：\n现将检查工作通知如下。\n附件：检查表\n甲子县教育局\n2025年3月4日\n".encode()
TABLE = "检查表\n第一项 校舍安全\n".encode()


def one_at_a_time() -> Limits:
    return Limits(workers=1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path / "home", create=True):
        return tmp_path / "home"


def leave_unread(home: Path, data: bytes, uri: str, beside: tuple[tuple[str, bytes], ...] = ()) -> str:
    """A file that could not be read when its program was missing."""
    with Corpus.open(home) as corpus:
        digest = corpus.keep(data)
        companions = [(name, corpus.keep(content)) for name, content in beside]
        failure = Failure(uri=uri, cause="missing_program", message="LibreOffice is not installed", cure="install it")
        outcome = Outcome(uri=uri, sha256=digest, bytes=len(data), media_type="application/msword", failure=failure)
        corpus.record([outcome], {digest: companions})
    return digest


def test_it_is_read_with_its_attachment_and_without_the_folder_it_came_from(home: Path) -> None:
    leave_unread(home, NOTICE, "下发/通知.txt", (("下发/附件1 检查表.txt", TABLE),))
    result = retry(home, limits=one_at_a_time(), start="fork")
    assert (result.tried, result.read, result.documents, result.failures) == (1, 1, 1, [])
    with Corpus.open(home) as corpus:
        assert corpus.unread() == []
        (document,) = corpus.documents()
        assert document.source.uri == "下发/通知.txt"
        assert "校舍安全" in document.text
        assert [hit.document for hit in corpus.search("校舍安全").hits] == [document.id]
        taken = corpus.taken_from(document.id)
        assert [uri for uri, _ in taken.companions] == ["下发/附件1 检查表.txt"]
        data = [SourceFile(uri, corpus.originals.read(name)) for uri, name in taken.companions]
        assert parse(SourceFile(taken.uri, NOTICE), data).documents[0].id == document.id
        assert corpus.verify() == []


def test_what_still_cannot_be_read_stays_in_the_queue_with_its_new_reason(home: Path) -> None:
    leave_unread(home, b"%PDF-1.7 torn", "坏.pdf")
    result = retry(home, limits=one_at_a_time(), start="fork")
    assert (result.tried, result.read) == (1, 0)
    with Corpus.open(home) as corpus:
        (still,) = corpus.unread()
    assert still.attempts == 2
    assert still.cause == result.failures[0].cause != "missing_program"


def test_only_what_is_named_is_tried(home: Path) -> None:
    leave_unread(home, NOTICE, "甲.txt")
    other = leave_unread(home, NOTICE.replace("甲子".encode(), "乙丑".encode()), "乙.txt")
    assert retry(home, [other[:8]], limits=one_at_a_time(), start="fork").read == 1
    with Corpus.open(home) as corpus:
        assert [one.uri for one in corpus.unread()] == ["甲.txt"]
    assert retry(home, ["甲.txt"], limits=one_at_a_time(), start="fork").read == 1
    with pytest.raises(CorpusError, match="duzheng status"):
        retry(home, ["甲.txt"])


def test_a_file_that_was_replaced_since_is_not_brought_back(home: Path) -> None:
    leave_unread(home, NOTICE, "通知.txt")
    better = NOTICE.replace("检查".encode(), "督导".encode())
    with Corpus.open(home) as corpus:
        corpus.keep(better)
        corpus.record([parse(SourceFile("通知.txt", better))])
        assert corpus.unread() == []
    assert retry(home, limits=one_at_a_time(), start="fork").tried == 0
    with Corpus.open(home) as corpus:
        (document,) = corpus.documents()
        assert document.source.sha256 == sha256(better).hexdigest()


def test_under_another_name_that_was_not_replaced_it_comes_back(home: Path) -> None:
    digest = leave_unread(home, NOTICE, "副本.txt")
    leave_unread(home, NOTICE, "通知.txt")
    better = NOTICE.replace("检查".encode(), "督导".encode())
    with Corpus.open(home) as corpus:
        corpus.keep(better)
        corpus.record([parse(SourceFile("通知.txt", better))])
        assert [(one.uri, one.names) for one in corpus.unread()] == [("副本.txt", ("副本.txt",))]
    retry(home, limits=one_at_a_time(), start="fork")
    with Corpus.open(home) as corpus:
        current = {document.source.sha256: document.source.uri for document in corpus.documents()}
    assert current == {digest: "副本.txt", sha256(better).hexdigest(): "通知.txt"}


def test_a_file_whose_original_is_lost_says_so_and_the_others_are_read(home: Path) -> None:
    lost = leave_unread(home, NOTICE, "甲.txt")
    leave_unread(home, NOTICE.replace("甲子".encode(), "乙丑".encode()), "乙.txt")
    with Corpus.open(home) as corpus:
        corpus.originals.path(lost).unlink()
    result = retry(home, limits=one_at_a_time(), start="fork")
    assert (result.tried, result.read) == (2, 1)
    assert "original is missing" in result.failures[0].message


def test_a_file_read_without_an_attachment_is_waiting_for_it(home: Path) -> None:
    broken = b"%PDF-1.7 torn"
    with Corpus.open(home) as corpus:
        corpus.keep(NOTICE)
        corpus.keep(broken)
        outcome = parse(SourceFile("通知.txt", NOTICE), [SourceFile("附件1 检查表.pdf", broken)])
        assert outcome.attachment_failures
        corpus.record([outcome], {outcome.sha256: [("附件1 检查表.pdf", sha256(broken).hexdigest())]})
        (waiting,) = corpus.unread()
    assert waiting.partly
    assert waiting.message.startswith("附件1 检查表.pdf: ")
    result = retry(home, limits=one_at_a_time(), start="fork")
    assert (result.tried, result.read, result.documents) == (1, 0, 1)


def test_what_a_server_sent_keeps_the_time_it_was_fetched(home: Path) -> None:
    from datetime import UTC, datetime

    from corpus.sources import KeptAnswer

    url, moment = "https://jyj.example.cn/tz.txt", datetime(2025, 3, 5, 6, 7, tzinfo=UTC)
    digest = leave_unread(home, NOTICE, url)
    with Corpus.open(home) as corpus:
        corpus.sources.looked("甲", [], [KeptAnswer(digest, url, "甲", url, 200, (), moment)])
    retry(home, limits=one_at_a_time(), start="fork")
    with Corpus.open(home) as corpus:
        (document,) = corpus.documents()
    assert document.source.fetched_at == moment


def test_the_item_of_a_source_stands_for_what_was_read_and_its_reason_is_gone(home: Path) -> None:
    from corpus.sources import ItemFile, Look
    from schemas.fetching import Listed, RunFailure

    url = "in/通知.doc"
    better = NOTICE.replace("检查".encode(), "督导".encode())
    with Corpus.open(home) as corpus:
        corpus.keep(NOTICE)
        corpus.record([parse(SourceFile(url, NOTICE))])
    old, digest = sha256(NOTICE).hexdigest(), leave_unread(home, better, url)
    why = RunFailure(url=url, cause="missing_program", message="LibreOffice is not installed")
    with Corpus.open(home) as corpus:
        corpus.sources.seen("jia", [Listed(url)])
        look = Look(Listed(url), old, "key", (ItemFile(url, url, digest),), "digest", True, why)
        corpus.sources.looked("jia", [look], [])
    retry(home, limits=one_at_a_time(), start="fork")
    with Corpus.open(home) as corpus:
        item = corpus.sources.items("jia")[url]
        assert (item.sha256, item.cause, item.attempts) == (digest, None, 0)
        assert item.text_key != "key"
        (document,) = corpus.documents()
    assert document.source.sha256 == digest


BARE = "城乡学校共同体建设实施方案\n一、每学期开展联合教研2次以上。\n二、每年派出骨干教师5人到乡村学校任教。\n".encode()


@pytest.mark.parametrize("defined", [True, False])
def test_what_its_source_says_of_a_file_stands_in_when_it_is_read_again(home: Path, defined: bool) -> None:
    from corpus.sources import ItemFile, Look
    from flows.by_source import KIND
    from schemas.fetching import Listed, RunFailure

    url, digest = "in/方案.txt", leave_unread(home, BARE, "in/方案.txt")
    (home / "sources").mkdir()
    (home / "sources" / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    if defined:
        (home / "sources" / "submissions.yaml").write_text(
            "id: submissions\ntitle: 报送\nkind: folder\nurl: /in\npublisher: 淳安县教育局\nlevel: county\n"
            "jurisdiction: {province: 浙江省, city: 杭州市, county: 淳安县}\n",
            encoding="utf-8",
        )
    why = RunFailure(url=url, cause="missing_program", message="LibreOffice is not installed")
    with Corpus.open(home) as corpus:
        corpus.sources.seen("submissions", [Listed(url)])
        look = Look(Listed(url), digest, "", (ItemFile(url, url, digest),), "digest", False, why)
        corpus.sources.looked("submissions", [look], [])
    assert retry(home, limits=one_at_a_time(), start="fork").read == 1
    with Corpus.open(home) as corpus:
        (document,) = corpus.documents()
        found = list(corpus.documents(county="淳安县", level="county"))
    assert (document.issuers, document.level) == ((["淳安县教育局"], "county") if defined else ([], None))
    assert found == ([document] if defined else [])
    assert sum(note.kind == KIND and "submissions" in note.message for note in document.quality) == (
        3 if defined else 0
    )
