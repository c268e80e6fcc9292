"""Targets, each with the sentence that states it."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from roundtrip.model import Promise

_THINGS = ("城乡同步课堂", "线下联合教研活动", "教师网络研修", "校长论坛", "专题培训")
_PERIODS = (("每学期", "semester"), ("每月", "month"), ("每年", "year"), ("每学年", "school_year"), ("", None))
_AT_LEAST = ("不少于", "至少", "不低于")
_UNITS = ("次", "节", "场")


@st.composite
def promises(draw: st.DrawFn) -> Promise:
    """One target in one of the usual forms."""
    form = draw(st.integers(0, 7))
    value = draw(st.integers(1, 60))
    if form == 0:
        words, per = draw(st.sampled_from(_PERIODS))
        unit, least = draw(st.sampled_from(_UNITS)), draw(st.sampled_from(_AT_LEAST))
        thing = draw(st.sampled_from(_THINGS))
        return Promise(f"各校共体{words}开展{thing}{least}{value}{unit}。", ">=", value, unit, per=per)
    if form == 1:
        words, per = draw(st.sampled_from(_PERIODS))
        return Promise(f"核心校{words}至少组织{value}次{draw(st.sampled_from(_THINGS))}。", ">=", value, "次", per=per)
    year = draw(st.integers(2025, 2029))
    if form == 2:
        return Promise(f"到{year}年底，全县{value}%以上乡村学校纳入校共体。", ">=", value, "%", due=date(year, 12, 31))
    if form == 3:
        upper = value + draw(st.integers(1, 40))
        dash = draw(st.sampled_from(("—", "－", "-", "~", "至", "——")))
        return Promise(
            f"每个校共体安排工作经费{value}{dash}{upper}万元。", "range", value * 10000, "元", upper=upper * 10000
        )
    if form == 4:
        return Promise(f"核心校每年派出不低于{value}%的教师到成员校任教。", ">=", value, "%", per="year")
    if form == 5:
        return Promise(f"{year}年6月底前，新增城乡校共体{value}对。", "=", value, "对", due=date(year, 6, 30))
    if form == 6:
        return Promise(f"到{year}年，乡村学校全部纳入校共体。", "=", 100, "%", due=date(year, 12, 31))
    return Promise(f"每所成员校的结对教师不超过{value}人。", "<=", value, "人")
