"""Figures of a student's ears and of a student's recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from utils.page import approx, counted, describe
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts


def _spread_of(errors: np.ndarray) -> str:
    return f" (sd {approx(errors.std(ddof=1), 2)}°)" if len(errors) > 1 else ""


class TenSounds:
    """The picture of the listening test: answers against true directions, and each listener's mean error.

    Args:
        true: directions in degrees, shape (n_sounds,).
        listeners: name -> answers in degrees, shape (n_sounds,).
    """

    MARKS = ((style.OWN, "*", "you"), (style.OTHER, "s", "network"), (style.BEST, "D", "ideal observer"))

    def __init__(self, true: Sequence[float], listeners: Mapping[str, Sequence[float]]) -> None:
        self._true = np.asarray(true, dtype=float)
        self._listeners = {name: np.asarray(answers, dtype=float) for name, answers in listeners.items()}

    def draw(self, fig: Figure) -> TenSounds:
        """Draw the picture, as in `OneSound.draw`."""
        answers = fig.add_axes((0.09, 0.15, 0.4, 0.74))
        errors = fig.add_axes((0.68, 0.15, 0.3, 0.74))
        answers.plot([-90, 90], [-90, 90], color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
        self.pointing = answers.axhline(0, color=style.OWN, linestyle=style.DOTTED, linewidth=style.THIN)
        self.asked = answers.text(-94, 0, "", size=style.SMALL, va="bottom")
        self.points = {
            name: answers.plot([], [], marker, color=color, markersize=11 if name == "you" else 5, label=name)[0]
            for color, marker, name in self.MARKS
        }
        answers.set(xlim=(-98, 98), ylim=(-98, 98), xlabel="true (°)", ylabel="answer (°)", title="Sounds you answered")
        self.hint = answers.text(0, 0, "", ha="center", va="center", fontsize=style.NORMAL, color=style.INK)
        self.hint.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})
        parts.degree_axis(answers, "xy")
        self.bars = {}
        for place, (color, marker, name) in enumerate(self.MARKS):
            dots = errors.plot([], [], ".", color=color, alpha=0.5, markersize=6)[0]
            mean = errors.plot([], [], marker, color=color, markersize=9)[0]
            self.bars[name] = (place, dots, mean)
        errors.axvline(45, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
        errors.annotate("guessing 0°", (46, -0.55), size=style.SMALL, va="top")
        errors.set_yticks(range(3), [name for *_, name in self.MARKS])
        errors.set(xlim=(-2, 100), ylim=(2.6, -0.9), xlabel="error (°); big mark: mean", title="Errors")
        errors.grid(axis="y", visible=False)
        return self

    def update(self, yours: Mapping[int, float], sound: int = 0, angle: float = 0.0) -> str:
        """Show the sounds that were answered so far, and where the next answer points.

        Args:
            yours: number of the sound, from 0 -> answer in degrees.
            sound: number of the sound that is played, from 0.
            angle: the answer that would be given for it, in degrees: a line, so that the truth stays hidden.

        Returns:
            What there is to see, in one sentence.
        """
        done = sorted(yours) if yours else list(range(len(self._true)))
        given = {name: answers[done] for name, answers in self._listeners.items()}
        if yours:
            given["you"] = np.array([yours[number] for number in done], dtype=float)
        self.hint.set_text("" if yours else "none yet")
        said = []
        for name, (place, dots, mean) in self.bars.items():
            answers = given.get(name, np.array([]))
            true = self._true[done] if len(answers) else np.array([])
            # Where the sounds came from is shown only once they were answered.
            seen = bool(yours) and len(answers) > 0
            self.points[name].set_data(true if seen else [], answers if seen else [])
            error = np.abs(answers - true)
            dots.set_data(error, np.full(len(error), place + 0.22))
            mean.set_data([error.mean()] if len(error) else [], [place] if len(error) else [])
            if len(error):
                said.append(f"{name} {approx(error.mean(), 2)}°" + _spread_of(error))
        self.pointing.set_ydata([angle, angle])
        self.asked.set(y=min(angle, 84), text=f"sound {sound + 1}: {angle:g}°")
        over = counted(len(done), "sound")
        first = "Mean error so far" if yours else "Not answered yet. Mean error of the others"
        return f"{first}, over {over}: {', '.join(said)}. For sound {sound + 1} you point to {angle:g}°."


@style.styled
def plot_recording(times: Sequence[float], answers: Any, rates: Any) -> Figure:
    """What the network makes of a recording, piece by piece.

    Args:
        times: middle of each piece in seconds, shape (n,).
        answers: probability of each class, shape (n, 12).
        rates: firing rate of one fibre of each ear in Hz, one a millisecond, shape (2, n_steps).

    Returns:
        The figure.
    """
    answers, rates = as_array(answers), as_array(rates)
    fig = style.new_figure(3.6)
    ears, classes = fig.subplots(2, 1, sharex=True)
    fig.subplots_adjust(left=0.1, right=0.88, bottom=0.13, top=0.92, hspace=0.35)
    time = np.arange(rates.shape[1]) / 1000
    parts.ear_lines(ears, time, *rates, linewidth=style.THIN)
    ears.set(ylabel="rate (Hz)", ylim=(0, 1.35 * max(1, rates.max())), title="Loudness as a firing rate")
    ears.legend(loc="upper right", ncol=2)
    middle = -90 + (np.arange(12) + 0.5) * 15
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 0.05
    image = classes.imshow(
        100 * answers.T,
        origin="lower",
        aspect="auto",
        extent=(times[0] - half, times[-1] + half, -90, 90),
        cmap=style.SEQUENTIAL,
        vmin=0,
        vmax=100,
        interpolation="nearest",
    )
    named = middle[answers.argmax(1)]
    classes.plot(times, named, "o", color="white", markeredgecolor=style.OWN, markersize=6)
    classes.set(xlabel="time (s)", ylabel="direction (°)", title="The network's answer, every 100 ms")
    parts.degree_axis(classes, "y")
    classes.grid(False)
    fig.colorbar(image, cax=fig.add_axes((0.905, 0.13, 0.016, 0.34)), label="probability (%)")
    classes.set_xlim(0, time[-1])
    middle_answer = float(np.median(named))
    agreeing = 100 * np.mean(np.abs(named - middle_answer) <= 15)
    return describe(
        fig,
        f"Above: the loudness at the two ears over {time[-1]:.1f} s, as a firing rate. Below: the network's answers "
        f"for {counted(len(answers), 'piece')} of 100 ms: the middle one is {approx(middle_answer)} degrees, "
        f"{approx(agreeing)} % lie within one class of it.",
    )
