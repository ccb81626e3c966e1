"""The store's words: what they have to say, and how they read in each place."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.authoring import listing
from skill.authoring.compile import ENGLISH, Source
from skill.authoring.listing import Listing
from skill.core.library import Library
from skill.core.turn import Door
from skill.core.wording import Wording
from tests import once

FILE = "content/en/listing.yaml"
WORDS, NAME = once.built().listing, once.built().invocation_name


def told(tree: Path, library: Library, right: str, wrong: str) -> list[str]:
    """The problems of a listing in which something stands instead of something else."""
    text = (tree / FILE).read_text(encoding="utf-8")
    assert right in text
    (tree / FILE).write_text(text.replace(right, wrong), encoding="utf-8")
    source = Source(tree, ENGLISH)
    if (found := listing.read(source)) is not None:
        listing.check(source, found, library, NAME)
    return [str(problem) for problem in source.problems]


def test_the_real_listing_has_no_problems(tree: Path, library: Library) -> None:
    assert told(tree, library, "Gentle", "Gentle") == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("{emergency_number}", "an ambulance", "14: the disclaimer names {emergency_number}"),
        ("  - Alexa, open gentle back\n", "", "3: Expected `array` of length >= 3"),
        ("keywords:", "  - Alexa, stop\nkeywords:", "3: Expected `array` of length <= 3"),
        ("No account", "No account. " * 400, "23: Expected `str` of length <= 4000"),
        ("with real pauses", "with real pauses " * 200, "14: 4"),
        (
            "keywords:",
            "update_notes: It heals your back pain.\nkeywords:",
            "15: L08, 'heals your back pain'",
        ),
        ("keywords: [", f"keywords: [{'back, ' * 30}", "11: Expected `array` of length <= 30"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tree: Path, library: Library, right: str, wrong: str, problem: str
) -> None:
    [line] = told(tree, library, right, wrong)
    file, _, place = line.split(":", 2)
    assert file == FILE
    assert place.startswith(problem)


def test_every_place_of_amazon_s_reads_its_own_number_and_words(library: Library) -> None:
    places = listing.alexa_locales(library)
    assert set(places) == library.locales.keys() - {"other"}
    for locale in places:
        here = WORDS.filled(Wording(library, locale, Door.ALEXA))
        assert f"call {library.locales[locale].emergency_number} or" in here.description
        assert library.locales[locale].clinician in here.description
        assert "{" not in here.summary + here.description
        assert here.example_phrases == WORDS.example_phrases


def test_notes_on_an_update_are_filled_in_as_well(library: Library) -> None:
    kept = {key: getattr(WORDS, key) for key in Listing.__struct_fields__}
    noted = Listing(**kept | {"update_notes": "When to ask a {clinician}."})
    here = noted.filled(Wording(library, "en-GB", Door.ALEXA))
    assert here.update_notes == "When to ask a physiotherapist."
