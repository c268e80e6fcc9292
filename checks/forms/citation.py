"""Form ``citation``: a document must be cited, by its number (发文字号, GB/T 9704-2012, 7.2.5).

1. Brackets of any form are the same; a masked year (〔20xx〕) counts as the year asked for.
2. Met with the number; partial when only the title is cited, or the title with another number.
"""

from __future__ import annotations

import re

from checks.judgement import Judgement
from checks.matching import pattern
from checks.plan import Plan
from extractors.fold import fold
from schemas.requirement import CitationRequirement


def judge(plan: Plan, requirement: CitationRequirement) -> Judgement:
    """Whether the plan cites the document."""
    parameters = requirement.parameters
    number = "".join(fold(parameters.document_number).split())
    terms = [parameters.document_number, *parameters.title]
    match = _number_pattern(number).search(plan.flat)
    if match:
        start, end = match.span()
        evidence = [plan.evidence("supports", start, end)]
        quote = evidence[0].quote
        masked = "（年份被遮盖，视为同一文件）" if re.search(r"[xX×*]{2}", match.group()) else ""
        return Judgement("met", quote, f"引用了{quote}{masked}。", evidence, terms=terms)
    for citation in plan.document.citations:
        title = "".join(fold(citation.title).split())
        if parameters.title and all(pattern((word,)).search(title) for word in parameters.title):
            evidence = [plan.evidence_at("nearest_miss", citation.span)]
            other = f"，文号写作{citation.document_number}" if citation.document_number else "，未写文号"
            how = f"引用了该文件的标题{other}。"
            return Judgement("partial", f"《{citation.title}》", how, evidence, missing=True, terms=terms)
    return Judgement("not_found", None, f"全文未见{parameters.document_number}。", missing=True, terms=terms)


def _number_pattern(number: str) -> re.Pattern[str]:
    """The number with any brackets, and its year also masked."""
    match = re.fullmatch(r"(.+?)[\[(](\d{2})(\d{2})[\])](\d+)号", number)
    if match is None:
        return re.compile(re.escape(number))
    issuer, century, year, serial = match.groups()
    # A stray bracket after the serial number is common in copied pages: 〔20xx〕67)号.
    return re.compile(rf"{re.escape(issuer)}[\[(<〈]{century}(?:{year}|[xX×*_○]{{2}})[\])>〉](?:第)?0*{serial}[)\]]?号")
