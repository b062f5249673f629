"""Panels of notebook 04: a grating that turns, one neuron's tuning, descent on one weight, fewer neurons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from utils.datasets.v1_simulation import tuning_curve
from utils.models.decoders import decode_ridge, growing_grams, split_stimuli, tuning_share
from utils.page.numbers import approx, counted
from utils.panels.controls import Choice, Slider
from utils.panels.slider_panel import SliderPanel
from utils.plotting import style
from utils.plotting.gratings import Grating, angle_ring
from utils.plotting.v1_orientation_decoding import plain_ticks, turn_ticks

Distance = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def turning_grating(responses: torch.Tensor, stimuli: torch.Tensor, period: float = 360) -> SliderPanel:
    """The grating turns, and with it the bump of activity that the population answers with.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees, ascending.
        period: of the angle.

    Returns:
        The panel.
    """
    picture = TurningGrating(responses, stimuli, period)
    step = max(1, round(period / 180))
    return SliderPanel(
        "What the mouse saw, and what its neurons answered",
        [Slider("angle", "angle of the grating", 0, int(period) - step, step * 20, step, unit="degrees")],
        picture.draw,
        picture.update,
        "Turn the grating, or play it. Every neuron was given a preferred angle on half of the stimuli; you see "
        "the answers to the other half. Watch the bump of activity turn with the grating.",
        figsize=(7.2, 3.6),
        play=8,
    )


def one_neuron(responses: torch.Tensor, stimuli: torch.Tensor, period: float = 360) -> SliderPanel:
    """One neuron's responses, a bump of adjustable width, and noise.

    Args:
        responses: (n_stimuli, n_neurons); the 500 best-tuned can be chosen.
        stimuli: (n_stimuli, 1) in degrees, ascending.
        period: of the angle.

    Returns:
        The panel.
    """
    best = tuning_share(responses).topk(min(500, responses.shape[1])).indices
    picture = OneNeuron(responses[:, best], stimuli, best, period)
    return SliderPanel(
        "One neuron, its tuning and its noise",
        [
            Slider("rank", "neuron (1 = best tuned)", 1, len(best), min(20, len(best)), 1),
            Slider("half_width", "half-width of the bump", 3, 60, 25, 1, unit="degrees"),
            Slider("noise", "noise added", 0, 3, 1, 0.1, unit="times the neuron's"),
        ],
        picture.draw,
        picture.update,
        "The black dots are a neuron's responses, the black line is your bump. Find the half-width that explains "
        "most of the variance. Then compare neurons: is there one width for all? The purple crosses are what your "
        "bump with noise would give.",
    )


def one_weight(response: torch.Tensor, target: torch.Tensor) -> SliderPanel:
    """Gradient descent on one weight, which multiplies one neuron's response.

    Args:
        response: (n,) of the neuron.
        target: (n,) what weight times response should give.

    Returns:
        The panel.
    """
    picture = OneWeight(response, target)
    # Up to four times the rate at which the steps no longer come back.
    largest = float(f"{4 / picture.rr:.1g}")
    return SliderPanel(
        "Gradient descent on one weight",
        [
            Slider("rate", "learning rate", largest / 1000, largest, largest / 20, 0.05, log=True),
            Slider("steps", "steps", 0, 30, 5, 1),
            Slider("start", "first weight", -2, 4, -1.5, 0.1, unit="times the best one"),
        ],
        picture.draw,
        picture.update,
        "Left: the loss, the weight after each step, and the slope at the last one. Right: the weight over "
        "steps. Raise the learning rate: find where the steps begin to jump across the minimum, and where they "
        "stop coming back.",
    )


def fewer_neurons(
    responses: torch.Tensor,
    stimuli: torch.Tensor,
    train: torch.Tensor,
    test: torch.Tensor,
    distance: Distance,
    period: float = 360,
) -> SliderPanel:
    """What a ridge decoder makes of fewer neurons and of fewer training stimuli.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        train: row numbers to learn from.
        test: row numbers to decode.
        distance: `distance(decoded, true)` -> degrees: the student's own score.
        period: of the angle.

    Returns:
        The panel.
    """
    sizes = _up_to(responses.shape[1], (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000))
    trained = _up_to(len(train), (7, 13, 27, 54, 108))
    grams = dict(growing_grams(responses, sizes, seed=0))

    def decode(neurons: int, n_trained: int) -> torch.Tensor:
        return decode_ridge(grams[neurons], stimuli, train[:n_trained], test, period)

    picture = FewerNeurons(sizes, trained[-1], stimuli[test], decode, distance, period)
    start = min(sizes, key=lambda size: abs(size - 200))
    controls = [
        Choice("neurons", "neurons", [f"{n:,}" for n in sizes], f"{start:,}", slide=True),
        Choice("trained", "training stimuli", [f"{n:,}" for n in trained], f"{trained[-1]:,}", slide=True),
    ]
    return SliderPanel(
        "Decoding with fewer neurons",
        # A slider that cannot move would only stand in the way.
        [control for control in controls if len(control.options) > 1] or controls,
        picture.draw,
        picture.update,
        "Left: decoded against true angle of the held-out stimuli. Right: the mean error against the number of "
        "neurons. Take neurons away, then training stimuli. Which errors appear first: small ones everywhere, or "
        "confusions with the opposite angle?",
    )


def site_panels() -> dict[str, Callable[[], SliderPanel]]:
    """The panels for the website, made from the simulated population without running the notebook.

    Returns:
        Id of the notebook's cell -> a function without arguments that makes the panel.
    """
    from utils.datasets.v1_simulation import simulate_v1
    from utils.exercises import get

    def with_data(make: Callable[..., SliderPanel]) -> Callable[[], SliderPanel]:
        return lambda: make(*simulate_v1())

    def tuning(responses: torch.Tensor, stimuli: torch.Tensor) -> SliderPanel:
        panel = one_neuron(responses, stimuli)
        panel.site_values = {
            "rank": (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100, 150, 200, 300, 400, 500),
            "half_width": (3, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60),
            "noise": (0.0, 0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0),
        }
        return panel

    def descent(responses: torch.Tensor, stimuli: torch.Tensor) -> SliderPanel:
        panel = one_weight(*best_neuron_and_cosine(responses, stimuli))
        # Dense where the steps stop coming back, at a quarter of the largest rate.
        parts = (0.1, 0.25, 0.5, 1.25, 2.5, 5, 7.5, 10, 12.5, 15, 20, 22.5, 25, 27.5, 35, 50, 100)
        panel.site_values = {
            "rate": tuple(panel.values["rate"] * part / 5 for part in parts),
            "steps": (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30),
            "start": (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0),
        }
        return panel

    def fewer(responses: torch.Tensor, stimuli: torch.Tensor) -> SliderPanel:
        distance = get("04.circular_error").reference
        return fewer_neurons(responses, stimuli, *split_stimuli(len(stimuli)), distance)

    return {
        "panel-grating": with_data(turning_grating),
        "panel-tuning": with_data(tuning),
        "panel-descent": with_data(descent),
        "panel-population": with_data(fewer),
    }


def best_neuron_and_cosine(
    responses: torch.Tensor, stimuli: torch.Tensor, period: float = 360
) -> tuple[torch.Tensor, torch.Tensor]:
    """The best-tuned neuron, and the cosine of the distance from its preferred angle.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        period: of the angle.

    Returns:
        response: (n_stimuli,).
        target: (n_stimuli,).
    """
    response = responses[:, tuning_share(responses).argmax()]
    away = (stimuli[:, 0] - stimuli[response.argmax(), 0]) * (360 / period)
    return response, torch.deg2rad(away).cos()


def _up_to(largest: int, sizes: Sequence[int]) -> list[int]:
    return [*(n for n in sizes if n < largest), largest]


class TurningGrating:
    """The population's answer to one grating, laid round it in the order of the neurons' preferred angles.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees, ascending.
        period: of the angle.
    """

    def __init__(self, responses: torch.Tensor, stimuli: torch.Tensor, period: float) -> None:
        learned, shown = responses[::2], responses[1::2]
        degrees = stimuli[::2, 0].numpy().astype(float)
        self.shown, self.period, self.turn = stimuli[1::2, 0].numpy().astype(float), period, 360 / period
        tuned = tuning_share(learned).topk(max(2, responses.shape[1] // 2)).indices
        preferred = _preferred(learned[:, tuned].numpy(), degrees, self.turn)
        n_bins = int(np.clip(len(tuned) // 8, 8, 72))
        self.middles = (np.arange(n_bins) + 0.5) * period / n_bins
        bins = np.minimum((preferred / period * n_bins).astype(int), n_bins - 1)
        counts = np.bincount(bins, minlength=n_bins)
        sums = np.stack([np.bincount(bins, row, n_bins) for row in shown[:, tuned].numpy().astype(float)])
        full = counts > 0
        means = sums[:, full] / counts[full]
        # Where no neuron prefers an angle, the curve goes straight from one neighbour to the next.
        self.bumps = np.stack([np.interp(self.middles, self.middles[full], row, period=period) for row in means])
        self.low, self.high = float(self.bumps.min()), float(self.bumps.max())

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        ring, unrolled = fig.add_axes((0.0, 0.0, 0.5, 1.0)), fig.add_axes((0.58, 0.16, 0.4, 0.74))
        angle_ring(ring, self.period, radii=(2.3, 2.46), icon=0.22, label="")
        around = np.linspace(0, 2 * np.pi, 181)
        rest = self._radius(np.zeros(181))
        ring.plot(
            rest * np.cos(around),
            rest * np.sin(around),
            color=style.TRUTH,
            linewidth=style.GUIDE,
            linestyle=style.DASHED,
        )
        unrolled.set(xlim=(0, self.period), xticks=turn_ticks(self.period))
        margin = 0.08 * (self.high - self.low)
        unrolled.set_ylim(self.low - margin, self.high + 3 * margin)
        unrolled.set(xlabel="preferred angle of the neurons (degrees)", ylabel="mean response")
        grating = Grating(ring, 0, (0, 0), 1.05, 4)
        artists = {
            "grating": grating,
            "lines": grating.lines,
            "bump": ring.plot([], [], color=style.OWN, linewidth=style.CURVE)[0],
            "vector": ring.plot([], [], color=style.OTHER, linewidth=style.STRONG)[0],
            "curve": unrolled.plot([], [], color=style.OWN, linewidth=style.CURVE, label="the population")[0],
            "angle": unrolled.plot(
                [], [], color=style.TRUTH, linewidth=style.THIN, linestyle=style.DASHED, label="the grating"
            )[0],
            "pointer": unrolled.plot([], [], color=style.OTHER, linewidth=style.THIN, label="population vector")[0],
        }
        unrolled.legend(loc="upper right", fontsize=style.SMALL, ncols=1, borderaxespad=0.2)
        return artists

    def _radius(self, response: np.ndarray) -> np.ndarray:
        return 1.2 + 1.0 * (response - self.low) / (self.high - self.low)

    def update(self, artists: dict[str, Any], angle: float) -> str:
        """Move the artists.

        Args:
            artists: what `draw` returned.
            angle: wanted, in degrees; the nearest that was shown is taken.

        Returns:
            What there is to see.
        """
        away = (self.shown - angle + self.period / 2) % self.period - self.period / 2
        row = int(np.abs(away).argmin())
        shown, bump = float(self.shown[row]), self.bumps[row]
        around = np.deg2rad(self.middles * self.turn)
        ring = self._radius(np.append(bump, bump[0]))
        closed = np.append(around, around[0])
        artists["grating"].turn(shown)
        artists["bump"].set_data(ring * np.cos(closed), ring * np.sin(closed))
        lifted = bump - bump.mean()
        pointed = np.arctan2((lifted * np.sin(around)).sum(), (lifted * np.cos(around)).sum())
        vector = float(np.rad2deg(pointed) % 360 / self.turn)
        artists["vector"].set_data(np.array([2.08, 2.28]) * np.cos(pointed), np.array([2.08, 2.28]) * np.sin(pointed))
        artists["curve"].set_data(self.middles, bump)
        span = [self.low, self.high]
        artists["angle"].set_data([shown, shown], span)
        artists["pointer"].set_data([vector, vector], span)
        peak = float(self.middles[bump.argmax()])
        return (
            f"The grating stands at {shown:g} degrees. Neurons that prefer about {approx(peak, 3)} degrees answer "
            f"most; the population vector points to {approx(vector, 3)}."
        )


def _preferred(responses: np.ndarray, degrees: np.ndarray, turn: float) -> np.ndarray:
    """Preferred angle of each neuron: where its responses, smoothed with a narrow bump, are largest."""
    spacing = np.median(np.diff(degrees)) if len(degrees) > 1 else 1.0
    width = float(np.clip(max(5.0, 1.5 * spacing) * turn, 1, 90))
    kernel = tuning_curve(degrees * turn, degrees * turn, width)
    return degrees[(responses.T @ (kernel / kernel.sum(0))).argmax(1)]


class OneNeuron:
    """A neuron's responses, a bump laid over them, and stimuli drawn from that bump with noise.

    Args:
        responses: (n_stimuli, n_cells) of the neurons to choose from, the best-tuned first.
        stimuli: (n_stimuli, 1) in degrees.
        numbers: (n_cells,) their numbers in the recording.
        period: of the angle.
    """

    def __init__(
        self, responses: torch.Tensor, stimuli: torch.Tensor, numbers: torch.Tensor, period: float = 360
    ) -> None:
        self.curves, self.numbers = responses.numpy().T, numbers.tolist()
        self.stimuli, self.period, self.turn = stimuli[:, 0].numpy().astype(float), period, 360 / period
        self.draws = np.random.RandomState(0).randn(len(self.stimuli))
        self.preferred = _preferred(responses.numpy(), self.stimuli, self.turn)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        ax = fig.add_axes((0.09, 0.15, 0.88, 0.76))
        low, high = float(self.curves.min()), float(self.curves.max())
        ax.set(xlim=(0, self.period), ylim=(low - 0.1 * (high - low), high + 0.15 * (high - low)))
        ax.set(xticks=turn_ticks(self.period), xlabel="angle of the grating (degrees)", ylabel="response")
        ghosts = ax.plot(
            [], [], "x", color=style.OTHER, markersize=3.5, markeredgewidth=0.8, label="drawn from the bump, with noise"
        )[0]
        # A filled disc without an edge: the website draws some hundreds of them for every picture.
        dots = ax.plot([], [], "o", color=style.OWN, markersize=3.5, markeredgewidth=0, label="the neuron")[0]
        bump = ax.plot([], [], color=style.OWN, linewidth=style.STRONG, label="your bump")[0]
        ax.legend(loc="upper right", fontsize=style.SMALL, ncols=3, borderaxespad=0.2)
        return {"ghosts": ghosts, "dots": dots, "bump": bump}

    def update(self, artists: dict[str, Any], rank: int, half_width: float, noise: float) -> str:
        """Move the artists.

        Args:
            artists: what `draw` returned.
            rank: of the neuron; 1 is the best tuned.
            half_width: of the bump, in degrees.
            noise: in units of the neuron's own.

        Returns:
            What there is to see.
        """
        data = self.curves[rank - 1].astype(float)
        width = min(half_width * self.turn, 90)
        shape = tuning_curve(self.stimuli * self.turn, self.preferred[rank - 1] * self.turn, width)
        # Height and base that fit best, in closed form.
        design = np.stack([shape, np.ones_like(shape)], 1)
        (height, base), *_ = np.linalg.lstsq(design, data, rcond=None)
        curve = base + height * shape
        rest = data - curve
        explained = 1 - rest.var() / data.var() if data.var() > 0 else 0.0
        # Noise of a variance proportional to the response above its lowest value, as in the neurons.
        level = np.maximum(curve - data.min(), 0) + 0.02
        sd = noise * np.sqrt(level * (rest**2).mean() / level.mean())
        artists["dots"].set_data(self.stimuli, data)
        artists["bump"].set_data(self.stimuli, curve)
        artists["ghosts"].set_data(self.stimuli, curve + sd * self.draws)
        slope = abs(np.gradient(shape * height, self.stimuli)).max()
        if not noise:
            worth = "without noise one response would give the angle exactly"
        elif slope == 0:
            worth = "it tells nothing about the angle"
        else:
            precision = (abs(np.gradient(curve, self.stimuli)) / np.maximum(sd, 1e-12)).max()
            worth = f"where one response tells most, this noise is worth {approx(1 / precision, 2)} degrees"
        return (
            f"Neuron {self.numbers[rank - 1]} prefers {approx(self.preferred[rank - 1], 2)} degrees. "
            f"A bump of half-width {half_width:g} degrees explains {approx(100 * max(explained, 0), 2)} % of its "
            f"variance; {worth}."
        )


class OneWeight:
    """Gradient descent on one weight, from which one neuron's response predicts a target.

    Args:
        response: (n,) of one neuron.
        target: (n,) what weight times response should give.
    """

    def __init__(self, response: torch.Tensor, target: torch.Tensor) -> None:
        self.rr = float((response**2).mean())
        self.rt = float((response * target).mean())
        self.tt = float((target**2).mean())
        self.best = self.rt / self.rr
        self.reach = 3.2 * abs(self.best)

    def loss(self, w: np.ndarray | float) -> np.ndarray | float:
        """Mean squared error.

        Args:
            w: the weight.

        Returns:
            A number for each weight.
        """
        return self.rr * np.square(w) - 2 * self.rt * w + self.tt

    def trail(self, rate: float, steps: int, start: float) -> np.ndarray:
        """The weight before the first step and after each one.

        Args:
            rate: learning rate.
            steps: how many.
            start: first weight.

        Returns:
            (steps + 1,).
        """
        weights = [start]
        for _ in range(steps):
            weights.append(weights[-1] - rate * 2 * (self.rr * weights[-1] - self.rt))
        return np.array(weights)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        left, right = fig.add_axes((0.09, 0.16, 0.5, 0.74)), fig.add_axes((0.7, 0.16, 0.28, 0.74))
        w = np.linspace(self.best - self.reach, self.best + self.reach, 301)
        top = float(self.loss(self.best + self.reach)) * 1.08
        left.plot(w, self.loss(w), color=style.TRUTH, linewidth=style.CURVE)
        left.axvline(self.best, color=style.TRUTH, linewidth=style.GUIDE, linestyle=style.DASHED)
        left.set(xlim=(w[0], w[-1]), ylim=(0, top), xlabel="weight w", ylabel="loss L(w)")
        right.set(xlim=(0, 30), ylim=(w[0], w[-1]), xlabel="step", ylabel="weight w")
        right.axhline(self.best, color=style.TRUTH, linewidth=style.GUIDE, linestyle=style.DASHED)
        return {
            "path": left.plot([], [], "o-", color=style.OWN, linewidth=style.GUIDE, markersize=4)[0],
            "tangent": left.plot([], [], color=style.OTHER, linewidth=style.CURVE)[0],
            "now": left.plot([], [], "o", color=style.OTHER, markersize=8)[0],
            "weights": right.plot([], [], "o-", color=style.OWN, linewidth=style.GUIDE, markersize=3.5)[0],
        }

    def update(self, artists: dict[str, Any], rate: float, steps: int, start: float) -> str:
        """Move the artists.

        Args:
            artists: what `draw` returned.
            rate: learning rate.
            steps: how many.
            start: first weight, in units of the best one.

        Returns:
            What there is to see.
        """
        weights = self.trail(rate, steps, start * self.best)
        inside = np.abs(weights - self.best) <= self.reach
        shown = weights[: len(inside) if inside.all() else int(np.argmin(inside))]
        artists["path"].set_data(shown, self.loss(shown))
        artists["weights"].set_data(np.arange(len(shown)), shown)
        now = shown[-1]
        slope = 2 * (self.rr * now - self.rt)
        ends = now + np.array([-0.22, 0.22]) * self.reach
        artists["tangent"].set_data(ends, self.loss(now) + slope * (ends - now))
        artists["now"].set_data([now], [self.loss(now)])
        factor = 1 - 2 * rate * self.rr
        if abs(factor) > 1:
            words = "every step lands further from the minimum than the one before: it diverges"
        elif factor < 0:
            words = "every step jumps across the minimum and lands nearer to it"
        else:
            words = "every step goes part of the way to the minimum"
        return (
            f"Learning rate {rate:.3g}: {words} (the distance is multiplied by {approx(factor, 2)} each time). "
            f"After {counted(steps, 'step')} w is {approx(weights[-1], 3)}; the minimum lies at {approx(self.best, 3)}."
        )


class FewerNeurons:
    """What a decoder makes of fewer neurons and of fewer training stimuli.

    Args:
        sizes: ascending numbers of neurons to choose from.
        most: training stimuli where the reader does not choose.
        true: (n_test, 1) angles of the held-out stimuli, in degrees.
        decode: `decode(n_neurons, n_trained)` -> (n_test, 1) in degrees.
        distance: `distance(decoded, true)` -> degrees.
        period: of the angle.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        most: int,
        true: torch.Tensor,
        decode: Callable[[int, int], torch.Tensor],
        distance: Distance,
        period: float = 360,
    ) -> None:
        self.sizes, self.most, self.true, self.period = list(sizes), most, true, period
        self.decode, self.distance = decode, distance
        self.known: dict[int, dict[int, torch.Tensor]] = {}

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        left, right = fig.add_axes((0.09, 0.16, 0.38, 0.74)), fig.add_axes((0.58, 0.16, 0.4, 0.74))
        left.plot((0, self.period), (0, self.period), color=style.TRUTH, linewidth=style.GUIDE)
        ticks = turn_ticks(self.period)
        left.set(xlim=(0, self.period), ylim=(0, self.period), xticks=ticks, yticks=ticks)
        left.set(xlabel="true angle (degrees)", ylabel="decoded (degrees)")
        chance = self.period / 4
        right.set(
            xscale="log", yscale="log", xlim=(self.sizes[0] * 0.8, self.sizes[-1] * 1.25), ylim=(0.5, 1.5 * chance)
        )
        right.set(xlabel="number of neurons", ylabel="mean error (degrees)")
        style.chance_line(right, chance)
        plain_ticks(right.yaxis, (1, 3, 10, 30, 90))
        ticks = [n for n in (10, 100, 1000, 10000) if self.sizes[0] <= n <= self.sizes[-1]] or self.sizes
        plain_ticks(right.xaxis, ticks)
        return {
            "dots": left.plot([], [], "o", color=style.OWN, markersize=3.4, alpha=0.75, markeredgewidth=0)[0],
            "curve": right.plot([], [], "o-", color=style.OWN, linewidth=style.THIN, markersize=3.5)[0],
            "now": right.plot([], [], "o", color=style.OTHER, markersize=8)[0],
        }

    def update(self, artists: dict[str, Any], neurons: str | None = None, trained: str | None = None) -> str:
        """Move the artists.

        Args:
            artists: what `draw` returned.
            neurons: how many, as written in the control; all of them where there is none.
            trained: training stimuli, likewise.

        Returns:
            What there is to see.
        """
        size = self.sizes[-1] if neurons is None else int(neurons.replace(",", ""))
        n_trained = self.most if trained is None else int(trained.replace(",", ""))
        if n_trained not in self.known:
            self.known[n_trained] = {n: self.decode(n, n_trained) for n in self.sizes}
        decoded = self.known[n_trained]
        errors = {n: self.distance(found, self.true) for n, found in decoded.items()}
        means = [float(error.mean()) for error in errors.values()]
        artists["dots"].set_data(self.true[:, 0], decoded[size][:, 0])
        artists["curve"].set_data(self.sizes, means)
        artists["now"].set_data([size], [float(errors[size].mean())])
        opposite = int((errors[size] > self.period * 150 / 360).sum())
        return (
            f"{counted(size, 'neuron')}, decoder trained on {counted(n_trained, 'stimulus', 'stimuli')}: held-out "
            f"angles are decoded with a mean error of {approx(float(errors[size].mean()), 2)} degrees; "
            f"{opposite} of {len(self.true)} are more than {self.period * 150 / 360:g} degrees off."
        )
