"""Whole envelopes in the shape in which Amazon sends them, unread fields and all."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

APPLICATION = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555"
USER = "amzn1.ask.account.LISTENER"
DEVICE = "amzn1.ask.device.KITCHEN"
TIMESTAMP = "2026-11-22T12:00:00Z"

SESSION_END_REASONS = ("USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS")
AUDIO_PLAYER = (
    *("AudioPlayer.PlaybackStarted", "AudioPlayer.PlaybackFinished", "AudioPlayer.PlaybackStopped"),
    *("AudioPlayer.PlaybackNearlyFinished", "AudioPlayer.PlaybackFailed"),
)
PLAYBACK_CONTROLLER = tuple(
    f"PlaybackController.{name}CommandIssued" for name in ("Next", "Pause", "Play", "Previous")
)

Json = dict[str, Any]
"""A JSON object."""


def envelope(
    request: Json,
    *,
    new: bool = False,
    attributes: Json | None = None,
    user: str = USER,
    device: str = DEVICE,
    session: bool = True,
) -> Json:
    """An envelope around a request; events of players and of the skill have no session."""
    whole: Json = {
        "version": "1.0",
        "context": {
            "Viewports": [{"type": "APL", "id": "main", "shape": "RECTANGLE", "dpi": 213}],
            "AudioPlayer": {"playerActivity": "IDLE"},
            "System": {
                "application": {"applicationId": APPLICATION},
                "user": {"userId": user, "permissions": {"consentToken": "eyJ0eXAi"}},
                "person": {"personId": "amzn1.ask.person.SOMEONE"},
                "device": {"deviceId": device, "supportedInterfaces": {"AudioPlayer": {}}},
                "unit": {"unitId": "amzn1.ask.unit.HOME"},
                "apiEndpoint": "https://api.amazonalexa.com",
                "apiAccessToken": "eyJ0eXAi",
            },
        },
        "request": {
            "requestId": f"amzn1.echo-api.request.{uuid4()}",
            "locale": "en-US",
            "timestamp": TIMESTAMP,
        }
        | request,
    }
    if session:
        whole["session"] = {
            "new": new,
            "sessionId": "amzn1.echo-api.session.12345678-1234-1234-1234-123456789012",
            "application": {"applicationId": APPLICATION},
            "attributes": attributes or {},
            "user": {"userId": user},
        }
    return whole


def launch(**around: Any) -> Json:
    """Someone opened the skill by its name alone."""
    request = {"type": "LaunchRequest", "shouldLinkResultBeReturned": False}
    return envelope(request, **({"new": True} | around))


def intent(name: str, slots: Json | None = None, **around: Any) -> Json:
    """Amazon understood an intent."""
    heard = {"name": name, "confirmationStatus": "NONE", "slots": slots or {}}
    request = {"type": "IntentRequest", "intent": heard, "dialogState": "STARTED"}
    return envelope(request, **around)


def slot(name: str, words: str | None) -> Json:
    """A slot of one of Amazon's own types, or one that stayed empty."""
    filled = {"value": words, "source": "USER", "slotValue": {"type": "Simple", "value": words}}
    return {"name": name, "confirmationStatus": "NONE"} | (filled if words is not None else {})


def matched(name: str, words: str, *ids: str, type_: str = "Type") -> Json:
    """A slot whose words were looked for among the type's values: no match, one, or several."""
    resolution: Json = {
        "authority": f"amzn1.er-authority.echo-sdk.{APPLICATION}.{type_}",
        "status": {"code": "ER_SUCCESS_MATCH" if ids else "ER_SUCCESS_NO_MATCH"},
    }
    if ids:
        resolution["values"] = [{"value": {"name": words, "id": id_}} for id_ in ids]
    return slot(name, words) | {"resolutions": {"resolutionsPerAuthority": [resolution]}}


def session_ended(reason: str = "USER_INITIATED", **around: Any) -> Json:
    """The session is over, and nothing can be said any more."""
    request: Json = {"type": "SessionEndedRequest", "reason": reason}
    if reason == "ERROR":
        request["error"] = {"type": "INVALID_RESPONSE", "message": "An exception occurred."}
    return envelope(request, **around)


def exception_encountered(**around: Any) -> Json:
    """Alexa could not use a response of ours."""
    request = {
        "type": "System.ExceptionEncountered",
        "error": {"type": "INVALID_RESPONSE", "message": "The expected token is wrong."},
        "cause": {"requestId": "amzn1.echo-api.request.11111111-8888-7777-6666-555555555555"},
    }
    return envelope(request, session=False, **around)


def skill_disabled(user: str = USER) -> Json:
    """A listener has disabled the skill."""
    request = {
        "type": "AlexaSkillEvent.SkillDisabled",
        "body": {"userInformationPersistenceStatus": "NOT_PERSISTED"},
        "eventCreationTime": TIMESTAMP,
        "eventPublishingTime": TIMESTAMP,
    }
    return envelope(request, session=False, user=user)


def audio_player(type_: str = AUDIO_PLAYER[0]) -> Json:
    """A stream began, ended or failed; the device tells, outside any session."""
    request: Json = {"type": type_, "token": "a-token", "offsetInMilliseconds": 1200}
    if type_.endswith("Failed"):
        request["error"] = {"type": "MEDIA_ERROR_UNKNOWN", "message": "no stream"}
        request["currentPlaybackState"] = {"token": "a-token", "playerActivity": "STOPPED"}
    return envelope(request, session=False)


def playback_controller(type_: str = PLAYBACK_CONTROLLER[0]) -> Json:
    """A button was pressed on a device or in the app."""
    return envelope({"type": type_}, session=False)


def touched(**around: Any) -> Json:
    """A screen was touched."""
    request = {
        "type": "Alexa.Presentation.APL.UserEvent",
        "token": "a-document",
        "arguments": ["next"],
        "source": {"type": "TouchWrapper", "handler": "Press", "id": "next"},
        "components": {},
    }
    return envelope(request, **around)


def can_fulfill(name: str = "StartIntent") -> Json:
    """Amazon asks, for someone who has not opened the skill, whether it could answer."""
    request = {
        "type": "CanFulfillIntentRequest",
        "intent": {"name": name, "slots": {"word": slot("word", "back")}},
        "dialogState": "STARTED",
    }
    return envelope(request, new=True)


def made_up(**around: Any) -> Json:
    """A request of a kind that Amazon has yet to think of."""
    return envelope({"type": "Alexa.Telepathy.Thought", "thought": {"about": ["stretching"]}}, **around)


QUIET = {
    **{f"session ended: {reason}": session_ended(reason) for reason in SESSION_END_REASONS},
    "exception encountered": exception_encountered(),
    "skill disabled": skill_disabled(),
    **{type_: audio_player(type_) for type_ in AUDIO_PLAYER},
    **{type_: playback_controller(type_) for type_ in PLAYBACK_CONTROLLER},
    "touched": touched(),
    "can fulfill": can_fulfill(),
    "made up": made_up(),
}
"""One envelope of every kind that may not be spoken to."""
