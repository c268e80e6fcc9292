"""Whether a pack speaks about a document: province, level of government, date, and subject.

A document is out of scope only when something it states contradicts the pack. What is not known does not exclude it.
"""

from __future__ import annotations

import re

from extractors.fold import fold
from schemas.document import LEVEL_NAMES, Document
from schemas.requirement import Pack

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|-\d{4}年)")


def out_of_scope(document: Document, pack: Pack) -> str | None:
    """Why the pack does not speak about the document, in one Chinese clause; None where it does."""
    scope = pack.applies
    province = document.jurisdiction.province
    if province and not any(_same(province, own) for own in scope.provinces):
        return f"方案属{province}，本要求包适用于{'、'.join(scope.provinces)}"
    if document.level and document.level not in scope.levels:
        levels = "、".join(LEVEL_NAMES[level] for level in scope.levels)
        return f"文件属{LEVEL_NAMES[document.level]}，本要求包适用于{levels}方案"
    day = document.signed_on or document.published_on
    if day and scope.since and day < scope.since:
        return f"方案日期{day.isoformat()}早于适用起始日{scope.since.isoformat()}"
    if day and scope.until and day > scope.until:
        return f"方案日期{day.isoformat()}晚于适用截止日{scope.until.isoformat()}"
    if day is None:
        reason = _title_year(document, pack)
        if reason:
            return reason
    if document.on_topic is False and not document.communities:
        return "文件内容与城乡学校共同体建设无关"
    return None


def _title_year(document: Document, pack: Pack) -> str | None:
    """Out of scope by the years in the title, where the document has no date: 某县2019年实施方案."""
    years = [int(year) for year in _YEAR.findall(fold(document.title or ""))]
    if not years:
        return None
    scope = pack.applies
    if scope.since and max(years) < scope.since.year:
        return f"方案年份{max(years)}年早于适用起始日{scope.since.isoformat()}"
    if scope.until and min(years) > scope.until.year:
        return f"方案年份{min(years)}年晚于适用截止日{scope.until.isoformat()}"
    return None


def unknowns(document: Document) -> list[str]:
    """What about the scope the document does not tell, for the explanation."""
    found = []
    if not document.jurisdiction.province:
        found.append("省份")
    if document.level is None:
        found.append("层级")
    if not (document.signed_on or document.published_on):
        found.append("日期（年份未写或被遮盖）")
    return found


def _same(one: str, other: str) -> bool:
    return fold(one).rstrip("省市") == fold(other).rstrip("省市")
