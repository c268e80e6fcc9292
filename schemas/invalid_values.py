"""What pydantic finds wrong with a value, in Chinese and English: what is wrong, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.bilingual import Both

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_CHINESE = {
    "missing": "缺少这个字段",
    "extra_forbidden": "没有这个字段",
    "value_error": "写得不对",
    "literal_error": "只能是 {expected} 之一",
    "union_tag_invalid": "没有 {tag} 这种形式",
    "union_tag_not_found": "没有写明形式",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "至多 {max_length} 个字",
    "string_pattern_mismatch": "写法不符 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不大于 {le}",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "dict_type": "应为若干字段",
    "model_type": "应为若干字段",
    "model_attributes_type": "应为若干字段",
    "date_type": "应为日期，写作 2026-12-31",
    "date_parsing": "应为日期，写作 2026-12-31",
    "date_from_datetime_parsing": "应为日期，写作 2026-12-31",
    "date_from_datetime_inexact": "应为日期，写作 2026-12-31",
}
"""By the type of pydantic's error; of any other it is said that the value is wrong, and in English what pydantic says."""
_ENGLISH = {"missing": "this field is missing", "extra_forbidden": "unknown field"}
_CURES = {
    "missing": ("请补上", "add it"),
    "extra_forbidden": ("请核对写法或删去", "check its spelling or remove it"),
    "union_tag_invalid": ("form 用所列之一", "give `form` one of the values named"),
    "union_tag_not_found": ("请写明 form", "give `form`"),
}


def wrong(problem: ErrorDetails) -> Both:
    """What is wrong, each half on one line.

    Args:
        problem: one of ``ValidationError.errors()``. A message of a validator of ours is in both languages already.
    """
    kind, message = problem["type"], " ".join(problem["msg"].removeprefix("Value error, ").split())
    if " / " in message and kind not in _CHINESE.keys() - {"value_error"}:
        return Both.of(message)
    blanks = {name: str(value).replace(" or ", "、") for name, value in problem.get("ctx", {}).items()}
    chinese = _CHINESE.get(kind, _CHINESE["value_error"]).format(**blanks)
    return Both(" ".join(chinese.split()), _ENGLISH.get(kind, message))


def told(problem: ErrorDetails, see: str, more: int = 0) -> tuple[str, str]:
    """What is wrong and the way out, each as ``中文 / English`` on one line.

    Args:
        problem: as of ``wrong``.
        see: where the fields are described.
        more: how many further problems there are, which the way out adds.
    """
    chinese, english = _CURES.get(
        problem["type"], (f"请改正；各字段见 {see}", f"correct this value; for the fields see {see}")
    )
    if more:
        chinese, english = f"{chinese}；另有 {more} 处", f"{english}; {more} more"
    return str(wrong(problem)), f"{chinese} / {english}"
