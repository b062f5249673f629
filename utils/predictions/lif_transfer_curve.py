"""Notebook 05, the predictions: From a leaky neuron to the ReLU, and back."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="05.order_of_pulses",
        question="The same ten pulses arrive evenly spaced, then in a bunch. Whose summed output tells the two apart?",
        options=(
            "The ReLU's",
            "The spiking neuron's",
            "Both",
            "Neither",
        ),
        answer="B",
        shown_in=("two-orders",),
        because=(
            "The ReLU answers each pulse by itself, so the order and the gaps drop out of its sum. The neuron keeps "
            "what is left of earlier pulses: close together they add up to the threshold, far apart they leak away in "
            "between."
        ),
    ),
    Prediction(
        id="05.part_switched_off",
        question=(
            "At 0.9 mA, just too little for the threshold of 1 V, the complete neuron is silent. Which part has to be "
            "switched off for it to fire?"
        ),
        options=(
            "The leak",
            "The threshold",
            "The reset",
            "The refractory period",
        ),
        answer="A",
        shown_in=("switched-off",),
        because=(
            "Only the leak makes the potential settle, at R I = 0.9 V. Without it every positive current reaches the "
            "threshold, sooner or later. Reset and rest only matter after a first spike."
        ),
    ),
    Prediction(
        id="05.rate_without_limit",
        question="The current grows without limit. What does the firing rate of the leaky neuron do?",
        options=(
            "It grows in proportion to the current",
            "It grows ever more slowly, without limit",
            "It falls again",
            "It approaches 1 / refractory period",
        ),
        answer="D",
        shown_in=("transfer", "transfer-figure", "intervals"),
        because=(
            "Charging takes less and less time, but the rest stays. With no time for charging, one interval is one "
            "refractory period."
        ),
    ),
    Prediction(
        id="05.largest_activation",
        question=(
            "Thresholds are set to the largest activation of each layer on the training data, so that no unit "
            "saturates. What does this cost?"
        ),
        options=(
            "Nothing, it only helps",
            "Accuracy after a long time",
            "More steps until the answer is good",
            "More spikes",
        ),
        answer="C",
        shown_in=("balancing", "balancing-figure"),
        because=(
            "A higher threshold means fewer spikes: a unit with a small activation then needs many steps for its first "
            "one. The error of a unit is one threshold over the time. Taking a percentile below the maximum trades a "
            "few cut-off activations for speed."
        ),
    ),
    Prediction(
        id="05.head_start",
        question=(
            "Every potential starts at half a threshold instead of 0, and all else stays. What happens to the error of "
            "the first layer's rates, however many steps are counted?"
        ),
        options=(
            "Nothing: a start is forgotten after the first spike",
            "It becomes half as large",
            "It doubles: the units spike too early",
            "It is smaller after one step, and the same after many",
        ),
        answer="B",
        shown_in=("staircases", "head-start"),
        because=(
            "Nothing is ever forgotten without a leak. From 0 the count is the input rounded down, up to one spike too "
            "low. From one half it is the input rounded to the nearest: up to half a spike off, to either side."
        ),
    ),
    Prediction(
        id="05.four_resets",
        question=(
            "One leaky neuron, one strong current, in sinabs, snnTorch, norse and SpikingJelly: the same leak and "
            "threshold, and the reset that each brings along. How many different numbers of spikes come out?"
        ),
        options=(
            "One: a leaky neuron is a leaky neuron",
            "Two",
            "Three",
            "Four",
        ),
        answer="C",
        shown_in=("four-libraries",),
        because=(
            "Two of them go to zero, so whatever lay above the threshold is lost. One takes away a threshold at once "
            "and keeps the rest, so it fires most. One takes it away a step later, when part has leaked already."
        ),
    ),
)
