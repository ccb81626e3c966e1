"""What strangers say to each intent: heard as that, and no other intent steals it.

The lines are those of `tests/utterances/intents.yaml`, and every sample of the interaction model.
"""

from __future__ import annotations

import pytest

from skill.authoring.yaml_files import read
from skill.core.library import Library
from skill.core.player import State
from skill.language.deciding import Context
from skill.language.hearing import Ear
from skill.language.normalise import Normaliser
from skill.language.templates import QUERY, Templates
from skill.lazy import LazyMatcher
from tests.helpers import ROOT

LINES = read(ROOT / "tests/utterances/intents.yaml").convert(dict[State, dict[str, tuple[str, ...]]])
CASES = [
    (state, intent, line)
    for state, intents in LINES.items()
    for intent, lines in intents.items()
    for line in lines
]
KINDLIER = {
    "DescribeIntent": "a question that the content answers is answered, rather than the stretch described",
    "DefineIntent": "a question that the content answers is answered, rather than its word defined",
    "DurationIntent": "a minute's rest in a stretch is a pause",
    "PositionIntent": "being in place is being ready",
    "SymptomIntent": "an answer to an open question about pain says which",
}
"""Intents whose templates lose a few whole samples to others on purpose."""


@pytest.fixture(scope="module")
def ear(library: Library, matcher: LazyMatcher) -> Ear:
    return Ear(library, matcher)


@pytest.mark.parametrize(("state", "intent", "line"), CASES)
def test_what_strangers_say_is_heard_as_it_is_meant(
    ear: Ear, library: Library, state: State, intent: str, line: str
) -> None:
    heard = ear.text(line, Context(state))
    assert heard.route == library.intents[intent].route
    assert heard.topic == library.intents[intent].topic


def test_no_intent_steals_the_words_of_another(library: Library) -> None:
    """All lines and all whole samples, against all templates of all intents."""
    normaliser = Normaliser(library.speech)
    templates = Templates(library, normaliser)
    stolen = []
    said = [(intent, line) for _, intent, line in CASES]
    for intent in library.intents.values():
        said.extend((intent.name, sample) for sample in intent.samples if "{" not in sample)
    for name, line in said:
        for match in templates.match(normaliser.words(line)):
            thief = library.intents[match.intent]
            other = thief.route != library.intents[name].route and QUERY not in thief.slots.values()
            if other and thief.name not in KINDLIER:
                stolen.append((line, name, thief.name))
    assert stolen == []
