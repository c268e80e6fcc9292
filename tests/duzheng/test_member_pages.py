"""A document out of an archive is drawn and handed over as any other: its file is taken out of the original again."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.corpus import Corpus
from duzheng.cli import app
from extractors import containers
from extractors.parse import parse
from schemas.errors import NotRead
from schemas.outcome import SourceFile

PLAN = next((Path(__file__).parents[2] / "samples" / "henan" / "plans").rglob("*.pdf")).read_bytes()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


NESTED = zipped({"县/内.zip": zipped({"计划.pdf": PLAN}), "县/说明.txt": "说明\n请各校按时报送。".encode()})


def test_a_member_is_found_by_its_name_through_every_level() -> None:
    outcome = parse(SourceFile("/某处/县.zip", NESTED))
    for document in outcome.documents:
        member = containers.member(NESTED, "/某处/县.zip", document.source.uri)
        assert hashlib.sha256(member.data).hexdigest() == document.source.sha256
    assert containers.member(NESTED, "别名.zip", "县/内.zip!/计划.pdf").data == PLAN


@pytest.mark.parametrize("path", ["县/无.pdf", "县/内.zip!/无.pdf", "县/说明.txt!/x", "", "县/内.zip!/../计划.pdf"])
def test_a_member_that_is_not_there_is_said(path: str) -> None:
    with pytest.raises(NotRead, match="no such member"):
        containers.member(NESTED, "县.zip", path)


def test_pages_of_a_member_are_drawn(tmp_path: Path) -> None:
    archive = tmp_path / "县.zip"
    archive.write_bytes(NESTED)
    result = CliRunner().invoke(app, ["show", str(archive), "--boxes", str(tmp_path / "pages")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "pages" / "县" / "内.zip" / "计划.pdf" / "page-001.png").is_file()


def test_a_stored_document_gives_its_own_file_and_pages(tmp_path: Path) -> None:
    outcome = parse(SourceFile(str(tmp_path / "县.zip"), NESTED))
    (document,) = [d for d in outcome.documents if d.source.media_type == "application/pdf"]
    with Corpus.open(tmp_path / "home", create=True) as corpus:
        corpus.keep(NESTED)
        corpus.record([outcome])
    home = ["--home", str(tmp_path / "home")]
    result = CliRunner().invoke(app, ["show", document.id, "--original", str(tmp_path / "原件.pdf"), *home])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "原件.pdf").read_bytes() == PLAN
    result = CliRunner().invoke(app, ["show", document.id, "--boxes", str(tmp_path / "pages"), *home])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "pages" / "page-001.png").is_file()
