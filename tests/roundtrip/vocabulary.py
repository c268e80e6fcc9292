"""Wordings for made documents: the words of such documents, with places, schools and people that do not exist."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

COUNTIES = ("岚溪县", "霁川县", "望舒区", "漱石县", "栖梧市", "听松县", "云麓区")
TOWNS = (
    "石塘", "柳溪", "枫桥", "青岗", "白沙", "龙潭", "金坪", "双河", "大坝", "望江", "清水", "永乐", "太平", "新街", "杨柳", "芦荡", "沙湾", "桐子",
    "长岭", "河口",
)  # fmt: skip
GENERIC_HEADINGS = (
    "指导思想", "工作目标", "总体要求", "基本原则", "组建方式", "工作内容", "实施步骤", "保障措施", "组织领导", "工作要求", "主要任务",
    "考核评价", "经费保障", "建设目标", "重点任务", "运行机制", "责任分工", "时间安排", "督导检查",
)  # fmt: skip
LOWER_HEADINGS = (
    "强化组织领导", "加大经费投入", "推动师资流动", "提高认识，统一思想", "坚持以城带乡", "明确职责，狠抓落实", "完善考核机制", "注重宣传引导",
    "实行教学同步", "启动阶段（2025年3月—4月）", "“联盟式”办学", "加强督查、严格问责", "开展联合教研", "共享优质资源", "落实激励政策",
    "健全管理制度", "建立常态化沟通机制", "突出党建引领作用", "师资共享", "管理互通", "坚持统筹规划，分步实施",
)  # fmt: skip
SENTENCES = (
    "各学校要充分认识推进城乡学校共同体建设的重要意义，把这项工作摆上重要议事日程，切实抓紧抓好",
    "通过互派教师、联合教研、资源共享等方式，带动乡村学校提升办学水平，逐步缩小城乡之间的教育差距",
    "按照第（三）项和附件1的规定，由县教育局会同有关部门研究制定具体办法，报县人民政府同意后组织实施",
    "生均公用经费按照普通学校的1.5倍核定，项目建设周期一般为2—3个月，所需资金从现有渠道中统筹解决",
    "自2025年3月1日起施行的有关规定继续有效，凡与上级文件要求不一致的地方，一律以上级文件的要求为准",
    "县教育局将组织专家对各校共体建设情况进行跟踪指导，及时总结推广好的经验和做法，营造良好社会氛围",
    "要把校共体建设纳入学校年度综合考核，考核结果作为校长职级评定、教师评优评先和绩效分配的重要依据",
    "核心校要发挥示范引领作用，成员校要主动对接、虚心学习，双方共同制定发展规划并认真抓好贯彻落实",
    "乡村小规模学校和寄宿制学校要结合自身实际，合理确定帮扶需求，做到一校一策、精准施策、务求实效",
    "教研部门要建立常态化教研机制，围绕课堂教学中的突出问题开展专题研究，切实提高教学的针对性和有效性",
)  # fmt: skip
OPENINGS = (
    "为深入贯彻上级关于城乡学校共同体建设的决策部署，促进义务教育优质均衡发展，结合我县实际，制定本方案。",
    "为加快推进城乡教育一体化，扩大优质教育资源覆盖面，现就推进校共体建设有关事项通知如下。",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "志明建国晓红海燕文静立军玉兰春华秀英永强德胜佳慧宏伟思远一鸣雨桐景行怀瑾"

headings = st.sampled_from(LOWER_HEADINGS)
top_headings = st.sampled_from(GENERIC_HEADINGS)


@cache
def paragraphs(most: int = 2, counts: bool = True) -> st.SearchStrategy[str]:
    """A paragraph of one or two full sentences; ``counts`` says whether they may hold numbers."""
    said = [s for s in SENTENCES if counts or not any(c.isdigit() for c in s)]
    some = st.lists(st.sampled_from(said), min_size=1, max_size=most, unique=True)
    return some.map(lambda chosen: "".join(f"{s}。" for s in chosen))


# What is drawn by the hundred is drawn in one step each, from all there are: steps are what drawing costs.
_GIVEN = (*GIVEN, *(a + b for a in GIVEN for b in GIVEN if a != b))
_PEOPLE = tuple(
    surname + given for given in (*_GIVEN[: len(GIVEN)] * 20, *_GIVEN[len(GIVEN) :]) for surname in SURNAMES
)


@cache
def people(least: int = 1, most: int = 4) -> st.SearchStrategy[list[str]]:
    """Names of different people, of two or three characters."""
    return st.lists(st.sampled_from(_PEOPLE), min_size=least, max_size=most, unique=True)


_KINDS = {
    "kindergarten": ("中心幼儿园", "幼儿园", "第二幼儿园"),
    "primary": ("中心小学", "小学", "完全小学", "第三小学", "实验小学"),
    "junior_secondary": ("初级中学", "中学", "第二中学", "实验中学"),
    "senior_secondary": ("高级中学", "第一高级中学"),
}
_SHORT = {
    "kindergarten": ("县一幼", "县机关幼儿园", "实验幼儿园"),
    "primary": ("县实验小学", "县一小", "城关一小", "滨江实小"),
    "junior_secondary": ("县三中", "城东一中", "县实验学校"),
    "senior_secondary": ("县一中", "县外国语学校", "县职业中学"),
}


@cache
def schools(stage: str, least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Names of different schools of one stage, about every third a short one."""
    long = [town + kind + name for name in _KINDS[stage] for kind in ("", "镇", "乡") for town in TOWNS]
    short = _SHORT[stage] * (len(long) // (2 * len(_SHORT[stage])))
    return st.lists(st.sampled_from([*long, *short]), min_size=least, max_size=most, unique=True)
