"""The languages and places that Alexa has."""

from __future__ import annotations

from skill.core.errors import GentleBackError

LOCALES = (
    *(
        "ar-SA",
        "de-DE",
        "en-AU",
        "en-CA",
        "en-GB",
        "en-IN",
        "en-US",
        "es-ES",
        "es-MX",
        "es-US",
        "fr-CA",
        "fr-FR",
    ),
    *("hi-IN", "it-IT", "ja-JP", "nl-NL", "pt-BR"),
)
"""Every locale of Alexa's (A4)."""


class UnknownLanguageError(GentleBackError):
    """Alexa does not speak a language."""


def of(language: str) -> tuple[str, ...]:
    """Return Alexa's locales of a language.

    Raises:
        UnknownLanguageError: she does not speak it.
    """
    found = tuple(locale for locale in LOCALES if locale.split("-")[0] == language)
    if not found:
        known = ", ".join(dict.fromkeys(locale.split("-")[0] for locale in LOCALES))
        raise UnknownLanguageError(f"Alexa speaks no {language!r}; she speaks {known}")
    return found
