"""The LIF transfer curve, literal and ours: 10 currents, 1,000 steps, the same counts, in the same run.

    python benchmarks/transfer_curve.py [rounds]

Literal means one Python loop over currents around one over steps, on NumPy numbers, or on torch numbers as in the
original exercise. Rounds alternate, so that all ways share whatever else the machine does; the medians are compared.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from utils.models.lif import lif_rate, simulate_lif, spike_counts

CURRENTS = np.linspace(0, 2, 10)
PUBLISHED = [0, 0, 0, 0, 0, 43, 66, 91, 111, 125]
DURATION, DT, TAU_REF, RESISTANCE, CAPACITANCE, THRESHOLD, SPIKE_HEIGHT = 1000, 1, 1, 1, 10, 1, 0.5
LEAST_ROUNDS = 7
# Ours is so short that one call says more about the clock than about the code.
CALLS = 20


def literal(module: type(np)) -> list[int]:
    """Counts by two Python loops, on the numbers of `numpy` or `torch`."""
    counts = []
    for current in CURRENTS.tolist():
        times = module.arange(0, DURATION + DT, DT)
        v = module.zeros(len(times))
        rests_until, n_spikes = 0, 0
        for i, t in enumerate(times):
            if t > rests_until:
                v[i] = v[i - 1] + (-v[i - 1] + current * RESISTANCE) / (RESISTANCE * CAPACITANCE) * DT
                if v[i] >= THRESHOLD:
                    v[i] += SPIKE_HEIGHT
                    n_spikes += 1
                    rests_until = t + TAU_REF
        counts.append(n_spikes)
    return counts


def ours() -> list[int]:
    """Counts by one call for all currents."""
    _, voltage = simulate_lif(CURRENTS, DURATION, DT, TAU_REF, RESISTANCE, CAPACITANCE, THRESHOLD, SPIKE_HEIGHT)
    return spike_counts(voltage).tolist()


def closed_form() -> list[float]:
    """Expected counts, without any step."""
    return (DURATION * lif_rate(CURRENTS, TAU_REF, RESISTANCE, CAPACITANCE, THRESHOLD)).tolist()


def seconds(run: Callable[[], object], calls: int) -> float:
    """Seconds of one call, as the mean of several."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def measure(rounds: int = LEAST_ROUNDS) -> dict[str, list[float]]:
    """Seconds of each way in every round; ends with an error if the counts differ.

    Args:
        rounds: at least 7.

    Returns:
        Way -> seconds (rounds,).
    """
    if rounds < LEAST_ROUNDS:
        raise ValueError(f"rounds is {rounds}; at least {LEAST_ROUNDS} are needed for a median that means something")
    ways = {
        "literal, torch": (lambda: literal(torch), 1),
        "literal, NumPy": (lambda: literal(np), 1),
        "ours": (ours, CALLS),
        "closed form": (closed_form, CALLS),
    }
    for name in ("literal, torch", "literal, NumPy", "ours"):
        counts = ways[name][0]()
        if counts != PUBLISHED:
            raise SystemExit(f"{name} counts {counts}, published are {PUBLISHED}")
    taken = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (run, calls) in ways.items():
            taken[name].append(seconds(run, calls))
    return taken


def main() -> None:
    """Print medians and ratios."""
    torch.set_num_threads(1)
    taken = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
    print(f"transfer curve, {len(CURRENTS)} currents, {DURATION // DT:,} steps, median of {len(taken['ours'])} rounds")
    for name, times in taken.items():
        ratio = statistics.median(theirs / own for theirs, own in zip(times, taken["ours"], strict=True))
        print(f"{name:15s} {1e3 * statistics.median(times):9.3f} ms   {ratio:8.2f} x ours")


if __name__ == "__main__":
    main()
