"""Who has submitted nothing as tables for a workbook: county by county, city by city, and what was counted nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.missing import STATE_NAMES, City, County, Missing, Received

UNDER_PROVINCE = "直辖"
COUNTIES = "分县"
Table = tuple[str, list[str], list[dict[str, Any]]]
"""Name, columns, rows."""


def tables(result: Missing) -> list[Table]:
    """All tables of a result."""
    return [county_table(result.counties), city_table(result.cities), _apart(result)]


def county_table(counties: Sequence[County]) -> Table:
    """One row a county."""
    rows = [
        {
            "省": one.province,
            "市": one.city or f"{one.province}{UNDER_PROVINCE}",
            "县": one.county,
            "代码": one.adcode,
            "状态": STATE_NAMES[one.state],
            "文件": "\n".join(
                (document.title or document.uri) + (f"（{document.outside}）" if document.outside else "")
                for document in one.documents
            ),
            "未能读取": "\n".join(f"{unread.uri}：{unread.message}" for unread in one.unread),
        }
        for one in counties
    ]
    return COUNTIES, ["省", "市", "县", "代码", "状态", "文件", "未能读取"], rows


def city_table(cities: Sequence[City]) -> Table:
    """One row a city, with how many of its counties are in each state."""
    rows = [
        {"省": city.province, "市": city.city or f"{city.province}{UNDER_PROVINCE}", "县数": city.counties}
        | {STATE_NAMES[state]: city.states[state] for state in STATE_NAMES}
        for city in cities
    ]
    return "分市", ["省", "市", "县数", *STATE_NAMES.values()], rows


def _apart(result: Missing) -> Table:
    kinds: tuple[tuple[str, list[Received]], ...] = (("开发区等", result.zones), ("地名不明", result.unplaced))
    rows = [
        {
            "类别": kind,
            "地区": one.place,
            "文件": one.title or "",
            "来源": one.uri,
            "说明": one.outside or "、".join(one.candidates),
        }
        for kind, some in kinds
        for one in some
    ] + [
        {"类别": "未能读取", "地区": "", "文件": "", "来源": one.uri, "说明": one.message}
        for one in result.unread_unplaced
    ]
    return "另列", ["类别", "地区", "文件", "来源", "说明"], rows
