"""markitdown as a warm library, in an environment of its own: one JSON line asks, one answers.

Asked ``{"path": ...}`` it converts the file's bytes once and answers with the wall-clock seconds that took and how many
letters and digits came out, or with the error. Run by ``benchmarks.rival``; imports nothing of this project.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    """Serve until the input ends."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    # What its libraries print must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from markitdown import MarkItDown, StreamInfo

    converter = MarkItDown()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        path = Path(json.loads(line)["path"])
        data, info = path.read_bytes(), StreamInfo(extension=path.suffix, filename=path.name)
        started = time.perf_counter()
        try:
            text = converter.convert_stream(io.BytesIO(data), stream_info=info).text_content
        except Exception as error:
            answer: dict[str, object] = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:60]}"}
        else:
            seconds = time.perf_counter() - started
            answer = {"seconds": seconds, "characters": sum(map(str.isalnum, text))}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
