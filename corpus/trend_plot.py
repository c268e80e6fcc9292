"""A trend as a picture: SVG with its text as text, or PNG with a Chinese font of the machine.

The only place that loads matplotlib. Terms are data: no mathematics is read from them.
"""

from __future__ import annotations

import logging
import math
import tempfile
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from corpus.saving import saving
from schemas.errors import CorpusError
from schemas.trend import DIMENSION_NAMES, Dimension, TermTrend, Trend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Measure = Literal["documents", "mentions", "per_10000"]
MEASURE_NAMES: dict[Measure, str] = {"documents": "文件数（份）", "mentions": "出现次数", "per_10000": "每万字次数"}
ENDINGS = (".svg", ".png")
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans SC", "Noto Serif CJK SC", "SimSun", "AR PL UMing CN",
    "Droid Sans Fallback", "Noto Sans CJK JP",
)  # fmt: skip
_STYLES = (
    ("-", "o", ""),
    ("--", "s", "//"),
    ("-.", "^", ".."),
    (":", "D", "xx"),
    ("-", "v", "\\\\"),
    ("--", "P", "++"),
)
"""Line, marker and hatching of the first term, the second …: what differs by colour alone, not everybody sees."""
_drawing = threading.Lock()
"""matplotlib's settings are those of the whole process."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a picture says beside terms and names of places: under the axis, along it, and where a value is not known."""

    by: str
    measure: str
    unknown: str


def chinese(by: Dimension, measure: Measure) -> Labels:
    """The labels in Chinese."""
    return Labels(DIMENSION_NAMES[by], MEASURE_NAMES[measure], "未知")


def plot(
    trend: Trend,
    path: Path,
    *,
    by: Dimension = "year",
    measure: Measure = "documents",
    names: dict[str, str],
    labels: Labels | None = None,
) -> None:
    """Draw one line a term over the years, or one bar a term in each level or province.

    Args:
        trend: what is drawn.
        path: where; ``.svg`` or ``.png``. An existing file is replaced.
        by: what stands along the axis.
        measure: what is measured.
        names: what the values of ``by`` are called, where they are codes.
        labels: its words, where they are not to be Chinese.

    Raises:
        CorpusError: another ending, no Chinese font for a PNG, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise CorpusError(f"{path}: 请以 .svg 或 .png 结尾 / the name must end in .svg or .png")
    font = _font()
    if font is None and ending == ".png":
        raise CorpusError(
            f"{path}: 没有中文字体，无法画 PNG / no Chinese font is installed for a PNG; write .svg instead, or install one "
            "(fonts-noto-cjk)"
        )
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    said = labels or chinese(by, measure)
    settings: Any = {
        "font.family": "sans-serif",
        # An SVG is shown with the fonts of whoever opens it; a PNG with the one that is here.
        "font.sans-serif": [font] if ending == ".png" else [*([font] if font else []), *CHINESE_FONTS, "sans-serif"],
        "svg.fonttype": "none",
        "svg.hashsalt": "duzheng",
        "axes.unicode_minus": False,
    }
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # Where no Chinese font is installed the widths of an SVG are guessed; its text is whole nevertheless.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(9, 5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        if by == "year":
            _lines(axes, trend, measure)
        else:
            _bars(axes, trend, by, measure, names, said.unknown)
        axes.set_xlabel(said.by)
        axes.set_ylabel(said.measure)
        if measure != "per_10000":
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", alpha=0.3)
        with saving(path) as file:
            figure.savefig(file, metadata={"Date": None} if ending == ".svg" else None, dpi=150)


def picture(
    trend: Trend,
    ending: str,
    *,
    by: Dimension = "year",
    measure: Measure = "documents",
    names: dict[str, str],
    labels: Labels | None = None,
) -> bytes:
    """What ``plot`` writes into a file of that ending, for whoever serves it; may be called by several threads.

    Raises:
        CorpusError: as ``plot``.
    """
    with _drawing, tempfile.TemporaryDirectory(prefix="duzheng-") as folder:
        path = Path(folder, f"trend{ending}")
        plot(trend, path, by=by, measure=measure, names=names, labels=labels)
        return path.read_bytes()


def _lines(axes: Axes, trend: Trend, measure: Measure) -> None:
    from matplotlib.ticker import MaxNLocator

    handles = []
    for number, term in enumerate(trend.terms):
        line, marker, _ = _STYLES[number % len(_STYLES)]
        known = {int(one.value): getattr(one, measure) for one in term.by["year"] if one.value is not None}
        # A year without documents has no share of anything: the line has a gap there.
        years = list(range(min(known), max(known) + 1)) if known else []
        absent = math.nan if measure == "per_10000" else 0
        heights = [absent if known.get(year) is None else known[year] for year in years]
        handles += axes.plot(years, heights, linestyle=line, marker=marker)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(axes, handles, trend.terms)


def _bars(axes: Axes, trend: Trend, by: Dimension, measure: Measure, names: dict[str, str], unknown: str) -> None:
    values = list(dict.fromkeys(one.value for term in trend.terms for one in term.by[by]))
    width = 0.8 / max(1, len(trend.terms))
    handles = []
    for number, term in enumerate(trend.terms):
        known = {one.value: getattr(one, measure) or 0 for one in term.by[by]}
        places = [at + (number - (len(trend.terms) - 1) / 2) * width for at in range(len(values))]
        handles.append(
            axes.bar(places, [known.get(value, 0) for value in values], width, hatch=_STYLES[number % len(_STYLES)][2])
        )
    labels = [unknown if value is None else names.get(value, value) for value in values]
    axes.set_xticks(range(len(values)), labels, rotation=45 if len(values) > 6 else 0)
    for label in axes.get_xticklabels():
        label.set_parse_math(False)
    _legend(axes, handles, trend.terms)


def _legend(axes: Axes, handles: list[Any], terms: list[TermTrend]) -> None:
    labels = ["".join(c if c.isprintable() else " " for c in term.term) for term in terms]
    # A label that begins with _ is left out of a legend by matplotlib: they are set afterwards.
    legend = axes.legend(handles, ["x"] * len(handles))
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_text(label)


def _font() -> str | None:
    """An installed font that has Chinese characters, the well-known ones first."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)
