"""What makes a figure hard to read is found.

The course's own are looked at where another test draws them anyway: figures in `tests/notebooks/test_lab_browser.py`,
panels in `tests/book/test_site_panels.py`.
"""

from __future__ import annotations

import pytest
from legibility import apart, contrast, offences, watch
from matplotlib.figure import Figure

from utils.page import describe, figures
from utils.plotting.style import COLORS, course_style, ink, new_figure


@pytest.fixture
def ax():
    with course_style():
        yield new_figure(3).add_axes((0.1, 0.15, 0.8, 0.7))


def found(ax):
    return "; ".join(offences(ax.figure))


def test_an_ordinary_figure_offends_nobody(ax):
    ax.plot([0, 1, 2], [0, 1, 0], label="one", color=COLORS["black"])
    ax.plot([0, 1, 2], [1, 1, 1], label="other", color=COLORS["orange"])
    ax.set(title="Title", xlabel="x", ylim=(0, 3))
    ax.legend(loc="upper left")
    assert offences(ax.figure) == []


def test_a_title_in_small_letters_is_found(ax):
    for title, offends in {"the same": True, "The same": False, "sin(x)": False, "snnTorch": False}.items():
        ax.set_title(title)
        assert bool(offences(ax.figure)) is offends, title


def test_a_hyphen_for_a_minus_is_found(ax):
    for words in ("b = -16", "-π", "exp(-x)", "a - b"):
        ax.set_title(f"At {words}")
        assert "a hyphen for a minus" in found(ax), words
    for words in ("b = \N{MINUS SIGN}16", "0-10", "x-axis", "$10^{-2}$"):
        ax.set_title(f"At {words}")
        assert offences(ax.figure) == [], words


def test_another_width_is_found():
    assert offences(Figure(figsize=(6, 3))) == ["width: 6 inches, the course's is 7.2"]
    assert offences(Figure(figsize=(6, 3)), width=None) == []


def test_small_and_pale_letters_and_letters_outside_are_found(ax):
    ax.text(0.5, 0.5, "small", fontsize=7)
    ax.text(0.5, 0.7, "pale", color="#999999")
    ax.text(0.95, 0.2, "a sentence that does not end in time")
    said = found(ax)
    assert "'small': 7 points, the least is 8" in said
    assert "'pale': contrast 2.8, the least is 4.5" in said
    assert "'a sentence that does not end in time':" in said
    assert "pixels outside of the figure" in said
    assert said.count(";") == 2


def test_contrast_is_that_with_what_is_behind(ax):
    ax.axhspan(0, 1, color="black")
    ax.set_ylim(0, 1)
    ax.text(0.5, 0.5, "hidden", color="black")
    ax.text(0.5, 0.7, "seen", color="white")
    assert offences(ax.figure) == ["'hidden': contrast 1.0, the least is 4.5"]


def test_letters_that_nobody_sees_do_not_count(ax):
    ax.text(0.5, 0.5, "small", fontsize=5, visible=False)
    assert offences(ax.figure) == []


@pytest.mark.parametrize("draw", ["line", "crossing", "dots", "bars"])
def test_a_legend_over_data_is_found(ax, draw):
    ax.set(xlim=(0, 1), ylim=(0, 1))
    if draw == "line":
        ax.plot([0, 1], [0.95, 0.95])
    elif draw == "crossing":  # no vertex of it lies below the legend
        ax.plot([0, 1], [0.3, 1.02])
    elif draw == "dots":
        ax.scatter([0.95], [0.93])
    else:
        ax.bar([0.9], [0.93])
    ax.plot([], [], label="name")
    ax.legend(loc="upper right")
    assert "legend (name): lies over 1 curves, dots or bars" in found(ax)
    ax.legend(loc="lower left")
    assert "legend" not in found(ax)


def test_guides_from_edge_to_edge_may_pass_below_a_legend(ax):
    ax.axhline(0.95)
    ax.plot([], [], label="name")
    ax.set_ylim(0, 1)
    ax.legend(loc="upper right")
    assert offences(ax.figure) == []


def test_series_that_differ_in_little_are_found(ax):
    ax.plot([0, 1], [0, 1], color=COLORS["green"], label="a")
    ax.plot([0, 1], [0, 2], color=COLORS["vermillion"], label="b")
    assert "'a' and 'b': alike in grey or with deuteranopia" in found(ax)
    ax.lines[1].set_linestyle("--")
    assert offences(ax.figure) == []
    ax.lines[1].set(linestyle="-", marker="s")
    assert offences(ax.figure) == []


def test_series_named_in_their_own_colours_are_told_apart(ax):
    for height, name, color in ((1, "a", "#006644"), (2, "b", "#9A4000")):
        (line,) = ax.plot([0, 1], [0, height], color=color, label=name)
        ax.text(0.5, height / 4, name, color=line.get_color())
    assert offences(ax.figure) == []


def test_colours_are_apart_where_grey_and_deuteranopia_part_them():
    assert apart(COLORS["black"], COLORS["orange"])
    assert not apart("#C00000", "#006000")  # the red and green of old
    assert not apart(COLORS["blue"], COLORS["vermillion"])  # alike in grey
    assert contrast("black", "white") == pytest.approx(21)


@pytest.mark.parametrize("name", COLORS)
def test_ink_of_every_colour_can_be_read(name):
    read = contrast(ink(COLORS[name]), "white")
    assert read >= 4.5
    assert read < 5 or ink(COLORS[name]) == COLORS[name].lower()


def test_a_kernel_writes_down_what_it_finds_and_shows_the_same_picture(ax, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "compact_png", figures.compact_png)  # put back afterwards
    picture = figures.compact_png(ax.figure)
    watch(str(tmp_path / "found"))
    assert figures.compact_png(ax.figure) == picture
    assert (tmp_path / "found").read_text() == ""
    ax.text(0.5, 0.5, "small", fontsize=7)
    describe(ax.figure, "Small letters.")
    figures.compact_png(ax.figure)
    assert (tmp_path / "found").read_text() == "Small letters....: 'small': 7 points, the least is 8\n"
