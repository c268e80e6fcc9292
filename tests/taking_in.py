"""A corpus made as an ingest makes it, without the flow engine, which takes longer to start than most documents to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path


def take_in(paths: Sequence[Path], home: Path, *, check: bool = True, today: date | None = None) -> None:
    """Takes files and folders into the corpus at ``home``, as ``flows.ingest.ingest`` does, and checks their plans."""
    from checks.pack_shelf import applied
    from corpus.corpus import Corpus
    from extractors.parse import parse
    from flows.beside import Shelf
    from flows.discover import source
    from flows.judge import judged
    from flows.pending import pending
    from flows.touched import inputs

    with Corpus.open(home, create=True) as corpus:
        outcomes, companions = [], {}
        for found in pending(corpus, paths).new:
            main, *attachments = [source(path) for path in (found.main, *found.attachments)]
            for file in (main, *attachments):
                corpus.keep(file.data)
            outcomes.append(parse(main, attachments))
            companions[outcomes[-1].sha256] = [(one.uri, sha256(one.data).hexdigest()) for one in attachments]
        corpus.record(outcomes, companions)
        if check:
            packs = applied(home)
            now = inputs(corpus, packs)
            plans = [one for id in dict.fromkeys(id for id, _ in now) if (one := corpus.document(id)) is not None]
            made = judged(plans, packs, Shelf(corpus, packs), today)
            corpus.record_checks([one for one, _ in made], beside=[beside for _, beside in made])
            corpus.checked_with().record(now)
