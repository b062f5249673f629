"""Which mistake makes this curve? Questions made of the known wrong answers, for the look back and the cards."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from book.figures import figure_html
from utils.exercises.registry import get
from utils.models.two_path_neuron import PUBLISHED
from utils.plotting.style import OWN, TRUTH, course_style, new_figure
from utils.predictions.prediction import Prediction

WIDTH, HEIGHT = 4.8, 3.0
# For how many places on the curve the words give numbers.
TOLD = 5


@dataclass(frozen=True)
class Curve:
    """What an exercise's answer draws, and the mistakes to choose from.

    Attributes:
        exercise: its id.
        mistakes: three of its wrong answers, by their first words; the first one is drawn.
        because: why the curve looks as it does.
        draw: from an answer to the curve's x and y.
        axes: the names of x and y.
        square: whether both axes have one scale.
    """

    exercise: str
    mistakes: tuple[str, str, str]
    because: str
    draw: Callable[[Callable[..., Any]], tuple[Any, Any]]
    axes: tuple[str, str]
    square: bool = False

    @property
    def names(self) -> list[str]:
        """The mistakes as the exercise names them."""
        known = list(get(self.exercise).wrong_answers)
        return [next(name for name in known if name.startswith(begin)) for begin in self.mistakes]

    def points(self, name: str | None = None) -> np.ndarray:
        """The curve of a wrong answer, or of the right one.

        Args:
            name: of the mistake; None for none.

        Returns:
            (n, 2).
        """
        task = get(self.exercise)
        answer = task.reference if name is None else task.wrong_answers[name]
        return np.stack([np.asarray(side, float) for side in self.draw(answer)], axis=1)

    def question(self) -> Prediction:
        """What is asked. The options stand in the exercise's own order, so that the place gives nothing away."""
        drawn, *_ = self.names
        options = [name for name in get(self.exercise).wrong_answers if name in self.names]
        return Prediction(
            f"{self.exercise}.mistake",
            f"Black is what a wrong answer to the exercise {get(self.exercise).reference.__name__} draws, grey what is "
            "right. Which mistake makes this curve?",
            [f"{name[0].upper()}{name[1:]}.".replace("`", "") for name in options],
            "ABC"[options.index(drawn)],
            self.because,
        )

    def words(self) -> str:
        """The picture in words: places on both curves, from which the mistake can be told without seeing it."""
        right, wrong = self.points(), self.points(self.names[0])
        places = np.linspace(0, len(right) - 1, TOLD).round().astype(int)

        def told(curve: np.ndarray) -> str:
            # Adding 0 turns a rounded -0.0 into 0.0.
            return ", ".join(f"({x:g}, {y:g})" for x, y in curve[places].round(2) + 0)

        return (
            f"Two curves, {self.axes[1]} by {self.axes[0]}. Grey, the right one, passes {told(right)}. "
            f"Black, the wrong one, passes {told(wrong)}."
        )

    def picture(self) -> bytes:
        """Both curves, a PNG of twice the size that it has on the page."""
        with course_style():
            fig = new_figure(HEIGHT, WIDTH)
            ax = fig.subplots()
            ax.plot(*self.points().T, color=TRUTH, linewidth=5, alpha=0.6, label="right")
            ax.plot(*self.points(self.names[0]).T, color=OWN, linewidth=1.8, label="wrong")
            ax.set(xlabel=self.axes[0], ylabel=self.axes[1], aspect="equal" if self.square else "auto")
            ax.legend(loc="best")
            fig.tight_layout()
            file = io.BytesIO()
            fig.savefig(file, format="png", dpi=200, metadata={"Software": None})
        return file.getvalue()

    @property
    def file(self) -> str:
        """The name of its picture's file."""
        return f"mistake-{self.exercise.replace('.', '-').replace('_', '-')}"


def _response(answer: Callable[..., Any]) -> tuple[Any, Any]:
    dose = torch.linspace(-0.5, 1.5, 201, dtype=torch.float64)
    return dose, answer(dose, *PUBLISHED.values())


def _sum(answer: Callable[..., Any]) -> tuple[Any, Any]:
    knots = torch.linspace(0, 2 * math.pi, 9, dtype=torch.float64)
    biases, slopes, weights = (
        get(f"02.{name}").reference for name in ("relu_biases", "segment_slopes", "relu_weights")
    )
    x, y = torch.linspace(0, 2 * math.pi, 200, dtype=torch.float64), knots.sin() + 0.5
    return x, answer(x, biases(knots), weights(slopes(knots, y)), y[0])


def _arm(answer: Callable[..., Any]) -> tuple[Any, Any]:
    t = torch.linspace(0, 1, 200, dtype=torch.float64)
    return tuple(answer(t, 1, 4, 0.0, torch.zeros(200, 2, dtype=torch.float64)).T)


def _distance(answer: Callable[..., Any]) -> tuple[Any, Any]:
    decoded = torch.arange(361, dtype=torch.float64)[:, None]
    return decoded[:, 0], answer(decoded, torch.full_like(decoded, 60.0))[:, 0]


def _rate(answer: Callable[..., Any]) -> tuple[Any, Any]:
    current = np.linspace(0, 4, 401)
    return current, answer(current, 10.0, 1.0, 10.0, 1.0)


def _passed_on(answer: Callable[..., Any]) -> tuple[Any, Any]:
    x = torch.linspace(-1, 1, 201, dtype=torch.float64)
    return x, answer(torch.ones_like(x), x, 5.0)


CURVES: Mapping[str, Curve] = {
    curve.exercise[:2]: curve
    for curve in (
        Curve(
            "01.two_path_response",
            ("a network without the ReLU at its output", "a network without b_final", "a network whose output weights"),
            "The middle is as it should be, and on both sides the curve goes below zero: nothing cuts the sum off.",
            _response,
            ("dose", "response"),
        ),
        Curve(
            "02.relu_sum",
            ("the biases subtracted", "the sum without the offset", "the mean over the ReLUs"),
            "Each ReLU switches on at x = -b. With the sign of b turned round, all of them are on from the start, so "
            "the slopes have added up before x = 0 and the sum is one straight line.",
            _sum,
            ("x", "sum"),
        ),
        Curve(
            "03.spiral_arm",
            ("a spiral that turns half as far", "x and y exchanged", "an angle in degrees"),
            "The wrong arm leaves the centre as the right one does and ends at the same radius, but has gone half the "
            "way round: its angle holds t where 2 t belongs.",
            _arm,
            ("x", "y"),
            square=True,
        ),
        Curve(
            "04.circular_error",
            ("a distance of orientations", "a distance on a line", "the way round in one fixed sense"),
            "It falls back to zero at 240 degrees, half a turn from the true 60, and never exceeds 90: opposite "
            "directions count as the same.",
            _distance,
            ("decoded angle (degrees)", "distance from 60 (degrees)"),
        ),
        Curve(
            "05.firing_rate",
            ("a neuron without a refractory period", "a neuron without a leak", "a logarithm to the base 10"),
            "It begins at the same current and bends apart from there: with no rest after a spike, nothing holds the "
            "rate below one spike in 10 ms.",
            _rate,
            ("current (mA)", "spikes a millisecond"),
        ),
        Curve(
            "06.surrogate_gradient",
            ("the inner derivative left out", "the sigmoid itself", "the slope outside of the sigmoid"),
            "The bell is as wide as it should be and stands at the same place, but is lower by the factor slope, here "
            "5: the inner derivative of slope * x.",
            _passed_on,
            ("u, distance from the threshold", "gradient passed on"),
        ),
    )
}


@cache
def _drawn(curve: Curve) -> bytes:
    return curve.picture()


def mistake_figure(curve: Curve, root: str = "../") -> tuple[str, bytes]:
    """The picture of a question.

    Args:
        curve: which one.
        root: way from the page to the website's root.

    Returns:
        Its HTML, and the PNG.
    """
    png = _drawn(curve)
    source = f"{root}_static/figures/{curve.file}.webp"
    return figure_html(source, curve.words(), png, round(100 * WIDTH)), png
