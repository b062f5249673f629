"""Shuffling in time keeps every count, and hurts only what looked at times."""

import torch

from utils.datasets.sound import random_ipd_dataset
from utils.training.dale_conditions import Condition, draw_sounds, train_condition
from utils.training.dales_law_snn import evaluate
from utils.training.spike_timing import TIMINGS, shuffled_in_time, timing_accuracies


def test_a_shuffle_keeps_the_number_of_spikes_of_each_unit():
    _, spikes = random_ipd_dataset(8, torch.Generator().manual_seed(0))
    shuffled = shuffled_in_time(spikes, torch.Generator().manual_seed(1), 1)
    assert torch.equal(shuffled.sum(1, dtype=torch.int64), spikes.sum(1, dtype=torch.int64))
    assert not torch.equal(shuffled, spikes)
    assert shuffled.dtype == spikes.dtype
    # A fibre follows the swing of the sound: 20 ms later it fires as before. Shuffled, it does not.
    now, later = (shuffled[:, start : start + 50].float().mean((0, 2)) for start in (0, 50))
    assert torch.corrcoef(torch.stack([now, later]))[0, 1].abs() < 0.5


def test_the_hidden_units_times_do_not_matter_and_those_of_the_inputs_do():
    sounds = draw_sounds(0, "per_sound", 512)
    model, _ = train_condition(Condition(layout="block", epochs=8), sounds)
    found = timing_accuracies(model, *sounds.train, torch.Generator().manual_seed(0))
    assert tuple(found) == TIMINGS
    assert found["intact"] == evaluate(model, *sounds.train).accuracy
    assert found["intact"] > 0.4
    assert abs(found["hidden_shuffled"] - found["intact"]) < 0.1
    assert abs(found["hidden_counts"] - found["intact"]) < 0.1
    assert found["inputs_shuffled"] < 0.2
    assert found["steps_shuffled"] < found["intact"]
