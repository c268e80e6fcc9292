"""What is promised about search: both scripts, both vocabularies, exact marks in the original, nothing missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.corpus import Corpus
from corpus.units import plain, units
from extractors.words import segment
from schemas.document import Jurisdiction
from schemas.errors import InvalidQuery
from schemas.outcome import Outcome
from schemas.search import SearchResult

SIMPLIFIED = (
    "一、总体要求\n推进城乡教共体建设，通过互联网开展“同步课堂”项目。到2025 年底，覆盖率达到70%。\n联系人：周  军"
)
TRADITIONAL = "一、總體要求\n推進城鄉教共體建設，透過網際網路開展「同步課堂」專案。著名教師支援鄉村。"


@pytest.fixture
def corpus(tmp_path: Path, outcome: Callable[..., Outcome]) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        zhejiang = Jurisdiction(province="浙江省", city="宁波市", county="甲溪县")
        henan = Jurisdiction(province="河南省", city="洛阳市")
        opened.record(
            [
                outcome(
                    SIMPLIFIED, uri="s.txt", title="甲溪县教共体建设方案", issuers=["甲溪县教育局", "甲溪县财政局"],
                    jurisdiction=zhejiang, signed_on=date(2021, 5, 1), genre="plan", role="plan", level="county",
                ),
                outcome(
                    TRADITIONAL, uri="t.txt", jurisdiction=henan, published_on=date(2025, 9, 1), genre="notice",
                    role="requirement", level="city",
                ),
                outcome("关于食堂的公告，项目很多。", uri="o.txt"),
            ]
        )  # fmt: skip
        yield opened


def found(result: SearchResult) -> dict[str | None, list[str]]:
    """The marked stretches by file; each quote is as long as its span says."""
    marked: dict[str | None, list[str]] = {}
    for hit in result.hits:
        marked[hit.uri] = [snippet.quote[a:b] for snippet in hit.snippets for a, b in snippet.marks]
        assert all(len(s.quote) == s.span.end - s.span.start for s in hit.snippets)
    return marked


@pytest.mark.parametrize("query", ["教共体建设", "教共體建設"])
def test_either_script_finds_both_and_marks_the_original(corpus: Corpus, query: str) -> None:
    result = corpus.search(query)
    assert result.total == 2
    assert found(result) == {"s.txt": ["教共体建设"], "t.txt": ["教共體建設"]}


@pytest.mark.parametrize("query", ["互联网", "網際網路", "网际网路", "互聯網"])
def test_mainland_and_taiwan_words_find_each_other(corpus: Corpus, query: str) -> None:
    assert found(corpus.search(query)) == {"s.txt": ["互联网"], "t.txt": ["網際網路"]}


def test_a_taiwan_word_inside_a_longer_query_is_widened_too(corpus: Corpus) -> None:
    assert found(corpus.search("同步课堂项目")) == {"s.txt": ["同步课堂”项目"], "t.txt": ["同步課堂」專案"]}


def test_the_wording_that_was_typed_comes_first(corpus: Corpus, outcome: Callable[..., Outcome]) -> None:
    corpus.record([outcome("校舍维修项目", uri="a.txt"), outcome("校舍維修專案", uri="b.txt")])
    assert [hit.uri for hit in corpus.search("维修项目").hits] == ["a.txt", "b.txt"]
    assert [hit.uri for hit in corpus.search("维修专案").hits] == ["b.txt", "a.txt"]


def test_a_title_counts_more_than_the_text(corpus: Corpus, outcome: Callable[..., Outcome]) -> None:
    text = "校舍维修，校舍维修，按期完成。"
    corpus.record([outcome(text, uri="a.txt"), outcome("按期完成工程。", uri="b.txt", title="校舍维修方案")])
    assert corpus.search("校舍维修").hits[0].uri == "b.txt"


def test_quoted_words_have_no_synonyms_but_both_scripts(corpus: Corpus) -> None:
    assert found(corpus.search('"互联网"')) == {"s.txt": ["互联网"]}
    assert found(corpus.search('"總體要求"')) == {"s.txt": ["总体要求"], "t.txt": ["總體要求"]}


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("2025年底", ["2025 年底"]),
        ("70%", ["70%"]),
        ("周军", ["周  军"]),
        ("城", ["城"]),
        ("共体建", ["共体建"]),
        ("步课", ["步课"]),
    ],
)
def test_a_wording_is_found_however_words_are_cut(corpus: Corpus, query: str, marked: list[str]) -> None:
    assert found(corpus.search(query))["s.txt"] == marked


def test_words_must_all_occur_unless_or_joins_them(corpus: Corpus) -> None:
    assert corpus.search("教共体 食堂").total == 0
    assert corpus.search("教共体 OR 食堂").total == 3
    assert found(corpus.search("项目 -教共体")) == {"o.txt": ["项目"]}
    assert corpus.search("-教共体").total == 1
    assert corpus.search("(食堂 OR 教共体) 项目 -公告").total == 2


def test_nothing_literal_is_searched_by_words_and_said(corpus: Corpus) -> None:
    result = corpus.search("教共体同步课堂")
    assert result.total == 2
    assert result.note
    assert "教共体" in result.note
    assert found(result)["t.txt"] == ["教共體", "同步課堂"]
    assert corpus.search('"教共体同步课堂"').total == 0


def test_fields_narrow_the_result(corpus: Corpus) -> None:
    def uris(query: str, **filters: str | int) -> set[str | None]:
        return {hit.uri for hit in corpus.search(query, **filters).hits}

    assert uris("建设 province:浙江") == uris("建设 省:浙江省") == uris("建设", province="浙江") == {"s.txt"}
    assert uris("year:2021..2024") == uris("", year=2021) == uris("year:<2025") == {"s.txt"}
    assert uris("year:2025") == {"t.txt"}
    assert uris("county:甲溪") == uris("issuer:财政局") == uris("title:方案") == {"s.txt"}
    assert uris("genre:notice,plan") == {"s.txt", "t.txt"}
    assert uris("script:Hant") == uris("level:市") == uris("role:requirement") == {"t.txt"}
    assert uris("province:海") == set()


def test_facets_count_all_hits_not_only_those_shown(corpus: Corpus) -> None:
    result = corpus.search("项目", limit=1)
    assert (result.total, len(result.hits)) == (3, 1)
    assert result.facets["province"] == {"浙江省": 1, "河南省": 1}
    assert result.facets["year"] == {"2021": 1, "2025": 1}
    assert result.facets["script"] == {"Hans": 2, "Hant": 1}
    assert result.facets["genre"] == {"plan": 1, "notice": 1, "other": 1}
    assert result.facets["county"] == {"甲溪县": 1}


def test_pages_of_a_result_do_not_overlap(corpus: Corpus) -> None:
    pages = [corpus.search("项目", limit=1, offset=offset).hits[0].document for offset in range(3)]
    assert len(set(pages)) == 3
    assert corpus.search("项目", limit=5, offset=3).hits == []
    assert corpus.search("项目", limit=0).total == 3


def test_a_hit_says_what_the_document_is(corpus: Corpus) -> None:
    hit = corpus.search("title:甲溪").hits[0]
    assert (hit.title, hit.issuer, hit.date) == ("甲溪县教共体建设方案", "甲溪县教育局、甲溪县财政局", date(2021, 5, 1))
    assert hit.jurisdiction.county == "甲溪县"
    assert hit.snippets[0].marks == []
    assert hit.snippets[0].quote == "一、总体要求"
    assert corpus.document(hit.document) is not None


def test_a_match_in_the_title_is_marked_there(corpus: Corpus) -> None:
    hit = corpus.search("教共體").hits[0]
    assert hit.title is not None
    assert [hit.title[a:b] for a, b in hit.title_marks] == ["教共体"]


def test_a_snippet_is_a_stretch_of_the_document(corpus: Corpus) -> None:
    for hit in corpus.search("建设 OR 课堂 OR 联系人").hits:
        document = corpus.document(hit.document)
        assert document is not None
        for snippet in hit.snippets:
            assert snippet.quote == document.quote(snippet.span)


@pytest.mark.parametrize("query", ["著名教师", "着名教師", "著"])
def test_the_one_character_whose_folding_depends_on_its_surroundings_is_found(corpus: Corpus, query: str) -> None:
    assert corpus.search(query).hits[0].uri == "t.txt"


@pytest.mark.parametrize("query", ["", '"教', "x:y", "year:abc"])
def test_an_impossible_query_is_an_expected_error(corpus: Corpus, query: str) -> None:
    with pytest.raises(InvalidQuery):
        corpus.search(query)


@pytest.mark.parametrize("given_", [{"limit": -1}, {"limit": 10_000}, {"offset": -1}, {"genre": "poem"}])
def test_impossible_arguments_are_expected_errors(corpus: Corpus, given_: dict[str, int]) -> None:
    with pytest.raises(InvalidQuery):
        corpus.search("教", **given_)  # type: ignore[arg-type]


WORDS = st.sampled_from(
    [
        *[" ", "\n", "，", "。", "“", "”", "（", "）", "2025年", "70%", "AI", "的", "和", "著", "里", "裡", "县", "縣"],
        *["教共体", "教共體", "结对帮扶", "互联网", "網際網路", "乡村学校", "鄉村學校", "教师", "教師", "交流", "輪崗"],
        *["轮岗", "优质均衡", "優質均衡", "考核"],
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(WORDS, min_size=1, max_size=30).map("".join))
def test_every_word_of_a_document_finds_it_and_is_marked(
    corpus: Corpus, outcome: Callable[..., Outcome], text: str
) -> None:
    made = outcome(text, uri="random.txt")
    corpus.record([made])
    folded = plain(text)
    for word, start, end in segment(folded):
        if not units(word):
            continue
        quoted = corpus.search(f'"{text[start:end]}" -title:方案', limit=1000)
        hit = next((hit for hit in quoted.hits if hit.document == made.documents[0].id), None)
        assert hit is not None, word
        marks = [units(plain(snippet.quote[a:b])) for snippet in hit.snippets for a, b in snippet.marks]
        assert marks
        assert all(mark == units(word) for mark in marks), (word, marks)
