"""A check as it is stored, which another version may have written."""

from __future__ import annotations

from pydantic import ValidationError

from schemas.errors import CorpusError
from schemas.finding import PlanCheck


def read_check(body: str, document: str, pack: str) -> PlanCheck:
    """The check that ``body`` (JSON) holds, of a document with a pack, by their identifiers.

    Raises:
        CorpusError: this version cannot read it, with the way out.
    """
    try:
        return PlanCheck.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CorpusError(
            f"{document}: 此文件按要求包 {pack} 的检查结果由其他版本写入，本版本无法读取；请改用写入它的版本或更新的版本 / its check "
            f"with the pack {pack} was stored by another version and cannot be read ({place}: {first['msg']}); use the version "
            "of duzheng that stored it, or a later one: the history of checks is never changed, so checking again does not help"
        ) from error
