"""Who is let in by the web face, and what everybody else is told."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from accounts.attempts import MOST, MOST_FROM_ADDRESS, WITHIN, Attempts
from duzheng.web.app import create_app
from duzheng.web.guard import COOKIE, LARGEST_FORM, UNSAFE, Access, NotServed, bound, own_page
from schemas.people import ROLES, Role
from tests import own_loop

PASSWORD = "秋水共长天一色2026"
PEOPLE: dict[str, Role] = {"读": "reader", "检": "inspector", "批": "approver", "管": "administrator"}
HERE = "http://127.0.0.1"

Site = Callable[..., TestClient]


@pytest.fixture
def home(made_once: Callable[[str, Callable[[Path], object]], Path], tmp_path: Path) -> Path:
    from corpus.corpus import Corpus

    def make(folder: Path) -> None:
        Corpus.open(folder, create=True).close()
        with TestClient(create_app(folder), base_url=HERE):  # makes the index
            pass

    return Path(shutil.copytree(made_once("empty-for-the-web", make), tmp_path / "corpus"))


@pytest.fixture
def site(home: Path, quick_passwords: None) -> Iterator[Site]:
    """Makes browsers on a server with accounts; ``site()``, ``site("检")`` signed in, ``client=`` its address."""
    with ExitStack() as stack:
        apps: dict[Access, FastAPI] = {}
        portals: dict[Access, Any] = {}

        def make(name: str = "", access: Access | None = None, client: str = "testclient", **wishes: Any) -> TestClient:
            access = access or Access(accounts=True)
            if access not in apps:
                app = apps[access] = create_app(home, access)
                if not app.state.guard.book.people():
                    for one, role in PEOPLE.items():
                        app.state.guard.book.add(one, PASSWORD, role)
                portals[access] = stack.enter_context(TestClient(app, base_url=HERE)).portal
            browser = TestClient(apps[access], base_url=HERE, client=(client, 40000), follow_redirects=False, **wishes)
            browser.portal = portals[access]  # one loop for all of them, not a new one for every request
            if name:
                assert _sign_in(browser, name).status_code == 303
            return browser

        yield make


def _sign_in(browser: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/login", data={"name": name, "password": password, **more})


def _csrf(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/tokens").text)
    assert found
    return found[1]


def _book(browser: TestClient) -> Any:
    return browser.app.state.guard.book  # type: ignore[attr-defined]


def test_who_sends_a_form_after_the_session_ended_is_told_and_led_back_to_where_it_was_filled_in(site: Site) -> None:
    browser = site()
    for page, back in (
        (f"{HERE}/findings/R06-1?application=D1", "/findings/R06-1?application=D1"),
        ("http://elsewhere.example/findings/R06-1", "/"),
        ("", "/"),
    ):
        answer = browser.post("/findings/R06-1/note", data={"why": "x"}, headers={"Referer": page})
        assert answer.status_code == 303
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        assert asked == {"back": [back], "unsaved": ["1"]}
    assert "刚才提交的内容没有保存" in browser.get(answer.headers["location"]).text
    assert "没有保存" not in browser.get("/login").text


# Routes and roles


def _routes(app: FastAPI) -> list[APIRoute]:
    every = [below for one in app.routes for below in getattr(one, "original_router", FastAPI()).routes] + app.routes
    return [one for one in every if isinstance(one, APIRoute)]


def _role(route: APIRoute) -> Role | None:
    found = [part.call.role for part in route.dependant.dependencies if hasattr(part.call, "role")]
    return found[0] if found else None


def _path(route: APIRoute) -> str:
    return re.sub(r"\{[^}]+\}", "1", route.path)


FOR_ALL = {"/login", "/language/{name}"}


def test_every_route_asks_for_a_role_first(site: Site) -> None:
    app = site().app
    assert len(_routes(app)) > 30  # type: ignore[arg-type]
    # Nothing else answers: no plain route and no other application, which this table would not see.
    others = [one for one in app.routes if not isinstance(one, APIRoute) and not hasattr(one, "original_router")]  # type: ignore[attr-defined]
    assert [getattr(one, "path", one) for one in others] == ["/static"]
    for route in _routes(app):  # type: ignore[arg-type]
        assert (_role(route) is None) == (route.path in FOR_ALL), route.path
        if route.path not in FOR_ALL:
            assert hasattr(route.dependant.dependencies[0].call, "role"), f"{route.path}: the role comes first"


def test_what_changes_something_needs_more_than_a_reader(site: Site) -> None:
    own = {"/login", "/logout", "/tokens", "/tokens/{id}/withdraw", "/account/password", "/account/sign-out"}
    open_to_readers = {
        route.path for route in _routes(site().app) if route.methods & UNSAFE and _role(route) == "reader"  # type: ignore[arg-type]
    }  # fmt: skip
    # Searches that one saves and plans that are checked and not kept change nothing that others see.
    assert open_to_readers - own <= {"/searches", "/searches/run", "/searches/remove", "/api/v1/check"}


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_nobody_gets_through_a_route_above_their_role(site: Site, name: str) -> None:
    browser = site(name)
    role = PEOPLE.get(name)
    form = {"csrf": _csrf(browser)} if name else {}
    for route in _routes(browser.app):  # type: ignore[arg-type]
        needed = _role(route)
        if needed is None or (role is not None and ROLES.index(role) >= ROLES.index(needed)):
            continue
        for method in route.methods:
            sent = {"headers": {"X-CSRF-Token": form.get("csrf", "")}} if method in UNSAFE else {}
            answer = browser.request(method, _path(route), **sent)  # type: ignore[arg-type]
            at = f"{method} {route.path} as {role}: {answer.status_code}"
            if role is not None:
                # 422: a required field is looked for before the role is; nothing has run by then.
                assert answer.status_code in (403, 422), at
            elif route.path.startswith("/api/"):
                assert answer.status_code == 401, at
                assert answer.headers["www-authenticate"] == "Bearer"
            else:
                assert answer.status_code == 303, at
                assert answer.headers["location"].startswith("/login"), at


@pytest.mark.parametrize("name", PEOPLE)
def test_a_saved_search_is_forgotten_by_its_owner_or_from_inspectors_on(site: Site, home: Path, name: str) -> None:
    from corpus.corpus import Corpus

    owners = {"own": name, "another's": "别人", "nobody's": None}
    with Corpus.open(home, write=True) as corpus:
        for search, owner in owners.items():
            corpus.save_search(search, "方案", owner=owner)
    browser = site(name)
    form = {"csrf": _csrf(browser)}
    every = PEOPLE[name] != "reader"
    page = browser.get("/searches").text
    for search, owner in owners.items():
        mine = every or owner == name
        assert (f'删除<span class="spoken" lang="zh">: {search.replace(chr(39), "&#39;")}</span>' in page) == mine, (
            search
        )
        ran = browser.post("/searches/run", data={**form, "name": search})
        assert ran.status_code == (303 if mine or owner is None else 403), search
        removed = browser.post("/searches/remove", data={**form, "name": search})
        assert removed.status_code == (303 if mine else 403), search
    with Corpus.open(home) as corpus:
        left = {one.name for one in corpus.saved_searches()}
    assert left == (set() if every else {"another's", "nobody's"})


def test_who_saves_a_search_is_the_account(site: Site, home: Path) -> None:
    from corpus.corpus import Corpus

    browser = site("读")
    form = {"csrf": _csrf(browser), "name": "方案", "q": "方案", "owner": "别人"}
    assert browser.post("/searches", data=form).status_code == 303
    with Corpus.open(home) as corpus:
        assert corpus.saved_search("方案").owner == "读"


# Signing in


def test_one_comes_to_the_page_that_was_asked_for_with_its_question(site: Site) -> None:
    browser = site()
    to_login = browser.get("/documents/abc?start=3&end=9").headers["location"]
    page = browser.get(to_login)
    back = re.search(r'name="back" value="([^"]*)"', page.text)
    assert back
    assert _sign_in(browser, "读", back=back[1].replace("&amp;", "&")).headers["location"] == (
        "/documents/abc?start=3&end=9"
    )


@pytest.mark.parametrize(
    "target",
    ["https://example.org/", "//example.org", "/\\example.org", "example.org", "javascript:alert(1)", "", "/\t/example.org",
     "/\n/example.org", "\\\\example.org", " //example.org"],
)  # fmt: skip
def test_one_is_never_sent_to_another_site(site: Site, target: str) -> None:
    browser = site()
    assert own_page(target) == "/"
    assert _sign_in(browser, "读", back=target).headers["location"] == "/"
    assert browser.get("/language/en", params={"back": target}).headers["location"] == "/"
    assert 'name="back" value="/"' in site().get("/login", params={"back": target}).text


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(site: Site) -> None:
    cookie = _sign_in(site(), "读").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    secure = site(access=Access(accounts=True, secure_cookies=True))
    assert "Secure" in _sign_in(secure, "读").headers["set-cookie"]


def test_a_password_is_neither_logged_nor_shown_again(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    browser = site()
    with caplog.at_level(logging.DEBUG):
        page = _sign_in(browser, "读", PASSWORD + "wrong")
        assert _sign_in(browser, PASSWORD, PASSWORD).status_code == 401, "a password in the field of the name"
        _sign_in(browser, "读")
    assert page.status_code == 401
    assert PASSWORD not in page.text
    said = caplog.text + "".join(repr(act) for act in _book(browser).acts())
    assert PASSWORD not in said
    assert [act.action for act in _book(browser).acts()] == ["login", "login refused", "login refused"]
    assert [act.person for act in _book(browser).acts()] == ["读", "", "读"]


def test_an_unknown_name_is_refused_in_the_same_words(site: Site) -> None:
    browser = site()
    told = [re.sub('value="[^"]*"', "", _sign_in(browser, name, "x" * 12).text) for name in ("读", "nobody")]
    assert told[0] == told[1]


def test_after_wrong_passwords_a_name_has_to_wait_wherever_it_comes_from(site: Site) -> None:
    browser, now = site(), [0.0]
    browser.app.state.guard.attempts = Attempts(clock=lambda: now[0])  # type: ignore[attr-defined]
    for _ in range(MOST):
        assert _sign_in(browser, "读", "x" * 12).status_code == 401
    refused = _sign_in(site(client="192.0.2.7"), "读")
    assert refused.status_code == 429, "even with the right password"
    assert refused.headers["retry-after"] == str(int(WITHIN))
    assert COOKIE not in refused.cookies
    assert _sign_in(browser, "检").status_code == 303
    now[0] = WITHIN + 1
    assert _sign_in(browser, "读").status_code == 303


def test_after_wrong_passwords_for_many_names_an_address_has_to_wait(site: Site) -> None:
    browser = site()
    for number in range(MOST_FROM_ADDRESS):
        assert _sign_in(browser, f"name{number}", "x" * 12).status_code == 401
        if number == MOST_FROM_ADDRESS // 2:
            assert _sign_in(browser, "读").status_code == 303, "one's own right password makes nothing good"
    assert _sign_in(browser, "检").status_code == 429
    assert _sign_in(site(client="192.0.2.7"), "检").status_code == 303


# Sessions


def test_a_session_ends_with_signing_out_and_its_secret_is_worth_nothing(site: Site) -> None:
    browser = site("读")
    secret = browser.cookies[COOKIE]
    assert browser.get("/tokens").status_code == 200
    assert browser.post("/logout", data={"csrf": _csrf(browser)}).headers["location"] == "/login"
    browser.cookies.set(COOKIE, secret)
    assert browser.get("/tokens").headers["location"].startswith("/login")


def test_another_role_holds_at_once(site: Site) -> None:
    administrator, reader = site("管"), site("读")
    form = {"csrf": _csrf(administrator), "role": "inspector"}
    assert administrator.post("/people/读", data=form).status_code == 303
    assert reader.get("/tokens").headers["location"].startswith("/login")
    assert _sign_in(reader, "读").status_code == 303
    assert reader.get("/audit").status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "' OR 1=1 --", "%00", "é"])
def test_a_made_up_session_is_none(site: Site, secret: str) -> None:
    answer = site().get("/tokens", headers=[(b"cookie", f"{COOKIE}={secret}".encode())])
    assert answer.headers["location"].startswith("/login")


def test_one_changes_ones_own_password_and_other_machines_have_to_sign_in_again(site: Site) -> None:
    browser, elsewhere = site("读"), site("读")
    new = PASSWORD + "new"
    form = {"csrf": _csrf(browser), "old": PASSWORD, "new": new, "again": new}
    assert browser.post("/account/password", data=form | {"again": new + "x"}).status_code == 422
    assert browser.post("/account/password", data=form | {"new": "short", "again": "short"}).status_code == 422
    assert browser.post("/account/password", data=form | {"old": "x" * 12}).status_code == 403
    assert _sign_in(site(), "读").status_code == 303, "nothing has changed by then"
    changed = browser.post("/account/password", data=form)
    assert (changed.status_code, changed.headers["location"]) == (303, "/account?done=1")
    assert "HttpOnly" in changed.headers["set-cookie"]
    assert "密码已修改" in browser.get("/account?done=1").text
    assert elsewhere.get("/account").headers["location"].startswith("/login")
    assert _sign_in(site(), "读").status_code == 401
    assert _sign_in(site(), "读", new).status_code == 303
    assert {"password changed", "password refused"} <= {act.action for act in _book(browser).acts()}


def test_who_has_found_an_open_browser_cannot_guess_its_password_either(site: Site) -> None:
    browser = site("读")
    form = {"csrf": _csrf(browser), "new": PASSWORD + "new", "again": PASSWORD + "new"}
    for _ in range(MOST):
        assert browser.post("/account/password", data=form | {"old": "x" * 12}).status_code == 403
    assert browser.post("/account/password", data=form | {"old": PASSWORD}).status_code == 429


def test_one_signs_out_everywhere_at_once(site: Site) -> None:
    browser, elsewhere, other = site("读"), site("读"), site("检")
    assert browser.post("/account/sign-out", data={"csrf": _csrf(browser)}).headers["location"] == "/login"
    for one in (browser, elsewhere):
        assert one.get("/account").headers["location"].startswith("/login")
    assert other.get("/account").status_code == 200


def test_without_accounts_their_pages_say_how_they_are_turned_on(home: Path) -> None:
    with TestClient(create_app(home), base_url=HERE) as browser:
        for path in ("/people", "/tokens", "/audit", "/account", "/login"):
            page = browser.get(path)
            assert page.status_code == 404, path
            assert "没有开启账号" in page.text
            assert f"duzheng serve --accounts --home {home}" in page.text


def test_a_server_whose_accounts_are_still_to_be_made_says_so_where_one_signs_in(home: Path) -> None:
    with TestClient(create_app(home, Access(accounts=True)), base_url=HERE) as browser:
        assert "duzheng accounts add" in browser.get("/login").text
        browser.app.state.guard.book.add("管", PASSWORD, "administrator")  # type: ignore[attr-defined]
        assert "duzheng accounts add" not in browser.get("/login").text


# Forged requests


def test_every_change_needs_the_token_of_this_session(site: Site) -> None:
    browser, other = site("管"), site("检")
    foreign = _csrf(other)
    refused = 0
    for route in _routes(browser.app):  # type: ignore[arg-type]
        for method in route.methods & UNSAFE:
            if route.path == "/login":
                continue
            for headers in ({}, {"X-CSRF-Token": foreign}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "é"}):
                raw = [(name.encode(), value.encode()) for name, value in headers.items()]
                answer = browser.request(method, _path(route), headers=raw)
                assert answer.status_code in (403, 422), f"{method} {route.path} {headers}: {answer.status_code}"
                refused += answer.status_code == 403
    assert refused > 10
    before = len(_book(browser).people())
    form = {"name": "新人", "password": PASSWORD, "role": "reader"}
    assert browser.post("/people", data=form | {"csrf": foreign}).status_code == 403
    assert len(_book(browser).people()) == before
    assert browser.post("/people", data=form | {"csrf": _csrf(browser)}).status_code == 303
    assert len(_book(browser).people()) == before + 1


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://example.org"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1.example.org"},
     {"Origin": "http://127.0.0.1:81"}, {"Origin": "http://[bad"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_a_change_that_another_site_sends_is_refused(site: Site, headers: dict[str, str]) -> None:
    browser = site("管")
    form = {"csrf": _csrf(browser), "label": "夜间"}
    assert browser.post("/tokens", data=form, headers=headers).status_code == 403
    assert _sign_in(site(headers=headers), "读").status_code == 403, "nor does another site sign anybody in"
    assert _book(browser).tokens() == []
    assert browser.post("/tokens", data=form, headers={"Origin": HERE}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.org", "127.0.0.1.example.org", "localhost.example.org", "", "[::1", "testserver", "evil@example.org"],
)
def test_a_name_that_is_not_ours_is_not_answered(site: Site, host: str) -> None:
    for browser in (site(), site("管")):
        answer = browser.get("/tokens", headers={"Host": host})
        assert answer.status_code == 400
        assert "csrf" not in answer.text


def test_our_own_names_are_answered(site: Site) -> None:
    browser = site(access=Access(accounts=True, hosts=("Duzheng.example.org",)))
    for host in (
        "localhost:8080",
        "127.0.0.1",
        "[::1]:8080",
        "LOCALHOST",
        "duzheng.example.org",
        "duzheng.EXAMPLE.org:443",
    ):
        assert browser.get("/login", headers={"Host": host}).status_code == 200, host


# Sizes


@pytest.mark.parametrize("path", ["/login", "/upload", "/api/v1/check"])
def test_who_has_not_signed_in_sends_no_large_request_though_it_is_called_files(site: Site, path: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(LARGEST_FORM + 1)}
    assert site().post(path, content=iter([b""]), headers=headers).status_code == 413


@pytest.mark.parametrize("path", ["/tokens", "/people", "/logout", "/searches"])
def test_only_where_files_are_sent_to_is_a_request_large(site: Site, path: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(LARGEST_FORM + 1)}
    assert site("管").post(path, content=iter([b""]), headers=headers).status_code == 413


def test_a_length_beside_chunks_bounds_nothing_and_is_not_believed(site: Site) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Length": "5"}
    assert site().post("/login", content=iter([b"name=", b"x" * 9]), headers=headers).status_code == 413


@pytest.mark.parametrize("path", ["/", "/search", "/findings", "/login", "/api/v1/documents"])
def test_an_address_with_thousands_of_parameters_is_not_read(site: Site, path: str) -> None:
    answer = site("检").get(path + "?" + "&".join(f"a{number}=1" for number in range(5000)))
    assert answer.status_code == 400
    assert "参数过多" in answer.text


# Tokens


def _token(browser: TestClient, **more: str) -> str:
    page = browser.post("/tokens", data={"csrf": _csrf(browser), "label": "夜间", **more})
    found = re.search(r"<code>(dz_[^<]+)</code>", page.text)
    assert found, page.text
    return found[1]


def test_a_token_opens_the_interface_until_it_is_withdrawn(site: Site) -> None:
    browser, machine = site("检"), site()
    headers = {"Authorization": f"Bearer {_token(browser)}"}
    assert machine.get("/api/v1/packs").status_code == 401
    assert machine.get("/api/v1/packs", headers=headers).status_code == 200
    assert _token(browser) not in browser.get("/tokens").text, "it is told once"
    for one in _book(browser).tokens("检"):
        assert browser.post(f"/tokens/{one.id}/withdraw", data={"csrf": _csrf(browser)}).status_code == 303
    answer = machine.get("/api/v1/packs", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_that_is_made_to_read_decides_and_uploads_nothing(site: Site) -> None:
    browser, machine = site("检"), site()
    assert "检查员" in browser.get("/tokens").text
    assert 'value="approver"' not in browser.get("/tokens").text, "no more than one may do oneself"
    headers = {"Authorization": f"Bearer {_token(browser, role='reader', days='30')}"}
    assert machine.get("/api/v1/packs", headers=headers).status_code == 200
    refused = machine.post("/api/v1/check", headers=headers, files=[("files", ("a.txt", b"x"))])
    assert refused.status_code == 403
    chinese, _, english = refused.json()["detail"].partition(" / ")
    assert "至少需要检查员的权限，这个令牌的权限是读者" in chinese
    assert "the role of inspector, and the token has that of reader" in english
    assert "/tokens" in chinese
    assert "/tokens" in english
    assert browser.post("/tokens", data={"csrf": _csrf(browser), "role": "owner"}).status_code == 422


def test_a_page_above_ones_role_says_which_role_it_needs_in_the_readers_language(site: Site) -> None:
    browser = site("读")
    page = browser.get("/people", headers={"Accept-Language": "zh-CN"}).text
    assert "至少需要管理员的权限，您的账号是读者" in page
    assert "role of" not in page
    page = browser.get("/people", headers={"Accept-Language": "en"}).text
    assert "the role of administrator, and your account has that of reader" in page
    assert "管理员" not in page


def test_a_token_of_a_disabled_account_opens_nothing(site: Site) -> None:
    browser, machine = site("检"), site()
    headers = {"Authorization": f"Bearer {_token(browser)}"}
    _book(browser).change("检", disabled=True)
    assert machine.get("/api/v1/packs", headers=headers).status_code == 401


def test_a_token_can_make_no_other_token_and_no_account(site: Site) -> None:
    browser, machine = site("管"), site()
    headers = {"Authorization": f"Bearer {_token(browser)}"}
    given = len(_book(browser).tokens())
    for path in ("/tokens", "/people", "/logout"):
        assert machine.post(path, headers=headers, data={"label": "x"}).status_code == 403
        assert machine.get(path, headers=headers).status_code in (403, 405)
    assert len(_book(browser).tokens()) == given


@pytest.mark.parametrize("days", ["0", "-1", "x", "²", "1.5"])
def test_days_that_cannot_be_read_do_not_make_a_token_for_ever(site: Site, days: str) -> None:
    browser = site("检")
    answer = browser.post("/tokens", data={"csrf": _csrf(browser), "label": "夜间", "days": days})
    assert answer.status_code == 422
    assert _book(browser).tokens() == []


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer x", "Bearer dz_" + "x" * 43, "Basic eDp4", "bearer é"])
def test_what_is_no_token_opens_nothing(site: Site, given: str) -> None:
    answer = site().get("/api/v1/packs", headers=[(b"authorization", given.encode())])
    assert answer.status_code == 401


def test_a_wrong_token_is_not_made_good_by_a_cookie(site: Site) -> None:
    assert site("检").get("/api/v1/packs", headers={"Authorization": "Bearer dz_x"}).status_code == 401


# Behind a reverse proxy

PROXY = Access(accounts=True, proxy_header="X-Remote-User", proxies=("192.0.2.1",))


def test_the_word_of_the_proxy_is_taken_from_its_address_alone(site: Site) -> None:
    said = {"X-Remote-User": "inspector.one"}
    proxy = site(access=PROXY, client="192.0.2.1")
    _book(proxy).add("inspector.one", PASSWORD, "inspector")
    assert proxy.get("/audit", headers=said).status_code == 200
    for address in ("192.0.2.2", "127.0.0.1"):
        for more in ({}, {"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}):
            refused = site(access=PROXY, client=address).get("/audit", headers=said | more)
            assert refused.headers["location"].startswith("/login"), address


def test_the_proxy_names_one_person_or_nobody(site: Site) -> None:
    proxy = site(access=PROXY, client="192.0.2.1")
    assert proxy.get("/audit").status_code == 303
    assert proxy.get("/audit", headers={"X-Remote-User": "  "}).status_code == 303
    assert proxy.get("/audit", headers={"X-Remote-User": "stranger"}).status_code == 303
    twice = [("X-Remote-User", "stranger"), ("X-Remote-User", "admin")]
    assert proxy.get("/audit", headers=twice).status_code == 303
    name = [(b"x-remote-user", "检".encode())]
    assert proxy.get("/audit", headers=name).status_code == 200
    assert proxy.get("/people", headers=name).status_code == 403


def test_whom_only_the_proxy_knows_has_the_role_that_was_set_and_a_token_of_their_own(site: Site) -> None:
    access = Access(proxy_header="X-Remote-User", proxies=("192.0.2.1",), proxy_role="reader")
    proxy = site(access=access, client="192.0.2.1")
    one, two = {"X-Remote-User": "new.one"}, {"X-Remote-User": "new.two"}
    page = proxy.get("/tokens", headers=one)
    assert page.status_code == 200
    assert proxy.get("/audit", headers=one).status_code == 403
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    assert proxy.post("/logout", headers=two, data={"csrf": csrf[1]}).status_code == 403
    assert proxy.post("/logout", headers=one, data={"csrf": csrf[1]}).status_code == 303


def test_the_address_behind_the_proxy_is_what_waits_and_what_is_logged(site: Site) -> None:
    behind = site(access=PROXY, client="192.0.2.1", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.7"})
    for number in range(MOST_FROM_ADDRESS):
        _sign_in(behind, f"name{number}", "x" * 12)
    assert _sign_in(behind, "读").status_code == 429
    other = site(access=PROXY, client="192.0.2.1", headers={"X-Forwarded-For": "198.51.100.8"})
    assert _sign_in(other, "读").status_code == 303
    assert {act.address for act in _book(behind).acts()} == {"198.51.100.7", "198.51.100.8"}
    forged = site(access=PROXY, client="203.0.113.9", headers={"X-Forwarded-For": "198.51.100.7"})
    _sign_in(forged, "检")
    assert _book(behind).acts()[0].address == "203.0.113.9"


# Where it listens


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_without_accounts_it_listens_on_its_own_machine_alone(host: str) -> None:
    with pytest.raises(NotServed, match="duzheng accounts add"):
        bound(host, Access())
    bound(host, Access(accounts=True))
    bound(host, Access(proxy_header="X-Remote-User"))


def test_without_accounts_it_goes_by_no_name_that_others_reach() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        bound(host, Access())
    with pytest.raises(NotServed):
        bound("127.0.0.1", Access(hosts=("duzheng.example.org",)))


def test_serve_refuses_in_words(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from duzheng.cli import app
    from schemas.errors import DuzhengError

    found = CliRunner().invoke(app, ["serve", "--home", str(tmp_path / "corpus"), "--host", "0.0.0.0"])
    assert found.exit_code != 0
    assert isinstance(found.exception, DuzhengError) or "0.0.0.0" in found.output
    assert not (tmp_path / "corpus").exists()


@pytest.mark.parametrize("command", [["serve"], ["accounts", "list"]])
def test_a_corpus_that_was_made_just_now_is_said_to_be_new_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    from typer.testing import CliRunner

    from duzheng.cli import app
    from duzheng.web import workers

    monkeypatch.setattr(workers, "run", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    first, second = (CliRunner().invoke(app, [*command, "--home", "typo"]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert f"{tmp_path / 'typo'}: 此处原来没有语料库，已新建一个空的" in first.stderr
    assert "an empty one was made" in first.stderr
    assert second.stderr == ""


# The audit log


def test_the_audit_log_is_for_inspectors_and_tells_who_did_what(site: Site) -> None:
    administrator = site("管")
    administrator.post(
        "/people", data={"csrf": _csrf(administrator), "name": "新人", "password": PASSWORD, "role": "reader"}
    )
    assert site("读").get("/audit").status_code == 403
    page = site("检").get("/audit")
    assert page.status_code == 200
    assert "新增账号" in page.text
    assert "新人" in page.text
    assert PASSWORD not in page.text
    added = next(act for act in _book(administrator).acts() if act.action == "account added")
    assert (added.person, added.object, added.detail, added.address) == ("管", "新人", "reader", "testclient")


def test_the_audit_log_has_a_word_for_whatever_is_noted() -> None:
    import duzheng.web
    from duzheng.web.pages.accounts import ACTS
    from schemas.decision import KIND_NAMES

    code = "".join(one.read_text(encoding="utf-8") for one in Path(duzheng.web.__file__).parent.rglob("*.py"))
    noted = set(re.findall(r"""(?:asked|here|guard)\.note\((?:request, .*, )?"([a-z ]+)\"""", code))
    assert {"upload", "login refused", "token given"} <= noted
    assert noted | {f"decision {kind}" for kind in KIND_NAMES} <= set(ACTS)


def test_the_audit_log_is_paged_and_no_route_changes_it(site: Site) -> None:
    browser = site("检")
    for number in range(120):
        _book(browser).note("检", "counted", f"#{number}")
    page = browser.get("/audit")
    older = re.search(r'href="(/audit\?before=\d+)"', page.text)
    assert older
    rest = browser.get(older[1])
    assert "#119" in page.text
    assert "#0<" in rest.text
    assert not [r for r in _routes(browser.app) if r.path.startswith("/audit") and r.methods & UNSAFE]  # type: ignore[arg-type]
    for before in ("x", "-1", "9" * 30):
        assert browser.get("/audit", params={"before": before}).status_code == 422


def _read_as_english(page: str) -> list[str]:
    """The pieces of a page's text with Chinese characters that a screen reader would read aloud as English."""
    from lxml import html

    pieces = html.fromstring(page).xpath("//body//text()[not(parent::script)]")
    return [
        str(one) for one in pieces
        if re.search("[\u3400-\u9fff]", one) and not one.getparent().xpath("ancestor-or-self::*[@lang][1]/@lang")[-1].startswith("zh")
    ]  # fmt: skip


def test_names_of_people_files_and_searches_are_marked_as_chinese_in_an_english_page(site: Site, home: Path) -> None:
    from corpus import uploaded
    from schemas.upload import UploadedFile

    browser = site("管", headers={"Accept-Language": "en"})
    form = {"csrf": _csrf(browser)}
    assert browser.post("/searches", data=form | {"name": "方案", "q": "方案"}).status_code == 303
    ran = browser.post("/searches/run", data=form | {"name": "方案"}).headers["location"]
    assert browser.post("/tokens", data=form | {"label": "夜间检查", "days": "9"}).status_code == 200
    upload, lock = uploaded.begun(home, "管")
    lock.release()
    upload.stage = "done"
    upload.files = [
        UploadedFile(name=name, sha256="0" * 64, bytes=1, beside=["附件一.xlsx"]) for name in ("方案.txt", "终稿.txt")
    ]
    uploaded.save(home, upload)
    told = {"/people": "批", "/audit": "夜间检查", "/audit?person=管": "方案", "/tokens": "夜间检查", "/upload": "管",
            f"/upload/{upload.id}": "附件一.xlsx", "/searches": "方案", ran: "方案"}  # fmt: skip
    for path, name in told.items():
        page = browser.get(path)
        assert (page.status_code, '<html lang="en">' in page.text, name in page.text) == (200, True, True), path
        assert _read_as_english(page.text) == [], path


# What every answer carries


def test_every_answer_forbids_what_a_page_does_not_need(site: Site) -> None:
    browser = site("检", raise_server_exceptions=False)

    def broken() -> None:
        raise RuntimeError("secret reason")

    def away() -> None:
        raise HTTPException(503, "later")

    browser.app.get("/language-broken")(broken)  # type: ignore[attr-defined]
    browser.app.get("/language-away")(away)  # type: ignore[attr-defined]
    asked = {
        "/": 200, "/login": 200, "/tokens": 200, "/people": 403, "/nothing": 404, "/api/v1/packs": 200,
        "/api/v1/documents?limit=0": 422, "/static/style.css": 200, "/static/nothing": 404, "/audit?before=x": 422,
        "/language-broken": 500, "/language-away": 503, "/language/en": 303,
    }  # fmt: skip
    answers = [(path, browser.get(path), status) for path, status in asked.items()]
    answers += [
        ("host", browser.get("/", headers={"Host": "example.org"}), 400),
        ("origin", browser.post("/tokens", headers={"Origin": "http://example.org"}), 403),
        ("method", browser.delete("/audit"), 405),
        ("unknown", site().get("/api/v1/packs"), 401),
        ("large", browser.post("/tokens", content=b"x" * (2 * 1024**2 + 1)), 413),
        ("lengthless", browser.post("/tokens", content=iter([b"x"])), 413),
    ]
    for name, answer, status in answers:
        assert answer.status_code == status, name
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'", name
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'", name
        assert policy["base-uri"] == policy["frame-ancestors"] == "'none'", name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["referrer-policy"] == "same-origin", name
        assert ("no-store" in answer.headers["cache-control"]) != name.startswith("/static/"), name
        assert "secret reason" not in answer.text


def test_a_fault_is_in_the_log_and_the_page_says_so(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    browser = site("检", raise_server_exceptions=False)

    def broken() -> None:
        raise RuntimeError("secret reason")

    browser.app.get("/broken")(broken)  # type: ignore[attr-defined]
    page = browser.get("/broken")
    assert page.status_code == 500
    assert "日志" in page.text
    assert "secret reason" in caplog.text


def test_a_caller_who_sends_slowly_is_told_that_the_server_ends(site: Site) -> None:
    app, sent = site().app, []
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/login", "raw_path": b"/login",
             "root_path": "", "scheme": "http", "query_string": b"", "client": ("192.0.2.7", 1), "server": ("x", 80),
             "headers": [(b"host", b"localhost"), (b"content-length", b"9"),
                         (b"content-type", b"application/x-www-form-urlencoded")]}  # fmt: skip

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def ended() -> None:
        task = asyncio.ensure_future(app(scope, never, send))  # type: ignore[arg-type]
        await asyncio.sleep(0.2)
        task.cancel()
        await task

    own_loop.run(ended())
    assert sent[0]["status"] == 503
    assert "正在停止" in sent[1]["body"].decode()


def test_no_template_holds_script_or_style_that_the_policy_would_stop() -> None:
    import duzheng.web

    folder = Path(duzheng.web.__file__).parent / "templates"
    templates = sorted(folder.rglob("*.html"))
    assert len(templates) > 5
    for one in templates:
        text = one.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), one
        markup = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)  # ``f(only=1)`` is no attribute
        assert not re.search(r"\s(on[a-z]+|style)=", markup), one
        assert "|safe" not in text, one
        assert "autoescape false" not in text, one
        assert not re.search(r'(src|href|action)="(https?:)?//', text), f"{one}: something from elsewhere"
