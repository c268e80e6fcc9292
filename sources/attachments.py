"""The files of a notice: which links of its page are its attachments, and what they are called."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from extractors.readers import encodings, formats
from extractors.readers.html import standins, tree
from schemas.errors import NotRead
from schemas.fetching import Answer, FetchFailed
from schemas.reading import Link
from sources import pages
from sources.listing.addresses import absolute

MAX_ATTACHMENTS = 500
"""Files that one page may link; what links more is a list of files and no notice."""

_MAX_NAME = 150
_EXTENDED = re.compile(r"\bfilename\*\s*=\s*([A-Za-z0-9_.-]{1,40})'[^']{0,40}'([^;\s]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Linked:
    """A file that a notice links.

    Attributes:
        url: its address, absolute. It may be one that the source does not allow: asking for it says so.
        name: what the page calls it, with the ending of its file: ``附件1 结对名单.docx``. A label, never a path.
    """

    url: str
    name: str


def linked(answer: Answer) -> list[Linked]:
    """The attachments of a notice, in the order of its page, each address once.

    The links are those that our reader of web pages takes for files of the article; a file that the page shows in a frame
    (a PDF viewer) is one too.

    Args:
        answer: of the notice; one that is no web page has none.

    Raises:
        FetchFailed: it links more files than ``MAX_ATTACHMENTS``.
    """
    if not pages.is_page(answer.body, answer.final_url):
        return []
    examined = pages.examine(answer.body, answer.final_url)
    links, base = list(examined.links), examined.base
    if examined.framed:
        file, base = _embedded(answer)
        if file:
            # The reader takes the viewer that shows the file for one too.
            links = [Link("", file), *(link for link in links if file not in unquote(link.href).partition("?")[2])]
    within = absolute(answer.final_url, base) or answer.final_url
    found: dict[str, Linked] = {}
    for link in links:
        url = absolute(within, link.href)
        if url is not None and url not in found and url != absolute(answer.final_url, answer.final_url):
            found[url] = Linked(url, name_of(link.text, url))
    if len(found) > MAX_ATTACHMENTS:
        raise FetchFailed(
            answer.url,
            "too_large",
            f"网页链接了 {len(found)} 个文件，上限 {MAX_ATTACHMENTS} / the page links {len(found)} files, "
            f"the limit is {MAX_ATTACHMENTS}",
            "若是文件列表，请在来源中用 exclude 排除，或写 attachments: false / exclude it in the source where it is a list of "
            "files, or write attachments: false",
        )
    return list(found.values())


def name_of(text: str, url: str, answer: Answer | None = None) -> str:
    """What a file is called: as its link, or where that says nothing, as the server or its address does.

    Args:
        text: of the link, or what this function made of it before the server was asked.
        url: of the file.
        answer: the server's, where it was asked already: its ``Content-Disposition`` names the file.
    """
    served = _served_name(answer) if answer is not None else ""
    parts = urlsplit(url)
    own = unquote(PurePosixPath(parts.path).name)
    asked = [value for _, value in parse_qsl(parts.query, max_num_fields=50)]
    named = [served, *asked, own]
    guessed = text in map(_label, (*asked, own))
    shown = "" if guessed or _names_no_file().fullmatch(re.sub(r"^\W+|\W+$", "", text)) else text
    name = next((label for label in map(_label, (shown, *filter(_ending, named), own)) if label), "附件")
    if not _ending(name):
        ending = next(filter(None, map(_ending, named)), "")
        name = name[: _MAX_NAME - len(ending)] + ending
    return name


def _ending(name: str) -> str:
    """The ending of a file's name, where it is one of a format; .jsp and .html are of pages that send files."""
    promised = formats.by_extension(name)
    return formats.extension(name) if promised is not None and promised.module != "html" else ""


def _embedded(answer: Answer) -> tuple[str | None, str | None]:
    """The file that a page shows in a frame, and the page's base address."""
    try:
        decoded = encodings.decode(answer.body, answer.final_url, encodings.declared_charset(answer.body))
    except NotRead:
        return None, None
    root, _ = tree.parse(decoded.text)
    if root is None:
        return None, None
    base = root.find(".//base")
    return standins.embedded_file(root), base.get("href") if base is not None else None


def _served_name(answer: Answer) -> str:
    """The file name of ``Content-Disposition`` (RFC 6266); ``filename*`` goes first, its encoding is its own."""
    header = answer.header("content-disposition")
    if not header:
        return ""
    if (extended := _EXTENDED.search(header)) is not None:
        with suppress(LookupError):
            return unquote(extended[2], encoding=extended[1], errors="replace")
    message = Message()
    message["content-disposition"] = header.replace("\r", " ").replace("\n", " ")
    try:
        name = message.get_filename("") or ""
    except (LookupError, UnicodeError):
        return ""
    return unquote(name) if "%" in name else name


@cache
def _names_no_file() -> re.Pattern[str]:
    words = files("sources").joinpath("lexicons", "link_texts.yaml").read_text(encoding="utf-8")
    return re.compile("|".join(f"(?:{text})" for text in yaml.safe_load(words)["names_no_file"]), re.IGNORECASE)


def _label(text: str) -> str:
    """A name without folders and control characters; what is too long loses its middle, not its ending."""
    name = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).replace("\\", "/").rpartition("/")[2].split()).strip(". ")
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 20]}…{name[-19:]}"
