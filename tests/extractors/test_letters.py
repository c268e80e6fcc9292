"""Letters of Taiwan and Hong Kong: labelled lines say what a mainland document says by its layout."""

from __future__ import annotations

from datetime import date

from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile

TAIWAN = """花蓮縣政府　函
地址：970花蓮市府前路17號
受文者：如正副本行文單位
發文日期：中華民國112年9月1日
發文字號：府教學字第1120012345號
主旨：檢送本縣偏鄉學校策略聯盟實施計畫1份，請查照。
說明：
一、依據教育部112年8月15日函辦理。
二、請各校於112年10月底前成立策略聯盟。
辦法：請各校依限辦理。
正本：各國民小學、各國民中學
"""
HONG_KONG = """教育局通告第12/2023號
分發名單：各官立學校校監、資助學校校監
檔號：EDB(QA)/SCH/1/2
摘要：本通告旨在公布姊妹學校計劃的安排。
詳情：
1. 學校可於2023年10月底前申請。
2. 每年舉辦不少於2次交流活動。
"""


def read(text: str) -> Document:
    (document,) = parse(SourceFile(uri="函.txt", data=text.encode())).documents
    return document


def test_a_taiwan_letter_states_everything_in_labelled_lines() -> None:
    letter = read(TAIWAN)
    assert (letter.script, letter.variant, letter.genre) == ("Hant", "zh-Hant-TW", "letter")
    assert letter.title == "檢送本縣偏鄉學校策略聯盟實施計畫1份"
    assert letter.issuers == ["花蓮縣政府"]
    assert letter.addressees == ["各國民小學", "各國民中學"]
    assert letter.document_number == "府教學字第1120012345號"
    assert letter.signed_on == date(2023, 9, 1)
    assert [(s.number, s.heading, len(s.sections)) for s in letter.sections] == [(None, "說明", 2), (None, "辦法", 0)]
    assert letter.quote(letter.spans["title"]) == letter.title


def test_a_hong_kong_circular_names_its_number_and_list() -> None:
    circular = read(HONG_KONG)
    assert circular.document_number == "EDB(QA)/SCH/1/2"
    assert circular.addressees == ["各官立學校校監", "資助學校校監"]
    assert circular.title == "本通告旨在公布姊妹學校計劃的安排"
    assert [t.value for t in circular.targets] == [2]


def test_a_mainland_document_with_the_word_is_no_letter() -> None:
    plan = read("青岚县教共体方案\n为推进教共体建设，制定本方案。\n说明：本方案自印发之日起实施。\n一、目标\n建成3个。")
    assert plan.title == "青岚县教共体方案"
    assert [s.number for s in plan.sections] == ["一"]
