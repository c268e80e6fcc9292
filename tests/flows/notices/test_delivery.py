"""What is promised of each way: mail, webhook and robots get what they understand, refusals are seen, secrets stay secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from checks.engine import check
from checks.pack import load
from corpus.corpus import Corpus
from extractors.parse import parse
from flows.digest import send
from flows.digest import test as send_test
from flows.notices.channels import Message, NotDelivered, open_channel
from flows.notices.secrets import masked, resolved, shown
from schemas.outcome import Failure, Outcome, SourceFile
from tests.flows.notices.servers import PLAN, Hook, Mailbox

DAY = date(2025, 11, 3)
Take = Callable[..., None]
Write = Callable[..., None]
KEY = "0123abcd-4567-89ef-0123-456789abcdef"
TOKEN = "a0b1c2d3e4f5a6b7c8d9"
SECRET = "SECd41d8cd98f00b204e9800998ecf8427e"

ROBOTS = {
    "wecombot": (NotifyWeComBot, "/cgi-bin/webhook/send?key={key}", f"wecombot://{KEY}"),
    "dingtalk": (NotifyDingTalk, "/robot/send?access_token={token}", f"dingtalk://{TOKEN}"),
    "feishu": (NotifyFeishu, "/open-apis/bot/v2/hook/{token}/", f"feishu://{TOKEN}"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=list(ROBOTS))
def robot(request: pytest.FixtureRequest, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of each robot in turn; what Apprise would ask of the service goes to ``hook``."""
    kind, path, address = ROBOTS[request.param]
    monkeypatch.setattr(kind, "notify_url", f"http://127.0.0.1:{hook.port}{path}")
    return address


def mail(box: Mailbox, **more: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"mailto://127.0.0.1:{box.port}?from=duzheng@example.cn&to=li@example.cn{extra}"


def message(body: str = "正文") -> Message:
    return Message("d1", "督政摘要", body, {"id": "d1"})


def tell(home: Path) -> list[tuple[str, str | None]]:
    with Corpus.open(home) as corpus:
        return [(one.state, one.reason) for one in send(corpus, home, DAY)]


EVIL = '关于<b onclick="x">印发</b>[点此](http://evil.example.cn/x)@all<at user_id="all">所有人</at>`方案`*的*\u202e通知\n二'


@pytest.fixture
def evil(home: Path) -> str:
    """A document in the corpus, and a file that could not be read, whose names are markup; gives the document's title."""
    data = PLAN.format(county="甲子县", short="甲", share=65, number=8).encode()
    outcome = parse(SourceFile("甲子县.txt", data))
    outcome.documents[0].title = EVIL
    outcome.documents[0].issuers = [EVIL]
    failure = Failure(uri=f"{EVIL}.pdf", cause="damaged", message="文件损坏", cure="")
    broken = Outcome(uri=failure.uri, sha256="0" * 64, bytes=1, media_type="application/pdf", failure=failure)
    with Corpus.open(home, create=True) as corpus:
        corpus.record([outcome, broken])
        corpus.record_checks([check(outcome.documents[0], load("henan-2025"), today=DAY)])
    return EVIL


def test_mail_comes_as_html_and_as_text_with_markup_in_titles_escaped(
    home: Path, mailbox: Mailbox, evil: str, write_targets: Write
) -> None:
    write_targets(home, {"id": "bureau", "title": "督导科", "url": mail(mailbox, cc="wang@example.cn")})
    assert tell(home) == [("delivered", None)]
    (got,) = mailbox.mails
    assert sorted(mailbox.recipients[0]) == ["li@example.cn", "wang@example.cn"]
    assert str(got["Subject"]).startswith("督政摘要 2025-11-03：新到文件 1")
    assert str(got["Subject"]).endswith("（督导科）")
    assert re.fullmatch(r"[0-9a-f]{12}", str(got["X-Duzheng-Digest"]))
    page, plain = got.get_body(("html",)), got.get_body(("plain",))
    assert page is not None
    assert plain is not None
    html = page.get_content()
    assert "<b onclick" not in html
    assert "&lt;b onclick=&#34;x&#34;&gt;" in html
    assert "<a " not in html
    assert "\u202e" not in html
    text = plain.get_content()
    assert "新到文件 1" in text
    assert "duzheng show" in text
    assert "未见" in text


def test_a_refused_mail_is_not_delivered_and_comes_later(
    home: Path, mailbox: Mailbox, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, {"id": "bureau", "url": mail(mailbox)})
    mailbox.refusing = True
    ((state, reason),) = tell(home)
    assert state == "failed"
    assert reason
    mailbox.refusing = False
    assert tell(home) == [("delivered", None)]
    assert len(mailbox.mails) == 1


def test_several_recipients_in_one_target_are_refused_before_anything_is_sent(mailbox: Mailbox) -> None:
    with pytest.raises(NotDelivered, match="one recipient"):
        open_channel(mail(mailbox).replace("to=li@example.cn", "to=li@example.cn,wang@example.cn"))
    assert mailbox.mails == []


def test_a_webhook_gets_the_digest_as_data_beside_the_text(
    home: Path, hook: Hook, evil: str, write_targets: Write
) -> None:
    write_targets(home, {"id": "hook", "url": f"json://127.0.0.1:{hook.port}/in"})
    assert tell(home) == [("delivered", None)]
    ((path, body),) = hook.got
    assert path == "/in"
    assert body["digest"]["documents"][0]["title"] == evil
    assert body["digest"]["id"] == body["id"]
    assert "<b" not in body["message"]
    assert "](http" not in body["message"]


def test_robots_get_text_in_which_nothing_is_markup(
    home: Path, hook: Hook, evil: str, robot: str, write_targets: Write
) -> None:
    write_targets(home, {"id": "group", "url": robot})
    assert tell(home) == [("delivered", None)]
    ((_, body),) = hook.got
    text = (body.get("text") or body["content"]).get("content") or body["content"]["text"]
    assert (body.get("msgtype") or body.get("msg_type")) == "text"
    assert text.startswith("督政摘要 2025-11-03")
    assert "＜b onclick" in text
    assert "＜at user_id" in text
    assert not set("<>[]`@*|") & set(text)
    assert "://" not in text
    assert "\u202e" not in text
    assert "duzheng notices sent" in text


def test_robots_that_refuse_with_status_200_have_not_been_told(
    home: Path, hook: Hook, robot: str, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, {"id": "group", "url": robot})
    hook.answers = [(200, {"errcode": 310000, "errmsg": f"keywords not in content {TOKEN}"}), (200, {"errcode": 0})]
    if robot.startswith("feishu"):
        hook.answers = [(200, {"code": 19024, "msg": f"Key Words Not Found {TOKEN}"}), (200, {"code": 0})]
    ((state, reason),) = tell(home)
    assert state == "failed"
    assert reason
    assert "refused with code" in reason
    assert TOKEN not in reason or robot.startswith("wecombot")
    assert tell(home) == [("delivered", None)]


def test_a_page_in_place_of_a_robots_answer_is_a_failure(hook: Hook, robot: str) -> None:
    hook.answers = [(200, b"<html>please log in</html>")]
    with pytest.raises(NotDelivered, match="not one of this robot"):
        open_channel(robot).send(message())


def test_a_long_digest_fits_into_what_wecom_takes(
    home: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, take_plan: Take, write_targets: Write
) -> None:
    monkeypatch.setattr(NotifyWeComBot, "notify_url", f"http://127.0.0.1:{hook.port}/send?key={{key}}")
    take_plan(home)
    files = [SourceFile(f"{n}.txt", f"河南省甲子县教育局关于第{n}件事项的通知\n正文。\n".encode()) for n in range(30)]
    with Corpus.open(home) as corpus:
        corpus.record([parse(file) for file in files])
    write_targets(home, {"id": "group", "url": f"wecombot://{KEY}"})
    assert tell(home) == [("delivered", None)]
    text = hook.got[0][1]["text"]["content"]
    assert len(text.encode()) <= 2048
    assert "duzheng notices sent" in text
    assert "另有" in text


def test_dingtalk_and_feishu_robots_get_their_signatures(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"http://127.0.0.1:{hook.port}/send?access_token={{token}}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", f"http://127.0.0.1:{hook.port}/hook/{{token}}/")
    open_channel(f"dingtalk://{SECRET}@{TOKEN}").send(message())
    given = parse_qs(urlsplit(hook.got[0][0]).query)
    stamp = given["timestamp"][0]
    expected = hmac.digest(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256)
    assert given["sign"] == [base64.b64encode(expected).decode()]
    open_channel(f"feishu://{TOKEN}?secret={SECRET}").send(message())
    path, body = hook.got[1]
    assert path == f"/hook/{TOKEN}"
    expected = hmac.digest(f"{body['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256)
    assert body["sign"] == base64.b64encode(expected).decode()


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", f"/wecom?key={KEY}"),
        (f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}&secret={SECRET}", f"/dingtalk?token={TOKEN}&"),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}", f"/feishu/{TOKEN}"),
    ],
)
def test_the_address_as_the_robots_page_shows_it_is_taken(
    address: str, path: str, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifyWeComBot, "notify_url", f"http://127.0.0.1:{hook.port}/wecom?key={{key}}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"http://127.0.0.1:{hook.port}/dingtalk?token={{token}}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", f"http://127.0.0.1:{hook.port}/feishu/{{token}}")
    open_channel(address).send(message())
    assert hook.got[0][0].startswith(path)
    assert SECRET not in hook.got[0][0]


def test_secrets_come_from_the_environment_and_appear_nowhere(
    home: Path,
    mailbox: Mailbox,
    take_plan: Take,
    write_targets: Write,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    password = "p@ss/w:rd#1"
    monkeypatch.setenv("MAIL_PASSWORD", password)
    monkeypatch.setenv("GROUP", f"wecombot://{KEY}")
    monkeypatch.setattr(NotifyWeComBot, "notify_url", "http://127.0.0.1:1/send?key={key}")
    take_plan(home)
    write_targets(
        home,
        {
            "id": "mail",
            "url": f"mailto://li:${{MAIL_PASSWORD}}@127.0.0.1:{mailbox.port}?from=a@example.cn&to=b@example.cn",
        },
        {"id": "group", "url": "${GROUP}"},
        {"id": "hook", "url": f"json://li:{SECRET}@127.0.0.1:1/{TOKEN}?+X-Key={KEY}"},
        {"id": "unset", "url": "${NOT_SET_ANYWHERE}"},
    )
    with caplog.at_level(logging.DEBUG):
        results = tell(home)
    assert [state for state, _ in results] == ["failed", "failed", "failed", "failed"]
    assert "NOT_SET_ANYWHERE" in str(results[3][1])
    with Corpus.open(home) as corpus:
        recorded = json.dumps([one.model_dump(mode="json") for one in corpus.digests.deliveries()], ensure_ascii=False)
    printed = capsys.readouterr()
    for secret in (password, "p%40ss", KEY, SECRET, TOKEN):
        for place in (str(results), recorded, caplog.text, printed.out, printed.err):
            assert secret not in place
    stored = b"".join(path.read_bytes() for path in home.rglob("*.sqlite*"))
    assert KEY.encode() not in stored


def test_a_password_in_the_environment_reaches_the_server_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "p@ss/w:rd#1")
    address, secrets = resolved("mailto://li:${MAIL_PASSWORD}@smtp.example.cn?to=b@example.cn")
    parts = urlsplit(address)
    assert (parts.hostname, parts.password) == ("smtp.example.cn", "p%40ss%2Fw%3Ard%231")
    assert "p@ss/w:rd#1" in secrets
    assert masked("login p@ss/w:rd#1 and p%40ss%2Fw%3Ard%231 failed", secrets) == "login *** and *** failed"


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        (f"wecombot://{KEY}", "wecombot://***"),
        (f"dingtalk://{SECRET}@{TOKEN}", "dingtalk://***"),
        (f"mailtos://li:{SECRET}@smtp.example.cn?to=b@example.cn", "mailtos://smtp.example.cn"),
        (f"jsons://hooks.example.cn/{TOKEN}", "jsons://hooks.example.cn"),
        ("${ADDRESS}", "${…}"),
        (f"https://qyapi.weixin.qq.com/send?key={KEY}", "https://***"),
        ("jsons://${HOST}/x", "jsons://***"),
        (TOKEN, "***"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(address: str, seen: str) -> None:
    assert shown(address) == seen


def test_logging_is_as_before_afterwards(hook: Hook) -> None:
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in ("apprise", "httpx")}
    open_channel(f"json://127.0.0.1:{hook.port}/x").send(message())
    assert before == {
        name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in ("apprise", "httpx")
    }


def test_a_test_line_arrives_and_is_no_digest(
    home: Path, mailbox: Mailbox, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, {"id": "bureau", "title": "督导<科>", "url": mail(mailbox)})
    send_test(home, "bureau")
    (got,) = mailbox.mails
    assert "测试" in str(got["Subject"])
    body = got.get_body(("html", "plain"))
    assert body is not None
    assert "督导" in body.get_content()
    assert "<科>" not in body.get_content()
    assert tell(home) == [("delivered", None)]


def test_no_address_at_all_is_said_with_the_way_out() -> None:
    with pytest.raises(NotDelivered, match="no address of Apprise"):
        open_channel("nonsense")
