"""What is promised about facets, dates, numbers and the paragraphs of a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.document import Community, Jurisdiction, Span
from schemas.errors import InvalidQuery
from schemas.finding import PackReference, PlanCheck, PlanReference
from schemas.outcome import Outcome

Make = Callable[..., Outcome]

PLAN = "一、总体要求\n教师交流轮岗，结对帮扶。\n其他事项。\n教师交流到村小。\n结对帮扶名单见附件。"


@pytest.fixture
def corpus(tmp_path: Path, outcome: Make) -> Iterator[Corpus]:
    mode = Community(name="甲组", mode="融合型", span=Span(start=0, end=1))
    other = Community(name="乙组", mode="协作型", span=Span(start=0, end=1))
    with Corpus.open(tmp_path / "home", create=True) as opened:
        opened.record(
            [
                outcome(
                    PLAN, uri="a.txt", title="甲溪县方案", issuers=["甲溪县教育局", "甲溪县财政局"],
                    document_number="甲教〔2021〕5号", signed_on=date(2021, 5, 31), communities=[mode, mode, other],
                    jurisdiction=Jurisdiction(province="浙江省", city="宁波市", county="甲溪县"), genre="plan",
                ),
                outcome(
                    "教师培训。", uri="b.txt", issuers=["乙河县教育局"], document_number="甲教〔2021〕15号",
                    signed_on=date(2021, 6, 1), jurisdiction=Jurisdiction(province="浙江省"),
                ),
                outcome("教师住房。", uri="c.txt"),
            ]
        )  # fmt: skip
        yield opened


def uris(corpus: Corpus, query: str, **filters: str) -> list[str | None]:
    return [hit.uri for hit in corpus.search(query, strict=True, **filters).hits]


def test_a_document_counts_for_each_of_its_issuers_and_modes_once(corpus: Corpus) -> None:
    facets = corpus.search("教师").facets
    assert facets["issuer"] == {"乙河县教育局": 1, "甲溪县教育局": 1, "甲溪县财政局": 1}
    assert facets["mode"] == {"协作型": 1, "融合型": 1}
    assert facets["province"] == {"浙江省": 2}
    assert facets["city"] == {"宁波市": 1}
    assert facets["year"] == {"2021": 2}
    assert facets["pack"] == {}


def test_only_the_facets_that_were_asked_for_are_counted(corpus: Corpus) -> None:
    assert set(corpus.search("教师", facets=("county", "mode")).facets) == {"county", "mode"}
    assert corpus.search("教师", facets=()).facets == {}
    with pytest.raises(InvalidQuery, match="colour"):
        corpus.search("教师", facets=("colour",))


def test_dates_narrow_to_the_day(corpus: Corpus) -> None:
    assert uris(corpus, "教师 date:2021-05") == ["a.txt"]
    assert uris(corpus, "教师 date:2021-06-01..") == ["b.txt"]
    assert sorted(map(str, uris(corpus, "教师 date:2021-05-31..2021-06"))) == ["a.txt", "b.txt"]
    assert uris(corpus, "教师 date:..2021-05-30") == []


def test_the_newest_come_first_when_asked_and_undated_ones_last(corpus: Corpus) -> None:
    result = corpus.search("教师", sort="date")
    assert [hit.uri for hit in result.hits] == ["b.txt", "a.txt", "c.txt"]
    assert [corpus.search("教师", sort="date", limit=1, offset=n).hits[0].uri for n in range(3)] == [
        hit.uri for hit in result.hits
    ]
    with pytest.raises(InvalidQuery, match="length"):
        corpus.search("教师", sort="length")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["甲教〔2021〕5号", "甲教[2021]5号", "甲教（2021）5号", "甲教20215号"])
def test_a_number_is_found_whatever_its_brackets_and_no_longer_one(corpus: Corpus, number: str) -> None:
    assert uris(corpus, f'number:"{number}"') == ["a.txt"]


def test_a_hit_shows_its_best_paragraphs_and_says_how_many_match(corpus: Corpus) -> None:
    hit = corpus.search("教师交流 结对帮扶").hits[0]
    assert hit.paragraphs == 3
    assert "教师交流轮岗，结对帮扶。" in [snippet.quote for snippet in hit.snippets]
    for snippet in hit.snippets:
        paragraph = PLAN[snippet.paragraph.start : snippet.paragraph.end]
        assert "\n" not in paragraph
        within = snippet.span.start - snippet.paragraph.start
        assert paragraph[within : within + len(snippet.quote)] == snippet.quote


def test_the_one_paragraph_that_holds_all_wordings_is_preferred(corpus: Corpus, outcome: Make) -> None:
    text = "\n".join([*["食堂。"] * 5, *["校舍。"] * 5, "食堂改造，另有别的很长很长的事情要做。校舍维修。"])
    corpus.record([outcome(text, uri="d.txt")])
    hit = corpus.search("食堂 校舍").hits[0]
    assert hit.paragraphs == 11
    assert any(snippet.paragraph.end == len(text) for snippet in hit.snippets)


def _check(corpus: Corpus, uri: str, **summary: int) -> PlanCheck:
    id = next(hit.document for hit in corpus.search("教师").hits if hit.uri == uri)
    pack = PackReference(
        id="henan-2025",
        version="1",
        sha256="0" * 64,
        title="要求",
        province="河南省",
        basis_obtained=True,
        basis_note="",
    )
    plan = PlanReference(id=id, uri=uri)
    return PlanCheck(plan=plan, pack=pack, findings=[], summary=summary)  # type: ignore[arg-type]


def test_verdicts_of_the_last_check_are_counted_and_searched(corpus: Corpus) -> None:
    corpus.record_checks([_check(corpus, "a.txt", met=3, not_met=1), _check(corpus, "b.txt", met=4)])
    facets = corpus.search("教师").facets
    assert facets["pack"] == {"henan-2025": 2}
    assert facets["verdict"] == {"met": 2, "not_met": 1}
    assert uris(corpus, "教师 verdict:not_met pack:henan-2025") == ["a.txt"]
    corpus.record_checks([_check(corpus, "a.txt", met=4)])
    assert uris(corpus, "教师 verdict:not_met") == []
    assert corpus.verify_index() == []


def test_verdicts_outlive_a_new_index(corpus: Corpus) -> None:
    corpus.record_checks([_check(corpus, "a.txt", not_found=1)])
    corpus.close()
    for path in (corpus.home / "index").iterdir():
        path.unlink()
    with Corpus.open(corpus.home) as again:
        assert uris(again, "教师 verdict:not_found") == ["a.txt"]


def test_counts_are_those_of_what_is_stored_now_however_often_they_were_asked_for(
    corpus: Corpus, outcome: Make
) -> None:
    """Counts are kept by search: what is taken in, or another corpus, gives others."""
    for _ in range(2):
        assert corpus.search("教师", facets=["province"]).facets == {"province": {"浙江省": 2}}
    assert corpus.search("教师", facets=["county"]).facets == {"county": {"甲溪县": 1}}
    assert corpus.search("教师", facets=["province"], level="school").facets == {"province": {}}
    corpus.record([outcome("教师交流。", uri="d.txt", jurisdiction=Jurisdiction(province="河南省"))])
    assert corpus.search("教师", facets=["province"]).facets == {"province": {"浙江省": 2, "河南省": 1}}
    with Corpus.open(corpus.home.parent / "other", create=True) as other:
        other.record([outcome("教师交流。", uri="e.txt", jurisdiction=Jurisdiction(province="湖南省"))])
        assert other.search("教师", facets=["province"]).facets == {"province": {"湖南省": 1}}
    assert corpus.search("教师", facets=["province"]).facets == {"province": {"浙江省": 2, "河南省": 1}}
