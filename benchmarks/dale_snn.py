"""The network of notebook 06, literal and ours: training step, inference, spikes and whole training, in the same run.

    python benchmarks/dale_snn.py [rounds] [threads]

Literal means the equations one time step after the other with plain autograd (`tests/literal_dale_snn.py`), and spikes
from one sine for each sound, step and fibre in double precision. Rounds alternate, so that both ways share whatever
else the machine does; ratios are taken within a round, and their median is printed with its spread. The floor is the
two matrix products that no way can avoid: spikes times weights, and the gradient of those weights.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from literal_dale_snn import literal_forward, literal_spikes

from utils.datasets.sound import ipd_spikes, ipd_to_class, random_ipd_dataset
from utils.models.dale_experiment import draw_sounds
from utils.models.dale_snn import DaleSNN
from utils.models.dale_training import LOGIT_SCALE, train

LEAST_ROUNDS = 7
BATCH = 64
N_SOUNDS = 512
EPOCHS_MEASURED = 3


def seconds(run: Callable[[], object], calls: int) -> float:
    """Seconds of one call, as the mean of several."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def ways() -> dict[str, dict[str, tuple[Callable[[], object], int]]]:
    """What is compared -> way -> the call, and how many of them make one measurement."""
    torch.manual_seed(0)
    ipd, spikes = random_ipd_dataset(BATCH, torch.Generator().manual_seed(0))
    labels, floats = ipd_to_class(ipd), spikes.float()
    networks = [DaleSNN(), DaleSNN()]
    networks[1].load_state_dict(networks[0].state_dict())
    optimizers = [torch.optim.Adam(network.parameters(), lr=0.01) for network in networks]

    def literal_logits() -> torch.Tensor:
        network = networks[0]
        return literal_forward(floats, network.w1, network.w2, network.sign1, network.sign2)

    def our_logits() -> torch.Tensor:
        return networks[1](spikes)

    def step(logits: Callable[[], torch.Tensor], optimizer: torch.optim.Optimizer) -> None:
        loss = F.cross_entropy(LOGIT_SCALE * logits(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def floor() -> None:
        x = floats.view(-1, 200)
        x.T @ (x @ networks[1].w1.detach())

    both = literal_logits().detach(), our_logits().detach()
    if not torch.allclose(*both, rtol=1e-4, atol=1e-3):
        raise SystemExit("the two ways give different logits")
    directions = torch.linspace(-1.5, 1.5, N_SOUNDS)
    random = np.random.RandomState(0)
    return {
        f"training step, batch {BATCH}": {
            "literal": (lambda: step(literal_logits, optimizers[0]), 4),
            "ours": (lambda: step(our_logits, optimizers[1]), 12),
            "floor": (floor, 12),
        },
        f"inference, batch {BATCH}": {
            "literal": (torch.no_grad()(literal_logits), 8),
            "ours": (torch.no_grad()(our_logits), 20),
        },
        f"spikes of {N_SOUNDS} sounds": {
            "literal": (lambda: literal_spikes(directions.double().numpy(), random), 1),
            "ours": (lambda: ipd_spikes(directions), 2),
        },
    }


def measure(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of each way in every round.

    Args:
        rounds: at least 7.

    Returns:
        What is compared -> way -> seconds (rounds,).
    """
    if rounds < LEAST_ROUNDS:
        raise ValueError(f"rounds: got {rounds}, allowed is {LEAST_ROUNDS} or more, or a median means little")
    taken: dict[str, dict[str, list[float]]] = {}
    for title, group in ways().items():
        for run, _ in group.values():
            run()
        taken[title] = {name: [] for name in group}
        for _ in range(rounds):
            for name, (run, calls) in group.items():
                taken[title][name].append(seconds(run, calls))
    return taken


def whole_training() -> float:
    """Seconds of 50 epochs, extrapolated from 3 measured ones."""
    sounds = draw_sounds(0)
    epochs: list[float] = []
    train(
        DaleSNN(),
        *sounds.train,
        sounds.validation,
        epochs=EPOCHS_MEASURED,
        on_epoch=lambda _: epochs.append(time.time()),
    )
    return 50 * statistics.median(np.diff(epochs))


def main() -> None:
    """Print medians and ratios."""
    rounds, threads = (int(given) for given in (sys.argv[1:] + ["9", "2"][len(sys.argv) - 1 :]))
    torch.set_num_threads(threads)
    print(f"median of {rounds} rounds, {threads} thread(s), PyTorch {torch.__version__}")
    for title, taken in measure(rounds).items():
        for name, times in taken.items():
            ratios = [theirs / own for theirs, own in zip(times, taken["ours"], strict=True)]
            spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
            middle = statistics.median(ratios)
            print(f"{title:26s} {name:8s} {1e3 * statistics.median(times):9.2f} ms  {middle:6.2f} x ours ({spread})")
    print(f"50 epochs of 64 batches, extrapolated from {EPOCHS_MEASURED}: {whole_training():.0f} s")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
