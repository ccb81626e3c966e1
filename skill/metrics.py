"""Metrics of the public door, counted from its log: what no line tells, no metric can."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import choose_encoder

from skill import logs
from skill.alexa.journal import OTHER, OUTCOMES
from skill.alexa.refusal import Reason
from skill.app import App
from skill.core.turn import Milestone, Outcome

STOPS = frozenset({Outcome.STOP, Outcome.URGENT, Outcome.EMERGENCY})
"""Outcomes that stop for a sign. They are counted together, and by nothing else; whoever lies on the floor
is asked whether they can get up, and the reply to that is such an outcome as well."""
WITHHELD = "withheld"
"""Stands for what an outcome that tells of someone's health was, and where."""
TOLD = OUTCOMES | {Outcome.ANSWER, Outcome.CLARIFY, Outcome.ABOUT}
"""Outcomes that are counted by their names and by locale."""
FAILED = "failed"
"""Stands for the outcome of a turn that ended in an apology."""
NONE = "none"
"""Stands for a plan that is no routine: one stretch that was asked for by its name."""
REASONS = (*(str(reason) for reason in Reason), "envelope", "invalid_body", "invalid_json", "invalid_type")
"""Why a request is refused."""
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Seconds. A turn takes milliseconds, a slow table up to 6.4 s, and Alexa hangs up after 8 (A1)."""
SPOKEN = ("LaunchRequest", "IntentRequest", "SessionEndedRequest")
"""Requests that are turns of a conversation."""


class Metrics(logging.Handler):
    """Counts the lines of the log.

    Every label is from a list that is known at the start, whatever strangers send.
    """

    def __init__(self, app: App) -> None:
        """Begin at nought, with every label that there can be."""
        super().__init__()
        library = app.library
        self._registry = registry = CollectorRegistry()
        # They would tell the time at which something was first counted.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        ProcessCollector(registry=registry)
        self._turns = Counter(
            "gentle_back_turns",
            "Turns of conversations that were answered, by outcome and locale; both are withheld where the "
            "outcome tells of someone's health.",
            ("outcome", "locale"),
            registry=registry,
        )
        self._not_understood = _counter(
            registry,
            "turns_not_understood",
            "Turns that nobody here understood; of all turns, the fallback rate.",
        )
        self._screening = _counter(
            registry, "screens_begun", "Safety screens whose first question was asked."
        )
        self._screened = _counter(registry, "screens_passed", "Safety screens that were passed.")
        self._stops = _counter(
            registry,
            "stops",
            "Replies to a symptom or an emergency, of the whole installation; one on the floor has two.",
        )
        self._started = Counter(
            "gentle_back_routines_started",
            "Routines whose first step was spoken; none stands for a single stretch.",
            ("routine",),
            registry=registry,
        )
        self._finished = Counter(
            "gentle_back_routines_finished", "Routines that were finished.", ("routine",), registry=registry
        )
        self._seconds = Histogram(
            "gentle_back_answer_seconds",
            "Time from a request that is let in to its response; Alexa waits 8 s.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._refused = Counter(
            "gentle_back_requests_refused",
            "Requests that were not let in, by reason.",
            ("reason",),
            registry=registry,
        )
        self._store_errors = _counter(registry, "store_errors", "Reads and writes of records that failed.")
        Info("gentle_back", "The version, and the hash of the content.", registry=registry).info(
            {"version": version("gentle-back"), "content": library.hash}
        )
        encoder = Gauge(
            "gentle_back_encoder_present",
            "Whether free words are compared by their sense.",
            registry=registry,
        )
        encoder.set(app.has_encoder())
        for locale in {*app.locales, OTHER}:
            for outcome in (*TOLD, FAILED):
                self._turns.labels(outcome, locale)
        self._turns.labels(WITHHELD, WITHHELD)
        for routine in (*library.routines, NONE):
            self._started.labels(routine)
            self._finished.labels(routine)
        for reason in (*REASONS, OTHER):
            self._refused.labels(reason)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line."""
        told = {name: value for name, value in vars(record).items() if name in logs.FIELDS}
        if told.get("reason") == "store":
            self._store_errors.inc()
        elif record.msg == "refused":
            reason = told.get("reason")
            self._refused.labels(reason if reason in REASONS else OTHER).inc()
        elif record.msg == "turn":
            self._count(told)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all numbers as Prometheus reads them, and the content type.

        Args:
            accept: the formats that are wanted, as the header says it.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def _count(self, told: dict[str, Any]) -> None:
        """Count a request that was answered; what is no turn takes time, and is nothing else."""
        self._seconds.observe(told["milliseconds"] / 1000)
        if told["request"] not in SPOKEN:
            return
        outcome, locale = told.get("outcome", FAILED), told["locale"]
        hidden = outcome not in TOLD and outcome != FAILED
        self._turns.labels(*(WITHHELD, WITHHELD) if hidden else (outcome, locale)).inc()
        if outcome in STOPS:
            self._stops.inc()
        if told.get("understood") is False:
            self._not_understood.inc()
        match told.get("milestone"):
            case Milestone.SCREENING:
                self._screening.inc()
            case Milestone.SCREENED:
                self._screened.inc()
            case Milestone.STARTED:
                self._started.labels(told["routine"] or NONE).inc()
            case Milestone.FINISHED:
                self._finished.labels(told["routine"] or NONE).inc()


def _counter(registry: CollectorRegistry, name: str, documentation: str) -> Counter:
    """Return a counter without labels."""
    return Counter(f"gentle_back_{name}", documentation, registry=registry)
