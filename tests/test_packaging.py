"""The wheel holds everything that runs, nothing that is not ours, and works from another folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"schemas", "extractors", "checks", "corpus", "sources", "accounts", "flows", "duzheng"}
DATA = {".yaml", ".yml", ".txt", ".json", ".csv", ".tsv", ".html", ".css", ".js", ".j2"}

PLAN = """甲子县城乡学校共同体建设工作方案
到2025年底，全县75%以上的乡村学校纳入城乡学校共同体。
甲子县教育局
2025年10月20日
"""


def test_the_lock_names_no_place_and_every_file_has_its_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file://|--(extra-)?index-url|--find-links|--trusted-host", lock)
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.M)
    unpinned = [
        line
        for line in lock.splitlines()
        if line and not line.startswith((" ", "#")) and line.split("==")[0] not in {name for name, _ in pins}
    ]
    assert len(pins) > 50
    assert unpinned == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git tracks, so that a stray file of the checkout cannot get in."""
    source = tmp_path_factory.mktemp("source with space")
    names = subprocess.run(
        ["git", "ls-files", "-z", *sorted(PACKAGES), "pyproject.toml", "README.md", "LICENSE", "NOTICE"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for raw in filter(None, names):
        name = os.fsdecode(raw)
        if (ROOT / name).is_file():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    dist = source / "dist"
    run = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed and nothing else; the locked packages are seen beside it."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run = subprocess.run([*pip, "--target", str(target), str(wheel)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    warnings = [line for line in run.stderr.splitlines() if line.startswith(("WARNING", "DEPRECATION"))]
    # Places to look for packages are this machine's own affair.
    assert [line for line in warnings if "Location" not in line and "root user" not in line] == []
    return target


@pytest.mark.slow
def test_the_wheel_holds_our_packages_only_with_every_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *sorted(PACKAGES)], cwd=ROOT, capture_output=True, check=True
    ).stdout.split(b"\0")
    expected = {os.fsdecode(raw) for raw in tracked if Path(os.fsdecode(raw)).suffix in DATA | {".py"}}
    assert {name for name in expected if (ROOT / name).is_file()} - names == set()
    assert "checks/packs/henan-2025.yaml" in names


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command from ``folder``; -P and the path keep the checkout out of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DUZHENG")}
    environment["PYTHONPATH"] = str(installed)
    program = "import sys; sys.path[:] = [p for p in sys.path if p != sys.argv[1]]; del sys.argv[1]\n"
    program += "import duzheng.cli\nduzheng.cli.main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, str(ROOT), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_installed_command_works_from_another_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "方案.txt").write_text(PLAN, encoding="utf-8")
    packs = run(installed, tmp_path, "packs", "list", "--format", "json")
    assert {pack["id"] for pack in json.loads(packs.stdout)} == {"henan-2025", "zhejiang-2021"}, packs.stderr
    parsed = run(installed, tmp_path, "parse", "方案.txt", "--format", "json")
    assert (parsed.returncode, parsed.stderr) == (0, "")
    assert json.loads(parsed.stdout)[0]["genre"] == "plan"
    checked = run(
        installed, tmp_path, "check", "方案.txt", "--requirements", "henan-2025", "--ignore-scope", "--format", "json"
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert len(json.loads(checked.stdout)[0]["findings"]) == 20


@pytest.mark.slow
def test_what_runs_is_the_installed_copy(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import extractors, checks, duzheng; print(extractors.__path__, checks.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed) in where.stdout
    assert str(ROOT / "checks") not in where.stdout


@pytest.mark.slow
def test_the_demonstration_says_where_its_samples_are_when_they_are_not_there(installed: Path, tmp_path: Path) -> None:
    demo = run(installed, tmp_path, "demo")
    assert demo.returncode == 1
    assert demo.stderr.count("\n") == 1
    assert "--samples" in demo.stderr
