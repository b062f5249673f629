"""What is measured on trained networks: one function for each experiment, from a network to a row of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import torch

from utils.datasets.sound import random_ipd_dataset
from utils.models.dale_snn import DaleSNN
from utils.models.weight_statistics import log_size_moments, spectral_entropy
from utils.sweeps.trained import TrainedNetwork
from utils.training.ablation import READOUTS, hidden_rates, readout_accuracies, rows_of_kind, silence_inputs
from utils.training.dale_conditions import Condition, Sounds, build_network, training_phase
from utils.training.dales_law_snn import evaluate
from utils.training.spike_timing import TIMINGS, timing_accuracies

CONDITION = tuple(field.name for field in fields(Condition))
ACCURACIES = ("train_accuracy", "test_accuracy")
SCORES = (*ACCURACIES, "train_error", "test_error")
WEIGHTS = ("input_entropy", "hidden_entropy", "log_sd", "log_skewness", "log_kurtosis")
SILENCED = {"nothing": 0, "inhibitory": -1, "excitatory": 1}
ABLATIONS = tuple(
    f"{weights}_{silenced}_{measure}"
    for weights in ("best", "last")
    for silenced in SILENCED
    for measure in (*READOUTS, "mean_given_back", "rate")
)
Results = dict[str, float | int | str]


@dataclass(frozen=True)
class Experiment:
    """What a table holds.

    Attributes:
        title: one line.
        results_of: what is measured on a trained network with the sounds of its seed, name -> value.
        columns: names of the results.
    """

    title: str
    results_of: Callable[[TrainedNetwork, Sounds], Results]
    columns: tuple[str, ...]


def accuracies(trained: TrainedNetwork, sounds: Sounds) -> Results:
    """Accuracy and error with the best and the last weights, after 30 epochs too, and without inputs of either kind.

    Args:
        trained: the network.
        sounds: those it learned from and those it is tested on.

    Returns:
        Accuracies as shares from 0 to 1, errors in degrees. "last_" stands for the weights of the last epoch,
        "best30_" and "last30_" for those after 30 epochs, "silent_inhibitory_" for the best weights without inhibitory
        inputs, "silent_excitatory_" without as many excitatory ones; empty where there is no such network. Besides,
        the spectral entropies of the initial weights and the moments of the logarithms of the best input weights.
    """
    history = trained.history
    untrained, best = build_network(trained.condition), trained.network()
    found: Results = {
        "best_epoch": history.best_epoch,
        "outcome": history.outcome,
        "final_train_loss": _rounded(history.train_loss[-1]) if history.train_loss else "",
        **_scores("", best, sounds),
        **_scores("last_", trained.network("last"), sounds),
    }
    for name, sign in (("silent_inhibitory_", -1), ("silent_excitatory_", 1)):
        inputs = _inputs_to_silence(trained, best, sign)
        found |= _scores(name, None if inputs is None else silence_inputs(best, inputs), sounds)
    for name in ("best30", "last30"):
        found |= _scores(f"{name}_", trained.network(name) if trained.weights[name] else None, sounds, ACCURACIES)
    entropies = map(spectral_entropy, untrained.signed_weights())
    return found | dict(zip(WEIGHTS, map(_rounded, (*entropies, *log_size_moments(best.w1))), strict=True))


def ablations(trained: TrainedNetwork, sounds: Sounds) -> Results:
    """Test accuracy with nothing, inhibitory inputs, or as many excitatory inputs silenced, by four read-outs.

    Args:
        trained: the network.
        sounds: those it learned from and those it is tested on.

    Returns:
        For the best and the last weights and each thing silenced, named such as "best_inhibitory_linear": accuracy of
        the old read-out, of one under the same signs, a free linear one and a small network that learned anew; accuracy
        of the old one where the silenced inputs' mean current is given back; the mean hidden rate in Hz. Empty where
        there are not so many inputs.
    """
    found = dict.fromkeys(ABLATIONS, "")
    for weights in ("best", "last"):
        model = trained.network(weights)
        for silenced, sign in SILENCED.items():
            inputs = _inputs_to_silence(trained, model, sign) if sign else torch.empty(0, dtype=torch.int64)
            if inputs is None:
                continue
            cut, restored = silence_inputs(model, inputs), silence_inputs(model, inputs, give_back_mean=True)
            scores = readout_accuracies(cut, sounds.train, sounds.test, seed=trained.condition.seed)
            scores["mean_given_back"] = evaluate(restored, *sounds.test, 64).accuracy
            found |= {f"{weights}_{silenced}_{name}": _rounded(value) for name, value in scores.items()}
            found[f"{weights}_{silenced}_rate"] = round(hidden_rates(cut, sounds.test[1]).mean().item(), 1)
    return found


def timings(trained: TrainedNetwork, sounds: Sounds) -> Results:
    """Test accuracy with spikes shuffled in time.

    Args:
        trained: the network.
        sounds: those it is tested on.

    Returns:
        A number for each of `TIMINGS`, of the best weights.
    """
    generator = torch.Generator().manual_seed(trained.condition.seed)
    found = timing_accuracies(trained.network(), *sounds.test, generator)
    return {name: _rounded(value) for name, value in found.items()}


def phase_split(trained: TrainedNetwork, sounds: Sounds) -> Results:
    """Accuracy on the training sounds, on new ones at the same phase, and on new ones at phases of their own.

    Args:
        trained: the network.
        sounds: those it learned from.

    Returns:
        Three numbers, of the best weights. With a phase for each sound, the last two are the same kind of sounds.
    """
    condition, n_train, n_test = trained.condition, len(sounds.train[0]), len(sounds.test[0])
    # Seeds of sounds that no training has heard.
    generator = torch.Generator().manual_seed(2_000_000 + condition.seed)
    same = training_phase(condition.seed, n_train) if condition.phase == "shared" else "per_sound"
    model = trained.network()
    sets = {
        "training": sounds.train,
        "same_phase": random_ipd_dataset(n_test, generator, same),
        "other_phases": random_ipd_dataset(n_test, generator, "per_sound"),
    }
    return {name: _rounded(evaluate(model, *pair, 64).accuracy) for name, pair in sets.items()}


def _inputs_to_silence(trained: TrainedNetwork, model: DaleSNN, sign: int) -> torch.Tensor | None:
    """As many inputs of one sign as there are inhibitory ones; None where there are not so many."""
    n_inhibitory = int((model.sign1 < 0).sum())
    if trained.condition.network != "columns" or not 0 < n_inhibitory <= int((model.sign1 == sign).sum()):
        return None
    return rows_of_kind(model, sign, n_inhibitory, torch.Generator().manual_seed(trained.condition.seed))


def _scores(prefix: str, model: DaleSNN | None, sounds: Sounds, names: Sequence[str] = SCORES) -> Results:
    if model is None:
        return {f"{prefix}{name}": "" for name in names}
    train, test = evaluate(model, *sounds.train, 64), evaluate(model, *sounds.test, 64)
    values = dict(zip(SCORES, (train.accuracy, test.accuracy, train.error, test.error), strict=True))
    return {f"{prefix}{name}": _rounded(values[name]) for name in names}


def _rounded(number: float) -> float:
    return round(number, 4)


EXPERIMENTS = {
    "dale": Experiment(
        "accuracy of the network that hears, one training a row",
        accuracies,
        (
            *("best_epoch", "outcome", "final_train_loss"),
            *(f"{kind}{name}" for kind in ("", "last_", "silent_inhibitory_", "silent_excitatory_") for name in SCORES),
            *(f"{kind}{name}" for kind in ("best30_", "last30_") for name in ACCURACIES),
            *WEIGHTS,
        ),
    ),
    "ablation": Experiment(
        "what is left without inhibitory inputs or as many excitatory ones, by four read-outs", ablations, ABLATIONS
    ),
    "timing": Experiment("what is left when spikes are shuffled in time", timings, TIMINGS),
    "phase": Experiment(
        "training sounds, new ones at the same phase, new ones at other phases",
        phase_split,
        ("training", "same_phase", "other_phases"),
    ),
}
