"""Old word processor files are read like the DOCX they are converted to, or it is said why not."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from compound_writer import compound
from docx_writer import add_item, add_list, blank, qn, saved
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers import docx, formats, limits, office, read, readers
from extractors.readers.office import soffice, word_text
from extractors.readers.office.compound import Compound
from schemas.errors import NotRead
from schemas.reading import Block, Paragraph, Reading, Table

needs_libreoffice = pytest.mark.skipif(
    soffice.find() is None, reason="LibreOffice is not installed, so no DOC or WPS file can be made or converted"
)


def fib(flags: int = 0, identifier: int = 0xA5EC) -> bytes:
    return struct.pack("<HHHHHH", identifier, 0xC1, 0, 0x804, 0, flags).ljust(900, b"\x00")


def word(flags: int = 0, identifier: int = 0xA5EC) -> bytes:
    return compound({"WordDocument": fib(flags, identifier), "0Table": b"table"})


def as_doc(data: bytes) -> bytes:
    return soffice.convert(data, "x.docx", ".docx", "MS Word 2007 XML", "doc:MS Word 97")


@pytest.fixture(scope="module")
def plan() -> bytes:
    """A plan in Word, with everything that the old format can hold too."""
    document = blank()
    add_list(document, 7, [("chineseCounting", "%1、"), ("decimal", "%2.")])
    document.add_heading("青岚县城乡学校共同体建设实施方案", 0)
    add_item(document, "总体目标", 7)
    add_item(document, "到2025年底，组建共同体12个，覆盖率达到80%以上。", 7, 1)
    add_item(document, "每学期联合教研不少于4次。", 7, 1)
    add_item(document, "结对安排", 7)
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "学段"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "学校"
    for column, text in ((1, "牵头校"), (2, "成员校")):
        table.cell(1, column).text = text
    for column, text in enumerate(("小学", "青禾小学", "河口小学、柳湾小学")):
        table.cell(2, column).text = text
    changed = document.add_paragraph("责任单位：县教育局")
    for tag, text_tag, text in (("w:ins", "w:t", "基础教育股"), ("w:del", "w:delText", "人事股")):
        change = changed._p.makeelement(
            qn(tag), {qn("w:id"): "9", qn("w:author"): "甲", qn("w:date"): "2025-01-02T03:04:05Z"}
        )
        run = change.makeelement(qn("w:r"), {})
        content = run.makeelement(qn(text_tag), {})
        content.text = text
        run.append(content)
        change.append(run)
        changed._p.append(change)
    document.sections[0].header.paragraphs[0].text = "青岚县教育局文件"
    return saved(document)


@pytest.fixture(scope="module")
def old_plan(plan: bytes) -> bytes:
    return as_doc(plan)


@pytest.fixture(scope="module")
def converted(old_plan: bytes) -> Reading:
    """The old plan as it is read: LibreOffice takes more than a second each time."""
    return read(old_plan, "方案.doc")


def content(blocks: list[Block]) -> list[object]:
    found: list[object] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append((block.text.replace(" ", ""), block.role))
        else:
            found.append([[cell.text if cell else None for cell in row] for row in block.grid()])
    return found


@needs_libreoffice
def test_a_doc_says_what_its_docx_says(plan: bytes, old_plan: bytes, converted: Reading) -> None:
    assert old_plan.startswith(b"\xd0\xcf\x11\xe0")
    assert content(converted.blocks) == content(docx.read(plan, "方案.docx").blocks)
    assert converted.media_type == "application/msword"
    assert "converted" in [note.kind for note in converted.notes]


@needs_libreoffice
def test_numbers_merged_cells_and_the_final_state_of_changes_come_through(converted: Reading) -> None:
    texts = [block.text.replace(" ", "") for block in converted.blocks if isinstance(block, Paragraph)]
    assert "二、结对安排" in texts
    assert "2.每学期联合教研不少于4次。" in texts
    (table,) = (block for block in converted.blocks if isinstance(block, Table))
    assert [(c.text, c.row_span, c.column_span) for c in table.cells[:2]] == [("学段", 2, 1), ("学校", 1, 2)]
    assert "责任单位：县教育局基础教育股" in texts


@needs_libreoffice
def test_a_file_of_wps_office_is_read_under_its_own_type(old_plan: bytes) -> None:
    reading = read(old_plan, "方案.wps")
    assert reading.media_type == formats.FORMATS["wps"].media_type
    assert len(reading.blocks) > 5


@needs_libreoffice
def test_a_name_that_looks_like_an_option_does_no_harm(old_plan: bytes) -> None:
    assert read(old_plan, "--convert-to;$(reboot).doc").blocks


@needs_libreoffice
def test_nothing_stays_behind_in_the_temporary_folder(old_plan: bytes) -> None:
    read(old_plan, "方案.doc")
    assert not list(Path(tempfile.gettempdir()).glob("duzheng-office-*/locking"))
    assert not [left for left in Path(tempfile.gettempdir()).glob("duzheng-office-*") if unused(left)]


def unused(folder: Path) -> bool:
    """Whether no process works in it: tests of other people may run beside these."""
    import fcntl

    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@needs_libreoffice
def test_a_document_whose_inside_is_broken_ends_in_a_recorded_cause() -> None:
    with pytest.raises(NotRead) as refusal:
        read(word(), "方案.doc")
    assert refusal.value.cause in ("damaged", "no_text")


@needs_libreoffice
def test_a_conversion_that_keeps_everything_says_nothing_of_loss(converted: Reading) -> None:
    assert "text_lost_in_conversion" not in [note.kind for note in converted.notes]


@needs_libreoffice
def test_a_conversion_that_loses_text_is_found_out(old_plan: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    less = blank()
    less.add_paragraph("青岚县城乡学校共同体建设实施方案")
    monkeypatch.setattr(soffice, "convert", lambda *_: saved(less))
    (note,) = (note for note in read(old_plan, "方案.doc").notes if note.kind == "text_lost_in_conversion")
    assert "核对原文件" in note.message


@needs_libreoffice
def test_the_text_of_the_old_format_is_counted_without_its_field_codes() -> None:
    document = blank()
    paragraph = document.add_paragraph("青禾小学")
    for kind, text in (
        ("begin", ""),
        ("", ' HYPERLINK "http://例子.invalid/很长的地址" '),
        ("separate", ""),
        ("=", "河口"),
        ("end", ""),
    ):
        run = paragraph.add_run()
        if text:
            element = run._r.makeelement(qn("w:t" if kind == "=" else "w:instrText"), {})
            element.text = text
        else:
            element = run._r.makeelement(qn("w:fldChar"), {qn("w:fldCharType"): kind})
        run._r.append(element)
    file = Compound(as_doc(saved(document)))
    assert word_text.ideographs(file.stream("WordDocument"), file.stream("1Table")) == 6


def test_a_libreoffice_without_writer_is_a_missing_program(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "office/share/registry").mkdir(parents=True)
    (tmp_path / "office/program").mkdir()
    inside = tmp_path / "office/program/soffice"
    script(inside, "echo 'Error: source file could not be loaded' >&2")
    monkeypatch.setenv(soffice.VARIABLE, str(inside))
    assert refused(word(), "方案.doc").cause == "missing_program"
    assert not next(info for info in readers() if info.name == "office").available
    (tmp_path / "office/share/registry/writer.xcd").touch()
    assert refused(word(), "方案.doc").cause == "damaged"


# What needs no LibreOffice: the file's state shows in its bytes.


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(soffice.VARIABLE, "/nowhere/soffice")


def refused(data: bytes, uri: str) -> NotRead:
    with pytest.raises(NotRead) as refusal:
        read(data, uri)
    return refusal.value


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize("uri", ["方案.doc", "方案.wps", "方案.dot", "方案"])
def test_without_libreoffice_the_missing_program_and_the_cure_are_named(uri: str) -> None:
    error = refused(word(), uri)
    assert error.cause == "missing_program"
    for words in ("LibreOffice", "apt-get install libreoffice-writer-nogui", "duzheng ingest --retry", "DOCX", "安装"):
        assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.usefixtures("without")
def test_the_readers_say_that_the_program_is_missing() -> None:
    (info,) = (info for info in readers() if info.name == "office")
    assert not info.available
    assert "libreoffice-writer-nogui" in info.cure
    assert ".doc" in info.extensions


@needs_libreoffice
def test_the_readers_say_that_the_program_is_there() -> None:
    (info,) = (info for info in readers() if info.name == "office")
    assert info.available
    assert not info.cure
    assert (soffice.version() or "")[0].isdigit()


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize("uri", ["方案.doc", "方案.wps"])
def test_a_password_is_recognised_before_any_conversion(uri: str) -> None:
    error = refused(word(flags=0x0100), uri)
    assert error.cause == "encrypted"
    assert "密码" in str(error)


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(word()[:5000], id="cut off"),
        pytest.param(word(flags=0x0200), id="the table stream it names is missing"),
        pytest.param(compound({"Something": b"else"}), id="no document in it"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "旧".encode("utf-16-le") * 200, id="no table"),
    ],
)
def test_a_damaged_file_is_called_damaged_with_or_without_libreoffice(data: bytes) -> None:
    assert refused(data, "方案.doc").cause == "damaged"


@pytest.mark.usefixtures("without")
def test_a_word_of_before_1995_is_named_as_such() -> None:
    assert refused(word(identifier=0x1234), "方案.doc").cause == "unsupported_format"


@pytest.mark.usefixtures("without")
@given(st.integers(min_value=8, max_value=12_000), st.integers(min_value=0, max_value=12_000), st.binary(max_size=8))
def test_a_file_cut_or_changed_anywhere_ends_in_a_cause(length: int, place: int, change: bytes) -> None:
    data = word()
    data = (data[:place] + change + data[place + len(change) :])[:length]
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        causes = ("damaged", "missing_program", "encrypted", "unsupported_format", "wrong_extension")
        assert refused(data, "方案.doc").cause in causes


@pytest.mark.usefixtures("without")
def test_a_chain_in_a_circle_ends() -> None:
    data = bytearray(word())
    for sector in range(1, 20):
        data[512 + 4 * sector : 516 + 4 * sector] = struct.pack("<I", sector)
    assert refused(bytes(data), "方案.doc").cause == "damaged"


# What a misbehaving program may do: a script in its place.


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if os.name != "posix":
        pytest.skip("the stand-in for LibreOffice is a shell script")
    path = tmp_path / "soffice"
    monkeypatch.setenv(soffice.VARIABLE, str(path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield path
    tempfile.tempdir = None


def script(path: Path, *lines: str) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)


def alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    """Whether a process is gone within a few seconds."""
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_hangs_is_ended_with_all_it_started(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OFFICE_SECONDS", 1)
    script(program, f"sleep 600 & echo $! > {tmp_path}/child", "sleep 600")
    error = refused(word(), "方案.doc")
    assert error.cause == "over_limit"
    assert gone(int((tmp_path / "child").read_text()))
    assert not list((tmp_path / "tmp").iterdir())


def test_what_a_program_leaves_running_is_ended_too(program: Path, tmp_path: Path) -> None:
    script(program, f"sleep 600 & echo $! > {tmp_path}/child")
    assert refused(word(), "方案.doc").cause == "damaged"
    assert gone(int((tmp_path / "child").read_text()))


def test_a_program_that_crashes_costs_that_file_only(program: Path, tmp_path: Path) -> None:
    script(program, "echo 'no more' >&2", "kill -SEGV $$")
    error = refused(word(), "方案.doc")
    assert error.cause == "reader_failed"
    assert "no more" in str(error)
    assert not list((tmp_path / "tmp").iterdir())


def test_a_program_that_cannot_start_is_recorded(program: Path) -> None:
    program.write_bytes(b"\x7fELF rubbish")
    program.chmod(0o755)
    assert refused(word(), "方案.doc").cause == "reader_failed"


def test_an_output_above_the_limit_is_refused(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = word()
    script(program, "mkdir -p out", f"head -c {len(data) + 1} /dev/zero > out/document.docx")
    monkeypatch.setattr(limits, "MAX_BYTES", len(data))
    assert refused(data, "方案.doc").cause == "over_limit"


def test_an_endless_output_is_stopped_while_it_is_written(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(__import__("resource"), "prlimit"):
        pytest.skip("limits of another process can be set on Linux only")
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 2**20)
    script(program, "mkdir -p out", "sleep 0.2", "exec cat /dev/zero > out/document.docx")
    assert refused(word(), "方案.doc").cause == "reader_failed"


def test_the_program_sees_no_network(program: Path, tmp_path: Path) -> None:
    if "unshare" not in soffice._apart():
        pytest.skip("this machine allows no namespaces: only LibreOffice's own settings keep it off the network")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        script(program, f"exec 3<>/dev/tcp/127.0.0.1/{server.getsockname()[1]} && touch {tmp_path}/reached")
        program.write_text(program.read_text().replace("/bin/sh", "/bin/bash"))
        if shutil.which("bash") is None:
            pytest.skip("the stand-in needs bash")
        refused(word(), "方案.doc")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert not (tmp_path / "reached").exists()


def test_the_program_gets_no_setting_of_the_user_and_no_macro(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:1")
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    script(program, f"env > {tmp_path}/env", f"cp profile/user/registrymodifications.xcu {tmp_path}/settings")
    refused(word(), "方案.doc")
    environment = (tmp_path / "env").read_text()
    assert "proxy" not in environment
    assert "s3cret" not in environment
    assert f"HOME={tmp_path}/tmp/duzheng-office-" in environment
    found = (tmp_path / "settings").read_text()
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value>' in found
    assert 'oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value>' in found


def test_the_folder_of_a_killed_process_is_removed_by_the_next_and_a_used_one_is_left(
    program: Path, tmp_path: Path
) -> None:
    import fcntl

    for name in ("killed", "working"):
        folder = tmp_path / "tmp" / f"duzheng-office-{name}"
        folder.mkdir()
        (folder / "lock").touch()
        (folder / "document.doc").write_bytes(b"x")
    with (tmp_path / "tmp/duzheng-office-working/lock").open("rb") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        script(program, "exit 0")
        refused(word(), "方案.doc")
        assert [path.name for path in (tmp_path / "tmp").iterdir()] == ["duzheng-office-working"]


@needs_libreoffice
def test_libreoffice_takes_the_settings_it_is_given(
    old_plan: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It drops from its profile what it does not know, and writes the rest back."""
    kept: list[str] = []
    run = soffice._run

    def watched(command: list[str], folder: Path, uri: str) -> int:
        status = run(command, folder, uri)
        kept.append((folder / "profile/user/registrymodifications.xcu").read_text(encoding="utf-8"))
        return status

    monkeypatch.setattr(soffice, "_run", watched)
    read(old_plan, "方案.doc")
    for name in ("DisableMacrosExecution", "MacroSecurityLevel", "BlockUntrustedRefererLinks", "Link"):
        assert f'oor:name="{name}"' in kept[-1]


def test_an_old_file_is_a_reading_like_any_other(monkeypatch: pytest.MonkeyPatch, plan: bytes) -> None:
    """The conversion replaced: what the reader itself promises holds without LibreOffice."""
    monkeypatch.setattr(soffice, "convert", lambda *_: plan)
    reading: Reading = office.read(word(), "方案.doc")
    assert content(reading.blocks) == content(docx.read(plan, "方案.docx").blocks)
    assert reading.media_type == "application/msword"
