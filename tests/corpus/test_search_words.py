"""What is promised about words: synonyms come last and are named, questions are answered, and nothing is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.corpus import Corpus
from corpus.loosening import content
from corpus.nearby import typed
from corpus.query import Dates, Values, Wording, parse
from corpus.synonyms import synonyms
from schemas.document import Jurisdiction
from schemas.errors import InvalidQuery
from schemas.outcome import Outcome


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, outcome: Callable[..., Outcome]) -> Iterator[Corpus]:
    with Corpus.open(tmp_path_factory.mktemp("words") / "home", create=True) as opened:
        opened.record(
            [
                outcome("推进校联体建设。", uri="校.txt"),
                outcome("推进教共体建设，教共体结对，教共体考核。", uri="教.txt", title="教共体方案"),
                outcome("推進城鄉教育共同體建設，實施專案。", uri="繁.txt"),
                outcome(
                    "每名交流教师每月补助三百元，由财政列支。", uri="补助.txt", title="教师交流办法",
                    document_number="甲教〔2021〕18号", signed_on=date(2021, 6, 30),
                    jurisdiction=Jurisdiction(province="浙江省", city="衢州市"),
                ),
                outcome("校园食堂实行陪餐制度。", uri="食堂.txt", signed_on=date(2020, 1, 1)),
                outcome("执行《办法》（甲教〔2021〕18号），见甲教〔2021〕18号。", uri="引用.txt"),
            ]
        )  # fmt: skip
        yield opened


def uris(corpus: Corpus, query: str, **given_: object) -> list[str | None]:
    return [hit.uri for hit in corpus.search(query, **given_).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["校联体", "校聯體"])
def test_a_synonym_is_found_marked_and_ranked_below_the_word_typed(corpus: Corpus, query: str) -> None:
    result = corpus.search(query)
    assert result.hits[0].uri == "校.txt"
    assert {hit.uri for hit in result.hits} == {"校.txt", "教.txt", "繁.txt"}
    marks = {hit.uri: hit.snippets[0].quote[slice(*hit.snippets[0].marks[0])] for hit in result.hits}
    assert marks["繁.txt"] == "城鄉教育共同體"


def test_the_result_says_which_wordings_were_added(corpus: Corpus) -> None:
    assert "教共体" in corpus.search("校联体").widened["校联体"]
    assert corpus.search("陪餐").widened == {}


def test_strict_turns_off_synonyms_variants_and_looser_readings_but_neither_script(corpus: Corpus) -> None:
    assert uris(corpus, "校联体", strict=True) == ["校.txt"]
    assert corpus.search("校联体", strict=True).widened == {}
    assert uris(corpus, "项目") == ["繁.txt"]
    assert uris(corpus, "项目", strict=True) == []
    assert uris(corpus, "專案", strict=True) == uris(corpus, "专案", strict=True) == ["繁.txt"]
    assert corpus.search("交流教师补助多少？").total > 0
    assert corpus.search("交流教师补助多少？", strict=True).total == 0


def test_a_synonym_inside_a_longer_wording_is_widened_but_never_cuts_a_word(corpus: Corpus) -> None:
    assert set(uris(corpus, "推进校联体建设")) >= {"校.txt", "教.txt"}
    assert "县教育体育局" in synonyms("县教体局")
    assert synonyms("起初中学") == ()
    assert synonyms("食品安全共同体") == ()


def test_a_question_finds_its_answer_by_its_words(corpus: Corpus) -> None:
    result = corpus.search("交流教师每月的补助是多少？")
    assert result.hits[0].uri == "补助.txt"
    assert result.note
    assert "多少" not in result.note


def test_what_makes_a_question_weighs_nothing() -> None:
    (wording,) = [parse("交流教师的补助是多少")]
    assert isinstance(wording, Wording)
    assert [word.text for word in content(wording).words] == ["交流", "教师", "补助"]


def test_a_sentence_that_few_hold_comes_first_and_the_others_follow(corpus: Corpus) -> None:
    result = corpus.search("校园食堂实行陪餐制度")
    assert result.hits[0].uri == "食堂.txt"
    assert uris(corpus, '"校园食堂实行陪餐制度"') == ["食堂.txt"]


def test_a_word_nobody_wrote_is_named_with_what_is_near(corpus: Corpus) -> None:
    nothing = corpus.search("陪餐 魑魅").nothing
    assert nothing is not None
    assert [(part.text, part.alone, part.without) for part in nothing.parts] == [("陪餐", 1, 0), ("魑魅", 0, 1)]
    assert ("陪餐 OR 魑魅", 1) in [(near.query, near.total) for near in nothing.near]


def test_a_filter_that_leaves_nothing_is_named(corpus: Corpus) -> None:
    nothing = corpus.search("陪餐", province="浙江").nothing
    assert nothing is not None
    assert [(part.kind, part.alone, part.without) for part in nothing.parts] == [("words", 1, 1), ("filter", 1, 1)]
    (near,) = [near for near in nothing.near if near.kind == "without"]
    assert (near.query, near.total) == ("陪餐", 1)


def test_a_misspelt_word_is_answered_with_words_of_the_corpus(corpus: Corpus) -> None:
    nothing = corpus.search('"教共题" 建设').nothing
    assert nothing is not None
    spelt = [near for near in nothing.near if near.kind == "spelling"]
    assert spelt[0].query == '"教共体" 建设'
    assert spelt[0].total == corpus.search(spelt[0].query).total > 0
    assert "教共体" in str(corpus.search("教共题").note)


def test_every_query_offered_finds_as_many_as_was_said(corpus: Corpus) -> None:
    for query in ("陪餐 魑魅", "陪餐 province:浙江", '"教共题" (建设 OR 食堂) -考核', "陪餐 date:2021", "陪餐 -校园"):
        nothing = corpus.search(query).nothing
        assert nothing is not None, query
        for near in nothing.near:
            assert corpus.search(near.query).total == near.total, near


def test_there_is_a_reason_when_and_only_when_nothing_was_found(corpus: Corpus) -> None:
    assert corpus.search("陪餐").nothing is None
    assert corpus.search("province:海南").nothing is not None


@pytest.mark.parametrize(
    "query", ["number:甲教〔2021〕18号", "文號:甲教202118號", "甲教202118号", "number:甲教202118", "number:(2021)18號"]
)
def test_a_document_is_found_by_its_number_however_it_is_bracketed(corpus: Corpus, query: str) -> None:
    assert uris(corpus, query)[0] == "补助.txt"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date:2020-01..2021-06", {"食堂.txt", "补助.txt"}),
        ("日期:>=2021", {"补助.txt"}),
        ("date:2021年6月30日", {"补助.txt"}),
        ("date:<2021-06-30", {"食堂.txt"}),
        ("date:2020", {"食堂.txt"}),
    ],
)
def test_dates_bound_a_search_with_both_ends_included(corpus: Corpus, query: str, found: set[str]) -> None:
    assert set(uris(corpus, query)) == found


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("結論:不符合,未见", Values("verdict", ("not_met", "not_found"))),
        ("模式:融合型", Values("mode", ("融合型",))),
        ("要求包:henan-2025", Values("pack", ("henan-2025",))),
        ("date:2020-02", Dates(date(2020, 2, 1), date(2020, 2, 29))),
        ("date:2020—2021", Dates(date(2020, 1, 1), date(2021, 12, 31))),
        ("date:>2021-02", Dates(date(2021, 3, 1), None)),
    ],
)
def test_fields_of_findings_and_dates_have_chinese_names(query: str, node: object) -> None:
    assert parse(query) == node


@pytest.mark.parametrize(
    "query", ["date:去年", "date:2020-13", "date:2021-02-30", "date:..", "verdict:good", "number:〔〕"]
)
def test_an_impossible_date_verdict_or_number_is_said(query: str) -> None:
    with pytest.raises(InvalidQuery):
        parse(query)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["教共体", '"教师"', "-食堂", "year:2020..2022", "date:2020-01..", "(甲 OR 乙)", "title:方案", "省:浙江"]),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_a_query_offered_to_be_typed_means_what_it_stands_for(parts: list[str]) -> None:
    node = parse(" ".join(parts))
    assert parse(typed(node)) == node
