"""Trained networks of many conditions: those with the same sounds are trained side by side, and kept in files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

import torch

from utils.datasets.sound import random_ipd_dataset
from utils.models.dale_snn import DaleSNN
from utils.training.dale_conditions import Condition, Sounds, build_network, draw_sounds, learner_for
from utils.training.dale_ensemble import Learner, Weights, train_together
from utils.training.dales_law_snn import History

# The source's sweep trained so long; its figures are compared with the networks as they were then.
SOURCE_SWEEP_EPOCHS = 30
# So many networks fill a processor's cache; more are trained one group after the other.
GROUP_SIZE = 13
NEW_SOUNDS_SEED = 1_000_000
# What conditions have in common that can be trained side by side.
SHARED = ("seed", "phase", "epochs", "new_sounds", "neuron", "tau")


@dataclass(frozen=True)
class TrainedNetwork:
    """What is left of a training.

    Attributes:
        condition: what was trained.
        history: what the training did.
        weights: "best" and "last", and "best30" and "last30" as they were after 30 epochs; name -> state of the model.
        seconds: time that this training took of one thread.
    """

    condition: Condition
    history: History
    weights: dict[str, Weights]
    seconds: float

    def network(self, which: str = "best") -> DaleSNN:
        """The network with one of its sets of weights.

        Args:
            which: a name of `weights`.

        Returns:
            A new network.
        """
        model = build_network(self.condition)
        model.load_state_dict(self.weights[which])
        return model


def groups(conditions: Iterable[Condition], size: int = GROUP_SIZE) -> list[list[Condition]]:
    """Conditions that can be trained side by side: those with the same sounds, epochs and kind of units.

    Args:
        conditions: in the order in which they are wanted.
        size: largest group.

    Returns:
        Groups, in the order of their first conditions.
    """
    found: dict[tuple, list[list[Condition]]] = {}
    ordered = []
    for condition in dict.fromkeys(conditions):
        alike = (
            condition.seed,
            condition.phase,
            condition.epochs,
            condition.new_sounds,
            condition.neuron,
            condition.tau,
        )
        places = found.setdefault(alike, [])
        if not places or len(places[-1]) == size:
            places.append([])
            ordered.append(places[-1])
        places[-1].append(condition)
    return ordered


def train_group(conditions: Sequence[Condition], sounds: Sounds) -> list[TrainedNetwork]:
    """Train conditions that share their sounds.

    Args:
        conditions: one of `groups`.
        sounds: of their seed and phase.

    Returns:
        One trained network for each.
    """
    before = time.thread_time()
    first, learners = conditions[0], [learner_for(condition) for condition in conditions]
    # Far from the seeds of the sounds that validate and test.
    source = torch.Generator().manual_seed(first.seed + NEW_SOUNDS_SEED)
    renew = partial(random_ipd_dataset, len(sounds.train[0]), source, first.phase)
    train_together(
        learners,
        *sounds.train,
        sounds.validation,
        epochs=first.epochs,
        generator=torch.Generator().manual_seed(first.seed),
        snapshots_at=(SOURCE_SWEEP_EPOCHS,),
        renew=renew if first.new_sounds == "yes" else None,
    )
    seconds = (time.thread_time() - before) / len(learners)
    return [
        TrainedNetwork(condition, learner.history, _weights(learner), seconds)
        for condition, learner in zip(conditions, learners, strict=True)
    ]


def _weights(learner: Learner) -> dict[str, Weights]:
    best30, last30 = learner.snapshots.get(SOURCE_SWEEP_EPOCHS, ({}, {}))
    return {"best": learner.best, "last": learner.history.last_weights, "best30": best30, "last30": last30}


def file_of(condition: Condition, folder: str | Path) -> Path:
    """Where a condition's trained network is kept.

    Args:
        condition: what was trained.
        folder: of the files.

    Returns:
        A path that names all of the condition that is not usual.
    """
    differs = [f"{f.name}-{getattr(condition, f.name)}" for f in fields(condition) if _differs(condition, f)]
    return Path(folder) / ("_".join(["dale", f"seed-{condition.seed}", *differs]) + ".pt")


def _differs(condition: Condition, field) -> bool:
    return field.name != "seed" and getattr(condition, field.name) != field.default


def save(trained: TrainedNetwork, folder: str | Path) -> None:
    """Keep a trained network in its file; at no moment there is half of one.

    Args:
        trained: the network.
        folder: of the files; made if it is missing.
    """
    path = file_of(trained.condition, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    history = asdict(trained.history) | {"last_weights": {}}
    beside = path.with_suffix(".part")
    state = {"history": history, "weights": trained.weights, "seconds": trained.seconds}
    torch.save(state, beside)
    beside.replace(path)


def load(condition: Condition, folder: str | Path) -> TrainedNetwork | None:
    """A trained network from its file.

    Args:
        condition: what was trained.
        folder: of the files.

    Returns:
        The network, or None if there is no file.
    """
    path = file_of(condition, folder)
    if not path.exists():
        return None
    state = torch.load(path, weights_only=True, map_location="cpu")
    return TrainedNetwork(condition, History(**state["history"]), state["weights"], state["seconds"])


def load_or_train(
    conditions: Sequence[Condition], sounds: Sounds, folder: str | Path | None = None
) -> list[TrainedNetwork]:
    """Trained networks of conditions that share their sounds: from their files, or trained now and kept there.

    Args:
        conditions: one of `groups`.
        sounds: of their seed and phase.
        folder: of the files; None keeps none.

    Returns:
        One trained network for each, in the same order.
    """
    found = {} if folder is None else {one: load(one, folder) for one in conditions}
    missing = [one for one in conditions if found.get(one) is None]
    for trained in train_group(missing, sounds) if missing else []:
        found[trained.condition] = trained
        if folder is not None:
            save(trained, folder)
    return [found[one] for one in conditions]


def train_and_keep(conditions: Sequence[Condition], folder: str | Path) -> None:
    """Train those conditions that have no file yet; for other processes, which give nothing back.

    Args:
        conditions: one of `groups`.
        folder: of the files.
    """
    missing = [one for one in conditions if not file_of(one, folder).exists()]
    if missing:
        load_or_train(missing, draw_sounds(missing[0].seed, missing[0].phase), folder)
