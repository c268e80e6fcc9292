"""What goes on in the background of the server: uploads being read, sources being run. One of a kind at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus import uploaded
from duzheng.web.multipart import Given
from schemas.errors import DuzhengError
from schemas.logs import Log
from schemas.upload import Upload

_log = Log(__name__)
CUT_OFF = "服务在读取途中停止，请再次上传 / the server stopped while this was being read; upload the files again"


class Uploads:
    """The uploads of one server. How each stands is in memory while it goes on, and on disk after every step."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._going: dict[str, Upload] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="upload")

    def start(self, person: str, files: Sequence[Given]) -> Upload:
        """Begins to take files in; returns at once."""
        upload = uploaded.begun(self._home, person)
        upload.total = len(files)
        self._going[upload.id] = upload
        self._worker.submit(self._run, upload, [(one.name, one.data) for one in files])
        return upload

    def find(self, id: str) -> Upload | None:
        """The upload of that id; one that another server did not finish is said to be cut off."""
        found = self._going.get(id) or uploaded.load(self._home, id)
        return found and self._told(found)

    def latest(self, limit: int) -> list[Upload]:
        """The last uploads, newest first."""
        return [self._told(self._going.get(one.id, one)) for one in uploaded.latest(self._home, limit)]

    def _told(self, upload: Upload) -> Upload:
        if upload.ended or upload.id in self._going:
            return upload
        return upload.model_copy(update={"stage": "interrupted", "reason": CUT_OFF})

    def _run(self, upload: Upload, files: list[tuple[str, bytes]]) -> None:
        from duzheng.reading import bounds
        from flows.uploading import take_in

        try:
            upload.stage = "reading"
            for now in take_in(self._home, upload, files, bounds()):
                uploaded.save(self._home, now)
        except DuzhengError as error:
            upload.stage, upload.reason = "failed", str(error)
        except Exception as error:
            _log.warning("upload.failed", f"{upload.id}: {error}", upload=upload.id)
            upload.stage, upload.reason = "failed", f"{type(error).__name__}: {error}"
        finally:
            uploaded.save(self._home, upload)
            self._going.pop(upload.id, None)


class Runs:
    """Sources that were asked to run from a page: each a process of its own, as on the command line."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._going: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, source: str) -> bool:
        """Runs a source; False where a run that was asked for here is still going on."""
        with self._lock:
            if self.going(source):
                return False
            command = [sys.executable, "-m", "duzheng", "sources", "run", source, "--home", str(self._home)]
            self._going[source] = subprocess.Popen(
                [*command, "--format", "json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            return True

    def going(self, source: str) -> bool:
        """Whether a run that was asked for here has not ended yet."""
        process = self._going.get(source)
        return process is not None and process.poll() is None
