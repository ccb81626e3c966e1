"""Amazon's rules for a response, as one function that every reply in every test goes through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

SPEECH_CHARACTERS = 8000
"""outputSpeech and card text are at most 8,000 characters (A1, RRJ)."""
RESPONSE_BYTES = 24_000
"""The whole response stays under 24 kB, which meets the older and the newer limit (A1, RRJ)."""
BREAK_MILLISECONDS = 10_000
"""A break is at most 10 s (A2, SSML)."""
SOUNDS = 5
"""At most so many `audio` elements a response (A1, SSML)."""
TIME = re.compile(r"^([0-9]+)(ms|s)$")
ALLOWED = {"speak", "p", "s", "break", "say-as", "sub", "emphasis", "prosody", "audio"}
"""The elements of SSML that this skill may use."""
SESSION_KEYS = {
    *("schema", "content", "state", "asked", "question", "unclear", "place", "doses", "clock", "heard_at"),
    *("spoken_at", "screened_at", "used_at", "level", "opened_at", "disclaimed", "preferences", "position"),
    *("topic", "choices", "left_out", "screen_age"),
}
"""All that session attributes may hold: a place, a question's number, a lock; no flag, no reason (H3)."""


def problems(response: dict[str, Any], *, quiet: bool = False, answer: bool | None = None) -> list[str]:
    """Return what Amazon would refuse in a response.

    Args:
        response: the whole response, as JSON would hold it.
        quiet: whether its request may not be spoken to (SessionEnded, AudioPlayer, system and skill events).
        answer: whether it answers a question, which alone may have a card; unknown by default.
    """
    return [*_envelope(response), *(_quiet(response) if quiet else _spoken(response, answer))]


def _envelope(response: dict[str, Any]) -> Iterator[str]:
    if response.get("version") != "1.0":
        yield "the version is not 1.0"
    size = len(json.dumps(response).encode())
    if size > RESPONSE_BYTES:
        yield f"the response has {size} bytes, more than {RESPONSE_BYTES}"
    kept = (response.get("sessionAttributes") or {}).get("gentle_back", {})
    for key in sorted(set(kept) - SESSION_KEYS):
        yield f"the session attributes hold {key!r}"


def _quiet(response: dict[str, Any]) -> Iterator[str]:
    for key in ("outputSpeech", "reprompt", "card", "directives", "shouldEndSession"):
        if response.get("response", {}).get(key) is not None:
            yield f"a response that may not speak has {key}"


def _spoken(response: dict[str, Any], answer: bool | None) -> Iterator[str]:
    body = response["response"]
    speech = body.get("outputSpeech", {}).get("ssml", "")
    yield from _speech("speech", speech)
    said = _plain(speech)
    if not said:
        yield "nothing is said"
    ends = body.get("shouldEndSession")
    asks = said.endswith("?")
    reprompt = body.get("reprompt", {}).get("outputSpeech", {}).get("ssml")
    if ends not in (True, False):
        yield "shouldEndSession is neither true nor false"
    if ends is False and not asks:
        yield f"the microphone opens without a question (V1): {said[-60:]!r}"
    if ends is False and not reprompt:
        yield "the microphone opens without a reprompt"
    if ends is True and asks:
        yield f"a question is followed by the end (V2): {said[-60:]!r}"
    if ends is True and reprompt:
        yield "the end has a reprompt"
    if ends is True and response.get("sessionAttributes"):
        yield "session attributes go out with the end (A1)"
    if reprompt:
        yield from _speech("reprompt", reprompt)
        if "<break" in reprompt:
            yield "the reprompt has a pause: no reprompt speaks a step"
    card = body.get("card")
    if card and answer is False:
        yield "a card that is no answer (H3)"
    if card and len(card.get("content", "")) > SPEECH_CHARACTERS:
        yield "the card is too long"


def _speech(name: str, ssml: str) -> Iterator[str]:
    if len(ssml) > SPEECH_CHARACTERS:
        yield f"the {name} has {len(ssml)} characters, more than {SPEECH_CHARACTERS}"
    try:
        root = ElementTree.fromstring(ssml)  # noqa: S314  # our own output, not a stranger's
    except ElementTree.ParseError as error:
        yield f"the {name} is no XML: {error}"
        return
    if (sounds := sum(element.tag == "audio" for element in root.iter())) > SOUNDS:
        yield f"the {name} has {sounds} sounds, more than {SOUNDS}"
    for element in root.iter():
        if element.tag not in ALLOWED:
            yield f"the {name} has an element {element.tag}"
        if element.tag == "break":
            time = TIME.match(element.get("time", ""))
            if time is None:
                yield f"the {name} has a break of {element.get('time')}"
            elif int(time[1]) * (1 if time[2] == "ms" else 1000) > BREAK_MILLISECONDS:
                yield f"the {name} has a break of {element.get('time')}, more than 10 s"


def _plain(ssml: str) -> str:
    """Return the words of a speech."""
    return re.sub(r"<[^>]*>", "", ssml).strip()
