"""That nothing of the gate is missing: each flag of the safety facts, as grave as there, and real words.

A flag that is forgotten, or an advice that says nothing, would be no error of any other rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skill.authoring.compile import ENGLISH, Source, Steps
from skill.core.library import Library, Safety, Severity

NUMBER = "{emergency_number}"
WORDS = 3
"""A text of the gate has at least so many words."""
TOLD = ("safety.net", "safety.cannot_get_up")
"""Phrases that send for help."""
SIGNS = "emergency_signs"
"""The answer that tells the signs of an emergency."""
FLAGS: dict[Severity, tuple[str, ...]] = {
    Severity.EMERGENCY: (
        *("e01_saddle_numbness", "e02_bladder_change", "e03_bowel_change", "e04_both_legs"),
        *("e05_progressive_weakness", "e06_sexual_change", "e07_chest_pain", "e08a_aorta_sudden"),
        *("e09_trauma_major", "e10_trauma_fragile", "e10a_fall", "e11_stroke_like", "e12_collapse"),
        *("e13_pregnancy_alarm", "e14_fever_plus", "e15_crisis", "e15a_crisis_alone", "e16_call_help"),
        *("e16a_help_alone", "s05_chest_breath", "s06_bladder_saddle"),
    ),
    Severity.URGENT: (
        *("u01_fever", "u02_weight_loss", "u03_cancer_pain", "u04_night_rest_pain", "u05_severe"),
        *("u06_lump_shape", "u07_upper_back_cough", "u08_pulsing_belly", "u09_infection_risk"),
        *("u10_calf_clot", "u11_pee_pain"),
    ),
    Severity.STOP: (
        *("s01_pain", "s01a_pain_alone", "s02_nerve", "s03_weakness", "s04_dizzy", "s04a_unwell_alone"),
        *("s07_painful_pop", "s08_neck_head", "s09_stuck_cramp", "s12_help"),
    ),
    Severity.DEFER: (
        *("d01_surgery", "d02_fusion", "d03_hip_replacement", "d04_osteoporosis", "d05_known_spine"),
        *("d06_leg_nerve", "d07_pregnancy", "d07a_expecting", "d08_inflammatory_arthritis", "d09_under_18"),
        *("d10_new_pain_over_50", "d11_steroids", "d12_cancer_history", "d13_heart", "d13a_stroke"),
        *("d14_hypermobile", "d15_skin", "d16_numb_feet", "d17_third_party", "d18_unknown_cause"),
        "d19_long_lasting",
    ),
    Severity.MODIFY: (
        *("m01_blood_thinners", "m02_no_floor", "m03_older", "m04_alcohol", "m05_just_woke"),
        *("m06_knee_trouble", "m07_mild_ache", "m08_seized_up"),
    ),
}
"""Every flag of the safety facts, section 1, by how it is met."""


def check(source: Source, library: Library) -> None:
    """Add each flag that is missing or milder than it has to be, and each text that says too little."""
    file = f"{source.home}/safety.yaml"
    _flags(source, file, library.safety)
    for path, text in _texts(library.safety):
        if len(text.split()) < WORDS:
            source.wrong(file, path, f"a text of the gate has at least {WORDS} words")
    for index, question in enumerate(library.safety.questions):
        if question.severity is Severity.EMERGENCY:
            _sends(source, file, ("questions", index, "yes"), question.yes)
            if source.language == ENGLISH and "can't" not in question.yes:
                source.wrong(file, ("questions", index, "yes"), "an emergency says that the skill can't call")
    for key in TOLD:
        if key in library.phrases:
            _sends(source, f"{source.home}/phrases.yaml", (key, "say"), library.phrases[key].say)
    if answer := library.answers.get(SIGNS):
        file = f"{source.home}/answers/{SIGNS}.yaml"
        _sends(source, file, ("answer",), f"{answer.answer} {answer.help}")


def _flags(source: Source, file: str, safety: Safety) -> None:
    found = {flag.id: (index, flag.severity) for index, flag in reversed([*enumerate(safety.flags)])}
    for severity, ids in FLAGS.items():
        for id_ in ids:
            if id_ not in found:
                source.wrong(file, ("flags",), f"the flag {id_} is missing")
            elif found[id_][1] is not severity:
                source.wrong(file, ("flags", found[id_][0], "severity"), f"{id_} is met as {severity}")


def _texts(safety: Safety) -> Iterator[tuple[Steps, str]]:
    for index, flag in enumerate(safety.flags):
        yield ("flags", index, "advice"), flag.advice
    for index, question in enumerate(safety.questions):
        texts: Iterable[tuple[str, str]] = (
            *(("ask", question.ask), ("one_by_one", question.one_by_one)),
            ("yes", question.yes),
        )
        for key, text in texts:
            yield ("questions", index, key), text


def _sends(source: Source, file: str, path: Steps, text: str) -> None:
    if NUMBER not in text:
        source.wrong(file, path, f"an emergency names {NUMBER}")
