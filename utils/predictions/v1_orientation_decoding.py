"""Notebook 04, the predictions: Decoding orientation from V1."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="04.share",
        question="In a single trial, how much of a typical (median) neuron's variance is due to the direction of the grating?",
        options=(
            "about 90 %",
            "about 40 %",
            "about 4 %",
        ),
        answer="C",
        because=(
            "V1 neurons in an awake mouse are busy with much else: running, pupil, whisking, and each other. The "
            "information about the stimulus is spread thinly over very many of them."
        ),
    ),
    Prediction(
        id="04.untrained",
        question=(
            "An untrained network with 200 hidden units decodes a grating of 139 degrees. Its weights are small random "
            "numbers. What does it answer?"
        ),
        options=(
            "something near 0",
            "something near 180, the middle",
            "something near 139",
        ),
        answer="A",
        because=(
            "Nothing has told the network the range of the answers. Small weights of random sign, summed, give a small "
            "number."
        ),
    ),
    Prediction(
        id="04.wrap",
        question="On held-out stimuli, where will the network err most?",
        options=(
            "everywhere about equally",
            "near 0 and 360 degrees",
            "in the middle, near 180 degrees",
        ),
        answer="B",
        because=(
            "359 and 1 degree look almost the same to the mouse, and to the network: nearly equal responses must give "
            "outputs that are 358 apart. A smooth function cannot do that. It cuts the corner and decodes something in "
            "between."
        ),
    ),
    Prediction(
        id="04.linear",
        question=(
            "A network with a linear hidden layer computes a weighted sum, as ridge regression does, and descent brings"
            " its training loss close to zero. How does it do on held-out stimuli, with PyTorch's usual random start?"
        ),
        options=(
            "about as well as ridge regression",
            "several times worse",
            "better, since it has more weights",
        ),
        answer="B",
        because=(
            "Its random start stays with it. Descent moves the weights along training responses only: what the first "
            "weights do with the rest of a new response, they do for ever. And it hardly moves the biases, as the text "
            "below explains."
        ),
    ),
)
