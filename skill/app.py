"""Hear, respond, remember: the one service behind every door."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct, field

from skill.core import conversation
from skill.core.errors import NoKeyError, StaleRecordError, StoreError
from skill.core.library import Library
from skill.core.session import RECORD_DAYS, Record, Session, new_session
from skill.core.turn import CEILING, Door, Reply, Slot, Turn
from skill.core.wording import OTHER
from skill.language.deciding import Context
from skill.language.guess import LEXICAL, Guesser
from skill.language.hearing import EVENTS, Ear, Heard
from skill.store.base import Store, Stored

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
"""Returns the time, aware of its zone."""

RECORDS = msgspec.json.Decoder(Record)
"""Made at import: msgspec crashes where two threads at once make it meet a type for the first time."""
STORE = {"reason": "store"}
"""What the lines of a store that fails have in common."""
TRIES = 4
"""How often a turn is answered anew when its record was changed meanwhile."""
LAST_YEAR = 9990
"""Turns are taken up to this year: what is kept of them expires later, and time ends with 9999."""


def utc_now() -> datetime:
    """Return the time by the machine's clock."""
    return datetime.now(UTC)


class Said(Struct, frozen=True, kw_only=True):
    """A turn as it came in at a door: words, or an intent with its slots."""

    user: str
    """Who said it, as the door knows them; only a hash of it is kept."""
    now: datetime
    """When it was said, aware of its zone, and not after `LAST_YEAR`."""
    text: str | None = None
    """Free words, where nobody has understood them yet."""
    intent: str = ""
    """The intent, where a platform has."""
    slots: dict[str, Slot] = field(default_factory=dict)
    """The intent's slots."""
    locale: str = "en-US"
    """The listener's place."""
    door: Door = Door.LOCAL
    """Where it came in."""
    device: str = ""
    """The device, as the door knows it; only a hash of it is kept."""
    one_shot: bool = False
    """Whether the question also opened the session."""
    request: str = ""
    """A name of the request, which may come twice; only a hash of it is kept."""


class Taken(Struct, frozen=True):
    """A turn that was answered."""

    heard: Heard
    """What was understood."""
    reply: Reply
    """What the listener hears."""
    session: Session
    """The conversation afterwards."""


class App:
    """A library, a store and a key, ready to take turns."""

    def __init__(
        self,
        library: Library,
        store: Store,
        key: bytes,
        matcher: Callable[[], Guesser | None] = lambda: None,
        ceiling: float = CEILING,
        translated: Mapping[str, Callable[[], Guesser | None]] = MappingProxyType({}),
    ) -> None:
        """Wire the service.

        Args:
            library: all content.
            store: keeps the listeners' records.
            key: hashes the ids of listeners and devices.
            matcher: gives the learned matcher; not asked before free words need it.
            ceiling: the longest reply of the rhythm that keeps going, in seconds.
            translated: gives the learned matchers of the library's translations, by language.
        """
        self.library = library
        self.locales = frozenset(library.locales).union(
            *(other.locales for other in library.translations.values())
        ) - {OTHER}
        self.intents = frozenset(EVENTS) | frozenset(library.intents)
        self._store = store
        self._key = key
        self.matcher = matcher
        self._ceiling = ceiling
        self._ears = {library.language: Ear(library, matcher)} | {
            language: Ear(other, translated.get(language, lambda: None))
            for language, other in library.translations.items()
        }

    def take(self, said: Said, session: Session | None) -> Taken:
        """Answer a turn, and remember what lasts of it.

        Args:
            said: the turn.
            session: the conversation so far; none begins one.
        """
        library = self.library.in_language_of(said.locale)
        ear = self._ears[library.language]
        context = Context(session.state, session.asked) if session else Context()
        heard = (
            ear.text(said.text, context)
            if said.text is not None
            else ear.intent(said.intent, said.slots, context)
        )
        turn = Turn(
            route=heard.route,
            intent=heard.intent,
            action=heard.action,
            topic=heard.topic,
            choices=heard.choices,
            slots=heard.slots,
            flags=heard.flags,
            denied=heard.denied,
            locale=said.locale,
            door=said.door,
            one_shot=said.one_shot,
            device=self._hashed(said.device) if said.device else "",
            ceiling=self._ceiling,
        )
        key = self._hashed(said.user)
        request = self._hashed(said.request) if said.request else ""
        for attempt in range(TRIES):
            stored, record = self._read(key, said.now)
            begun = session or new_session(library, record)
            answered = conversation.respond(turn, begun, record, library, said.now)
            try:
                if turn.route == "forget":
                    # Also a row that could not be read as a record, or has expired.
                    self._store.delete(key)
                else:
                    self._write(key, stored, record, answered.record, said.now, request)
            except StaleRecordError:
                if attempt + 1 < TRIES:
                    continue
                log.warning("a record kept changing; this turn's place was not saved")
            except StoreError as error:
                log.error("the store cannot be written: %s", error, extra=STORE)
                answered = conversation.respond(turn, begun, None, library, said.now)
            break
        return Taken(heard, answered.reply, answered.session)

    def forget(self, user: str) -> None:
        """Erase all that is kept about a listener.

        Raises:
            StoreError: the store cannot be reached.
        """
        self._store.delete(self._hashed(user))

    def has_encoder(self) -> bool:
        """Return whether free words are compared by their sense, and not by samples or letters alone."""
        matcher = self.matcher()
        return matcher is not None and matcher.name != LEXICAL

    def can_remember(self, now: datetime) -> bool:
        """Return whether the store can be read and written: a row of nobody's is written anew."""
        key = self._hashed("probe")
        try:
            stored = self._store.get(key, now)
            self._store.put(key, b"{}", stored.version if stored else 0, now, now + timedelta(minutes=1))
        except StaleRecordError:
            log.info("another process has just written the same row")
        except StoreError as error:
            log.error("the store is down: %s", error, extra=STORE)
            return False
        return True

    def pseudonym(self, user: str) -> str:
        """Return the name under which a log knows a listener: not the one under which the store does."""
        return pseudonym(self._key, user)

    def _read(self, key: str, now: datetime) -> tuple[Stored | None, Record | None]:
        """Return a listener's record; none at all while the store is down."""
        try:
            stored = self._store.get(key, now)
        except StoreError as error:
            log.error("the store cannot be read: %s", error, extra=STORE)
            return None, None
        if stored is None:
            return None, Record()
        try:
            return stored, RECORDS.decode(stored.body)
        except msgspec.MsgspecError:
            log.warning("a record of another shape was set aside")
            return stored, Record()

    def _write(
        self,
        key: str,
        stored: Stored | None,
        before: Record | None,
        after: Record | None,
        now: datetime,
        request: str,
    ) -> None:
        """Save what changed, unless the same request has changed it before; an empty record is erased.

        Raises:
            StaleRecordError: someone else has changed it since it was read.
            StoreError: the store cannot be reached.
        """
        if before is None or after is None or after == before or (request and request == before.request):
            return
        if msgspec.structs.replace(after, request="") == Record():
            self._store.delete(key)
            return
        after = msgspec.structs.replace(after, request=request)
        expires = now + timedelta(days=RECORD_DAYS)
        self._store.put(key, msgspec.json.encode(after), stored.version if stored else 0, now, expires)

    def _hashed(self, id_: str) -> str:
        """Return the name under which an id of a platform is known here."""
        return hashed(self._key, id_)


def hashed(key: bytes, id_: str) -> str:
    """Return the name under which an installation's key knows an id of a platform."""
    return hmac.new(key, id_.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def pseudonym(key: bytes, user: str) -> str:
    """Return the name under which a log knows a listener: not the one under which the store does."""
    return hashed(key, f"log {user}")[:12]


def key_file(database: Path) -> Path:
    """Return where the key of a database lies."""
    return database.with_name(f"{database.name}.key")


def key_beside(database: Path, *, make: bool = True) -> bytes:
    """Return the key that lies beside a database, in a file that only its owner reads.

    Args:
        database: the store's file.
        make: whether the key is made where there is none.

    Raises:
        NoKeyError: there is none, and none was to be made.
        StoreError: it can be neither read nor made.
    """
    path = key_file(database)
    if not make and not path.exists():
        raise NoKeyError(f"{path}: there is no key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        if not path.exists():
            scratch.touch(mode=0o600)
            scratch.write_bytes(secrets.token_bytes(32))
            try:
                # Two processes may start at once: the first key that is in place is everyone's.
                path.hardlink_to(scratch)
            except FileExistsError:
                log.info("another process has just made the key")
            finally:
                scratch.unlink()
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
