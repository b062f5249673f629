"""Small panels that hold everything a recording has to know: lines, markers, texts, images, and limits that move."""

from __future__ import annotations

import numpy as np

from utils.panels import Action, Choice, Slider, SliderPanel, Text

X = np.linspace(0, 1, 60)


def draw(fig):
    left, right = fig.add_axes((0.1, 0.15, 0.5, 0.75)), fig.add_axes((0.68, 0.15, 0.28, 0.75))
    left.set(xlim=(0, 1), ylim=(-2, 2), xlabel="time", title=r"Waves of $\omega_1$ and more")
    return {
        "axes": left,
        "curve": left.plot([], [], label="wave")[0],
        "dots": left.plot([], [], "o", color="#d55e00")[0],
        "cloud": left.scatter(X[::6], np.zeros(10), s=np.linspace(9, 60, 10), c=X[::6], alpha=0.7),
        "words": left.text(0.02, -1.8, ""),
        "area": left.axvspan(0, 0.1, alpha=0.3),
        "map": right.imshow(np.zeros((8, 8)), vmin=-1, vmax=1, cmap="RdBu", interpolation="nearest"),
    }


def update(artists, height=1.0, turns=2, kind="sine", law="x"):
    if height > 1.85:
        raise ValueError("height: got more than 1.85, allowed is less")
    wave = np.sin if kind == "sine" else np.cos
    y = height * wave(2 * np.pi * turns * X)
    artists["curve"].set_data(X, y)
    artists["dots"].set_data(X[::10], y[::10])
    artists["cloud"].set_offsets(np.c_[X[::6], -y[::6]])
    artists["words"].set_text(rf"height {height:.1f}, $\omega_{turns}$")
    artists["area"].set_width(0.1 * turns)
    artists["map"].set_data(np.outer(y[:8], y[-8:]))
    limit = (-2, 2) if turns < 4 else (-4, 4)
    if artists["axes"].get_ylim() != limit:
        artists["axes"].set_ylim(limit)
    return f"A {kind} of {turns} turns, {height:.1f} high, by {law}."


def waves() -> SliderPanel:
    """Two sliders and a choice, 11 * 5 * 2 states, some of them out of what is allowed."""
    sliders = [Slider("height", "height", 0, 2, 1, 0.2, "mV"), Slider("turns", "turns", 1, 5, 2, 1)]
    return SliderPanel("Waves", [*sliders, Choice("kind", "kind", ["sine", "cosine"], "sine")], draw, update, "Move.")


def many() -> SliderPanel:
    """Four sliders, whose states are too many to be kept."""
    sliders = [Slider(name, name, 0, 1, 0.5, 0.01) for name in "abcd"]

    def draw_few(fig):
        axes = fig.add_axes((0.1, 0.1, 0.85, 0.85), xlim=(0, 1), ylim=(-2, 2))
        return axes.plot([], [])[0], axes.text(0.02, -1.8, "")

    def turn(artists, a, b, c, d):
        curve, words = artists
        curve.set_data(X, (a + b / 2) * np.sin(2 * np.pi * (1 + 3 * c) * X + d))
        words.set_text(f"{a:.2f}")
        return f"A sine by {a:.2f} {b:.2f} {c:.2f} {d:.2f}."

    return SliderPanel("Many", sliders, draw_few, turn, "Move.")


def film() -> SliderPanel:
    """A film of 21 pictures."""
    return SliderPanel(
        "Film",
        [Slider("turns", "turns", 0, 20, 0, 1)],
        draw,
        lambda a, turns: update(a, turns / 20, 1),
        "Look.",
        play=1,
    )


def work() -> SliderPanel:
    """Work behind a button, and a text of which the website offers two."""

    def run(artists, values, report, stopped):
        for step in range(1, 11):
            report(step / 10, update(artists, step / 10, values["turns"], law=values["law"]))
        return "Done."

    panel = SliderPanel(
        "Work",
        [Slider("turns", "turns", 1, 3, 2, 1), Text("law", "law", "x")],
        draw,
        lambda artists, **values: update(artists, **values),
        "Press.",
        action=Action("Run", run),
    )
    panel.site_values = {"law": ("x", "x + 1")}
    return panel
