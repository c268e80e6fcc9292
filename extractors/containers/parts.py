"""Archives in several parts: one part alone is not read, and the user is told that the others are missing."""

from __future__ import annotations

import re

from schemas.errors import NotRead

_LATER = re.compile(r"\.(?:7z|zip|rar|tar(?:\.\w+)?)\.\d{3}$|\.[zr]\d\d$|\.part\d+\.rar$", re.IGNORECASE)
_NAMED = re.compile(r"\.(?:7z|zip|rar|tar(?:\.\w+)?)\.\d{3}$|\.z\d\d$|\.part\d+\.(?:rar|exe)$", re.IGNORECASE)


def is_named_part(uri: str) -> bool:
    """Whether a file's name is that of a part: ``方案.7z.001``, ``方案.part1.rar``, ``方案.z01``."""
    return bool(_NAMED.search(uri))


def is_later_part(data: bytes, uri: str) -> bool:
    """Whether a file is a part without any signature, the second or a later one: binary, and named like a part."""
    from extractors.readers import formats

    return bool(_LATER.search(uri)) and b"\x00" in data and formats.recognise(data, uri).key == "text"


def missing(uri: str) -> NotRead:
    """The refusal of one part without the others."""
    return NotRead(
        uri,
        "damaged",
        "分卷压缩包，缺少其他分卷 / one part of an archive in several parts, the others are missing",
        "请取得全部分卷，解压后再交 / obtain all parts, unpack them together and hand in what they hold",
    )
