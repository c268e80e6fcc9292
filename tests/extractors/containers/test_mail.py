"""A mail is its text and its attachments: what was meant as the document is the document, in whatever charset it came."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage

import pytest

from extractors import containers
from extractors.containers.mail import is_covering
from extractors.parse import parse
from extractors.readers import formats, limits
from schemas.outcome import Outcome, SourceFile

PLAN = "青岚县教共体建设方案\n为推进教共体建设，制定本方案。\n一、名单\n名单见附件1。\n附件：1.结对名单\n"
LIST = "核心校\t成员校\n县实验小学\t河东小学"
NOTICE = (
    "关于报送教共体建设情况的通知\n各学校：\n为做好教共体建设工作，现就有关事项通知如下。\n"
    "一、报送内容\n教共体建设的主要做法和成效，包括师资交流、同步课堂和联合教研的次数。\n二、报送时间\n2025年6月30日前报送教体局。\n"
)
NOTE = "张老师：\n您好！现将我县教共体建设方案发给您，请查收附件。谢谢！\n青岚县教体局 李某\n电话：0000-0000000\n"

Attached = tuple[str, bytes]


def mail(text: str | None, *attached: Attached, subject: str = "报送方案", page: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "someone@example.org"
    message["To"] = "other@example.org"
    message["Date"] = "Tue, 02 Sep 2025 09:30:00 +0800"
    message["Subject"] = subject
    if text is not None:
        message.set_content(text)
    if page is not None:
        message.add_alternative(page, subtype="html")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def read(data: bytes | EmailMessage, name: str = "信.eml") -> Outcome:
    return parse(SourceFile(name, data if isinstance(data, bytes) else data.as_bytes()))


def members(data: bytes | EmailMessage, name: str = "信.eml") -> dict[str, bytes]:
    found = containers.members(SourceFile(name, data if isinstance(data, bytes) else data.as_bytes()))
    return {file.uri.removeprefix(f"{name}!/"): file.data for file in found.files}


def text_of(data: bytes) -> str:
    return data.decode("utf-8-sig").replace("\r\n", "\n").strip()


def test_the_attached_plan_is_the_document_and_the_covering_note_is_not() -> None:
    outcome = read(mail(NOTE, ("方案.txt", PLAN.encode()), ("附件1 结对名单.txt", LIST.encode())))
    (document,) = outcome.documents
    assert document.source.uri == "信.eml!/方案.txt"
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    assert document.source.parent == outcome.sha256
    assert outcome.media_type == "message/rfc822"
    assert "李某" not in document.text


def test_a_text_that_says_more_is_a_document_of_its_own_and_parts_nothing() -> None:
    outcome = read(mail(NOTICE, ("方案.txt", PLAN.encode()), ("附件1 结对名单.txt", LIST.encode())))
    by_uri = {document.source.uri: document for document in outcome.documents}
    assert set(by_uri) == {"信.eml!/正文/正文.txt", "信.eml!/方案.txt"}
    assert by_uri["信.eml!/方案.txt"].attachments[0].included


def test_a_notice_in_the_text_has_what_is_attached_as_its_attachments() -> None:
    outcome = read(mail(NOTICE + "附件：1.结对名单\n", ("附件1 结对名单.txt", LIST.encode())))
    (document,) = outcome.documents
    assert document.source.uri == "信.eml!/正文.txt"
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]


def test_a_plan_named_as_an_attachment_under_a_covering_note_is_the_document() -> None:
    (document,) = read(mail("请查收附件。", ("附件：青岚县方案.txt", PLAN.encode()))).documents
    assert document.text.startswith("青岚县教共体建设方案")


def test_a_mail_without_attachments_is_its_text_however_short() -> None:
    (document,) = read(mail("请查收附件。")).documents
    assert "请查收附件" in document.text


def test_subject_and_date_are_known_and_addresses_are_not() -> None:
    text = "各学校：\n请于6月30日前报送教共体建设的主要做法和成效，包括师资交流、同步课堂和联合教研的次数，以及存在的问题和下一步打算。\n"
    (document,) = read(mail(text, subject="转发：关于报送教共体建设情况的通知")).documents
    assert document.title == "关于报送教共体建设情况的通知"
    assert document.published_on == date(2025, 9, 2)
    assert "example.org" not in document.model_dump_json()


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "big5", "utf-8"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_text_in_any_charset_reads_back(charset: str, encoding: str, declared: bool) -> None:
    import base64
    import quopri

    text = NOTICE if charset != "big5" else "關於報送教育共同體建設情況的通知\n各學校：\n現就有關事項通知如下。\n"
    raw = text.encode(charset)
    if encoding == "base64":
        raw = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw)
    stated = charset if declared else "iso-8859-1"
    head = f"From: a\nTo: b\nContent-Type: text/plain; charset={stated}\nContent-Transfer-Encoding: {encoding}\n\n"
    found = members(head.encode() + raw)
    assert text_of(found["正文.txt"]) == text.strip()


def test_a_page_is_preferred_where_it_holds_a_table() -> None:
    table = "<table><tr><td>核心校</td><td>成员校</td></tr><tr><td>县实验小学</td><td>河东小学</td></tr></table>"
    assert set(members(mail("核心校 成员校", page=f"<p>{NOTICE}</p>{table}"))) == {"正文.html"}
    assert set(members(mail(NOTICE, page=f"<p>{NOTICE}</p>"))) == {"正文.txt"}
    (document,) = read(mail("核心校 成员校", page=f"<p>{NOTICE}</p>{table}")).documents
    assert [row for t in document.tables for row in t.rows] == [["核心校", "成员校"], ["县实验小学", "河东小学"]]


@pytest.mark.parametrize(
    "header",
    [
        'filename="=?gb2312?B?{gbk64}?="',
        'filename="=?GBK?b?{gbk64_unpadded}"',
        'filename="=?gb2312?Q?{gbkq}?="',
        "filename==?utf-8?B?{utf64_head}?= =?utf-8?B?{utf64_tail}?=",
        "filename*=GBK''{gbkp}",
        "filename*=utf-8''{utfp}",
        "filename*0*=utf-8''{utfp_head};\r\n filename*1*={utfp_tail}",
        'filename="{raw}"',
        "filename={raw}",
    ],
)
@pytest.mark.parametrize("raw_charset", ["gbk", "utf-8"])
def test_names_of_attachments_in_every_spelling(header: str, raw_charset: str) -> None:
    import base64
    from urllib.parse import quote

    name = "青岚县方案.txt"
    gbk, utf = name.encode("gbk"), name.encode()
    spelled = header.format(
        gbk64=base64.b64encode(gbk).decode(),
        gbk64_unpadded=base64.b64encode(gbk).decode().rstrip("="),
        gbkq="".join(f"={b:02X}" for b in gbk),
        utf64_head=base64.b64encode(utf[:4]).decode(),  # cut inside a character
        utf64_tail=base64.b64encode(utf[4:]).decode(),
        gbkp=quote(gbk),
        utfp=quote(utf),
        utfp_head=quote(utf)[:9],
        utfp_tail=quote(utf)[9:],
        raw=name,
    )
    data = b"From: a\r\nTo: b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "
    data += spelled.encode(raw_charset) + b"\r\n\r\n" + PLAN.encode()
    assert set(members(data)) == {name}


def test_pictures_in_the_text_are_no_attachments() -> None:
    message = mail(None)
    message.set_content(f"<p>{NOTICE}</p><img src='cid:logo'>", subtype="html")
    message.add_related(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<logo>")
    assert set(members(message)) == {"正文.html"}


def test_logos_of_a_page_beside_the_text_part_nothing() -> None:
    message = mail(NOTE, page=f"<p>{NOTE}</p><img src='cid:logo'>")
    page = message.get_payload()[1]
    page.add_related(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<logo>", filename="image001.png")
    message.add_attachment(PLAN.encode(), maintype="application", subtype="octet-stream", filename="方案.txt")
    message.add_attachment(b"\r\n", maintype="text", subtype="plain", filename="ATT00001.txt")
    assert set(members(message)) == {"方案.txt"}


def test_a_mail_of_nothing_but_a_picture_gives_the_picture() -> None:
    message = mail(None)
    message.set_content("<img src='cid:scan'>", subtype="html")
    message.add_related(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<scan>", filename="扫描.png")
    assert set(members(message)) == {"扫描.png"}


def test_a_forwarded_mail_is_opened() -> None:
    inner = mail("请查收附件。", ("方案.txt", PLAN.encode()), subject="原信")
    outer = mail("请查收。")
    outer.add_attachment(inner)
    (document,) = read(outer).documents
    assert document.source.uri == "信.eml!/转发/原信.eml!/方案.txt"


def test_an_attached_archive_is_opened_and_joined() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("名单.txt", LIST.encode())
    message = mail(NOTE, ("方案.txt", PLAN.encode()), ("附件1 结对名单.zip", out.getvalue()))
    (document,) = read(message).documents
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    assert [c.lead for c in document.communities] == ["县实验小学"]


def test_what_outlook_wraps_and_what_is_encrypted_is_recorded() -> None:
    message = mail(NOTICE)
    message.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    outcome = read(message)
    assert len(outcome.documents) == 1
    assert [(f.uri, f.cause) for f in outcome.attachment_failures] == [("信.eml!/winmail.dat", "unsupported_format")]
    head = b"From: a\nTo: b\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxx"
    outcome = read(head)
    assert outcome.failure is not None
    assert outcome.failure.cause == "encrypted"


def test_an_outlook_file_says_what_to_do() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "__properties_version1.0".encode("utf-16-le") + bytes(9)
    outcome = read(data, "信.msg")
    assert outcome.failure is not None
    assert outcome.failure.cause == "unsupported_format"
    assert "EML" in outcome.failure.cure


def test_a_mailbox_is_its_mails() -> None:
    box = b""
    for number in (1, 2):
        message = mail("请查收附件。", ("方案.txt", f"{PLAN}{number}\n".encode()), subject=f"第{number}封")
        box += b"From someone@example.org Tue Sep  2 09:30:00 2025\n" + message.as_bytes() + b"\n"
    assert formats.recognise(box, "x").key == "mbox"
    uris = [document.source.uri for document in read(box, "箱.mbox").documents]
    assert uris == ["箱.mbox!/0001 第1封.eml!/方案.txt", "箱.mbox!/0002 第2封.eml!/方案.txt"]


def test_a_sentence_that_begins_with_from_divides_no_mail() -> None:
    text = mail("第一段\n\nFrom here on 12:30 and 2025\n不是信头\n").as_bytes()
    box = b"From a@b Tue Sep  2 09:30:00 2025\n" + text
    assert len(containers.members(SourceFile("箱.mbox", box)).files) == 1


def test_a_mail_cut_off_says_that_something_is_missing() -> None:
    data = mail(NOTICE, ("方案.txt", PLAN.encode()), ("名单.txt", LIST.encode())).as_bytes()
    outcome = read(data[:-60])
    assert [d.source.uri for d in outcome.documents] == ["信.eml!/方案.txt", "信.eml!/正文/正文.txt"]
    assert [(f.uri, f.cause) for f in outcome.attachment_failures] == [
        ("信.eml!/名单.txt", "damaged"),
        ("信.eml", "damaged"),
    ]
    (document,) = read(mail(NOTICE, ("方案.txt", PLAN.encode())).as_bytes()[:500]).documents
    assert "truncated" in [q.kind for q in document.quality]


def nested(depth: int) -> bytes:
    head, tail = b"From: a\nTo: b\nMIME-Version: 1.0\n", b""
    for level in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        tail = b"\n--b%d--\n" % level + tail
    return head + b"Content-Type: text/plain\n\n" + NOTICE.encode() + tail


def test_parts_within_parts_are_read_to_a_depth_and_then_refused() -> None:
    assert len(members(nested(limits.MAX_MAIL_DEPTH - 1))) == 1
    for depth in (limits.MAX_MAIL_DEPTH + 1, 5000):
        outcome = read(nested(depth))
        assert outcome.failure is not None
        assert outcome.failure.cause == "over_limit"


def test_too_many_parts_are_refused() -> None:
    head = b'From: a\nTo: b\nContent-Type: multipart/mixed; boundary="b"\n\n'
    outcome = read(head + b"--b\n\nx\n" * (limits.MAX_MAIL_PARTS + 1))
    assert outcome.failure is not None
    assert outcome.failure.cause == "over_limit"


def test_messages_within_messages_end_at_the_depth_of_containers() -> None:
    message = mail(NOTICE)
    for _ in range(limits.MAX_ARCHIVE_DEPTH + 2):
        outer = mail("请查收。")
        outer.add_attachment(message)
        message = outer
    outcome = read(message)
    assert outcome.failure is not None
    assert outcome.failure.cause == "over_limit"


@pytest.mark.parametrize(
    "data",
    [
        b"From: a\nTo: b\nSubject: =?gb2312?B?####\n\n",
        b"From: a\nTo: b\nContent-Type: multipart/mixed\n\n" + NOTICE.encode(),
        b'From: a\nTo: b\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset=\x81\n\n'
        + NOTICE.encode(),
        b"From: a\nTo: b\nContent-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: base64\n\n!!!!=?",
        b"From: a\nTo: b\nDate: Tue, 99 Foo 99999 99:99:99 +9999999999\n\n" + NOTICE.encode(),
        b"From: a\nTo: b\nContent-Disposition: attachment; filename*0*=x'y'%ZZ; filename*2=\"\n\n\x00",
    ],
)
def test_a_malformed_mail_is_read_or_recorded(data: bytes) -> None:
    outcome = read(data)
    assert outcome.documents or outcome.failure


def test_a_mail_cut_anywhere_is_read_or_recorded() -> None:
    data = mail(NOTE, ("方案.txt", PLAN.encode()), ("附件1 名单.txt", LIST.encode()), page="<p>请查收</p>").as_bytes()
    for size in range(1, len(data), 37):
        outcome = read(data[:size])
        assert outcome.attachment_failures or outcome.failure or b"\n\n" not in data[:size], size


@pytest.mark.parametrize(
    ("text", "covering"),
    [
        (NOTE, True),
        ("请查收附件", True),
        ("", True),
        ("<html><head><style>p {margin: 0}</style></head><body><p>请查收附件</p></body></html>", True),
        ("收到请回复。\n-----原始邮件-----\n发件人：某\n" + NOTICE, True),
        ("各学校：请于6月30日前将结对名单（见附件）报教体局，联系人：张某。", False),
        (NOTICE, False),
        ("<p>" + NOTICE + "</p>", False),
    ],
)
def test_what_a_covering_note_is(text: str, covering: bool) -> None:
    assert is_covering(text) == covering


def test_the_cost_of_many_lines_like_boundaries_is_linear(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    head = b'From: a\nTo: b\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\n'

    def run(size: int) -> None:
        containers.members(SourceFile("信.eml", head + b"--c\n" * size + b"<style><a <b " * size))

    linear(run, 20_000)
