"""Decides what an utterance means from the matcher's guesses, by where it was said.

A guess never opens a gate: a guessed "no" has to have a no in it and nothing taken out of it, and where
a sign is nearer than anything harmless it is taken for that.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from skill.core.player import State
from skill.core.session import Asked
from skill.language.examples import NOTHING, REQUEST, route_of
from skill.language.guess import Bands, Guess, Guesses

STEERING = frozenset(
    {
        *("next", "skip", "previous", "restart", "resume", "slower", "faster", "time_left", "progress"),
        *("pause", "which_side", "whats_next", "explain", "swap", "comfortable", "tight", "pop"),
        *("longer", "shorter", "switch_sides", "side_again", "repeat_last", "keep_going", "check_in"),
        *("fewer_words", "tone_on", "tone_off", "volume"),
    }
)
"""Routes that speak of a running stretch."""
REPLIES = frozenset({"yes", "no", "no_symptom", "hedge", "weak_no", "unsure", "skip_screen"})
"""Routes that answer a question of the skill's."""
REQUESTS = frozenset({REQUEST, "surprise", "another", "last_time"})
"""Routes that ask for a stretch."""
PREFERENCES = frozenset({"keep_going", "check_in", "fewer_words", "tone_on", "tone_off"})
"""Routes that say how somebody likes to be guided."""
AT_READY = PREFERENCES | {
    *("ready", "swap", "whats_next", "progress", "time_left", "explain"),
    *("slower", "faster", "longer", "shorter", "switch_sides"),
}
"""Routes that fit between the screen and the first step, beside those that fit everywhere."""
RUNNING = frozenset({State.GUIDING, State.PAUSED})
"""States in which a stretch runs or rests."""
UNGUIDED = frozenset({State.IDLE, State.LOCKED})
"""States in which nothing is guided, and no safety question is open."""
ENDING = frozenset({"stop", "forget", "my_turn", "restart"})
"""Routes that end or undo something, and have to be as near as an answer."""
ASIDE = frozenset({"ask", "refuse", "describe"})
"""Routes that lead away from a running stretch, and have to be as near as an answer there."""
STEERED = 3.0
"""In a running stretch, words that steer it are so many times likelier than elsewhere."""
TOLD = 2.5
"""Where nothing is asked, a request or something to decline is so many times likelier."""
WANTED = 3.0
"""Where something is asked to be done, a request is once more so many times likelier."""
ASKED = {**dict.fromkeys(REQUESTS, 0.5), "refuse": 0.7}
"""Where something is asked, they are so many times likelier."""
UNFIT = 0.3
"""What cannot be said where it was said is so many times likelier."""
CLOSE = 0.36
"""Two topics that are as near as this are both offered."""
SIGN = {False: 0.65, True: 0.5}
"""From this chance on it is a sign; less where one is expected."""
DENIED = 0.7
"""From this chance on it is a sign in spite of a no: "ooh no that's sharp"."""
OWN = 0.1
"""So much likelier a sign is where somebody speaks of themselves and asks nothing."""
LIKER = 0.5
"""So much a sign gains by every bit that it is liker to a known wording than all that is harmless."""
ALIKE = 0.93
"""A wording that is as like as this decides alone whether there is a sign."""
GRAVER = 0.15
"""A graver sign that is as near as this goes before the nearest."""
BESIDE = 0.15
"""Beside a sign that was found by its words, a graver one has to be so much nearer."""


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


def fits(meaning: str, context: Context, *, asked: bool) -> bool:
    """Whether something of a meaning can be said here; in the screen, what is told answers its question.

    In a stretch nothing is declined but what is asked for: all else that is unclear pauses it.
    """
    route = route_of(meaning)
    if route == "choose":
        return context.asked is Asked.WHICH or context.state is State.SCREENING
    if context.state in RUNNING:
        return route not in ("skip_screen", "my_turn", "history", *REQUESTS) and (asked or route != "refuse")
    if context.state is State.READY and route in AT_READY:
        return True
    if context.state is State.SCREENING:
        aside = route in ASIDE and not asked
        elsewhere = route in STEERING or route in REQUESTS or route == "history"
        return route in REPLIES or route == "swap" or not (aside or elsewhere)
    return (route not in STEERING or route in PREFERENCES) and (
        route not in REPLIES or route == "skip_screen"
    )


def decide(guesses: Guesses, context: Context, *, asked: bool, wanted: bool) -> Decision:
    """Return what an utterance is taken for, of all that is no sign.

    Args:
        guesses: what it may mean.
        context: where it was said.
        asked: whether there is a word in it that asks.
        wanted: whether something is asked to be done.
    """
    fitting = _fitting(guesses, context, asked, wanted)
    if len(fitting) < 2:
        return Decision()
    (best, alone), (second, _) = fitting[:2]
    bands = guesses.bands
    nearness = best.score if context.state in RUNNING else min(best.score, alone.score)
    if nearness < _least(best, bands, context):
        return Decision(None, best)
    if not best.is_topic:
        return Decision(best, second)
    near = second.is_topic and best.score - second.score < CLOSE
    if best.score >= bands.answer and not near:
        return Decision(best, second)
    return Decision(None, best, tuple(guess for guess, _ in fitting if guess.is_topic)[:2])


def sign(guesses: Guesses, *, expected: bool, told: bool, denied: bool) -> Guess | None:
    """Return the sign that the guesses amount to, or none where something harmless is nearer.

    Args:
        guesses: what an utterance may mean.
        expected: whether a sign is asked for or felt where it was said, or another was found.
        told: whether it is a statement of the speaker's own, and no question.
        denied: whether a plain no to an open question is in it.
    """
    if said := _all_but_said(guesses):
        return said if said.flag else None
    signs = [guess for guess in guesses.likeliest if guess.flag]
    if not signs:
        return None
    harmless = max((guess.likeness for guess in guesses.likeliest if not guess.flag), default=0.0)
    liker = max(guess.likeness for guess in signs) - harmless
    chance = guesses.sign_chance + LIKER * liker + (OWN if told else 0.0)
    return signs[0] if chance >= (DENIED if denied else SIGN[expected]) else None


def is_said(guesses: Guesses) -> bool:
    """Whether the words are all but those of a known report of a sign, whatever else is in them."""
    said = _all_but_said(guesses)
    return said is not None and said.flag is not None


def _all_but_said(guesses: Guesses) -> Guess | None:
    """Return the guess whose wording the words all but are; it decides alone whether there is a sign."""
    said = guesses.nearest_wording
    return said if said is not None and said.likeness >= ALIKE else None


def _fitting(guesses: Guesses, context: Context, asked: bool, wanted: bool) -> list[tuple[Guess, Guess]]:
    """Return what can be said here, with its chance here and by its words alone, the nearest first.

    All requests count as one.
    """
    alone: dict[str, Guess] = {}
    weights: dict[str, float] = {}
    total = 1.0
    for guess in guesses.likeliest:
        fit = _is_harmless(guess) and fits(guess.meaning, context, asked=asked)
        weight = _likelier(guess.meaning, context, asked, wanted) if fit else UNFIT
        total += guess.chance * (weight - 1)
        if fit:
            meaning = REQUEST if guess.route == REQUEST else guess.meaning
            before = alone.get(meaning, Guess(meaning, guess.intent))
            likeness = max(before.likeness, guess.likeness)
            alone[meaning] = Guess(meaning, before.intent, before.chance + guess.chance, likeness)
            weights[meaning] = weight
    here = [
        (msgspec.structs.replace(guess, chance=guess.chance * weights[meaning] / total), guess)
        for meaning, guess in alone.items()
    ]
    return sorted(here, key=lambda fit: -fit[0].score)


def _is_harmless(guess: Guess) -> bool:
    """Whether a guess is neither a sign nor what only sounds like one."""
    return guess.flag is None and guess.meaning != NOTHING


def _likelier(meaning: str, context: Context, asked: bool, wanted: bool) -> float:
    """Return how many times likelier than by its words alone a meaning is here."""
    if context.state in RUNNING:
        return STEERED if meaning in STEERING else 1.0
    route = route_of(meaning)
    if route not in ASKED:
        return 1.0
    return ASKED[route] if asked else TOLD * (WANTED if wanted and route in REQUESTS else 1.0)


def _least(guess: Guess, bands: Bands, context: Context) -> float:
    """Return the least score with which a guess is followed; only in a routine the place helps it there.

    In a routine nothing is offered that is not near enough to be answered.
    """
    sure = guess.meaning in ENDING or (guess.route in ASIDE and context.state in RUNNING)
    return bands.answer if sure else bands.offer
