"""What the lists of communities of one place say of a school that does not go together.

1. In one document: a school is a member of several lead schools, leads several communities, or leads one and is a member of
   another. Names must be the same but for the county's name before them: nobody is reproached with an abbreviation.
   Communities of different stages are not compared (a nine-year school may be in two).
2. In one document: a table names a school that is in none of its communities. Names that may be one school's count as one.
3. In two documents: what ``checks.pairs`` finds; that a school is absent only where both are plans, which list all.
4. Spelling: two names that may be one school's by ``checks.pairs`` and that are never in one community.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, count

from checks.pairs import bare_name, differences, name_key, same_school
from extractors.fold import fold
from extractors.organisations import is_organisation, is_school
from schemas.document import Community, Document, Jurisdiction, Span
from schemas.pairing import PairedDocument, PairingAudit, PairingEvidence, PairingFault, PairingFinding

Same = Callable[[Community, Community], bool]

_ALIKE = 30
"""Names that begin alike, above which only whole names are compared: the cost must not grow with their square."""
_APART = ("分校", "校区", "附属", "附小", "附中", "教学点", "幼儿", "小", "初", "高")
"""Words that tell a school from the one whose name is otherwise like its own, where one of the two has them."""
_EVIDENCE = 6


def audit(documents: Sequence[Document], place: Jurisdiction, left_out: int = 0) -> PairingAudit:
    """Everything that the lists of the documents say that does not go together.

    Args:
        documents: of one place, each with communities; pairs of them are compared, so they are few.
        place: whose name may stand before the schools' names.
        left_out: how many more there are.
    """
    findings = [finding for one in documents for finding in (*_within(one, place), *_in_none(one, place))]
    for first, second in combinations(documents, 2):
        findings += _between(first, second, place)
    findings += _spellings(documents, place)
    return PairingAudit(
        documents=[
            PairedDocument(
                document=one.id,
                title=one.title,
                date=one.signed_on or one.published_on,
                role=one.role,
                communities=len(one.communities),
            )
            for one in documents
        ],
        communities=sum(len(one.communities) for one in documents),
        schools=len({bare_name(name, place) for one in documents for name in _names(one)}),
        findings=findings,
        left_out=left_out,
    )


def _names(document: Document) -> Iterator[str]:
    for community in document.communities:
        yield from _schools(community)


def _schools(community: Community) -> list[str]:
    return [*([community.lead] if community.lead else []), *community.members]


def _within(document: Document, place: Jurisdiction) -> Iterator[PairingFinding]:
    leading: dict[str, list[Community]] = {}
    belonging: dict[str, list[Community]] = {}
    written: dict[str, str] = {}
    for community in document.communities:
        if not community.lead:
            continue
        lead = bare_name(community.lead, place)
        written.setdefault(lead, community.lead)
        leading.setdefault(lead, []).append(community)
        for member in community.members:
            bare = bare_name(member, place)
            written.setdefault(bare, member)
            belonging.setdefault(bare, []).append(community)
    for school, some in belonging.items():
        leads = _distinct(some, lambda one, other: same_school(one.lead or "", other.lead or "", place))
        if len(leads) > 1:
            yield _finding("several_leads", written[school], [one.lead or "" for one in leads], document, leads)
        if school in leading:
            apart = [
                one
                for one in some
                if bare_name(one.lead or "", place) != school and any(_compatible(one, own) for own in leading[school])
            ]
            if apart:
                both = [leading[school][0], *apart]
                yield _finding("lead_and_member", written[school], [one.lead or "" for one in apart], document, both)
    for school, some in leading.items():
        # One list repeats what another says: only communities that call themselves differently are several.
        several = _distinct(
            [one for one in some if one.name], lambda one, other: fold(one.name or "") == fold(other.name or "")
        )
        if len(several) > 1:
            yield _finding("leads_several", written[school], [one.name or "" for one in several], document, several)


def _distinct(some: Sequence[Community], same: Same) -> list[Community]:
    """The communities that are not the same as one before them, as far as their stages can be compared with the first's."""
    found: list[Community] = []
    for one in some[:_ALIKE]:
        if all(_compatible(one, other) and not same(one, other) for other in found):
            found.append(one)
    return found


def _compatible(one: Community, other: Community) -> bool:
    return one.stage is None or other.stage is None or one.stage == other.stage


def _in_none(document: Document, place: Jurisdiction) -> Iterator[PairingFinding]:
    listed: dict[tuple[str, str], list[str]] = {}
    for name in _names(document):
        listed.setdefault(name_key(bare_name(name, place)), []).append(name)
    told: set[str] = set()
    for table in document.tables:
        for cell in (cell for row in table.rows for cell in row):
            folded = "".join(fold(cell).split())
            if folded in told or not is_organisation(folded) or not is_school(folded):
                continue
            told.add(folded)
            alike = listed.get(name_key(bare_name(folded, place)), [])[:_ALIKE]
            if not any(same_school(folded, other, place) for other in alike):
                at = document.text.find(cell, table.span.start, table.span.end)
                span = table.span if at < 0 else Span(start=at, end=at + len(cell), page=table.span.page)
                yield PairingFinding(kind="in_none", school="".join(cell.split()), evidence=[_evidence(document, span)])


def _between(first: Document, second: Document, place: Jurisdiction) -> Iterator[PairingFinding]:
    for one in differences(first.communities, second.communities, place):
        if one.kind == "absent" and not first.role == second.role == "plan":
            continue
        names = [one.lead] if one.kind == "absent" else [one.here, one.there]
        places = [(first, one.first), (second, one.second)]
        # A difference may be told from either list.
        evidence = [
            _evidence(owner, community.span)
            for owner, community in places
            if any(community is own for own in owner.communities)
        ] or [_evidence(second, one.first.span), _evidence(first, one.second.span)]
        yield PairingFinding(kind=one.kind, school=one.subject, names=names, evidence=evidence)


def _spellings(documents: Sequence[Document], place: Jurisdiction) -> Iterator[PairingFinding]:
    seen: dict[str, tuple[str, PairingEvidence]] = {}
    communities: dict[str, set[int]] = {}
    numbers = count()
    for document in documents:
        for number, community in zip(numbers, document.communities, strict=False):
            for written in _schools(community):
                name = bare_name(written, place)
                communities.setdefault(name, set()).add(number)
                seen.setdefault(name, (written, _evidence(document, community.span)))
    alike: dict[tuple[str, str], list[str]] = {}
    for name in seen:
        alike.setdefault(name_key(name), []).append(name)
    for names in alike.values():
        if len(names) > _ALIKE:
            continue
        for one, other in combinations(names, 2):
            apart = any((word in one) != (word in other) for word in _APART)
            if not apart and communities[one].isdisjoint(communities[other]) and same_school(one, other, place):
                (written, first), (spelt, second) = seen[one], seen[other]
                yield PairingFinding(kind="spelling", school=written, names=[spelt], evidence=[first, second])


def _finding(
    kind: PairingFault, school: str, names: list[str], document: Document, communities: Sequence[Community]
) -> PairingFinding:
    places = [_evidence(document, one.span) for one in communities[:_EVIDENCE]]
    return PairingFinding(kind=kind, school=school, names=names, evidence=places)


def _evidence(document: Document, span: Span) -> PairingEvidence:
    return PairingEvidence(document=document.id, span=span, quote=document.quote(span))
