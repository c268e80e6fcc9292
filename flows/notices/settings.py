"""Who is told what: ``notices.yaml`` in the corpus folder.

Secret parts of an address stand in the environment and are named in the file as ``${NAME}``. They are put in only when
something is sent, and never appear in a message (``flows.notices.secrets``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from schemas.digest import PARTS, Part
from schemas.document import Jurisdiction, Model
from schemas.errors import DuzhengError
from schemas.source import Identifier
from schemas.yaml_files import in_words, read_yaml

FILE = "notices.yaml"
_MAX_BYTES = 1_000_000
_SEE = "docs/notices.md"

Language = Literal["hans", "hant", "en"]


class InvalidNotices(DuzhengError):
    """``notices.yaml`` breaks its schema, or has no target of that name."""


class NoticeTarget(Model):
    """One recipient: by which way, in which language, of which parts and places, and how many entries a list shows.

    With a ``jurisdiction`` it is told of what speaks for that place or one within it, and of nothing that names no place.
    """

    id: Identifier
    title: str = Field(default="", max_length=80)
    url: str = Field(min_length=1, description="an address of Apprise; ${NAME} is taken from the environment")
    language: Language = "hans"
    parts: list[Part] = Field(default_factory=lambda: list(PARTS), min_length=1)
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    most: int = Field(default=20, ge=1, le=200, description="entries of a list; the others are counted")
    enabled: bool = True

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        return " ".join(title.split())


class _Notices(Model):
    targets: list[NoticeTarget] = Field(default_factory=list)


def load(home: Path) -> list[NoticeTarget]:
    """The targets of a corpus folder, in their order; none where it has no ``notices.yaml``.

    Raises:
        InvalidNotices: the file cannot be read or breaks the schema; the message names the line, never an address.
    """
    path = home / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InvalidNotices(
            f"{path}: 无法读取：{error.strerror} / cannot be read: {error.strerror} (请核对权限 / check its permissions)"
        ) from error
    if len(data) > _MAX_BYTES:
        raise InvalidNotices(
            f"{path}: 大于 {_MAX_BYTES} 字节 / larger than {_MAX_BYTES} bytes (它是手写的小文件 / it is a small file written by hand)"
        )
    written = read_yaml(data, str(path), InvalidNotices, _SEE)
    try:
        targets = _Notices.model_validate(written.content).targets
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        line, field = written.places.where(problem["loc"])
        # From None: pydantic's own error shows what was given, an address with its secrets among it.
        raise InvalidNotices(f"{path}: {line}: {field}: {in_words(problem, _SEE)}") from None
    seen: set[str] = set()
    for position, target in enumerate(targets):
        if target.id in seen:
            line, _ = written.places.where(("targets", position, "id"))
            raise InvalidNotices(
                f"{path}: {line}: {target.id}: 两个收件方用了这个编号 / two targets have this id (请改其一 / rename one)"
            )
        seen.add(target.id)
    return targets


def find(home: Path, name: str) -> NoticeTarget:
    """The target of that id.

    Raises:
        InvalidNotices: there is none, or the file is not valid.
    """
    targets = load(home)
    for target in targets:
        if target.id == name:
            return target
    known = ", ".join(target.id for target in targets) or "—"
    raise InvalidNotices(
        f"{home / FILE}: 没有收件方 {name}；现有 {known} / there is no target {name}; there are: {known} (see {_SEE})"
    )


def concerns(target: NoticeTarget, place: Jurisdiction) -> bool:
    """Whether a target is told of what speaks for ``place``."""
    wanted = target.jurisdiction
    return all(
        not asked or (has is not None and has.startswith(asked))
        for asked, has in (
            (wanted.province, place.province),
            (wanted.city, place.city),
            (wanted.county, place.county),
        )
    )
