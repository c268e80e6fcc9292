"""What nobody types is refused in words, wherever it is sent: in addresses, forms and JSON; on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.corpus import Corpus
from duzheng.web.multipart import safe_name
from schemas.decision import Remark
from schemas.errors import CorpusError, InvalidDecision, InvalidQuery
from tests.corpus.conftest import each_engine, postgresql

__all__ = ["each_engine", "postgresql"]

ADDRESSES = [
    "/matrix?pack=%00", "/findings?unit=%00", "/findings?requirement=%00&cursor=%00", "/search?q=%00",
    "/search?province=%00", "/documents/%00", "/plans/%00", "/findings/%00", "/packs/%00", "/drafts/%00", "/sources/%00",
    "/trends?pack=%00", "/missing?province=%00", "/compare?old=%00&new=%00", "/searches?shown=%00",
]  # fmt: skip


@pytest.fixture
def empty(each_engine: str, tmp_path: Path) -> Iterator[TestClient]:
    """A browser on an empty corpus in SQLite, and in PostgreSQL."""
    from duzheng.web.app import create_app

    with Corpus.open(tmp_path / "corpus", create=True):
        pass
    with TestClient(create_app(tmp_path / "corpus"), base_url="http://127.0.0.1") as found:
        yield found


def test_no_address_with_nul_makes_the_server_fail(empty: TestClient) -> None:
    given = empty.get("/api/v1/openapi.json").json()["paths"]
    interface = [
        path + f"?{one['name']}=%00"
        for path, ways in given.items()
        for one in ways.get("get", {}).get("parameters", [])
        if one["in"] == "query" and "{" not in path
    ]
    below = [re.sub(r"\{\w+\}", "%00", path) for path, ways in given.items() if "{" in path and "get" in ways]
    assert len(interface) > 10
    assert len(below) > 5
    statuses = {address: empty.get(address).status_code for address in (*ADDRESSES, *interface, *below)}
    assert {address: status for address, status in statuses.items() if not 400 <= status < 500} == {}


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\u202e"])
def test_a_form_with_a_character_that_nobody_sees_is_refused_in_words_in_the_readers_language(
    empty: TestClient, sign: str
) -> None:
    token = empty.app.state.guard._made("")  # type: ignore[attr-defined]
    sent = {"csrf": token, "name": f"甲{sign}乙", "q": "学校"}
    chinese = empty.post("/searches", data=sent, headers={"accept-language": "zh-CN"})
    english = empty.post("/searches", data=sent, headers={"accept-language": "en", "x-csrf-token": token})
    assert (chinese.status_code, english.status_code) == (422, 422)
    assert f"name: 第 2 个字是看不见的控制字符 U+{ord(sign):04X}" in chinese.text
    assert "remove it" not in chinese.text
    assert f"name: character 2 is the invisible control character U+{ord(sign):04X}; remove it" in english.text
    assert empty.post("/searches", data=sent | {"name": "甲乙"}, follow_redirects=False).status_code == 303


@pytest.mark.usefixtures("each_engine")
def test_a_saved_search_has_a_name_that_can_be_read_whoever_saves_it(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        for name in ("甲\x00", "甲\n乙", "\u202e甲"):
            with pytest.raises(InvalidQuery, match=r"name: 第 \d 个字.* / .*remove it"):
                corpus.save_search(name, "学校")
            with pytest.raises(CorpusError):
                corpus.remove_search(name)
        assert corpus.saved_searches() == []


def test_a_decision_with_an_unseen_character_is_not_recorded_whoever_sends_it(own_client: TestClient) -> None:
    finding = own_client.get("/api/v1/findings?limit=1").json()["items"][0]["id"]
    with Corpus.open(own_client.app.state.corpora.home) as corpus:  # type: ignore[attr-defined]
        with pytest.raises(InvalidDecision, match=r"why: 第 3 个字.*U\+202E"):
            corpus.decide(Remark(finding=finding, who="李督学", why="已核\u202e实"))
        corpus.decide(Remark(finding=finding, who="李督学", why="已核实：\n一、名单已补。"))
        made = corpus.decisions()[finding]
    assert [one.why for one in made] == ["已核实：\n一、名单已补。"]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x9b", "\u200f", "\u202e", "\n"])
def test_an_uploaded_file_has_a_name_that_shows_what_it_is(sign: str) -> None:
    assert safe_name(f"方案{sign}cod.exe") == "方案_cod.exe"
