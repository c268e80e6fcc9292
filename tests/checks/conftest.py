"""The fixture ``judged``: one requirement on one text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from made_plans import make_document, make_pack

from checks.engine import check
from schemas.finding import Finding


@pytest.fixture
def judged() -> Callable[..., Finding]:
    """``judged(requirement, text, **facts)``: the finding on a one-requirement pack; quotes are checked against spans."""

    def judge(requirement: dict[str, Any], text: str, *, today: date = date(2025, 10, 1), **facts: Any) -> Finding:
        document = make_document(text, **facts)
        finding = check(document, make_pack(requirement), today=today).findings[0]
        for evidence in finding.evidence:
            assert evidence.quote == text[evidence.span.start : evidence.span.end]
            assert evidence.quote.strip()
        assert len(finding.explanation) == 5
        return finding

    return judge
