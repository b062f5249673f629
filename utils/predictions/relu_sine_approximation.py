"""Notebook 02, the predictions: Approximating a sine with ReLUs."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="02.count",
        question=(
            "Ten points are joined by straight lines. How many ReLUs does a network with an offset need to draw this "
            "line, from the first point to the last?"
        ),
        options=(
            "8",
            "9",
            "10",
            "20",
        ),
        answer="B",
        because=(
            "There are nine pieces. The first ReLU starts the first piece, and each of the eight inner points needs one"
            " bend. The last point needs none: nothing comes after it."
        ),
    ),
    Prediction(
        id="02.doubling",
        question="The number of ReLUs on a sine is doubled. What happens to the largest error?",
        options=(
            "It is halved",
            "It is divided by 4",
            "It is divided by 8",
            "It depends on the weights",
        ),
        answer="B",
        because="Twice as many pieces are half as long, and the error goes with the square of their length.",
    ),
    Prediction(
        id="02.methods",
        question="32 ReLUs for one period of a sine. Which of these comes closest in a typical run?",
        options=(
            "all by hand, evenly spaced",
            "evenly spaced, output weights solved by least squares",
            "all trained by gradient descent, 1500 steps of Adam",
        ),
        answer="B",
        because=(
            "Gradient descent may move every number and could do better, but it has to find its way. With the ReLUs "
            "fixed the best weights are the solution of one linear system. There is nothing to get lost in."
        ),
    ),
    Prediction(
        id="02.refit",
        question=(
            "Take the trained networks with 32 ReLUs, leave their kinks where they are, and solve the output weights "
            "exactly. What happens to the error?"
        ),
        options=(
            "It falls by less than half",
            "It falls to about a tenth",
            "It reaches that of evenly spaced kinks",
        ),
        answer="A",
        because=(
            "Adam had found nearly the best weights for the kinks it had. What is missing is in the kinks: they began "
            "at random places, in clusters with gaps between them."
        ),
    ),
    Prediction(
        id="02.outside",
        question=(
            "A ReLU network fits one period of a sine very well. What does it draw far to the right of its training "
            "range?"
        ),
        options=(
            "more periods of the sine",
            "a flat line at the last value",
            "one straight line, rising or falling for ever",
            "noise",
        ),
        answer="C",
        because=(
            "Beyond its last kink every ReLU is either silent or a straight line. A sum of straight lines is a straight"
            " line. This holds for any ReLU network of any depth: it has finitely many kinks on a line, and beyond the "
            "last one there is nothing left to bend."
        ),
    ),
)
