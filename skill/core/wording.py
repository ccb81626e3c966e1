"""Phrases of the content, filled in for one place and one door."""

from __future__ import annotations

from msgspec import Struct

from skill.core.library import Library, Side
from skill.core.turn import Door, Say

OTHER = "other"
"""The row of `locales.yaml` that serves a locale without one."""


class Wording(Struct, frozen=True):
    """What the words of the content become where the listener is."""

    library: Library
    """All content."""
    locale: str
    """BCP 47 tag; one without a row is served by `other`."""
    door: Door
    """Decides the stop phrase."""

    def fill(self, text: str, **values: object) -> str:
        """Return a text of the content with its placeholders filled in."""
        place = self.library.locales.get(self.locale) or self.library.locales[OTHER]
        return text.format(
            emergency_number=place.emergency_number,
            emergency_room=place.emergency_room,
            clinician=place.clinician,
            stop_phrase=self.library.phrases[f"stop_phrase.{self.door}"].say,
            **place.words,
            **values,
        )

    def side(self, side: Side | None) -> dict[str, str]:
        """Return what `{side}` and `{other_side}` stand for; nothing where there is no side."""
        if side is None:
            return {}
        return {"side": self.phrase(f"side.{side}"), "other_side": self.phrase(f"side.{side.other}")}

    def phrase(self, key: str, **values: object) -> str:
        """Return the words of a phrase."""
        return self.fill(self.library.phrases[key].say, **values)

    def say(self, key: str, **values: object) -> Say:
        """Return a phrase as a segment; it opens the microphone if the content marks it a prompt."""
        return Say(text=self.phrase(key, **values), prompt=self.library.phrases[key].prompt)

    def tell(self, text: str, **values: object) -> Say:
        """Return any other text of the content as a segment."""
        return Say(text=self.fill(text, **values))
