"""What the site publishes: notices with their files, as a model that tests change."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field

UTC = datetime.UTC


@dataclass(frozen=True)
class File:
    """A file that a notice links: its name as shown, its bytes, the media type the server says."""

    name: str
    data: bytes
    media_type: str = "application/octet-stream"


@dataclass
class Request:
    """A request that reached the site: when (on the clock of ``time.monotonic``), for what, and what it was answered.

    ``path`` is as sent, with its query; ``headers`` have their names in lower case; ``status`` is None where no answer
    was given (yet).
    """

    seconds: float
    path: str
    headers: dict[str, str]
    status: int | None = None


@dataclass
class Notice:
    """One notice. ``address`` (a path) and ``modified`` are given by the site when it is published."""

    title: str
    paragraphs: tuple[str, ...]
    dated_on: datetime.date
    files: tuple[File, ...] = ()
    address: str = ""
    modified: datetime.datetime = datetime.datetime(2025, 9, 1, 8, tzinfo=UTC)
    listed: bool = True

    @property
    def number(self) -> str:
        """What its address ends in: ``12`` of ``art_12.html``."""
        return self.address.rpartition("_")[2].partition(".")[0]

    def file_address(self, file: File) -> str:
        """The path of one of its files, not yet percent-encoded."""
        return f"/files/{self.number}/{file.name}"


_SUBJECTS = (
    "城乡学校共同体建设工作方案",
    "义务教育招生入学工作实施意见",
    "中小学课后服务工作方案",
    "校园安全专项整治行动方案",
    "乡村教师支持计划实施细则",
)


def notice(n: int, dated_on: datetime.date | None = None, files: tuple[File, ...] = (), title: str = "") -> Notice:
    """The ``n``-th notice of an invented county: no two have the same title or text.

    Without a date, notice 1 is of 1 September 2025 and each further one of the day after.
    """
    subject = _SUBJECTS[n % len(_SUBJECTS)]
    day = dated_on or datetime.date(2025, 9, 1) + datetime.timedelta(days=n - 1)
    listed = ("附件：" + "　".join(f"{i}. {f.name}" for i, f in enumerate(files, 1)),) if files else ()
    return Notice(
        title=title or f"云汀县教育局关于印发{subject}（第{n}批）的通知",
        paragraphs=(
            f"云教发〔2025〕{n}号",
            "各乡镇人民政府，县属各学校：",
            f"现将第{n}批{subject}印发给你们，请结合实际认真贯彻执行。",
            f"一、总体要求。坚持以学生发展为本，到2026年底全县完成率达到{50 + n % 50}%以上，覆盖学校{n + 3}所。",
            f"二、工作安排。各学校每学期至少开展{2 + n % 7}次集中教研，县教育局每学期督查一次并建立问题台账。",
            "三、保障措施。县教育局成立工作领导小组，统筹经费、师资和考核，确保各项任务按期完成并向社会公开。",
            *listed,
            "云汀县教育局",
            f"{day.year}年{day.month}月{day.day}日",
        ),
        dated_on=day,
        files=files,
    )


@dataclass
class Content:
    """All that is on the site: live notices by path, and where moved ones went."""

    notices: dict[str, Notice] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    robots: str | None = "User-agent: *\nDisallow: /admin/\n"
    charset: str = "gbk"
    per_page: int = 15
    design: int = 1
    validators: bool = True

    def listed(self) -> list[Notice]:
        """What the lists show, the newest first; of one day, what was published later comes first."""
        shown = [n for n in self.notices.values() if n.listed]
        return sorted(shown, key=lambda n: (n.dated_on, int(n.number)), reverse=True)


def etag(data: bytes) -> str:
    """The entity tag of a body."""
    return '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
