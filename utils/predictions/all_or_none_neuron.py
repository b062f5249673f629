"""Notebook 01, the predictions: The all-or-none neuron."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="01.spike_height",
        question=(
            "A pulse just above threshold makes a spike. You make the pulse twice as strong. What happens to the height"
            " of the spike?"
        ),
        options=(
            "It doubles",
            "It stays almost the same",
            "It halves, because the sodium channels tire",
        ),
        answer="B",
        shown_in=("squid",),
        because=(
            "The pulse only opens the door. The energy of the spike comes from the ion gradients across the membrane, "
            "and they are the same for every pulse."
        ),
    ),
    Prediction(
        id="01.doses_answered",
        question="You try 11 doses: 0, 0.1, 0.2, and so on up to 1. At how many of them is the response above 0?",
        options=(
            "At 10: at all but the dose 0",
            "At 6: at 0.5 and at every dose above it",
            "At 3: at 0.4, 0.5 and 0.6",
            "At 1: at 0.5 alone",
        ),
        answer="D",
        shown_in=("doses",),
        because=(
            "Past 0.5 the upper path wakes up and pulls down faster than the lower path climbs. Between 0.4 and 0.6 the"
            " sum rises above 16 and falls below it again."
        ),
    ),
    Prediction(
        id="01.large_learning_rate",
        question="You train with a learning rate of 0.7, starting at b_final = 0. What happens?",
        options=(
            "It converges, jumping from one side of -16.01 to the other",
            "b_final runs off to infinity",
            "After one step the network is silent, and it stays silent",
        ),
        answer="C",
        shown_in=("rates",),
        because=(
            "The first step leads to -0.7 * 32.02 = -22.414. There 17.01 + b_final is negative at every dose: the "
            "output ReLU is silent, and so is its slope. The formula does not know about that ReLU."
        ),
    ),
    Prediction(
        id="01.learning_a_step",
        question=(
            "All seven numbers are trained on a true step at 11 doses: 0 below 0.5, and 1 from 0.5 on. Out of 200 "
            "random starts, how many find the step?"
        ),
        options=(
            "Fewer than a quarter",
            "About half",
            "Nearly all, since the network can represent it",
        ),
        answer="A",
        shown_in=("learn-ends", "learn-bends"),
        because=(
            "A step needs two bends, both between the doses 0.4 and 0.5. From most starts one of the three ReLUs dies, "
            "or bends elsewhere, and no slope leads further downhill."
        ),
    ),
)
