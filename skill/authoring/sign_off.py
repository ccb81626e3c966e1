"""Makes the pages that a clinician signs off line by line: every move, every answer, every flag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from skill.authoring.compile import Citation, gather
from skill.authoring.spoken import STRETCH
from skill.authoring.yaml_files import ContentError
from skill.core.library import Answer, Flag, Library, Motion, Severity, Sides, Stretch

HEAD = """# {title}

Made from `content/` by `gentle-back docs`: mend the content, not this page. **Not medically reviewed yet.**
To sign off, tick each line in a copy of this page, or print it.
"""
SIGNED = "- [ ] **All of it signed off** by ________________ on ____________"
"""The line that closes a move, an answer or a flag."""


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the path below the root and the text of each page.

    Raises:
        ContentError: a file of the content cannot be read.
    """
    source, library, _ = gather(root)
    if library is None:
        raise ContentError(*source.problems)
    yield "docs/moves.md", _page("Moves", _moves(library, source.citations))
    yield "docs/answers.md", _page("Answers", _answers(library, source.citations))
    yield "docs/flags.md", _page("Flags, questions and refusals", _flags(library, source.citations))


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([HEAD.format(title=title), *lines, ""])


def _moves(library: Library, citations: Mapping[str, Citation]) -> Iterator[str]:
    flags = {flag.id: flag for flag in library.safety.flags}
    for id_, stretch in library.stretches.items():
        routines = [routine.name for routine in library.routines.values() if id_ in routine.stretches]
        yield f"## {_capital(stretch.name)}"
        yield ""
        yield f"`{id_}`, also called {', '.join(stretch.synonyms)}."
        yield f"In: {', '.join(routines) or 'no routine'}."
        yield ""
        yield from _facts(stretch)
        yield "- [ ] Ruled out by:"
        yield from (f"    - {_meaning(flags[name])}" for name in stretch.blocks)
        for key in STRETCH[1:]:
            if text := getattr(stretch, key):
                yield f"- [ ] {_capital(key.replace('_', ' '))}: {text}"
        yield f"- [ ] Sources: {_cited(stretch.sources, citations)}"
        yield SIGNED
        yield ""


def _facts(stretch: Stretch) -> Iterator[str]:
    """Yield the lines of dose, level and place."""
    hold, count = stretch.hold, stretch.repetitions
    each = " on each side" if stretch.sides is Sides.EACH else ""
    kept = "kept up slowly" if stretch.moving else "held"
    yield (
        f"- [ ] Dose: {kept} {hold.seconds:g} s ({hold.least:g} to {hold.most:g} s), "
        f"{count.count} in a round ({count.least} to {count.most}){each}, at most three rounds"
    )
    kind = {Motion.HIP: "hip stretch", Motion.RUB: "light rub"}.get(stretch.motion, str(stretch.motion))
    yield f"- [ ] Level: {stretch.level}; {kind}"
    yield f"- [ ] Position: {stretch.position}; equipment: {', '.join(stretch.equipment) or 'none'}"
    if stretch.after:
        yield f"- [ ] Only after: {', '.join(stretch.after)}"


def _meaning(flag: Flag) -> str:
    return f'`{flag.id}`, such as "{flag.says[0]}"'


def _answers(library: Library, citations: Mapping[str, Citation]) -> Iterator[str]:
    for answer in library.answers.values():
        yield from _answer(answer, citations)


def _answer(answer: Answer, citations: Mapping[str, Citation]) -> Iterator[str]:
    yield f"## {answer.title}"
    yield ""
    yield f"`{answer.id}`, asked as: {'; '.join(answer.asks)}."
    yield ""
    yield f"- [ ] Answer: {answer.answer}"
    if answer.help:
        yield f"- [ ] Help: {answer.help}"
    if answer.emergency_signs:
        yield "- [ ] Then the emergency signs"
    yield f"- [ ] Where it is from: {answer.where_from}"
    yield f"- [ ] Sources: {_cited(answer.sources, citations)}"
    yield SIGNED
    yield ""


def _flags(library: Library, citations: Mapping[str, Citation]) -> Iterator[str]:
    for severity in Severity:
        for flag in library.safety.flags:
            if flag.severity is severity:
                yield from _flag(flag, citations)
    yield "## The six questions"
    yield ""
    for number, question in enumerate(library.safety.questions, 1):
        yield f"- [ ] {number}. {question.ask}"
        yield f"    - One by one: {question.one_by_one}"
        yield f"    - A yes is met as {question.severity}: {question.yes}"
    yield from (SIGNED, "", "## Refusals", "")
    for refusal in library.safety.refusals:
        yield f'- [ ] `{refusal.id}`, asked as "{refusal.says[0]}" and the like: {refusal.reply}'
    yield from (SIGNED, "", "## Words of the questions", "")
    for word in library.safety.definitions:
        yield f"- [ ] {word.says[0]}: {word.meaning}"
    yield from (SIGNED, "", "## What each place says", "")
    for locale, place in library.locales.items():
        known = {"emergency_number": place.emergency_number, "emergency_room": place.emergency_room}
        said = known | {"clinician": place.clinician} | place.words
        yield f"- [ ] {locale}: {'; '.join(f'{{{name}}}: {word}' for name, word in said.items())}"
    yield SIGNED


def _flag(flag: Flag, citations: Mapping[str, Citation]) -> Iterator[str]:
    yield f"## {flag.severity}: `{flag.id}`"
    yield ""
    yield f"- [ ] Said as: {'; '.join((*flag.says, *flag.own_negation))}"
    if flag.hears:
        yield f"- [ ] Or with one word of each: {'; '.join(' + '.join(signs) for signs in flag.hears)}"
    yield f"- [ ] Not raised by: {'; '.join(flag.never)}"
    if flag.lifetime:
        yield '- [ ] "Used to" counts as a yes'
    if flag.effect:
        yield f"- [ ] Effect: {flag.effect}"
    if flag.in_routine:
        yield f"- [ ] While a stretch is running: `{flag.in_routine}`"
    yield f"- [ ] Advice: {flag.advice}"
    yield f"- [ ] Sources: {_cited(flag.sources, citations)}"
    yield SIGNED
    yield ""


def _cited(names: Iterable[str], citations: Mapping[str, Citation]) -> str:
    """Return sources with what they are and how they were read."""
    return "; ".join(
        f"{name} ({citations[name].name}; {str(citations[name].kind).replace('_', ' ')})"
        if name in citations
        else name
        for name in names
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
