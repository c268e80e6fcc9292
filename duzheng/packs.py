"""Requirement packs from Python: what ``duzheng packs`` does, as functions.

::

    import duzheng
    pack = duzheng.packs.show("henan-2025")
    [problem for problem in duzheng.packs.lint("my-pack.yaml") if problem.level == "error"]
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checks.pack_diff import PackDiff
    from checks.pack_examples import ExampleResult
    from checks.pack_lint import Problem
    from schemas.requirement import Pack


Home = str | PathLike[str] | None
"""The corpus folder whose published packs count; the usual one where it is not given, which need not be there."""


def list(*, home: Home = None) -> Sequence[Pack]:
    """The packs: those that come with duzheng and those published in the corpus."""
    from checks.pack_shelf import known

    return known(_folder(home))


def show(pack: str | PathLike[str], *, home: Home = None) -> Pack:
    """A pack: an id (``henan-2025@1.0.0`` in that version), a YAML file or a workbook made by ``export``.

    Raises:
        InvalidPack: there is none, or it is invalid; the message names the place.
    """
    from checks.pack_shelf import load

    return load(str(pack), _folder(home))


def schema() -> dict[str, Any]:
    """The JSON Schema of pack files."""
    from schemas.requirement import json_schema

    return json_schema()


def lint(pack: str | PathLike[str], *, home: Home = None) -> Sequence[Problem]:
    """What is suspicious in a pack, each with its place, its rule and the way out."""
    from checks.pack_lint import lint as examine
    from checks.pack_shelf import find

    return examine(find(str(pack), _folder(home)))


def test(pack: str | PathLike[str], *, home: Home = None) -> Sequence[ExampleResult]:  # noqa: PT028  # no test, but the name of the command
    """What became of the passages of a pack: each must get its verdict (``passed``)."""
    from checks.pack_examples import run

    return [*run(show(pack, home=home))]


def diff(old: str | PathLike[str], new: str | PathLike[str], *, home: Home = None) -> PackDiff:
    """What changed between two packs: new, dropped, tighter, looser, wording only, and in which field."""
    from checks.pack_diff import diff as compare

    return compare(show(old, home=home), show(new, home=home))


def export(pack: str | PathLike[str], file: str | PathLike[str], *, home: Home = None) -> Path:
    """Write a pack as a workbook that can be edited and read back; gives its path.

    Raises:
        InvalidPack: there is no such pack.
        OSError: the file cannot be written.
    """
    from checks.pack_excel import write_pack

    write_pack(show(pack, home=home), Path(file))
    return Path(file)


def import_(file: str | PathLike[str]) -> str:
    """The pack in a workbook as YAML.

    Raises:
        InvalidPack: the workbook holds none; the message names sheet and cell.
    """
    from checks.pack_yaml import write_yaml

    return write_yaml(show(file))


def draft(notice: str | PathLike[str], *, id: str | None = None, province: str | None = None) -> str:
    """A pack drafted from a notice, as YAML; what was left open stands in it as comments and open points.

    Args:
        notice: a file in any readable format.
        id: the pack's id, a-z, 0-9 and hyphens; else one made of the notice's hash.
        province: the province whose plans it is for; else the notice's own.

    Raises:
        NotRead: the notice could not be read.
        DuzhengError: it asks nothing of counties or schools.
    """
    from duzheng.api import parse
    from flows.drafting import asking, drafted

    return drafted(asking(parse(notice)), id, province).text


def _folder(home: Home) -> Path:
    from duzheng import settings

    return settings.home(None if home is None else Path(home))
