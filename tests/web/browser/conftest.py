"""A real Chromium, and the web face on a free port over the corpus of the samples."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
Serve = Callable[["FastAPI"], str]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the system; tests are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    # The sandbox of Chromium does not start for root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*options, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def served(app: FastAPI, stack: ExitStack) -> str:
    """Serves an application in a thread until the stack is closed; its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join(20)

    stack.callback(stop)
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until
        assert thread.is_alive()
        time.sleep(0.02)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


@pytest.fixture(scope="session")
def reading_site(chromium: Browser, site_home: Path) -> Iterator[str]:
    """The address of a server on the samples, without accounts; its tests change nothing."""
    from duzheng.web.app import create_app

    with ExitStack() as stack:
        yield served(create_app(site_home), stack)


@pytest.fixture
def serve(chromium: Browser) -> Iterator[Serve]:
    """Serves an application for one test."""
    with ExitStack() as stack:
        yield lambda app: served(app, stack)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own; at the end nothing may have been complained of, asked or fetched elsewhere."""
    said: list[str] = []
    contexts = []

    def opened(address: str, **wishes: object) -> Page:
        context = chromium.new_context(**({"locale": "zh-CN"} | wishes))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda one: said.append(str(one)))
        page.on("dialog", lambda one: (said.append(f"dialog: {one.message}"), one.dismiss())[1])
        page.on(
            "request",
            lambda one: None if one.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else said.append(one.url),
        )
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not said
