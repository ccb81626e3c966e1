"""Segments as SSML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.alexa import certification, ssml
from skill.core.turn import Pause, Say, Segment

SPEAKABLE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=200
)
PAUSES = st.floats(0.001, 10).map(
    lambda seconds: Pause(seconds=seconds, cue="hold", stretch="a_stretch", step="hold")
)


def read(inside: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<speak>{inside}</speak>")


@settings(deadline=None)
@given(SPEAKABLE)
def test_any_words_come_out_as_they_went_in(text: str) -> None:
    assert "".join(read(ssml.words(text)).itertext()) == text


def test_signs_of_xml_are_escaped() -> None:
    assert ssml.words("back & hips < 5 > 4") == "back &amp; hips &lt; 5 &gt; 4"


@pytest.mark.parametrize("number", ["911", "999", "000", "112"])
def test_a_number_to_call_is_spoken_digit_by_digit(number: str) -> None:
    assert ssml.words(f"Call {number} now.") == (f'Call <say-as interpret-as="digits">{number}</say-as> now.')


@pytest.mark.parametrize("text", ["Hold for 30 seconds.", "In 2015.", "10 to 20", "no number"])
def test_other_numbers_are_spoken_as_numbers(text: str) -> None:
    assert ssml.words(text) == text


@pytest.mark.parametrize(
    ("seconds", "time"), [(10.0, "10000ms"), (7.5, "7500ms"), (0.3333, "333ms"), (1 / 3 * 3, "1000ms")]
)
def test_a_pause_is_a_break_in_whole_milliseconds(seconds: float, time: str) -> None:
    pause = Pause(seconds=seconds, cue="hold", stretch="a_stretch", step="hold")
    assert ssml.render([pause]) == f'<break time="{time}"/>'


@settings(deadline=None)
@given(st.lists(SPEAKABLE.map(lambda text: Say(text=text)) | PAUSES, max_size=30))
def test_rendered_segments_keep_their_order_and_amazon_takes_them(segments: list[Segment]) -> None:
    """Only what certification says of the speech itself is looked at here, not the rest of a response."""
    rendered = ssml.render(segments)
    breaks = [element.get("time", "") for element in read(rendered).iter("break")]
    assert len(breaks) == sum(isinstance(segment, Pause) for segment in segments)
    assert all(re.fullmatch(r"\d+ms", time) and int(time[:-2]) <= 10_000 for time in breaks)
    kinds = re.findall(r"<break", rendered)
    assert len(kinds) == len(breaks), "words cannot smuggle in an element"
    response = {
        "version": "1.0",
        "response": {
            "outputSpeech": {"type": "SSML", "ssml": f"<speak>Well. {rendered} Done.</speak>"},
            "shouldEndSession": True,
        },
    }
    assert certification.problems(response) == []
