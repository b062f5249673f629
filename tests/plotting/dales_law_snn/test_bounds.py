"""Figures of listeners tell what each reaches and what it loses."""

from utils.page import words_of
from utils.plotting.dales_law_snn import bounds as plots


def test_words_follow_the_numbers():
    listeners = {"ideal": 93.0, "network": 80.0}, {"ideal": (3.75, 3.9), "network": (3.75, 4.75)}
    assert "network ~80.0; chance" in words_of(plots.plot_listeners(*listeners, "ideal"))
    assert "wrong classes up to ~1.00 more" in words_of(plots.plot_listeners(*listeners, "ideal"))
    assert "shuffled ~50.0 in the mean" in words_of(
        plots.plot_timing({"as it is": [80], "shuffled": [50]}, "as it is", 93)
    )
