"""LibreOffice as a converter of old formats: found, started apart from everything, and ended whatever happens.

The file is hostile. Each conversion has a temporary folder of its own (with the program's profile, its home and its
temporary files in it) that goes away afterwards, no macros, no linked files, no network where the kernel lets us take
it away, limits of time, memory and written bytes, and dies with this process.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from extractors.readers import limits
from schemas.errors import NotRead

VARIABLE = "DUZHENG_SOFFICE"
"""Environment variable that names the program where it is not found by itself."""

CURE = (
    "请安装 LibreOffice（apt-get install libreoffice-writer-nogui）后运行 duzheng ingest --retry，或另存为 DOCX / "
    "install LibreOffice (apt-get install libreoffice-writer-nogui) and run duzheng ingest --retry, or save it as DOCX"
)

_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/usr/local/lib/libreoffice/program/soffice",
    "/opt/libreoffice*/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)
_PREFIX = "duzheng-office-"
_RESTART = 81
"""Exit status by which it asks to be started again, as it does once with every new profile (desktop/exithelper)."""

# Path and value of each setting in a fresh profile: nothing in the file is run, nothing outside of it is fetched.
_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "DisableOLEAutomation", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Writer/Content/Update", "Link", "0"),  # com.sun.star.document.LinkUpdateModes: NEVER
    ("Calc/Content/Update", "Link", "1"),  # Calc counts otherwise: always, never, on demand
    ("Java/VirtualMachine", "Enable", "false"),
)


def find() -> Path | None:
    """The LibreOffice program of this machine: where ``DUZHENG_SOFFICE`` says, on the path, or at a usual place."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    for name in ("soffice", "libreoffice"):
        # A snap sees neither our temporary folder nor our settings.
        if (found := shutil.which(name)) and not found.startswith("/snap/"):
            return Path(found)
    for place in _PLACES:
        anchor = Path(place).anchor
        for path in sorted(Path(anchor).glob(place[len(anchor) :])) if Path(anchor).is_dir() else ():
            if os.access(path, os.X_OK):
                return path
    return None


def ready() -> bool:
    """Whether it is there and can read documents: Debian has its parts in packages, and Calc alone cannot."""
    program = find()
    if program is None:
        return False
    registry = program.resolve().parent.parent / "share" / "registry"
    return not registry.is_dir() or (registry / "writer.xcd").exists()


def version() -> str | None:
    """The version LibreOffice names itself (``7.4.7.2``); None when it is missing or does not run."""
    program = find()
    if program is None:
        return None
    with _folder() as folder:
        try:
            run = subprocess.run(
                [program, "--version"],
                capture_output=True,
                text=True,
                timeout=20,
                env=_environment(folder),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    return next((word for word in run.stdout.split() if word[:1].isdigit()), None)


def convert(data: bytes, uri: str, suffix: str, source: str, target: str) -> bytes:
    """Convert one file.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.
        suffix: the extension to give it (``.doc``); its name never reaches the program.
        source: LibreOffice's name of the filter to read it by: guessing would take a broken file for plain text.
        target: extension and filter to write by (``docx:MS Word 2007 XML``).

    Returns:
        The bytes of the converted file.

    Raises:
        NotRead: ``missing_program`` without LibreOffice, ``damaged`` when it cannot load the file, ``over_limit`` when it
            takes too long or writes too much, ``reader_failed`` when it breaks.
    """
    program = find()
    if program is None:
        raise _missing(uri)
    with _folder() as folder:
        original = folder / f"document{suffix}"
        original.write_bytes(data)
        _write_profile(folder)
        command = [
            *_apart(), str(_binary(program)), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--invisible", "--nologo", "--nodefault", "--nolockcheck", "--norestore", "--nofirststartwizard",
            f"--infilter={source}", "--convert-to", target, "--outdir", str(folder / "out"), str(original),
        ]  # fmt: skip
        status = _run(command, folder, uri)
        if status == _RESTART:
            status = _run(command, folder, uri)
        result = folder / "out" / f"document.{target.partition(':')[0]}"
        if result.is_file() and status == 0:
            size = result.stat().st_size
            if size > limits.MAX_BYTES:
                raise NotRead(
                    uri,
                    "over_limit",
                    f"转换后有 {size} 字节，超过上限 {limits.MAX_BYTES} / converted it has {size} bytes, "
                    f"the limit is {limits.MAX_BYTES}",
                    "请拆分后再读 / split it",
                )
            return result.read_bytes()
        if status == 0 and not ready():
            raise _missing(uri)
        if status == 0:
            raise NotRead(
                uri,
                "damaged",
                "LibreOffice 打不开该文件 / LibreOffice cannot load the file",
                "请用原软件打开后另存为 DOCX / open it in its own program and save it as DOCX",
            )
        said = " ".join((folder / "said").read_text(errors="replace")[:300].split())
        raise NotRead(
            uri,
            "reader_failed",
            f"LibreOffice 转换时出错（{status}） / LibreOffice failed converting it (status {status}) {said}".strip(),
            "请用原软件打开后另存为 DOCX / open it in its own program and save it as DOCX",
        )


def _missing(uri: str) -> NotRead:
    message = (
        "读取旧版文档需要 LibreOffice Writer，本机没有 / it takes LibreOffice Writer to read it, which is not here"
    )
    return NotRead(uri, "missing_program", message, CURE)


def _run(command: list[str], folder: Path, uri: str) -> int:
    """Run one command to its end or its limits; its exit status."""
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder,
            env=_environment(folder), start_new_session=True,
        )  # fmt: skip
    try:
        _bound(process.pid)
        return process.wait(limits.OFFICE_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotRead(
            uri,
            "over_limit",
            f"LibreOffice 在 {limits.OFFICE_SECONDS} 秒内没有转换完 / "
            f"LibreOffice did not convert it within {limits.OFFICE_SECONDS} seconds",
            "请拆分或另存为 DOCX / split it, or save it as DOCX",
        ) from None
    finally:
        # The group, not the process: what the program started goes with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _bound(pid: int) -> None:
    """Limit a process that just started; elsewhere than on Linux only the time limit holds."""
    if sys.platform != "linux":
        return
    import resource

    for kind, amount in (
        (resource.RLIMIT_AS, limits.OFFICE_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, limits.MAX_UNPACKED_BYTES),
        (resource.RLIMIT_CPU, limits.OFFICE_SECONDS * 2),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, kind)
            least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            resource.prlimit(pid, kind, (least, least))


def _binary(program: Path) -> Path:
    """On Linux the program behind its start script: one process, which the kernel can tie to ours."""
    binary = program.resolve().with_name("soffice.bin")
    return binary if sys.platform == "linux" and os.access(binary, os.X_OK) else program


@lru_cache(maxsize=1)
def _apart() -> tuple[str, ...]:
    """What to start a program with so that it has no network and dies with us, as far as this machine allows.

    Both programs are part of util-linux; containers often forbid namespaces, so each is tried once.
    """
    prefix: list[str] = []
    for wrapper in (["unshare", "--user", "--map-root-user", "--net"], ["setpriv", "--pdeathsig", "KILL"]):
        if sys.platform != "linux" or shutil.which(wrapper[0]) is None:
            continue
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            tried = subprocess.run([*prefix, *wrapper, "true"], capture_output=True, timeout=10, check=False)
            if tried.returncode == 0:
                prefix += wrapper
    return tuple(prefix)


def _environment(folder: Path) -> dict[str, str]:
    """The least environment: no proxies, no settings of the user, no folder but the temporary one."""
    place = str(folder)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": place, "USERPROFILE": place, "TMPDIR": place, "TEMP": place, "TMP": place, "XDG_CACHE_HOME": place,
        "XDG_CONFIG_HOME": place, "XDG_RUNTIME_DIR": place, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp", "SAL_DISABLE_OPENCL": "1",
    }  # fmt: skip


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder; those that killed processes left behind are removed first.

    A folder in use is locked by its process: the lock goes with the process however that ends.
    """
    _sweep()
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / "locking").open("wb") as lock:
            _lock(lock.fileno())
            # Under its name only when it is locked: no other process takes it for one left behind in between.
            (folder / "locking").rename(folder / "lock")
            yield folder


def _sweep() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if os.name == "posix" and left.stat().st_uid == os.getuid():
                with (left / "lock").open("rb") as lock:
                    _lock(lock.fileno())
                    shutil.rmtree(left, ignore_errors=True)


def _lock(descriptor: int) -> None:
    """Take a lock; raises BlockingIOError when another process has it."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
