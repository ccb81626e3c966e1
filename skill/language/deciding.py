"""Decides what an utterance means from the matcher's guesses, by where it was said.

A guess never opens a gate: what would advance anything has to be nearer to the content's own wordings
than a question, and a guessed "no" has to have a no in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from skill.core.player import State
from skill.core.session import Asked
from skill.language.examples import FLAG, NOTHING
from skill.language.guess import Bands, Guess

STEERING = frozenset(
    {
        *("next", "skip", "previous", "restart", "resume", "slower", "faster", "time_left", "progress"),
        *("which_side", "whats_next", "explain", "swap", "comfortable", "tight", "pop", "hurts"),
    }
)
"""Routes that speak of a running stretch."""
REPLIES = frozenset({"yes", "no", "no_symptom", "hedge", "weak_no", "unsure", "hurts", "skip_screen"})
"""Routes that answer a question of the skill's."""
AT_READY = frozenset({"ready", "swap", "whats_next", "progress", "time_left", "explain"})
"""Routes that fit between the screen and the first step, beside those that fit everywhere."""
RUNNING = frozenset({State.GUIDING, State.PAUSED})
"""States in which a stretch runs or rests."""
ADVANCING = frozenset({"next", "skip", "resume", "ready", "comfortable", "no", "no_symptom", "restart"})
"""Routes after which a step may be spoken."""
NEARER = 0.08
"""So much nearer than an answer an advancing guess has to be."""
ASIDE = 0.06
"""So much nearer than an offered topic anything else has to be."""
CLOSE = 0.05
"""Two topics that are as near as this are both offered."""
SIGN, SIGN_MARGIN = 0.42, 0.0
"""A guessed sign is at least so near, and so much nearer than anything harmless."""
GRAVER = 0.06
"""A graver sign that is as near as this goes before the nearest."""


class Context(Struct, frozen=True):
    """Where in a conversation something is said."""

    state: State = State.IDLE
    """The conversation's state."""
    asked: Asked = Asked.NOTHING
    """Which question is open."""


class Decision(Struct, frozen=True):
    """What an utterance is taken for."""

    guess: Guess | None = None
    """What it means; none where nothing is near enough."""
    runner_up: Guess | None = None
    """What it means next."""
    offered: tuple[Guess, ...] = ()
    """Two topics, either of which it may ask for, instead of `guess`."""


def fits(meaning: str, context: Context) -> bool:
    """Whether something of a meaning can be said here."""
    route = meaning.split()[0]
    if context.state in RUNNING:
        return route not in ("skip_screen", "my_turn")
    if context.state is State.READY and route in AT_READY:
        return True
    if context.state is State.SCREENING:
        return route in REPLIES or route == "swap" or route not in STEERING
    return route not in STEERING and route not in REPLIES


def decide(guesses: Sequence[Guess], bands: Bands, context: Context) -> Decision:
    """Return what an utterance is taken for, of all that is no sign."""
    fitting = [
        guess
        for guess in guesses
        if guess.meaning != NOTHING and not guess.meaning.startswith(FLAG) and fits(guess.meaning, context)
    ]
    if len(fitting) < 2:
        return Decision()
    best, second = fitting[:2]
    if not _is_topic(best):
        least = bands.answer + NEARER if best.meaning in ADVANCING else bands.offer + ASIDE
        return Decision(best if best.score >= least else None, second)
    near = _is_topic(second) and best.score - second.score < CLOSE
    if best.score >= bands.answer and not near:
        return Decision(best, second)
    if best.score < bands.offer:
        return Decision(None, best)
    topics = tuple(guess for guess in fitting if _is_topic(guess))[:2]
    return Decision(None, best, topics)


def sign(guesses: Sequence[Guess], graver: Sequence[str]) -> str | None:
    """Return the flag that the guesses amount to, or none where something harmless is nearer.

    Args:
        guesses: every meaning, the likeliest first.
        graver: ids of flags that go before others that are hardly nearer.
    """
    signs = [guess for guess in guesses if guess.meaning.startswith(FLAG)]
    harmless = next((guess for guess in guesses if not guess.meaning.startswith(FLAG)), None)
    if not signs or signs[0].score < SIGN:
        return None
    if harmless is not None and signs[0].score < harmless.score + SIGN_MARGIN:
        return None
    ids = [guess.meaning.removeprefix(FLAG) for guess in signs if signs[0].score - guess.score <= GRAVER]
    return next((id_ for id_ in ids if id_ in graver), ids[0])


def _is_topic(guess: Guess) -> bool:
    return guess.meaning.startswith("ask ")
