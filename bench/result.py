"""What is to be measured, what was, and how that is told."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field

from bench.reference import Fault, Kind

LONE_TURNS = 200
"""So many turns of one listener alone are what the load is compared with."""
SHOWN = 20
"""At most so many faults are printed."""


class Plan(Struct, frozen=True):
    """What is to be measured."""

    conversations: int = 200
    """So many at once."""
    seconds: float = 60.0
    """For so long."""
    pause: float = 2.0
    """Mean seconds between two turns of a conversation."""
    store: str = "sqlite"
    """Where records are kept: `sqlite` or `dynamodb`."""
    kills: int = 0
    """How often the server is killed meanwhile."""


class Result(Struct):
    """What was measured."""

    lone: list[float] = field(default_factory=list)
    """Seconds of the turns of one listener alone."""
    loaded: list[float] = field(default_factory=list)
    """Seconds of the turns under load that were sent once."""
    resent: list[float] = field(default_factory=list)
    """Seconds of the turns that a kill left without an answer, until they had one."""
    in_flight: list[int] = field(default_factory=list)
    """So many turns were without an answer at each kill."""
    outages: list[float] = field(default_factory=list)
    """Seconds from each kill until the server listened again."""
    door: list[float] = field(default_factory=list)
    """Seconds of turns inside Alexa's door, as the server logged them."""
    talking: int = 0
    """So many sessions were open at once."""
    seconds: float = 0.0
    """How long the load took."""
    lone_cpu: float = 0.0
    """CPU seconds of the server for the turns of one listener alone."""
    server_cpu: float = 0.0
    """CPU seconds of the server under load."""
    store_cpu: float = 0.0
    """CPU seconds of the stand-in for DynamoDB under load."""
    client_cpu: float = 0.0
    """CPU seconds of this process under load."""
    resident: tuple[float, float] = (0.0, 0.0)
    """MB of the server before the load and after it."""
    left: int = 0
    """So many listeners had a routine to be offered when they came back."""
    offered: int = 0
    """So many of them were offered it."""
    finished: int = 0
    """So many finished routines are kept."""
    heard: int = 0
    """So many stretches are kept as heard to their end."""
    complaints: Counter[str] = field(default_factory=Counter)
    """Warnings and errors of the server's log, by their text."""
    faults: list[Fault] = field(default_factory=list)
    """All that is wrong."""


def quantile(seconds: list[float], share: float) -> float:
    """Return the time, in milliseconds, within which a share of the turns were answered."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def report(plan: Plan, result: Result) -> Iterator[str]:
    """Yield the lines that tell what was measured."""
    turns = len(result.loaded) + len(result.resent)
    yield (
        f"{plan.store}: {plan.conversations} conversations for {result.seconds:.0f} s, {result.talking} "
        f"sessions open at once; {turns} turns, {turns / result.seconds:.0f} a second"
    )
    yield from _times(result)
    yield from _costs(result, turns)
    if plan.kills:
        outages = ", ".join(f"{seconds:.1f} s" for seconds in result.outages)
        longest = quantile(result.resent, 1) / 1000
        yield (
            f"  killed with {result.in_flight} turns in flight, listened again after {outages}; "
            f"{len(result.resent)} turns were sent again, the longest for {longest:.1f} s"
        )
    yield from _findings(result)
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    yield f"  load average {load} on {os.cpu_count()} CPUs"


def _times(result: Result) -> Iterator[str]:
    """Yield how long answers took, and the ratio of load and one alone."""
    for name, times in (("alone", result.lone), ("load", result.loaded), ("in the door", result.door)):
        p50, p99, most = (quantile(times, share) for share in (0.5, 0.99, 1))
        yield f"  {name:12} p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   max {most:7.1f} ms"
    p50, p99 = (quantile(result.loaded, share) / quantile(result.lone, share) for share in (0.5, 0.99))
    yield f"  load : alone = p50 {p50:.1f} : 1, p99 {p99:.1f} : 1"


def _costs(result: Result, turns: int) -> Iterator[str]:
    """Yield what a turn costs each process, and the server's memory."""
    spent = {
        "server alone": result.lone_cpu / LONE_TURNS,
        "server under load": result.server_cpu / turns,
        "stand-in": result.store_cpu / turns,
        "client": result.client_cpu / turns,
    }
    yield "  CPU a turn: " + ", ".join(f"{name} {1000 * each:.1f} ms" for name, each in spent.items())
    before, after = result.resident
    yield f"  memory of the server: {before:.0f} MB before the load, {after:.0f} MB after"


def _findings(result: Result) -> Iterator[str]:
    """Yield what is kept, and what is wrong."""
    yield (
        f"  kept: {result.finished} routines finished, {result.heard} stretches heard; "
        f"{result.offered} of {result.left} saved places offered in a new session"
    )
    counts = Counter(fault.kind for fault in result.faults)
    yield "  " + ", ".join(f"{counts[kind]} {kind}" for kind in Kind)
    yield from (f"  server's log: {count} times {text}" for text, count in result.complaints.most_common(5))
    yield from (f"  {fault.kind}: {fault.text}" for fault in result.faults[:SHOWN])
