"""Amazon's interaction model: what is committed is current, and every limit of the platform can fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from skill.alexa import model
from skill.authoring.listing import alexa_locales
from skill.core.conversation import ROUTES
from skill.core.library import Intent, Library
from tests import once
from tests.helpers import ROOT

MODELS = ROOT / "interaction_model/interactionModels/custom"
LIBRARY, NAME = once.built().library, once.built().invocation_name
REQUIRED = sorted(model.REQUIRED)


def small(*intents: Intent, **slot_types: dict[str, tuple[str, ...]]) -> Library:
    """A library that has the required intents, and these."""
    required = (Intent(name=name, route="help") for name in REQUIRED)
    named = {intent.name: intent for intent in (*required, *intents)}
    return replace(LIBRARY, intents=named, slot_types=slot_types)


def intent(name: str = "BananaIntent", **values: Any) -> Intent:
    return Intent(**({"name": name, "route": "help", "samples": ("purple bananas",)} | values))


def told(library: Library, name: str = NAME) -> list[str]:
    return [problem.message for problem in model.problems(library, name)]


def language_model() -> dict[str, Any]:
    """The committed model."""
    whole: dict[str, Any] = json.loads((MODELS / "en-US.json").read_bytes())
    return whole["interactionModel"]["languageModel"]  # type: ignore[no-any-return]  # plain JSON


def test_the_committed_model_is_current() -> None:
    """If this fails, run `gentle-back model`."""
    assert {path.stem for path in MODELS.iterdir()} == set(alexa_locales(LIBRARY))
    fresh = model.to_json(model.build(LIBRARY, NAME))
    for path in MODELS.iterdir():
        assert path.read_bytes() == fresh, path.name


def test_the_real_content_and_the_smallest_library_have_no_problems() -> None:
    assert told(LIBRARY) == []
    assert told(small()) == []
    assert (
        told(small(intent(slots={"area": "Area"}, samples=("stretch my {area}",)), Area={"a": ("hips",)}))
        == []
    )


def test_the_model_says_what_the_library_says() -> None:
    spoken = language_model()
    assert spoken["invocationName"] == NAME == "gentle back"
    assert {one["name"]: tuple(one["samples"]) for one in spoken["intents"]} == {
        one.name: one.samples for one in LIBRARY.intents.values()
    }
    for one in spoken["intents"]:
        declared = {slot["name"]: slot["type"] for slot in one["slots"]}
        assert declared == LIBRARY.intents[one["name"]].slots
    assert {one["name"] for one in spoken["types"]} == set(LIBRARY.slot_types)
    for one in spoken["types"]:
        values = {
            value["id"]: (value["name"]["value"], *value["name"]["synonyms"]) for value in one["values"]
        }
        assert values == LIBRARY.slot_types[one["name"]]


def test_every_built_in_that_a_skill_with_steps_needs_is_there_and_has_no_samples() -> None:
    intents = {one["name"]: one for one in language_model()["intents"]}
    assert set(REQUIRED) <= set(intents)
    assert [name for name, one in intents.items() if name.startswith("AMAZON.") and one["samples"]] == []
    assert [
        name for name, one in intents.items() if not name.startswith("AMAZON.") and not one["samples"]
    ] == []


def test_names_and_ids_are_unique() -> None:
    spoken = language_model()
    for names in (
        [one["name"] for one in spoken["intents"]],
        [one["name"] for one in spoken["types"]],
        *([value["id"] for value in one["values"]] for one in spoken["types"]),
    ):
        assert len(names) == len(set(names))


def test_one_intent_takes_free_words() -> None:
    free = [one.name for one in LIBRARY.intents.values() if model.SEARCH_QUERY in one.slots.values()]
    assert free == ["QuestionIntent"]


def test_every_answer_and_every_refusal_has_its_intent() -> None:
    topics = {
        route: {one.topic for one in LIBRARY.intents.values() if one.route == route}
        for route in ("ask", "refuse")
    }
    assert topics == {
        "ask": set(LIBRARY.answers),
        "refuse": {refusal.id for refusal in LIBRARY.safety.refusals},
    }


def test_every_intent_leads_somewhere() -> None:
    assert {one.route for one in LIBRARY.intents.values()} <= set(ROUTES)


def test_every_type_that_a_slot_names_is_there_and_used() -> None:
    used = {type_ for one in LIBRARY.intents.values() for type_ in one.slots.values()}
    assert used - model.BUILT_IN_TYPES == set(LIBRARY.slot_types)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_required_built_in_that_is_missing_is_told(missing: str) -> None:
    some = small()
    without = replace(some, intents={name: one for name, one in some.intents.items() if name != missing})
    assert told(without) == [f"the intent {missing} is missing"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bananas", "the invocation name needs two words or more"),
        ("", "the invocation name needs two words or more"),
        ("Purple Bananas", "the invocation name has lower-case letters, spaces and apostrophes only"),
        ("purple bananas 2", "the invocation name has lower-case letters, spaces and apostrophes only"),
        ("open bananas", "the invocation name has the word 'open', which is Alexa's"),
        ("my alexa bananas", "the invocation name has the word 'alexa', which is Alexa's"),
        ("the bananas", "a two-word invocation name has no article and no preposition"),
        ("for bananas", "a two-word invocation name has no article and no preposition"),
    ],
)
def test_a_name_that_amazon_refuses_is_told(name: str, message: str) -> None:
    assert message in told(small(), name)


@pytest.mark.parametrize("name", ["gentle back", "bananas for me", "john's purple bananas", "a. b. bananas"])
def test_a_name_that_amazon_takes_has_no_problem(name: str) -> None:
    assert told(small(), name) == []


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("INTENTS", 13, "14 intents, more than 13"),
        ("INTENTS_AND_TYPES", 14, "15 intents and types, more than 14"),
    ],
)
def test_too_many_intents_or_types_are_told(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, message: str
) -> None:
    some = small(intent(slots={"a": "Area"}, samples=("my {a}",)), Area={"a": ("hips",)})
    assert told(some) == []
    monkeypatch.setattr(model, limit, value + 1)
    assert told(some) == []
    monkeypatch.setattr(model, limit, value)
    assert told(some) == [message]


def test_a_model_of_too_many_bytes_is_told() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = tuple(f"{a}{b}{c} {'x' * 100}" for a in letters for b in letters for c in letters[:20])
    [message] = told(small(intent(slots={"a": "Area"}, samples=("my {a}",)), Area={"a": words}))
    assert message.startswith("the model has 1")
    assert message.endswith(" bytes, more than 1500000")


@pytest.mark.parametrize(
    ("samples", "slots", "message"),
    [
        (("2 bananas",), {}, "a sample has letters only, no digits or signs: '2 bananas'"),
        (("Bananas",), {}, "a sample has letters only, no digits or signs: 'Bananas'"),
        (("bananas?",), {}, "a sample has letters only, no digits or signs: 'bananas?'"),
        (("bananas, please",), {}, "a sample has letters only, no digits or signs: 'bananas, please'"),
        (("my {a} {b}",), {"a": "Area", "b": "Area"}, "two slots stand side by side: 'my {a} {b}'"),
        (("my {a}{b}",), {"a": "Area", "b": "Area"}, "two slots stand side by side: 'my {a}{b}'"),
        (("bananas", "apples", "bananas"), {}, "'bananas' stands twice in BananaIntent"),
        (("my {a}",), {}, "BananaIntent uses {a}, which has no type"),
        (("bananas",), {"a": "Area"}, "BananaIntent has the slot a, which no sample uses"),
        (("my {a}",), {"a": "Fruit"}, "the slot a of BananaIntent has no type Fruit"),
        (
            ("bananas {q}", "in {a}"),
            {"q": model.SEARCH_QUERY, "a": "Area"},
            "BananaIntent has another slot beside AMAZON.SearchQuery",
        ),
        (("{q}",), {"q": model.SEARCH_QUERY}, "'{q}' has no words around its AMAZON.SearchQuery"),
    ],
)
def test_a_sample_or_slot_that_amazon_refuses_is_told(
    samples: tuple[str, ...], slots: dict[str, str], message: str
) -> None:
    assert told(small(intent(samples=samples, slots=slots), Area={"a": ("hips",)})) == [message]


def test_a_built_in_with_samples_is_told() -> None:
    some = small(intent("AMAZON.HelpIntent", samples=("help me with bananas",)))
    assert told(some) == ["AMAZON.HelpIntent is Amazon's: its samples belong in `hears`"]
    assert told(small(intent("AMAZON.HelpIntent", samples=(), hears=("help me with bananas",)))) == []


@pytest.mark.parametrize("field", ["samples", "hears"])
def test_a_sample_of_two_intents_is_told_once(field: str) -> None:
    some = small(intent(), intent("FruitIntent", **({"samples": ()} | {field: ("purple bananas",)})))
    assert told(some) == ["'purple bananas' stands in BananaIntent and in FruitIntent"]


def test_samples_with_slots_of_one_type_are_the_same_whatever_the_slots_are_called() -> None:
    types: dict[str, dict[str, tuple[str, ...]]] = {"Area": {"a": ("hips",)}, "Fruit": {"b": ("bananas",)}}
    one = intent(samples=("my {a}",), slots={"a": "Area"})
    same = intent("FruitIntent", samples=("my {b}",), slots={"b": "Area"})
    other = intent("FruitIntent", samples=("my {b}",), slots={"b": "Fruit"})
    assert told(small(one, same, **types)) == ["'my {b}' stands in BananaIntent and in FruitIntent"]
    assert told(small(one, other, **types)) == []


def test_a_slot_of_two_types_is_told() -> None:
    some = small(
        intent(samples=("my {a}",), slots={"a": "Area"}),
        intent("FruitIntent", samples=("eat {a}",), slots={"a": "Fruit"}),
        Area={"a": ("hips",)},
        Fruit={"b": ("bananas",)},
    )
    assert told(some) == ["the slot a has the types Area, Fruit"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": ("x" * 141,)}, f"{'x' * 30!r}... has more than 140 characters"),
        ({"a": ("hips 2",)}, "a slot value has letters only, no digits or signs: 'hips 2'"),
        ({"a": ("hips", "bum"), "b": ("bum",)}, "'bum' stands in a and in b, both of type Area"),
        ({"a": ("hips", "bum", "hips")}, "'hips' stands twice in a, of type Area"),
    ],
)
def test_a_value_that_amazon_refuses_is_told(values: dict[str, tuple[str, ...]], message: str) -> None:
    assert told(small(intent(samples=("my {a}",), slots={"a": "Area"}), Area=values)) == [message]


def test_a_value_of_the_longest_length_is_taken() -> None:
    some = small(intent(samples=("my {a}",), slots={"a": "Area"}), Area={"a": ("x" * 140,)})
    assert told(some) == []
