"""The pages for a clinician's sign-off are current, and leave nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.authoring.sign_off import SIGNED, pages
from skill.authoring.yaml_files import ContentError
from skill.core.library import Library
from tests.helpers import ROOT, check_written

PAGES = dict(pages(ROOT))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name], "run gentle-back docs"


def test_every_move_is_there_with_all_that_is_said(library: Library) -> None:
    page = PAGES["docs/moves.md"]
    assert page.count(SIGNED) == len(library.stretches)
    for id_, stretch in library.stretches.items():
        part = page.partition(f"`{id_}`, also called")[2].partition("\n## ")[0]
        for text in (stretch.set_up, stretch.move, stretch.limit, stretch.way_out, stretch.caution or ""):
            assert text in part
        for id_of_flag in stretch.blocks:
            assert f"`{id_of_flag}`" in part
        for source in stretch.sources:
            assert f"{source} (" in part
        assert f"Level: {stretch.level}" in part
        assert f"{stretch.hold.seconds:g} s ({stretch.hold.least:g} to {stretch.hold.most:g} s)" in part


def test_every_answer_is_there_with_its_ways_of_asking(library: Library) -> None:
    page = PAGES["docs/answers.md"]
    assert page.count(SIGNED) == len(library.answers)
    for answer in library.answers.values():
        for text in (answer.answer, answer.where_from, answer.help or "", *answer.asks):
            assert text in page


def test_every_flag_question_and_refusal_is_there(library: Library) -> None:
    page, safety = PAGES["docs/flags.md"], library.safety
    assert page.count(SIGNED) == len(safety.flags) + 4
    for place in library.locales.values():
        for local in (place.emergency_number, place.emergency_room, place.clinician, *place.words.values()):
            assert f": {local}" in page
    for flag in safety.flags:
        for text in (f"`{flag.id}`", flag.advice, *flag.says, *flag.own_negation, *flag.never):
            assert text in page
    for question in safety.questions:
        assert question.ask in page
        assert question.yes in page
    for refusal in safety.refusals:
        assert refusal.reply in page
    for word in safety.definitions:
        assert word.meaning in page


def test_pages_say_that_nothing_is_reviewed() -> None:
    assert all("Not medically reviewed yet." in page for page in PAGES.values())


def test_the_command_writes_them(tree: Path) -> None:
    check_written("docs", tree, PAGES)


def test_content_that_cannot_be_read_makes_no_pages(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        dict(pages(tmp_path))
