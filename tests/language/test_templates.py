"""Utterances against the samples of the interaction model."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from skill.core.library import Intent, Library
from skill.language.normalise import Normaliser
from skill.language.templates import QUERY, SLOT, Match, Templates


@pytest.fixture(scope="module")
def templates(library: Library) -> Templates:
    return Templates(library, Normaliser(library.speech))


def matched(templates: Templates, library: Library, text: str) -> list[Match]:
    return templates.match(normaliser_of(library.hash, library).words(text))


NORMALISERS: dict[str, Normaliser] = {}


def normaliser_of(name: str, library: Library) -> Normaliser:
    """One for all samples."""
    return NORMALISERS.setdefault(name, NORMALISERS.get(name) or Normaliser(library.speech))


def filled(library: Library, intent: Intent, sample: str) -> str:
    """A sample with a value of each slot's type in it."""
    words = {"AMAZON.DURATION": "three minutes", QUERY: "bananas"}
    return SLOT.sub(
        lambda slot: words.get(
            intent.slots[slot[1]],
            next(iter(library.slot_types.get(intent.slots[slot[1]], {"": ("",)}).values()))[0],
        ),
        sample,
    )


def test_every_sample_finds_its_intent_and_its_slots(templates: Templates, library: Library) -> None:
    """What whole samples and two templates share goes to the more literal one; nothing gets lost.

    A sample without slots finds its own intent first.
    """
    owners: dict[str, str] = {}
    form = Normaliser(library.speech).form
    for intent in library.intents.values():
        for sample in (*intent.samples, *intent.hears):
            matches = matched(templates, library, filled(library, intent, sample))
            found = {match.intent: match for match in matches}
            assert intent.name in found, sample
            assert set(found[intent.name].slots) >= set(SLOT.findall(sample)) or "{" not in sample
            if not SLOT.search(sample):
                assert owners.setdefault(form(sample), intent.name) == intent.name, sample
                assert matches[0].intent == intent.name, sample


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("the figure four", "StretchIntent", {"stretch": "supine_figure_four"}),
        ("Start the Chair Twist!", "StretchIntent", {"stretch": "seated_chair_twist"}),
        ("something for my hips", "AreaIntent", {"area": "hips"}),
        ("give me a five minute stretch", "DurationIntent", {"duration": "PT300S"}),
        ("five minutes for my hips", "DurationIntent", {"duration": "PT300S", "area": "hips"}),
        ("i have a question bananas", "QuestionIntent", {"query": "bananas"}),
    ],
)
def test_slots_become_ids_and_seconds(
    templates: Templates, library: Library, text: str, intent: str, slots: dict[str, str]
) -> None:
    best = matched(templates, library, text)[0]
    assert (best.intent, best.slots) == (intent, slots)


@pytest.mark.parametrize(
    "text", ["", "purple bananas on the roof", "start the banana", "a banana minute stretch"]
)
def test_what_fits_no_sample_or_no_value_finds_nothing(
    templates: Templates, library: Library, text: str
) -> None:
    assert matched(templates, library, text) == []


@pytest.mark.parametrize(
    ("type_", "words", "value"),
    [
        ("Stretch", "Figure Four", "supine_figure_four"),
        ("Stretch", "banana", None),
        ("NobodysType", "figure four", None),
        ("AMAZON.DURATION", "three minutes", "PT180S"),
        ("AMAZON.DURATION", "bananas", None),
        (QUERY, "any words at all", "any words at all"),
    ],
)
def test_words_are_resolved_by_their_type(
    templates: Templates, type_: str, words: str, value: str | None
) -> None:
    assert templates.resolve(type_, words) == value


def library_with(library: Library, *intents: Intent) -> Library:
    return replace(library, intents={intent.name: intent for intent in intents})


def test_a_whole_sample_goes_before_a_template_and_the_more_literal_before_the_less(library: Library) -> None:
    some = library_with(
        library,
        Intent(name="QuestionIntent", route="ask", slots={"query": QUERY}, samples=("do my {query}",)),
        Intent(
            name="AreaIntent", route="request", slots={"area": "Area"}, samples=("{area}", "do my {area}")
        ),
        Intent(name="MineIntent", route="request", slots={"area": "Area"}, samples=("do {area}",)),
        Intent(name="WholeIntent", route="ask", samples=("do my hips",)),
    )
    templates = Templates(some, Normaliser(library.speech))
    names = [match.intent for match in templates.match(["do", "my", "hips"])]
    assert names == ["WholeIntent", "AreaIntent", "MineIntent", "QuestionIntent"]


def test_a_sample_is_no_pattern(library: Library) -> None:
    """A full stop in a sample stands for itself: it is no sign for any letter."""
    some = library_with(
        library,
        Intent(name="AreaIntent", route="request", slots={"area": "Area"}, samples=("do a+ {area}",)),
    )
    templates = Templates(some, Normaliser(library.speech))
    assert templates.match(["do", "aaa", "hips"]) == []
