"""Notebook 06, the predictions: A spiking network that hears."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="06.bands_of_spikes",
        question=(
            "A picture shows all 200 fibres of one sound against time, left ear below, right ear above. What tells a "
            "sound at -90 degrees from one at +90 degrees?"
        ),
        options=(
            "The left ear fires more spikes than the right ear",
            "The bands of spikes in the right ear are shifted in time",
            "The bands of spikes lean the other way",
            "Only single spikes differ, the eye cannot see it",
        ),
        answer="B",
        shown_in=("rasters",),
        because=(
            "100 ms hold two whole swings, so each fibre fires as often as at any other direction. The lean comes "
            "from the leads inside an ear, which never change. The phase difference moves the whole pattern of the "
            "right ear along the time axis."
        ),
    ),
    Prediction(
        id="06.loss_of_guessing",
        question="How large is the loss of a network that gives each of the twelve classes the same probability?",
        options=(
            "0, since no class is preferred",
            "1/12, about 0.083",
            "ln 12, about 2.485",
            "12",
        ),
        answer="C",
        shown_in=("learning-figure",),
        because=(
            "The cross entropy is minus the logarithm of the probability given to the true class: -ln(1/12) = ln 12. A "
            "loss above that means that the network is confidently wrong."
        ),
    ),
    Prediction(
        id="06.best_possible",
        question=(
            "Nobody can be right every time, since spikes are drawn at random. Suppose you know the firing rates of "
            "all fibres exactly, and can compute as long as you like. How often do you name the right class?"
        ),
        options=(
            "As often as the network: it has seen thousands of sounds",
            "That cannot be computed: it depends on the network",
            "In nearly 100 of 100 sounds: 200 fibres average all randomness away",
            "In a little over 90 of 100: better than the network, and not perfect",
        ),
        answer="D",
        shown_in=("listeners",),
        because=(
            "The probability of the spikes under each direction can be computed, and to name the likeliest class is "
            "the best that anyone can do. It is wrong where a sound comes from near the border of two classes."
        ),
    ),
    Prediction(
        id="06.shuffled_spikes",
        question=(
            "In a trained network, each hidden unit keeps the number of its spikes in every sound, but their times are "
            "drawn anew. Nothing is learned again. What happens to the accuracy?"
        ),
        options=(
            "It stays within a few points: the read-outs go by how many spikes there are",
            "It falls by about half: half of the information is in the timing",
            "It falls to chance: this is a spiking network",
        ),
        answer="A",
        shown_in=("timing-figure", "timing-seeds"),
        because=(
            "A read-out sums over 100 steps, and a spike counts nearly the same whenever it comes. The timing of the "
            "input spikes matters, since nothing else tells the direction; the hidden units turn it into rates."
        ),
    ),
    Prediction(
        id="06.signs_after_learning",
        question=(
            "If learning separates the signs by ear, which signs will the network with random rows have after learning?"
        ),
        options=(
            "One ear all inhibitory, the other all excitatory",
            "Those of the block network turned round",
            "Both kinds in both ears, exactly as before learning",
            "One sign everywhere",
        ),
        answer="C",
        shown_in=("signs", "contrast"),
        because=(
            "Under Dale's law no step of learning can change a sign. So whatever pattern of signs is there after "
            "learning was there before it: the mask put it there."
        ),
    ),
    Prediction(
        id="06.silenced_inputs",
        question=(
            "The network of fraction 0.2 loses its 40 inhibitory inputs, or, as a control, 40 random excitatory ones "
            "of 160. What happens?"
        ),
        options=(
            "Only the loss of inhibition does harm",
            "Both do harm, the loss of excitation more",
            "Neither does much harm",
            "Both do harm, the loss of inhibition more",
        ),
        answer="D",
        shown_in=("ablation-figure", "ablation-seeds", "ablation-claims"),
        because=(
            "Any 40 silent inputs change the currents that all later weights were tuned for, so a control is a must. "
            "Without inhibition the currents rise as well, and hidden units fire too often."
        ),
    ),
    Prediction(
        id="06.phase_or_overfitting",
        question=(
            "A network learned 4096 sounds that all begin at one phase, and does better on them than on test sounds at "
            "another phase. Now it hears *new* sounds at the *same* phase. What becomes of the gap?"
        ),
        options=(
            "Most of it stays: the network knows its 4096 sounds by heart",
            "It is halved",
            "It vanishes: the other phase was the problem",
        ),
        answer="A",
        shown_in=("phase", "phase-split"),
        because=(
            "Spikes are drawn anew for each sound, and the network has learned the random part of those it saw. A new "
            "phase adds less to that: 100 ms hold two whole swings, wherever they begin."
        ),
    ),
    Prediction(
        id="06.no_sign_at_all",
        question="Which networks cannot learn the task at all?",
        options=(
            "Neither those without inhibition (fraction 0) nor those without excitation (fraction 1)",
            "Both",
            "Those without excitation (fraction 1)",
            "Those without inhibition (fraction 0)",
        ),
        answer="C",
        shown_in=("sweep", "sweep-claims"),
        because=(
            "A unit that is only ever inhibited never reaches its threshold, so no spike reaches the read-outs. "
            "Without inhibition there are too many spikes rather than none, and they still carry the direction."
        ),
    ),
    Prediction(
        id="06.interneurons_or_rows",
        question=("Three interneurons against signed rows (random, fraction 0.5): who names more sounds right?"),
        options=(
            "Signed rows: they have more hidden units",
            "Interneurons, by a few points",
            "Interneurons, by far: signed rows learn next to nothing",
            "Neither: the two differ by less than a point",
        ),
        answer="B",
        shown_in=("cortex", "bias"),
        because=(
            "With interneurons each weight of a unit may lie above or below the common inhibition, so no fibre has "
            "the wrong sign for it. A signed row is for or against all hidden units at once. How much of the gain is "
            "due to that, and how much to the biases that came along, is the next question."
        ),
    ),
)
