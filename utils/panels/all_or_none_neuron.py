"""Panels of notebook 01: a dose on its way, the seven numbers, the walk down the loss, the learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from utils.exercises import get
from utils.models.two_path_neuron import PUBLISHED, TwoPathNeuron, observations
from utils.page.numbers import counted
from utils.panels.controls import Slider
from utils.panels.slider_panel import SliderPanel
from utils.plotting import style
from utils.plotting.all_or_none_neuron import LOSS_FLOOR, SILENT, NetworkPicture
from utils.plotting.all_or_none_tables import number

_FINE = torch.linspace(0, 1, 401, dtype=torch.float64)


def follow_a_dose(neuron: TwoPathNeuron) -> SliderPanel:
    """One dose on its way through the network.

    Args:
        neuron: gives the seven numbers and every value on the way.

    Returns:
        The panel.
    """
    picture = NetworkPicture(neuron.values())
    return SliderPanel(
        "Follow a dose through the network",
        [Slider("dose", "dose", -0.5, 1.5, 0.6, 0.01)],
        picture.draw,
        lambda artists, dose: picture.update(artists, neuron.trace(dose)._asdict()),
        "Move the dose and follow the numbers. Which path wakes up first? From which dose on does the upper path pull "
        "the sum down?",
        figsize=(7.2, 3.4),
    )


def seven_numbers(two_path_response: Callable[..., torch.Tensor]) -> SliderPanel:
    """The response to every dose, and what the two paths deliver, for seven numbers of the reader's choice.

    Args:
        two_path_response: the student's forward pass, (x, w00, b00, w01, b01, w10, w11, b_final) -> response.

    Returns:
        The panel.
    """
    picture = SevenNumbers(two_path_response)
    ranges = {
        "w00": ("into the upper ReLU", 5.0, 0.1),
        "b00": ("its bias", 2.0, 0.05),
        "w01": ("into the lower ReLU", 20.0, 0.1),
        "b01": ("its bias", 2.0, 0.05),
        "w10": ("out of the upper ReLU", 50.0, 0.1),
        "w11": ("out of the lower ReLU", 5.0, 0.1),
        "b_final": ("output bias", 30.0, 0.5),
    }
    return SliderPanel(
        "Seven numbers, one response",
        [
            Slider(name, f"{name}, {what}", -reach, reach, PUBLISHED[name], step)
            for name, (what, reach, step) in ranges.items()
        ],
        picture.draw,
        picture.update,
        "The broad grey line is the source's network. Raise b_final and watch the tent come out of the water. Which "
        "single number would you change so that high doses are answered too?",
        figsize=(7.2, 3.3),
    )


class SevenNumbers:
    """Left the response to every dose, right the signals that it is made of.

    Args:
        two_path_response: the student's forward pass.
    """

    def __init__(self, two_path_response: Callable[..., torch.Tensor]) -> None:
        self.respond = two_path_response

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.add_axes((0.085, 0.17, 0.385, 0.71)), fig.add_axes((0.6, 0.17, 0.385, 0.71))
        artists: dict[str, Any] = {"left": left, "right": right}
        published = self.respond(_FINE, **PUBLISHED)
        left.plot(_FINE, published, color=style.TRUTH, linewidth=2 * style.STRONG, alpha=0.4, label="the source")
        (artists["curve"],) = left.plot([], [], color=style.OWN, linewidth=style.THIN)
        (artists["dots"],) = left.plot([], [], "o", color=style.OWN, markersize=5, label="11 doses", clip_on=False)
        left.set(xlabel="dose", ylabel="response", xlim=(0, 1), title="Response")
        left.legend(loc="upper right", fontsize=style.SMALL)
        right.axhline(0, color=style.TRUTH, linewidth=style.GUIDE)
        for name, label, color, width, dashes in (
            ("s0", "upper path", style.INHIBITORY, style.CURVE, style.DOTTED),
            ("s1", "lower path", style.EXCITATORY, style.CURVE, style.DASHED),
            ("z", "sum", style.OWN, style.CURVE, "-"),
        ):
            (artists[name],) = right.plot([], [], color=color, label=label, linewidth=width, linestyle=dashes)
        right.set(xlabel="dose", ylabel="signal", xlim=(0, 1), title="Inside")
        right.legend(loc="lower left", fontsize=style.SMALL)
        return artists

    def update(self, artists: dict[str, Any], **parameters: float) -> str:
        """Show the response of these seven numbers.

        Args:
            artists: what `draw` returned.
            parameters: the seven numbers by name.

        Returns:
            One sentence about the response.
        """
        with torch.no_grad():
            inside = TwoPathNeuron(**parameters).trace(_FINE)._asdict()
            response = np.asarray(self.respond(_FINE, **parameters).detach())
        # The eleven doses are points of the fine grid, so one forward pass serves both.
        doses, dots = _FINE[::40], response[::40]
        artists["curve"].set_data(_FINE, response)
        artists["dots"].set_data(doses, dots)
        for name in ("s0", "s1", "z"):
            artists[name].set_data(_FINE, inside[name])
        top = _round_up(1.15 * max(float(response.max()), 1.7))
        style.set_limits(artists["left"], y=(-0.04 * top, top))
        reach = _round_up(1.05 * max(float(inside[name].abs().max()) for name in ("s0", "s1", "z")))
        style.set_limits(artists["right"], y=(-reach, reach))
        answered = int((dots > 1e-9).sum())
        return (
            f"The network answers at {answered} of 11 doses. The largest of these responses is "
            f"{number(dots.max(), 4)}, the response at the highest dose {number(dots[-1], 4)}."
        )


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, ...: limits that change seldom, and hold everything."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3)))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-12))


def walk_downhill(path: Sequence[float], drive: torch.Tensor, observed: torch.Tensor) -> SliderPanel:
    """A film of training: b_final walks down its loss while the response sinks onto the observations.

    Args:
        path: b_final before training and after each epoch.
        drive: (3,) s0 + s1 at the doses 0, 0.5 and 1.
        observed: (3,) the observed responses there.

    Returns:
        The panel.
    """
    picture = Walk(path, drive, observed)
    return SliderPanel(
        "b_final walks down its loss",
        [Slider("epoch", "epoch", 0, picture.last, 0, 1)],
        picture.draw,
        picture.update,
        "Left: the summed loss, the slope under b_final (purple), and where it has been. Right: the response to every "
        "dose, and the three observations.",
        figsize=(7.2, 3.3),
        play=6,
    )


class Walk:
    """A walker on the loss, and the response that belongs to where it stands.

    Args:
        path: b_final before training and after each epoch; later epochs in which nothing is to be seen are left out.
        drive: (n,) s0 + s1 at the observed doses.
        observed: (n,) the observed responses.
    """

    def __init__(self, path: Sequence[float], drive: torch.Tensor, observed: torch.Tensor) -> None:
        self.path = np.asarray(path, dtype=float)
        moving = np.flatnonzero(np.abs(self.path - self.path[-1]) > 0.01 * (1 + np.abs(self.path[0] - self.path[-1])))
        self.last = int(min(max(moving.max(initial=0) + 5, 10), len(self.path) - 1))
        self.drive, self.observed = np.asarray(drive, dtype=float), np.asarray(observed, dtype=float)
        with torch.no_grad():
            self.tent = np.asarray(TwoPathNeuron(**{**PUBLISHED, "b_final": 0.0}).trace(_FINE).z)

    def loss(self, b: Any) -> np.ndarray:
        """Summed loss at one or many values of b_final.

        Args:
            b: values, any shape.

        Returns:
            The losses, in that shape.
        """
        response = np.maximum(self.drive + np.asarray(b, dtype=float)[..., None], 0)
        return ((response - self.observed) ** 2).sum(-1)

    def slope(self, b: float) -> float:
        """Slope of the summed loss.

        Args:
            b: one value of b_final.

        Returns:
            Its derivative there.
        """
        z = self.drive + b
        return float((2 * (np.maximum(z, 0) - self.observed) * (z > 0)).sum())

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw the loss and the observations.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.add_axes((0.085, 0.17, 0.46, 0.71)), fig.add_axes((0.645, 0.17, 0.34, 0.71))
        silent = -self.drive.max()
        b = np.linspace(silent - 3, max(self.path.max(), silent) + 2, 400)
        left.axvspan(b[0], silent, color=SILENT, alpha=0.5, linewidth=0)
        left.plot(b, self.loss(b), color=style.TRUTH, linewidth=style.CURVE)
        top = self.loss(b).max()
        left.set(xlabel="b_final", ylabel="summed loss", title="The loss", xlim=(b[0], b[-1]), ylim=(-0.06 * top, top))
        valley = fig.add_axes((0.13, 0.5, 0.2, 0.33))
        valley.axvspan(b[0], silent, color=SILENT, alpha=0.5, linewidth=0)
        near = np.linspace(silent - 0.6, silent + 2.6, 200)
        valley.plot(near, self.loss(near), color=style.TRUTH, linewidth=style.CURVE)
        valley.set(xlim=(near[0], near[-1]), ylim=(-0.2, 2.4), xticks=[], yticks=[])
        valley.spines[["top", "right"]].set_visible(True)
        valley.set_title("The valley, enlarged", fontsize=style.SMALL, weight="normal", pad=3)
        right.axhline(0, color=style.TRUTH, linewidth=style.GUIDE)
        right.set(xlabel="dose", ylabel="response", title="The response", xlim=(-0.03, 1.03))
        right.set_ylim(-0.06 * self.tent.max(), 1.15 * max(self.tent.max(), self.observed.max()))
        artists: dict[str, Any] = {}
        (artists["trail"],) = left.plot([], [], "o", color=style.OWN, markersize=3, alpha=0.5)
        (artists["slope"],) = left.plot([], [], color=style.OTHER, linewidth=style.CURVE)
        (artists["walker"],) = left.plot([], [], "o", color=style.OWN, markersize=9)
        (artists["enlarged"],) = valley.plot([], [], "o", color=style.OWN, markersize=9)
        (artists["curve"],) = right.plot([], [], color=style.OWN, label="network")
        (artists["seen"],) = right.plot(
            [0, 0.5, 1], self.observed, "X", color=style.EXAMPLES, ms=9, mec="white", label="observed", zorder=4
        )
        right.legend(loc="upper right", fontsize=style.SMALL)
        return artists

    def update(self, artists: dict[str, Any], epoch: int) -> str:
        """Show where training stands after some epochs.

        Args:
            artists: what `draw` returned.
            epoch: how many of them, 0 to `last`.

        Returns:
            One sentence with b_final, its loss and the slope.
        """
        b = float(self.path[int(epoch)])
        loss, slope = float(self.loss(b)), self.slope(b)
        walked = self.path[: int(epoch) + 1]
        artists["trail"].set_data(walked, self.loss(walked))
        reach = np.array([-2.5, 2.5])
        artists["slope"].set_data(b + reach, loss + slope * reach)
        artists["walker"].set_data([b], [loss])
        artists["enlarged"].set_data([b], [loss])
        artists["curve"].set_data(_FINE, np.maximum(self.tent + b, 0))
        return (
            f"After {counted(int(epoch), 'epoch')}: b_final {number(b, 4)}, summed loss {number(loss, 3)}, "
            f"slope {number(slope, 3)}. The peak of the response is {number(max(self.tent.max() + b, 0), 4)}."
        )


def learning_rate_and_epochs(
    training_step: Callable[..., Any],
    closed_form: Callable[..., Any],
    largest_learning_rate: Callable[..., Any],
    drive: torch.Tensor,
    observed: torch.Tensor,
) -> SliderPanel:
    """Training with a learning rate, a number of epochs and a start of the reader's choice.

    Args:
        training_step: the student's epoch, (b_final, drive, y, learning_rate) -> b_final.
        closed_form: the student's formula, (t, b_start, b_best, learning_rate) -> b_final without an output ReLU.
        largest_learning_rate: the student's limit, (peak, y) -> learning rate.
        drive: (3,) s0 + s1 of each point; the middle one alone is above 0.
        observed: (3,) the observed responses.

    Returns:
        The panel.
    """
    picture = Rates(training_step, closed_form, largest_learning_rate, drive, observed)
    return SliderPanel(
        "Learning rate and epochs",
        [
            Slider("learning_rate", "learning rate", 0.01, 1.2, 0.1, 0.01),
            Slider("epochs", "epochs", 1, 100, 30, 1),
            Slider("start", "b_final at the start", -20.0, 0.0, 0.0, 0.1),
        ],
        picture.draw,
        picture.update,
        "Find a rate that overshoots and still arrives. Then one that silences the network. Then start at -16.5 and "
        "look for a rate above the limit of the first step that works.",
        figsize=(7.2, 3.3),
    )


class Rates:
    """Left the path of b_final with and without the output ReLU, right the loss.

    Args:
        training_step: one epoch of the network.
        closed_form: b_final without an output ReLU.
        largest_learning_rate: the rate at which the first step silences the network.
        drive: (n,) s0 + s1 of each point.
        observed: (n,) the observed responses.
    """

    LOW, HIGH = -40.0, 18.0

    def __init__(
        self,
        training_step: Callable[..., Any],
        closed_form: Callable[..., Any],
        largest_learning_rate: Callable[..., Any],
        drive: torch.Tensor,
        observed: torch.Tensor,
    ) -> None:
        self.step, self.formula, self.largest = training_step, closed_form, largest_learning_rate
        self.drive, self.observed = drive, observed
        middle = int(drive.argmax())
        self.peak, self.target = float(drive[middle]), float(observed[middle])
        self.best = self.target - self.peak

    def descend(self, rate: float, epochs: int, start: float) -> tuple[np.ndarray, np.ndarray]:
        """The student's epochs, one after the other.

        Args:
            rate: learning rate.
            epochs: how many.
            start: first b_final.

        Returns:
            b_final (epochs + 1,) and the summed loss before each step (epochs,).
        """
        b = torch.tensor(start, dtype=torch.float64)
        path, losses = [start], []
        for _ in range(epochs):
            losses.append(float(((torch.relu(self.drive + b) - self.observed) ** 2).sum()))
            b = torch.as_tensor(self.step(b, self.drive, self.observed, rate), dtype=torch.float64).reshape(())
            path.append(float(b))
        return np.array(path), np.array(losses)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.add_axes((0.085, 0.17, 0.385, 0.71)), fig.add_axes((0.6, 0.17, 0.385, 0.71))
        artists: dict[str, Any] = {}
        left.axhspan(self.LOW, -self.peak, color=SILENT, alpha=0.5, linewidth=0)
        left.text(98, self.LOW + 1.5, "silent", ha="right", fontsize=style.SMALL, color="#666666")
        left.axhline(self.best, color=style.BEST, linewidth=style.GUIDE, linestyle=style.DASHED)
        # Dots, since a line from side to side would fill the axes where the formula jumps at every epoch.
        (artists["parabola"],) = left.plot(
            [], [], "o", color=style.OTHER, ms=6, alpha=0.45, label="without the output ReLU"
        )
        (artists["path"],) = left.plot(
            [], [], ".-", color=style.OWN, markersize=4, linewidth=style.GUIDE, label="the network"
        )
        left.set(xlabel="epoch", ylabel="b_final", xlim=(-1, 101), ylim=(self.LOW, self.HIGH), title="Path of b_final")
        left.legend(loc="upper right", fontsize=style.SMALL)
        (artists["loss"],) = right.semilogy([], [], ".-", color=style.OWN, markersize=4, linewidth=style.GUIDE)
        right.set(xlabel="epoch", ylabel="summed loss", xlim=(-1, 101), ylim=(LOSS_FLOOR / 3, 3e3))
        right.set_title("Loss of the network")
        return artists

    def update(self, artists: dict[str, Any], learning_rate: float, epochs: int, start: float) -> str:
        """Train anew and show it.

        Args:
            artists: what `draw` returned.
            learning_rate: above 0.
            epochs: at least 1.
            start: first b_final.

        Returns:
            One sentence: what became of b_final.
        """
        epochs = int(epochs)
        path, losses = self.descend(learning_rate, epochs, start)
        steps = torch.arange(epochs + 1, dtype=torch.float64)
        line = np.asarray(self.formula(steps, start, self.best, learning_rate), dtype=float)
        inside = (line >= self.LOW) & (line <= self.HIGH)
        artists["parabola"].set_data(steps[inside], line[inside])
        artists["path"].set_data(steps, path)
        artists["loss"].set_data(steps[1:], np.maximum(losses, LOSS_FLOOR))
        return self._sentence(learning_rate, epochs, start, path)

    def arriving(self, start: float) -> float:
        """The limit below which every learning rate leads from a start to the lowest loss.

        Args:
            start: first b_final, above the silent zone.

        Returns:
            The limit; 1, that of the plain parabola, where no first step can silence the network.
        """
        z = self.peak + start
        return (
            min(1.0, float(self.largest(torch.tensor(z, dtype=torch.float64), self.target))) if z > self.target else 1.0
        )

    def _sentence(self, rate: float, epochs: int, start: float, path: np.ndarray) -> str:
        factor, best = abs(1 - 2 * rate), number(self.best)
        silent_after = next((epoch for epoch, b in enumerate(path) if self.peak + b <= 0), None)
        error = abs(path[-1] - self.best)
        if silent_after == 0:
            silence = "every response is 0 from the start: no slope, so nothing is learned."
            return f"With b_final = {number(start, 4)} {silence}"
        if silent_after is not None:
            plain = " Without the output ReLU the error would grow at every step." if factor > 1 else ""
            return (
                f"Too large a step: epoch {silent_after} throws b_final to {number(path[silent_after], 4)}, where "
                "every response is 0. The slope is 0 there too, so the network stays silent. From this start every "
                f"rate below {math.floor(100 * self.arriving(start)) / 100:.2f} arrives.{plain}"
            )
        after = f"After {counted(epochs, 'epoch')}"
        if error < 1e-6:
            return f"{after} b_final has arrived: less than a millionth away from {best}."
        if abs(factor - 1) < 1e-9:
            return f"b_final jumps from one side of {best} to the other for ever: the error keeps its size."
        if factor > 1:
            return f"{after} the error is {number(error, 3)}. Each multiplies it by {number(factor, 3)}."
        side = " and changes its sign" if rate > 0.5 else ""
        return (
            f"{after} b_final is {number(path[-1], 5)}, {number(error, 3)} away from {best}. "
            f"Every epoch multiplies the error by {number(factor, 3)}{side}."
        )


def site_panels() -> Mapping[str, Callable[[], SliderPanel]]:
    """The same panels for the website, made from the reference solutions.

    Returns:
        Id of the notebook's cell -> a function that makes the panel.
    """
    stimuli, observed = observations([0, 0.5, 1], [0, 1, 0])
    with torch.no_grad():
        before = TwoPathNeuron(b_final=0.0).trace(stimuli)
    drive = before.s0 + before.s1
    step, formula, limit = (
        get(f"01.{name}").reference for name in ("training_step", "closed_form", "largest_learning_rate")
    )

    def film() -> SliderPanel:
        return walk_downhill(Rates(step, formula, limit, drive, observed).descend(0.1, 100, 0.0)[0], drive, observed)

    def rates() -> SliderPanel:
        panel = learning_rate_and_epochs(step, formula, limit, drive, observed)
        panel.site_values = {
            "learning_rate": (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2),
            "epochs": (1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60, 80, 100),
            "start": tuple(map(float, range(-20, 1, 2))),
        }
        return panel

    return {
        "flow-panel": lambda: follow_a_dose(TwoPathNeuron()),
        "seven-panel": lambda: seven_numbers(get("01.two_path_response").reference),
        "walk-panel": film,
        "rate-panel": rates,
    }
