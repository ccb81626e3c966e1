"""An envelope of Amazon's, reduced to what is read of it, and turned into a turn.

The SDK refuses values it does not know (platform facts, E3), so an envelope is first projected onto
the few fields that are read here; everything else in it is tolerated and dropped.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from ask_sdk_model import IntentRequest, Request, RequestEnvelope, SessionEndedRequest
from msgspec import Meta, Struct, field

from skill.app import LAST_YEAR, Said
from skill.core.errors import GentleBackError
from skill.core.session import Session
from skill.core.turn import Door, Slot

ATTRIBUTES = "gentle_back"
"""The session attribute that holds the conversation."""
KNOWN_TYPES = frozenset(Request.discriminator_value_class_map)
"""The request types that the SDK can read."""


SPOKEN_CHARACTERS = 2000
"""More of a slot is not read: nobody says as much while Alexa listens, and to match it would take seconds."""

AwareDatetime = Annotated[datetime, Meta(tz=True)]
"""A time with its zone."""


class EnvelopeError(GentleBackError):
    """What came in is no request of Alexa's."""


class Named(Struct, frozen=True, rename="camel"):
    """An application, user or device."""

    application_id: str | None = None
    user_id: str | None = None
    device_id: str | None = None


class Conversation(Struct, frozen=True, rename="camel"):
    """The envelope's session."""

    new: bool = False
    session_id: str | None = None
    application: Named | None = None
    user: Named | None = None
    attributes: dict[str, Any] | None = None


class System(Struct, frozen=True, rename="camel"):
    """The state of the service."""

    application: Named | None = None
    user: Named | None = None
    device: Named | None = None


class Context(Struct, frozen=True, rename="pascal"):
    """The state of the device."""

    system: System | None = None


class Value(Struct, frozen=True, rename="camel"):
    """A value of a slot type."""

    id: str | None = None


class ValueMatch(Struct, frozen=True, rename="camel"):
    """A value that was found."""

    value: Value


class Authority(Struct, frozen=True, rename="camel"):
    """What one source of values found."""

    status: dict[str, Any]
    values: tuple[ValueMatch, ...] = ()


class Resolutions(Struct, frozen=True, rename="camel"):
    """What all sources of values found."""

    resolutions_per_authority: tuple[Authority, ...] = ()


class IntentHeard(Struct, frozen=True, rename="camel"):
    """The intent of a request."""

    name: str
    slots: dict[str, Any] | None = None


class Heard(Struct, frozen=True, rename="camel"):
    """The request itself."""

    type: str
    request_id: str | None = None
    timestamp: Any = None
    locale: str | None = None
    intent: IntentHeard | None = None


class Envelope(Struct, frozen=True, rename="camel"):
    """What is read of an envelope."""

    request: Heard
    version: str = "1.0"
    session: Conversation | None = None
    context: Context = field(default_factory=Context)


# msgspec crashes where two threads at once make it meet a type for the first time.
for _read_later in (Envelope, Resolutions, Session):
    msgspec.json.Decoder(_read_later)


def project(event: object) -> Envelope:
    """Return what is read of an envelope.

    Raises:
        EnvelopeError: it is no request of Alexa's.
    """
    try:
        envelope = msgspec.convert(event, Envelope)
    except msgspec.ValidationError as error:
        raise EnvelopeError(f"no Alexa request: {error}") from None
    if envelope.request.type == "IntentRequest" and envelope.request.intent is None:
        raise EnvelopeError("no Alexa request: an IntentRequest without its intent")
    return envelope


def payload(envelope: Envelope) -> str:
    """Return a projected envelope as the JSON that the SDK reads, without values it might refuse."""
    request: dict[str, Any] = {
        "type": envelope.request.type,
        "requestId": envelope.request.request_id or "",
        "locale": envelope.request.locale or "en-US",
        "timestamp": (timestamp(envelope) or datetime.now(UTC)).isoformat(),
    }
    if envelope.request.intent:
        request["intent"] = {
            "name": envelope.request.intent.name,
            "confirmationStatus": "NONE",
            "slots": {
                name: _slot(name, value) for name, value in (envelope.request.intent.slots or {}).items()
            },
        }
    body = {
        "version": envelope.version,
        "session": msgspec.to_builtins(envelope.session or Conversation(new=True)),
        "context": msgspec.to_builtins(envelope.context),
        "request": request,
    }
    return msgspec.json.encode(body).decode()


def timestamp(envelope: Envelope) -> datetime | None:
    """Return when the request was made; none where it does not say so with a zone."""
    try:
        made: datetime = msgspec.convert(envelope.request.timestamp, AwareDatetime)
    except msgspec.ValidationError:
        return None
    return made if made.year <= LAST_YEAR else None


def fingerprint(envelope: Envelope) -> str:
    """Return a name of what a request asks and in which conversation; empty where it has no id.

    When Amazon sends a request again, it has the same; only its time may be another.
    """
    if not envelope.request.request_id:
        return ""
    timeless = msgspec.structs.replace(envelope.request, timestamp=None)
    asked = msgspec.structs.replace(envelope, request=timeless)
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


def said(envelope: RequestEnvelope, now: datetime) -> Said:
    """Return the turn of a launch, an intent or the end of a session.

    Args:
        envelope: the envelope, as the SDK read it.
        now: the time of the request.
    """
    request = envelope.request
    system = envelope.context.system if envelope.context else None
    turn = Said(
        intent="LaunchRequest",
        user=user_of(envelope),
        now=now,
        locale=request.locale or "en-US",
        door=Door.ALEXA,
        device=(system.device.device_id if system and system.device else None) or "",
    )
    if isinstance(request, SessionEndedRequest):
        return msgspec.structs.replace(turn, intent="SessionEnded")
    if isinstance(request, IntentRequest):
        new = bool(envelope.session and envelope.session.new)
        heard = {name: _heard(value) for name, value in (request.intent.slots or {}).items()}
        slots = {name: slot for name, slot in heard.items() if slot}
        return msgspec.structs.replace(turn, intent=request.intent.name, slots=slots, one_shot=new)
    return turn


def user_of(envelope: RequestEnvelope) -> str:
    """Return Amazon's id of the listener; empty where there is none."""
    system = envelope.context.system if envelope.context else None
    if system and system.user and system.user.user_id:
        return str(system.user.user_id)
    session = envelope.session
    return str(session.user.user_id) if session and session.user and session.user.user_id else ""


def session_of(envelope: RequestEnvelope) -> Session | None:
    """Return the conversation so far; none where it is new or will not parse."""
    if not envelope.session or envelope.session.new:
        return None
    try:
        return msgspec.convert((envelope.session.attributes or {}).get(ATTRIBUTES), Session)
    except msgspec.ValidationError:
        return None


def _slot(name: str, value: Any) -> dict[str, Any]:
    """Return a slot with its words, and its id as a match where exactly one value was found."""
    value = value if isinstance(value, dict) else {}
    words = value.get("value")
    slot: dict[str, Any] = {"name": name, "value": words if isinstance(words, str) else None}
    ids = set(_matches(value.get("resolutions")))
    if len(ids) == 1:
        match = {"value": {"name": words, "id": ids.pop()}}
        slot["resolutions"] = {
            "resolutionsPerAuthority": [
                {"authority": "", "status": {"code": "ER_SUCCESS_MATCH"}, "values": [match]}
            ]
        }
    return slot


def _matches(resolutions: Any) -> list[str]:
    """Return every value id that was found for a slot, over all authorities."""
    try:
        found = msgspec.convert(resolutions, Resolutions)
    except msgspec.ValidationError:
        return []
    return [
        match.value.id
        for authority in found.resolutions_per_authority
        if authority.status.get("code") == "ER_SUCCESS_MATCH"
        for match in authority.values
        if match.value.id
    ]


def _heard(slot: Any) -> Slot | None:
    """Return a slot as it was heard; none where it is empty."""
    if not slot.value:
        return None
    found = slot.resolutions.resolutions_per_authority if slot.resolutions else None
    return Slot(slot.value[:SPOKEN_CHARACTERS], found[0].values[0].value.id if found else None)
