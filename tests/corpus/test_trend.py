"""A trend counts what a search finds, by year, level and province; a picture has its words as words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import trend_plot
from corpus.corpus import Corpus
from corpus.trend import trend
from schemas.document import Jurisdiction
from schemas.errors import CorpusError, InvalidQuery
from schemas.outcome import Outcome
from schemas.trend import Trend, TrendCount

HENAN, ZHEJIANG = Jurisdiction(province="河南省"), Jurisdiction(province="浙江省")
TEXTS = [
    ("推进校共体建设，校共体每月教研。", {"signed_on": date(2021, 5, 1), "jurisdiction": ZHEJIANG, "level": "county"}),
    (
        "推進教共體建設，透過網際網路開展專案。",
        {"signed_on": date(2021, 7, 1), "jurisdiction": ZHEJIANG, "level": "city"},
    ),
    (
        "关于食堂的公告，项目很多，“互联网”课堂。",
        {"published_on": date(2023, 1, 1), "jurisdiction": HENAN, "level": "county"},
    ),
    ("没有日期的通知：教师交流。", {"title": "关于校联体的通知", "level": "province"}),
    ("（空）", {"signed_on": date(2024, 1, 1), "jurisdiction": HENAN}),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trend") / "home"


@pytest.fixture
def corpus(home: Path, outcome: Callable[..., Outcome]) -> Iterator[Corpus]:
    made = home.exists()
    with Corpus.open(home, create=True) as opened:
        if not made:
            opened.record([outcome(text, uri=f"{n}.txt", **facts) for n, (text, facts) in enumerate(TEXTS)])
        yield opened


def documents(counts: list[TrendCount]) -> dict[str | None, int]:
    return {one.value: one.documents for one in counts if one.documents}


@pytest.mark.parametrize(
    "term", ["校共体", "校聯體", "项目", "網際網路", "互联网", "教师交流", "公告", "二〇二一", "食 堂"[:1], "校"]
)
@pytest.mark.parametrize("strict", [False, True])
def test_the_counts_are_those_of_a_search(corpus: Corpus, term: str, strict: bool) -> None:
    (counted,) = trend(corpus.texts(), [term], strict=strict).terms
    found = corpus.search(f'"{term}"' if strict else term)
    total = 0 if found.note and not found.hits else found.total
    assert counted.total.documents == total
    for name in ("year", "level", "province"):
        known = {value: n for value, n in documents(counted.by[name]).items() if value is not None}
        assert known == found.facets[name]
    assert {one.value: one.of_documents for one in counted.by["year"]} == {"2021": 2, "2023": 1, "2024": 1, None: 1}


_PIECES = st.sampled_from(
    ["校共体", "教共體", "专案", "項目", "互联网", "網路", "2025", "年", "，", " ", "“", "教", "师"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, min_size=1, max_size=3))
def test_any_words_count_as_many_documents_as_a_search_finds(corpus: Corpus, pieces: list[str]) -> None:
    term = '"' + "".join(pieces).replace("“", "") + '"'
    try:
        (counted,) = trend(corpus.texts(), [term]).terms
    except InvalidQuery:
        with pytest.raises(InvalidQuery):
            corpus.search(term)
        return
    assert counted.total.documents == corpus.search(term).total


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_PIECES, min_size=1, max_size=3), min_size=1, max_size=3), st.booleans())
def test_with_the_index_every_number_is_that_of_a_pass_over_all_texts(
    corpus: Corpus, terms: list[list[str]], strict: bool
) -> None:
    asked = ['"' + "".join(pieces).replace("“", "") + '"' for pieces in terms]
    try:
        expected = trend(corpus.texts(), asked, strict=strict)
    except InvalidQuery:
        with pytest.raises(InvalidQuery):
            corpus.trend(asked, strict=strict)
        return
    assert corpus.trend(asked, strict=strict) == expected
    uncounted = corpus.trend(asked, strict=strict, most=-1)
    every = [(one, two) for one, two in zip(_counts(uncounted), _counts(expected), strict=True)]
    assert all(one == two.model_copy(update={"mentions": None, "per_10000": None}) for one, two in every)


def _counts(found: Trend) -> list[TrendCount]:
    return [one for term in found.terms for counts in ([term.total], *term.by.values()) for one in counts]


def test_the_index_counts_what_was_taken_in_and_taken_out_since(
    tmp_path: Path, outcome: Callable[..., Outcome]
) -> None:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        assert opened.trend(["校共体"]) == trend([], ["校共体"])
        for text in ("校共体 建设。", "校\u3000共体建设，教共体。", "别的内容"):
            opened.record([outcome(text, uri="a.txt", signed_on=date(2021, 5, 1))])
            opened.record([outcome(f"{text}校共体。", uri=f"{len(text)}.txt", jurisdiction=HENAN)])
            assert opened.trend(["校共体", "内容"]) == trend(opened.texts(), ["校共体", "内容"])


def test_only_the_texts_that_hold_a_term_are_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.documents import Documents

    read: list[str] = []
    texts = Documents.texts
    monkeypatch.setattr(Documents, "texts", lambda self, only=None: read.extend(only or ["all"]) or texts(self, only))
    assert corpus.trend(["公告"]).terms[0].total.documents == 1
    assert len(read) == 1
    corpus.trend(["没有人写过"])
    assert corpus.trend(["校共体", "项目"], most=1).terms[0].total.mentions is None
    assert len(read) == 1


def test_synonyms_and_variants_are_counted_with_a_term_and_not_when_strict(corpus: Corpus) -> None:
    wide, strict = (trend(corpus.texts(), ["校共体"], strict=strict).terms[0] for strict in (False, True))
    assert documents(wide.by["year"]) == {"2021": 2, None: 1}
    assert "教共体" in wide.wordings
    assert documents(strict.by["year"]) == {"2021": 1}
    assert strict.wordings == ["校共体"]


def test_mentions_are_places_in_the_text_and_their_rate_is_of_all_documents_of_the_group(corpus: Corpus) -> None:
    (counted,) = trend(corpus.texts(), ["校共体"], strict=True).terms
    year = counted.by["year"][0]
    assert (year.value, year.documents, year.of_documents, year.mentions) == ("2021", 1, 2, 2)
    assert year.characters == sum(len(text) for text, _ in TEXTS[:2])
    assert year.per_10000 == round(2 * 10_000 / year.characters, 3)


def test_overlapping_wordings_are_one_mention(tmp_path: Path, outcome: Callable[..., Outcome]) -> None:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        opened.record([outcome("建设城乡学校共同体，办好学校共同体。")])
        (counted,) = trend(opened.texts(), ["校共体"]).terms
    assert len(counted.wordings) > 1
    assert counted.total.mentions == 2


@pytest.mark.parametrize("term", ["", "教共体 项目", "year:2021", "NOT 项目", "title:通知"])
def test_a_query_is_no_term(corpus: Corpus, term: str) -> None:
    with pytest.raises(InvalidQuery):
        trend(corpus.texts(), [term])


def test_an_svg_holds_its_words_as_text_whatever_they_are(corpus: Corpus, tmp_path: Path) -> None:
    result = trend(corpus.texts(), ["校共体", '"_x$a$<b>&"', '"教\u0007师"'])
    for by in ("year", "level", "province"):
        path = tmp_path / f"{by}.svg"
        trend_plot.plot(result, path, by=by, measure="per_10000", names={"county": "县级"})
        root = ElementTree.parse(path).getroot()
        words = {"".join(one.itertext()).strip() for one in root.iter("{http://www.w3.org/2000/svg}text")}
        assert {"校共体", '"_x$a$<b>&"', "每万字次数"} <= words
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert re.search("河南省", path.read_text(encoding="utf-8"))


def test_a_picture_without_documents_is_drawn_all_the_same(tmp_path: Path) -> None:
    trend_plot.plot(trend([], ["校共体"]), tmp_path / "empty.svg", names={})
    assert (tmp_path / "empty.svg").stat().st_size


def test_a_png_needs_a_chinese_font_and_says_so_where_there_is_none(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = trend(corpus.texts(), ["校共体"])
    monkeypatch.setattr(trend_plot, "CHINESE_FONTS", ("No Such Font",))
    with pytest.raises(CorpusError, match="fonts-noto-cjk"):
        trend_plot.plot(result, tmp_path / "a.png", names={})
    assert not (tmp_path / "a.png").exists()
    # Any installed font will do for this test: that its glyphs are Chinese is what the list is for.
    monkeypatch.setattr(trend_plot, "CHINESE_FONTS", ("DejaVu Sans",))
    trend_plot.plot(result, tmp_path / "b.png", names={})
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_another_kind_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="svg"):
        trend_plot.plot(trend(corpus.texts(), ["校共体"]), tmp_path / "a.pdf", names={})
