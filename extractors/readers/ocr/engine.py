"""The recognition models: where the lines of text are in a picture, and which characters stand in one line.

The models are PP-OCRv6 (small), as shipped inside the wheel of rapidocr 3.10; their files are named explicitly, so that
nothing is ever looked up or downloaded. One model reads both scripts and writes what it sees. rapidocr's own whole
pipeline is not used: it scales, filters and rounds for its purposes (drops what it is unsure of, one character width for
a whole line), and its batches of six lines, padded to the longest, took 1.4 times as long as single lines on one core.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DETECTION = "PP-OCRv6_det_small.onnx"
_RECOGNITION = "PP-OCRv6_rec_small.onnx"
_SIDE = 1120
"""Long side in pixels at which lines are looked for: finding them needs less than reading them."""
_MOST_LINES = 4_000
_HEIGHT = 48
_LEAST_RATIO, _MOST_RATIO = 2.0, 120.0
_LOCK = threading.Lock()
_ENGINE: list[Engine] = []


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a line picture: ``at`` is its middle, from 0 (left edge) to 1; ``spaced`` that a space stands
    in front of it."""

    text: str
    at: float
    confidence: float
    spaced: bool = False


class Engine:
    """The two models, loaded once per process; made by ``engine()``."""

    def __init__(self, models: Path, threads: int) -> None:
        import cv2
        from rapidocr import RapidOCR
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecognizer

        cv2.setNumThreads(threads)
        settings = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.model_root_dir": str(models),
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.model_path": str(models / _DETECTION),
                "Det.limit_type": "max",
                "Det.limit_side_len": _SIDE,
                "Det.max_candidates": _MOST_LINES,
                "Rec.model_path": str(models / _RECOGNITION),
            }
        ).cfg
        for part in (settings.Det, settings.Rec):
            part.engine_cfg = settings.EngineConfig.onnxruntime
            part.model_root_dir = settings.Global.model_root_dir
        settings.Rec.font_path = None
        self._detector: Any = TextDetector(settings.Det)
        self._recogniser: Any = TextRecognizer(settings.Rec)
        self._characters: list[str] = self._recogniser.postprocess_op.character

    def find(self, image: Any) -> Any:
        """Where the lines of text are.

        Args:
            image: uint8 RGB, height × width × 3.

        Returns:
            float32 array, n × 4 × 2: the corners (top left, top right, bottom right, bottom left) in pixels, from the
            top of the picture down.
        """
        import numpy as np

        found = self._detector(image[:, :, ::-1])  # rapidocr's models are fed in OpenCV's order, BGR
        if found.boxes is None or not len(found.boxes):
            return np.zeros((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32)

    def read(self, line: Any) -> list[Character]:
        """The characters of one line.

        Args:
            line: picture of the line alone, upright, uint8 RGB.
        """
        import numpy as np

        height, width = line.shape[:2]
        ratio = min(max(width / height, _LEAST_RATIO), _MOST_RATIO)
        drawn = min(math.ceil(_HEIGHT * width / height), int(_HEIGHT * ratio))
        batch = self._recogniser.resize_norm_img(line[:, :, ::-1], ratio)[np.newaxis].astype(np.float32)
        scores = self._recogniser.session(batch)[0]
        best = scores.argmax(axis=1)
        columns = len(best) * drawn / batch.shape[3]
        found: list[Character] = []
        spaced, start = False, 0
        # CTC: a character is a run of one symbol, symbol 0 is the gap between characters.
        for end in [*(np.flatnonzero(best[1:] != best[:-1]) + 1), len(best)]:
            symbol = int(best[start])
            if symbol:
                text = self._characters[symbol]
                if text.isspace():
                    spaced = True
                else:
                    sure = scores[start:end, symbol]
                    middle = float((np.arange(start, end) * sure).sum() / sure.sum()) + 0.5
                    found.append(Character(text, min(middle / columns, 1.0), float(sure.max()), spaced))
                    spaced = False
            start = int(end)
        return found


def engine() -> Engine:
    """The models, loaded on first use (about half a second) and kept.

    Raises:
        FileNotFoundError: when the installed rapidocr does not hold the models that this module names.
    """
    with _LOCK:
        if not _ENGINE:
            import rapidocr

            models = Path(rapidocr.__file__).parent / "models"
            for name in (_DETECTION, _RECOGNITION):
                if not (models / name).is_file():
                    raise FileNotFoundError(f"rapidocr {name}")
            _ENGINE.append(Engine(models, threads()))
        return _ENGINE[0]


def threads() -> int:
    """How many threads recognition may use.

    ``OMP_NUM_THREADS`` decides where it is set; a worker process (of ``multiprocessing``) takes one, for its siblings
    have the other cores; else all cores that this process may run on, four at most: more are not faster on one page.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if asked.isdigit() and int(asked):
        return min(int(asked), os.cpu_count() or 1)
    if multiprocessing.parent_process() is not None:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 4)
