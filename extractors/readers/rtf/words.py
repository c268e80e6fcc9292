"""What the control words of RTF do to the parser: RTF 1.9.1, by the sections of the specification."""

from __future__ import annotations

import re

from extractors.readers import limits
from extractors.readers.ocr.insets import may_hold_text
from extractors.readers.rtf.codepages import of_page
from extractors.readers.rtf.parser import Handler, Parser
from extractors.readers.rtf.state import (
    BODY,
    CODE,
    FONTS,
    INFO,
    LABEL,
    LISTS,
    MUTE,
    PICTURE,
    STYLES,
    Field,
    Font,
    PictureData,
)
from extractors.readers.rtf.story import MAX_DEPTH
from extractors.readers.rtf.tables import RowShape
from extractors.readers.word.fields import shown
from extractors.readers.word.ooxml import over_limit
from extractors.readers.word.pictures import Picture, Shown
from schemas.reading import Link, Role

_PROPERTIES = ("title", "subject", "author", "manager", "company", "operator", "category", "keywords", "doccomm")
_TIMES = {"creatim": "created", "revtim": "modified"}
_DATE_PARTS = {"yr": 0, "mo": 1, "dy": 2, "hr": 3, "min": 4}

_LINK = re.compile(r'\s*HYPERLINK\b[^"]*"([^"]+)"', re.IGNORECASE)


def _target(target: int) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        parser.flush()
        parser.own().target = target

    return handle


def _ansicpg(parser: Parser, number: int | None) -> None:
    parser.default_codec = of_page(number or 0) or parser.default_codec


def _page_of(number: int) -> Handler:
    def handle(parser: Parser, _: int | None) -> None:
        parser.default_codec = parser.default_codec or of_page(number)

    return handle


def _deff(parser: Parser, number: int | None) -> None:
    parser.default_font = number or 0


def _f(parser: Parser, number: int | None) -> None:
    parser.flush()
    if parser.state.target == FONTS:
        parser.font = parser.fonts[number or 0] = Font()
        parser.name = ""
    elif parser.state.font != (number or 0):
        parser.own().font = number or 0


def _fcharset(parser: Parser, number: int | None) -> None:
    if parser.state.target == FONTS:
        parser.font.set_charset(number or 0)


def _cpg(parser: Parser, number: int | None) -> None:
    if parser.state.target == FONTS:
        parser.font.set_page(number or 0)


def _stylesheet(parser: Parser, number: int | None) -> None:
    parser.own().target = STYLES
    parser.name = ""


def _s(parser: Parser, number: int | None) -> None:
    if parser.state.target == STYLES:
        parser.style_number = number or 0
    else:
        parser.own().style = number or 0


def _sbasedon(parser: Parser, number: int | None) -> None:
    if parser.state.target == STYLES and number is not None:
        parser.style.based_on = number


def _outlinelevel(parser: Parser, number: int | None) -> None:
    if parser.state.target == STYLES:
        parser.style.outline = number
    else:
        parser.own().outline = number


def _uc(parser: Parser, number: int | None) -> None:
    parser.own().uc = min(max(1 if number is None else number, 0), 1000)


def _pard(parser: Parser, number: int | None) -> None:
    if parser.state.target not in (BODY, LABEL):
        return
    state = parser.own()
    state.in_table, state.itap, state.style, state.outline = False, 0, 0, None
    state.list_id, state.list_level = None, 0


def _plain(parser: Parser, number: int | None) -> None:
    parser.flush()
    state = parser.own()
    state.font, state.hidden, state.deleted, state.revised = -1, False, False, False


def _flag(name: str) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        parser.flush()
        setattr(parser.own(), name, number != 0)

    return handle


def _intbl(parser: Parser, number: int | None) -> None:
    parser.own().in_table = True


def _itap(parser: Parser, number: int | None) -> None:
    state = parser.own()
    state.itap = max(number or 0, 0)
    state.in_table = state.in_table and bool(state.itap)


def _ls(parser: Parser, number: int | None) -> None:
    if parser.state.target == LISTS:
        parser.lists.use(number or 0)
    else:
        parser.own().list_id = number


def _ilvl(parser: Parser, number: int | None) -> None:
    parser.own().list_level = min(max(number or 0, 0), 8)


def _list(parser: Parser, number: int | None) -> None:
    parser.lists.begin()


def _levelnfc(parser: Parser, number: int | None) -> None:
    if parser.state.target == LISTS and len(parser.lists.levels) < 9:
        parser.lists.levels.append(number or 0)


def _listid(parser: Parser, number: int | None) -> None:
    if parser.state.target == LISTS:
        parser.lists.name(number or 0)


def _par(parser: Parser, number: int | None) -> None:
    parser.skip = 0
    parser.paragraph()


def _cell(parser: Parser, number: int | None) -> None:
    parser.skip = 0
    if parser.state.target != BODY:
        return
    parser.paragraph(1)
    parser.state.story.end_cell(1)


def _row(parser: Parser, number: int | None) -> None:
    parser.flush()
    if parser.state.target == BODY:
        if parser.state.story.parts or parser.state.story.old:
            parser.paragraph(1)
        parser.state.story.end_row(1)


def _nestcell(parser: Parser, number: int | None) -> None:
    if parser.state.target != BODY:
        return
    depth = max(parser.state.depth, 2)
    parser.paragraph(depth)
    parser.state.story.end_cell(depth)


def _nestrow(parser: Parser, number: int | None) -> None:
    parser.flush()
    parser.state.story.end_row(max(parser.state.row_depth, 2))


def _nesttableprops(parser: Parser, number: int | None) -> None:
    parser.flush()
    state = parser.own()
    state.row_depth = min(max(state.depth, 2), MAX_DEPTH)


def _trowd(parser: Parser, number: int | None) -> None:
    parser.flush()
    parser.state.story.shapes[parser.state.row_depth] = RowShape()


def _shape(parser: Parser) -> RowShape:
    return parser.state.story.shapes.setdefault(parser.state.row_depth, RowShape())


def _trleft(parser: Parser, number: int | None) -> None:
    _shape(parser).left = number or 0


def _cellx(parser: Parser, number: int | None) -> None:
    shape = _shape(parser)
    if len(shape.cells) >= limits.MAX_SPAN:
        raise over_limit(parser.uri, f"表格一行超过 {limits.MAX_SPAN} 格 / more cells in a row than the limit")
    shape.close_cell(number or 0)


def _cell_flag(name: str) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        _shape(parser).flags.add(name)
        if name == "cldel":
            parser.tracked()

    return handle


def _margin(role: Role) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        kept = parser.headers if role == "header" else parser.footers
        parser.substory(role, lambda blocks: kept.update(dict.fromkeys(blocks)))

    return handle


def _footnote(parser: Parser, number: int | None) -> None:
    parser.substory("footer", parser.footnotes.extend)


def _text_box(parser: Parser, number: int | None) -> None:
    anchor = parser.state.story
    parser.substory(anchor.role, lambda blocks: anchor.boxes.extend(blocks))


def _field(parser: Parser, number: int | None) -> None:
    parser.flush()
    field, story = Field(), parser.state.story
    parser.own().field = field
    began = len(story.parts), story.ended

    def end() -> None:
        # What Word works out each time it shows it stands nowhere in the file.
        if parser.state.target == BODY and began == (len(story.parts), story.ended):
            parser.emit(field.box or shown(field.code, None, parser.counters))

    parser.close_at_end(end)


def _form_part(place: int) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        if parser.state.field is not None:
            parser.state.field.form[place] = number

    return handle


def _fldinst(parser: Parser, number: int | None) -> None:
    parser.flush()
    parser.own().target = CODE if parser.state.target == BODY else MUTE


def _fldrslt(parser: Parser, number: int | None) -> None:
    parser.flush()
    field, story = parser.state.field, parser.state.story
    if field is None or parser.state.target != BODY:
        return
    if field.kind in ("PAGE", "NUMPAGES", "SECTIONPAGES"):
        story.has_page_number = True
    elif field.kind == "TOC":
        parser.own().contents = True
    elif target := _LINK.match(field.code):
        began = len(story.parts)

        def end() -> None:
            text = "".join(story.parts[began:]).strip()
            if text:
                parser.links.append(Link(text, target[1]))

        parser.close_at_end(end)


def _chpgn(parser: Parser, number: int | None) -> None:
    parser.state.story.has_page_number = True


def _pict(parser: Parser, number: int | None) -> None:
    parser.flush()
    parser.own().target = PICTURE
    picture = parser.picture = PictureData()
    in_body = parser.state.story.role == "body"

    def end() -> None:
        size = picture.points
        if in_body and may_hold_text(*size):
            name = f"{len(parser.pictures)}" if picture.is_bitmap else ""
            if name and len(parser.bitmaps) < limits.MAX_PICTURES:
                parser.bitmaps[name] = picture.bytes_of()
            shown = Picture(name, *size)
            parser.pictures.append(shown)
            parser.state.story.boxes.append(Shown("", role="body", picture=shown))

    parser.close_at_end(end)


def _picture_size(place: int) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        parser.picture.size[place] = number or 0

    return handle


def _bitmap(parser: Parser, number: int | None) -> None:
    if parser.state.target == PICTURE:
        parser.picture.is_bitmap = True


def _object(parser: Parser, number: int | None) -> None:
    kind = parser.object_class = Field()

    def end() -> None:
        # Formulas are embedded objects too, but hold nothing that an inspector looks for.
        if not kind.code.strip().lower().startswith(("equation", "mathtype")):
            parser.note("embedded_object", "文档嵌入了其他文件，其内容未读取 / embedded file not read")

    parser.close_at_end(end)


def _objclass(parser: Parser, number: int | None) -> None:
    state = parser.own()
    state.field, state.target = parser.object_class, CODE


def _info(parser: Parser, number: int | None) -> None:
    state = parser.own()
    state.target, state.key = MUTE, "info"


def _property(name: str) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        if parser.state.key == "info":
            state = parser.own()
            state.target, state.key = INFO, name

    return handle


def _time(name: str) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        if parser.state.key != "info":
            return
        parser.own().key = name
        parser.when = [0] * 5

        def end() -> None:
            year, month, day, hour, minute = parser.when
            if 1 <= month <= 12 and 1 <= day <= 31 and 0 < year < 10_000:
                parser.meta[name] = f"{year:04d}-{month:02d}-{day:02d}T{hour % 24:02d}:{minute % 60:02d}:00"

        parser.close_at_end(end)

    return handle


def _time_part(place: int) -> Handler:
    def handle(parser: Parser, number: int | None) -> None:
        if parser.state.key in _TIMES.values():
            parser.when[place] = number or 0

    return handle


def _upr(parser: Parser, number: int | None) -> None:
    parser.flush()
    state = parser.own()
    state.upper, state.target = state.target, MUTE


def _ud(parser: Parser, number: int | None) -> None:
    state = parser.own()
    state.target = state.upper


def _pnlvlblt(parser: Parser, number: int | None) -> None:
    if parser.state.story.label is not None:
        parser.state.story.label = ""


def _bin(parser: Parser, number: int | None) -> None:
    parser.skip = max(parser.skip - 1, 0)
    began, parser.position = parser.position, parser.position + max(number or 0, 0)
    if parser.state.target == PICTURE and parser.picture.is_bitmap:
        parser.picture.binary = parser.data[began : parser.position]


WORDS: dict[str, Handler] = {
    "ansicpg": _ansicpg, "mac": _page_of(10000), "pc": _page_of(437), "pca": _page_of(850), "deff": _deff,
    "f": _f, "fcharset": _fcharset, "cpg": _cpg, "fonttbl": _target(FONTS), "stylesheet": _stylesheet, "s": _s,
    "sbasedon": _sbasedon, "outlinelevel": _outlinelevel, "uc": _uc, "pard": _pard, "plain": _plain,
    "v": _flag("hidden"), "deleted": _flag("deleted"), "mvf": _flag("deleted"), "revised": _flag("revised"), "mvt": _flag("revised"),
    "intbl": _intbl, "itap": _itap, "ls": _ls, "ilvl": _ilvl, "list": _list, "levelnfc": _levelnfc,
    "listid": _listid, "listtable": _target(LISTS), "listoverridetable": _target(LISTS),
    "listtext": _target(LABEL), "pntext": _target(LABEL), "pn": _target(MUTE), "pnlvlblt": _pnlvlblt,
    "par": _par, "sect": _par, "cell": _cell, "row": _row, "nestcell": _nestcell, "nestrow": _nestrow,
    "nesttableprops": _nesttableprops, "trowd": _trowd, "trleft": _trleft, "cellx": _cellx,
    **{name: _cell_flag(name) for name in ("clmrg", "clvmgf", "clvmrg", "cldel")},
    **{name: _margin("header") for name in ("header", "headerl", "headerr", "headerf")},
    **{name: _margin("footer") for name in ("footer", "footerl", "footerr", "footerf")},
    "footnote": _footnote, "shptxt": _text_box, "dptxbxtext": _text_box,
    "field": _field, "formfield": _target(MUTE), "fftype": _form_part(0), "ffres": _form_part(1),
    "ffdefres": _form_part(2), "fldinst": _fldinst, "fldrslt": _fldrslt, "chpgn": _chpgn,
    "sv": _target(MUTE), "pngblip": _bitmap, "jpegblip": _bitmap, "pict": _pict,
    "picwgoal": _picture_size(0), "pichgoal": _picture_size(1), "picscalex": _picture_size(2),
    "picscaley": _picture_size(3), "object": _object, "objclass": _objclass,
    "info": _info, **{name: _property(name) for name in _PROPERTIES},
    **{word: _time(name) for word, name in _TIMES.items()},
    **{word: _time_part(place) for word, place in _DATE_PARTS.items()},
    "upr": _upr, "ud": _ud, "bin": _bin,
}  # fmt: skip
"""The control words that change what is read; all others are layout."""
