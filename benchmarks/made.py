"""The files that formats are measured with: the samples of a format together, and larger ones written from recipes.

Every file comes from ``samples/recipes`` by the writers of ``samples/formats``; LibreOffice, where it is installed,
makes those formats that no library of ours writes.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from benchmarks.inputs import ROOT, samples
from benchmarks.made_ofd import ofd
from samples.formats import office, pdf, recipe, web

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
_PAGES, _TABLE_PAGES = 30, 10
_LETTERS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class Made:
    """Files of one format that are read one after the other; ``skipped`` says why there are none."""

    name: str
    files: tuple[Path, ...] = ()
    pages: int = 0
    skipped: str = ""


def make(folder: Path) -> Iterator[Made]:
    """Every case; the larger files are written into ``folder``."""
    for suffix in (".txt", ".html", ".docx", ".xlsx", ".pdf"):
        files = tuple(path for path in samples() if path.suffix == suffix)
        yield Made(f"{suffix[1:]}, {len(files)} samples", files, _pages(files) if suffix == ".pdf" else 0)
    text, tables = _prose(), _tables()
    long_pdf = _pdf(folder / "text.pdf", text, _PAGES)
    yield long_pdf
    yield _pdf(folder / "tables.pdf", tables, _TABLE_PAGES)
    # As many characters as the PDF of thirty pages has.
    whole = _times(text, _PAGES)
    docx = _write(folder / "long.docx", office.word(whole, automatic=True))
    yield Made(f"docx, {_PAGES} pages", (docx,))
    xlsx = _write(folder / "large.xlsx", office.workbook(_book()))
    yield Made("xlsx, 5 sheets of 2,000 rows", (xlsx,))
    yield Made("csv, 10,000 rows", (_write(folder / "large.csv", _csv()),))
    page = _html()
    yield Made(f"html, {len(page) // 1000} KB", (_write(folder / "large.html", page),))
    plain = web.text(whole, "utf-8")
    yield Made(f"txt, {len(plain) // 1000} KB", (_write(folder / "large.txt", plain),))
    five = [next(path for path in samples() if path.suffix == suffix) for suffix in _FIVE]
    yield Made("zip of five samples", (_write(folder / "five.zip", _zip(five)),))
    yield Made("eml with a docx attached", (_write(folder / "mail.eml", _mail(five[2])),))
    yield Made(f"ofd, {_PAGES} pages", (_write(folder / "long.ofd", ofd(_long_text(whole), _PAGES)),), _PAGES)
    for suffix, source in (("doc", docx), ("odt", docx), ("rtf", docx), ("xls", xlsx), ("ods", xlsx)):
        large = f"{_PAGES} pages" if source is docx else "5 sheets of 2,000 rows"
        made = _converted(source, suffix, folder)
        yield Made(f"{suffix}, {large}", (made,) if made else (), skipped="" if made else "no LibreOffice to write it")
    scan = folder / "scan.pdf"
    if long_pdf.files:
        _write(scan, _scan(long_pdf.files[0], 1))
        yield Made("scanned pdf, 1 page", (scan,), 1)


_FIVE = (".txt", ".html", ".docx", ".xlsx", ".pdf")


def text_pdf(path: Path, pages: int) -> Path | None:
    """A PDF of running text; None without the font."""
    return next(iter(_pdf(path, _prose(), pages).files), None)


def table_pdf(path: Path, pages: int) -> Path | None:
    """A PDF of ruled tables; None without the font."""
    return next(iter(_pdf(path, _tables(), pages).files), None)


def _recipe(name: str) -> recipe.Recipe:
    return recipe.read(ROOT / "samples" / "recipes" / f"{name}.md")


def _prose() -> recipe.Recipe:
    """A plan without its tables."""
    found = _recipe("henan-qinglan")
    return replace(found, blocks=[block for block in found.blocks if block.kind not in ("table", "break")])


def _tables() -> recipe.Recipe:
    """A roster of schools, as an attachment has it: one table, some thirty rows a page."""
    rows = [["序号", "核心校", "成员校", "合作形式", "备注"]]
    for number in range(1, 400):
        one, other = _LETTERS[number % 10], _LETTERS[number // 10 % 10]
        form = ("紧密型", "融合型", "松散型")[number % 3]
        rows.append(
            [str(number), f"{one}镇中心小学", f"{other}乡第{number}小学", form, "^" if number % 4 == 2 else "—"]
        )
    return recipe.Recipe("tables", {}, [recipe.Block("title", "结对名单"), recipe.Block("table", "", rows=rows)])


def _times(item: recipe.Recipe, pages: int) -> recipe.Recipe:
    """The recipe so often one behind the other that it fills so many pages (about 550 characters each)."""
    size = sum(len(block.text) for block in item.blocks)
    return replace(item, blocks=item.blocks * max(1, round(pages * 550 / size)))


def _pdf(path: Path, item: recipe.Recipe, pages: int) -> Made:
    name = f"pdf of {'tables' if item.name == 'tables' else 'text'}, {pages} pages"
    if not FONT.is_file():
        return Made(name, skipped=f"no font {FONT}")
    import pypdfium2

    enough = item if item.name == "tables" else replace(item, blocks=item.blocks * (pages // 2 + 1))
    with pypdfium2.PdfDocument(pdf.pdf(enough, FONT)) as document:
        for index in range(len(document) - 1, pages - 1, -1):
            del document[index]
        count = len(document)
        document.save(str(path))
    return Made(name.replace(str(pages), str(count)), (path,), count)


def _pages(files: tuple[Path, ...]) -> int:
    import pypdfium2

    total = 0
    for path in files:
        with pypdfium2.PdfDocument(path) as document:
            total += len(document)
    return total


def _row(number: int) -> list[str]:
    one, other = _LETTERS[number % 10], _LETTERS[number // 10 % 10]
    return [
        str(number), f"{one}县", f"{one}镇中心小学", f"{other}乡第{number % 97}小学",
        ("紧密型", "融合型", "松散型")[number % 3], f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        str(number * 37 % 2000), f"教师交流{number % 9}人，每学期至少2次",
    ]  # fmt: skip


_HEAD = ["序号", "县", "核心校", "成员校", "形式", "日期", "学生数", "说明"]


def _book() -> dict[str, object]:
    names = ["小学", "初中", "高中", "幼儿园", "特殊教育"]
    return {"sheets": [{"name": name, "rows": [_HEAD, *map(_row, range(1, 2000))]} for name in names]}


def _csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_HEAD, *map(_row, range(1, 10_000))])
    return out.getvalue().encode()


def _html() -> bytes:
    """One page of a site with a long article."""
    item = _recipe("henan-chengquan")
    return web.page(replace(item, blocks=item.blocks * (300_000 // len(web.page(item, "utf-8")) + 1)), "utf-8")


def _zip(paths: list[Path]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return out.getvalue()


def _mail(attached: Path) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jiyuke@example.org", "jcs@example.org", "报送工作方案"
    message["Date"] = "Mon, 01 Sep 2025 08:00:00 +0800"
    message.set_content("现将我县工作方案报上，请审阅。\n" + "\n".join(block.text for block in _prose().blocks))
    subtype = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    message.add_attachment(attached.read_bytes(), "application", subtype, filename=attached.name)
    return message.as_bytes()


def _long_text(item: recipe.Recipe) -> list[str]:
    return [block.text for block in item.blocks]


def _scan(path: Path, pages: int) -> bytes:
    """The first pages as pictures at 150 dots an inch."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        pictures = [document[index].render(scale=150 / 72).to_pil().convert("L") for index in range(pages)]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", resolution=150, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def _converted(source: Path, suffix: str, folder: Path) -> Path | None:
    office_program = shutil.which("soffice") or shutil.which("libreoffice")
    if office_program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-office-") as profile:
        command = [office_program, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", suffix]
        subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=300)
    return source.with_suffix(f".{suffix}")


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
