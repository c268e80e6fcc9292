"""A draft as the YAML of a requirement pack: what each requirement rests on stands above it as a comment.

The quote is the notice's own text, byte for byte; where it holds line breaks or characters that no YAML comment may
hold, it is written as a JSON string, which says the same without loss.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

import yaml

from checks.drafting.draft import Draft
from checks.drafting.fill import Drafted
from checks.drafting.lexicon import severity_pattern
from extractors.fold import fold
from schemas.document import Level
from schemas.finding import SEVERITY_NAMES
from schemas.requirement import WORDING_CAPS

_ACTORS = {"school": "学校", "county": "县级部门", "city": "市级部门"}


def write(draft: Draft, identifier: str, province: str) -> str:
    """The draft as YAML text, ready for ``checks.pack.load``.

    Args:
        draft: what was found in the notice.
        identifier: the pack's id (lower case letters, digits, hyphens).
        province: the province whose plans the pack speaks about.
    """
    document = draft.plan.document
    title = _plain(document.title or "") or "未注明标题的通知"
    head: dict[str, Any] = {
        "id": identifier,
        "version": "0.1.0",
        "title": f"{title}：要求（草稿）",
        "province": province,
    }
    basis: dict[str, Any] = {"title": title}
    if document.document_number:
        basis["number"] = document.document_number
    if document.signed_on:
        basis["date"] = document.signed_on
    head |= {
        "status": "draft",
        "basis": [basis],
        "basis_obtained": True,
        "basis_note": "由 duzheng packs draft 从通知原文起草，未经人工核对，不得直接用于检查结论。",
        "applies": {"provinces": [province], "levels": _levels(draft)},
    }
    if document.signed_on:
        head["applies"]["since"] = document.signed_on
    lines = [
        "# 状态：草稿 draft。逐条核对条款、严重程度、形式和词组后再用；原文引文不得改动。",
        f"# 来源：{_comment(document.source.uri)}",
        *(f"# 待定：{_comment(note)}" for note in draft.open),
        _dump(head).rstrip(),
        "requirements:",
    ]
    for identifier, drafted in zip(identifiers(draft), draft.requirements, strict=True):
        lines.append("")
        lines.extend(_requirement(draft, drafted, identifier, title))
    return "\n".join(lines) + "\n"


def identifiers(draft: Draft) -> list[str]:
    """The ids that the requirements of a draft get, in their order."""
    return [f"D{number:02d}" for number, _ in enumerate(draft.requirements, 1)]


def _requirement(draft: Draft, drafted: Drafted, identifier: str, source: str) -> list[str]:
    plan = draft.plan
    lines = []
    quotes = []
    for start, end in drafted.stretches:
        span = plan.span(start, end)
        quote = plan.document.text[span.start : span.end]
        quotes.append(quote)
        lines.append(f"  # 原文 {span.start}-{span.end}：{_quoted(quote)}")
    if drafted.actor:
        lines.append(f"  # 对象：{_ACTORS[drafted.actor]}")
    lines.extend(f"  # 待定：{_comment(note)}" for note in drafted.open)
    content: dict[str, Any] = {
        "id": identifier,
        "title": drafted.title,
        "text": _plain(quotes[0]),
        "clause": "，".join(drafted.numbers),
        "provenance": "primary",
        "source": source,
        **_wording(drafted, plan.flat[slice(*drafted.stretches[0])]),
        "severity": drafted.severity,
        "expected": drafted.expected,
        "advice": f"按通知{'，'.join(drafted.numbers)}补充：{drafted.expected}。",
    }
    content |= {"form": drafted.form, "parameters": drafted.parameters}
    body = _dump(content).rstrip().splitlines()
    marked = [
        f"{line}  # {SEVERITY_NAMES[drafted.severity]}" if line.startswith("severity:") else line for line in body
    ]
    lines.append(f"  - {marked[0]}")
    lines.extend(f"    {line}" for line in marked[1:])
    return lines


def _wording(drafted: Drafted, words: str) -> dict[str, str]:
    """The clause's word of demand, where the pack's schema knows it and it carries this severity."""
    found = severity_pattern(drafted.severity).search(words)
    if found and WORDING_CAPS.get(cast("Any", found[0])) == drafted.severity:
        return {"wording": found[0]}
    return {}


def _levels(draft: Draft) -> list[Level]:
    """The level of those addressed: schools when all addressees are, or when most duties name them and none is known."""
    addressees = [fold(name) for name in draft.plan.document.addressees]
    if addressees:
        schools = sum(name.endswith(("校", "中小学", "幼儿园", "中学", "小学", "校长")) for name in addressees)
        return ["school"] if schools == len(addressees) else ["county"]
    named = sum(one.actor == "school" for one in draft.requirements)
    return ["school"] if named * 2 > len(draft.requirements) else ["county"]


def _plain(quote: str) -> str:
    return "".join(c for c in re.sub(r"\s+", "", quote) if c.isprintable())


def _quoted(quote: str) -> str:
    return quote if quote.isprintable() else json.dumps(quote, ensure_ascii=True)


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


class _Dumper(yaml.SafeDumper):
    """Short lists on one line, no aliases: a person edits this."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    flat = all(
        isinstance(x, str | int | float) or (isinstance(x, list) and all(isinstance(y, str) for y in x)) for x in data
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)


_Dumper.add_representer(list, _sequence)


def _dump(content: dict[str, Any]) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)
