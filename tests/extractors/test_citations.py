"""Citations: every 《…》 that names a document with its number, and nothing that is not cited."""

from __future__ import annotations

import pytest

from extractors.citations import find_citations, issued_titles
from extractors.layout import lay
from schemas.reading import Paragraph


def cited(text: str, *own: str) -> list[tuple[str, str | None]]:
    layout = lay([Paragraph(text=text)])
    found = find_citations(layout, own)
    assert all(layout.text[c.span.start] == "《" for c in found)
    return [(c.title, c.document_number) for c in found]


def test_titles_with_and_without_numbers() -> None:
    assert cited(
        "根据《教育强国建设规划纲要（2024—2035年）》和《关于做好教共体工作的通知》（浙教办函〔2021〕53号）精神"
    ) == [
        ("教育强国建设规划纲要（2024—2035年）", None),
        ("关于做好教共体工作的通知", "浙教办函〔2021〕53号"),
    ]


@pytest.mark.parametrize(
    "number", ["（浙教基〔20xx〕70号）", "(浙教基[20xx]70号)", "（浙教基〔20xx〕70）号", "（浙教基【20XX】70号）"]
)
def test_masked_and_misplaced_numbers_are_kept(number: str) -> None:
    assert cited(f"按照《省教育厅关于共同体建设的指导意见》{number}要求") == [
        ("省教育厅关于共同体建设的指导意见", "浙教基〔20xx〕70号")
    ]


def test_spaces_inside_a_title_are_removed_and_the_script_is_kept() -> None:
    assert cited("依據《河南省教育廳 河南省財政廳關於 深入推進工作的通知》") == [
        ("河南省教育廳河南省財政廳關於深入推進工作的通知", None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "制定《青岚县教共体实施方案》",
        "出台《考核办法》",
        "制定了《云汀县教共体章程》和《教共体考核办法》",
        "签订《结对协议书》",
        "阅读《朝花夕拾》",
        "观看《长津湖》",
        "刊登于《中国教育报》",
    ],
)
def test_papers_to_be_made_and_what_is_no_document_are_left_out(text: str) -> None:
    assert cited(text) == []


def test_the_documents_own_papers_are_no_citations() -> None:
    assert (
        cited("现将《云汀县实施方案》印发给你们，按照《任务清单》（见附件3）执行", "云汀县实施方案", "云汀县任务清单")
        == []
    )
    assert issued_titles("关于印发《云汀县实施方案》的通知") == ["云汀县实施方案"]
    assert issued_titles("云汀县教育局关于印发云汀县教共体建设方案的通知") == ["云汀县教共体建设方案"]
    assert issued_titles("关于公布优秀教师名单") == []


def test_a_citation_inside_a_citation_is_one() -> None:
    assert cited("落实《关于转发〈关于做好结对工作的通知〉的通知》") == [
        ("关于转发〈关于做好结对工作的通知〉的通知", None)
    ]
