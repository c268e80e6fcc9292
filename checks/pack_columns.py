"""The sheets and columns of a pack as a workbook, and the Chinese names of its fixed values."""

from __future__ import annotations

from checks.pack_cells import (
    DATE,
    DECIMAL,
    GROUPS,
    KEYED_TERMS,
    TERMS,
    TEXT,
    WHOLE,
    YES_NO,
    Codec,
    Column,
    keyed_names,
    named,
    named_list,
)
from schemas.document import LEVEL_NAMES
from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES
from schemas.requirement import WORDING_CAPS

FORM_NAMES = {
    "statement": "表述",
    "section": "章节",
    "threshold": "数值",
    "deadline_relative": "时限",
    "list": "名单",
    "counts": "分类数量",
    "roles": "人员组成",
    "every_task": "任务分工",
    "citation": "引用依据",
    "consistency": "前后一致",
    "date": "日期",
    "attachment": "附件",
    "scoring": "评分合计",
    "combination": "组合",
}
KIND_NAMES = {"single_legal_person": "一个法人", "joint": "法人独立统一运行", "paired": "结对协作"}
PROVENANCE_NAMES = {"primary": "省级原文", "restated": "转述"}
STATUS_NAMES = {"draft": "草稿", "active": "有效", "withdrawn": "废止"}
PROOF_NAMES = {"statement": "文字表述", "section": "章节", "list": "名单", "table": "表格", "attachment": "附件"}
WINDOW_NAMES = {"sentence": "同一句", "paragraph": "同一段", "section": "同一节", "document": "全文"}
COMPARATOR_NAMES = {">=": "不低于", "<=": "不高于", "=": "等于", "range": "区间"}
PERIOD_NAMES = {"week": "每周", "month": "每月", "semester": "每学期", "school_year": "每学年", "year": "每年"}
OPPOSITE_NAMES = {"list": "名单", "attachment": "附件", "plans": "其他方案"}
NEED_NAMES = {"responsible": "责任单位", "due": "完成时限"}
COMBINATION_NAMES = {"all": "都要", "any": "任一即可", "none": "不得有"}
USE_NAMES = {"elements": "应写明", "statements": "另须写明", "any": "任一即可", "roles": "角色"}
STATUS_HEADING, WORDING_HEADING = "状态", "条款用语"
_WORDINGS = {word: word for word in WORDING_CAPS}

PACK_SHEET, BASIS_SHEET, REQUIREMENT_SHEET = "要求包", "依据", "要求"
PART_SHEET, ELEMENT_SHEET, MEASURE_SHEET, ROLE_SHEET, EXAMPLE_SHEET = "组合", "要素", "指标", "角色", "示例"
CHOICE_SHEET, GUIDE_SHEET = "选项", "说明"

PACK_COLUMNS = (
    Column("编号", ("id",), hint="小写字母、数字和连字符"),
    Column("版本", ("version",), hint="三个数字，如1.0.0"),
    Column("标题", ("title",)),
    Column("省份", ("province",)),
    Column(STATUS_HEADING, ("status",), named(STATUS_NAMES), "空白为有效"),
    Column("取代的要求包", ("supersedes",), TERMS),
    Column("依据原文已取得", ("basis_obtained",), YES_NO),
    Column("依据说明", ("basis_note",)),
    Column("适用省份", ("applies", "provinces"), TERMS),
    Column("适用层级", ("applies", "levels"), named_list(LEVEL_NAMES)),
    Column("适用起始日", ("applies", "since"), DATE),
    Column("适用截止日", ("applies", "until"), DATE),
    Column("年份被遮盖的也适用", ("applies", "masked_years"), YES_NO),
)

BASIS_COLUMNS = (Column("标题", ("title",)), Column("文号", ("number",)), Column("日期", ("date",), DATE))

PARAMETER_COLUMNS = (
    Column("范围", ("parameters", "within"), named(WINDOW_NAMES), "表述：各要素写在多大范围内，空白为全文"),
    Column("至少几项", ("parameters", "at_least"), WHOLE, "表述、分类数量"),
    Column("分类词语", ("parameters", "kinds"), KEYED_TERMS, "分类数量：一行一类，城镇：城区学校、镇区学校"),
    Column("次要分类", ("parameters", "lesser"), KEYED_TERMS, "分类数量：只算部分符合的"),
    Column("计入的模式", ("parameters", "kinds"), named_list(KIND_NAMES), "名单：按特征，不按名称"),
    Column("名单的模式名称", ("parameters", "labels"), keyed_names(KIND_NAMES), "名单"),
    Column("限于县域内", ("parameters", "inside_county"), YES_NO, "名单"),
    Column("章节标题用词", ("parameters", "headings"), TERMS, "章节"),
    Column("至少几条", ("parameters", "items"), WHOLE, "章节，空白为3"),
    Column("每条字数", ("parameters", "item_characters"), WHOLE, "章节，空白为15"),
    Column("事项词组", ("parameters", "about"), GROUPS, "时限：一行一组，每组都要有一个词出现"),
    Column("几个月内", ("parameters", "months"), DECIMAL, "时限"),
    Column("完成日", ("parameters", "due"), DATE, "定期完成"),
    Column("不得含", ("parameters", "exclude"), TERMS, "时限、前后一致"),
    Column("组织名称", ("parameters", "group"), TERMS, "人员组成"),
    Column("须填人名或职务", ("parameters", "filled"), YES_NO, "人员组成"),
    Column("任务须写明", ("parameters", "needs"), named_list(NEED_NAMES), "任务分工，空白为两项都要"),
    Column("文号", ("parameters", "document_number"), hint="引用依据"),
    Column("标题用词", ("parameters", "title"), TERMS, "引用依据"),
    Column("附件标题词组", ("parameters", "title"), GROUPS, "附件：一行一组，每组都要有一个词在标题里"),
    Column("须随方案取得", ("parameters", "obtained"), YES_NO, "附件，空白为是"),
    Column("合计分", ("parameters", "total"), DECIMAL, "评分，空白为100"),
    Column("评分项词组", ("parameters", "items"), GROUPS, "评分：一行一组，每组都要有一项"),
    Column("对象", ("parameters", "subjects"), TERMS, "前后一致"),
    Column("量词", ("parameters", "units"), TERMS, "分类数量、前后一致"),
    Column("动词", ("parameters", "verbs"), TERMS, "前后一致"),
    Column("对照", ("parameters", "against"), named_list(OPPOSITE_NAMES), "前后一致：名单、附件、其他方案，空白为名单"),
)
"""What the forms ask for; the hints say which form a column belongs to."""

ID = Column("编号", ("id",), Codec(TEXT.write, TEXT.read, width=8), "一个或几个大写字母加两位数字，如A01")
REQUIREMENT_COLUMNS = (
    ID,
    Column("标题", ("title",)),
    Column("要求", ("text",), Codec(TEXT.write, TEXT.read, width=40)),
    Column("条款", ("clause",)),
    Column("出处", ("provenance",), named(PROVENANCE_NAMES)),
    Column("来源文件", ("source",)),
    Column(WORDING_HEADING, ("wording",), named(_WORDINGS), "等级不得重于用语：必须、不得；应当、须；原则上；鼓励"),
    Column("等级", ("severity",), named(SEVERITY_NAMES)),
    Column("应有", ("expected",)),
    Column("整改建议", ("advice",)),
    Column("责任部门", ("department",)),
    Column("别名", ("aliases",), TERMS),
    Column("佐证形式", ("expected_evidence",), named_list(PROOF_NAMES)),
    Column("另列的词", ("terms",), TERMS),
    Column("适用模式", ("condition", "kinds"), named_list(KIND_NAMES), "只对有这些模式的方案适用"),
    Column("模式名称", ("condition", "labels"), keyed_names(KIND_NAMES), "本省的叫法，一行一个：紧密型：一个法人"),
    Column("不适用的说明", ("condition", "otherwise")),
    Column("形式", ("form",), named(FORM_NAMES)),
    *PARAMETER_COLUMNS,
)

_OF = Column("要求编号", ("requirement",), Codec(TEXT.write, TEXT.read, width=10))
_USE = Column("用于", ("use",), named(USE_NAMES))
_PART = Column("组合的部分", ("part",), Codec(TEXT.write, TEXT.read, width=16), "只用于组合：“组合”表里那一部分的名称")

PART_COLUMNS = (
    _OF,
    Column("组合方式", ("group",), named(COMBINATION_NAMES), "都要、任一即可、不得有；空白为都要"),
    Column("名称", ("name",), Codec(TEXT.write, TEXT.read, width=16), "同一要求里各部分名称不同"),
    Column(
        "形式",
        ("form",),
        named({form: name for form, name in FORM_NAMES.items() if form != "combination"}),
    ),
    Column("另列的词", ("terms",), TERMS),
    *PARAMETER_COLUMNS,
)

ELEMENT_COLUMNS = (
    _OF,
    _USE,
    Column("要素", ("element", "name"), hint="同一要素的几种说法写几行"),
    Column("仅在提到时要求", ("element", "when"), TERMS),
    Column("词组", ("phrase", "all"), GROUPS, "一行一组，用、隔开；每组都要有一个词，写在同一句里"),
    Column("间距", ("phrase", "near"), WHOLE, "各组的词相距多少字以内，空白为60"),
    Column("不得含", ("phrase", "exclude"), TERMS),
    Column("依次出现", ("phrase", "ordered"), YES_NO),
    Column("后接人名", ("phrase", "person"), YES_NO),
    _PART,
)

MEASURE_COLUMNS = (
    _OF,
    _USE,
    Column("所指词组", ("measure", "about"), GROUPS, "一行一组，写在数字旁边"),
    Column("上下文词组", ("measure", "context"), GROUPS, "一行一组，写在同一句或上面的标题里"),
    Column("不得含", ("measure", "exclude"), TERMS),
    Column("比较", ("measure", "comparator"), named(COMPARATOR_NAMES), "空白为不低于"),
    Column("数值", ("measure", "value"), DECIMAL),
    Column("单位", ("measure", "units"), TERMS),
    Column("周期", ("measure", "per"), named(PERIOD_NAMES)),
    Column("截止日", ("measure", "due"), DATE),
    _PART,
)

ROLE_COLUMNS = (_OF, _USE, Column("角色", ("role", "name")), Column("词语", ("role", "any"), TERMS), _PART)

EXAMPLE_COLUMNS = (
    _OF,
    Column("判定", ("verdict",), named(VERDICT_NAMES)),
    Column("示例", ("passage",), Codec(TEXT.write, TEXT.read, width=90), "一段方案文字，应得左边的判定"),
)

GUIDE = (
    "一个要求包写成一个工作簿。改好后运行：duzheng packs import 文件.xlsx > 我的要求包.yaml，或直接 duzheng packs lint 文件.xlsx。",
    "一份要求占“要求”表的一行；“形式”决定右边哪些列要填，没有用到的列空着。",
    "词语用、隔开；词语本身含有、的，写在「」里。词组一行一组（Alt+Enter 换行），每组都要有一个词出现。",
    "表述、另须写明的内容写在“要素”表：一行一种说法，同一要素的几种说法名称相同。",
    "数值要求写在“指标”表，人员组成的角色写在“角色”表，示例写在“示例”表，都用要求编号对应。",
    "组合要求的各部分写在“组合”表，一行一个部分；部分的要素、指标、角色写在各表，并填“组合的部分”。",
    "“其他（JSON）”列放各列写不下的内容，一般不用改。不要写公式。",
    "词语一律写简体；繁体方案会自动对应。不要写地名、校名。",
)
