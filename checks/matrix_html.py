"""The county × requirement matrix as one HTML page: sign and colour, totals per row and column, what is overdue.

Everything from documents is escaped by the template engine; the page works offline and runs no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from checks.matrix import SIGNS, matrix
from checks.report import upright
from schemas.finding import FAULTS, VERDICT_NAMES, PlanCheck
from schemas.standing import State


def write_matrix_html(checks: Sequence[PlanCheck], path: Path, states: Mapping[str, State] | None = None) -> None:
    """Write the page; the folder must exist.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(render_matrix(checks, states), encoding="utf-8", newline="\n")


def render_matrix(checks: Sequence[PlanCheck], states: Mapping[str, State] | None = None) -> str:
    """The page as text. ``states``: how findings stand, by their id."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    template = files("checks").joinpath("templates", "matrix.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        tables=matrix(checks, states), names=VERDICT_NAMES, signs=SIGNS, faults=sorted(FAULTS)
    )
