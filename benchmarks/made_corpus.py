"""A corpus of any size, made: documents of paragraphs of words as frequent as in real Chinese, always the same ones.

A paragraph is made of clauses. A clause is either put together word by word, by the frequencies of jieba's dictionary
with the words of the field raised among its most frequent ones, or one of some ten thousand fixed wordings (policy texts
repeat theirs), these too by Zipf's law. Words put together at random are harder on an index than real sentences are:
more different neighbours, nothing to compress.

Document ``n`` depends on the seed and ``n`` alone: any stretch can be made by itself, in any process.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from extractors.lexicon import read_text
from extractors.words import domain_words
from schemas.document import Document, Jurisdiction, Source
from schemas.outcome import Outcome

SEED = 20_26
PARAGRAPHS = 20
"""The mean number of paragraphs of a document."""

_FORMULAS = 10_000
_FORMULA_SHARE = 0.3
_DOMAIN_SHARE = 0.08
_GENRES = ("notice", "plan", "opinion", "measures", "report", "list")
_ROLES = {"notice": "requirement", "opinion": "requirement", "measures": "requirement", "plan": "plan"}
_LETTERS = "甲乙丙丁戊己庚辛壬癸"
_WATERS = "溪河江湖泉浦川湾源洲"


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """One made document."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    province: str
    city: str
    county: str
    issuer: str
    document_number: str
    dated_on: date
    genre: str
    role: str

    @property
    def text(self) -> str:
        """The paragraphs, a line each."""
        return "\n".join(self.paragraphs)

    def outcome(self) -> Outcome:
        """As a parsed file."""
        name = sha256(f"{SEED}/{self.number}".encode()).hexdigest()
        uri, size = f"made/{self.number:06}.txt", len(self.text.encode())
        document = Document(
            id=name[:16],
            source=Source(uri=uri, media_type="text/plain", sha256=name, bytes=size, index=0),
            script="Hans",
            variant="zh-Hans-CN",
            title=self.title,
            document_number=self.document_number,
            issuers=[self.issuer],
            jurisdiction=Jurisdiction(province=self.province, city=self.city, county=self.county),
            signed_on=self.dated_on,
            genre=self.genre,  # type: ignore[arg-type]
            role=self.role,  # type: ignore[arg-type]
            level="county",
            on_topic=True,
            text=self.text,
        )
        return Outcome(uri=uri, sha256=name, bytes=size, media_type="text/plain", documents=[document])


def made(count: int, first: int = 0) -> Iterator[MadeDocument]:
    """``count`` documents from number ``first`` on, one after the other; nothing of them is kept."""
    for number in range(first, first + count):
        yield _document(number)


def frequent_words(count: int, skip: int = 0) -> list[str]:
    """Words of two to four characters, the most frequent first, after the first ``skip`` of them: to search for."""
    words, weights, _ = _vocabulary()
    ranked = sorted(zip(weights, words, strict=True), reverse=True)
    return [word for _, word in ranked if 2 <= len(word) <= 4][skip : skip + count]


@cache
def formulas() -> list[str]:
    """The fixed wordings, the most frequent first."""
    chance = random.Random(SEED)
    return [_words(chance, chance.randint(4, 9)) for _ in range(_FORMULAS)]


def _document(number: int) -> MadeDocument:
    chance = random.Random(SEED * 1_000_003 + number)
    provinces = _provinces()
    place = int(chance.random() ** 2 * 2000)
    province = provinces[place % len(provinces)]
    stem = _LETTERS[place // 10 % 10] + _WATERS[place % 10]
    city, county = f"{stem[0]}州市", f"{stem}{_LETTERS[place // 100 % 10]}县"
    genre = chance.choices(_GENRES, (30, 30, 10, 10, 15, 5))[0]
    dated_on = date(2012, 1, 1) + timedelta(days=int(chance.random() ** 0.5 * 5000))
    count = max(1, round(chance.gauss(PARAGRAPHS, PARAGRAPHS / 4)))
    return MadeDocument(
        number=number,
        title=f"{county}{_words(chance, 4)}{'方案' if genre == 'plan' else '通知'}",
        paragraphs=tuple(_paragraph(chance) for _ in range(count)),
        province=province,
        city=city,
        county=county,
        issuer=f"{county}{chance.choice(('教育局', '人民政府', '财政局', '教育体育局'))}",
        document_number=f"{stem}教〔{dated_on.year}〕{chance.randint(1, 300)}号",
        dated_on=dated_on,
        genre=genre,
        role=_ROLES.get(genre, "other"),
    )


def _paragraph(chance: random.Random) -> str:
    clauses = []
    for _ in range(chance.randint(3, 8)):
        if chance.random() < _FORMULA_SHARE:
            # The n-th is taken about 1/n as often as the first.
            clauses.append(formulas()[int(_FORMULAS ** chance.random()) - 1])
        else:
            clauses.append(_words(chance, chance.randint(4, 9)))
        if chance.random() < 0.1:
            clauses[-1] += f"{chance.randint(2, 400)}{chance.choice('人个名所万%')}"
    return "，".join(clauses) + "。"


def _words(chance: random.Random, count: int) -> str:
    words, _, sums = _vocabulary()
    return "".join(chance.choices(words, cum_weights=sums, k=count))


@cache
def _vocabulary() -> tuple[list[str], list[float], list[float]]:
    """Words, how frequent each is, and the running sums of that."""
    import jieba

    counted: dict[str, float] = {}
    for row in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, _ = row.split(" ")
        if all("一" <= character <= "鿿" for character in word):
            counted[word] = float(frequency)
    domain, total = domain_words(), sum(counted.values())
    zipf = [1 / (rank + 1) for rank in range(len(domain))]
    share = total * _DOMAIN_SHARE / sum(zipf)
    for word, weight in zip(domain, zipf, strict=True):
        counted[word] = counted.get(word, 0.0) + weight * share
    return list(counted), list(counted.values()), list(accumulate(counted.values()))


@cache
def _provinces() -> list[str]:
    rows = [row.split("\t") for row in read_text("places.tsv").splitlines()[1:]]
    return [row[1] for row in rows if row[0].endswith("0000")]
