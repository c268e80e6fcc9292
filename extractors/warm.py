"""Importing this loads what reading and extraction load with the first document: readers, lexicons, the dictionary of words.

It takes half a second. Processes that are forked from one that has imported this begin with all of it, and share its memory.
"""

from __future__ import annotations

from extractors.parse import parse
from schemas.outcome import SourceFile

_TEXT = """甲县教育局关于印发城乡学校共同体建设实施方案的通知
各学校：
一、工作目标
到2025年底，河南省甲县65%以上的鄉村學校納入共同體。
甲县教育局
2025年10月20日
"""

parse(SourceFile("warm.txt", _TEXT.encode()))
