"""``duzheng packs draft``: YAML alone on standard output, what is open on standard error, statuses as for ``parse``."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.pack import load
from duzheng import cli

NOTICE = """青岚市教育局关于推进城乡学校共同体建设的通知
青教〔2025〕9号
各县（市、区）教育局：
一、工作目标
到2026年底，80%以上的乡村学校纳入城乡学校共同体。
二、工作要求
各县必须建立结对台账，并于2026年3月31日前将结对名单报市教育局。
青岚市教育局
2025年10月20日
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def test_the_draft_goes_to_standard_output_and_loads(
    capsys: pytest.CaptureFixture[str], notice: Path, tmp_path: Path
) -> None:
    status, out, err = run(capsys, "packs", "draft", notice, "--id", "qinglan-2025", "--province", "河南省")
    assert status == 0
    made = tmp_path / "made.yaml"
    made.write_text(out, encoding="utf-8")
    pack = load(str(made))
    assert (pack.id, pack.status, pack.province) == ("qinglan-2025", "draft", "河南省")
    assert [r.clause for r in pack.requirements] == ["一", "二", "二"]
    assert pack.requirements[1].severity == "critical"
    assert "3 requirements drafted" in err
    status, out, _ = run(capsys, "packs", "lint", made)
    assert status == 0, out


def test_an_unknown_province_is_left_open_and_said(capsys: pytest.CaptureFixture[str], notice: Path) -> None:
    status, out, err = run(capsys, "packs", "draft", notice)
    assert status == 0
    assert "province: 未注明省份" in out
    assert "--province" in err


def test_a_file_that_asks_for_nothing_is_status_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_text("关于天气的说明\n今天天气晴朗。\n", encoding="utf-8")
    status, out, err = run(capsys, "packs", "draft", path)
    assert (status, out) == (1, "")
    assert "nothing asked" in err


def test_a_file_that_cannot_be_read_is_status_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 broken")
    status, out, err = run(capsys, "packs", "draft", path)
    assert (status, out) == (1, "")
    assert "broken.pdf" in err


@pytest.mark.parametrize("arguments", [["--id", "Not An Id"], []])
def test_wrong_usage_is_status_2(
    capsys: pytest.CaptureFixture[str], notice: Path, tmp_path: Path, arguments: list[str]
) -> None:
    path = notice if arguments else tmp_path / "missing.txt"
    status, out, _ = run(capsys, "packs", "draft", path, *arguments)
    assert (status, out) == (2, "")


def test_the_quote_survives_when_the_draft_is_piped(capsys: pytest.CaptureFixture[str], notice: Path) -> None:
    _, out, _ = run(capsys, "packs", "draft", notice)
    assert "：各县必须建立结对台账\n" in out
