"""Writes the demonstration corpus: every sample from its recipe, and beside the samples what is expected of them.

    python samples/build.py [--font FILE] [--out DIR]

Recipes (``samples/recipes/*.md``) hold the text of a sample and the facts a reader must find in it; the format writers
are in ``samples/formats/``. Output is the same bytes on every run. PDF needs a Chinese TrueType font: ``--font``, else
the environment variable ``DUZHENG_SAMPLE_FONT``, else WenQuanYi Micro Hei where Debian's package fonts-wqy-microhei
puts it. Without a font everything but the PDF files is written, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from formats import office, pdf, recipe, web  # noqa: E402

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")


def sample_bytes(item: recipe.Recipe, font: Path) -> bytes:
    """The sample file of a recipe, in the format that its head names."""
    match item.facts["format"]:
        case "docx-auto":
            return office.word(item, automatic=True)
        case "docx-manual":
            return office.word(item, automatic=False)
        case "pdf":
            return pdf.pdf(item, font)
        case "html-gbk":
            return web.page(item, "gbk")
        case "html-utf-8":
            return web.page(item, "utf-8")
        case "txt-utf-8":
            return web.text(item, "utf-8", "\n")
        case "txt-utf-8-sig":
            return web.text(item, "utf-8-sig", "\n")
        case "txt-gb18030":
            return web.text(item, "gb18030")
        case "wps":
            # The head of a pre-2007 compound file and nothing that could be read: for the record of files not read.
            return OLE_HEADER + bytes(504) + "旧版文字处理格式，未读取".encode("utf-16-le") + bytes(1000)
    raise SystemExit(f"{item.name}: unknown format {item.facts['format']}")


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, datetime.date)):
        return str(value)
    text = str(value)
    plain = re.fullmatch(r"[\w（）〔〕《》“”—]+", text) and not re.fullmatch(r"[\d_xXa-fA-FoO]+|\d{4}-\d\d-\d\d", text)
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def expected_yaml(item: recipe.Recipe) -> str:
    """What parsing the sample must yield, in the format of the scorer."""
    lines = ["# Written by samples/build.py from samples/recipes/" + item.name + ".md; edit the recipe."]
    if item.facts.get("note"):
        lines.append("# " + item.facts["note"])
    lines += [f"source: {_flow(source_of(item))}", "documents:"]
    for document in item.facts["documents"]:
        document = dict(document)
        depth = document.pop("heading_depth", 9)
        document.setdefault("headings", item.headings(depth))
        first = True
        for key, value in document.items():
            lead = "- " if first else "  "
            first = False
            if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
                lines.append(f"{lead}{key}:")
                lines += [f"  - {_flow(entry)}" for entry in value]
            else:
                lines.append(f"{lead}{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def source_of(item: recipe.Recipe) -> str:
    """What to give to the program: the file, or its folder where attachments lie beside it."""
    output = Path(item.facts["output"])
    return str(output.parent if item.facts.get("workbooks") else output)


def verdicts_yaml(pack: str, items: list[recipe.Recipe]) -> str:
    """The verdicts on every plan under one pack; a comment names each planted defect."""
    lines = [
        "# Written by samples/build.py from samples/recipes/*.md; edit the recipes.",
        "# A list means that any of these verdicts is right.",
        f"pack: {pack}",
        "plans:",
    ]
    for item in items:
        lines += [f"- source: {_flow(source_of(item))}", "  document: 1", "  verdicts:"]
        for requirement, verdict in item.facts["verdicts"].items():
            defect = item.facts["defects"].get(requirement)
            lines.append(f"    {requirement}: {_flow(verdict)}" + (f"  # {defect}" if defect else ""))
    return "\n".join(lines) + "\n"


_FORMATS = {
    "docx-auto": "DOCX, heading styles, automatic numbers",
    "docx-manual": "DOCX, typed numbers",
    "pdf": "PDF, text layer",
    "html-gbk": "HTML, GBK",
    "html-utf-8": "HTML, UTF-8, meta tags",
    "txt-utf-8": "text, UTF-8",
    "txt-utf-8-sig": "text, UTF-8 with BOM",
    "txt-gb18030": "text, GB18030",
    "wps": "WPS, old binary",
}


def table(items: list[recipe.Recipe]) -> str:
    """The README's table: file, format, planted defects with their verdicts."""
    lines = ["| file | format | planted defects → expected verdict | about |", "|---|---|---|---|"]
    for item in sorted(items, key=lambda i: i.facts["output"]):
        verdicts = item.facts.get("verdicts", {})
        defects = "; ".join(
            f"{key} {text} → {' or '.join([v] if isinstance(v := verdicts[key], str) else v)}"
            for key, text in item.facts.get("defects", {}).items()
        )
        if item.facts.get("pack"):
            rest = "all met" if not defects else f"{defects}; all others met"
        else:
            rest = "—"
        books = "".join(f" + `{book['file']}`" for book in item.facts.get("workbooks", []))
        script = ", traditional" if (item.facts.get("documents") or [{}])[0].get("script") == "Hant" else ""
        lines.append(
            f"| `{item.facts['output']}`{books} | {_FORMATS[item.facts['format']]}{script} | {rest} "
            f"| {item.facts.get('note', '')} |"
        )
    return "\n".join(lines)


def build(out: Path, font: Path) -> list[Path]:
    """Writes everything under ``out``; returns the files that could not be written for want of the font."""
    skipped: list[Path] = []
    items = [recipe.read(path) for path in sorted((HERE / "recipes").glob("*.md"))]

    def write(name: str, data: bytes) -> None:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    for item in items:
        if item.facts["format"] == "pdf" and not font.is_file():
            skipped.append(Path(item.facts["output"]))
        else:
            write(item.facts["output"], sample_bytes(item, font))
        for book in item.facts.get("workbooks", []):
            write(str(Path(item.facts["output"]).parent / book["file"]), office.workbook(book))
        if item.facts.get("documents"):
            write(f"expected/{item.name}.yaml", expected_yaml(item).encode())
    unread = [item for item in items if not item.facts.get("documents")]
    lines = ["# Files that no reader opens: each must be recorded as not read, with this cause, its original kept."]
    lines += [f"- {_flow({'source': source_of(item), 'cause': 'damaged'})}" for item in unread]
    write("expected/failures/not_read.yaml", ("\n".join(lines) + "\n").encode())
    for pack in ("henan-2025", "zhejiang-2021"):
        plans = [item for item in items if item.facts.get("pack") == pack]
        write(f"expected/verdicts/{pack}.yaml", verdicts_yaml(pack, plans).encode())
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    start, end = readme.index("<!-- table"), readme.index("<!-- end -->")
    start = readme.index("\n", start) + 1
    write("README.md", (readme[:start] + table(items) + "\n" + readme[end:]).encode())
    return skipped


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--font", type=Path, default=Path(os.environ.get("DUZHENG_SAMPLE_FONT", FONT)))
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()
    skipped = build(args.out, args.font)
    for path in skipped:
        print(
            f"{path}: not written, no font at {args.font} (apt-get install fonts-wqy-microhei, or --font FILE)",
            file=sys.stderr,
        )
    return 1 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
