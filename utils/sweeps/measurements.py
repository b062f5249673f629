"""From a condition to a row of a table: train once, and measure everything that the notebook asks for."""

from __future__ import annotations

import copy

import torch

from utils.training.ablation import silence_kind
from utils.training.dale_conditions import N_TRAIN, Condition, draw_sounds, train_condition
from utils.training.dales_law_snn import Evaluation, evaluate


def experiment_row(condition: Condition, n_train: int = N_TRAIN) -> dict[str, float | int | str]:
    """Train once and test every way that the notebook asks for.

    Args:
        condition: what to train.
        n_train: number of sounds to learn from, as for `draw_sounds`.

    Returns:
        Numbers by name; accuracies are shares from 0 to 1, errors are degrees. "last_" stands for the weights of
        the last epoch, "silent_inhibitory_" for the best weights without inhibitory inputs, "silent_excitatory_"
        for the best weights without as many excitatory ones; empty where there are not so many.
    """
    sounds = draw_sounds(condition.seed, condition.phase, n_train)
    model, history = train_condition(condition, sounds)
    row: dict[str, float | int | str] = {
        "best_epoch": history.best_epoch,
        "outcome": history.outcome,
        "final_train_loss": _rounded(history.train_loss[-1]) if history.train_loss else "",
        **_scores("", evaluate(model, *sounds.train), evaluate(model, *sounds.test)),
    }
    last = copy.deepcopy(model)
    last.load_state_dict(history.last_weights)
    row |= _scores("last_", evaluate(last, *sounds.train), evaluate(last, *sounds.test))
    n_inhibitory = int((model.sign1 < 0).sum())
    for name, sign in (("silent_inhibitory_", -1), ("silent_excitatory_", 1)):
        if condition.network == "columns" and 0 < n_inhibitory <= int((model.sign1 == sign).sum()):
            cut = silence_kind(model, sign, n_inhibitory, torch.Generator().manual_seed(condition.seed))
            row |= _scores(name, evaluate(cut, *sounds.train), evaluate(cut, *sounds.test))
        else:
            row |= dict.fromkeys(_scores(name, *[Evaluation(0, 0, 0, torch.empty(0))] * 2), "")
    return row


def _scores(prefix: str, train_: Evaluation, test: Evaluation) -> dict[str, float]:
    return {
        f"{prefix}train_accuracy": _rounded(train_.accuracy),
        f"{prefix}test_accuracy": _rounded(test.accuracy),
        f"{prefix}train_error": _rounded(train_.error),
        f"{prefix}test_error": _rounded(test.error),
    }


def _rounded(number: float) -> float:
    return round(number, 4)
