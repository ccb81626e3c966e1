"""What Alexa's store says about the skill: `content/<language>/listing.yaml`, within Amazon's limits.

The limits are those of Amazon's own definitions (`SkillManifestLocalizedPublishingInformation` in the npm
package ask-smapi-model), where its console asks for less, the console's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from skill.authoring import everyday, never_say, shingles
from skill.authoring.compile import ENGLISH, Source
from skill.authoring.spoken import Kind, Spoken
from skill.core.library import WORDS, Content, Library, Text
from skill.core.turn import Door
from skill.core.wording import OTHER, Wording

FILE = "listing.yaml"
"""Where the listing stands, in the folder of its language."""
NAME_CHARACTERS = 50
"""A name has 2 to 50 characters (Amazon's console)."""
SUMMARY_CHARACTERS = 160
"""A summary has at most 160 characters."""
DESCRIPTION_CHARACTERS = 4000
"""A description, instructions for testers, and notes have at most 4,000 characters each."""
PHRASE_CHARACTERS = 200
"""An example phrase has at most 200 characters."""
EXAMPLE_PHRASES = 3
"""The store shows three example phrases."""
KEYWORDS = 30
"""At most 30 keywords."""
KEYWORD_CHARACTERS = 150
"""A keyword has at most 150 characters."""
FILLED = {
    "summary": SUMMARY_CHARACTERS,
    "description": DESCRIPTION_CHARACTERS,
    "update_notes": DESCRIPTION_CHARACTERS,
}
"""The texts that differ between places, and how long each may be once its placeholders are filled in."""

Phrase = Annotated[str, Meta(min_length=2, max_length=PHRASE_CHARACTERS, extra=WORDS)]
Keyword = Annotated[str, Meta(min_length=2, max_length=KEYWORD_CHARACTERS, extra=WORDS)]


class Listing(Content, frozen=True, kw_only=True):
    """What the store says about the skill, in one language."""

    name: Annotated[str, Meta(min_length=2, max_length=NAME_CHARACTERS, extra=WORDS)]
    """The skill's name in the store, without a claim."""
    summary: Text
    """One sentence, of at most 160 characters."""
    description: Text
    """What the skill does, what one needs for it, and the disclaimer, which names {emergency_number}; at most
    4,000 characters."""
    example_phrases: Annotated[
        tuple[Phrase, ...], Meta(min_length=EXAMPLE_PHRASES, max_length=EXAMPLE_PHRASES)
    ]
    """Three things to say, word for word: the first opens the skill, the others are samples of the model."""
    keywords: Annotated[tuple[Keyword, ...], Meta(min_length=1, max_length=KEYWORDS)]
    """What somebody may search the store for."""
    testing_instructions: Annotated[str, Meta(min_length=1, max_length=DESCRIPTION_CHARACTERS)]
    """What Amazon's testers need to know; nobody else reads it, and it is the same in every language."""
    update_notes: Text | None = None
    """What is new in a version; none for the first one."""

    def filled(self, wording: Wording) -> Listing:
        """Return the listing as it reads in one place.

        Raises:
            KeyError: nothing fills in one of its placeholders.
            ValueError: its braces do not fit.
        """
        return replace(self, **{key: wording.fill(text) for key, text in self._texts()})

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield the texts that differ between places, each with its key."""
        for key in FILLED:
            if text := getattr(self, key):
                yield key, text


def alexa_locales(library: Library) -> tuple[str, ...]:
    """Return the places that Amazon has a locale for: all but the row that serves the others."""
    return tuple(tag for tag in library.locales if tag != OTHER)


def read(source: Source) -> Listing | None:
    """Read the listing of a language; none where it cannot be read, which the source is told."""
    return source.whole(f"{source.home}/{FILE}", Listing)


def check(source: Source, listing: Listing, library: Library, invocation_name: str) -> None:
    """Add what is wrong with a listing to its source."""
    file = f"{source.home}/{FILE}"
    if "{emergency_number}" not in listing.description:
        source.wrong(file, ("description",), "the disclaimer names {emergency_number}")
    texts = tuple(_spoken(listing, file))
    everyday.check(source, texts, library)
    if source.language == ENGLISH:
        never_say.check(source, texts)
        shingles.check(source, texts)
    # Where a name or a word is wrong that stands in these texts, it is told at its own place.
    if not source.problems:
        for index, phrase in enumerate(listing.example_phrases):
            if invocation_name not in phrase:
                source.wrong(file, ("example_phrases", index), f"an example phrase says {invocation_name!r}")
        wordings = [Wording(library, locale, Door.ALEXA) for locale in alexa_locales(library)]
        for key, text in listing._texts():
            _length(source, file, key, text, wordings)


def _spoken(listing: Listing, file: str) -> Iterator[Spoken]:
    """Yield every text of a listing that a customer reads, for the rules of what is never said."""
    lists: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("example_phrases", listing.example_phrases),
        ("keywords", listing.keywords),
    )
    yield Spoken(file, ("name",), listing.name, Kind.PHRASE)
    for key, text in listing._texts():
        yield Spoken(file, (key,), text, Kind.PHRASE)
    for key, texts in lists:
        for index, text in enumerate(texts):
            yield Spoken(file, (key, index), text, Kind.PHRASE)


def _length(source: Source, file: str, key: str, text: str, wordings: Iterable[Wording]) -> None:
    """Add a text that cannot be filled in, or is too long, with the place where it is longest."""
    try:
        longest, locale = max((len(wording.fill(text)), wording.locale) for wording in wordings)
    except (KeyError, IndexError) as error:
        source.wrong(file, (key,), f"nothing fills in {{{error.args[0]}}} here")
    except ValueError as error:
        source.wrong(file, (key,), f"the braces do not fit: {error}")
    else:
        if longest > FILLED[key]:
            source.wrong(file, (key,), f"{longest} characters in {locale}, more than {FILLED[key]}")
