"""Every county of the pack's province is said to have submitted or not, each once; nothing that came is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.pack import load
from corpus.corpus import Corpus
from extractors.divisions import counties, county_of_path, is_zone, is_zone_name, province_named
from extractors.gazetteer import Place, by_code
from flows.missing import missing
from schemas.document import Document, Jurisdiction, Quality, Source
from schemas.errors import InvalidPack
from schemas.missing import Missing
from schemas.outcome import Failure, Outcome
from schemas.requirement import Pack

ZHEJIANG = province_named("浙江省")
assert ZHEJIANG
COUNTIES = counties(ZHEJIANG)
PACK = load("zhejiang-2021")


def of(place: Place) -> Jurisdiction:
    return Jurisdiction(
        province=place.province.name, city=place.city.name if place.city else None, county=place.name, adcode=place.code
    )


def outcome(jurisdiction: Jurisdiction, uri: str, **facts: Any) -> Outcome:
    name = sha256(uri.encode()).hexdigest()
    source = Source(uri=uri, media_type="text/plain", sha256=name, bytes=1)
    given = {"role": "plan", "level": "county", "on_topic": True, "signed_on": date(2022, 5, 1), **facts}
    document = Document(
        id=name[:24], source=source, script="Hans", variant="zh", text=uri, jurisdiction=jurisdiction, **given
    )
    return Outcome(uri=uri, sha256=name, bytes=1, media_type="text/plain", documents=[document])


def failed(uri: str) -> Outcome:
    failure = Failure(uri=uri, cause="damaged", message="文件损坏")
    return Outcome(
        uri=uri, sha256=sha256(uri.encode()).hexdigest(), bytes=1, media_type="application/pdf", failure=failure
    )


def state(result: Missing, place: Place) -> str:
    (found,) = [one for one in result.counties if one.adcode == place.code]
    return found.state


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        yield opened


def test_the_counties_are_districts_counties_and_county_level_cities_without_zones() -> None:
    """The numbers of county-level divisions in the yearbook of the Ministry of Civil Affairs for the end of 2023."""
    assert len(COUNTIES) == 90
    henan = province_named("河南")
    assert henan
    assert len(counties(henan)) == 157
    official = [place for place in by_code().values() if place.rank == "county" and not is_zone(place)]
    assert not [place for place in official if is_zone_name(place.name)]
    assert sum(is_zone(place) for place in by_code().values()) > 100


def test_a_city_without_counties_answers_for_itself() -> None:
    guangdong = province_named("广东省")
    assert guangdong
    cities = [place for place in counties(guangdong) if place.rank == "city"]
    assert len(cities) == 2


def test_each_state_is_told(corpus: Corpus) -> None:
    plan, school, unread, old, page, other = COUNTIES[:6]
    corpus.record(
        [
            outcome(of(plan), "a.txt"),
            outcome(of(school), "b.txt", role="submission", level="school"),
            failed(f"报送/{unread.full_name}/实施方案.pdf"),
            outcome(of(old), "d.txt", signed_on=date(2015, 1, 1)),
            outcome(
                of(page), "e.txt", role="other", quality=[Quality(kind="unreadable_page", message="第1页", page=1)]
            ),
            outcome(of(other), "f.txt", role="requirement"),
        ]
    )
    result = missing(corpus, PACK)
    assert [state(result, one) for one in (plan, school, unread, old, page, other)] == [
        "submitted", "schools_only", "unreadable", "outside", "unreadable", "outside",
    ]  # fmt: skip
    assert state(result, COUNTIES[6]) == "nothing"
    assert result.states == {
        "submitted": 1, "unreadable": 2, "schools_only": 1, "outside": 2, "nothing": len(COUNTIES) - 6,
    }  # fmt: skip
    outside = [one.outside for county in result.counties for one in county.documents if one.outside]
    assert len(outside) == 3
    assert "早于" in outside[0]


def test_a_plan_makes_good_whatever_else_could_not_be_read(corpus: Corpus) -> None:
    place = COUNTIES[3]
    corpus.record([failed(f"{place.full_name}方案.pdf"), outcome(of(place), "a.txt", signed_on=None)])
    result = missing(corpus, PACK)
    assert state(result, place) == "submitted"
    (county,) = [one for one in result.counties if one.adcode == place.code]
    assert county.documents[0].undated
    assert len(county.unread) == 1


def test_a_school_file_that_could_not_be_read_is_no_plan_of_the_county(corpus: Corpus) -> None:
    place = COUNTIES[3]
    corpus.record([failed(f"{place.full_name}/第一小学实施方案.pdf")])
    assert state(missing(corpus, PACK), place) == "schools_only"


def test_zones_and_places_not_known_are_listed_apart(corpus: Corpus) -> None:
    zone = next(place for place in by_code().values() if is_zone(place))
    in_zhejiang = Jurisdiction(province="浙江省", county="青岚经济开发区")
    unknown = Jurisdiction(province="浙江省", county="青岚县")
    twice = Jurisdiction(province="浙江省", county=COUNTIES[0].name, candidates=["甲", "乙"])
    corpus.record(
        [
            outcome(in_zhejiang, "zone.txt"),
            outcome(unknown, "unknown.txt"),
            outcome(twice, "twice.txt"),
            outcome(Jurisdiction(), "nowhere.txt"),
            outcome(Jurisdiction(), "nobody.txt", role="other", on_topic=False),
            outcome(Jurisdiction(province="浙江省", city="宁波市", adcode="330200"), "city.txt", level="city"),
            outcome(of(zone), "elsewhere.txt"),
            failed("扫描件001.pdf"),
        ]
    )
    result = missing(corpus, PACK)
    assert [one.uri for one in result.zones] == ["zone.txt"]
    # The name stands once in the province's table: what the parser could not decide, the pack's province does.
    assert {one.uri for one in result.unplaced} == {"unknown.txt", "nowhere.txt"}
    assert state(result, COUNTIES[0]) == "submitted"
    assert [one.uri for one in result.unread_unplaced] == ["扫描件001.pdf"]
    assert result.above == 1


def test_the_zones_of_a_province_with_codes_are_no_counties(corpus: Corpus) -> None:
    zone = next(place for place in by_code().values() if is_zone(place) and place.province.name == "河南省")
    corpus.record([outcome(of(zone), "zone.txt", signed_on=date(2025, 10, 1))])
    result = missing(corpus, load("henan-2025"))
    assert [one.uri for one in result.zones] == ["zone.txt"]
    assert result.states["nothing"] == 157


_DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from([*COUNTIES[:8], None]),
        st.sampled_from(["plan", "submission", "requirement", "other"]),
        st.sampled_from(["county", "school", "township", "city", None]),
        st.sampled_from([None, date(2015, 1, 1), date(2022, 1, 1)]),
    ),
    max_size=12,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_DOCUMENTS)
def test_every_county_is_counted_once_and_every_document_stands_somewhere(
    tmp_path_factory: pytest.TempPathFactory, given_documents: list[tuple[Any, ...]]
) -> None:
    with Corpus.open(tmp_path_factory.mktemp("any") / "home", create=True) as corpus:
        corpus.record(
            [
                outcome(
                    of(place) if place else Jurisdiction(province="浙江省"), f"{n}.txt", role=role, level=level, signed_on=day
                )
                for n, (place, role, level, day) in enumerate(given_documents)
            ]
        )  # fmt: skip
        result = missing(corpus, PACK)
    assert sum(result.states.values()) == len(result.counties) == len(COUNTIES)
    assert sum(city.counties for city in result.cities) == len(COUNTIES)
    assert [sum(city.states[name] for city in result.cities) for name in result.states] == [*result.states.values()]
    held = [one.uri for county in result.counties for one in county.documents]
    held += [one.uri for one in (*result.zones, *result.unplaced)]
    assert len(held) == len(set(held)) == len(given_documents) - result.above
    for county in result.counties:
        assert (county.state == "nothing") == (not county.documents and not county.unread)


def test_a_pack_that_asks_nothing_of_counties_is_refused(corpus: Corpus) -> None:
    scope = PACK.applies.model_copy(update={"levels": ["city"]})
    pack: Pack = PACK.model_copy(update={"applies": scope})
    with pytest.raises(InvalidPack, match="县级"):
        missing(corpus, pack)


def test_the_name_of_a_file_tells_a_county_only_where_it_means_one() -> None:
    assert ZHEJIANG
    place = COUNTIES[20]
    assert county_of_path(f"/报送/浙江省/{place.full_name}/方案.pdf", (ZHEJIANG,)) == place
    assert county_of_path("/报送/方案.pdf", (ZHEJIANG,)) is None
    both = f"{COUNTIES[20].full_name}、{COUNTIES[40].full_name}.pdf"
    assert county_of_path(both, (ZHEJIANG,)) is None
