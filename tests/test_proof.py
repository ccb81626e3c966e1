"""What is proved of every routine before anyone hears it, and that the proof can fail."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from skill import build, proof
from skill.alexa import certification
from skill.core import planner
from skill.core.library import Hold, Library, Repetitions, Stretch
from skill.core.preferences import Pace, Rhythm, Wordiness
from tests.helpers import Listener, as_response

ROUTINE = "floor_unwind"


def changed(library: Library, **changes: object) -> Library:
    """A library whose knee roll is another."""
    roll: Stretch = replace(library.stretches["lying_knee_roll_twist"], **changes)
    return replace(library, stretches=library.stretches | {roll.id: roll}, hash=str(changes))


def wrong(library: Library, ceiling: float = 210.0) -> set[str]:
    """What is not kept in the quick floor unwind."""
    rows = [row for row in proof.rows(library, ceiling) if row.routine == ROUTINE]
    return {told for row in rows for told in row.wrong}


def test_every_routine_keeps_every_limit_in_every_manner(library: Library) -> None:
    rows = list(proof.rows(library, 210.0))
    assert {(row.routine, row.pace) for row in rows} == {
        (id_, pace) for id_ in library.routines for pace in Pace
    }
    for row in rows:
        assert row.wrong == ()
        assert set(row.seconds) == {(words, rhythm) for words in Wordiness for rhythm in Rhythm}
        assert row.longest.bytes <= certification.RESPONSE_BYTES
        assert 0 < row.longest.sounds <= certification.SOUNDS
        explain, count = (
            row.seconds[words, Rhythm.CHECK_IN] for words in (Wordiness.EXPLAIN, Wordiness.COUNT)
        )
        assert count < explain


def test_a_reply_that_is_too_long_is_an_error(library: Library) -> None:
    told = wrong(changed(library, move="Sink to the {side}. " * 500))
    assert any(line.endswith("more than 8000") and "characters" in line for line in told)


def test_too_many_bytes_are_an_error(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "RESPONSE_BYTES", 3000)
    assert any("bytes, more than 3000" in line for line in wrong(library))


def test_too_many_sounds_are_an_error(library: Library) -> None:
    many = changed(
        library,
        hold=Hold(seconds=5, least=5, most=5),
        repetitions=Repetitions(count=3, least=3, most=3),
        move="To the {side}.",
        again="To the {side}.",
        feel="Mild.",
        breath="Breathe.",
        release="Back.",
        set_up="Lie down.",
        way_out="Rest.",
        get_ready_seconds=1.0,
        release_seconds=1.0,
    )
    assert wrong(many) == {"a reply plays 6 sounds, more than 5"}


def test_a_reply_over_its_ceiling_is_an_error(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "CHECK_IN_SECONDS", -100.0)
    assert any("over the ceiling of 100 s" in line for line in wrong(library, 100.0))


def test_a_broken_promise_is_an_error(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "rounded", lambda seconds: round(seconds / 2))
    assert any("s are promised" in line for line in wrong(library))


def test_what_is_not_kept_is_told_with_its_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "RESPONSE_BYTES", 3000)
    told = [str(problem) for problem in build.checked(tree).problems]
    assert any(
        line.startswith(f"content/en/routines/{ROUTINE}.yaml:1:1: at the pace slow, a response")
        for line in told
    )


def test_a_response_holds_no_more_beside_its_speech_than_is_counted(listener: Listener) -> None:
    listener.guided("ten minutes on the floor")
    for _ in range(8):
        listener.to_the_end().says("next")
        assert listener.taken
        whole = as_response(listener.taken)
        speech = whole["response"]["outputSpeech"]["ssml"]
        beside = len(msgspec.json.encode(whole)) - len(speech.encode())
        assert beside <= proof.ENVELOPE_BYTES
