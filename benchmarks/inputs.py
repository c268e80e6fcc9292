"""The files that are measured with: the samples, repeated with a small edit each: no two have the same bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NOT_SAMPLES = {"recipes", "expected", "formats"}
_FORMATS = {".txt", ".html", ".docx", ".pdf", ".xlsx"}


def samples() -> list[Path]:
    """The sample documents, sorted."""
    folder = ROOT / "samples"
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _FORMATS and path.relative_to(folder).parts[0] not in _NOT_SAMPLES
    )


def replicate(folder: Path, count: int) -> None:
    """Write ``count`` files into ``folder``, the samples in turn, each copy with an edit of its own."""
    originals = [(path, path.read_bytes()) for path in samples()]
    for n in range(count):
        path, data = originals[n % len(originals)]
        # One folder each: the samples' attachments must not become those of other copies.
        target = folder / f"{n:05}" / path.name
        target.parent.mkdir(parents=True)
        target.write_bytes(_edited(data, path.suffix, n))


def _edited(data: bytes, suffix: str, n: int) -> bytes:
    if suffix == ".html":
        # Inside the text, in ASCII, which every encoding of the samples shares.
        return data.replace(b"</p>", f" ({n})</p>".encode(), 1)
    if suffix == ".txt":
        return data + f"\n({n})\n".encode()
    if suffix == ".pdf":
        return data + f"\n% {n}\n".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        changed = io.BytesIO(data)
        with zipfile.ZipFile(changed, "a") as target:
            target.comment = source.comment + str(n).encode()
    return changed.getvalue()
