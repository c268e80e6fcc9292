"""Overrides as regression cases of a pack: what a person said the verdict should have been, and on which words.

A case is an example of a requirement that must come out so from now on; the export is YAML, to be looked through and taken
over into the pack's examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.decision import Decision, Override
from schemas.standing import effective_decisions


def cases(decisions: Mapping[str, Sequence[Decision]], pack: str) -> list[dict[str, Any]]:
    """The overrides of a pack that count, in the order of requirements and records.

    ``text`` is the excerpt the person gave, else the evidence the machine had; empty where there was none: then the case
    needs the passage to be filled in by hand, which its ``note`` says.
    """
    found: list[dict[str, Any]] = []
    for override in _overrides(decisions.values()):
        basis = override.basis
        if basis is None or basis.pack != pack:
            continue
        quotes = [excerpt.quote for excerpt in basis.excerpts]
        text = override.excerpt or "\n".join(quotes)
        case: dict[str, Any] = {
            "requirement": basis.requirement,
            "verdict": override.verdict,
            **({"reason": override.reason} if override.reason else {}),
            "text": text,
            "machine_verdict": basis.verdict,
            "why": override.why,
            "decision": override.id,
            "decided_by": override.who,
            "decided_on": override.made_at.date().isoformat() if override.made_at else None,
            "document": basis.document,
            "pack_version": basis.pack_version,
            "asked": basis.asked,
        }
        if not text:
            case["note"] = "没有原文摘录，请补上 / no excerpt was given, fill it in"
        found.append(case)
    return sorted(found, key=lambda case: (case["requirement"], case["decision"]))


def as_yaml(found: Sequence[Mapping[str, Any]], pack: str) -> str:
    """The cases as YAML, one document: ``pack`` and ``cases``."""
    import yaml

    content = {"pack": pack, "cases": [dict(case) for case in found]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _overrides(groups: Iterable[Sequence[Decision]]) -> Iterable[Override]:
    for group in groups:
        yield from (one for one in effective_decisions(group) if isinstance(one, Override))
