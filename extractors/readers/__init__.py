"""Bytes to blocks: one module per file format behind ``read``.

``read`` recognises the format by content, hands the bytes to the module of that format and answers with its
``Reading``; whatever cannot be read raises ``NotRead`` with the cause and the way out, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from extractors.readers import formats, invisible, limits
from extractors.readers.formats import FORMATS, Format
from schemas.errors import NotRead
from schemas.reading import Note, Paragraph, Reading

__all__ = ["ReaderInfo", "read", "readers"]


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """One reader for ``duzheng doctor``: what it reads, whether it can run here, and the cure if not."""

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    available: bool
    version: str | None
    cure: str


_LIBRARIES: dict[str, tuple[tuple[str, str], ...]] = {
    # reader -> (import name, distribution) of what it cannot do without
    "text": (),
    "html": (("lxml", "lxml"),),
    "docx": (("lxml", "lxml"),),
    "pdf": (("pypdfium2", "pypdfium2"),),
    "sheets": (("lxml", "lxml"), ("python_calamine", "python-calamine")),
    "ofd": (("lxml", "lxml"),),
    "image": (("rapidocr", "rapidocr"), ("onnxruntime", "onnxruntime"), ("PIL", "pillow")),
    "odt": (("lxml", "lxml"),),
    "rtf": (),
    "office": (),
    "mhtml": (("lxml", "lxml"),),
}


def read(data: bytes, uri: str) -> Reading:
    """Read one file into its blocks.

    Args:
        data: the file's bytes.
        uri: its path or address as the user named it, for messages and as a hint.

    Returns:
        The blocks in reading order; ``Reading.notes`` says what the reader had to work around (kind
        ``wrong_extension``, ``encoding``, ``furniture_removed`` …).

    Raises:
        NotRead: for everything that cannot be read, with cause and cure.
    """
    if not data or not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise NotRead(uri, "empty", "文件是空的 / the file is empty", "请重新取得该文件 / obtain the file again")
    if len(data) > limits.MAX_BYTES:
        raise NotRead(
            uri,
            "over_limit",
            f"文件有 {len(data)} 字节，超过上限 {limits.MAX_BYTES} / the file has {len(data)} bytes, "
            f"the limit is {limits.MAX_BYTES}",
            "请拆分后再读 / split it",
        )
    found = formats.recognise(data, uri)
    promised = formats.by_extension(uri)
    reader = found.module
    if reader is None:
        raise _refusal(uri, found, promised)
    reading = _run(reader, data, uri, found)
    invisible.leave_out(reading)
    if not reading.blocks or all(isinstance(b, Paragraph) and not b.text.strip() for b in reading.blocks):
        raise NotRead(
            uri,
            "no_text",
            "文件里没有文字 / the file holds no text",
            "请取得有内容的文件 / obtain a file with content",
        )
    if _contradicts(found, promised):
        assert promised is not None
        reading.notes.append(
            Note(
                "wrong_extension",
                f"扩展名为 {formats.extension(uri)}，内容实为{found.chinese} / named {formats.extension(uri)}, "
                f"but the content is {found.english}",
            )
        )
    return reading


def readers() -> list[ReaderInfo]:
    """Every reader, with its libraries' versions; an unavailable one says what to install."""
    from importlib import metadata

    infos = []
    for name, libraries in _LIBRARIES.items():
        kinds = [f for f in FORMATS.values() if f.module == name]
        missing = [dist for module, dist in libraries if find_spec(module) is None]
        versions = [f"{dist} {metadata.version(dist)}" for _, dist in libraries if dist not in missing]
        cure = f"pip install {' '.join(missing)}" if missing else ""
        runs = True
        if name == "office":
            # It needs a program, which pip does not bring.
            from extractors.readers.office import soffice

            runs = soffice.ready()
            cure = "" if runs else soffice.CURE
        infos.append(
            ReaderInfo(
                name=name,
                media_types=tuple(f.media_type for f in kinds),
                extensions=tuple(e for f in kinds for e in f.extensions),
                available=not missing and runs,
                version=", ".join(versions) or None,
                cure=cure,
            )
        )
    return infos


def _run(reader: str, data: bytes, uri: str, found: Format) -> Reading:
    """Call a reader; what it did not foresee becomes ``NotRead`` too, so that one file never stops a batch."""
    try:
        module = import_module(f"{__name__}.{reader}")
    except ImportError as error:
        raise NotRead(
            uri,
            "reader_failed",
            f"{found.chinese}的阅读器不可用（{error}） / the reader for {found.english} is not available ({error})",
            "运行 duzheng doctor 查看 / run duzheng doctor",
        ) from error
    try:
        reading: Reading = module.read(data, uri)
    except (NotRead, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic inside a Rust library is no Exception
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise NotRead(
            uri,
            "reader_failed",
            f"读取{found.chinese}时出错（{detail}） / reading the {found.english} failed ({detail})",
            "请用原软件打开后另存再试 / open it in its own program, save it again and retry",
        ) from error
    return reading


def _contradicts(found: Format, promised: Format | None) -> bool:
    """Whether a file's extension promises another format; kinds of text are not told apart by extension."""
    if promised is None or promised is found:
        return False
    return not (found.key == "text" and promised.key in ("html", "xml"))


def _refusal(uri: str, found: Format, promised: Format | None) -> NotRead:
    """Why a recognised file is not read."""
    if found is formats.ENCRYPTED_OFFICE:
        return NotRead(uri, "encrypted", "文件有密码 / the file is protected by a password", found.cure)
    if found.key == "zip" and promised is not None and promised.key in ("docx", "xlsx", "ods", "odt", "ofd", "pptx"):
        return NotRead(
            uri,
            "damaged",
            f"{promised.chinese}已损坏或不完整 / the {promised.english} file is damaged or incomplete",
            "请重新下载或另存 / download or save it again",
        )
    if _contradicts(found, promised):
        assert promised is not None
        return NotRead(
            uri,
            "wrong_extension",
            f"扩展名为 {formats.extension(uri)}，内容实为{found.chinese}，暂不支持 / named {formats.extension(uri)}, "
            f"but the content is {found.english}, which is not read yet",
            found.cure,
        )
    return NotRead(
        uri,
        "unsupported_format",
        f"暂不支持{found.chinese} / {found.english} is not read yet",
        found.cure,
    )
