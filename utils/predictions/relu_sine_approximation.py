"""Notebook 02, the predictions: Approximating a sine with ReLUs."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="02.relus_for_ten_points",
        question=(
            "Ten points are joined by straight lines. How many ReLUs does a network with an offset need to draw this "
            "line, from the first point to the last?"
        ),
        options=("8", "9", "10", "20"),
        answer="B",
        shown_in=("by-hand", "diagram"),
        because=(
            "There are nine pieces. The first ReLU starts the first piece, and each of the eight inner points needs one"
            " bend. The last point needs none: nothing comes after it."
        ),
    ),
    Prediction(
        id="02.twice_the_relus",
        question="The number of ReLUs on a sine is doubled. What happens to the largest error?",
        options=(
            "It depends on the weights",
            "It is halved",
            "It is divided by 4",
            "It is divided by 8",
        ),
        answer="C",
        shown_in=("measure-error", "enough"),
        because="Twice as many pieces are half as long, and the error goes with the square of their length.",
    ),
    Prediction(
        id="02.closest_of_three",
        question="32 ReLUs for one period of a sine. Which of these comes closest in a typical run?",
        options=(
            "evenly spaced, output weights solved by least squares",
            "all by hand, evenly spaced",
            "all trained by gradient descent, 1500 steps of Adam",
        ),
        answer="A",
        shown_in=("without-training", "panel-film", "compare"),
        because=(
            "Gradient descent may move every number and could do better, but it has to find its way. With the ReLUs "
            "fixed the best weights are the solution of one linear system. There is nothing to get lost in."
        ),
    ),
    Prediction(
        id="02.solved_after_training",
        question=(
            "Take the trained networks with 32 ReLUs, leave their kinks where they are, and solve the output weights "
            "exactly. What happens to the error?"
        ),
        options=(
            "It reaches that of evenly spaced kinks",
            "It falls by less than half",
            "It falls to about a tenth",
        ),
        answer="B",
        shown_in=("refit",),
        because=(
            "Adam had found nearly the best weights for the kinks it had. What is missing is in the kinks: they began "
            "at random places, in clusters with gaps between them."
        ),
    ),
    Prediction(
        id="02.far_outside",
        question=(
            "A ReLU network fits one period of a sine very well. What does it draw far to the right of its training "
            "range?"
        ),
        options=(
            "more periods of the sine",
            "a flat line at the last value",
            "noise",
            "one straight line, rising or falling for ever",
        ),
        answer="D",
        shown_in=("outside",),
        because=(
            "Beyond its last kink every ReLU is either silent or a straight line. A sum of straight lines is a straight"
            " line. This holds for any ReLU network of any depth: it has finitely many kinks on a line, and beyond the "
            "last one there is nothing left to bend."
        ),
    ),
)
