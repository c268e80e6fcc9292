"""The notebook of the documentation runs from top to bottom, on the samples, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_notebook_is_kept_without_outputs() -> None:
    nbformat = pytest.importorskip("nbformat", reason="no Jupyter to test with: pip install '.[dev]'")
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs] == []


@pytest.mark.slow
@pytest.mark.usefixtures("shared_prefect")
def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason="no Jupyter to test with: pip install '.[dev]'")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where the notebook makes its corpus
    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(DOCS)}})
    done: Any = client.execute()  # a cell that fails raises
    shown = [
        cell.outputs[-1]["data"]["text/plain"]
        for cell in done.cells
        if cell.get("outputs") and "data" in cell.outputs[-1]
    ]
    assert "'documents': " in shown[-1]
    assert [one for cell in done.cells for one in cell.get("outputs", []) if one.get("name") == "stderr"] == []
