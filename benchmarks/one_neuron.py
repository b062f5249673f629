"""One leaky neuron under one constant current, by four libraries with the reset that each brings along.

    make libraries
    .venv-bench/bin/python -m benchmarks.one_neuron    writes data/one_neuron_four_libraries.csv

All keep 80 % of the potential from step to step and get the same current, 0.8 thresholds a step, so only what follows
a spike can differ.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import torch

from benchmarks.libraries import ON_PYTORCH
from utils.sweeps.tables import versions

FILE = Path(__file__).resolve().parents[1] / "data" / "one_neuron_four_libraries.csv"
N_STEPS, DECAY, CURRENT, THRESHOLD = 40, 0.8, 0.8, 1.0
COLUMNS = ("library", "version", "reset", "step", "potential", "spikes")


def by_sinabs(current: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Spikes and potentials of sinabs.layers.LIF, each (n_steps,), for a current (n_steps,)."""
    from sinabs.layers import LIF

    neuron = LIF(tau_mem=-1 / math.log(DECAY), norm_input=False, record_states=True)
    spikes = neuron(current[None, :, None])
    return spikes[0, :, 0], neuron.recordings["v_mem"][0, :, 0]


def by_snntorch(current: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of snntorch.Leaky."""
    import snntorch

    neuron = snntorch.Leaky(beta=DECAY)
    potential, steps = neuron.reset_mem(), []
    for value in current:
        spike, potential = neuron(value, potential)
        steps.append((spike, potential))
    spikes, potentials = zip(*steps, strict=True)
    return torch.stack(spikes), torch.stack(potentials)


def by_norse(current: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of norse.torch.LIFBoxCell, which takes in (1 - DECAY) of what it is given."""
    from norse.torch import LIFBoxCell, LIFBoxParameters

    dt = 0.001
    neuron, state, steps = LIFBoxCell(LIFBoxParameters(tau_mem_inv=torch.tensor((1 - DECAY) / dt)), dt=dt), None, []
    for value in current / (1 - DECAY):
        spike, state = neuron(value, state)
        steps.append((spike, state.v))
    spikes, potentials = zip(*steps, strict=True)
    return torch.stack(spikes), torch.stack(potentials)


def by_spikingjelly(current: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of spikingjelly's LIFNode, which takes in (1 - DECAY) of what it is given."""
    from spikingjelly.activation_based.neuron import LIFNode

    neuron, steps = LIFNode(tau=1 / (1 - DECAY)), []
    for value in current / (1 - DECAY):
        spike = neuron(value[None])
        steps.append((spike[0], neuron.v[0]))
    spikes, potentials = zip(*steps, strict=True)
    return torch.stack(spikes), torch.stack(potentials)


WAYS = {"sinabs": by_sinabs, "snnTorch": by_snntorch, "norse": by_norse, "SpikingJelly": by_spikingjelly}


def reset_of(spikes: list[float], potentials: list[float], current: float = CURRENT) -> str:
    """What follows a spike, read off the recorded numbers.

    Args:
        spikes: one number a step.
        potentials: after each step.
        current: that arrived in every step.

    Returns:
        Where the reset goes, and when.

    Raises:
        ValueError: no spike, or a reset of another kind.
    """
    step = next((i for i, spike in enumerate(spikes[:-1]) if spike), None)
    if step is None:
        raise ValueError("spikes: got none before the last step, allowed is at least one")
    charged = (DECAY * potentials[step - 1] if step else 0.0) + current
    now, then = potentials[step], potentials[step + 1]
    if math.isclose(now, 0, abs_tol=1e-6):
        return "to zero, in the step of the spike"
    if math.isclose(now, charged - THRESHOLD, abs_tol=1e-6):
        return "by one threshold, in the step of the spike"
    if math.isclose(now, charged, abs_tol=1e-6):
        after = DECAY * now + current
        if math.isclose(then, after - THRESHOLD, abs_tol=1e-6):
            return "by one threshold, one step later"
        if math.isclose(then, 0, abs_tol=1e-6):
            return "to zero, one step later"
    raise ValueError(f"potentials: got {now:.3f} after a spike at {charged:.3f}, allowed is 0 or {THRESHOLD:g} less")


def main() -> None:
    """Run all four and write the table."""
    current = torch.full((N_STEPS,), CURRENT)
    notes = {
        "command": "python -m benchmarks.one_neuron (after `make libraries`)",
        "protocol": f"constant current of {CURRENT} thresholds a step, {DECAY:.0%} of the potential stays from step to "
        "step, default reset",
        "versions": versions(),
    }
    with FILE.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"# {name}: {value}\n" for name, value in notes.items())
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for library in ON_PYTORCH:
            with torch.no_grad():
                spikes, potentials = (part.double().tolist() for part in WAYS[library.name](current))
            reset = reset_of(spikes, potentials)
            print(f"{library.name} {library.version}: {reset}; {sum(spikes):.0f} spikes")
            for step, (spike, potential) in enumerate(zip(spikes, potentials, strict=True)):
                writer.writerow((library.name, library.version, reset, step, f"{potential:.6f}", f"{spike:.0f}"))


if __name__ == "__main__":
    main()
