"""What tests of reading share."""

from __future__ import annotations

import hashlib
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from extractors.readers.ocr.engine import Engine


@pytest.fixture(scope="session", autouse=True)
def recognised_once(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Iterator[None]:
    """The models of text recognition are asked once for the same pixels, by all processes that run tests together.

    What they say depends on the pixels alone; everything before and after them (decoding, turning, rules, the placing of
    characters) is done in every test. Many tests give one small picture in another wrapping.
    """
    shelf = made_once("recognised", lambda folder: None)

    def once(method: Callable[[Engine, Any], Any]) -> Callable[[Engine, Any], Any]:
        @wraps(method)
        def known(self: Engine, image: Any) -> Any:
            asked = hashlib.sha256(f"{method.__name__} {image.shape} {image.dtype} ".encode() + image.tobytes())
            place = shelf / asked.hexdigest()
            if place.exists():
                return pickle.loads(place.read_bytes())
            said = method(self, image)
            building = place.with_suffix(f".{os.getpid()}")
            building.write_bytes(pickle.dumps(said))
            building.replace(place)
            return said

        return known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "find", once(Engine.find))
        patch.setattr(Engine, "read", once(Engine.read))
        yield


@pytest.fixture
def on_a_small_stack() -> Callable[[Callable[[], object]], None]:
    """Run something in a thread whose stack is an eighth of a process's: an eighth of the depth ends what takes stack per level.

    Python's own limit is counted in calls and is far below that depth.
    """

    def run(work: Callable[[], object]) -> None:
        failed: list[BaseException] = []

        def guarded() -> None:
            try:
                work()
            except BaseException as error:
                failed.append(error)

        before = threading.stack_size(1 << 20)
        try:
            thread = threading.Thread(target=guarded)
            thread.start()
        finally:
            threading.stack_size(before)
        thread.join()
        if failed:
            raise failed[0]

    return run
