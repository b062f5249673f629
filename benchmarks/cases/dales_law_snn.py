"""Notebook 06: spikes of sounds, and the network that hears, also as other libraries would have it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.libraries import LIBRARIES, Library, expected_logits
from benchmarks.literal.dales_law_snn import literal_forward, literal_spikes, literal_training
from benchmarks.measure import Comparison, Growth, Run, Unavailable, Way
from benchmarks.targets import FLOOR
from utils.datasets.sound import ipd_spikes, ipd_to_class, random_ipd_dataset
from utils.models.dale_snn import DaleSNN
from utils.sweeps.processes import one_thread
from utils.sweeps.trained import train_group
from utils.training.dale_conditions import LEARNING_RATE, Condition, Sounds, draw_sounds, train_condition
from utils.training.dale_ensemble import Learner, train_together
from utils.training.dales_law_snn import LOGIT_SCALE

EPOCHS = 50
# The fractions of one seed of a sweep.
NETWORKS = 11
# The sizes of the published network and of its training step.
STEP = {"batch": 64, "steps": 100, "hidden": 30, "device": "cpu"}


def network(hidden: int = 30, device: str = "cpu") -> DaleSNN:
    """The network before training, the same one at every call."""
    torch.manual_seed(0)
    return DaleSNN(n_hidden=hidden).to(device)


def sounds(batch: int, steps: int, device: str) -> tuple[Tensor, Tensor]:
    """Spikes (batch, steps, 200) as uint8, and their classes; sounds longer than 100 steps start again."""
    ipd, spikes = random_ipd_dataset(batch, torch.Generator().manual_seed(0))
    repeated = spikes.repeat(1, -(-steps // spikes.shape[1]), 1)[:, :steps]
    return repeated.contiguous().to(device), ipd_to_class(ipd).to(device)


def finished(run: Run, device: str) -> Run:
    """The call, done only when the device has done its work."""
    if device == "cpu":
        return run

    def waited() -> object:
        result = run()
        torch.cuda.synchronize()
        return result

    return waited


def step_of(logits: Callable[[], Tensor], parameters, labels: Tensor, device: str) -> Run:
    """Forward, backward, and one step of Adam."""
    optimizer = torch.optim.Adam(parameters, lr=0.01)

    def run() -> Tensor:
        loss = F.cross_entropy(LOGIT_SCALE * logits(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return finished(run, device)


def literal_logits(model: DaleSNN, spikes: Tensor) -> Tensor:
    """Logits by the equations, one time step after the other."""
    return literal_forward(spikes, model.w1, model.w2, model.sign1, model.sign2)


def our_step(batch: int, steps: int, hidden: int, device: str) -> Run:
    """The training step of the course."""
    model, (spikes, labels) = network(hidden, device), sounds(batch, steps, device)
    return step_of(lambda: model(spikes), model.parameters(), labels, device)


def literal_step(batch: int, steps: int, hidden: int, device: str) -> Run:
    """The training step with plain autograd."""
    model, (spikes, labels) = network(hidden, device), sounds(batch, steps, device)
    floats = spikes.float()
    return step_of(lambda: literal_logits(model, floats), model.parameters(), labels, device)


def compiled_step(batch: int, steps: int, hidden: int, device: str) -> Run:
    """The training step with plain autograd, compiled: its loop over time becomes one program.

    Raises:
        Unavailable: there is no compiler, or it fails here.
    """
    model, (spikes, labels) = network(hidden, device), sounds(batch, steps, device)
    floats = spikes.float()
    call = step_of(torch.compile(lambda: literal_logits(model, floats)), model.parameters(), labels, device)
    try:
        call()
    except Exception as problem:
        words = str(problem).strip().splitlines() or [""]
        raise Unavailable(f"torch.compile failed ({type(problem).__name__}: {words[0]})") from problem
    return call


def library_step(library: Library) -> Way:
    """The training step of a library, on spikes as it likes them best."""

    def prepare(batch: int, steps: int, hidden: int, device: str) -> Run:
        module = library.load()
        spikes, labels = sounds(batch, steps, device)
        floats = spikes.float()
        weights = [w.detach() for w in network(hidden, device).signed_weights()]
        if not library.on_pytorch:
            logits, call = module.training_step(floats, labels, *weights, LOGIT_SCALE)
            _check(logits, expected_logits(floats, *weights, module.DECAY, module.subtracts_later).cpu())
            return call
        if module.TIME_FIRST:
            floats = floats.transpose(0, 1).contiguous()
        model: nn.Module = module.build(*weights)
        _check(model(floats), expected_logits(spikes.float(), *weights, module.DECAY))
        return step_of(lambda: model(floats), model.parameters(), labels, device)

    return Way(library.name, prepare, package=library.package)


def _check(logits: Tensor, expected: Tensor) -> None:
    """A library that computes something else would be timed for something else.

    Rounding may flip a single spike, so the middle one of all differences counts.
    """
    difference = (logits - expected).abs().median().item()
    if not difference <= 1e-3 * expected.abs().max().item():
        raise ValueError(f"logits are {difference:.2g} away from what its equations give")


def floor(batch: int, steps: int, hidden: int, device: str) -> Run:
    """The two products that no way can avoid, spikes times weights and the gradient of those, on the spikes as ours
    gets them."""
    spikes, _ = sounds(batch, steps, device)
    weights = network(hidden, device).w1.detach()
    gradient = torch.randn(batch * steps, hidden, device=device)

    def run() -> tuple[Tensor, Tensor]:
        x = spikes.view(batch * steps, -1).to(weights.dtype)
        return x @ weights, x.T @ gradient

    return finished(run, device)


def our_inference(batch: int, steps: int, hidden: int, device: str) -> Run:
    """Logits of the course's network, without a graph."""
    model, (spikes, _) = network(hidden, device), sounds(batch, steps, device)
    return finished(torch.no_grad()(lambda: model(spikes)), device)


def literal_inference(batch: int, steps: int, hidden: int, device: str) -> Run:
    """Logits by the equations, without a graph."""
    model, (spikes, _) = network(hidden, device), sounds(batch, steps, device)
    floats = spikes.float()
    return finished(torch.no_grad()(lambda: literal_logits(model, floats)), device)


def our_spikes(sounds: int) -> Run:
    """Spikes by the angle-sum identity, in chunks."""
    directions, generator = torch.linspace(-1.5, 1.5, sounds), torch.Generator().manual_seed(0)
    return lambda: ipd_spikes(directions, generator)


def original_spikes(sounds: int) -> Run:
    """Spikes by one sine for each sound, step and fibre."""
    directions, random = torch.linspace(-1.5, 1.5, sounds).double().numpy(), np.random.RandomState(0)
    return lambda: literal_spikes(directions, random)


def our_training(sounds: int, validation: int, epochs: int) -> Run:
    """The training of all our figures."""
    generator = torch.Generator().manual_seed(0)
    learned, checked = (random_ipd_dataset(n, generator) for n in (sounds, validation))

    def run() -> object:
        model, order = network(), torch.Generator().manual_seed(0)
        learner = Learner(model, torch.optim.Adam(model.parameters(), lr=LEARNING_RATE))
        train_together([learner], *learned, checked, epochs=epochs, generator=order)
        return learner.history

    return run


def original_training(sounds: int, validation: int, epochs: int) -> Run:
    """The same by the equations, with a graph for the validation as well."""
    generator = torch.Generator().manual_seed(0)
    learned, checked = (random_ipd_dataset(n, generator) for n in (sounds, validation))
    parts = [(spikes.float(), ipd_to_class(ipd)) for ipd, spikes in (learned, checked)]

    def run() -> object:
        model, order = network(), torch.Generator().manual_seed(0)
        return literal_training([model.w1, model.w2], [model.sign1, model.sign2], *parts[0], parts[1], epochs, order)

    return run


def side_by_side(networks: int, sounds: int, epochs: int) -> Run:
    """A sweep's trainings of one seed, as the sweep makes them: side by side, in one thread."""
    conditions, drawn = _sweep(networks, sounds, epochs)
    return one_thread()(lambda: train_group(conditions, drawn))


def one_by_one(networks: int, sounds: int, epochs: int) -> Run:
    """The same trainings one after the other, in one thread."""
    conditions, drawn = _sweep(networks, sounds, epochs)
    return one_thread()(lambda: [train_condition(condition, drawn) for condition in conditions])


def _sweep(networks: int, sounds: int, epochs: int) -> tuple[list[Condition], Sounds]:
    conditions = [Condition(fraction=n / max(1, networks - 1), epochs=epochs) for n in range(networks)]
    return conditions, draw_sounds(0, n_train=sounds)


INFERENCE = Comparison(
    name="inference",
    title="06: inference, batch 64",
    ours=Way("ours", our_inference),
    others=(Way("literal", literal_inference),),
    sizes=STEP,
    quick=STEP | {"batch": 4, "steps": 10},
    warm_up=STEP | {"batch": 1, "steps": 5},
)
TRAINING_STEP = Comparison(
    name="step",
    title="06: training step, batch 64, 100 steps, 200-30-12",
    ours=Way("ours", our_step),
    others=(
        Way("literal", literal_step),
        # What the compiler needs is not what a step needs.
        Way("literal, compiled", compiled_step, memory=False),
        *(library_step(library) for library in LIBRARIES),
        Way(FLOOR, floor, floor=True),
    ),
    sizes=STEP,
    quick=STEP | {"batch": 4, "steps": 10},
    warm_up=STEP | {"batch": 1, "steps": 5},
)
COMPARISONS = (
    Comparison(
        name="spikes",
        title="06: spikes of 512 sounds",
        ours=Way("ours", our_spikes),
        others=(Way("literal", original_spikes),),
        sizes={"sounds": 512},
        quick={"sounds": 4},
        warm_up={"sounds": 1},
    ),
    TRAINING_STEP,
    INFERENCE,
    Comparison(
        name="training",
        title=f"06: training, {EPOCHS} epochs, extrapolated from 3",
        ours=Way("ours", our_training),
        others=(Way("literal", original_training),),
        sizes={"sounds": 4096, "validation": 1024, "epochs": 3},
        quick={"sounds": 64, "validation": 8, "epochs": 1},
        extrapolated=EPOCHS / 3,
        warm_up={"sounds": 64, "validation": 8, "epochs": 1},
        shorter={"epochs": 1},
    ),
    Comparison(
        name="sweep",
        title=f"06: a sweep's {NETWORKS} trainings of {EPOCHS} epochs in one process, extrapolated from 1",
        ours=Way("ours", side_by_side),
        others=(Way("one by one", one_by_one),),
        sizes={"networks": NETWORKS, "sounds": 4096, "epochs": 1},
        quick={"networks": 2, "sounds": 64, "epochs": 1},
        extrapolated=EPOCHS,
    ),
)
# Compared once more where there is a CUDA device.
ON_CUDA = (TRAINING_STEP, INFERENCE)
GROWTH = tuple(
    Growth(
        title="06: training step",
        prepare=our_step,
        size=size,
        word=word,
        values=values,
        quick=quick,
        fixed={name: value for name, value in STEP.items() if name != size},
    )
    for size, word, values, quick in (
        ("batch", "sounds a batch", (16, 32, 64, 128, 256), (2, 8)),
        ("steps", "time steps", (25, 50, 100, 200, 400), (5, 20)),
        ("hidden", "hidden units", (15, 30, 60, 120, 240), (5, 20)),
    )
)
