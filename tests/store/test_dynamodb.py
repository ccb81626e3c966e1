"""What only the store of a fleet has: a network, throttling, answers that are none, other people's items."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from skill.app import RECORDS, App
from skill.core.errors import StaleRecordError, StoreError
from skill.core.library import Library
from skill.store import dynamodb
from skill.store.base import Store, Stored
from skill.store.dynamodb import DynamoDbStore
from skill.store.memory import MemoryStore
from tests.helpers import NOON, ROOT, Listener
from tests.store import moto_server
from tests.store.moto_server import REGION

LATER = NOON + timedelta(days=1)
KEY = "key-of-a-listener"
BODY = b'{"canary": "zebrafish"}'
NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
THROTTLES = (
    *("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"),
    "InternalServerError",
)

pytestmark = [pytest.mark.more, pytest.mark.usefixtures("as_nobody")]


@pytest.fixture
def table(address: str) -> str:
    return moto_server.new_table(address)


@pytest.fixture
def store(table: str, address: str) -> DynamoDbStore:
    return DynamoDbStore(table, REGION, address)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore would have waited between attempts; it need not."""
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=waits.append))
    return waits


def every_operation(store: Store) -> dict[str, Callable[[], object]]:
    return {
        "get": lambda: store.get(KEY, NOON),
        "put new": lambda: store.put(KEY, BODY, 0, NOON, LATER),
        "put": lambda: store.put(KEY, BODY, 1, NOON, LATER),
        "delete": lambda: store.delete(KEY),
    }


def failed(store: Store, table: str) -> str:
    """Assert that every operation is a store error which names the table only; return the rest."""
    texts = set()
    for operation in every_operation(store).values():
        with pytest.raises(StoreError) as caught:
            operation()
        assert not isinstance(caught.value, StaleRecordError)
        texts.add(str(caught.value))
    (text,) = texts
    assert text.startswith(f"DynamoDB table {table}: ")
    assert not any(told in text for told in (KEY, "canary", "zebrafish", "nothing", "http"))
    return text.removeprefix(f"DynamoDB table {table}: ")


class Way:
    """The way to moto, on which answers are replaced or lost."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.last: dict[str, Any] = {}
        """What the last request said."""
        self.instead: list[tuple[str, bytes, dict[str, str]]] = []
        """What is answered instead, first things first."""
        self.forever = False
        """Whether the last of them is repeated."""
        self.first_attempts_fail = False
        """Whether a second attempt is never answered so."""
        self.lost: set[str] = set()
        """Operations whose next answer is lost."""

    def throttles(self, times: int, code: str, **headers: str) -> None:
        status = "500 Internal Server Error" if code == "InternalServerError" else "400 Bad Request"
        body = json.dumps({"__type": NAMESPACE + code, "message": f"slow down with {KEY}"})
        self.instead = [(status, body.encode(), headers)] * times

    def answers(self, status: str, body: bytes, **headers: str) -> None:
        self.instead, self.forever = [(status, body, headers)], True

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        operation = environ["HTTP_X_AMZ_TARGET"].split(".")[1]
        self.asked.append(operation)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.last, environ["wsgi.input"] = json.loads(body), io.BytesIO(body)
        first = "attempt=1;" in environ["HTTP_AMZ_SDK_REQUEST"]
        if self.instead and (first or not self.first_attempts_fail):
            status, body, headers = self.instead[0] if self.forever else self.instead.pop()
            kind = {"Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body))}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            start_response(status, list((kind | named).items()))
            return [body]
        answer = moto_server.moto()(environ, start_response)
        if operation in self.lost:
            self.lost.remove(operation)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        return answer


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def far(way: Way, table: str) -> Iterator[DynamoDbStore]:
    """A store on the table, by that way."""
    with moto_server.serving(way) as address:
        yield DynamoDbStore(table, REGION, address)


# Throttling


@pytest.mark.parametrize("code", THROTTLES)
def test_one_throttle_is_tried_again_and_goes_through(
    far: DynamoDbStore, way: Way, slept: list[float], code: str
) -> None:
    way.throttles(1, code)
    far.put(KEY, BODY, 0, NOON, LATER)
    way.throttles(1, code)
    assert far.get(KEY, NOON) == Stored(1, BODY)
    way.throttles(1, code)
    far.delete(KEY)
    assert far.get(KEY, NOON) is None
    assert way.asked == ["PutItem"] * 2 + ["GetItem"] * 2 + ["DeleteItem"] * 2 + ["GetItem"]
    assert len(slept) == 3
    assert max(slept) <= 1


@pytest.mark.parametrize("code", THROTTLES)
def test_lasting_throttling_is_a_store_error_after_two_attempts(
    far: DynamoDbStore, way: Way, slept: list[float], table: str, code: str
) -> None:
    way.throttles(8, code)
    assert failed(far, table) == code
    assert len(way.asked) == 4 * dynamodb.ATTEMPTS
    assert len(slept) == 4 * (dynamodb.ATTEMPTS - 1)
    assert far.get(KEY, NOON) is None, "nothing was written"


def test_no_answer_makes_an_operation_wait_for_more_than_a_second(
    far: DynamoDbStore, way: Way, slept: list[float]
) -> None:
    """botocore adds up to five seconds where an answer asks for them."""
    for code in THROTTLES:
        way.throttles(2, code, x_amz_retry_after="5000")
        with pytest.raises(StoreError):
            far.get(KEY, NOON)
    assert len(slept) == len(THROTTLES) * (dynamodb.ATTEMPTS - 1)
    assert max(slept) <= 1


def test_no_increment_is_lost_under_throttling(far: DynamoDbStore, way: Way, slept: list[float]) -> None:
    def increment() -> None:
        done = 0
        while done < 3:
            stored = far.get(KEY, NOON)
            count, version = (int(stored.body), stored.version) if stored else (0, 0)
            with contextlib.suppress(StaleRecordError):
                far.put(KEY, b"%d" % (count + 1), version, NOON, LATER)
                done += 1

    way.throttles(20, "ThrottlingException")
    way.first_attempts_fail = True
    with ThreadPoolExecutor(4) as threads:
        for finished in [threads.submit(increment) for _ in range(4)]:
            finished.result()
    assert far.get(KEY, NOON) == Stored(12, b"12")
    assert len(slept) == 20


# Outage


@contextmanager
def dead() -> Iterator[str]:
    """A port that is taken, and on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[tuple[str, socket.socket]]:
    """A server that accepts, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", listening


@contextmanager
def saying(what: bytes) -> Iterator[str]:
    """A server that says the same to everyone, and hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                if what:
                    self.request.recv(65536)
                self.request.sendall(what)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_port_on_which_nothing_listens_is_a_store_error() -> None:
    with dead() as address:
        assert failed(DynamoDbStore("records", REGION, address), "records") == "EndpointConnectionError"


def test_a_server_that_never_answers_is_a_store_error_after_two_attempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dynamodb, "READ_SECONDS", 0.05)
    with silent() as (address, listening):
        store = DynamoDbStore("records", REGION, address)
        assert failed(store, "records") == "ReadTimeoutError"
        listening.setblocking(False)
        met = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                listening.accept()[0].close()
                met += 1
    assert met == 4 * dynamodb.ATTEMPTS


def test_a_server_that_cannot_be_connected_to_in_time_is_a_store_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dynamodb, "CONNECT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as waiting:
        for _ in range(4):
            crowd = waiting.enter_context(socket.socket())
            crowd.setblocking(False)
            crowd.connect_ex(full.getsockname())
        store = DynamoDbStore("records", REGION, f"http://127.0.0.1:{full.getsockname()[1]}")
        assert failed(store, "records") == "ConnectTimeoutError"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", "ConnectionClosedError"),
        (b"220 mail.example.org ESMTP\r\n", "ConnectionClosedError"),
        (b"\x16\x03\x01\xff\x00" * 100, "ConnectionClosedError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "JSONDecodeError"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Item": {"version"', "JSONDecodeError"),
    ],
    ids=["nothing", "mail", "no HTTP", "no body", "half a body"],
)
def test_a_server_that_hangs_up_is_a_store_error(said: bytes, told: str) -> None:
    with saying(said) as address:
        assert failed(DynamoDbStore("records", REGION, address), "records") == told


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("200 OK", b"<html>Welcome to the hotel</html>", "JSONDecodeError"),
        ("200 OK", b"", "JSONDecodeError"),
        ("200 OK", b"\xff\xfe\xfd", "UnicodeDecodeError"),
        ("200 OK", b'{"Item": {"version": {"N": "1"', "JSONDecodeError"),
        ("200 OK", b"[]", "ValueError"),
        ("200 OK", b"null", "ValueError"),
        ("204 No Content", b"", "JSONDecodeError"),
        ("302 Found", b"<html>Moved</html>", "302"),
        ("400 Bad Request", b"[1]", "AttributeError"),
        ("400 Bad Request", b'{"__type": 7}', "TypeError"),
        ("403 Forbidden", b"\xff\xfe\xfd", "UnicodeDecodeError"),
        ("502 Bad Gateway", b"<html>Bad gateway</html>", "502"),
        ("503 Service Unavailable", b"", "503"),
    ],
)
def test_an_answer_that_is_garbage_is_a_store_error(
    far: DynamoDbStore, way: Way, slept: list[float], table: str, status: str, body: bytes, told: str
) -> None:
    way.answers(status, body)
    assert failed(far, table) == told


def test_an_answer_whose_checksum_is_garbage_is_a_store_error(
    far: DynamoDbStore, way: Way, table: str
) -> None:
    way.answers("200 OK", b"{}", x_amz_crc32="seven")
    assert failed(far, table) == "ValueError"


def test_a_missing_table_is_a_store_error(address: str) -> None:
    store = DynamoDbStore("no-such-table", REGION, address)
    assert failed(store, "no-such-table") == "ResourceNotFoundException"


def test_missing_credentials_are_a_store_error_until_they_are_there(
    store: DynamoDbStore, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("AWS_ACCESS_KEY_ID")
        patch.delenv("AWS_SECRET_ACCESS_KEY")
        assert failed(store, table) == "NoCredentialsError"
    store.put(KEY, BODY, 0, NOON, LATER)
    assert store.get(KEY, NOON) == Stored(1, BODY)


@pytest.mark.parametrize(
    ("region", "endpoint", "told"),
    [
        ("", "", "NoRegionError"),
        ("", "http://127.0.0.1:1", "NoRegionError"),
        ("no region", "", "InvalidRegionError"),
        (REGION, "no address", "ValueError"),
    ],
)
def test_a_missing_or_wrong_region_or_endpoint_is_a_store_error(
    region: str, endpoint: str, told: str
) -> None:
    assert failed(DynamoDbStore("records", region, endpoint), "records") == told


def test_a_missing_botocore_is_a_store_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    assert failed(DynamoDbStore("records", REGION), "records") == "botocore is not installed"


# Time


def test_one_operation_takes_at_worst_less_than_three_and_a_half_seconds() -> None:
    """A turn has two of them, and Alexa waits eight seconds (A1)."""
    backoff = 1.0 * (dynamodb.ATTEMPTS - 1)
    assert dynamodb.ATTEMPTS == 2, "a second retry would wait for up to two seconds"
    worst = dynamodb.ATTEMPTS * (dynamodb.CONNECT_SECONDS + dynamodb.READ_SECONDS) + backoff
    assert worst < 3.5


def test_nothing_around_the_process_makes_an_operation_longer(
    far: DynamoDbStore, way: Way, slept: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[default]\nretry_mode = adaptive\nmax_attempts = 9\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name, value in {
        "AWS_MAX_ATTEMPTS": "10",
        "AWS_RETRY_MODE": "legacy",
        "AWS_DEFAULTS_MODE": "mobile",
    }.items():
        monkeypatch.setenv(name, value)
    way.throttles(20, "ThrottlingException")
    with pytest.raises(StoreError):
        far.get(KEY, NOON)
    assert len(way.asked) == dynamodb.ATTEMPTS
    config = far._client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (dynamodb.CONNECT_SECONDS, dynamodb.READ_SECONDS)
    assert config.retries["mode"] == "standard", "the one whose waiting is known"


def test_botocore_is_loaded_by_the_first_operation_only() -> None:
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from skill import service\n"
        "from skill.core.errors import StoreError\n"
        "from skill.settings import Settings\n"
        "import skill.store.dynamodb\n"
        "store = service.store(Settings(table='records', region='x', endpoint='http://127.0.0.1:1'))\n"
        "assert type(store).__name__ == 'DynamoDbStore'\n"
        "assert not [name for name in sys.modules if name.startswith(('botocore', 'urllib3', 'boto3'))]\n"
        "try:\n"
        "    store.get('a', datetime(2026, 1, 1, tzinfo=UTC))\n"
        "except StoreError as error:\n"
        "    print(error)\n"
        "assert 'botocore' in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('boto3')]\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "DynamoDB table records: EndpointConnectionError\n"


# The items


def test_an_item_has_four_attributes_and_expires_in_whole_seconds(
    store: DynamoDbStore, table: str, address: str
) -> None:
    expires = LATER + timedelta(microseconds=1)
    store.put(KEY, BODY, 0, NOON, expires)
    store.put(KEY, BODY, 1, NOON, expires)
    (item,) = moto_server.client(address).scan(TableName=table)["Items"]
    seconds = int(LATER.timestamp()) + 1
    assert item == {
        "id": {"S": KEY},
        "version": {"N": "2"},
        "body": {"S": BODY.decode()},
        "expires": {"N": str(seconds)},
    }
    assert seconds >= expires.timestamp(), "never before it has expired"


def test_the_table_s_time_to_live_is_on_the_attribute_that_items_have(
    store: DynamoDbStore, table: str, address: str
) -> None:
    store.put(KEY, BODY, 0, NOON, LATER)
    plain = moto_server.client(address)
    kept = plain.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert kept == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    (item,) = plain.scan(TableName=table)["Items"]
    assert int(item[kept["AttributeName"]]["N"]) == LATER.timestamp()


def test_an_expired_item_that_dynamodb_has_not_yet_removed_is_not_read(
    store: DynamoDbStore, table: str, address: str
) -> None:
    store.put(KEY, BODY, 0, NOON, LATER)
    days_later = LATER + timedelta(days=2)
    assert len(moto_server.client(address).scan(TableName=table)["Items"]) == 1
    assert store.get(KEY, days_later) is None
    with pytest.raises(StaleRecordError):
        store.put(KEY, BODY, 1, days_later, days_later + timedelta(days=1))
    store.put(KEY, b"{}", 0, days_later, days_later + timedelta(days=1))
    assert store.get(KEY, days_later) == Stored(1, b"{}")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": None}, "KeyError"),
        ({"expires": None}, "KeyError"),
        ({"body": None}, "KeyError"),
        ({"body": {"B": b"{}"}}, "KeyError"),
        ({"version": {"S": "1"}}, "KeyError"),
        ({"version": {"N": "1.5"}}, "ValueError"),
    ],
)
def test_an_item_of_another_shape_is_a_store_error_and_can_be_erased(
    store: DynamoDbStore, table: str, address: str, changed: dict[str, Any], told: str
) -> None:
    item = {"id": {"S": KEY}, "version": {"N": "1"}, "body": {"S": "{}"}, "expires": {"N": "9999999999"}}
    item = {name: value for name, value in (item | changed).items() if value is not None}
    moto_server.client(address).put_item(TableName=table, Item=item)
    with pytest.raises(StoreError, match=f"DynamoDB table {table}: {told}"):
        store.get(KEY, NOON)
    with pytest.raises(StaleRecordError):
        store.put(KEY, BODY, 0, NOON, LATER)
    store.delete(KEY)
    assert store.get(KEY, NOON) is None


def test_a_read_sees_every_write_before_it(far: DynamoDbStore, way: Way, table: str) -> None:
    """DynamoDB's cheaper reads may not; moto's always do."""
    far.get(KEY, NOON)
    assert way.last == {"TableName": table, "Key": {"id": {"S": KEY}}, "ConsistentRead": True}


# Answers that are lost


def test_a_write_whose_answer_is_lost_is_stale_for_nobody_knows(
    far: DynamoDbStore, way: Way, slept: list[float]
) -> None:
    way.lost.add("PutItem")
    with pytest.raises(StaleRecordError):
        far.put(KEY, BODY, 0, NOON, LATER)
    assert way.asked == ["PutItem", "PutItem"]
    assert far.get(KEY, NOON) == Stored(1, BODY), "it was written"


def test_what_is_read_or_deleted_survives_a_lost_answer(
    far: DynamoDbStore, way: Way, slept: list[float]
) -> None:
    far.put(KEY, BODY, 0, NOON, LATER)
    way.lost.update(("GetItem", "DeleteItem"))
    assert far.get(KEY, NOON) == Stored(1, BODY)
    far.delete(KEY)
    assert far.get(KEY, NOON) is None


def test_a_conversation_whose_answers_are_lost_leaves_the_record_of_any_other(
    far: DynamoDbStore, way: Way, slept: list[float], library: Library
) -> None:
    memory = MemoryStore()
    lossy, plain = (Listener(App(library, store, b"key")) for store in (far, memory))
    for intent in (
        "AMAZON.HelpIntent",
        "SlowerIntent",
        "StartIntent",
        *["AMAZON.NoIntent"] * 6,
        "ReadyIntent",
    ):
        way.lost.update(("PutItem", "GetItem"))
        assert lossy.wait(5).does(intent) == plain.wait(5).does(intent)
    for intent in ("AMAZON.NextIntent", "AMAZON.NextIntent", "AMAZON.StopIntent"):
        way.lost.update(("PutItem", "GetItem"))
        assert lossy.wait(60).does(intent) == plain.wait(60).does(intent)
    assert way.asked.count("PutItem") > 4
    key = lossy.app._hashed("listener")
    kept, expected = far.get(key, lossy.now), memory.get(key, plain.now)
    assert kept is not None
    assert expected is not None
    assert RECORDS.decode(kept.body) == RECORDS.decode(expected.body)
    lossy.does("ForgetMeIntent")
    assert far.get(key, lossy.now) is None
