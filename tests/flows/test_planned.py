"""What runs on a schedule, and what its runs show: no Prefect needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from duzheng.cli import app
from flows import artifacts
from flows.planned import planned
from flows.workpool import prefect_yaml
from schemas.fetching import RunFailure, SourceRun

SOURCE = "id: {id}\ntitle: 收文{id}\nkind: folder\nurl: /srv/in\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    for id, more in (
        ("nightly", 'schedule: "30 6 * * *"\n'),
        ("paused", 'schedule: "30 6 * * *"\nenabled: false\n'),
        ("byhand", ""),
    ):
        (folder / f"{id}.yaml").write_text(SOURCE.format(id=id) + more, encoding="utf-8")
    return tmp_path


def test_enabled_sources_with_a_schedule_run_and_the_check_and_the_digest(home: Path) -> None:
    plan, problems = planned(home)
    assert [(one.job, one.name, one.cron) for one in plan] == [
        ("collect", "nightly", "30 6 * * *"),
        ("check", "corpus", "0 5 * * *"),
        ("digest", "corpus", "30 8 * * 1-5"),
    ]
    assert plan[0].parameters == {"home": str(home), "source": "nightly"}
    assert problems == []


def test_a_source_file_that_is_not_valid_is_named_and_stops_no_other(home: Path) -> None:
    (home / "sources" / "bad.yaml").write_text(SOURCE.format(id="bad") + 'schedule: "61 6 * * *"\n', encoding="utf-8")
    plan, problems = planned(home)
    assert [one.name for one in plan if one.job == "collect"] == ["nightly"]
    assert len(problems) == 1
    assert "bad.yaml" in str(problems[0])


def test_a_check_that_is_not_on_a_schedule_is_still_there_for_runs_that_stored_something(home: Path) -> None:
    plan, _ = planned(home, check=None, digest=None)
    assert [(one.job, one.cron) for one in plan] == [("collect", "30 6 * * *"), ("check", None)]


def test_the_work_pool_has_the_same_deployments_one_run_at_a_time_in_chinese_time(home: Path) -> None:
    plan, _ = planned(home, check=None)
    collect, check, digest = yaml.safe_load(prefect_yaml(plan))["deployments"]
    assert collect["schedules"] == [{"cron": "30 6 * * *", "timezone": "Asia/Shanghai"}]
    assert collect["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    assert collect["parameters"] == {"home": str(home), "source": "nightly"}
    assert check["schedules"] == []
    # A check that was asked for while one is going must still come: the one that is going may have begun too early.
    assert check["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert digest["entrypoint"] == "flows.deployments.send_digest"


def test_the_command_writes_them_for_a_corpus(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    result = CliRunner().invoke(app, ["schedule", "--home", str(home), "--prefect-yaml", str(file)])
    assert result.exit_code == 0, result.output
    assert [one["name"] for one in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]] == [
        "nightly",
        "corpus",
        "corpus",
    ]


def test_a_cron_line_that_is_none_is_wrong_usage(home: Path) -> None:
    result = CliRunner().invoke(app, ["schedule", "--home", str(home), "--check", "every day"])
    assert result.exit_code == 2
    assert "--check" in result.output


def test_prefect_yaml_of_the_project_is_what_is_written_today() -> None:
    text = (Path(__file__).parents[2] / "prefect.yaml").read_text(encoding="utf-8")
    made = [(one["name"], one["entrypoint"], one["concurrency_limit"]) for one in yaml.safe_load(text)["deployments"]]
    plan, _ = planned(Path("/srv/corpus"))
    written = yaml.safe_load(prefect_yaml(plan))["deployments"]
    assert made[1:] == [(one["name"], one["entrypoint"], one["concurrency_limit"]) for one in written]
    assert made[0][:2] == ("example", "flows.deployments.collect_source")
    assert text.startswith(prefect_yaml(plan).split("name:", 1)[0])


def test_an_artifact_shows_what_a_stranger_wrote_as_text() -> None:
    hostile = "<script>alert(1)</script> | [x](http://evil.example) ![y](//z)\n# head *b* `c` $d$ ~e~"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    run = SourceRun(
        source="s",
        started_at=now,
        finished_at=now,
        status="failed",
        reason=hostile,
        changes={"failed": 1},
        failures=[RunFailure(url="http://a.example/|x", cause="timeout", message=hostile)],
    )
    text = artifacts.of_run(hostile, run)
    assert "<" not in text
    assert "](" not in text
    assert "![" not in text
    assert "2026-01-01 08:00:00" in text, "times are those of Asia/Shanghai"
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count("|") == 5 for line in rows[-1:]), "a bar in an address breaks no table"


@given(st.text(max_size=400))
def test_whatever_stands_in_a_cell_stays_one_cell(text: str) -> None:
    line = artifacts.escaped(text)
    assert not set("|<>[]`*\n\r") & set(line)


_IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)


@given(_IDS, _IDS)
def test_sources_have_artifacts_of_their_own(one: str, other: str) -> None:
    assert (artifacts.key("source", one) == artifacts.key("source", other)) == (one == other)
    assert set(artifacts.key("source", one)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
