"""The demonstration corpus is what its README says: formats, defects, expectations, invented places."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
EXPECTED = sorted((SAMPLES / "expected").glob("*.yaml"))
PACKS = {"henan-2025": [f"R{n:02}" for n in range(1, 21)], "zhejiang-2021": [f"Z{n:02}" for n in range(1, 15)]}
VERDICTS = {"met", "partial", "not_met", "not_found", "conflict", "not_applicable", "undetermined"}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def builder() -> ModuleType:
    """samples/build.py as a module."""
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("samples_build", module)
    spec.loader.exec_module(module)
    return module


BUILD = builder()
RECIPES = [BUILD.recipe.read(path) for path in sorted((SAMPLES / "recipes").glob("*.md"))]
PLANS = [item for item in RECIPES if item.facts.get("pack")]


def of_format(*names: str) -> list[Any]:
    found = [item for item in RECIPES if item.facts["format"] in names]
    assert found, names
    return found


def data_of(item: Any) -> bytes:
    return bytes((SAMPLES / item.facts["output"]).read_bytes())


def named(items: list[Any]) -> Any:
    return pytest.mark.parametrize("item", items, ids=[item.name for item in items])


# --- formats -----------------------------------------------------------------------------------------------------


@named(of_format("html-gbk"))
def test_gbk_pages_declare_gbk_and_are_not_utf_8(item: Any) -> None:
    data = data_of(item)
    assert b"charset=gbk" in data
    assert item.facts["html"]["heading"][:6] in data.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


@named(of_format("html-utf-8"))
def test_utf_8_pages_have_the_standard_meta_tags_and_a_metadata_table(item: Any) -> None:
    page = data_of(item).decode("utf-8")
    for name in (
        "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "ArticleTitle", "PubDate", "ContentSource",
        "Keywords", "Author", "Description", "Url",
    ):  # fmt: skip
        assert f'<meta name="{name}"' in page
    for label in ("索引号", "发文字号", "成文日期", "发布机构"):
        assert f"{label}：</td>" in page


@named(of_format("html-gbk", "html-utf-8"))
def test_pages_have_the_furniture_of_a_site_around_the_article(item: Any) -> None:
    page = data_of(item).decode("gbk" if item.facts["format"] == "html-gbk" else "utf-8")
    for furniture in ('class="nav"', "打印本页", "关闭窗口", "相关链接", "网站标识码"):
        assert furniture in page


@named(of_format("txt-gb18030"))
def test_gb18030_texts_are_not_utf_8(item: Any) -> None:
    assert item.blocks[1].text[:10] in data_of(item).decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        data_of(item).decode("utf-8")


def test_one_text_starts_with_a_byte_order_mark() -> None:
    assert all(data_of(item).startswith(b"\xef\xbb\xbf") for item in of_format("txt-utf-8-sig"))


@named(of_format("docx-auto"))
def test_automatic_numbers_stand_in_numbering_xml_and_not_in_the_text(item: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(data_of(item))) as package:
        numbering = package.read("word/numbering.xml").decode()
        body = package.read("word/document.xml").decode()
        styles = package.read("word/styles.xml").decode()
    assert 'w:val="chineseCountingThousand"' in numbering
    assert 'w:val="（%2）"' in numbering
    assert "<w:numPr>" in styles
    assert 'w:val="Heading1"' in body
    first = next(block for block in item.blocks if block.heading)
    assert first.heading in body
    assert first.text not in body


@named(of_format("docx-manual"))
def test_typed_numbers_stand_in_the_text_without_heading_styles(item: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(data_of(item))) as package:
        body = package.read("word/document.xml").decode()
    assert "Heading" not in body
    assert next(block for block in item.blocks if block.heading).text in body


def test_word_tables_have_merged_cells() -> None:
    merged = 0
    for item in of_format("docx-auto", "docx-manual"):
        with zipfile.ZipFile(io.BytesIO(data_of(item))) as package:
            merged += package.read("word/document.xml").decode().count('<w:vMerge w:val="restart"/>')
    assert merged >= 10


@named(of_format("pdf"))
def test_pdf_has_pages_with_numbers_a_ruled_table_and_an_embedded_font_subset(item: Any) -> None:
    import pdfplumber

    data = data_of(item)
    assert b"/FontFile2" in data
    with pdfplumber.open(io.BytesIO(data)) as document:
        assert len(document.pages) >= 2
        for number, page in enumerate(document.pages, 1):
            assert page.extract_text().splitlines()[-1] == f"— {number} —"
        assert all("+" in char["fontname"] for char in document.pages[0].chars)
        assert any(page.extract_tables() for page in document.pages)


@named(of_format("pdf"))
def test_pdf_text_layer_holds_every_paragraph(item: Any) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(data_of(item))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    text = re.sub(r"\s", "", re.sub(r"— \d+ —", "", text))
    for block in item.blocks:
        assert re.sub(r"\s", "", block.text) in text


def test_traditional_samples_use_taiwan_words() -> None:
    traditional = [r for r in RECIPES if r.facts.get("documents") and r.facts["documents"][0]["script"] == "Hant"]
    assert len(traditional) >= 2
    assert {r.facts["format"].split("-")[0] for r in traditional} == {"txt", "docx"}
    for item in traditional:
        for word in ("透過", "網際網路", "支援", "專案", "資訊科技"):
            assert word in item.plain


def test_workbooks_lie_beside_their_plans_and_have_merged_cells() -> None:
    import openpyxl

    books = [(item, book) for item in RECIPES for book in item.facts.get("workbooks", [])]
    assert books
    for item, book in books:
        path = (SAMPLES / item.facts["output"]).parent / book["file"]
        sheets = openpyxl.load_workbook(path).worksheets
        assert any(sheet.merged_cells.ranges for sheet in sheets)
        assert book["title"] in path.name


def test_one_file_is_an_old_binary_that_must_be_recorded_as_not_read() -> None:
    (failure,) = load(SAMPLES / "expected" / "failures" / "not_read.yaml")
    assert (SAMPLES / failure["source"]).read_bytes().startswith(bytes.fromhex("d0cf11e0a1b11ae1"))


# --- expectations ------------------------------------------------------------------------------------------------


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len([p for p in PLANS if p.facts["pack"] == "henan-2025"]) >= 5
    assert len([p for p in PLANS if p.facts["pack"] == "zhejiang-2021"]) >= 5
    assert len([r for r in RECIPES if r.name.split("-")[1] == "sub"]) >= 4
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 2_000_000


def test_every_sample_has_expectations_and_they_name_only_files_that_exist() -> None:
    sources = {load(path)["source"] for path in EXPECTED}
    sources |= {entry["source"] for entry in load(SAMPLES / "expected" / "failures" / "not_read.yaml")}
    assert all((SAMPLES / source).exists() for source in sources)
    files = {p for root in ("henan", "zhejiang") for p in (SAMPLES / root).rglob("*") if p.is_file()}
    covered = {SAMPLES / s for s in sources} | {p for s in sources for p in (SAMPLES / s).glob("*")}
    assert files <= covered


@pytest.mark.parametrize("path", EXPECTED, ids=[p.stem for p in EXPECTED])
def test_every_expected_name_stands_in_its_sample(path: Path) -> None:
    item = next(r for r in RECIPES if r.name == path.stem)
    words = re.sub(r"\s", "", item.plain + str(item.facts.get("html", "")))
    for document in load(path)["documents"]:
        wanted = [document.get(key) for key in ("title", "document_number", "index_number")]
        wanted += document.get("issuers", [])
        wanted += [name for c in document.get("communities", []) for name in (c["lead"], *c["members"])]
        wanted += [x for leader in document.get("leaders", []) for x in (leader["role"], leader["name"])]
        wanted += [x for c in document["citations"] for x in (c["title"], c["document_number"])]
        wanted += [a["title"] for a in document["attachments"]]
        wanted += [x for t in document.get("tasks", []) for x in (*t["responsible"], t["due"])]
        wanted += [heading for _, _, heading in document["headings"]]
        assert [w for w in wanted if w and w not in words] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_plan_has_a_verdict_on_every_requirement(pack: str) -> None:
    spec = load(SAMPLES / "expected" / "verdicts" / f"{pack}.yaml")
    plans = [p for p in PLANS if p.facts["pack"] == pack]
    assert {plan["source"] for plan in spec["plans"]} == {BUILD.source_of(p) for p in plans}
    for plan in spec["plans"]:
        assert list(plan["verdicts"]) == PACKS[pack]
        for verdict in plan["verdicts"].values():
            assert set([verdict] if isinstance(verdict, str) else verdict) <= VERDICTS


@named(PLANS)
def test_every_verdict_other_than_met_is_a_defect_written_down(item: Any) -> None:
    other = {key for key, verdict in item.facts["verdicts"].items() if verdict != "met"}
    assert other == set(item.facts["defects"])


@pytest.mark.parametrize("pack", PACKS)
def test_two_plans_of_each_province_meet_everything_or_all_but_one(pack: str) -> None:
    good = [
        p
        for p in PLANS
        if p.facts["pack"] == pack
        and sum(verdict not in ("met", "not_applicable") for verdict in p.facts["verdicts"].values()) <= 1
    ]
    assert len(good) >= 2


@pytest.mark.parametrize("pack", PACKS)
def test_every_requirement_is_met_somewhere(pack: str) -> None:
    for requirement in PACKS[pack]:
        assert any(p.facts["verdicts"][requirement] == "met" for p in PLANS if p.facts["pack"] == pack)


def test_missing_attachments_are_named_and_not_there() -> None:
    missing = [
        (item, attachment)
        for item in PLANS
        for attachment in item.facts["documents"][0]["attachments"]
        if not attachment["included"]
    ]
    assert missing
    for item, attachment in missing:
        folder = (SAMPLES / item.facts["output"]).parent
        assert not [p for p in folder.iterdir() if p.name.startswith(f"附件{attachment['number']}")]


# --- honesty -----------------------------------------------------------------------------------------------------


def test_the_readme_says_what_is_invented_and_lists_every_file() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for item in RECIPES:
        assert item.facts["output"] in readme
    for item in PLANS:
        assert item.facts["documents"][0]["jurisdiction"]["county"] in readme.split("## ")[0]


@named([r for r in RECIPES if r.name.endswith("-notice")])
def test_the_notices_say_that_they_are_not_official(item: Any) -> None:
    assert "示例" in item.facts["documents"][0]["title"]
    assert "不是政府文件" in item.plain


def test_no_invented_county_is_a_real_one() -> None:
    tables = [
        path
        for path in (SAMPLES.parent / "extractors").rglob("*")
        if re.search("place|division", path.name) and path.suffix in {".tsv", ".csv", ".txt", ".json", ".yaml"}
    ]
    if not tables:
        pytest.skip("no table of the official divisions in extractors/ to compare with")
    real = set(re.findall(r"[\u4e00-\u9fff]+", "\n".join(path.read_text(encoding="utf-8") for path in tables)))
    assert "洛阳市" in real or "洛阳" in real
    for item in PLANS:
        county = item.facts["documents"][0]["jurisdiction"]["county"]
        assert county not in real
        assert county[:-1] not in real


# --- building ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    skipped = BUILD.build(tmp_path, BUILD.FONT)
    made = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    assert len(made) > 40
    assert [str(name) for name in sorted(made) if (tmp_path / name).read_bytes() != (SAMPLES / name).read_bytes()] == []
    if skipped:
        pytest.skip(f"everything but the PDF files compared: no font at {BUILD.FONT}")
