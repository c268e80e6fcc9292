"""Packs in the browser: begun from a notice, filled in as forms, tried, published, each requirement with an address of its own."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from checks import pack_drafts, pack_shelf
from checks.pack import parse
from duzheng.web.guard import Guard
from tests.copied import copied
from tests.forked_python import ForkedPython
from tests.web.conftest import SAMPLES

NOTICE = SAMPLES / "henan" / "河南省关于推进城乡学校共同体建设的通知（示例）.html"


@lru_cache(maxsize=1)
def _token(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/drafts/new").text)
    assert found
    return found[1]


def _post(client: TestClient, place: str, fields: Any = (), **more: str) -> Any:
    sent = [*(fields.items() if isinstance(fields, dict) else fields), *more.items(), ("csrf", _token(client))]
    return client.post(
        place,
        content=urlencode(sent),
        headers={"content-type": "application/x-www-form-urlencoded"},
        follow_redirects=False,
    )


def _begun(client: TestClient, place: str, **fields: str) -> str:
    answer = _post(client, place, fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def _fields(page: str) -> dict[str, str]:
    """What the form of a page would send, buttons apart."""
    form = page[page.index('class="pack-form"') :]
    found: dict[str, str] = {}
    for one in re.finditer(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        found[one[1]] = one[2]
    for one in re.finditer(r'<input id="([^"]+)" name="[^"]+" value="([^"]*)"', form):
        found[one[1]] = one[2]
    for one in re.finditer(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        found[one[1]] = one[2]
    for one in re.finditer(r'<select id="([^"]+)".*?</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', one[0])
        found[one[1]] = chosen[1] if chosen else ""
    for one in re.finditer(r'type="checkbox" name="([^"]+)" value="([^"]*)" checked', form):
        found[one[1]] = "、".join(filter(None, [found.get(one[1], ""), one[2]]))
    found.pop("csrf", None)
    return {name: html.unescape(text) for name, text in found.items()}


def _beside(page: str, field: str) -> str:
    """What is said to be wrong beside a field."""
    found = re.search(rf'<span class="fault" id="{re.escape(field)}-fault">(.*?)</span></span>', page)
    return re.sub("<[^>]+>", "", found[1]) if found else ""


def _draft(home: Path, place: str) -> dict[str, Any]:
    found = pack_drafts.load(home, place.split("/")[2])
    assert found
    return pack_drafts.content(found)


def _state(home: Path, place: str) -> str:
    found = pack_drafts.load(home, place.split("/")[2])
    assert found
    return found.state


def _form_of(client: TestClient, home: Path, place: str, form: str) -> tuple[str, dict[str, str]]:
    numbers = [n for n, one in enumerate(_draft(home, place)["requirements"]) if one["form"] == form]
    address = f"{place}/requirements/{numbers[0]}"
    return address, _fields(client.get(address).text)


@pytest.fixture(scope="module")
def shared_home(site_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the samples that the tests of this module write drafts into."""
    return copied(site_home, tmp_path_factory.mktemp("drafts") / "corpus")


@pytest.fixture
def drafting(shared_home: Path) -> Iterator[TestClient]:
    from duzheng.web.app import create_app

    with TestClient(create_app(shared_home), base_url="http://127.0.0.1") as found:
        yield found


@pytest.fixture
def place(drafting: TestClient) -> str:
    """A draft of the next version of henan-2025."""
    return _begun(drafting, "/drafts/new/pack", pack="henan-2025")


def test_a_draft_begins_with_a_notice_of_the_corpus_and_shows_clause_quote_and_severity(
    drafting: TestClient, shared_home: Path
) -> None:
    listed = drafting.get("/drafts/new", params={"q": "学校共同体"}).text
    found = re.search(r'name="document" value="([^"]+)"', listed)
    assert found
    place = _begun(drafting, "/drafts/new/notice", document=found[1])
    page = drafting.get(place).text
    content = _draft(shared_home, place)
    assert len(content["requirements"]) > 3
    for one in content["requirements"]:
        assert html.escape(one["clause"], quote=False) in page
    quoted = re.search(
        rf'<q class="text" lang="zh">(.*?)</q> <a href="(/documents/{re.escape(found[1])}\?start=[^"]+)"', page
    )
    assert quoted
    assert "<mark" in drafting.get(html.unescape(quoted[2])).text
    assert f'<a href="{place}">已有草稿</a>' in drafting.get("/drafts/new").text
    form = drafting.get(f"{place}/requirements/0").text
    assert quoted[1] in form, "what the notice says stands beside the form"
    assert drafting.post("/drafts/new/notice", data={"csrf": _token(drafting), "document": "none"}).status_code == 404


def test_a_draft_begins_with_an_uploaded_notice(drafting: TestClient, shared_home: Path) -> None:
    files = [("notice", (NOTICE.name, NOTICE.read_bytes()))]
    answer = drafting.post("/drafts/new/file", data={"csrf": _token(drafting)}, files=files, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert len(_draft(shared_home, answer.headers["location"])["requirements"]) > 3
    empty = [("notice", ("a.txt", "没有要求。".encode()))]
    said = drafting.post("/drafts/new/file", data={"csrf": _token(drafting)}, files=empty)
    assert said.status_code == 422


def test_every_requirement_of_a_pack_is_a_form_that_gives_it_back(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    before = _draft(shared_home, place)
    for number, one in enumerate(before["requirements"]):
        page = drafting.get(f"{place}/requirements/{number}").text
        assert _post(drafting, f"{place}/requirements/{number}", _fields(page), do="save").status_code == 303, one["id"]
    head = _fields(drafting.get(f"{place}/head").text)
    assert _post(drafting, f"{place}/head", head, do="save").status_code == 303
    made = pack_drafts.load(shared_home, place.split("/")[2])
    assert made
    old = parse(pack_shelf.find("henan-2025", None))
    assert parse(pack_drafts.read(made)).requirements == old.requirements


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    address, fields = _form_of(drafting, shared_home, place, "threshold")
    typed = fields | {"measure.0.measure/value": "七成<b>", "requirement.0.title": "", "requirement.0.advice": "改好"}
    before = _draft(shared_home, place)
    answer = _post(drafting, address, typed, do="save")
    assert answer.status_code == 422
    assert _beside(answer.text, "measure.0.measure/value") == "请填数字"
    assert _beside(answer.text, "requirement.0.title") == "必填"
    assert _fields(answer.text) == typed
    assert "七成<b>" not in answer.text
    assert _draft(shared_home, place) == before
    assert _post(drafting, address, typed, do="keep").status_code == 303
    assert _fields(drafting.get(address).text) | {"mark": ""} == typed | {"mark": ""}, (
        "kept unfinished, as it was typed"
    )
    assert "需改正" in drafting.get(place).text
    graver = fields | {"requirement.0.wording": "鼓励", "mark": _fields(drafting.get(address).text)["mark"]}
    assert "鼓励" in _beside(_post(drafting, address, graver, do="save").text, "requirement.0.severity")


def test_rows_are_added_and_removed_without_script_and_a_form_may_be_changed(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    address, fields = _form_of(drafting, shared_home, place, "threshold")
    more = _fields(_post(drafting, address, fields, do="add:example::").text)
    number = max(int(name.split(".")[1]) for name in more if name.startswith("example."))
    more |= {f"example.{number}.verdict": "不符合", f"example.{number}.passage": "第一行。\n第二行。"}
    up = _fields(_post(drafting, address, more, do=f"up:example:{number}").text)
    assert up[f"example.{number - 1}.passage"] == "第一行。\n第二行。"
    other = _fields(_post(drafting, address, up | {"requirement.0.form": "章节"}, do="form").text)
    assert "requirement.0.parameters/headings" in other
    assert other["measure.0.measure/value"] == fields["measure.0.measure/value"], "kept while the page is open"
    back = _fields(_post(drafting, address, other | {"requirement.0.form": "数值"}, do="form").text)
    assert _post(drafting, address, back, do="save").status_code == 303
    kept = next(one for one in _draft(shared_home, place)["requirements"] if one["form"] == "threshold")
    assert "第一行。\n第二行。" in kept["examples"]["not_met"]


def test_requirements_are_added_moved_removed_and_a_change_is_undone(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    def ids() -> list[str]:
        return [one["id"] for one in _draft(shared_home, place)["requirements"]]

    before = ids()
    added = _begun(drafting, f"{place}/add", form="section")
    assert added.endswith(f"/{len(before)}")
    new = ids()[-1]
    assert new not in before
    fields = _fields(drafting.get(added).text) | {
        "requirement.0.title": "保障措施", "requirement.0.text": "应当有保障措施。", "requirement.0.clause": "三（9）",
        "requirement.0.source": "示例", "requirement.0.severity": "应当", "requirement.0.advice": "补写",
        "requirement.0.expected": "有保障措施", "requirement.0.parameters/headings": "保障、措施",
    }  # fmt: skip
    assert _post(drafting, added, fields, do="save").headers["location"] == f"{place}#{new}"
    content = _draft(shared_home, place)
    assert content["requirements"][-1]["parameters"] == {"headings": ["保障", "措施"]}
    taken = _fields(drafting.get(added).text) | {"requirement.0.id": before[0]}
    assert before[0] in _beside(_post(drafting, added, taken, do="save").text, "requirement.0.id")
    marks = [pack_drafts.mark(one) for one in content["requirements"]]
    moved = _post(drafting, f"{place}/move", number="1", mark=marks[1], do="up")
    assert moved.status_code == 303
    assert ids()[:2] == [before[1], before[0]]
    _post(
        drafting, f"{place}/move", number="0", mark=marks[0], do="remove"
    )  # it has moved since, and is found all the same
    assert before[0] not in ids()
    _post(drafting, f"{place}/undo", state=_state(shared_home, place))
    assert ids()[:2] == [before[1], before[0]]


def test_two_people_do_not_overwrite_each_other_unasked(drafting: TestClient, shared_home: Path, place: str) -> None:
    address = f"{place}/requirements/0"
    mine = _fields(drafting.get(address).text)
    theirs = mine | {"requirement.0.advice": "他人的建议"}
    assert _post(drafting, address, theirs, do="save").status_code == 303
    answer = _post(drafting, address, mine | {"requirement.0.advice": "我的建议"}, do="save")
    assert answer.status_code == 409
    again = _fields(answer.text)
    assert again["requirement.0.advice"] == "我的建议"
    assert _draft(shared_home, place)["requirements"][0]["advice"] == "他人的建议"
    assert _post(drafting, address, again, do="save").status_code == 303
    assert _draft(shared_home, place)["requirements"][0]["advice"] == "我的建议"
    held = _fields(drafting.get(address).text)
    _post(drafting, f"{place}/move", number="0", mark=held["mark"], do="remove")
    gone = _post(drafting, address, held, do="save")
    assert gone.status_code == 409
    assert _post(drafting, address, _fields(gone.text), do="save").status_code == 303
    assert _draft(shared_home, place)["requirements"][-1]["id"] == held["name"]


def test_a_form_that_comes_too_late_shows_what_the_draft_has_and_keeps_what_was_typed(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    address = f"{place}/requirements/0"
    mine = _fields(drafting.get(address).text)
    _post(drafting, address, mine | {"requirement.0.advice": "他人的建议"}, do="save")
    late = _post(drafting, address, mine | {"requirement.0.title": "我的标题"}, do="save")
    assert late.status_code == 409
    assert re.search(r'role="alert" class="alert">没有保存', late.text)
    assert "他人的建议" in _beside(late.text, "requirement.0.advice")
    assert _fields(late.text)["requirement.0.title"] == "我的标题"
    other = f"{place}/requirements/1"
    fields = _fields(drafting.get(other).text)
    _post(drafting, address, _fields(drafting.get(address).text), do="save")
    assert _post(drafting, other, fields, do="save").status_code == 303, "another requirement is nobody's business"


def test_a_head_is_not_overwritten_by_a_form_that_was_given_a_row_since(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    mine = _fields(drafting.get(f"{place}/head").text)
    _post(drafting, f"{place}/head", mine | {"pack.0.title": "他人的标题"}, do="save")
    longer = _fields(_post(drafting, f"{place}/head", mine, do="add:basis:basis:").text)
    longer |= {name: "又一份文件" for name in longer if re.fullmatch(r"basis\.\d+\.title", name) and not longer[name]}
    wrong = _post(drafting, f"{place}/head", longer | {"pack.0.version": "一"}, do="save")
    assert wrong.status_code == 422
    late = _post(drafting, f"{place}/head", _fields(wrong.text) | {"pack.0.version": "3.0.0"}, do="save")
    assert late.status_code == 409
    assert "他人的标题" in _beside(late.text, "pack.0.title")
    assert _draft(shared_home, place)["title"] == "他人的标题"
    assert _post(drafting, f"{place}/head", _fields(late.text), do="save").status_code == 303
    assert _draft(shared_home, place)["basis"][-1]["title"] == "又一份文件"


@pytest.mark.parametrize("what", ["undo", "remove", "publish"])
def test_what_was_asked_of_another_state_of_a_draft_is_not_done(
    drafting: TestClient, shared_home: Path, place: str, what: str
) -> None:
    state = _state(shared_home, place)
    _begun(drafting, f"{place}/add", form="section")
    before = _draft(shared_home, place)
    late = _post(drafting, f"{place}/{what}", state=state)
    assert late.status_code == 409
    assert "您的操作没有执行" in late.text
    assert _draft(shared_home, place) == before


_ADDS = """
import sys
from pathlib import Path
from checks import pack_drafts
home, id, person, times = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
for number in range(times):
    with pack_drafts.changing(home, id, person) as draft:
        draft.text += f"# {person} {number}\\n"
"""


def test_no_change_is_lost_between_the_processes_of_a_server(tmp_path: Path) -> None:
    id = pack_drafts.begin(tmp_path, "li", "id: x\n").id
    with ForkedPython("checks.pack_drafts") as forking:
        others = [forking.start(_ADDS, str(tmp_path), id, person, "25") for person in ("li", "wang", "zhao")]
        for one in others:
            assert one.wait() == 0, one.err()
    found = pack_drafts.load(tmp_path, id)
    assert found
    assert sorted(found.text.splitlines()[1:]) == sorted(
        f"# {who} {n}" for who in ("li", "wang", "zhao") for n in range(25)
    )


def test_one_goes_from_requirement_to_requirement(drafting: TestClient, shared_home: Path, place: str) -> None:
    address = f"{place}/requirements/0"
    page = drafting.get(address).text
    assert f'rel="next" href="{place}/requirements/1"' in page
    assert f'href="{place}"' in page
    assert 'href="/packs"' in page
    saved = _post(drafting, address, _fields(page) | {"requirement.0.advice": "改"}, do="next")
    assert saved.headers["location"] == f"{place}/requirements/1"
    assert _draft(shared_home, place)["requirements"][0]["advice"] == "改"
    wrong = _post(
        drafting,
        f"{place}/requirements/1",
        _fields(drafting.get(f"{place}/requirements/1").text) | {"requirement.0.title": ""},
        do="next",
    )
    assert wrong.status_code == 422
    assert '<a href="#requirement.0.title">标题</a>' in wrong.text


def test_the_page_of_a_notice_begins_a_draft_and_that_of_a_plan_does_not(client: TestClient) -> None:
    offered = {
        role: "/drafts/new/notice"
        in client.get(
            f"/documents/{client.get('/api/v1/documents', params={'role': role}).json()['items'][0]['id']}"
        ).text
        for role in ("requirement", "plan")
    }
    assert offered == {"requirement": True, "plan": False}


def test_who_may_not_draft_is_not_offered_it_and_who_was_first_is_named(
    shared_home: Path, quick_passwords: None
) -> None:
    from duzheng.web.app import create_app
    from duzheng.web.guard import Access

    app = create_app(shared_home, Access(accounts=True))
    people = {"reader.zhou": "reader", "inspector.li": "inspector", "inspector.wang": "inspector"}
    browsers = {}
    with TestClient(app, base_url="http://127.0.0.1"):
        for name, role in people.items():
            app.state.guard.book.add(name, "秋水共长天一色2026", role)
            browsers[name] = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
            browsers[name].post("/login", data={"name": name, "password": "秋水共长天一色2026"})
        li, wang, reader = (browsers[name] for name in ("inspector.li", "inspector.wang", "reader.zhou"))
        notice = re.search(r'href="(/documents/[^"]+)"', li.get("/drafts/new").text)
        assert notice
        assert "/drafts/new/notice" in li.get(notice[1]).text
        assert "/drafts/new/notice" not in reader.get(notice[1]).text
        assert "/drafts/new" not in reader.get("/packs").text
        place = _begun(li, "/drafts/new/pack", pack="henan-2025")
        mine = _fields(wang.get(f"{place}/requirements/0").text)
        _post(li, f"{place}/requirements/0", mine | {"requirement.0.advice": "改"}, do="save")
        late = _post(wang, f"{place}/requirements/0", mine, do="save")
    assert late.status_code == 409
    assert "没有保存：inspector.li（" in late.text


def test_a_pack_is_an_index_first_and_speaks_the_readers_language(client: TestClient) -> None:
    pack = client.get("/api/v1/packs/henan-2025").json()
    client.cookies.set("duzheng_language", "en")
    page = client.get("/packs/henan-2025").text
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    for one in pack["requirements"]:
        row = re.search(rf'<tr><th scope="row"><a href="#{one["id"]}">.*?</tr>', table)
        assert row, one["id"]
        assert f'<td lang="zh">{html.escape(one["title"])}</td><td>{one["severity"]}</td>' in row[0]
        assert f'lang="zh">{html.escape(one["clause"])}<' in row[0]
    assert '<dt>Its basis was obtained</dt><dd class="text">no</dd>' in page
    client.cookies.set("duzheng_language", "Hant")
    assert '<dt>依據原文已取得</dt><dd class="text">否</dd>' in client.get("/packs/henan-2025").text


def test_the_yaml_is_the_same_draft_and_is_not_lost_where_it_cannot_be_read(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    state = re.search(r'name="state" value="([^"]+)"', drafting.get(f"{place}/yaml").text)
    assert state
    broken = _post(drafting, f"{place}/yaml", text="a: [", state=state[1])
    assert broken.status_code == 422
    assert "第 2 行" in broken.text
    assert "\na: [</textarea>" in broken.text
    text = pack_drafts.load(shared_home, place.split("/")[2])
    assert text
    wrong = text.text.replace("title:", "titel:", 1)
    assert _post(drafting, f"{place}/yaml", text=wrong, state=state[1]).status_code == 303
    assert "titel" in drafting.get(f"{place}/head").text, "what the schema does not know is shown in the form, too"
    assert _post(drafting, f"{place}/yaml", text="id: x\n", state=state[1]).status_code == 409


def test_a_pack_with_none_before_it_shows_how_many_plans_it_would_find_what_of(
    drafting: TestClient, shared_home: Path, place: str
) -> None:
    with pack_drafts.changing(shared_home, place.split("/")[2], "") as draft:
        content = pack_drafts.content(draft)
        content["requirements"] = content["requirements"][:1]
        pack_drafts.put(draft, content)
    page = _reviewed(drafting, place, "?against=none")
    assert "没有可比的版本" in page
    found = re.search(r"新适用的方案 (\d+) 份", page)
    assert found
    first = page[page.index("新增的要求怎样判定现有方案") :]
    row = re.search(rf'<th scope="row">.*?{content["requirements"][0]["id"]}.*?</tr>', first, re.DOTALL)
    assert row
    assert sum(int(count) for count in re.findall(r"</span> (\d+) ", row[0])) == int(found[1]) > 0


def _reviewed(client: TestClient, place: str, query: str = "") -> str:
    deadline = time.monotonic() + 120
    while 'http-equiv="refresh"' in (page := client.get(f"{place}/review{query}").text):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return page


def _publish(client: TestClient, place: str) -> Any:
    state = re.search(r'name="state" value="([^"]+)"', client.get(f"{place}/review").text)
    return _post(client, f"{place}/publish", state=state[1] if state else "")


def test_before_publishing_one_sees_lint_examples_changes_and_flips_and_published_versions_stay(
    drafting: TestClient, shared_home: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Guard, "note", lambda *given: noted.append(given[3:]))
    with pack_drafts.changing(shared_home, place.split("/")[2], "") as draft:  # a few of its requirements will do
        content = pack_drafts.content(draft)
        forms = [one["form"] for one in content["requirements"]]
        content["requirements"] = [content["requirements"][at] for at in (0, forms.index("threshold"))]
        pack_drafts.put(draft, content)
    address, fields = _form_of(drafting, shared_home, place, "threshold")
    name, was = fields["requirement.0.id"], fields["measure.0.measure/value"]
    failing = _reviewed_failing(drafting, address, fields, place)
    assert failing.status_code == 422
    assert all(pack.version != "9.0.0" for pack, _ in pack_shelf.versions(shared_home, "henan-2025"))
    head = _fields(drafting.get(f"{place}/head").text)
    assert _post(drafting, f"{place}/head", head | {"pack.0.version": "9.0.0"}, do="save").status_code == 303
    better = {
        field: re.sub("7[05]%", "100%", text) if field.endswith("passage") else text
        for field, text in _fields(drafting.get(address).text).items()
    }
    assert _post(drafting, address, better, do="save").status_code == 303
    page = _reviewed(drafting, place)
    assert "收紧" in page
    assert was in page
    assert re.search(rf"{name}.*?未(见|达)|{name}.*?不符合", page, re.DOTALL)
    flipped = re.findall(rf'<a href="(/plans/[0-9a-f]+)#{name}"', page)
    assert flipped, "each flip leads to the finding in its plan"
    assert drafting.get(flipped[0]).status_code == 200
    assert "henan-2025 9.0.0" in page
    published = _publish(drafting, place)
    assert published.status_code == 303, published.text
    assert drafting.get(place).status_code == 404, "a draft that was published is done"
    made = pack_shelf.load("henan-2025", shared_home)
    assert made.version == "9.0.0"
    assert ("pack published", "henan-2025", f"9.0.0 SHA-256 {made.sha256}") in noted
    assert drafting.get("/api/v1/packs/henan-2025").json()["version"] == "9.0.0"
    again = _begun(drafting, "/drafts/new/pack", pack="henan-2025")
    assert _draft(shared_home, again)["version"] == "9.1.0"
    changed = _fields(drafting.get(f"{again}/head").text) | {"pack.0.version": "9.0.0", "pack.0.title": "改"}
    _post(drafting, f"{again}/head", changed, do="save")
    refused = _publish(drafting, again)
    assert refused.status_code == 422
    assert "9.1.0" in refused.text
    earlier = drafting.get("/packs/henan-2025", params={"version": "9.0.0"}).text
    assert made.sha256 in earlier
    versions = [pack.version for pack, _ in pack_shelf.versions(shared_home, "henan-2025")]
    assert f"/packs/henan-2025/changes?since={versions[0]}" in html.unescape(earlier)
    assert "收紧" in drafting.get("/packs/henan-2025/changes", params={"since": versions[0]}).text


def _reviewed_failing(client: TestClient, address: str, fields: dict[str, str], place: str) -> Any:
    tighter = fields | {"measure.0.measure/value": "100"}
    assert _post(client, address, tighter, do="save").status_code == 303
    return _publish(client, place)


def test_a_requirement_of_a_pack_has_an_address_and_its_finding_leads_there(client: TestClient) -> None:
    page = client.get("/packs/henan-2025").text
    pack = client.get("/api/v1/packs/henan-2025").json()
    for one in pack["requirements"]:
        assert f'id="{one["id"]}"' in page
        assert html.escape(one["text"], quote=False) in page
    finding = client.get("/api/v1/findings", params={"pack": "henan-2025", "limit": 1}).json()["items"][0]
    shown = client.get(f"/findings/{finding['id']}").text
    assert f'href="/packs/henan-2025?version={pack["version"]}#{finding["requirement"]}"' in shown
    assert client.get("/packs/..%2Fhenan-2025").status_code == 404
    assert client.get("/packs/henan-2025/yaml", params={"version": "../1"}).status_code == 404
    assert "7.7.7" in client.get("/packs/henan-2025", params={"version": "7.7.7"}).text
    saved = client.get("/packs/henan-2025/yaml")
    assert saved.content == pack_shelf.find("henan-2025", None).data
    assert client.get("/packs/henan-2025/xlsx").content[:2] == b"PK"


def test_a_draft_is_found_by_its_own_address_alone(drafting: TestClient, shared_home: Path, place: str) -> None:
    for id in ("..%2F..%2Fpacks", "20260101-00000000", "x"):
        assert drafting.get(f"/drafts/{id}").status_code == 404
    assert drafting.get(f"{place}/requirements/999").status_code == 404
    assert place in drafting.get("/packs").text
    held = _fields(drafting.get(f"{place}/requirements/0").text) | {"requirement.0.advice": "写了很久的建议"}
    assert _post(drafting, f"{place}/remove", state=_state(shared_home, place)).status_code == 303
    assert drafting.get(place).status_code == 404
    gone = _post(drafting, f"{place}/requirements/0", held, do="save")
    assert gone.status_code == 409
    assert "advice: 写了很久的建议" in gone.text, "what was typed into a form of it is not lost"
    assert "id: 我的" in _post(drafting, f"{place}/yaml", text="id: 我的\n", state="0").text
