"""Whether a document is about school communities, near misses included."""

from __future__ import annotations

import pytest

from extractors.fold import fold
from extractors.topics import find_topics


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("关于推进城乡学校共同体建设的通知", "各校共体核心校要派出教师。"),
        ("集团化办学实施方案", "教育集团由总校和成员校组成，学校教师统一调配。"),
        ("", "我校与河东小学结对帮扶，教师交流。受援学校每学期派教师跟岗，支援学校送教，结对帮扶工作每年总结。"),
        ("義務教育共同體方案", "各教共體核心校帶動成員校，學校教師統一調配，教共體共享資源。"),
    ],
)
def test_school_communities_in_any_name_are_on_topic(title: str, text: str) -> None:
    assert find_topics(fold(title), fold(text)).on_topic


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("统计上城乡划分方案", "城乡划分代码由村、居委会人员编制，学校填报。"),
        ("校园食品安全共同体工作方案", "学校食堂实行阳光厨房，食品安全共同体每月检查。"),
        ("名校协作体学科竞赛方案", "五校教师命题，名校协作体统一阅卷。"),
        ("党员结对帮扶贫困户方案", "党员干部结对帮扶贫困户，每月走访。"),
        ("", "铸牢中华民族共同体意识，推动构建人类命运共同体，办好学校。"),
        ("专业学习共同体建设方案", "教师学习共同体每周研讨，学校支持。"),
    ],
)
def test_near_misses_are_off_topic(title: str, text: str) -> None:
    assert not find_topics(fold(title), fold(text)).on_topic
