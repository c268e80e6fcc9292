"""``duzheng packs draft``: a pack drafted from a notice, as YAML on standard output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console

if TYPE_CHECKING:
    from schemas.document import Document

PackIdOption = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help="The pack's id: a-z, 0-9 and hyphens. 要求包编号"),
]
ProvinceOption = Annotated[
    str | None,
    typer.Option("--province", metavar="NAME", help="The province whose plans it is for, as 河南省. 适用省份"),
]


def packs_draft(
    notice: Annotated[
        Path, typer.Argument(metavar="NOTICE", help="The notice, a file in any readable format. 通知文件")
    ],
    identifier: PackIdOption = None,
    province: ProvinceOption = None,
) -> None:
    """从通知起草要求包 Draft a pack from a notice: YAML on standard output, what was left open on standard error.

    Exit status 0: drafted; 1: the notice could not be read, or asks for nothing; 2: wrong usage.
    """
    import re

    from flows.drafting import drafted

    if identifier is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", identifier):
        raise typer.BadParameter(f"{identifier}: 只用小写字母、数字和连字符 / use a-z, 0-9 and hyphens")
    document, failed = _read(notice)
    if document is None:
        raise typer.Exit(1)
    made = drafted(document, identifier, province)
    print(made.text, end="")
    for note in made.draft.open:
        console.complain(f"{notice}: 待定 open: {note}")
    undecided = sum(1 for requirement in made.draft.requirements if requirement.open)
    console.complain(
        f"{notice}: 起草 {len(made.draft.requirements)} 条，{undecided} 条有待定项；逐条核对后再用 / "
        f"{len(made.draft.requirements)} requirements drafted, {undecided} with open points: check each before use"
    )
    raise typer.Exit(1 if failed else 0)


def _read(notice: Path) -> tuple[Document | None, bool]:
    """The notice among the documents of the file, and whether some of the file could not be read."""
    from duzheng import output, reading

    documents: list[Document] = []
    failed = False
    for outcome in reading.read([notice]):
        for failure in output.failures_of(outcome):
            console.complain(failure)
            failed = True
        documents.extend(output.documents_of(outcome))
    if not documents:
        return None, True
    from flows.drafting import asking

    chosen = asking(documents)
    if len(documents) > 1:
        console.complain(
            f"{notice}: 含 {len(documents)} 份文件，起草的是《{chosen.title or chosen.id}》 / "
            f"holds {len(documents)} documents, the one named is drafted from"
        )
    if chosen.role != "requirement":
        console.complain(
            f"{notice}: 读作方案或其他文件，不像提要求的通知 / does not read like a notice that asks for something"
        )
    return chosen, failed
