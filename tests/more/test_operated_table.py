"""A table under the eyes of `gentle-back doctor`, `export` and `forget`: moto's DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from skill.app import hashed
from skill.cli import main
from skill.doctor import keeping
from skill.doctor.finding import Finding, Level
from skill.store.dynamodb import DynamoDbStore
from tests.helpers import NOON
from tests.store import moto_server
from tests.store.moto_server import REGION

pytestmark = [pytest.mark.more, pytest.mark.usefixtures("as_nobody")]

USER = "amzn1.ask.account.ZEBRAFISH"
KEY = "a key of thirty-two bytes or more"


def levels(findings: Iterable[Finding]) -> dict[str, Level]:
    return {one.name: one.level for one in findings}


def items(address: str, table: str) -> int:
    return len(moto_server.client(address).scan(TableName=table)["Items"])


def test_a_table_as_it_should_be(address: str) -> None:
    table = moto_server.new_table(address)
    store = DynamoDbStore(table, REGION, address)
    assert levels(keeping.table(store, NOON)) == dict.fromkeys(("store", "table key", "table life"), Level.OK)
    assert items(address, table) == 0


def test_a_table_that_keeps_everything_for_ever(address: str) -> None:
    table = moto_server.new_table(address)
    life = {"Enabled": False, "AttributeName": "expires"}
    moto_server.client(address).update_time_to_live(TableName=table, TimeToLiveSpecification=life)
    found = levels(keeping.table(DynamoDbStore(table, REGION, address), NOON))
    assert found == {"store": Level.OK, "table key": Level.OK, "table life": Level.BAD}


def test_a_table_of_another_key_and_another_life(address: str) -> None:
    table = "of-another-key"
    client = moto_server.client(address)
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "user", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "user", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    life = {"Enabled": True, "AttributeName": "until"}
    client.update_time_to_live(TableName=table, TimeToLiveSpecification=life)
    found = levels(keeping.table(DynamoDbStore(table, REGION, address), NOON))
    assert found == dict.fromkeys(("store", "table key", "table life"), Level.BAD)


def test_a_table_that_is_not_there(address: str) -> None:
    found = levels(keeping.table(DynamoDbStore("nowhere", REGION, address), NOON))
    assert found == {"store": Level.BAD, "table key": Level.UNKNOWN, "table life": Level.UNKNOWN}


def test_a_person_in_a_table(address: str) -> None:
    table = moto_server.new_table(address)
    store = DynamoDbStore(table, REGION, address)
    for user in (USER, "a neighbour"):
        body = b'{"preferences":{"pace":"slow"}}'
        store.put(hashed(KEY.encode(), user), body, 0, NOON, NOON + timedelta(days=9))
    environment = {
        "GENTLE_BACK_TABLE": table,
        "GENTLE_BACK_KEY": KEY,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL_DYNAMODB": address,
    }

    def run(*arguments: str) -> Result:
        result = CliRunner(env=environment).invoke(main, arguments)
        assert USER not in result.output
        return result

    told = json.loads(run("export", USER).stdout)
    assert (told["kept"], told["record"]["preferences"]["pace"]) == (True, "slow")
    assert told["expires"] == (NOON + timedelta(days=9)).isoformat()
    assert run("forget", USER).output.startswith("Something was kept. It is erased")
    assert items(address, table) == 1
    assert run("forget", USER).output.startswith("Nothing is kept in the table ")
    environment["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:9"
    down = run("forget", USER)
    assert down.exit_code == 1
    assert down.output.startswith(f"Error: nothing was erased: DynamoDB table {table}: ")
