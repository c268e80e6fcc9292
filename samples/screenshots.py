"""``python -m samples.screenshots [--out DIR]``: pictures of the main pages on the samples, for docs/screenshots/.

Needs the system's Chromium. The samples are read into a corpus of their own, served on this machine, and looked at as an
inspector does; the pictures have few colours, so that they are small.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parent
OUT = FOLDER.parent / "docs" / "screenshots"
_WIDTH, _HEIGHT = 1366, 768
_COLOURS = 64


def main() -> None:
    """Takes all of them."""
    parser = argparse.ArgumentParser(prog="python -m samples.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="where they are written")
    out: Path = parser.parse_args().out
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        sys.exit("没有 Chromium / there is no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    from flows.run import ingest

    out.mkdir(parents=True, exist_ok=True)
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="duzheng-shots-") as folder, sync_playwright() as playwright:
        home = Path(folder) / "corpus"
        ingest([FOLDER / "henan", FOLDER / "zhejiang"], home, check=True)
        address = _served(home)
        browser = playwright.chromium.launch(executable_path=program, args=options)
        size = {"width": _WIDTH, "height": _HEIGHT}
        page = browser.new_context(locale="zh-CN", viewport=size).new_page()  # type: ignore[arg-type]
        for name, path in (
            ("overview", "/"),
            ("matrix", "/matrix"),
            ("findings", "/findings?verdict=not_met"),
            ("search", "/search?q=同步課堂"),
            ("trends", "/trends?t=共同体"),
            ("packs", "/packs"),
            ("upload", "/upload"),
        ):
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            _take(page, out / f"{name}.png")
        _plan(page, address, out / "plan.png")
        page.goto(f"{address}/findings?verdict=not_met")
        page.locator("tbody td a").first.click()
        page.wait_for_load_state("networkidle")
        _take(page, out / "finding.png")
        page.goto(f"{address}/search?q=同步課堂")
        page.locator("main .hits a").first.click()
        page.wait_for_load_state("networkidle")
        _take(page, out / "document.png")
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/matrix")
        _take(page, out / "phone.png")
        browser.close()


def _plan(page: Page, address: str, path: Path) -> None:
    page.goto(f"{address}/findings?verdict=not_met")
    page.locator("tbody th a").first.click()
    page.wait_for_load_state("networkidle")
    page.locator(".finding a.to").first.click(position={"x": 50, "y": 8})
    page.locator("mark.chosen").first.wait_for()
    _take(page, path)


def _take(page: Page, path: Path) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(path, optimize=True)
    print(f"{path.name}\t{path.stat().st_size / 1024:.0f} KB", flush=True)


def _served(home: Path) -> str:
    import uvicorn

    from duzheng.web.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(home), host="127.0.0.1", port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    until = time.monotonic() + 60
    while not server.started:
        if time.monotonic() > until:
            sys.exit("the server did not start")
        time.sleep(0.05)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


if __name__ == "__main__":
    main()
