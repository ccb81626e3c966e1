"""The store of a fleet: a DynamoDB table with conditional writes and a time to live."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from skill.core.errors import StaleRecordError, StoreError
from skill.store.base import Stored

CONNECT_SECONDS = 0.3
"""How long a connection may take."""
READ_SECONDS = 0.6
"""How long an answer may take."""
ATTEMPTS = 2
"""How often an operation is tried, with up to a second between: at worst 2.8 s. A turn has two of
them, which fits the 7 s that a function has, also after its key was not to be had (1.1 s)."""
LIVING = ("ENABLED", "ENABLING")
"""What AWS says of a time to live that is switched on."""
CONNECTIONS = 32
"""So many connections are kept for the threads of a process."""


class DynamoDbStore:
    """Records as items `{id, version, body, expires}` of a table whose key is `id`.

    `expires` is in whole seconds since 1970, as the table's time to live wants it. DynamoDB removes an
    item days after that: until then it is treated here as if it were gone.
    """

    def __init__(self, table: str, region: str, endpoint: str = "") -> None:
        """Name the table; nothing is connected before the first operation.

        Args:
            table: its name.
            region: where it is, as AWS names it.
            endpoint: the address of another service than Amazon's that speaks the same protocol.
        """
        self._table, self._region, self._endpoint = table, region, endpoint
        self._lock = threading.Lock()
        self._made: Any = None

    def get(self, key: str, now: datetime) -> Stored | None:
        """Return a record, or none where there is none or it has expired."""
        with self._reached() as client:
            found = client.get_item(TableName=self._table, Key=_id(key), ConsistentRead=True).get("Item")
            if found is None or int(found["expires"]["N"]) <= now.timestamp():
                return None
            return Stored(int(found["version"]["N"]), found["body"]["S"].encode())

    def expiry(self, key: str) -> datetime | None:
        """Return when a record expires, or has expired; none where there is none."""
        with self._reached() as client:
            found = client.get_item(TableName=self._table, Key=_id(key), ConsistentRead=True).get("Item")
            return datetime.fromtimestamp(int(found["expires"]["N"]), UTC) if found else None

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        """Write a record if its version still is the one that was read."""
        item = _id(key) | {
            "version": {"N": str(version + 1)},
            "body": {"S": body.decode()},
            "expires": {"N": str(math.ceil(expires.timestamp()))},
        }
        values = {":now": {"N": f"{now.timestamp():.6f}"}}
        condition = "attribute_not_exists(id) OR expires <= :now"
        if version:
            values |= {":version": {"N": str(version)}}
            condition = "version = :version AND expires > :now"
        with self._reached() as client:
            client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )

    def delete(self, key: str) -> None:
        """Remove a record, if there is one."""
        with self._reached() as client:
            client.delete_item(TableName=self._table, Key=_id(key))

    def key_names(self) -> list[str]:
        """Return the names of what an item is found by."""
        with self._reached() as client:
            table = client.describe_table(TableName=self._table)["Table"]
            return [part["AttributeName"] for part in table["KeySchema"]]

    def time_to_live(self) -> str | None:
        """Return the name of what tells when an item is removed; none where that is switched off."""
        with self._reached() as client:
            told = client.describe_time_to_live(TableName=self._table)["TimeToLiveDescription"]
            return told.get("AttributeName") if told["TimeToLiveStatus"] in LIVING else None

    @contextmanager
    def _reached(self) -> Iterator[Any]:
        """Lend the client for one operation.

        Raises:
            StaleRecordError: the condition of a write is not met.
            StoreError: the operation failed.
        """
        # Loaded when it is first needed: botocore takes longer than the rest of a cold start together.
        try:
            from botocore.exceptions import ClientError, NoCredentialsError
        except ImportError as error:
            raise StoreError(f"DynamoDB table {self._table}: botocore is not installed") from error

        try:
            yield self._client()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ConditionalCheckFailedException":
                raise StaleRecordError("the record was changed meanwhile") from error
            raise StoreError(f"DynamoDB table {self._table}: {code}") from error
        except Exception as error:
            # Not only botocore's own: of an answer that is garbage it raises whatever it trips over.
            if isinstance(error, NoCredentialsError):
                # The client looked for them when it was made, and never does again.
                self._made = None
            raise StoreError(f"DynamoDB table {self._table}: {type(error).__name__}") from error

    def _client(self) -> Any:
        """Return the client of this process, made once."""
        with self._lock:
            if self._made is None:
                from botocore.config import Config
                from botocore.session import Session

                client = Session().create_client(
                    "dynamodb",
                    region_name=self._region or None,
                    endpoint_url=self._endpoint or None,
                    config=Config(
                        connect_timeout=CONNECT_SECONDS,
                        read_timeout=READ_SECONDS,
                        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                        max_pool_connections=CONNECTIONS,
                    ),
                )
                client.meta.events.register("before-parse.dynamodb", _look_at)
                self._made = client
            return self._made


def _look_at(response_dict: dict[str, Any], **event: object) -> None:
    """Look at an answer before botocore does.

    It would wait for as long as an answer asks it to, seconds beyond its own second; and it would take a
    page of somebody else's, or half an item, for the answer that there is none.

    Raises:
        ValueError: it is no JSON object.
    """
    response_dict["headers"].pop("x-amz-retry-after", None)
    if response_dict["status_code"] < 300 and not isinstance(json.loads(response_dict["body"]), dict):
        raise ValueError("no JSON object")


def _id(key: str) -> dict[str, Any]:
    """Return the key of an item."""
    return {"id": {"S": key}}
