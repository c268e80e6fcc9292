"""The same plans get the same findings whether they are checked as files or from the corpus."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checks.pack import load
from checks.pack_yaml import write_yaml
from corpus.corpus import Corpus
from duzheng import cli
from extractors.parse import parse
from flows.beside import Shelf
from flows.check import Plans, check_batch
from flows.impact import impact
from schemas.finding import PlanCheck
from schemas.outcome import SourceFile
from schemas.requirement import Pack

CLAUSE = "各县应建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。"
NOTICE = f"""河南省教育厅关于推进城乡学校共同体建设的通知
豫教〔2025〕31号
各县（市、区）教育局：
现就有关事项通知如下。
一、师资保障
{CLAUSE}
河南省教育厅
2025年3月1日
"""
PLAN = """{county}教育局关于印发城乡学校共同体建设工作方案的通知
{sign}教〔2025〕8号
各中小学：
{cites}现将《河南省{county}城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省{county}75%以上的乡村学校纳入城乡学校共同体{number}。
二、主要措施
{clause}
{county}教育局
2025年10月20日
"""
CITES = "根据《河南省教育厅关于推进城乡学校共同体建设的通知》（豫教〔2025〕31号），"
RULES: list[dict[str, Any]] = [
    {
        "form": "statement",
        "parameters": {
            "elements": [
                {"name": "教师流动数据库", "any": [{"all": [["流动"], ["数据库"]]}]},
                {"name": "轮岗台账", "any": [{"all": [["轮岗"], ["台账"]]}]},
            ]
        },
    },
    {
        "form": "citation",
        "parameters": {"document_number": "豫教〔2025〕31号", "title": ["推进城乡学校共同体建设"]},
    },
    {
        "form": "consistency",
        "parameters": {
            "subjects": ["城乡学校共同体"],
            "units": ["个"],
            "verbs": ["组建"],
            "against": ["plans"],
        },
    },
]
DAY = date(2025, 11, 1)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A notice; a plan that cites and repeats it, one that repeats it without citing it, one that cites it in own words; and a second
    plan of the first county with another number."""
    own = "县教育局人事科逐月登记每位流动教师，数据库和轮岗台账由青岚县教师进修学校维护，2025年12月底前建成。"
    made = {
        "通知": NOTICE,
        "照抄": PLAN.format(county="青岚县", sign="青", cites=CITES, number="，组建12个城乡学校共同体", clause=CLAUSE),
        "再版": PLAN.format(county="青岚县", sign="青", cites="", number="，组建15个城乡学校共同体", clause=own),
        "自写": PLAN.format(county="白芷县", sign="芷", cites=CITES, number="", clause=own),
    }
    paths = {}
    for name, text in made.items():
        paths[name] = tmp_path / f"{name}.txt"
        paths[name].write_text(text, encoding="utf-8")
    return paths


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    whole = load("henan-2025").model_dump(mode="json")
    template = {**whole["requirements"][0], "condition": None, "examples": {}}
    whole["requirements"] = [{**template, **rule, "id": f"E{n:02}"} for n, rule in enumerate(RULES, start=1)]
    path = tmp_path / "pack.yaml"
    path.write_text(write_yaml(Pack.model_validate(whole)), encoding="utf-8")
    return path


def as_files(files: dict[str, Path], pack: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, PlanCheck]:
    plans = [str(path) for name, path in files.items() if name != "通知"]
    with pytest.raises(SystemExit):
        cli.main(
            [
                "check", *plans, "--notice", str(files["通知"]), "--requirements", str(pack), "--today", DAY.isoformat(),
                "--format", "json",
            ]
        )  # fmt: skip
    return {
        one["plan"]["uri"]: PlanCheck.model_validate_json(json.dumps(one))
        for one in json.loads(capsys.readouterr().out)
    }


def from_corpus(files: dict[str, Path], pack: Path, home: Path) -> dict[str, PlanCheck]:
    packs = [load(str(pack))]
    with Corpus.open(home, create=True, write=True) as corpus:
        corpus.record([parse(SourceFile(str(path), path.read_bytes())) for path in files.values()])
        plans = list(corpus.documents(role="plan"))
        check_batch.fn(Plans(plans, packs, {}), corpus, Shelf(corpus, packs), DAY)
        return {one.plan.uri: one for one in corpus.checks()}


def test_the_same_plans_get_the_same_findings_both_ways(
    files: dict[str, Path], pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_files, stored = as_files(files, pack, capsys), from_corpus(files, pack, tmp_path / "home")
    assert with_files.keys() == stored.keys()
    assert len(stored) == 3
    for uri, one in with_files.items():
        assert stored[uri].findings == one.findings
    verdicts = {uri: [finding.verdict for finding in one.findings] for uri, one in stored.items()}
    copied, again, own = (verdicts[str(files[name])] for name in ("照抄", "再版", "自写"))
    assert copied[:2] == ["partial", "met"], "the words of the notice are not the plan's own"
    assert own[:2] == ["met", "met"]
    assert copied[2] == again[2] == "conflict", "two plans of one county with other numbers"


def test_a_notice_that_a_plan_does_not_cite_is_not_held_against_it(
    files: dict[str, Path], pack: Path, tmp_path: Path
) -> None:
    files["照抄"].write_text(files["照抄"].read_text(encoding="utf-8").replace(CITES, ""), encoding="utf-8")
    stored = from_corpus(files, pack, tmp_path / "home")
    assert [finding.verdict for finding in stored[str(files["照抄"])].findings][:2] == ["met", "not_found"]


def test_the_whole_flow_uses_them_too(
    files: dict[str, Path], pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flow with its tasks called as plain functions: what the server adds is tested elsewhere."""
    import flows.check

    with Corpus.open(tmp_path / "home", create=True, write=True) as corpus:
        corpus.record([parse(SourceFile(str(path), path.read_bytes())) for path in files.values()])
    monkeypatch.setattr(flows.check, "check_batch", check_batch.fn)
    assert flows.check.check.fn(str(tmp_path / "home"), requirements=[str(pack)], today=DAY) == 3
    with Corpus.open(tmp_path / "home") as corpus:
        found = {one.plan.uri: one.findings[0].verdict for one in corpus.checks()}
    assert found[str(files["照抄"])] == "partial"


def test_what_a_changed_pack_would_do_is_told_of_the_verdicts_that_the_check_gives(
    files: dict[str, Path], pack: Path, tmp_path: Path
) -> None:
    """The notice and the other plan of the county decide E01 and E03: without them neither would flip."""
    stored = from_corpus(files, pack, tmp_path / "home")
    milder = tmp_path / "milder.yaml"
    content = load(str(pack)).model_dump(mode="json")
    for number in (0, 2):
        content["requirements"][number] |= RULES[1]
    milder.write_text(write_yaml(Pack.model_validate(content)), encoding="utf-8")
    with Corpus.open(tmp_path / "home") as corpus:
        found = impact(corpus, load(str(pack)), load(str(milder)), today=DAY)
    judged = {(uri, one.requirement): one.verdict for uri, check in stored.items() for one in check.findings}
    assert found.flips
    assert all(judged[flip.uri, flip.requirement] == flip.before for flip in found.flips)
    before = {(Path(flip.uri).stem, flip.requirement): flip.before for flip in found.flips}
    assert before["照抄", "E01"] == "partial"
    assert before["照抄", "E03"] == before["再版", "E03"] == "conflict"


def test_a_notice_and_another_plan_that_arrive_later_are_told_as_the_cause(
    files: dict[str, Path], pack: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    late = ("通知", "再版")
    older = files["再版"].read_text(encoding="utf-8").replace("10月20日", "9月20日")
    files["再版"].write_text(older, encoding="utf-8")  # so that it does not speak for the county
    first = {name: path for name, path in files.items() if name not in late}
    for arrived in (first, {"通知": files["通知"]}, {}, {"再版": files["再版"]}):
        stored = from_corpus(arrived, pack, home)
    copied = {finding.requirement: str(finding.id) for finding in stored[str(files["照抄"])].findings}
    with Corpus.open(home) as corpus:
        told = {
            requirement: [(event.change, event.causes) for event in corpus.history(id)[1]]
            for requirement, id in copied.items()
        }
    assert told["E01"] == [("fine", ()), ("new", ("notice",)), ("same", ()), ("same", ())]
    assert told["E03"][-2:] == [("same", ()), ("changed", ("other_plan",))]
    assert told["E02"] == [("fine", ())] * 4, "what came beside it did not change this one"
