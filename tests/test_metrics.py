"""Metrics: what the log tells, counted; bounded, and nobody in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from skill import metrics
from skill.alexa import journal
from skill.alexa.handler import AlexaDoor
from skill.alexa.journal import OTHER, Entry
from skill.alexa.refusal import Reason
from skill.alexa.request import project
from skill.app import App
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.core.turn import Milestone, Outcome, Reached
from skill.metrics import FAILED, NONE, STOPS, TOLD, WITHHELD, Metrics
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from tests.alexa import envelopes
from tests.alexa.envelopes import USER, Json
from tests.helpers import NO
from tests.log_lines import configured

CANARY = "zebrafish"


class Counted:
    """Metrics of an app, and what they show."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.metrics = Metrics(app)

    @property
    def text(self) -> str:
        return self.metrics.exposition("")[0].decode()

    def samples(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """Every sample by its name and the values of its labels, in the labels' order."""
        return {
            (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
        }

    def value(self, name: str, *labels: str) -> float:
        return self.samples()[f"gentle_back_{name}", labels]

    def total(self, name: str) -> float:
        """The sum of a metric over its labels."""
        return sum(value for (named, _), value in self.samples().items() if named == f"gentle_back_{name}")

    def written(self, event: Json, entry: Entry | None = None, milliseconds: float = 12.3) -> None:
        journal.write(self.app, project(event), entry or Entry(), milliseconds)


@pytest.fixture
def counted(app: App) -> Iterator[Counted]:
    counted = Counted(app)
    with configured():
        ours = logging.getLogger("skill")
        ours.addHandler(counted.metrics)
        try:
            yield counted
        finally:
            ours.removeHandler(counted.metrics)


def test_everything_begins_at_nought(counted: Counted, library: Library) -> None:
    for name in ("turns_total", "stops_total", "turns_not_understood_total", "store_errors_total"):
        assert counted.total(name) == 0
    for routine in library.routines:
        assert counted.value("routines_finished_total", routine) == 0
    for reason in Reason:
        assert counted.value("requests_refused_total", reason) == 0


def test_every_metric_has_its_help_and_none_tells_when_it_began(counted: Counted) -> None:
    families = [one for one in text_string_to_metric_families(counted.text) if "gentle_back" in one.name]
    assert len(families) == 12
    assert all(family.documentation.endswith(".") for family in families)
    assert "_created" not in counted.text


def test_the_content_and_the_version_are_told(counted: Counted, library: Library) -> None:
    assert f'content="{library.hash}"' in counted.text
    assert counted.value("encoder_present") == float(counted.app.has_encoder())


@pytest.mark.parametrize("outcome", Outcome)
def test_a_turn_is_counted_once_by_outcome_and_locale_or_by_neither(
    counted: Counted, outcome: Outcome
) -> None:
    event = envelopes.intent("NextStepIntent")
    event["request"]["locale"] = "en-GB"
    counted.written(event, Entry(USER, outcome))
    assert counted.total("turns_total") == 1
    labels = ("en-GB", outcome) if outcome in TOLD else (WITHHELD, WITHHELD)
    assert counted.value("turns_total", *labels) == 1
    assert counted.value("stops_total") == (outcome in STOPS)


def test_an_outcome_that_tells_of_health_is_counted_by_no_name() -> None:
    untold = {Outcome.STOP, Outcome.URGENT, Outcome.EMERGENCY, Outcome.DEFER, Outcome.DECLINE}
    assert set(Outcome) - TOLD == untold


def test_a_turn_that_failed_is_counted_as_such(counted: Counted) -> None:
    counted.written(envelopes.launch())
    assert counted.value("turns_total", "en-US", FAILED) == 1


def test_what_is_no_turn_only_takes_time(counted: Counted) -> None:
    counted.written(envelopes.skill_disabled(), milliseconds=40.0)
    assert counted.total("turns_total") == 0
    assert counted.value("answer_seconds_count") == 1
    assert counted.value("answer_seconds_sum") == pytest.approx(0.04)


def test_the_buckets_show_what_is_slow_for_alexa(counted: Counted) -> None:
    counted.written(envelopes.launch(), milliseconds=8_100)
    counted.written(envelopes.launch(), milliseconds=5_000)
    assert counted.value("answer_seconds_bucket", "4.0") == 0
    assert counted.value("answer_seconds_bucket", "8.0") == 1
    assert counted.value("answer_seconds_bucket", "+Inf") == 2


@pytest.mark.parametrize("routine", ["hip_ease", None])
def test_milestones_are_counted(counted: Counted, routine: str | None) -> None:
    for milestone in Milestone:
        reached = Reached(milestone, routine)
        counted.written(envelopes.intent(NO), Entry(USER, Outcome.OFFER, routine, reached=reached))
    assert counted.value("screens_begun_total") == counted.value("screens_passed_total") == 1
    assert counted.value("routines_started_total", routine or NONE) == counted.total("routines_started_total")
    assert counted.value("routines_finished_total", routine or NONE) == 1


def test_what_nobody_understood_is_counted_beside_all_turns(counted: Counted) -> None:
    counted.written(envelopes.launch(), Entry(USER, Outcome.OFFER, route="launch"))
    counted.written(
        envelopes.intent("AMAZON.FallbackIntent"), Entry(USER, Outcome.CLARIFY, route="unmatched")
    )
    assert counted.value("turns_not_understood_total") / counted.total("turns_total") == 0.5


def test_refusals_are_counted_by_their_reasons(counted: Counted) -> None:
    log = logging.getLogger("skill.web.public")
    for reason in ("chain", "chain", "invalid_json", CANARY):
        log.info("refused", extra={"reason": reason})
    assert counted.value("requests_refused_total", "chain") == 2
    assert counted.value("requests_refused_total", "invalid_json") == 1
    assert counted.value("requests_refused_total", OTHER) == 1
    assert CANARY not in counted.text


class Down(MemoryStore):
    """A store that cannot be reached."""

    def get(self, key: str, now: object) -> Stored | None:
        raise StoreError(CANARY)


def test_a_store_that_is_down_is_counted(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted.app, "_store", Down())
    AlexaDoor(counted.app).handle(envelopes.launch())
    assert counted.value("store_errors_total") == 1
    assert counted.total("turns_total") == 1


def test_whatever_strangers_make_up_there_are_no_more_labels(counted: Counted) -> None:
    before = counted.samples().keys()
    door = AlexaDoor(counted.app)
    for number in range(30):
        event = envelopes.intent(f"{CANARY}{number}Intent", user=f"{CANARY}{number}")
        event["request"]["locale"] = f"en-{CANARY}{number}"
        door.handle(event)
        door.handle(envelopes.made_up())
    assert counted.samples().keys() == before
    assert counted.value("turns_total", OTHER, Outcome.CLARIFY) == 30
    assert CANARY not in counted.text


def test_no_sign_is_told(counted: Counted, library: Library) -> None:
    door = AlexaDoor(counted.app)
    for flag in library.safety.flags:
        slot = envelopes.matched("symptom", f"{flag.says[0]} {CANARY}", flag.id)
        door.handle(envelopes.intent("SymptomIntent", {"symptom": slot}, new=True, user=CANARY))
    assert counted.value("turns_total", WITHHELD, WITHHELD) > 0
    text = counted.text
    assert CANARY not in text
    assert not [flag.id for flag in library.safety.flags if flag.id in text]
    assert not [outcome for outcome in set(Outcome) - TOLD if f'"{outcome}"' in text]


def test_every_reason_of_a_refusal_is_known(counted: Counted) -> None:
    assert set(Reason) < set(metrics.REASONS)
