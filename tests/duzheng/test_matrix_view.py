"""The matrix can be read in the terminal, whatever its width."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from duzheng.matrix import print_matrix
from schemas.document import Jurisdiction
from schemas.finding import VERDICTS, Finding, PackReference, PlanCheck, PlanReference, Searched, Verdict


def check(county: str, verdicts: list[Verdict], pack: str = "p-1") -> PlanCheck:
    findings = [
        Finding(
            requirement=f"R{n:02}",
            title="t",
            clause="c",
            verdict=verdict,
            severity="major",
            expected="e",
            searched=Searched(characters=1),
            reason="ambiguous" if verdict == "undetermined" else None,
            explanation=["1", "2", "3", "4", "5"],
            advice="a",
        )
        for n, verdict in enumerate(verdicts, 1)
    ]
    return PlanCheck(
        plan=PlanReference(id=county, uri=county, jurisdiction=Jurisdiction(province="某省", county=county)),
        pack=PackReference(
            id=pack, version="1.0.0", sha256="0", title="要求", province="某省", basis_obtained=False, basis_note=""
        ),
        findings=findings,
        summary={},
    )


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    verdicts = [VERDICTS[n % len(VERDICTS)] for n in range(20)]
    print_matrix([check("甲子县", verdicts), check("乙丑寅卯辰巳自治县", verdicts)])
    lines = capsys.readouterr().out.splitlines()
    assert max(cell_len(line) for line in lines) <= columns
    text = "\n".join(lines)
    if columns >= 100:
        assert text.count("方案") == 1, "twenty requirements fit into one table"
    assert "R01–R20" in text
    assert all(f"{n:02}" in text for n in range(1, 21))
    assert "甲子县" in text


def test_every_verdict_has_its_own_sign_and_the_legend_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_matrix([check("甲子县", list(VERDICTS))])
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("甲子县"))
    assert row.split()[1:8] == ["✓", "~", "✗", "∅", "!", "-", "?"]
    assert row.split()[-1] == "1/6"
    for word in ("符合", "部分符合", "不符合", "未见", "前后矛盾", "不适用", "待核"):
        assert word in out


def test_each_pack_has_its_own_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_matrix([check("甲子县", ["met"]), check("乙丑县", ["not_met"], pack="q-1")])
    out = capsys.readouterr().out
    assert "p-1 1.0.0" in out
    assert "q-1 1.0.0" in out


def test_without_plans_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_matrix([])
    assert "no plans" in capsys.readouterr().out
