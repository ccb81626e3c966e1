"""infra/aws/template.yaml, translated as AWS does at a deployment, then linted and read."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skill import logs
from skill.alexa import journal
from skill.alexa.journal import Entry
from skill.alexa.request import project
from skill.app import App
from skill.core.turn import Milestone, Outcome, Reached
from skill.store.dynamodb import DynamoDbStore
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.helpers import NOON, ROOT
from tests.log_lines import configured
from tests.more.filter_patterns import Pattern
from tests.store.moto_server import REGION

pytestmark = pytest.mark.more

TEMPLATE = ROOT / "infra/aws/template.yaml"
TOOLS = ROOT / ".venv-infra/bin"
PARAMETERS = {"SkillId": envelopes.APPLICATION, "Email": "someone@example.com"}
ENVIRONMENT = {"PATH": os.defpath, "AWS_DEFAULT_REGION": REGION, "SAM_CLI_TELEMETRY": "0"}


def run(*command: object, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env=ENVIRONMENT | {"HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def translated(template: Path, home: Path) -> Json:
    script = ROOT / "tests/more/translate_template.py"
    done = run(TOOLS / "python", script, template, json.dumps(PARAMETERS), home=home)
    assert done.returncode == 0, done.stderr
    result: Json = json.loads(done.stdout)
    return result


def linted(template: Json, home: Path) -> str:
    """What is wrong in a translated template."""
    file = home / "translated.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    return run(TOOLS / "cfn-lint", "--include-checks", "W", "--regions", REGION, "--", file, home=home).stdout


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return translated(TEMPLATE, tmp_path_factory.mktemp("translated"))


@pytest.fixture(scope="module")
def resources(template: Json) -> Json:
    result: Json = template["Resources"]
    return result


def of_type(resources: Json, type_: str) -> dict[str, Json]:
    found = {name: each["Properties"] for name, each in resources.items() if each["Type"] == type_}
    assert found, f"no {type_}"
    return found


def the(resources: Json, type_: str) -> Json:
    [only] = of_type(resources, type_).values()
    return only


def test_nothing_is_wrong_with_what_is_deployed(template: Json, tmp_path: Path) -> None:
    assert linted(template, tmp_path) == ""


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("Role: !GetAtt Role.Arn", "Role: !GetAtt Roll.Arn"),
        ("LogGroup: !Ref Log", "LogGroup: !Ref Logs"),
    ],
)
def test_a_broken_reference_is_found(tmp_path: Path, whole: str, broken: str) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert whole in text
    (tmp_path / "broken.yaml").write_text(text.replace(whole, broken, 1), encoding="utf-8")
    assert "E10" in linted(translated(tmp_path / "broken.yaml", tmp_path), tmp_path)


def test_sam_itself_takes_the_template(tmp_path: Path) -> None:
    done = run(TOOLS / "sam", "validate", "--lint", "--region", REGION, "--template", TEMPLATE, home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_this_skill_may_invoke_the_alias_and_nobody_the_function(resources: Json) -> None:
    permission = the(resources, "AWS::Lambda::Permission")
    [(alias, about)] = of_type(resources, "AWS::Lambda::Alias").items()
    assert about["Name"] == "live"
    assert permission["Principal"] == "alexa-appkit.amazon.com"
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["FunctionName"] == {"Ref": alias}
    assert permission["EventSourceToken"] == {"Ref": "SkillId"}


def test_the_endpoint_that_is_told_is_the_alias(template: Json, resources: Json) -> None:
    [alias] = of_type(resources, "AWS::Lambda::Alias")
    assert template["Outputs"]["Endpoint"]["Value"] == {"Ref": alias}


def test_the_function_is_ended_before_alexa_gives_up(resources: Json) -> None:
    function = the(resources, "AWS::Lambda::Function")
    assert function["Timeout"] == 7
    assert function["Handler"] == "skill.aws.handler"
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": "Log"}, "LogFormat": "Text"}


def test_no_secret_is_in_the_environment_or_a_parameter(template: Json, resources: Json) -> None:
    variables = the(resources, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables.keys() == {
        *("GENTLE_BACK_SKILL_ID", "GENTLE_BACK_TABLE", "GENTLE_BACK_KEY_PARAMETER", "OPENBLAS_NUM_THREADS"),
    }
    assert not [name for name in template["Parameters"] if name in ("Key", "Secret")]


def test_the_function_may_do_what_its_code_does_and_no_more(resources: Json) -> None:
    role = the(resources, "AWS::IAM::Role")
    assert "ManagedPolicyArns" not in role
    [policy] = role["Policies"]
    allowed: dict[str, Any] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        allowed |= dict.fromkeys(actions, statement["Resource"])
        assert "*" not in json.dumps(statement)
    called = set(
        re.findall(r"client\.(\w+)\(", (ROOT / "skill/store/dynamodb.py").read_text(encoding="utf-8"))
    )
    # What only `gentle-back doctor` asks, it asks with the operator's own rights.
    called -= {"describe_table", "describe_time_to_live"}
    table = {"".join(word.title() for word in name.split("_")) for name in called}
    assert {action.split(":")[1] for action in allowed if action.startswith("dynamodb:")} == table
    assert allowed.keys() - {f"dynamodb:{name}" for name in table} == {
        *("ssm:GetParameter", "logs:CreateLogStream", "logs:PutLogEvents"),
    }
    assert allowed["dynamodb:GetItem"] == {"Fn::GetAtt": ["Table", "Arn"]}
    assert allowed["logs:PutLogEvents"] == {"Fn::GetAtt": ["Log", "Arn"]}
    assert allowed["ssm:GetParameter"]["Fn::Sub"].endswith(":parameter${KeyParameter}")


def test_the_table_is_the_one_that_the_store_writes(resources: Json) -> None:
    table = the(resources, "AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert table["DeletionProtectionEnabled"] == {"Ref": "TableProtection"}


def test_the_log_is_the_function_s_own_and_does_not_last(resources: Json) -> None:
    log = the(resources, "AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == {"Ref": "LogDays"}
    for metric in of_type(resources, "AWS::Logs::MetricFilter").values():
        assert metric["LogGroupName"] == {"Ref": "Log"}


def patterns(resources: Json) -> dict[str, Pattern]:
    filters = of_type(resources, "AWS::Logs::MetricFilter")
    return {name: Pattern(metric["FilterPattern"]) for name, metric in filters.items()}


def test_every_alarm_watches_a_metric_that_there_is_and_tells_someone(resources: Json) -> None:
    metrics = {
        (str(each["MetricNamespace"]), each["MetricName"])
        for metric in of_type(resources, "AWS::Logs::MetricFilter").values()
        for each in metric["MetricTransformations"]
    } | {("AWS/Lambda", name) for name in ("Duration", "Errors", "Throttles")}
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    watched = {(str(alarm["Namespace"]), alarm["MetricName"]) for alarm in alarms.values()}
    assert watched <= metrics
    assert {name for _, name in watched} == {
        *("ErrorLines", "TurnMilliseconds", "ThrottledLines", "Duration", "Errors", "Throttles"),
    }
    assert alarms["SlowAlarm"]["ExtendedStatistic"] == "p99"
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == {"Fn::If": ["HasEmail", [{"Ref": "Topic"}], {"Ref": "AWS::NoValue"}]}


def test_every_filter_looks_at_keys_that_a_line_may_hold(resources: Json) -> None:
    for name, pattern in patterns(resources).items():
        assert pattern.keys <= logs.FIELDS, name


def test_the_milliseconds_are_what_the_journal_writes(resources: Json) -> None:
    [transformation] = of_type(resources, "AWS::Logs::MetricFilter")["TurnMilliseconds"][
        "MetricTransformations"
    ]
    assert transformation["MetricValue"] == "$.milliseconds"


Event = tuple[Callable[[App], object], set[str]]
"""Something that happens, and the filters that count its line."""


def turn(
    event: Json, outcome: Outcome | None, milestone: Milestone | None = None, *, route: str = ""
) -> Callable[[App], object]:
    reached = Reached(milestone, "chair_break") if milestone else None
    entry = Entry(envelopes.USER, outcome, reached=reached, route=route)
    return lambda app: journal.write(app, project(event), entry, 12.0)


def throttled(code: str) -> Callable[[App], object]:
    def happen(app: App) -> None:
        store = DynamoDbStore("records", REGION)
        store._client = lambda: Throttling(code)  # type: ignore[method-assign]  # no network
        App(app.library, store, b"key")._read("id", NOON)

    return happen


class Throttling:
    """A client whose every operation is refused."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_item(self, **given: Any) -> None:
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": self.code}}, "GetItem")


TURN = {"Turns", "TurnMilliseconds"}
SAID = envelopes.intent("NextStepIntent")
EVENTS: dict[str, Event] = {
    "launch": (turn(envelopes.launch(), Outcome.OFFER), TURN),
    "step": (turn(SAID, Outcome.GUIDE), TURN),
    "screening": (turn(SAID, Outcome.SCREEN, Milestone.SCREENING), TURN),
    "screened": (turn(SAID, Outcome.OFFER, Milestone.SCREENED), {*TURN, "Screened"}),
    "started": (turn(SAID, Outcome.GUIDE, Milestone.STARTED), TURN),
    "finished": (turn(SAID, Outcome.END, Milestone.FINISHED), {*TURN, "Finished"}),
    "stop": (turn(SAID, Outcome.STOP), {*TURN, "Stopped"}),
    "urgent": (turn(SAID, Outcome.URGENT), {*TURN, "Stopped"}),
    "emergency": (turn(SAID, Outcome.EMERGENCY), {*TURN, "Stopped"}),
    "not understood": (
        turn(envelopes.intent("AMAZON.FallbackIntent"), Outcome.CLARIFY, route="unmatched"),
        {*TURN, "Fallbacks"},
    ),
    "disabled": (turn(envelopes.skill_disabled(), None), {"TurnMilliseconds"}),
    "error": (lambda app: logging.getLogger("skill.app").error("the store is down"), {"ErrorLines"}),
    "critical": (lambda app: logging.getLogger("botocore").critical("x"), {"ErrorLines"}),
    "warning": (lambda app: logging.getLogger("skill.app").warning("ThrottlingException?"), set()),
    "another code": (throttled("AccessDeniedException"), {"ErrorLines"}),
    **{
        code: (throttled(code), {"ErrorLines", "ThrottledLines"})
        for code in ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded")
    },
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_line_that_the_skill_writes_is_counted_by_the_right_filters(
    resources: Json, app: App, name: str
) -> None:
    happen, counted = EVENTS[name]
    with configured() as lines:
        happen(app)
    assert {name for name, pattern in patterns(resources).items() if pattern.counts(lines.one)} == counted


def test_every_filter_counts_something(resources: Json) -> None:
    counted = set().union(*(counted for _, counted in EVENTS.values()))
    assert counted == patterns(resources).keys()
