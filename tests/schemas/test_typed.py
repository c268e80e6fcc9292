"""What people type is refused in words where it holds what nobody types."""

from __future__ import annotations

import pytest

from schemas.typed import fault


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x9b", "\u200f", "\u202e", "\u2066", "\ud800"])
def test_a_character_that_nobody_sees_is_named_with_its_place(sign: str) -> None:
    said = fault(f"申辩{sign}理由")
    assert f"第 3 个字是看不见的控制字符 U+{ord(sign):04X}" in said
    assert f"character 3 is the invisible control character U+{ord(sign):04X}" in said


@pytest.mark.parametrize(
    "text", ["", "申辩理由：名单已补，见附件。", "“𠮷縣” A-1 é 1️⃣", "全角\u3000空格\u00a0和\u200b零宽"]
)
def test_what_people_write_is_taken(text: str) -> None:
    assert fault(text) == ""
    assert fault(text, lines=False) == ""


@pytest.mark.parametrize("sign", ["\t", "\n", "\r\n", "\u2028"])
def test_a_text_may_have_lines_and_a_name_may_not(sign: str) -> None:
    assert fault(f"一{sign}二") == ""
    assert "U+" in fault(f"一{sign}二", lines=False)
