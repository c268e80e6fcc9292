"""What the program says: lines for people, one JSON object a line for programs, and nothing that a stranger can misuse."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import logs
from schemas.logs import InvalidLogging, Log

log = Log("flows.tried")


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(logs.FORM_VARIABLE, raising=False)
    monkeypatch.delenv(logs.LEVEL_VARIABLE, raising=False)
    yield
    logs.configure("text", "warning")


def test_by_default_warnings_are_lines_and_what_went_well_is_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    log.info("source.run", "12 listed", source="甲")
    log.warning("source.failed", "甲: the list is empty", source="甲")
    assert capsys.readouterr().err == "duzheng: 甲: the list is empty\n"


def test_json_has_time_level_event_and_fields_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    log.info(
        "source.run", "12 listed", source="甲县教育局", listed=12, document=None, at=datetime(2025, 1, 2, tzinfo=UTC)
    )
    log.error("source.failed", "two\nlines", path=Path("a/b"), counts={"new": 1}, message="a field called so")
    one, two = map(json.loads, capsys.readouterr().err.splitlines())
    assert datetime.fromisoformat(one.pop("time")).utcoffset() is not None
    assert one == {
        "level": "info",
        "event": "source.run",
        "message": "12 listed",
        "logger": "flows.tried",
        "source": "甲县教育局",
        "listed": 12,
        "document": None,
        "at": "2025-01-02T00:00:00+00:00",
    }
    assert (two["message"], two["path"], two["counts"]) == ("two lines", "a/b", {"new": 1})
    assert two["message_"] == "a field called so"


def test_the_environment_chooses_form_and_level(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(logs.FORM_VARIABLE, "json")
    monkeypatch.setenv(logs.LEVEL_VARIABLE, "error")
    logs.configure()
    log.warning("a", "not said")
    log.error("b", "said")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["b"]
    monkeypatch.setenv(logs.FORM_VARIABLE, "xml")
    with pytest.raises(InvalidLogging, match=r"DUZHENG_LOG=xml.*text, json"):
        logs.configure()


def test_a_service_sees_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text", "info")
    log.info("source.run", "甲: 12 listed")
    day, moment, *rest = capsys.readouterr().err.rstrip("\n").split(" ", 3)
    assert datetime.strptime(f"{day} {moment}", "%Y-%m-%d %H:%M:%S")
    assert rest == ["info", "甲: 12 listed"]


def test_other_libraries_come_in_the_same_form_with_their_traceback_and_only_from_warning_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("json", "debug")
    logging.getLogger("somebody").info("chatter")
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("somebody").exception("it failed")
    (only,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (only["event"], only["message"]) == ("log", "it failed")
    assert only["error"].splitlines()[-1] == "ValueError: broken"


def test_said_twice_configured_it_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.configure()
    log.warning("a", "once")
    assert capsys.readouterr().err.count("once") == 1


def test_no_password_of_an_address_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for form in logs.FORMS:
        logs.configure(form)
        log.warning("db", "postgresql://li:geheim@db/policy is gone", url="http://x:geheim@proxy:8080/")
    said = capsys.readouterr().err
    assert "geheim" not in said
    assert said.count("li:…@db/policy") == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(message=st.text(), value=st.text(), form=st.sampled_from(logs.FORMS))
def test_whatever_a_document_says_a_record_is_one_printable_line(
    message: str, value: str, form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(form)
    capsys.readouterr()
    log.warning("a", message, document=value)
    said = capsys.readouterr().err
    assert said.endswith("\n")
    assert said[:-1].isprintable()
    if form == "json":
        assert set(json.loads(said)) == {"time", "level", "event", "message", "logger", "document"}
