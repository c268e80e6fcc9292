"""Walking through the parameters of a requirement: every list of terms in it, with its place in the pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from checks.pack import Location
from schemas.requirement import ConsistencyParameters, Pack, RequirementBase

NOT_TERMS = frozenset({"kinds", "needs", "labels", "modes", "expected_evidence", "against"})
"""Lists of fixed values, which are not searched for in plans."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One list of terms: its place, the name of its field, and whether it is one of several groups of that field."""

    location: Location
    field: str
    terms: tuple[str, ...]
    grouped: bool


def models(requirement: RequirementBase) -> Iterator[tuple[Location, BaseModel]]:
    """Every model inside the parameters, the parameters first; places are relative to the requirement."""
    parameters = getattr(requirement, "parameters", None)
    if isinstance(parameters, BaseModel):
        yield from _models(parameters, ("parameters",))


def terms(requirement: RequirementBase) -> Iterator[Terms]:
    """Every list of terms in the parameters; places are relative to the requirement."""
    for location, model in models(requirement):
        for name in type(model).model_fields:
            if name not in NOT_TERMS:
                yield from _terms(getattr(model, name), (*location, name), name)


def compares_plans(pack: Pack) -> bool:
    """Whether a requirement holds plans against each other, so that ``check`` needs the other documents at hand."""
    return any(
        isinstance(model, ConsistencyParameters) and "plans" in model.against
        for requirement in pack.requirements
        for _, model in models(requirement)
    )


def _models(value: object, location: Location) -> Iterator[tuple[Location, BaseModel]]:
    if isinstance(value, BaseModel):
        yield location, value
        for name in type(value).model_fields:
            yield from _models(getattr(value, name), (*location, name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _models(item, (*location, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, item in enumerate(value):
            yield from _models(item, (*location, place))


def _terms(value: object, location: Location, name: str, grouped: bool = False) -> Iterator[Terms]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _terms(item, (*location, str(key)), name, grouped=True)
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        yield Terms(location, name, tuple(value), grouped)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, list):
                yield from _terms(item, (*location, place), name, grouped=True)
