"""A new language: its skeleton, what is missing in it, and that it is built once nothing is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from skill import build, compiled
from skill.app import App, Said
from skill.authoring import new_language, words
from skill.authoring.compile import ENGLISH, gather, languages
from skill.authoring.new import NewError
from skill.cli import main
from skill.core.library import Side
from skill.core.turn import Door
from skill.core.wording import OTHER, Wording
from skill.store.memory import MemoryStore
from tests.authoring import pseudo
from tests.helpers import NOON, check_reply, spoken


@pytest.fixture
def german(tree: Path) -> Path:
    """A tree with a second language, in which every word ends in "ö"."""
    pseudo.translate(tree, "de", "de-DE")
    return tree


def ran(tree: Path, *arguments: str) -> Result:
    built = {
        f"GENTLE_BACK_{name.upper()}": str(tree / f"built/{name}") for name in ("library", "index", "encoder")
    }
    return CliRunner(env={"GENTLE_BACK_CONTENT": str(tree), **built}).invoke(main, arguments)


def told(tree: Path, language: str = "de") -> list[str]:
    return [str(problem) for problem in build.checked(tree, language=language).problems]


def change(path: Path, how: Any) -> None:
    """Change the data of a file."""
    data = pseudo.loaded(path)
    how(data)
    path.write_text(pseudo.dumped(data), encoding="utf-8")


# The skeleton -------------------------------------------------------------------------------------


def test_a_skeleton_has_every_file_and_every_id_of_english(tree: Path) -> None:
    result = ran(tree, "new", "language", "fr")
    assert result.exit_code == 0, result.output
    english = gather(tree)[0]
    for name, document in english.documents.items():
        if words.belongs(name, ENGLISH):
            file = words.counterpart(name, ENGLISH, "fr")
            data = pseudo.loaded(tree / file)
            type_ = words.type_of(file)
            assert words.structure(data, type_) == words.structure(document.data, type_), file
            schema = (tree / file).parent / (tree / file).read_text().split("$schema=")[1].split("\n")[0]
            assert schema.exists(), file
    rows = pseudo.loaded(tree / "content/locales.yaml")
    assert {"fr", "fr-CA", "fr-FR"} < rows.keys()


def test_a_skeleton_says_how_much_is_missing_and_check_says_what(tree: Path) -> None:
    *lines, last = ran(tree, "new", "language", "fr").output.splitlines()
    assert len(lines) > 100
    missing = {line.split()[-1]: int(line.split()[0]) for line in lines}
    assert int(last.split()[0]) == sum(missing.values())
    problems = told(tree, "fr")
    assert len(problems) == sum(missing.values())
    for file, count in missing.items():
        mine = [problem for problem in problems if problem.startswith(f"{file}:")]
        assert len(mine) == count
        assert all(": fill in: " in problem for problem in mine)
    checked = ran(tree, "check")
    assert checked.exit_code == 1
    assert checked.output.splitlines()[-1] == f"Error: {len(problems)} to mend"


@pytest.mark.parametrize("command", ["compile", "model"])
def test_nothing_is_built_while_a_text_is_missing(tree: Path, command: str) -> None:
    assert ran(tree, "new", "language", "fr").exit_code == 0
    result = ran(tree, command)
    assert result.exit_code == 1
    assert "fill in: " in result.output


@pytest.mark.parametrize("name", ["xx", "EN", "german", "..", "", "d", "en-NZ"])
def test_a_language_that_alexa_does_not_speak_is_refused(tree: Path, name: str) -> None:
    result = ran(tree, "new", "language", name)
    assert result.exit_code == 1
    assert "she speaks ar, de, en, es, fr, hi, it, ja, nl, pt" in result.output
    assert languages(tree) == ["en"]


def test_a_language_that_is_there_is_left_alone(tree: Path) -> None:
    with pytest.raises(NewError, match="content/en is there already"):
        new_language.write(tree, "en", ("en-US",))


# What is missing ----------------------------------------------------------------------------------


def test_a_whole_language_has_no_errors_and_speaks_for_itself(german: Path) -> None:
    assert languages(german) == ["en", "de"]
    assert told(german) == []
    library, name = build.library_of(german, "de")
    assert name == "gentleö backö"
    assert set(library.locales) == {"de-DE", OTHER}
    words = Wording(library, "de-DE", Door.ALEXA)
    assert words.phrase("safety.net").count("112") == 1
    assert words.phrase("guide.this_side", **words.side(Side.LEFT)).count("leftö") == 1
    english, _ = build.library_of(german)
    assert english.locales.keys() & library.locales.keys() == {OTHER}


def test_a_listener_is_answered_in_the_language_of_their_place(german: Path, tmp_path: Path) -> None:
    compiled.write(build.whole(german), tmp_path / "library.json")
    library = compiled.load(tmp_path / "library.json")
    app = App(library, MemoryStore(), b"key")
    assert app.locales == {"en-US", "en-GB", "en-AU", "en-CA", "en-IN", "de-DE"}
    said = Said(user="u", now=NOON, intent="AskEmergencySignsIntent", locale="de-DE")
    taken = app.take(said, None)
    check_reply(taken, library.in_language_of("de-DE"))
    assert "112" in spoken(taken.reply)
    assert "emergencyö" in spoken(taken.reply)
    free = app.take(replace(said, intent="", text=pseudo.pseudo("i can't feel my legs")), None)
    assert (free.reply.outcome, free.reply.flag) == ("emergency", "e04_both_legs")
    english = app.take(replace(said, locale="en-GB"), None)
    assert "999" in spoken(english.reply)
    assert "ö" not in spoken(english.reply)
    # A conversation that changes its language begins anew, behind the screen.
    moved = app.take(replace(said, locale="en-GB", intent="AMAZON.ResumeIntent"), taken.session)
    assert moved.session.state != "guiding"


def test_a_text_that_drops_a_number_to_call_is_an_error(german: Path) -> None:
    change(
        german / "content/de/phrases.yaml",
        lambda data: data["safety.net"].update(say="Hilfeö jetztö bitteö."),
    )
    found = told(german)
    for name in ("{emergency_number}", "{emergency_room}"):
        assert any(f"it does not say {name}, and English does" in problem for problem in found)


def test_a_flag_whose_denials_are_signs_keeps_some(german: Path) -> None:
    change(german / "content/de/safety.yaml", lambda data: data["flags"][1].pop("own_negation"))
    assert any("own_negation is missing: English has it" in problem for problem in told(german))


def test_a_language_without_a_place_is_an_error(german: Path) -> None:
    change(german / "content/locales.yaml", lambda rows: rows.pop("de-DE"))
    assert any("no row is a place where de is spoken" in problem for problem in told(german))


MISSING = {
    "a phrase": (
        "phrases.yaml",
        lambda data: data.pop("safety.net"),
        "safety.net is missing: English has it",
    ),
    "a flag": (
        "safety.yaml",
        lambda data: data["flags"].pop(0),
        "e01_saddle_numbness is missing: English has it",
    ),
    "a help line": ("answers/fever.yaml", lambda data: data.pop("help"), "help is missing: English has it"),
    "a refusal": ("safety.yaml", lambda data: data["refusals"].pop(0), "is missing: English has it"),
    "a caution": (
        "stretches/trunk_rotation.yaml",
        lambda data: data.pop("caution"),
        "caution is missing: English has it",
    ),
    "a sign": (
        "safety.yaml",
        lambda data: data["signs"].pop("saddle_area"),
        "saddle_area is missing: English has it",
    ),
    "an intent": ("intents.yaml", lambda data: data["intents"].pop(), "is missing: English has it"),
}


def test_a_missing_safety_text_is_an_error(german: Path) -> None:
    for file, how, _ in MISSING.values():
        change(german / "content/de" / file, how)
    problems = told(german)
    for what, (file, _, message) in MISSING.items():
        mine = [problem for problem in problems if problem.startswith(f"content/de/{file}:")]
        assert any(message in problem for problem in mine), what
    assert ran(german, "check").exit_code == 1


CHANGED = {
    "a longer hold": (
        "stretches/supine_figure_four.yaml",
        ("hold", "seconds"),
        25,
        "25 here, and 20 in English",
    ),
    "a flag that does not block": (
        "stretches/supine_figure_four.yaml",
        ("blocks",),
        ["d07_pregnancy"],
        "1 items here, and 4",
    ),
    "a milder flag": (
        "safety.yaml",
        ("flags", 0, "severity"),
        "urgent",
        "urgent here, and emergency in English",
    ),
    "no emergency signs": (
        "answers/disc_sciatica.yaml",
        ("emergency_signs",),
        False,
        "here, and True in English",
    ),
}


def test_only_words_may_differ_from_english(german: Path) -> None:
    for file, path, value, _ in CHANGED.values():
        change(german / "content/de" / file, partial(put, path=path, value=value))
    problems = told(german)
    for what, (*_, message) in CHANGED.items():
        assert any(message in problem and "only words may differ" in problem for problem in problems), what


def put(data: Any, path: tuple[Any, ...], value: object) -> None:
    *above, last = path
    for step in above:
        data = data[step]
    data[last] = value


def test_a_text_that_is_still_english_is_an_error(german: Path) -> None:
    english = pseudo.loaded(german / "content/en/safety.yaml")["flags"][3]["advice"]
    change(german / "content/de/safety.yaml", lambda data: data["flags"][3].update(advice=english))
    [problem] = told(german)
    assert problem.startswith("content/de/safety.yaml:")
    assert problem.endswith(": this is still English")


def test_a_file_that_only_one_language_has_is_an_error(german: Path) -> None:
    (german / "content/de/answers/aim.yaml").rename(german / "content/de/answers/ziel.yaml")
    change(german / "content/de/answers/ziel.yaml", lambda data: data.update(id="ziel"))
    problems = told(german)
    assert (
        "content/de/answers/aim.yaml:1:1: it is missing: English has content/en/answers/aim.yaml" in problems
    )
    assert "content/de/answers/ziel.yaml:1:1: English has no content/en/answers/ziel.yaml" in problems


def test_a_language_without_its_places_is_an_error(german: Path) -> None:
    change(german / "content/locales.yaml", lambda rows: [rows.pop(tag) for tag in ("de", "de-DE")])
    assert any("the row de is missing" in problem for problem in told(german))
