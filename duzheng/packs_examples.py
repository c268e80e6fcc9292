"""What ``packs test`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzheng import console
from schemas.finding import VERDICT_NAMES

if TYPE_CHECKING:
    from checks.pack_examples import ExampleResult
    from schemas.requirement import Pack


def print_failure(pack: Pack, result: ExampleResult) -> None:
    """One passage that did not get its verdict: asked, got, the passage, why."""
    from duzheng.output import shorten

    got = f"{result.got} {VERDICT_NAMES[result.got]}" if result.got else "—"
    out = console.stdout()
    place = f"examples.{result.expected}[{result.example - 1}]"
    out.print(f"✗ {pack.id} {result.requirement} {place}", style="bold red", markup=False)
    out.print(f"  应得 expected: {result.expected} {VERDICT_NAMES[result.expected]}", markup=False)
    out.print(f"  实得 got: {got}", markup=False)
    out.print(f"  示例 passage: {shorten(result.passage, 120)}", markup=False)
    out.print(f"  原因 why: {result.why}", markup=False)


def print_sum(pack: Pack, passed: int, failed: int, without: list[str]) -> None:
    """How many passages there were, and which requirements have none."""
    out = console.stdout()
    style = "bold red" if failed else "green"
    out.print(f"{pack.id} {pack.version}: {passed} 通过 passed, {failed} 未通过 failed", style=style, markup=False)
    if without:
        out.print(f"  没有示例 without examples: {'、'.join(without)}", style="yellow", markup=False)
