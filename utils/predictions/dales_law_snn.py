"""Notebook 06, the predictions: A spiking network that hears."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="06.raster",
        question=(
            "A picture shows all 200 fibres of one sound against time, left ear below, right ear above. What tells -90 "
            "degrees from +90 degrees?"
        ),
        options=(
            "The left ear fires more spikes than the right ear",
            "The bands of spikes in the right ear are shifted in time",
            "The bands of spikes lean the other way",
            "Only single spikes differ, the eye can not see it",
        ),
        answer="B",
        because=(
            "Each fibre keeps its rate on average, so counts say nothing. The lean comes from the delays inside an ear,"
            " which never change. The phase difference moves the whole pattern of the right ear along the time axis."
        ),
    ),
    Prediction(
        id="06.loss",
        question="Twelve classes, and the network is wrong. How large is the loss if it gives each class the same probability?",
        options=(
            "0, since no class is preferred",
            "1/12, about 0.083",
            "ln 12, about 2.485",
            "12",
        ),
        answer="C",
        because=(
            "The cross entropy is minus the logarithm of the probability given to the true class: -ln(1/12) = ln 12. A "
            "loss above that means the network is confidently wrong."
        ),
    ),
    Prediction(
        id="06.riddle",
        question="If learning separates the signs by ear, which signs will the network with random rows have after learning?",
        options=(
            "One ear all inhibitory, the other all excitatory",
            "Both kinds in both ears, exactly as before learning",
            "Those of the block network turned round",
            "One sign everywhere",
        ),
        answer="B",
        because=(
            "Under Dale's law no step of learning can change a sign. So whatever pattern of signs is there after "
            "learning was there before it: the mask put it there."
        ),
    ),
    Prediction(
        id="06.ablation",
        question=(
            "The network of fraction 0.2 loses its 40 inhibitory inputs, or, as a control, 40 random excitatory ones of"
            " 160. What happens?"
        ),
        options=(
            "Only the loss of inhibition does harm",
            "Both do harm, the loss of inhibition more",
            "Both do harm, the loss of excitation more",
            "Neither does much harm",
        ),
        answer="B",
        because=(
            "Any 40 silent inputs change the currents that all later weights were tuned for, so a control is a must. "
            "Without inhibition the currents rise as well, hidden units fire far too often, and the read-outs no longer"
            " know them."
        ),
    ),
    Prediction(
        id="06.phase",
        question=(
            "Networks are trained and tested with one shared phase in each set, or with a phase of its own for each "
            "sound. What differs?"
        ),
        options=(
            "With a phase for each sound the task is too hard to learn",
            "Both learn; the gap between training and test is smaller with a phase for each sound",
            "Both learn; the gap is larger with a phase for each sound",
            "Nothing at all",
        ),
        answer="B",
        because=(
            "With one phase in the training set, some of what is learned is about that phase, and the test sounds have "
            "another one. With a phase for each sound, training and test ask the same question."
        ),
    ),
    Prediction(
        id="06.sweep",
        question="Which networks can not learn the task at all?",
        options=(
            "Those without inhibition (fraction 0)",
            "Those without excitation (fraction 1)",
            "Both",
            "Neither",
        ),
        answer="B",
        because=(
            "A unit that is only ever inhibited never reaches its threshold, so no spike reaches the read-outs. Without"
            " inhibition there are too many spikes rather than none, and some of them still carry the direction."
        ),
    ),
    Prediction(
        id="06.cortex",
        question="Three interneurons against signed rows at fraction 0.5, the fraction at which signed rows do well: who wins?",
        options=(
            "Signed rows: they have more hidden units",
            "Interneurons: every fibre can both excite a unit and inhibit it, through an interneuron",
            "A draw",
            "Neither learns anything",
        ),
        answer="B",
        because=(
            "A signed row is either for or against all hidden units, so about half of the fibres of each ear have the "
            "wrong sign for a given unit. With interneurons each weight of a unit may lie above or below the common "
            "inhibition: none of the fibres is wasted."
        ),
    ),
)
