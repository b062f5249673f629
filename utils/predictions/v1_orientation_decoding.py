"""Notebook 04, the predictions: Decoding orientation from V1."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="04.share_of_tuning",
        question=(
            "V1 of an awake mouse: in a single trial, how much of a typical (median) neuron's variance is due to "
            "the angle of the grating?"
        ),
        options=("about 90 %", "about 40 %", "about 4 %"),
        answer="C",
        shown_in=("share",),
        because=(
            "V1 neurons in an awake mouse are busy with much else: running, pupil, whisking, and each other. The "
            "information about the stimulus is spread thinly over very many of them."
        ),
    ),
    Prediction(
        id="04.untrained_answer",
        question=(
            "An untrained network with 200 hidden units is shown the response to a grating at some angle between "
            "0 and 360. Its weights are small random numbers. What does it answer?"
        ),
        options=("something near 0", "something near 180, the middle", "something near the right angle"),
        answer="A",
        shown_in=("untrained", "untrained-loss"),
        because=(
            "Nothing has told the network the range of the answers. Small weights of random sign, summed, give a small "
            "number."
        ),
    ),
    Prediction(
        id="04.where_it_errs",
        question="On held-out stimuli, where will the network that decodes degrees err most?",
        options=(
            "everywhere about equally",
            "near 0 degrees and the end of the circle, where the angles begin again",
            "in the middle of the circle",
        ),
        answer="B",
        shown_in=("held-out", "circular"),
        because=(
            "Two gratings on both sides of the wrap look almost the same to the mouse, and to the network: "
            "nearly equal responses must give outputs that are a whole circle apart. A smooth function cannot do "
            "that. It cuts the corner and decodes something in between."
        ),
    ),
    Prediction(
        id="04.linear_hidden_layer",
        question=(
            "A network with a linear hidden layer computes a weighted sum, as ridge regression does, and descent "
            "brings its training loss close to zero. How does it do on held-out stimuli, with PyTorch's usual "
            "random start?"
        ),
        options=(
            "clearly worse than ridge regression",
            "about as well as ridge regression",
            "better, since it has more weights",
        ),
        answer="A",
        shown_in=("decode-all-run",),
        because=(
            "Its random start stays with it. Descent moves the weights along training responses only: what the first "
            "weights do with the rest of a new response, they do for ever. And it hardly moves the biases, as the text "
            "below explains."
        ),
    ),
    Prediction(
        id="04.noise_that_limits",
        question=(
            "You may read as many neurons as you like, and you know their tuning and their noise. Which kind of "
            "shared noise keeps even the best decoder from getting ever better?"
        ),
        options=(
            "any noise that neurons share: what is shared does not average out",
            "noise that neurons of similar tuning share",
            "noise that changes the responses as a small change of the stimulus would",
        ),
        answer="C",
        shown_in=("bound", "wobble"),
        because=(
            "Noise that moves the activity in a direction of its own can be recognised and taken out, however "
            "many neurons share it. Noise that moves it exactly as another stimulus would cannot: the population "
            "then answers rightly, to another angle."
        ),
    ),
)
