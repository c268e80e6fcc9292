"""The JSON interface: what it gives, how it pages, how it says no, and what it survives."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from schemas.china_time import today_in_china
from tests.web.conftest import SAMPLES
from tests.web.test_accounts import _path, _routes

PLAN = SAMPLES / "henan" / "plans" / "禾塬县" / "禾塬县城乡学校共同体建设实施方案.txt"


def _csrf(client: TestClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.app.state.guard._made("")}  # type: ignore[attr-defined]


def test_documents_are_paged_by_cursor_without_gaps_or_repeats(client: TestClient) -> None:
    whole = [one["id"] for one in client.get("/api/v1/documents", params={"limit": 500}).json()["items"]]
    paged: list[str] = []
    cursor = None
    while True:
        page = client.get("/api/v1/documents", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        paged += [one["id"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert paged == whole
    assert len(set(whole)) == len(whole) > 10


def test_documents_are_narrowed_by_what_they_are(client: TestClient) -> None:
    found = client.get("/api/v1/documents", params={"province": "河南省", "role": "plan"}).json()["items"]
    assert found
    assert {(one["jurisdiction"]["province"], one["role"]) for one in found} == {("河南省", "plan")}


def test_a_document_its_text_and_its_original_are_the_stored_ones(client: TestClient) -> None:
    line = next(
        one for one in client.get("/api/v1/documents", params={"limit": 500}).json()["items"]
        if one["uri"].endswith(PLAN.name)
    )  # fmt: skip
    one = client.get(f"/api/v1/documents/{line['id']}").json()
    assert client.get(f"/api/v1/documents/{line['id']}/text").text == one["text"]
    span = one["spans"]["title"]
    assert one["title"] in one["text"][span["start"] : span["end"]].replace("\n", "")
    original = client.get(f"/api/v1/documents/{line['id']}/original")
    assert original.content == PLAN.read_bytes()
    assert original.headers["content-disposition"].startswith("attachment;")
    assert original.headers["content-type"] == "application/octet-stream"
    assert client.get(f"/api/v1/documents/{line['id']}/relations").status_code == 200


def test_search_finds_in_either_script_what_one_finds_in_the_other(client: TestClient) -> None:
    simplified = client.get("/api/v1/search", params={"q": "学校共同体"}).json()
    assert simplified["total"] > 5
    assert client.get("/api/v1/search", params={"q": "學校共同體"}).json()["total"] == simplified["total"]


def test_findings_matrix_and_one_finding_tell_the_same(client: TestClient) -> None:
    page = client.get("/api/v1/findings", params={"pack": "henan-2025", "verdict": "not_met", "limit": 500}).json()
    rows = client.get("/api/v1/matrix/henan-2025").json()["items"]
    cells = [cell for row in rows for cell in row["cells"].values() if cell["verdict"] == "not_met"]
    assert {one["id"] for one in page["items"]} == {cell["finding"] for cell in cells} != set()
    view = client.get(f"/api/v1/findings/{page['items'][0]['id']}").json()
    assert view["finding"]["verdict"] == "not_met"
    assert len(view["finding"]["explanation"]) == 5
    history = client.get(f"/api/v1/findings/{page['items'][0]['id']}/history").json()
    assert history["steps"][-1]["verdict"] == "not_met"


def test_decisions_are_added_withdrawn_and_refused_with_a_reason(own_client: TestClient) -> None:
    client, headers = own_client, _csrf(own_client)
    finding = client.get("/api/v1/findings", params={"verdict": "not_found", "limit": 1}).json()["items"][0]["id"]
    at = f"/api/v1/findings/{finding}/decisions"

    def post(**order: str) -> tuple[int, dict[str, str]]:
        answer = client.post(at, json=order, headers=headers)
        return answer.status_code, answer.json()

    soon = (today_in_china() + timedelta(90)).isoformat()
    assert post(kind="note", who="甲", why="已电话核实")[0] == 201
    waiver = {"kind": "waiver", "why": "区划调整", "ground": "省厅批复", "until": soon}
    status, said = post(**waiver, who="乙", applicant="甲", approver="甲")
    assert (status, "批准人不能是申请人" in said["detail"]) == (422, True)
    status, waived = post(**waiver, who="乙", applicant="甲", approver="乙")
    assert status == 201
    assert client.get(f"/api/v1/findings/{finding}").json()["state"]["disposition"]["kind"] == "waived"
    assert post(kind="withdrawal", who="乙", why="批复已撤", corrects="D9999")[0] == 422
    assert post(kind="withdrawal", who="乙", why="批复已撤", corrects=waived["id"])[0] == 201
    assert client.get(f"/api/v1/findings/{finding}").json()["state"]["disposition"]["kind"] == "open"
    assert [one["kind"] for one in client.get(at).json()] == ["note", "waiver", "withdrawal"]
    assert post(kind="override", who="甲", why="附件二已列", verdict="met")[0] == 201
    line = client.get("/api/v1/findings", params={"verdict": "met", "state": "overridden"}).json()["items"]
    assert [one["id"] for one in line] == [finding]


def test_a_decision_without_a_name_or_without_the_token_of_the_page_is_refused(own_client: TestClient) -> None:
    finding = own_client.get("/api/v1/findings", params={"limit": 1}).json()["items"][0]["id"]
    at = f"/api/v1/findings/{finding}/decisions"
    order = {"kind": "note", "why": "已核实"}
    assert own_client.post(at, json=order, headers=_csrf(own_client)).status_code == 422
    assert own_client.post(at, json=order | {"who": "甲"}).status_code == 403
    assert own_client.get(at).json() == []


def test_a_plan_that_is_sent_along_is_checked_and_not_kept(client: TestClient) -> None:
    before = client.get("/api/v1/documents", params={"limit": 500}).json()
    files = [("files", (PLAN.name, PLAN.read_bytes())), ("files", ("../空.docx", b"PK\x03\x04 broken"))]
    said = client.post("/api/v1/check", files=files, headers=_csrf(client)).json()
    assert [check["pack"]["id"] for check in said["checks"]] == ["henan-2025"]
    assert [failure["uri"] for failure in said["failures"]] == ["空.docx"]
    stored = client.get("/api/v1/matrix/henan-2025", params={"unit": "禾塬县"}).json()["items"][0]["cells"]
    fresh = {one["requirement"]: one["verdict"] for one in said["checks"][0]["findings"]}
    assert fresh == {name: cell["machine"] for name, cell in stored.items()}
    assert client.get("/api/v1/documents", params={"limit": 500}).json() == before


def test_packs_what_is_missing_by_them_and_terms_over_the_years(client: TestClient) -> None:
    ids = [one["id"] for one in client.get("/api/v1/packs").json()]
    assert ids == ["henan-2025", "zhejiang-2021"]
    assert client.get("/api/v1/packs/henan-2025").json()["requirements"]
    assert client.get("/api/v1/packs/henan-2025/missing").json()["pack"] == "henan-2025"
    assert client.get("/api/v1/trend", params={"term": "共同体"}).json()["terms"][0]["total"]["documents"] > 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/documents/nothing", 404),
        ("/api/v1/documents/..%2F..%2Fetc%2Fpasswd/original", 404),
        ("/api/v1/findings/nothing", 404),
        ("/api/v1/packs/nothing", 404),
        ("/api/v1/documents?cursor=bm9uZQ", 422),
        ("/api/v1/documents?limit=0", 422),
        ("/api/v1/findings?state=nothing", 422),
        ("/api/v1/search?q=year:x", 422),
        ("/api/v1/nothing", 404),
    ],
)
def test_what_goes_wrong_is_a_problem_document(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["detail"]
    assert said["title"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("DELETE", "/api/v1/documents", {}, 405),
        ("POST", "/api/v1/check", {"json": {}}, 415),
        ("POST", "/api/v1/uploads", {"data": {"files": "x"}}, 415),
        ("POST", "/api/v1/check", {"files": [("other", ("a", b""))]}, 422),
        ("POST", "/api/v1/check", {"files": [("files", (f"{n}.txt", b"x")) for n in range(201)]}, 413),
        ("POST", "/api/v1/findings/x/decisions", {"content": b"kind=note"}, 415),
        ("POST", "/api/v1/findings/x/decisions", {"json": {"kind": "note"}}, 422),
        ("POST", "/api/v1/check", {"content": b"x" * (2 * 1024**2 + 1)}, 413),
        ("GET", "/api/v1/uploads/..%2Fcorpus", {}, 404),
        ("GET", "/api/v1/sources/..%2Fcorpus/runs", {}, 404),
        ("POST", "/api/v1/findings/x/decisions", {"content": b"[" * 200_000}, 400),
    ],
)
def test_what_cannot_be_taken_is_a_problem_document_that_the_description_allows(
    client: TestClient, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    headers = _csrf(client) | (
        {"Content-Type": "application/json"} if sent.get("content", b"").startswith(b"[") else {}
    )
    answer = client.request(method, path, headers=headers, **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance"} <= set(answer.json())
    assert (status != 405) or answer.headers["allow"] == "GET"
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/check"]["post"]["responses"]
    assert "application/problem+json" in described[str(status)]["content"]


def test_pages_of_findings_follow_each_other_or_say_that_they_have_shifted(client: TestClient) -> None:
    for path in ("/api/v1/findings", "/api/v1/matrix/henan-2025"):
        whole = client.get(path, params={"limit": 500}).json()["items"]
        assert len(whole) > 3
        paged: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get(path, params={"limit": len(whole) // 3} | ({"cursor": cursor} if cursor else {})).json()
            paged += page["items"]
            cursor = page["next"]
        assert paged == whole
    first = client.get("/api/v1/findings", params={"limit": 3}).json()["next"]
    # To another list the place means something else, as it does when findings have come or gone.
    moved = client.get("/api/v1/findings", params={"limit": 3, "cursor": first, "verdict": "not_met"})
    assert moved.status_code == 409
    assert "请从第一页重新取" in moved.json()["detail"]


def test_a_parameter_that_there_is_not_is_named_with_those_that_there_are(client: TestClient) -> None:
    answer = client.get("/api/v1/findings?verdct=not_met&limit=5&x=1&x=2")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    said = answer.json()
    assert [one["pointer"] for one in said["errors"]] == ["/query/verdct", "/query/x"]
    known = {"pack", "unit", "province", "requirement", "verdict", "state", "limit", "cursor"}
    chinese, _, english = said["errors"][0]["detail"].partition(" / ")
    assert (
        set(chinese.partition("可用的有 ")[2].split("、"))
        == set(english.partition("there are ")[2].split(", "))
        == known
    )
    assert "/query/verdct: " in said["detail"]
    assert client.get("/findings?verdct=not_met").status_code == 200, "a page's address may carry more"


def test_no_path_of_the_interface_passes_over_a_parameter_that_it_does_not_take(client: TestClient) -> None:
    routes = [one for one in _routes(client.app) if one.path.startswith("/api/v1/")]  # type: ignore[arg-type]
    assert len(routes) > 15
    for route in routes:
        for method in route.methods:
            answer = client.request(method, f"{_path(route)}?nosuch=1", headers=_csrf(client))
            at = f"{method} {route.path}: {answer.text[:300]}"
            assert answer.status_code == 422, at
            assert answer.json()["errors"][0]["pointer"] == "/query/nosuch", at


def test_an_address_or_method_that_there_is_not_is_told_in_both_languages_with_the_way_out(client: TestClient) -> None:
    missing = client.get("/api/v1/finding")
    assert missing.status_code == 404
    chinese, _, english = missing.json()["detail"].partition(" / ")
    assert "接口没有这个地址" in chinese
    assert "no such address" in english
    assert "/api/v1/openapi.json" in chinese
    assert "/api/v1/openapi.json" in english
    at = "/api/v1/findings/x/decisions"
    refused = client.delete(at, headers=_csrf(client))
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST"), "every method of the path"
    chinese, _, english = refused.json()["detail"].partition(" / ")
    assert "接受 GET, POST，不接受 DELETE" in chinese
    assert "takes GET, POST, not DELETE" in english


@pytest.mark.parametrize(
    ("path", "status", "chinese", "english"),
    [
        ("/nosuch", 404, "请核对网址", "check the address"),
        ("/searches/run", 405, "返回上一页", "Go back to the page before"),
    ],
)
def test_a_page_that_cannot_be_opened_says_so_in_the_readers_language(
    client: TestClient, path: str, status: int, chinese: str, english: str
) -> None:
    for language, said, other in (("zh-CN", chinese, english), ("en", english, chinese)):
        page = client.get(path, headers={"Accept-Language": language})
        assert page.status_code == status
        assert said in page.text
        assert other not in page.text
        assert "Not Found" not in page.text
        assert "Method Not Allowed" not in page.text


def test_without_accounts_a_program_is_told_what_a_change_carries(own_client: TestClient) -> None:
    asking = own_client.get("/api/v1/me").json()
    assert asking["role"] == "administrator"
    headers = {"X-CSRF-Token": asking["csrf"]}
    assert own_client.post("/api/v1/check", files=[("files", ("a.txt", b"x"))], headers=headers).status_code == 200


def test_plans_are_uploaded_and_their_end_is_asked_for_over_json(own_client: TestClient) -> None:
    text = PLAN.read_text(encoding="gb18030").replace("禾塬", "云岫")
    files = [("files", ("云岫县方案.txt", text.encode())), ("files", ("../坏.docx", b"PK\x03\x04 broken"))]
    begun = own_client.post("/api/v1/uploads", files=files, headers=_csrf(own_client))
    assert begun.status_code == 202
    until = time.monotonic() + 120
    while (now := own_client.get(f"/api/v1/uploads/{begun.json()['id']}").json())["stage"] not in ("done", "failed"):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert now["stage"] == "done"
    assert {file["name"]: [one["packs"] for one in file["documents"]] for file in now["files"]} == {
        "云岫县方案.txt": [["henan-2025"]],
        "坏.docx": [],
    }


def test_sources_tell_their_last_runs_and_no_secret(own_client: TestClient, own_home: Path) -> None:
    from corpus.corpus import Corpus
    from schemas.fetching import SourceRun

    (own_home / "sources").mkdir(exist_ok=True)
    (own_home / "sources" / "site.yaml").write_text(
        "id: site\ntitle: 通知公告\nkind: sitemap\nurl: https://me:hidden-word@www.example.org/sitemap.xml\n"
        "headers: {Authorization: hidden-word}\n",
        encoding="utf-8",
    )
    assert own_client.get("/api/v1/sources").json()[0]["last"] is None
    with Corpus.open(own_home, write=True) as corpus:
        run = SourceRun(source="site", started_at=datetime.now(UTC), status="failed", reason="无法连接 / no connection")
        corpus.sources.progress(corpus.sources.begin("site", run.started_at), run)
    (line,) = own_client.get("/api/v1/sources").json()
    assert (line["id"], line["last"]["status"]) == ("site", "failed")
    assert [one["reason"] for one in own_client.get("/api/v1/sources/site/runs").json()] == ["无法连接 / no connection"]
    for path in ("/api/v1/sources", "/api/v1/sources/site/runs", "/sources", "/sources/site"):
        assert "hidden-word" not in own_client.get(path).text


def test_the_description_names_every_path_and_the_page_lists_it(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    routes = {route.path for route in _routes(client.app) if route.path.startswith("/api/v1/")}  # type: ignore[arg-type]
    assert set(described["paths"]) == routes - {"/api/v1/openapi.json"}
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    page = client.get("/api").text
    assert all(path in page for path in described["paths"])


@pytest.mark.slow
def test_schemathesis_finds_no_answer_that_the_description_does_not_allow(own_home: Path) -> None:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    from duzheng.web.app import create_app

    app = create_app(own_home)
    headers = {"X-CSRF-Token": app.state.guard._made(""), "Host": "localhost"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=headers, timeout=120)
    wanted = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    assert len(operations) > 10

    def fuzz(operation: Any) -> None:
        @given(data=st.data())
        @settings(
            max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def one(data: st.DataObject) -> None:
            data.draw(operation.as_strategy()).call_and_validate(checks=wanted, headers=headers, timeout=120)

        one()

    for operation in operations:
        fuzz(operation)
