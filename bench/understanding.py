"""What free words cost: the encoder and the matcher, beside one turn of an intent, in one run.

Run `.venv/bin/python bench/understanding.py`; nothing here passes or fails.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from skill import compiled, service
from skill.language.deciding import Context
from skill.language.hearing import Ear
from skill.settings import from_environment

TEXTS = ("could somebody loosen up this old bum of mine", "my calf feels like a beehive", "why like popcorn")
ROUNDS = 50


def resident() -> float:
    """Return the resident memory, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def median(turn: Callable[[str], object]) -> float:
    """Return the median time of a turn, in milliseconds."""
    times = []
    for text in TEXTS * ROUNDS:
        start = time.perf_counter()
        turn(text)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print times, their ratio and the memory."""
    settings = from_environment()
    library = compiled.load(Path(settings.library))
    ear = Ear(library)
    samples = median(lambda text: ear.text(text, Context()))
    before, start = resident(), time.perf_counter()
    matcher = service.matcher(library, settings)()
    loaded = (time.perf_counter() - start) * 1000
    learned = Ear(library, lambda: matcher)
    whole, guesses = median(lambda text: learned.text(text, Context())), median(matcher.guesses)
    print(f"matcher: {matcher.name}; loaded in {loaded:.0f} ms, {resident() - before:.0f} MB on top")
    print(f"samples and signs {samples:.2f} ms, matcher {guesses:.2f} ms, whole {whole:.2f} ms")
    print(f"whole : samples and signs = {whole / samples:.1f} : 1")


if __name__ == "__main__":
    main()
