"""A document whose every field is script: no page of it has markup that it brought."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.corpus import Corpus
from schemas.document import Document
from schemas.outcome import Outcome

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}javascript:alert(1)"
_KEPT = {"id", "sha256", "media_type", "script", "genre", "role", "level", "stage", "comparator", "per", "legal_person",
         "kind", "text", "adcode", "encoding", "parent"}  # fmt: skip


class _Page(HTMLParser):
    """Collects what a browser would run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.bad.append(f"<script {given}>")
        self.bad += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            if name in given and not str(given[name]).startswith(("/", "#")):
                self.bad.append(f"<{tag} {name}={given[name]}>")


def _poisoned(value: Any, name: str = "") -> Any:
    """A document's fields with every free text replaced."""
    if isinstance(value, dict):
        return {key: _poisoned(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, name) for one in value]
    return (
        EVIL
        if isinstance(value, str) and name not in _KEPT and not re.fullmatch(r"\d{4}-\d\d-\d\d.*", value)
        else value
    )


@pytest.fixture
def poisoned(own_home: Path) -> tuple[Document, Document]:
    """Two documents of the corpus with script in every field and in their texts."""
    made = []
    with Corpus.open(own_home, write=True) as corpus:
        plans = [one for one in corpus.documents(role="plan") if one.communities and one.tasks][:2]
        for number, plan in enumerate(plans):
            fields = _poisoned(plan.model_dump(mode="json", exclude={"spans"}))
            text = (EVIL + "\n") * (len(plan.text) // len(EVIL) + 2)
            sha256 = f"{number}{plan.source.sha256[1:]}"
            fields |= {"text": text, "id": f"{number}{plan.id[1:]}"}
            fields["source"] |= {"sha256": sha256, "uri": f"{EVIL}{number}.html", "parent": None}
            fields["jurisdiction"] = {"province": EVIL, "city": EVIL, "county": EVIL}
            document = Document.model_validate(fields)
            source = document.source
            outcome = Outcome(uri=source.uri, sha256=sha256, bytes=source.bytes, media_type=source.media_type,
                              documents=[document])  # fmt: skip
            corpus.record([outcome])
            made.append(document)
    return made[0], made[1]


def test_script_in_every_field_is_shown_and_never_runs(
    own_client: TestClient, poisoned: tuple[Document, Document]
) -> None:
    one, other = poisoned
    own = f"/documents/{one.id}"
    pages = [
        ("/search", {"q": "alert"}),
        ("/search", {"q": EVIL}),
        ("/search", {"q": "alert", "province": EVIL}),
        (own, {}),
        (own, {"start": "0", "end": "90"}),
        (own, {"fold": "1"}),
        (f"{own}/lineage", {}),
        *(
            (f"{own}/facts/{kind}", {})
            for kind in ("communities", "targets", "tasks", "leaders", "tables", "citations")
        ),
        ("/compare", {"a": one.id, "b": other.id}),
        ("/missing", {"state": "all"}),
        ("/pairing", {}),
        ("/pairing", {"province": EVIL, "city": EVIL, "county": EVIL}),
        ("/trends", {"t": "alert", "by": "province"}),
    ]
    shown = 0
    for path, query in pages:
        answer = own_client.get(path, params=query)
        while answer.status_code == 202:
            answer = own_client.get(path, params=query)
        assert answer.status_code in (200, 422), (path, answer.status_code)
        page = _Page()
        page.feed(answer.text)
        assert page.bad == [], path
        assert "49javascript" not in answer.text
        shown += "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
    assert shown >= 8


def test_the_name_of_a_file_breaks_out_of_no_header(
    own_client: TestClient, poisoned: tuple[Document, Document]
) -> None:
    from hashlib import sha256

    one = poisoned[0]
    assert own_client.get(f"/documents/{one.id}/original").status_code == 409  # its bytes were never kept
    with Corpus.open(own_client.app.state.corpora.home, write=True) as corpus:  # type: ignore[attr-defined]
        name = 'a"; filename=evil.html\r\nSet-Cookie: x=1\u202e../../../etc/passwd'
        data = b"%not a page%"
        document = one.model_copy(
            update={
                "id": "f" * 24,
                "source": one.source.model_copy(update={"uri": name, "sha256": corpus.keep(data), "bytes": len(data)}),
            }
        )
        corpus.record(
            [
                Outcome(
                    uri=name,
                    sha256=sha256(data).hexdigest(),
                    bytes=len(data),
                    media_type="text/plain",
                    documents=[document],
                )
            ]
        )
    answer = own_client.get(f"/documents/{'f' * 24}/original")
    assert answer.content == b"%not a page%"
    assert "set-cookie" not in answer.headers
    named = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]+\"; filename\*=UTF-8''[\w.%-]+", named), named
    assert "/" not in named.partition("''")[2]
