"""What is promised about saved searches and about documents like one: what is new is said once, and nothing is itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.errors import CorpusError, InvalidQuery
from schemas.outcome import Outcome


@pytest.fixture
def corpus(tmp_path: Path, outcome: Callable[..., Outcome]) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        opened.record(
            [outcome("推进教共体建设，开展教师交流。", uri="甲.txt"), outcome("校园食堂管理。", uri="食堂.txt")]
        )
        yield opened


def test_only_what_came_after_the_search_was_saved_is_new_and_only_once(
    corpus: Corpus, outcome: Callable[..., Outcome]
) -> None:
    corpus.save_search("交流", "教师交流")
    assert corpus.news("交流").new == 0
    corpus.record([outcome("乡村教师交流办法。", uri="乙.txt"), outcome("食堂招标公告。", uri="丙.txt")])
    news = corpus.news("交流")
    assert [hit.uri for hit in news.hits] == ["乙.txt"]
    assert (news.total, news.new, news.changed) == (2, 1, [])
    assert corpus.news("交流").new == 0


def test_a_file_that_changed_is_new_again_and_said_to_have_changed(
    corpus: Corpus, outcome: Callable[..., Outcome]
) -> None:
    corpus.save_search("交流", "教师交流")
    corpus.record([outcome("推进教共体建设，开展教师交流，每年一次。", uri="甲.txt")])
    corpus.locate([("甲.txt", outcome("推进教共体建设，开展教师交流，每年一次。").sha256)])
    news = corpus.news("交流")
    assert [hit.document for hit in news.hits] == news.changed
    assert len(news.changed) == 1


def test_reading_the_same_again_is_nothing_new(corpus: Corpus, outcome: Callable[..., Outcome]) -> None:
    corpus.save_search("交流", "教师交流")
    corpus.record([outcome("推进教共体建设，开展教师交流。", uri="甲.txt", title="另一种读法")])
    assert corpus.news("交流").new == 0


def test_filters_and_strictness_are_kept_with_the_search(corpus: Corpus, outcome: Callable[..., Outcome]) -> None:
    corpus.save_search("宽", "校联体", province="浙江")
    corpus.save_search("严", "校联体", strict=True)
    place = {"province": "浙江省"}
    corpus.record(
        [outcome("教共体在浙江。", uri="浙.txt", jurisdiction=place), outcome("教共体在河南。", uri="豫.txt")]
    )
    assert [hit.uri for hit in corpus.news("宽").hits] == ["浙.txt"]
    assert corpus.news("严").new == 0


def test_a_saved_search_is_never_read_more_loosely_than_it_was_written(
    corpus: Corpus, outcome: Callable[..., Outcome]
) -> None:
    assert corpus.search("教师交流怎么开展？").total > 0
    corpus.save_search("问", "教师交流怎么开展？")
    corpus.record([outcome("教师 开展 活动。", uri="x.txt")])
    assert corpus.news("问").total == 0


def test_saved_searches_survive_and_are_removed_by_name(tmp_path: Path, corpus: Corpus) -> None:
    corpus.save_search("乙", "食堂")
    corpus.save_search("甲", "教共体", year=2021)
    corpus.close()
    with Corpus.open(tmp_path / "home") as again:
        assert [(one.name, one.query, one.filters) for one in again.saved_searches()] == [
            ("乙", "食堂", {}),
            ("甲", "教共体", {"year": "2021"}),
        ]
        again.remove_search("乙")
        assert [one.name for one in again.saved_searches()] == ["甲"]
        with pytest.raises(CorpusError, match="no saved search '乙'"):
            again.news("乙")


def test_a_name_is_given_once_and_a_wrong_query_is_not_saved(corpus: Corpus) -> None:
    corpus.save_search("甲", "食堂")
    with pytest.raises(CorpusError, match="already"):
        corpus.save_search("甲", "教共体")
    with pytest.raises(InvalidQuery):
        corpus.save_search("乙", '"教共体')
    with pytest.raises(InvalidQuery, match="name"):
        corpus.save_search(" ", "教共体")
    assert [one.query for one in corpus.saved_searches()] == ["食堂"]


def test_what_is_like_a_document_is_neither_itself_nor_its_copy(
    corpus: Corpus, outcome: Callable[..., Outcome]
) -> None:
    text = "教师周转房分配办法。教师周转房优先安排支教教师，镇政府负责维修，租金按季度收取，水电费由住户承担。" * 3
    made = [
        outcome(text, uri="a.txt"),
        outcome(text + " ", uri="copy.txt"),
        outcome("镇政府腾出周转房，安排支教教师居住，租金减半。", uri="b.txt"),
        outcome("校园食堂陪餐制度，每周公布带量食谱。", uri="c.txt"),
    ]
    corpus.record(made)
    found = [hit.uri for hit in corpus.similar(made[0].documents[0].id).hits]
    assert found[0] == "b.txt"
    assert not {"a.txt", "copy.txt"} & set(found)
    with pytest.raises(CorpusError, match="no such document"):
        corpus.similar("0" * 16)
