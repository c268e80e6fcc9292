"""Slips of recognition in Chinese punctuation that are safe to put right.

Half-width and full-width marks look nearly the same in print, and the model chooses by a few pixels. Chinese text sets
full-width marks (GB/T 15834-2011, 5.1), so beside a Chinese character the full-width one is meant. Nothing here changes
a digit, a letter or a Chinese character: ``2,000``, ``8:30`` and ``(2022)`` inside of Latin text stay. Every correction
replaces one character by one character, so that the places of the characters stay right.
"""

from __future__ import annotations

import re

_CHINESE = r"[㐀-䶿一-鿿豈-﫿〇]"
_MARKS = str.maketrans(",:;?!", "，：；？！")
_AFTER_CHINESE = re.compile(rf"(?<={_CHINESE})[,:;?!]|(?<=[”’》）」』〕】])[,:;?!]")
_YEAR = re.compile(r"[〔\[【［]([0-9]{4})[〕\]】］]")
_NUMERALS = "一二三四五六七八九十〇零"
_ZERO = re.compile(rf"(?<=[{_NUMERALS}])[OoＯ○◯](?=[{_NUMERALS}OoＯ○◯年])")
# A dash beside a number is read as the numeral 一, or as the vowel sign ー, which Chinese does not have.
_DASH = re.compile(r"(?<=[0-9年月日时%％])[一ー](?=[0-9])")
_PAGE_NUMBER = re.compile(r"[-－—–一ー]\s?[0-9]{1,4}\s?[-－—–一ー]")


def corrected(text: str) -> str:
    """A recognised line with its punctuation put right; as long as before."""
    text = _AFTER_CHINESE.sub(lambda m: m[0].translate(_MARKS), text)
    text = _brackets(text)
    # 发文字号 stands in 〔〕 (GB/T 9704-2012, 7.2.5); where the two ends differ, one of them was misread.
    text = _YEAR.sub(_year, text)
    if _PAGE_NUMBER.fullmatch(text):
        text = "—" + text[1:-1] + "—"
    if "一" in text or "ー" in text:
        text = _DASH.sub("—", text).replace("ー", "一")
    # 二〇二五年: the zero of Chinese numerals is a circle, which is also how the letter looks.
    return _ZERO.sub("〇", text)


def _year(match: re.Match[str]) -> str:
    whole = match[0]
    return whole if whole[0] + whole[-1] in ("[]", "【】", "［］") else f"〔{match[1]}〕"


def _brackets(text: str) -> str:
    """Round brackets made full-width in pairs: a pair is Chinese when its other end, or a neighbour, is."""
    if "(" not in text and ")" not in text:
        return text
    characters = list(text)
    open_at: list[int] = []
    for index, character in enumerate(characters):
        if character in "(（":
            open_at.append(index)
        elif character in ")）":
            pair = [open_at.pop(), index] if open_at else [index]
            _widen(characters, pair)
    for index in open_at:
        _widen(characters, [index])
    return "".join(characters)


def _widen(characters: list[str], pair: list[int]) -> None:
    around = [characters[i + step] for i in pair for step in (-1, 1) if 0 <= i + step < len(characters)]
    if any(characters[i] in "（）" for i in pair) or any(re.match(_CHINESE, c) for c in around):
        for i in pair:
            characters[i] = "（" if characters[i] in "(（" else "）"
