"""The columns of the tables that researchers get: name, kind and meaning, for frames, files and Datasette alike.

``start`` and ``end`` count characters of the document's text, ``quote`` is the text between them, unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "category", "integer", "number", "date", "moment", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``kind`` decides its type: text, a category, a whole number, a number, a day, a moment (UTC) or yes/no;
    every kind may be without a value."""

    name: str
    kind: Kind
    says: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, and its columns."""

    title: str
    row: str
    columns: tuple[Column, ...]


def _columns(text: str) -> tuple[Column, ...]:
    found = []
    for line in text.strip().splitlines():
        name, kind, says = line.split(None, 2)
        found.append(Column(name, kind, says))  # type: ignore[arg-type]
    return tuple(found)


_ABOUT = _columns("""
    document  text      文件编号 id of the document
    title     text      文件标题 title of the document
    province  category  省 province
    city      category  市 city
    county    category  县（市、区） county
    role      category  角色 requirement, plan, submission, other
    year      integer   年份 year of signing, else of publication
""")
_WORDS = _columns("""
    quote     text      原文 the original words from start to end
    start     integer   起始字符 first character in the document's text, from 0
    end       integer   终止字符 the character after the last
    page      integer   页码 page of the source, from 1
""")


def _table(title: str, row: str, columns: str) -> Table:
    return Table(title, row, _ABOUT + _columns(columns) + _WORDS)


TABLES: dict[str, Table] = {
    "documents": _table(
        "文件 Documents",
        "one document; the quote is its title as it stands in the text",
        """
        adcode                    category  行政区划代码 division code
        document_number           text      发文字号 document number
        index_number              text      索引号 index number
        issuers                   text      发文机关，以、分隔 issuers
        addressees                text      主送机关，以、分隔 addressees
        signed_on                 date      成文日期 day of signing
        published_on              date      发布日期 day of publication
        genre                     category  文种 genre
        level                     category  层级 level of the issuer
        script                    category  文字 Hans, Hant, Zyyy
        variant                   category  语言变体 BCP 47
        on_topic                  flag      是否涉及学校共同体 whether it is about school communities
        topics                    text      主题，以、分隔 topics
        characters                integer   字符数 characters of the text
        communities               integer   共同体数 communities
        targets                   integer   指标数 targets
        tasks                     integer   任务数 tasks
        attachments               integer   附件数 attachments named
        attachments_not_obtained  integer   未取得的附件数 attachments not obtained
        notes                     text      读取提示 what a reader must know first
        uri                       text      来源文件 the file it came from
        media_type                category  格式 media type
        sha256                    text      原件 SHA-256 of the original
        """,
    ),
    "communities": _table(
        "共同体 Communities",
        "one member school of a community; a community without named members has one row",
        """
        community     integer   文内序号 number of the community in its document, from 0
        name          text      共同体名称 name
        mode          category  模式 mode, as the source names it
        legal_person  category  法人 single or separate
        stage         category  学段 stage of schooling
        lead          text      牵头校 lead school
        member        text      成员校 member school
        """,
    ),
    "targets": _table(
        "指标 Targets",
        "one quantity that a document promises or demands",
        """
        about       text      对象 what is counted
        comparator  category  比较 >=, <=, =, range
        value       number    数值 value
        upper       number    上限 upper end of a range
        unit        category  单位 unit
        base        text      基数 what a percentage is taken of
        per         category  周期 week, month, semester, school_year, year
        due         date      期限 by which day
        """,
    ),
    "tasks": _table(
        "任务 Tasks",
        "one piece of work",
        """
        text         text  任务 what is to be done
        responsible  text  责任单位，以、分隔 those responsible
        due          date  期限 by which day
        due_text     text  期限原文 the deadline in words
        """,
    ),
    "leaders": _table(
        "领导小组 Leaders",
        "one person of a leading group",
        """
        leader_role   category  组内职务 role in the group
        name          text      姓名 name
        post          text      职务 post
        organisation  text      单位 organisation
        """,
    ),
    "citations": _table(
        "引用 Citations",
        "one 《…》 that names another document",
        """
        cited_title   text  所引文件 title cited
        cited_number  text  所引文号 number cited
        """,
    ),
    "attachments": _table(
        "附件 Attachments",
        "one attachment that a document names",
        """
        number            integer  附件序号 number
        attachment_title  text     附件标题 title
        included          flag     是否取得 whether its content was obtained
        content_start     integer  内容起始字符 first character of its content
        content_end       integer  内容终止字符 the character after its last
        """,
    ),
    "scoring": _table(
        "评分细则 Scoring",
        "one line of a scoring table",
        """
        item        text    项目 item
        points      number  分值 points
        standards   text    标准 standards
        deductions  text    扣分 deductions
        """,
    ),
    "sections": _table(
        "条款 Sections",
        "one item of the outline; the quote is its own words, up to the first item below it",
        """
        section      integer  文内序号 place in the outline in reading order, from 0
        parent       integer  上级序号 the section it stands in
        depth        integer  层次 1 is the uppermost
        number       text     编号 number as written
        heading      text     标题 heading
        section_end  integer  含下级的终止字符 the character after the last, items below it included
        """,
    ),
    "findings": _table(
        "结论 Findings",
        "one finding of the latest check of a document with a pack, and how it stands; the quote is its first evidence",
        """
        finding        text      结论编号 id of the finding
        pack           category  要求包 pack
        pack_version   category  要求包版本 version of the pack
        requirement    category  要求 requirement
        name           text      要求名称 name of the requirement
        severity       category  要求强度 critical, major, minor, advice
        verdict        category  机器判定 the machine's verdict
        reason         category  待核原因 why undetermined
        expected       text      应有 what is asked
        observed       text      所见 what was found
        due            date      期限 the requirement's day
        advice         text      建议 advice
        leading        flag      代表该单位 whether this plan speaks for its unit
        final_verdict  category  有效判定 the verdict that counts, after overrides
        disposition    category  处置 open, overridden, waived, disputed
        rectification  category  整改 none, assigned, done, review_passed, review_failed, closed, relapsed
        open           flag      待处理 whether somebody must still act
        overdue        flag      逾期 whether a day has passed
        change         category  变化 what the last check changed
        since          moment    起始 since when it has been so
        """,
    ),
    "decisions": Table(
        "处置 Decisions",
        "one record of what somebody decided about a finding; records are added, never changed",
        _columns("""
        number         integer   序号 number of the record
        decision       text      记录编号 id of the record
        finding        text      结论编号 the finding
        document       text      文件编号 the document it was taken on
        pack           category  要求包 pack
        requirement    category  要求 requirement
        kind           category  种类 override, waiver, dispute, ruling, rectification, note, withdrawal
        who            text      处置人 who
        why            text      理由 why
        made_at        moment    时间 when
        corrects       text      更正 the record it takes the place of
        corrected      flag      已被更正 whether another record has taken its place
        verdict        category  改判为 the verdict of an override
        outcome        category  申辩结果 outcome of a dispute
        step           category  整改步骤 step of rectification
        result         category  复核结果 outcome of a review
        until          date      豁免至 last day of a waiver
        deadline       date      时限 day by which a dispute is answered or a fault remedied
        responsible    text      责任单位 who must rectify
        """),
    ),
}
"""The tables by name; ``findings`` and ``decisions`` are made of checks and records, the others of documents."""

OF_DOCUMENTS = tuple(name for name in TABLES if name not in ("findings", "decisions"))
"""The tables that are made of documents alone."""
FILTERS = ("province", "city", "county", "year", "role", "genre", "level", "script")
"""What rows can be chosen by: columns of the store, which must be equal."""
