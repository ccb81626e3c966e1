"""Every phrase that the code speaks, and the names that it fills in; the words are in `phrases.yaml`."""

from __future__ import annotations

COMMON = frozenset({"emergency_number", "emergency_room", "clinician", "stop_phrase"})
"""Names that every text of the content may use; they depend on the place and the door."""
STRETCH = frozenset({"name", "side", "other_side"})
"""Names that a stretch's own texts may use; the sides only where it has sides."""

_PLAIN = """
stop_phrase.alexa stop_phrase.local disclaimer
launch.welcome launch.returning launch.again
prompt.offer prompt.offer_returning prompt.more prompt.more_locked prompt.saved prompt.since prompt.who
prompt.hurts prompt.tight
prompt.stuck prompt.carry_on prompt.get_up prompt.question prompt.ready_floor prompt.ready_chair
request.none plan.nearest plan.bed plan.no_last plan.no_other
position.floor position.chair position.both side.left side.right
screen.required screen.clearly screen.unclear screen.no_stretch screen.since_yes
number.1 number.2 number.3 number.4 number.5 number.6
ready.floor ready.chair ready.first_use ready.wait
cue.halfway_middle cue.last_five cue.check_in cue.check_in_last
guide.rest guide.pause guide.no_hurry guide.first guide.ease guide.smaller guide.pop guide.enough
guide.none_left guide.last guide.almost_over
pace.slow pace.normal pace.fast pace.still_slow pace.still_fast
words.fewer words.fewest rhythm.keep-going rhythm.check-in rhythm.new tone.on tone.off volume
hold.same hold.longer_later hold.shorter_later
end.left_out guide.say_next ready.thanks prompt.check_in guide.next_hold
swap.chair swap.sitting swap.skip swap.none
safety.stop safety.net safety.way_up safety.cannot_get_up
answer.rest
not_now.idle not_now.screening not_now.ready not_now.guiding not_now.paused not_now.locked
clarify.idle clarify.ready clarify.routine clarify.locked clarify.word clarify.neither
silence.routine
help.idle help.screening help.since help.who help.ready_floor help.ready_chair help.guiding help.paused
help.locked help.get_up
about.nothing about.more about.never about.forgotten about.sources
history.none history.once history.today history.yesterday
end.well_done end.later end.stop end.goodbye end.quiet
error.sorry error.store error.memory error.forget
"""
_CUE = frozenset({"name", "side", "other_side", "keep", "move", "again", "feel", "limit", "breath"})

PHRASES: dict[str, frozenset[str]] = {key: frozenset() for key in _PLAIN.split()} | {
    "prompt.which": frozenset({"first", "second"}),
    "plan.longest": frozenset({"length"}),
    "plan.shortest": frozenset({"length"}),
    "plan.led_up": frozenset({"name", "first"}),
    "length.minute": frozenset(),
    "length.minutes": frozenset({"minutes"}),
    "length.half": frozenset({"minutes"}),
    "length.seconds": frozenset({"seconds"}),
    **dict.fromkeys(("launch.left_first", "launch.left_second", "launch.left_middle"), frozenset({"name"})),
    "history.times": frozenset({"times"}),
    "history.earlier": frozenset({"days"}),
    "history.last": frozenset({"name", "when"}),
    "plan.then": frozenset({"first", "next"}),
    "screen.opening": frozenset({"name", "length", "position"}),
    "screen.not_cleared": frozenset({"name", "length", "position"}),
    "screen.changed": frozenset({"name", "length", "position"}),
    "cue.set_up": frozenset({"name", "set_up", "way_out"}),
    "cue.set_up_next": frozenset({"name", "side", "way_out"}),
    "cue.set_up_count": frozenset({"name", "set_up", "way_out"}),
    "cue.check_in_again": frozenset({"other_side"}),
    "cue.halfway_side": frozenset({"side"}),
    "cue.other_side": _CUE,
    **{
        f"cue.{manner}_{where}": _CUE
        for manner in ("move", "again", "short", "count", "count_again", "back")
        for where in ("side", "middle")
    },
    **dict.fromkeys(("cue.hold", "cue.hold_last", "cue.moving", "cue.moving_last"), frozenset({"hold"})),
    "guide.seconds_left_side": frozenset({"seconds", "side", "other_side"}),
    "guide.seconds_left_middle": frozenset({"seconds"}),
    "guide.about_left": frozenset({"length"}),
    "guide.in_all": frozenset({"length"}),
    "guide.repetition_side": frozenset({"number", "total", "side", "other_side"}),
    "guide.repetition_middle": frozenset({"number", "total"}),
    "guide.switched": frozenset({"side", "other_side"}),
    "guide.this_side": frozenset({"side"}),
    "guide.first_finish": frozenset({"side"}),
    **dict.fromkeys(
        ("hold.longer", "hold.shorter", "hold.longer_no", "hold.shorter_no"), frozenset({"seconds"})
    ),
    "swap.instead": frozenset({"name"}),
    "guide.progress": frozenset({"name", "number", "total"}),
    "guide.which_side": frozenset({"name", "side", "other_side"}),
    "guide.no_side": frozenset({"name"}),
    "guide.next_side": frozenset({"name", "side"}),
    "guide.next_stretch": frozenset({"name"}),
}
"""Key, and the names that are filled in beside the common ones."""
