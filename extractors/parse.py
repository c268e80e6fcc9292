"""One file to its documents: read, split, extract. The only way in for flows and faces.

``parse`` never raises for a bad file: the outcome says why nothing was read. Each step is one function with one type in
and one out, and nothing later goes back to the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from extractors import containers
from extractors.attachments import find_attachments
from extractors.bundles import group, is_attachment
from extractors.citations import find_citations, issued_titles
from extractors.communities.audit import audit
from extractors.communities.find import find_communities
from extractors.fold import fold
from extractors.genre import genre_of_text, genre_of_title
from extractors.header import read_header
from extractors.layout import LaidTable, Layout, lay, squeeze
from extractors.leaders import find_leaders
from extractors.letters import find_letter, with_parts
from extractors.metadata import page_facts
from extractors.outline import outline
from extractors.parties import find_parties, paired_by
from extractors.places import resolve
from extractors.quality import file_name_conflicts, find_quality, scoring_totals
from extractors.readers import formats, limits, read
from extractors.scoring import find_scoring
from extractors.script import detect, variant
from extractors.splitting import Part, split
from extractors.standing import HEADS, find_level, find_role
from extractors.targets import find_targets
from extractors.tasks import find_tasks
from extractors.titles import Title
from extractors.topics import find_topics
from schemas.document import Document, Source, TableRows
from schemas.errors import NotRead
from schemas.outcome import Failure, Outcome, SourceFile
from schemas.reading import Block, Note, Paragraph, Reading


def parse(file: SourceFile, attachments: Sequence[SourceFile] = ()) -> Outcome:
    """Read one file, with the files that are its attachments, into documents.

    Args:
        file: the file.
        attachments: files that stand beside it as its 附件; their content becomes part of its last document. Beside an
            archive or mail they belong to the one document in it; where it holds several, they are documents too.

    Returns:
        The documents, or the failure; an attachment, or a member of an archive or mail, that cannot be read is listed in
        ``attachment_failures``. An archive or mail gives the documents of its members.
    """
    budget = containers.Budget()
    if containers.is_container(file.data, file.uri):
        outcome = _parse_container(file, attachments, 1, budget)
    else:
        outcome = _parse_file(file, attachments, 1, budget)
    # Attachments inside an archive come and go with it; whether a file is known is told by those beside it.
    given = {hashlib.sha256(attachment.data).hexdigest() for attachment in attachments}
    outcome.attachments = [sha256 for sha256 in outcome.attachments if sha256 in given]
    return outcome


def _parse_container(
    file: SourceFile, attachments: Sequence[SourceFile], depth: int, budget: containers.Budget
) -> Outcome:
    """The documents of a container's members, attachments joined to the document they lie beside, containers opened."""
    digest = hashlib.sha256(file.data).hexdigest()
    media_type = formats.recognise(file.data, file.uri).media_type
    outcome = Outcome(uri=file.uri, sha256=digest, bytes=len(file.data), media_type=media_type)
    try:
        members = _opened(file, depth, budget)
    except NotRead as error:
        outcome.failure = Failure.of(error)
        return outcome
    outcome.attachment_failures += members.failures
    by_path = {Path(member.uri): member for member in members.files}
    groups = [(by_path[one.main], [by_path[path] for path in one.attachments]) for one in group(by_path)]
    if len(groups) == 1:
        groups[0][1].extend(attachments)
    else:
        groups += [(attachment, []) for attachment in attachments]
        outcome.attachments += [hashlib.sha256(attachment.data).hexdigest() for attachment in attachments]
    for main, beside in groups:
        if containers.is_container(main.data, main.uri):
            part = _parse_container(main, beside, depth + 1, budget)
        else:
            meta, notes = members.meta.get(main.uri, {}), members.notes.get(main.uri, [])
            part = _parse_file(main, beside, depth + 1, budget, meta, notes)
        outcome.attachments += part.attachments
        # Of a container in which nothing could be read the members' own failures say more than its own.
        outcome.attachment_failures += part.attachment_failures or ([part.failure] if part.failure else [])
        for document in part.documents:
            place = {"parent": digest, "index": len(outcome.documents)}
            source = document.source.model_copy(update=place)
            outcome.documents.append(document.model_copy(update={"source": source}))
    if not outcome.documents:
        first = outcome.attachment_failures[0]
        message = f"其中的文件都没有读出 / no member could be read, the first: {first.message}"
        outcome.failure = Failure(uri=file.uri, cause=first.cause, message=message, cure=first.cure)
    return outcome


def _opened(file: SourceFile, depth: int, budget: containers.Budget) -> containers.Members:
    """The members of a container that lies ``depth`` deep (the outermost 1).

    Raises:
        NotRead: it lies too deep, or cannot be opened.
    """
    if depth > limits.MAX_ARCHIVE_DEPTH:
        message = f"压缩包或邮件套了{limits.MAX_ARCHIVE_DEPTH}层以上 / archives within archives, too deep"
        raise NotRead(file.uri, "over_limit", message, "请解压后再交 / unpack it first")
    return containers.members(file, budget)


def _parse_file(
    file: SourceFile,
    attachments: Sequence[SourceFile],
    depth: int,
    budget: containers.Budget,
    meta: Mapping[str, str] | None = None,
    notes: Sequence[Note] = (),
) -> Outcome:
    """The documents of a file that is no container.

    ``depth`` and ``budget`` are for attachments that are containers; ``meta`` and ``notes`` are what is known of the file
    from outside.
    """
    digest = hashlib.sha256(file.data).hexdigest()
    outcome = Outcome(uri=file.uri, sha256=digest, bytes=len(file.data), media_type="application/octet-stream")
    try:
        reading = read(file.data, file.uri)
    except NotRead as error:
        outcome.failure = Failure.of(error)
        return outcome
    outcome.media_type = reading.media_type
    reading.meta = {**(meta or {}), **reading.meta}
    reading.notes += notes
    for attachment in attachments:
        _join(attachment, PurePath(attachment.uri).stem, reading, outcome, depth, budget)
    parts = split(reading.blocks)
    for index, part in enumerate(parts):
        source = Source(
            uri=file.uri,
            media_type=reading.media_type,
            sha256=digest,
            bytes=len(file.data),
            encoding=reading.encoding,
            fetched_at=file.fetched_at,
            parent=digest if len(parts) > 1 else None,
            index=index if len(parts) > 1 else None,
        )
        outcome.documents.append(extract(part, reading, source))
    return outcome


def _join(
    file: SourceFile, heading: str, reading: Reading, outcome: Outcome, depth: int, budget: containers.Budget
) -> None:
    """Put the content of an attachment below the text, of an archive that of each member; failures go to the outcome."""
    try:
        if not containers.is_container(file.data, file.uri):
            content = read(file.data, file.uri)
            outcome.attachments.append(hashlib.sha256(file.data).hexdigest())
            reading.blocks += _as_attachment(heading, content)
            reading.notes += content.notes
            return
        members = _opened(file, depth, budget)
    except NotRead as error:
        outcome.attachment_failures.append(Failure.of(error))
        return
    outcome.attachments.append(hashlib.sha256(file.data).hexdigest())
    outcome.attachment_failures += members.failures
    for number, member in enumerate(members.files):
        path = PurePath(member.uri)
        # The archive's name (附件1 名单.zip) says which attachment it is, unless its members have such names themselves.
        below = path.stem if is_attachment(path) or number else heading
        _join(member, below, reading, outcome, depth + 1, budget)


def _as_attachment(heading: str, content: Reading) -> list[Block]:
    """The blocks of an attachment, under the line by which the text knows it (附件1 某某表)."""
    return [Paragraph(text=heading), *content.blocks]


def extract(part: Part, reading: Reading, source: Source) -> Document:
    """One document from its blocks.

    Args:
        part: the blocks of the document.
        reading: the file they come from, for its tags and notes.
        source: where the document came from.
    """
    layout = lay(part.blocks)
    attachments = find_attachments(layout)
    facts = page_facts(layout, reading.meta)
    letter = find_letter(layout)
    stops = (
        [*attachments.content_starts, *(part.start for part in letter.parts)] if letter else attachments.content_starts
    )
    sections = outline(layout, stops, attachments.list_span)
    if letter:
        sections = with_parts(layout, letter, sections)
    first_section = sections[0].span.start if sections else len(layout.text)
    content_start = min(attachments.content_starts, default=len(layout.text))
    header = read_header(
        layout, facts, min(first_section, content_start), content_start, _announced(part, layout), letter
    )
    folded_title = fold(header.title) if header.title else ""
    issued = issued_titles(folded_title)
    genre = (letter.genre if letter else None) or genre_of_title(folded_title) or genre_of_text(layout.prose) or "other"
    place = resolve(
        issuers=header.issuers,
        title=header.title,
        text=layout.text,
        folded=layout.folded,
        site=header.site,
        adcode=(header.site_code or "")[:6] or None,
    )
    leaders = find_leaders(layout)
    heads = [person.post for person in leaders if person.post and fold(person.role) in HEADS]
    level = find_level(header.issuers, header.title, layout.folded, place, heads)
    topics = find_topics(folded_title, layout.folded)
    own_titles = [header.title or "", *issued, *(item.title for item in attachments.items)]
    own = header.issuers[0] if level == "school" and len(header.issuers) == 1 else None
    communities = find_communities(layout, sections, own) if topics.on_topic else []
    if topics.on_topic and genre == "agreement" and not communities:
        communities = paired_by(layout, find_parties(layout))
    targets = find_targets(layout)
    scoring = find_scoring(layout)
    quality = [
        *header.quality,
        *file_name_conflicts(source.uri, header.document_number, header.signed_on),
        *find_quality(layout, attachments, reading.notes, part.collected),
        *audit(communities, targets),
        *scoring_totals(layout, scoring),
    ]
    return Document(
        id=_identifier(source, layout.text),
        source=source,
        script=detect(layout.text),
        variant=variant(layout.text),
        title=header.title,
        document_number=header.document_number,
        index_number=header.index_number,
        issuers=header.issuers,
        addressees=header.addressees,
        signed_on=header.signed_on,
        published_on=header.published_on,
        genre=genre,
        role=find_role(genre, level, issued, header.addressees, pairs_schools=bool(communities)),
        level=level,
        jurisdiction=place,
        on_topic=topics.on_topic,
        topics=list(topics.names),
        text=layout.text,
        pages=layout.page_starts(),
        sections=sections,
        citations=find_citations(layout, own_titles),
        attachments=attachments.items,
        communities=communities,
        targets=targets,
        tasks=find_tasks(layout, sections),
        leaders=leaders,
        scoring=scoring,
        tables=[_rows(layout, table) for table in layout.tables],
        quality=quality,
        spans=header.spans,
    )


def _announced(part: Part, layout: Layout) -> Title | None:
    """The heading that announced a document of a collection, as its title."""
    if part.title is None or not layout.lines:
        return None
    line = layout.lines[0]
    return Title(squeeze(layout.text[line.start : line.end]), line.start, line.end)


def _identifier(source: Source, text: str) -> str:
    """Derived from the content: the file's hash, the place in it and the text (attachments change the text)."""
    digest = hashlib.sha256(f"{source.sha256}\n{source.index or 0}\n{text}".encode())
    return digest.hexdigest()[:24]


def _rows(layout: Layout, table: LaidTable) -> TableRows:
    grid = table.grid()
    rows = [[layout.text[c.start : c.end] if c else "" for c in row] for row in grid]
    references = [[c.cell.reference if c else None for c in row] for row in grid]
    named = any(reference for row in references for reference in row)
    return TableRows(
        caption=table.table.caption,
        rows=rows,
        references=references if named else None,
        span=layout.span(table.start, table.end),
    )
