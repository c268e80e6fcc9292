"""Pack files for tests, written out line by line so that the line of a mistake can be told."""

from __future__ import annotations

from pathlib import Path

import yaml

PACK = """\
id: example-2026
version: 1.0.0
title: 校共体建设县级方案要求（2026）
province: 河南省
basis:
  - {title: 关于建设校共体的通知, number: 豫教〔2026〕1号, date: 2026-01-10}
basis_obtained: true
basis_note: 全文已取得。
applies:
  provinces: [河南省]
  levels: [county]
  since: 2026-01-01
  until: 2028-12-31
requirements:
  - id: E01
    title: 覆盖率
    text: 到2026年底，至少80%的乡村学校应当纳入校共体。
    clause: 二（一）
    provenance: primary
    source: 豫教〔2026〕1号
    wording: 应当
    severity: major
    expected: 到2026年底≥80%
    advice: 写明到2026年底乡村学校纳入校共体的比例。
    aliases: [纳入比例]
    expected_evidence: [statement]
    department: 基础教育股
    form: threshold
    parameters:
      any:
        - about: [[乡村学校, 农村学校]]
          context: [[纳入, 覆盖]]
          value: 80
          units: ["%"]
          due: 2026-12-31
    examples:
      met: [到2026年底，80%以上的乡村学校纳入校共体。]
      not_met: [到2026年底，70%的乡村学校纳入校共体。]
  - id: E02
    title: 帮扶协议
    text: 结对学校应当签订帮扶协议。
    clause: 二（二）
    provenance: primary
    source: 豫教〔2026〕1号
    severity: major
    expected: 签订帮扶协议
    advice: 组织签订帮扶协议。
    form: statement
    parameters:
      elements:
        - name: 签订协议
          any:
            - all: [[签订, 签署], [协议, 责任书]]
              near: 16
              exclude: [劳动]
    examples:
      met: [结对学校签订帮扶协议。]
      not_found: [教师签订劳动协议。]
"""


def edited(*changes: tuple[str, str]) -> str:
    """The pack with pieces of its text replaced; each must be there."""
    text = PACK
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def write(folder: Path, *changes: tuple[str, str], name: str = "own.yaml") -> str:
    """The path of such a pack."""
    path = folder / name
    path.write_text(edited(*changes), "utf-8")
    return str(path)


def line_of(text: str, part: str) -> int:
    """The line, from 1, in which a part of the text first stands."""
    return text[: text.index(part)].count("\n") + 1


def content() -> dict[str, object]:
    """The pack as plain data."""
    loaded: dict[str, object] = yaml.safe_load(PACK)
    return loaded
