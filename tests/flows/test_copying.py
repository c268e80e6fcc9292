"""How many documents ``flows.copying`` holds at once, and that a plan's result does not depend on the others beside it."""

from __future__ import annotations

import random
import weakref
from collections.abc import Iterator
from hashlib import sha256

import pytest

from flows import copying
from schemas.document import Document, Source

RNG = random.Random(8)
WORDS = [RNG.choice("县校师课堂评研训助教管学生") + RNG.choice("制量题册组案标点表期") for _ in range(300)]
SHARED = "".join(RNG.choices(WORDS, k=30)) + "。"


def made(number: int) -> Document:
    """A document of its own words, which shares a sentence with every third and another with its neighbour."""
    own = random.Random(number)
    sentences = ["".join(own.choices(WORDS, k=20)) + "。" for _ in range(3)]
    neighbours = "".join(random.Random(f"pair {number // 2}").choices(WORDS, k=20)) + "。"
    text = "\n".join([*sentences, neighbours, *([SHARED] if number % 3 == 0 else [])])
    name = sha256(text.encode()).hexdigest()
    source = Source(uri=f"{number}.txt", media_type="text/plain", sha256=name, bytes=len(text))
    return Document(id=name, source=source, script="Hans", variant="zh-Hans-CN", text=text)


def test_however_many_documents_there_are_to_compare_with_a_few_are_held() -> None:
    plans = [made(number) for number in range(copying.PLANS_AT_ONCE + 2)]
    most = {}
    for count in (40, 80):
        alive: list[weakref.ref[Document]] = []
        held: list[int] = []

        def others(
            count: int = count, alive: list[weakref.ref[Document]] = alive, held: list[int] = held
        ) -> Iterator[Document]:
            for number in range(100, 100 + count):
                document = made(number)
                alive.append(weakref.ref(document))
                held.append(sum(one() is not None for one in alive))
                yield document

        results = list(copying.copying(plans, others))
        assert {one.compared for one in results} == {count}
        assert sum(len(one.sources) for one in results) > count
        most[count] = max(held)
    assert most[80] == most[40] <= 3, most


def test_a_plan_is_copied_from_the_same_whether_it_is_looked_at_alone_or_with_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents = [made(number) for number in range(12)]
    together = list(copying.copying(documents, lambda: documents))
    assert {source.document for source in together[0].sources} == {documents[n].id for n in (1, 3, 6, 9)}
    assert [one.compared for one in together] == [11] * 12
    alone = [next(copying.copying([one], lambda: documents)) for one in documents]
    assert together == alone
    monkeypatch.setattr(copying, "PLANS_AT_ONCE", 12)
    assert list(copying.copying(documents, lambda: documents)) == alone


def test_of_two_with_the_same_content_the_first_is_compared_with() -> None:
    plan, source, again = made(0), made(1), made(1)
    (result,) = copying.copying([plan], lambda: [source, again, plan])
    assert result.compared == 1
    assert len(result.sources) == 1
