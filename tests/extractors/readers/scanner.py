"""Scans for the tests: pages of the sample PDFs as a bad scanner would give them. The samples hold their fonts, so
nothing depends on the fonts of the machine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
LIUXI = next((SAMPLES / "zhejiang" / "plans" / "柳溪县").glob("*.pdf"))
BAIZHI = next((SAMPLES / "henan" / "plans" / "白芷县").glob("*.pdf"))
TRADITIONAL = Path(__file__).parent / "scans" / "traditional.png"
"""Lines of a sample in traditional characters, drawn with WenQuanYi Micro Hei at 150 dpi: no sample PDF has a
traditional font."""


@cache
def page(path: Path, number: int, dpi: int = 150) -> Any:
    """One page of a PDF, from 1, as RGB array."""
    document = pypdfium2.PdfDocument(path)
    return np.ascontiguousarray(document[number - 1].render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3])


def worn(image: Any, angle: float = 0.7, noise: float = 12, quality: int = 60) -> Any:
    """A picture as a scanner gives it: turned a little, with grain, saved as JPEG."""
    rows, columns = image.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1)
    turned = cv2.warpAffine(image, turn, (columns, rows), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    grain = np.random.default_rng(7).normal(0, noise, image.shape)
    grainy = np.clip(turned + grain, 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def scanned_pdf(images: Sequence[Any], dpi: int = 150) -> bytes:
    """A PDF of pictures, one to a page."""
    sheets = [Image.fromarray(image) for image in images]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=dpi, quality=92)
    return out.getvalue()


def saved(image: Any, kind: str, **options: Any) -> bytes:
    """An array, or a Pillow image, as a file."""
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, kind, **options)
    return out.getvalue()
