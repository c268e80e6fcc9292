"""A document's place is told from whoever issued it, completed from the rest of it, and never guessed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fold import fold
from extractors.gazetteer import by_code, by_name
from extractors.lexicon import load, read_text
from extractors.places import find, named, resolve
from schemas.document import Jurisdiction

COUNTIES = [place for place in by_code().values() if place.rank == "county"]


def place(**sources: Any) -> Jurisdiction:
    return resolve(**{"issuers": [], "title": None, "text": "", **sources})


def names(jurisdiction: Jurisdiction) -> tuple[str | None, str | None, str | None]:
    return jurisdiction.province, jurisdiction.city, jurisdiction.county


def test_the_table_holds_every_province_prefecture_and_county() -> None:
    ranks = [p.rank for p in by_code().values()]
    assert ranks.count("province") == 34
    assert 330 <= ranks.count("city") <= 345
    assert ranks.count("county") > 2800
    assert all(p.code[:2] + "0000" in by_code() for p in by_code().values())


def test_every_county_resolves_to_itself_by_its_full_name() -> None:
    for county in COUNTIES:
        found = place(issuers=[county.full_name + "教育局"])
        assert found.adcode == county.code, county
        assert found.county == county.name
        assert found.province == county.province.name
        assert found.city == (county.city.name if county.city else None)


def test_every_county_resolves_to_itself_or_its_namesakes_by_its_name_alone() -> None:
    nouns = set(load("places")["common_nouns"])
    for county in COUNTIES:
        if county.name in nouns:
            continue
        found = place(issuers=[county.name + "教育局"])
        assert found.county == county.name
        if len(named(county.name)) == 1:
            assert found.adcode == county.code, county
        else:
            assert county.full_name in found.candidates
            assert len(found.candidates) == len(named(county.name))
            assert found.adcode is None


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("绍兴市教育局", ("浙江省", "绍兴市", None)),
        ("嵊州市教育体育局", ("浙江省", "绍兴市", "嵊州市")),
        ("新昌縣教育局", ("浙江省", "绍兴市", "新昌县")),
        ("中共嵊州市委教育工作领导小组", ("浙江省", "绍兴市", "嵊州市")),
        ("河北省教育厅", ("河北省", None, None)),
        ("济源市教育体育局", ("河南省", None, "济源市")),
        ("仙桃市教育局", ("湖北省", None, "仙桃市")),
        ("石河子市教育局", ("新疆维吾尔自治区", None, "石河子市")),
        ("阿拉善左旗教育体育局", ("内蒙古自治区", "阿拉善盟", "阿拉善左旗")),
        ("大兴安岭地区行政公署教育局", ("黑龙江省", "大兴安岭地区", None)),
        ("重庆市綦江区教育委员会", ("重庆市", None, "綦江区")),
        ("东莞市教育局", ("广东省", "东莞市", None)),
        ("吉林市教育局", ("吉林省", "吉林市", None)),
        ("徐州市鼓楼区教育局", ("江苏省", "徐州市", "鼓楼区")),
        ("阳泉市城区教育局", ("山西省", "阳泉市", "城区")),
        ("嵊州市第一中学", ("浙江省", "绍兴市", "嵊州市")),
        ("新疆生产建设兵团第一师阿拉尔市教育局", ("新疆维吾尔自治区", None, "阿拉尔市")),
        ("苏州工业园区教育局", ("江苏省", "苏州市", "苏州工业园区")),
        ("乾县教育局", ("陕西省", "咸阳市", "乾县")),
        ("教育部", (None, None, None)),
    ],
)
def test_the_issuer_names_the_place(issuer: str, expected: tuple[str | None, str | None, str | None]) -> None:
    assert names(place(issuers=[issuer])) == expected


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("章丘市教育体育局", ("山东省", "济南市", "章丘区")),
        ("莱芜市教育局", ("山东省", "济南市", "莱芜区")),
        ("萧山市教育局", ("浙江省", "杭州市", "萧山区")),
        ("襄樊市教育局", ("湖北省", "襄阳市", None)),
        ("密云县教育委员会", ("北京市", None, "密云区")),
    ],
)
def test_a_place_that_is_no_more_resolves_to_its_successor(issuer: str, expected: tuple[str | None, ...]) -> None:
    assert names(place(issuers=[issuer])) == expected


def test_historic_names_are_many_and_none_is_a_present_name() -> None:
    rows = [line.split("\t") for line in read_text("places_historic.tsv").splitlines()[1:]]
    present = {p.name for p in by_code().values()}
    assert len(rows) >= 60
    for old, successor, year in rows:
        assert old not in present
        assert successor in by_code()
        assert 2000 <= int(year) <= 2023


def test_namesakes_stay_open_when_nothing_decides() -> None:
    found = place(issuers=["鼓楼区教育局"])
    assert names(found) == (None, None, "鼓楼区")
    assert found.adcode is None
    assert "河南省开封市鼓楼区" in found.candidates
    assert len(found.candidates) == 4


@pytest.mark.parametrize(
    "clue",
    [
        {"text": "根据徐州市教育局的部署，结合实际制定本方案。"},
        {"site": "徐州市鼓楼区人民政府"},
        {"adcode": "320302"},
        {"title": "徐州市鼓楼区校共体建设方案"},
    ],
)
def test_namesakes_are_told_apart_by_the_rest_of_the_document(clue: dict[str, str]) -> None:
    found = place(issuers=["鼓楼区教育局"], **clue)
    assert names(found) == ("江苏省", "徐州市", "鼓楼区")
    assert found.adcode == "320302"
    assert found.candidates == []


def test_a_document_number_tells_namesakes_apart_by_province() -> None:
    found = place(issuers=["朝阳区教育局"], text="根据《指导意见》（京教基〔2020〕7号）")
    assert names(found) == ("北京市", None, "朝阳区")


def test_what_namesakes_share_is_said() -> None:
    found = place(issuers=["鼓楼区教育局"], text="江苏省教育厅要求")
    assert names(found) == ("江苏省", None, "鼓楼区")
    assert len(found.candidates) == 2


def test_an_unknown_county_is_kept_under_the_city_that_its_issuer_names() -> None:
    found = place(issuers=["洛阳市青岚县教育局"])
    assert names(found) == ("河南省", "洛阳市", "青岚县")
    assert found.adcode is None
    assert found.candidates == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, None, "青岚县")),
        ("根据河南省教育厅的通知", ("河南省", None, "青岚县")),
        ("根据河南省教育厅、洛阳市教育局的通知", ("河南省", "洛阳市", "青岚县")),
        ("学习浙江省、江苏省的经验", (None, None, "青岚县")),
    ],
)
def test_an_unknown_county_takes_city_and_province_from_the_text_only_if_it_names_one(
    text: str, expected: tuple[str | None, ...]
) -> None:
    assert names(place(issuers=["青岚县教育局"], text=text)) == expected
    assert names(place(title="青岚县城乡教育共同体建设实施方案", text=text)) == expected


@pytest.mark.parametrize(
    "issuer",
    ["青岚县赤岭镇人民政府", "青岚县城东小学", "青岚县财政局", "中共青岚县委教育工作领导小组", "青岚县机构编制委员会"],
)
def test_any_organisation_of_an_unknown_county_names_it(issuer: str) -> None:
    assert names(place(issuers=[issuer])) == (None, None, "青岚县")


@pytest.mark.parametrize(
    "title",
    [
        "城乡学校共同体建设方案",
        "县域教育集团化办学方案",
        "关于加强各县教育工作的通知",
        "我县校共体方案",
        "中心校区结对方案",
    ],
)
def test_a_title_without_a_place_names_none(title: str) -> None:
    assert names(place(title=title)) == (None, None, None)


def test_the_issuer_is_never_overruled() -> None:
    found = place(
        issuers=["绍兴市教育局"],
        title="关于推广宁海县经验的通知",
        text="宁海县教育局、宁海县实验小学的做法值得学习。宁海县要继续。",
        site="宁波市教育局",
        adcode="330200",
    )
    assert names(found) == ("浙江省", "绍兴市", None)


def test_joint_issuers_speak_for_the_place_they_share() -> None:
    assert names(place(issuers=["河南省教育厅", "河南省财政厅"])) == ("河南省", None, None)
    assert names(place(issuers=["嵊州市教育局", "新昌县教育局"])) == ("浙江省", "绍兴市", None)
    assert names(place(issuers=["绍兴市财政局", "嵊州市教育局"])) == ("浙江省", "绍兴市", None)
    assert names(place(issuers=["青岚县财政局", "洛阳市青岚县教育局"])) == ("河南省", "洛阳市", "青岚县")
    assert names(place(issuers=["鼓楼区财政局", "徐州市鼓楼区教育局"])) == ("江苏省", "徐州市", "鼓楼区")


def test_joint_issuers_that_share_no_province_speak_for_the_first() -> None:
    assert names(place(issuers=["嵊州市教育局", "偃师区教育局"])) == ("浙江省", "绍兴市", "嵊州市")


@pytest.mark.parametrize(
    "title", ["2023年青岚县教共体方案", "关于公布2021-2022学年青岚县结对学校的通知", "青岚县2024年教共体扩面方案"]
)
def test_a_year_before_an_unknown_county_is_no_hindrance(title: str) -> None:
    assert names(place(title=title)) == (None, None, "青岚县")


def test_the_title_counts_but_not_what_it_cites_or_forwards() -> None:
    assert names(place(title="关于印发《嵊州市教共体建设方案》的通知")) == ("浙江省", "绍兴市", "嵊州市")
    assert names(place(title="嵊州市教育局转发《宁波市教育局关于结对的通知》的通知")) == ("浙江省", "绍兴市", "嵊州市")
    assert names(place(title="嵊州市教育局转发宁波市教育局通知")) == ("浙江省", "绍兴市", "嵊州市")


def test_the_site_and_its_code_speak_when_the_document_does_not() -> None:
    assert names(place(site="绍兴市教育局")) == ("浙江省", "绍兴市", None)
    assert names(place(adcode="330683")) == ("浙江省", "绍兴市", "嵊州市")
    assert names(place(adcode="330699")) == ("浙江省", "绍兴市", None)
    assert names(place(adcode="990000")) == (None, None, None)
    assert names(place(adcode="=1+1")) == (None, None, None)


def test_a_city_site_may_carry_a_county_document() -> None:
    text = "我县成立领导小组。新昌县实验小学与新昌县镜岭镇小学结对，新昌县教育局负责。"
    assert names(place(site="绍兴市教育局", text=text)) == ("浙江省", "绍兴市", "新昌县")
    assert names(place(site="绍兴市教育局", text=text, level_hint="city")) == ("浙江省", "绍兴市", None)


def test_the_schools_of_a_county_name_it() -> None:
    text = "组建名单：1.嵊州市三界镇中心学校——嵊州市逸夫小学 2.嵊州市甘霖镇中学——嵊州市城关中学。依据浙江省教育厅文件。"
    assert names(place(text=text)) == ("浙江省", "绍兴市", "嵊州市")


def test_traditional_text_names_the_same_places() -> None:
    text = "組建新昌縣實驗小學教育集團，由新昌縣實驗小學、新昌縣城東小學組建，浙江省教育廳"
    assert names(place(text=text)) == ("浙江省", "绍兴市", "新昌县")


def test_counties_in_traditional_script_resolve_to_themselves() -> None:
    from opencc import OpenCC

    # Converters write these two with characters that no fold takes back (濬縣, 澂江市).
    own_way = {"浚县", "澄江市"}
    counties = [county for county in COUNTIES if county.name not in own_way]
    written = OpenCC("s2tw").convert("\n".join(county.full_name for county in counties)).split("\n")
    for county, name in zip(counties, written, strict=True):
        assert place(issuers=[name + "教育局"]).adcode == county.code, name


def test_every_short_form_is_found_before_what_a_bureau_would_say() -> None:
    short = [name for name, known in by_name().items() if known.short]
    assert len(short) > 1000
    for name in short:
        assert name in [m.name for m in find(f"推进{name}教育发展")]


def test_frequent_words_are_no_short_forms() -> None:
    everyday = (
        "和平 公安 资源 平安 合作 通道 建设 友谊 东方 团结 新华 共和 方正 中山 朝阳 大同 城区 开发区 新区 市场 县域"
    )
    assert find("教育".join([*everyday.split(), ""])) == []


def test_a_county_mentioned_in_passing_is_not_the_place() -> None:
    assert names(place(text="学习借鉴外地经验，如新昌县做法。")) == (None, None, None)


def test_a_city_that_speaks_to_its_counties_is_not_one_of_them() -> None:
    text = "各县（市、区）教育局：嵊州市、新昌县、诸暨市先行先试。绍兴市教育局将组织评估，嵊州市实验小学承办。"
    assert names(place(text=text)) == ("浙江省", "绍兴市", None)


def test_a_province_office_without_a_name_stays_at_the_province() -> None:
    text = "浙江省各地。嵊州市实验小学、嵊州市教育局经验。"
    assert names(place(issuers=["省教育厅"], text=text)) == ("浙江省", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "提高县域教育水平",
        "推进城区学校与镇区学校结对",
        "南京路小学",
        "浙江师范大学附属中学",
        "组长：张文成",
        "整合公共资源，维护和平安定",
        "城乡社区教育",
        "青岚县",
    ],
)
def test_words_that_only_look_like_places_are_none(text: str) -> None:
    assert [m.name for m in find(fold(text))] == []


def test_a_place_is_not_found_across_the_edge_of_another() -> None:
    assert [m.name for m in find("青海南部地区")] == ["青海"]
    assert [m.name for m in find("海南藏族自治州共和县")] == ["海南藏族自治州", "共和县"]


def test_mentions_say_where_they_stand() -> None:
    text = fold("由河南洛陽偃師區教育局負責")
    assert [(text[m.start : m.end], m.name) for m in find(text)] == [(m.name, m.name) for m in find(text)]
    assert [m.candidates[0].full_name for m in find(text)] == ["河南省", "河南省洛阳市", "河南省洛阳市偃师区"]


@given(st.text(alphabet="河南省洛阳市鼓楼区青岚县教育局《》关于的通知\n\x00\ud800〔2020〕号", max_size=60))
def test_no_text_breaks_the_resolver(text: str) -> None:
    found = place(issuers=[text[:10]], title=text[:30], text=text, site=text[5:20], adcode=text[:6])
    assert found.city is None or found.province is not None
    assert found.adcode is None or not found.candidates


def test_short_forms_have_two_characters_or_more() -> None:
    assert all(len(name) >= 2 for name in by_name())


def test_nothing_is_loaded_before_a_place_is_asked_for() -> None:
    program = "import sys; import extractors.places; print('ahocorasick_rs' in sys.modules, 'rjieba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_a_town_that_is_called_like_a_district_elsewhere_is_not_that_district() -> None:
    assert [m.name for m in find("松阳县城关镇第一小学")] == ["松阳县"]
    assert names(place(issuers=["松阳县城关镇第一小学"])) == ("浙江省", "丽水市", "松阳县")
