"""What a requirement pack is: the demands that one province makes on county plans, as data.

A pack names its basis, says whether the basis itself was obtained, bounds the plans it speaks about and lists the
requirements. Each requirement has one *form* (a threshold, a list, a statement ...) whose parameters are declared here and
carried out by the module of the same name in ``checks/forms``. ``json_schema()`` publishes the whole.

Terms in parameters are simplified Chinese. A *group* is a list of terms of which one must occur; a list of groups means
that each of them must occur. Matching is done on folded text, so traditional wording needs no terms of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from schemas.document import Comparator, Level, Model, Period
from schemas.finding import SEVERITY_NAMES, VERDICTS, Severity, Verdict

Day = date
"""``date`` under a name that a field called ``date`` does not hide."""
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Group = Annotated[list[Text], Field(min_length=1)]
Groups = Annotated[list[Group], Field(min_length=1)]
Window = Literal["sentence", "paragraph", "section", "document"]
ModeKind = Literal["single_legal_person", "joint", "paired"]
"""What a mode of building is by its features: one legal person; separate legal persons working as one (joint
management or teaching); loose pairs helping each other. The label that a province gives it is not part of it."""
Provenance = Literal["primary", "restated"]
Status = Literal["draft", "active", "withdrawn"]
Proof = Literal["statement", "section", "list", "table", "attachment"]
"""What would prove that a requirement is met: a sentence, a section, a list, a table, an attachment."""
Wording = Literal["必须", "不得", "严禁", "应当", "应", "须", "需", "要", "原则上", "鼓励", "支持", "可以", "可"]
"""The clause's own word for how binding it is."""

SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor", "advice")
"""Gravest first."""
WORDING_CAPS: dict[Wording, Severity] = {
    "必须": "critical",
    "不得": "critical",
    "严禁": "critical",
    "应当": "major",
    "应": "major",
    "须": "major",
    "需": "major",
    "要": "major",
    "原则上": "minor",
    "鼓励": "advice",
    "支持": "advice",
    "可以": "advice",
    "可": "advice",
}
"""The gravest severity that a clause in this wording can carry."""


class Phrase(Model):
    """One wording that counts: every group of ``all`` has a term within ``near`` characters of the others.

    ``near`` counts the characters from the start of the first to the end of the last term, all in one sentence;
    ``exclude`` are terms whose presence in the same clause means that something else is spoken of.
    """

    all: Groups
    near: int = Field(default=60, ge=1, le=2000)
    exclude: list[Text] = Field(default_factory=list)
    ordered: bool = False
    """The groups must follow one another in the order given (选派 … 教师 … 成员校)."""
    person: bool = False
    """A person's name must follow the last group's term (为X, ：X)."""


class Element(Model):
    """One thing that must be said, in any of several wordings.

    ``when``: the element is asked for only if one of these terms occurs in the plan (cross-county rules in a plan
    that has no cross-county community are not missing).
    """

    name: Text
    any: Annotated[list[Phrase], Field(min_length=1)]
    when: list[Text] = Field(default_factory=list)


class StatementParameters(Model):
    """The elements to be said within one window; ``at_least`` of them suffice (all, where it is not given)."""

    elements: Annotated[list[Element], Field(min_length=1)]
    within: Window = "document"
    at_least: int | None = Field(default=None, ge=1)


class CountsParameters(Model):
    """Numbers of things by kind: each kind's terms, then a number with one of the units."""

    kinds: Annotated[dict[Text, Group], Field(min_length=1)]
    units: Group
    at_least: int = Field(default=2, ge=1)
    lesser: dict[Text, Group] = Field(default_factory=dict)
    """Kinds that answer only part of the question (numbers by school stage instead of by city and country)."""


class ListParameters(Model):
    """The list of communities. ``kinds`` restricts what counts by its features, ``labels`` gives the province's names."""

    kinds: list[ModeKind] = Field(default_factory=list)
    labels: dict[Text, ModeKind] = Field(default_factory=dict)
    inside_county: bool = False


class SectionParameters(Model):
    """An outline section whose heading holds one of the terms, with at least ``items`` items of substance below it."""

    headings: Group
    items: int = Field(default=3, ge=1)
    item_characters: int = Field(default=15, ge=1)


class Measure(Model):
    """One quantity that is asked for.

    ``about``: groups that must stand in the quantity's own stretch of the sentence; ``context``: groups that must stand
    in its sentence or the headings above it. ``per``: the period the number holds for; other periods are converted by
    school calendar. ``due``: the value must be promised for this day or earlier.
    """

    about: list[Group] = Field(default_factory=list)
    context: list[Group] = Field(default_factory=list)
    exclude: list[Text] = Field(default_factory=list)
    comparator: Comparator = ">="
    value: float
    units: Group
    per: Period | None = None
    due: date | None = None


class ThresholdParameters(Model):
    """Any one of the measures suffices; ``statements`` must be made besides."""

    any: Annotated[list[Measure], Field(min_length=1)]
    statements: list[Element] = Field(default_factory=list)


class DeadlineParameters(Model):
    """Something finished within ``months`` of its start; ``statements`` must be made besides."""

    about: Groups
    months: float = Field(gt=0)
    exclude: list[Text] = Field(default_factory=list)
    statements: list[Element] = Field(default_factory=list)


class RoleGroup(Model):
    """A role of a group of people by the terms that name it."""

    name: Text
    any: Group


class RolesParameters(Model):
    """A group of people: what it is called, which roles it must have, and whether each must be filled with somebody.

    ``filled``: roles must be filled with names or posts (组长：某某; 以局长为组长); otherwise it is enough that the kinds of
    people stand in the sentence that sets up the group. ``statements`` must be made besides.
    """

    group: Group
    roles: Annotated[list[RoleGroup], Field(min_length=1)]
    filled: bool = False
    statements: list[Element] = Field(default_factory=list)


def _both_needs() -> list[Literal["responsible", "due"]]:
    return ["responsible", "due"]


class EveryTaskParameters(Model):
    """Every task names what is listed here."""

    needs: Annotated[list[Literal["responsible", "due"]], Field(min_length=1)] = Field(default_factory=_both_needs)


class CitationParameters(Model):
    """A document that must be cited: its number (a masked year counts) and words of its title."""

    document_number: Text
    title: list[Text] = Field(default_factory=list)


Opposite = Literal["list", "attachment", "plans"]
"""What a plan's text is held against: its list of communities, the list in its attachments, other plans at hand."""


def _the_list() -> list[Opposite]:
    return ["list"]


class ConsistencyParameters(Model):
    """What a plan says of its communities agrees with the list, the attachments or other plans (``against``).

    Numbers of communities in the text are those of the words ``subjects`` with one of the ``units`` (对, 个) behind one of
    the ``verbs``.
    """

    subjects: Group
    units: Group
    verbs: Group
    exclude: list[Text] = Field(default_factory=list)
    against: Annotated[list[Opposite], Field(min_length=1)] = Field(default_factory=_the_list)


class Condition(Model):
    """When a requirement applies at all: the plan builds or describes a community of one of these kinds.

    Kinds are told by their features (legal person, leadership, staff and money). ``labels`` are the province's own
    names, used only where the plan gives a mode no features; ``otherwise`` says so in the finding.
    """

    kinds: Annotated[list[ModeKind], Field(min_length=1)]
    labels: dict[Text, ModeKind]
    otherwise: Text


class Examples(Model):
    """Short passages of plans under the verdict that each must get.

    A passage is read as a plain text file of its own: line breaks are paragraphs, a list is written as a plan would
    write it. It names no real place or school.
    """

    met: list[Text] = Field(default_factory=list)
    partial: list[Text] = Field(default_factory=list)
    not_met: list[Text] = Field(default_factory=list)
    not_found: list[Text] = Field(default_factory=list)
    conflict: list[Text] = Field(default_factory=list)
    not_applicable: list[Text] = Field(default_factory=list)
    undetermined: list[Text] = Field(default_factory=list)

    def each(self) -> Iterator[tuple[Verdict, int, str]]:
        """Every passage: the verdict it must get, its place (from 0) under that verdict, the text."""
        for verdict in VERDICTS:
            for place, passage in enumerate(getattr(self, verdict)):
                yield verdict, place, passage


class RequirementBase(Model):
    """What every requirement has, whatever its form.

    ``wording`` caps ``severity``: what the clause only encourages cannot be judged as what it commands.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,7}[0-9]{2}$")]
    title: Text
    text: Text
    clause: Text
    provenance: Provenance
    source: Text
    wording: Wording | None = None
    severity: Severity
    condition: Condition | None = None
    advice: Text
    expected: Text
    """The demand in a few words with value and unit, as findings print it."""
    terms: list[Text] = Field(default_factory=list)
    """What to show as tried besides the terms in the parameters."""
    aliases: list[Text] = Field(default_factory=list)
    """Other names of what is asked for, by which people look for it; matching does not use them."""
    expected_evidence: list[Proof] = Field(default_factory=list)
    department: Text | None = None
    """Who is likely to be responsible in the county (教师工作科)."""
    examples: Examples = Field(default_factory=Examples)

    @field_validator("severity")
    @classmethod
    def _capped(cls, severity: Severity, info: ValidationInfo) -> Severity:
        wording: Wording | None = info.data.get("wording")
        if wording and SEVERITIES.index(severity) < SEVERITIES.index(WORDING_CAPS[wording]):
            cap = WORDING_CAPS[wording]
            raise ValueError(
                f"条款用语“{wording}”至多为{SEVERITY_NAMES[cap]}，这里是{SEVERITY_NAMES[severity]} / graver than the clause's wording “{wording}” allows: "
                f"{severity}, at most {cap}"
            )
        return severity


class StatementRequirement(RequirementBase):
    """Something must be said."""

    form: Literal["statement"]
    parameters: StatementParameters


class CountsRequirement(RequirementBase):
    """Numbers of each kind must be given."""

    form: Literal["counts"]
    parameters: CountsParameters


class ListRequirement(RequirementBase):
    """A list of communities must be there."""

    form: Literal["list"]
    parameters: ListParameters


class SectionRequirement(RequirementBase):
    """A section of the outline must be there and have substance."""

    form: Literal["section"]
    parameters: SectionParameters


class ThresholdRequirement(RequirementBase):
    """A quantity must reach a value."""

    form: Literal["threshold"]
    parameters: ThresholdParameters


class DeadlineRequirement(RequirementBase):
    """Something must be done within a number of months."""

    form: Literal["deadline_relative"]
    parameters: DeadlineParameters


class RolesRequirement(RequirementBase):
    """A group of people with given roles must be set up."""

    form: Literal["roles"]
    parameters: RolesParameters


class EveryTaskRequirement(RequirementBase):
    """Every task must name those responsible and the deadline."""

    form: Literal["every_task"]
    parameters: EveryTaskParameters = Field(default_factory=EveryTaskParameters)


class CitationRequirement(RequirementBase):
    """A document must be cited."""

    form: Literal["citation"]
    parameters: CitationParameters


class ConsistencyRequirement(RequirementBase):
    """What the plan says of its communities must not be contradicted."""

    form: Literal["consistency"]
    parameters: ConsistencyParameters


class DateParameters(Model):
    """Something done by a fixed day: ``about`` names it (a term of every group), ``exclude`` what is not it."""

    about: Groups
    due: date
    exclude: list[Text] = Field(default_factory=list)


class AttachmentParameters(Model):
    """An attachment whose title holds a term of every group; ``obtained``: its content must have come with the plan."""

    title: Groups
    obtained: bool = True


class ScoringParameters(Model):
    """Scored items that add up to ``total``; every group of ``items`` must be named by one of them."""

    total: float = Field(default=100, gt=0)
    items: list[Group] = Field(default_factory=list)


class DateRequirement(RequirementBase):
    """Something must be done by a fixed day."""

    form: Literal["date"]
    parameters: DateParameters


class AttachmentRequirement(RequirementBase):
    """An attachment must be there."""

    form: Literal["attachment"]
    parameters: AttachmentParameters


class ScoringRequirement(RequirementBase):
    """Scored items must add up."""

    form: Literal["scoring"]
    parameters: ScoringParameters = Field(default_factory=ScoringParameters)


class PartBase(Model):
    """One demand within a combination."""

    name: Text
    terms: list[Text] = Field(default_factory=list)


class StatementPart(PartBase):
    """As ``StatementRequirement``, within a combination."""

    form: Literal["statement"]
    parameters: StatementParameters


class CountsPart(PartBase):
    """As ``CountsRequirement``, within a combination."""

    form: Literal["counts"]
    parameters: CountsParameters


class ListPart(PartBase):
    """As ``ListRequirement``, within a combination."""

    form: Literal["list"]
    parameters: ListParameters


class SectionPart(PartBase):
    """As ``SectionRequirement``, within a combination."""

    form: Literal["section"]
    parameters: SectionParameters


class ThresholdPart(PartBase):
    """As ``ThresholdRequirement``, within a combination."""

    form: Literal["threshold"]
    parameters: ThresholdParameters


class DeadlinePart(PartBase):
    """As ``DeadlineRequirement``, within a combination."""

    form: Literal["deadline_relative"]
    parameters: DeadlineParameters


class DatePart(PartBase):
    """As ``DateRequirement``, within a combination."""

    form: Literal["date"]
    parameters: DateParameters


class RolesPart(PartBase):
    """As ``RolesRequirement``, within a combination."""

    form: Literal["roles"]
    parameters: RolesParameters


class EveryTaskPart(PartBase):
    """As ``EveryTaskRequirement``, within a combination."""

    form: Literal["every_task"]
    parameters: EveryTaskParameters = Field(default_factory=EveryTaskParameters)


class AttachmentPart(PartBase):
    """As ``AttachmentRequirement``, within a combination."""

    form: Literal["attachment"]
    parameters: AttachmentParameters


class ScoringPart(PartBase):
    """As ``ScoringRequirement``, within a combination."""

    form: Literal["scoring"]
    parameters: ScoringParameters = Field(default_factory=ScoringParameters)


class CitationPart(PartBase):
    """As ``CitationRequirement``, within a combination."""

    form: Literal["citation"]
    parameters: CitationParameters


class ConsistencyPart(PartBase):
    """As ``ConsistencyRequirement``, within a combination."""

    form: Literal["consistency"]
    parameters: ConsistencyParameters


Part = Annotated[
    StatementPart
    | CountsPart
    | ListPart
    | SectionPart
    | ThresholdPart
    | DeadlinePart
    | DatePart
    | RolesPart
    | EveryTaskPart
    | AttachmentPart
    | ScoringPart
    | CitationPart
    | ConsistencyPart,
    Field(discriminator="form"),
]


class CombinationParameters(Model):
    """``all`` must be met, of ``any`` at least one, of ``none`` not a single one."""

    all: list[Part] = Field(default_factory=list)
    any: list[Part] = Field(default_factory=list)
    none: list[Part] = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> CombinationParameters:
        if not (self.all or self.any or self.none):
            raise ValueError("组合须在 all、any 或 none 中写出各部分 / a combination needs parts in all, any or none")
        return self


class CombinationRequirement(RequirementBase):
    """Several demands together."""

    form: Literal["combination"]
    parameters: CombinationParameters


Requirement = Annotated[
    StatementRequirement
    | CountsRequirement
    | ListRequirement
    | SectionRequirement
    | ThresholdRequirement
    | DeadlineRequirement
    | RolesRequirement
    | EveryTaskRequirement
    | CitationRequirement
    | ConsistencyRequirement
    | DateRequirement
    | AttachmentRequirement
    | ScoringRequirement
    | CombinationRequirement,
    Field(discriminator="form"),
]


class Scope(Model):
    """Which documents the pack speaks about.

    A document is out of scope only when something it states contradicts this: an unknown place or date does not
    exclude it. ``masked_years``: a plan whose year is masked (20xx) is in scope.
    """

    provinces: Annotated[list[Text], Field(min_length=1)]
    levels: Annotated[list[Level], Field(min_length=1)]
    since: date | None = None
    until: date | None = None
    masked_years: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Scope:
        if self.since and self.until and self.until < self.since:
            raise ValueError(
                f"适用的止日 {self.until} 早于起日 {self.since} / applies until {self.until}, which is before since {self.since}"
            )
        return self


class Basis(Model):
    """A document that the pack rests on: its title, its number (发文字号), its day; a title or a number at least."""

    title: Text | None = None
    number: Text | None = None
    date: Day | None = None

    @model_validator(mode="after")
    def _named(self) -> Basis:
        if not (self.title or self.number):
            raise ValueError("依据须有标题或文号 / a basis needs a title or a number")
        return self

    def __str__(self) -> str:
        number = f"（{self.number}）" if self.title and self.number else self.number or ""
        return f"{self.title or ''}{number}" + (f" {self.date.isoformat()}" if self.date else "")


_NUMBER = re.compile(r"[^\s《》]{1,20}[〔\[（(［]\s*\d{4}\s*[〕\]）)］]\s*第?\d+号")


def _basis(value: Any) -> Any:
    """A basis written as one string: a bare 发文字号 is its number, anything else its title."""
    if not isinstance(value, str):
        return value
    return {"number": value} if _NUMBER.fullmatch(value.strip()) else {"title": value}


PackId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Pack(Model):
    """The requirements of one province on county plans.

    Only an ``active`` pack is applied without being named. ``supersedes`` are the packs that it takes the place of.
    """

    id: PackId
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    title: Text
    province: Text
    status: Status = "active"
    supersedes: list[PackId] = Field(default_factory=list)
    basis: Annotated[
        list[Annotated[Basis, BeforeValidator(_basis, json_schema_input_type=str | Basis)]], Field(min_length=1)
    ]
    basis_obtained: bool
    basis_note: Text
    applies: Scope
    requirements: Annotated[list[Requirement], Field(min_length=1)]
    _file_sha256: str | None = PrivateAttr(default=None)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file the pack was read from; of its canonical JSON where it was made otherwise."""
        return self._file_sha256 or hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @model_validator(mode="after")
    def _distinct_ids(self) -> Pack:
        seen: set[str] = set()
        for requirement in self.requirements:
            if requirement.id in seen:
                raise ValueError(f"要求编号 {requirement.id} 用了两次 / requirement id {requirement.id} is used twice")
            seen.add(requirement.id)
        if self.id in self.supersedes:
            raise ValueError(f"要求包取代了它自己 / the pack supersedes itself ({self.id})")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a pack."""
    return Pack.model_json_schema()
