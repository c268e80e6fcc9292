"""What is deployed can be started, may do no more than it needs, and asks for commands and options that there are."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from duzheng import cli

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SERVICES = [path for path in UNITS if path.suffix == ".service"]
HARDENED = {
    "NoNewPrivileges": "true",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "ProtectKernelTunables": "true",
    "ProtectKernelModules": "true",
    "ProtectControlGroups": "true",
    "RestrictSUIDSGID": "true",
    "LockPersonality": "true",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
    "SystemCallArchitectures": "native",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "User": "duzheng",
}


class Repeated(dict[str, Any]):
    """A key may stand several times in a unit."""

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, list) and isinstance(self.get(key), list):
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def read(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(dict_type=Repeated, strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def arguments_are_known(command: list[str]) -> None:
    """Whether a command line of duzheng parses: its commands and options, without running it."""
    click = typer.main.get_command(cli.app)
    context = click.make_context("duzheng", list(command), resilient_parsing=False)
    name, sub, rest = click.resolve_command(context, [*context._protected_args, *context.args])  # type: ignore[attr-defined]
    assert sub is not None, command
    sub.make_context(name, list(rest), parent=context)


def test_there_are_a_service_for_the_schedule_a_timer_for_backups_and_one_for_health() -> None:
    assert [path.name for path in UNITS] == [
        "duzheng-backup.service",
        "duzheng-backup.timer",
        "duzheng-health.service",
        "duzheng.service",
    ]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_may_write_only_its_own_folders_and_gain_no_rights(path: Path) -> None:
    service = read(path)["Service"]
    for key, value in HARDENED.items():
        assert service.get(key) == value, key
    assert service["StateDirectory"] == "duzheng"
    writable = service.get("ReadWritePaths", "")
    assert writable in ("", "/var/backups/duzheng")


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_a_command_that_there_is_with_options_that_it_has(path: Path) -> None:
    program, *arguments = shlex.split(read(path)["Service"]["ExecStart"])
    assert program == "/opt/duzheng/bin/duzheng"
    arguments_are_known(arguments)


def test_a_command_that_is_not_there_would_be_noticed() -> None:
    with pytest.raises(Exception, match=r"No such (command|option)"):
        arguments_are_known(["schedule", "--nightly"])
    with pytest.raises(Exception, match=r"No such (command|option)"):
        arguments_are_known(["backups", "DIR"])


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd-analyze here")
    stand_in = tmp_path / "duzheng"
    stand_in.write_text("#!/bin/sh\n")
    stand_in.chmod(0o755)
    for path in UNITS:  # the program is at its place on the machine that runs it, not on this one
        text = path.read_text(encoding="utf-8").replace("/opt/duzheng/bin/duzheng", str(stand_in))
        (tmp_path / path.name).write_text(text, encoding="utf-8")

    def faults() -> list[str]:
        command = [program, "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return [line for line in (run.stdout + run.stderr).splitlines() if "duzheng" in line]

    assert faults() == []
    timer = tmp_path / "duzheng-backup.timer"
    timer.write_text(timer.read_text().replace("Asia/Shanghai", "Asia/Nowhere"))
    assert faults(), "it does look"


def test_the_container_runs_as_nobody_special_from_a_plain_base_image_and_offline() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in re.sub(r"\\\n\s*", " ", text).splitlines() if line and not line.startswith("#")]
    words = [line.split()[0] for line in lines]
    known = {"ARG", "FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "HEALTHCHECK", "STOPSIGNAL", "CMD"}
    assert set(words) <= known
    base = next(line for line in lines if line.startswith("ARG BASE="))
    assert re.fullmatch(r"ARG BASE=[a-z]+:[a-z0-9.-]+", base), "no host name before the image's"
    assert not re.search(r"https?://|--index-url|--extra-index-url|--trusted-host", text)
    assert all("${BASE}" in line for line in lines if line.startswith("FROM"))
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["10001"]
    assert words.index("USER") < words.index("CMD")
    assert "--require-hashes" in text


def test_the_container_takes_every_package_of_the_project() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = re.findall(r"^COPY ([a-z]+) \1$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(copied) == packages


def test_what_the_container_starts_and_asks_are_commands_that_there_are() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    commands = re.findall(r"CMD \[(.+)\]", text)
    assert len(commands) == 2
    for command in commands:
        program, *arguments = [word.strip().strip('"') for word in command.split(",")]
        assert program == "duzheng"
        arguments_are_known(arguments)


def instructions() -> list[tuple[str, str]]:
    """The Containerfile as words and what follows them, lines put together."""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, rest in lines]


def installing(command: str) -> list[str]:
    """What a command line gives to ``pip install``, without what only says how much it prints or where wheels lie."""
    words = shlex.split(command.partition("pip install")[2].partition(";")[0])
    quiet = ("--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-index", "-e")
    return [word for word in words if word not in (*quiet, "--find-links", "wheels")]


def test_the_container_installs_what_the_makefile_installs() -> None:
    made = [
        line for line in (DEPLOY.parent / "Makefile").read_text(encoding="utf-8").splitlines() if "pip install" in line
    ]
    of_lock, of_project = [installing(line) for line in made]
    runs = [rest for word, rest in instructions() if word == "RUN"]
    lines = [part for rest in runs for part in re.findall(r"\S*pip install [^;]*", rest)]
    # How a checkout that is being worked on is linked is no matter of a container, which has a copy. A container compiles all
    # modules once, where it is made: whoever runs in it may not write there.
    of_lock.remove("--no-compile")
    plain = [word for word in of_project if word not in ("--config-settings", "editable_mode=compat")]
    assert [installing(line) for line in lines] == [of_lock, of_lock, plain]
    assert of_lock == ["--require-hashes", "-r", "requirements.lock", "-c", "requirements.lock"]


def test_what_the_container_copies_is_there_and_is_kept_by_git() -> None:
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")]
    names = [name for some in copied for name in some if name != "wheel[s]"]
    assert "pyproject.toml" in names
    for name in names:
        kept = subprocess.run(
            ["git", "ls-files", "--", name], cwd=DEPLOY.parent, capture_output=True, check=True
        ).stdout
        assert kept, name


@pytest.mark.parametrize("wheels", [[], ["a-1-py3-none-any.whl"]])
def test_the_steps_of_the_container_run_in_a_fresh_folder(tmp_path: Path, wheels: list[str]) -> None:
    """In a shell, with stand-ins that write down what they were called with; pip itself has a test of its own."""
    build, bin, called = tmp_path / "src", tmp_path / "opt" / "bin", tmp_path / "called"
    for folder in (build / "wheels", bin):
        folder.mkdir(parents=True)
    for name in wheels:
        (build / "wheels" / name).touch()
    for name in ("pip", "python", "useradd", "install", "apt-get"):
        (bin / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "{called}"\n')
        (bin / name).chmod(0o755)
    for word, rest in instructions():
        if word == "RUN":
            command = rest.replace("/opt/duzheng/bin", str(bin))
            environment = {"PATH": f"{bin}:/usr/bin:/bin", "LIBREOFFICE": "0"}
            run = subprocess.run(
                ["sh", "-ec", command], cwd=build, env=environment, capture_output=True, text=True, check=False
            )
            assert (run.returncode, run.stderr) == (0, ""), command
    offline = "--no-index --find-links wheels " if wheels else ""
    assert called.read_text().splitlines() == [
        "python -m venv /opt/duzheng",
        f"pip install --no-cache-dir {offline}--require-hashes -r requirements.lock -c requirements.lock",
        "pip install --no-cache-dir --no-index --no-deps --no-build-isolation .",
        "useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin duzheng",
        "install -d -o duzheng -m 0750 /data",
    ]


def test_what_the_container_is_asked_for_its_health_answers_in_a_fresh_folder(tmp_path: Path) -> None:
    (words,) = [re.search(r"CMD (\[.+\])", rest) for word, rest in instructions() if word == "HEALTHCHECK"]
    assert words is not None
    program, *arguments = json.loads(words[1])
    assert program == "duzheng"
    environment = os.environ | {"DUZHENG_HOME": str(tmp_path / "corpus"), "DUZHENG_LOG": "json", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "duzheng", *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1, "before the first run there is no corpus"
    assert [json.loads(line)["level"] for line in run.stderr.splitlines()] == ["error"], run.stderr
    assert not (tmp_path / "corpus").exists()
