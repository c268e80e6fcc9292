"""The head of a document: title, number, issuers, addressees and dates in the layouts of GB/T 9704 and of web copies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile

BODY = "为推进城乡学校共同体建设，现就有关事项通知如下。"


def read(*lines: str) -> Document:
    (document,) = parse(SourceFile(uri="通知.txt", data="\n".join(lines).encode())).documents
    for name, span in document.spans.items():
        assert document.quote(span), name
    return document


def test_a_joint_notice_with_red_head_and_title_over_several_lines() -> None:
    document = read(
        "青岚县教育体育局", "青岚县财政局", "文件", "", "青教体〔2025〕12 号", "",
        "青岚县教育体育局 青岚县财政局", "关于推进城乡学校共同体建设工作的", "通    知", "",
        "各乡镇中心学校、县直各学校：", BODY, "一、总体要求", "坚持城乡一体。", "",
        "青岚县教育体育局    青岚县财政局", "2025年9月1日",
    )  # fmt: skip
    assert document.title == "青岚县教育体育局青岚县财政局关于推进城乡学校共同体建设工作的通知"
    assert document.document_number == "青教体〔2025〕12号"
    assert document.issuers == ["青岚县教育体育局", "青岚县财政局"]
    assert document.addressees == ["各乡镇中心学校", "县直各学校"]
    assert document.signed_on == date(2025, 9, 1)
    assert (document.genre, document.role, document.level) == ("notice", "requirement", "county")
    assert document.quote(document.spans["signed_on"]) == "2025年9月1日"


def test_the_issuer_above_a_bare_subject_is_the_red_head_not_the_title() -> None:
    document = read(
        "云汀县教育局",
        "关于印发《云汀县教共体工作方案》的",
        "通  知",
        "各学校：",
        BODY,
        "2021年5月6日",
        "一、目标",
        "建成3个。",
    )
    assert document.title == "关于印发《云汀县教共体工作方案》的通知"
    assert document.issuers == ["云汀县教育局"]
    assert document.role == "plan"


def test_a_plan_without_head_is_titled_by_its_first_line() -> None:
    document = read("青岚县城乡学校共同体建设实施方案（试行）", BODY, "一、目标", "建成5个。")
    assert document.title == "青岚县城乡学校共同体建设实施方案（试行）"
    assert (document.genre, document.role) == ("plan", "plan")
    assert document.document_number is None
    assert document.signed_on is None


def test_a_text_without_title_says_so_and_names_its_genre_itself() -> None:
    document = read("各县（市、区）教体局：", "现就推进校共体建设事宜通知如下：", "一、要求", "抓好落实。")
    assert document.title is None
    assert document.genre == "notice"


def test_a_number_cited_in_the_text_is_not_the_documents() -> None:
    document = read(
        "青岚县教共体建设方案",
        "根据《关于做好教共体工作的通知》（青教〔2020〕7号）精神，制定本方案。",
        "一、目标",
        "建成3个。",
    )
    assert document.document_number is None
    assert document.citations[0].document_number == "青教〔2020〕7号"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            "各县（市、区）教体局、财政局、人力资源和社会保障局，高新区农社局、财政局：",
            ["各县（市、区）教体局", "各县（市、区）财政局", "各县（市、区）人力资源和社会保障局", "高新区农社局", "高新区财政局"],
        ),
        ("各乡镇（街道）教辅室、义务教育阶段学校：", ["各乡镇（街道）教辅室", "义务教育阶段学校"]),
        ("各乡镇人民政府，县直有关单位：", ["各乡镇人民政府", "县直有关单位"]),
        ("局属各学校、机关各科室:", ["局属各学校", "机关各科室"]),
        ("各校：", ["各校"]),
        ("各省辖市、示范区教育、财政主管部门，各直管县教体局：", ["各省辖市、示范区教育、财政主管部门", "各直管县教体局"]),
    ],
)  # fmt: skip
def test_addressees_are_one_body_each_with_a_shared_head_repeated(line: str, names: list[str]) -> None:
    assert read("关于做好校共体工作的通知", line, BODY).addressees == names


@pytest.mark.parametrize("line", ["现将有关事项通知如下：", "具体要求：", "附件：某某表", "根据要求，各校应当："])
def test_other_lines_with_a_colon_address_nobody(line: str) -> None:
    assert read("关于做好校共体工作的通知", line, BODY).addressees == []


@pytest.mark.parametrize(
    "day", ["2025年9月1日", "二〇二五年九月一日", "二○二五年九月一日", "2025 年 9 月 1 日", "2025年09月01日"]
)
def test_the_date_of_signing_in_arabic_and_chinese_numerals(day: str) -> None:
    assert read("关于做好校共体工作的通知", "各学校：", BODY, "青岚县教育局", day).signed_on == date(2025, 9, 1)


def test_a_line_about_printing_is_no_signature() -> None:
    document = read(
        "关于做好校共体工作的通知",
        "各学校：",
        BODY,
        "青岚县教育局",
        "2025年9月1日",
        "青岚县教育局办公室 2025年9月3日印发",
    )
    assert document.signed_on == date(2025, 9, 1)


def test_the_metadata_table_fills_what_the_text_leaves_open_and_the_text_wins() -> None:
    document = read(
        "索引号: | 0029/2020-1 | 主题分类: | 教育 |",
        "文件编号: | 青教〔2020〕9号 | 生成日期: | 2020-12-30 |",
        "关于深化教共体建设的通知 | |",
        "各学校：", BODY, "青岚县教育局 2020年12月31日",
    )  # fmt: skip
    assert document.index_number == "0029/2020-1"
    assert document.document_number == "青教〔2020〕9号"
    assert document.title == "关于深化教共体建设的通知"
    assert document.signed_on == date(2020, 12, 31)
    assert document.issuers == ["青岚县教育局"]
    assert [q.kind for q in document.quality if q.kind == "conflicting_sources"] == ["conflicting_sources"]


BRACKETS = ["〔{}〕", "[{}]", "【{}】", "（{}）", "({})", "［{}］", "〔 {} 〕"]


@settings(max_examples=60, deadline=None)
@given(
    st.text("青教体政办函发基", min_size=2, max_size=6),
    st.integers(2000, 2030),
    st.integers(1, 400),
    st.sampled_from(BRACKETS),
    st.sampled_from(["", "第"]),
)
def test_a_number_in_any_bracket_is_given_in_the_standards_form(
    agency: str, year: int, serial: int, bracket: str, ordinal: str
) -> None:
    document = read(
        "青岚县教育局文件",
        f"{agency}{bracket.format(year)}{ordinal}{serial}号",
        "关于做好校共体工作的通知",
        "各学校：",
        BODY,
    )
    assert document.document_number == f"{agency}〔{year}〕{serial}号"


def test_levels_and_roles_follow_the_issuer() -> None:
    school = read(
        "青岚县第二小学结对帮扶工作计划", "根据县教育局安排，我校与河东小学结对，制定本计划。", "一、目标", "提高质量。"
    )
    assert (school.level, school.role) == ("school", "submission")
    township = read("教师交流方案", "我镇遴选教师到实验小学交流，促进全镇教育发展。", "一、人员", "两名教师。")
    assert (township.level, township.role) == ("township", "submission")
    district = read("青岚区集团化办学实施方案", "为推进均衡发展，制定本方案。", "一、目标", "建成3个集团。")
    assert (district.level, district.role) == ("county", "plan")


def test_a_page_bar_in_front_of_the_particulars_is_no_title() -> None:
    document = read(
        "网站首页 | 新闻中心 | 办事大厅 | 走进青岚",
        "索引号： | 001/2025-1 | 分类： | 教育 |",
        "县教育局关于做好校共体工作的通知",
        "各学校：",
        BODY,
    )
    assert (document.title, document.genre) == ("县教育局关于做好校共体工作的通知", "notice")


def test_a_group_called_after_a_school_speaks_as_a_school() -> None:
    document = read(
        "集团化办学工作计划",
        "为推进均衡发展，制定本计划。",
        "一、目标",
        "提高质量。",
        "青岚县柳河小学教育集团",
        "2025年9月1日",
    )
    assert (document.level, document.role) == ("school", "submission")


def test_the_name_of_a_schools_plan_goes_on_from_the_line_of_the_school() -> None:
    for line in ("2025—2026学年度校共体工作计划", "城乡学校共同体年度工作计划"):
        document = read("青岚县柳河镇中心小学", line, "为促进均衡发展，制定本计划。", "一、目标", "提高质量。")
        assert document.title == "青岚县柳河镇中心小学" + line
    bureau = read("青岚县教育局", "青岚县校共体建设方案", "为促进均衡发展，制定本方案。", "一、目标", "提高质量。")
    assert bureau.title == "青岚县校共体建设方案"


def test_the_particulars_of_a_page_may_have_brackets_around_their_labels() -> None:
    document = read(
        "[ 索引号 ]\t0012/2025-3\t[ 发文字号 ]\t青教〔2025〕7号",
        "[ 发布机构 ]\t青岚县教育局\t[ 成文日期 ]\t2025-09-01",
        "关于做好校共体工作的通知",
        "各学校：",
        BODY,
    )
    assert (document.index_number, document.document_number) == ("0012/2025-3", "青教〔2025〕7号")


def test_a_plan_whose_title_opens_with_its_county_is_the_countys_however_often_it_names_the_province() -> None:
    document = read(
        "河南省青岚县城乡学校共同体建设实施方案",
        "各学校：",
        "按照全省统一部署，我省要求各地制定方案，全省推进城乡学校共同体建设。",
        "一、目标",
        "到2025年底，70%以上的乡村学校纳入校共体。",
    )
    assert (document.level, document.role) == ("county", "plan")
    whole = read(
        "河南省城乡学校共同体建设实施方案", "我省各地要按照全省统一部署，组织青岚县等试点。", "一、目标", "提高质量。"
    )
    assert (whole.level, whole.role) == ("province", "requirement")
