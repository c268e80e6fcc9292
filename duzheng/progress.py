"""Progress bars on standard error while a flow runs; nothing where standard error is no terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from duzheng import console
from flows.progress import Progress, Stage, listening

LABELS: dict[Stage, str] = {
    "hash": "核对文件 comparing files",
    "start": "启动流程引擎 starting the flow engine",
    "list": "读取目录 reading the list",
    "fetch": "取件 fetching",
    "read": "读取入库 reading",
    "check": "检查方案 checking plans",
}


@contextlib.contextmanager
def shown(*, quiet: bool = False) -> Iterator[None]:
    """Show how far the flows are that run inside this context."""
    out = console.stderr()
    if quiet or not out.is_terminal:
        yield
        return
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=out, transient=True) as bars:
        row = bars.add_task(LABELS["hash"], total=None)
        stage: Stage = "hash"

        def show(progress: Progress) -> None:
            nonlocal stage
            if progress.stage != stage:
                stage = progress.stage
                bars.reset(row, description=LABELS[stage])
            bars.update(row, completed=progress.done, total=progress.total)

        with listening(show):
            yield
