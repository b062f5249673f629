import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from PIL import Image

from utils import show
from utils.page import describe
from utils.page.figures import compact_png
from utils.plotting import style


@pytest.fixture
def fig():
    mpl.use("Agg")
    with style.course_style():
        yield plt.figure(figsize=(4, 2))
    plt.close("all")


def test_the_style_is_local_and_complete(fig):
    assert mpl.rcParams["axes.spines.top"] is False
    assert mpl.rcParams["figure.figsize"] == [7.2, 3.6]


def test_the_picture_has_two_pixels_for_each_on_the_page_and_few_colours(fig):
    fig.add_subplot().plot([0, 1])
    dpi = fig.dpi
    picture = Image.open(io.BytesIO(compact_png(fig)))
    assert picture.size == (800, 400)
    assert picture.mode == "P"
    assert fig.dpi == dpi


def test_show_closes_the_figure_and_says_what_it_shows(fig, capsys):
    show(describe(fig, " A line\nthat rises. "))
    assert capsys.readouterr().out == "A line that rises.\n"
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("words", ["", "  ", None])
def test_a_figure_without_words_is_refused(fig, words):
    with pytest.raises(ValueError, match="words: got"):
        describe(fig, words)
    with pytest.raises(ValueError, match="fig: got a figure without words"):
        show(fig)


def test_a_plot_function_that_forgets_its_words_is_refused():
    @style.styled
    def plot_nothing():
        return style.new_figure()

    with pytest.raises(ValueError, match="plot_nothing: got a figure without words"):
        plot_nothing()


def test_titles_begin_with_a_capital_and_formulas_and_names_stay():
    titles = {"two ways": "Two ways", "Two": "Two", "sin(x)": "sin(x)", "snnTorch: 3 spikes": "snnTorch: 3 spikes"}

    @style.styled
    def plot_titles():
        fig = style.new_figure()
        for ax, title in zip(fig.subplots(1, len(titles)), titles, strict=True):
            ax.set_title(title, fontsize=9)
            ax.text(0.5, 0.5, "a label")
        return describe(fig, "Titles.")

    axes = plot_titles().axes
    assert [ax.get_title() or ax.get_title("left") for ax in axes] == [*titles.values()]
    assert [ax.texts[0].get_text() for ax in axes] == ["a label"] * 4


def test_a_users_settings_do_not_leak_into_the_figures_and_are_kept():
    with mpl.rc_context({"axes.facecolor": "black", "text.usetex": True, "figure.autolayout": True}):
        mpl.rcParams["axes.labelsize"] = 30

        @style.styled
        def plot_line():
            fig = style.new_figure(2)
            fig.add_subplot().plot([0, 1])
            return describe(fig, "A line.")

        fig = plot_line()
        compact_png(fig)
        (ax,) = fig.axes
        assert to_rgb(ax.get_facecolor()) == (1, 1, 1)
        assert ax.xaxis.label.get_fontsize() == 10
        assert not ax.xaxis.label.get_usetex()
        assert not fig.get_tight_layout()
        assert (mpl.rcParams["text.usetex"], mpl.rcParams["axes.labelsize"]) == (True, 30)


def test_a_figure_is_drawn_with_the_settings_that_it_was_made_with():
    """Ticks and formulas are made when it is drawn, and by then the reader's settings are back."""

    @style.styled
    def plot_line():
        fig = style.new_figure(2)
        ax = fig.add_subplot(title=r"$\tau = 3$")
        ax.plot([-1, 1], [0, 1])
        ax.set_yscale("symlog")
        return describe(fig, "A line.")

    usual = compact_png(plot_line())
    hostile = {"font.size": 30, "text.color": "red", "mathtext.fontset": "stix", "axes.unicode_minus": False}
    hostile |= {"xtick.labelsize": 20, "xtick.color": "red", "figure.facecolor": "black", "text.usetex": True}
    with mpl.rc_context(hostile):
        assert compact_png(plot_line()) == usual
        assert mpl.rcParams["font.size"] == 30
    mpl.rcParams["font.size"] = 30  # for the rest of the session, as seaborn's set_theme does
    try:
        assert compact_png(plot_line()) == usual
    finally:
        mpl.rcdefaults()


def luminance(colour):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(channels, [0.2126, 0.7152, 0.0722]))


def test_excitation_and_inhibition_differ_for_every_colour_vision():
    # The classic confusion lines: protanopes and deuteranopes lose the red-green difference, so blue must differ.
    excitatory, inhibitory = to_rgb(style.EXCITATORY), to_rgb(style.INHIBITORY)
    assert abs(excitatory[2] - inhibitory[2]) > 0.5
    assert (1.05) / (luminance(style.INHIBITORY) + 0.05) > 4.5


def test_limits_are_set_only_where_they_change(fig):
    ax = fig.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    fig.canvas.draw()
    style.set_limits(ax, x=(0, 1), y=(0, 1))
    assert not fig.stale
    style.set_limits(ax, y=(0, 2))
    assert fig.stale
    assert ax.get_ylim() == (0, 2)


def test_the_best_possible_looks_the_same_everywhere(fig):
    ax = fig.add_subplot()
    line = style.best_line(ax, 0.93)
    assert [text.get_text() for text in ax.texts] == ["best possible"]
    assert line.get_color() == style.BEST


def test_chance_line_is_labelled(fig):
    ax = fig.add_subplot()
    style.chance_line(ax, 0.25, "chance 25 %")
    assert [text.get_text() for text in ax.texts] == ["chance 25 %"]


def test_spread_shows_mean_range_and_every_seed(fig):
    ax = fig.add_subplot()
    line = style.spread(ax, [0, 1], [[0.0, 2.0], [2.0, 4.0], [4.0, np.nan]], "ours", "C0")
    assert line.get_ydata().tolist() == [2, 3]
    low, high = ax.collections[0].get_datalim(ax.transData).intervaly
    assert (low, high) == (0, 4)


def test_spread_refuses_shapes_that_do_not_fit(fig):
    with pytest.raises(ValueError, match="samples: got shape"):
        style.spread(fig.add_subplot(), [0, 1, 2], [[1.0, 2.0]], "ours", "C0")


def test_names_at_the_ends_of_lines_do_not_hide_each_other(fig):
    ax = fig.add_axes((0.1, 0.2, 0.6, 0.7))
    ax.set(xlim=(0, 1), ylim=(1e-3, 1), yscale="log")
    ends = [(1, 0.5, "a", "C1"), (1, 0.51, "b", "#222222"), (1, 0.52, "c", "C0"), (1, 0.01, "far away", "C0")]
    style.name_ends(ax, ends)
    fig.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
    assert boxes["a"].y1 <= boxes["b"].y0 + 1
    assert boxes["b"].y1 <= boxes["c"].y0 + 1
    assert boxes["far away"].y0 < ax.transData.transform((1, 0.01))[1] < boxes["far away"].y1
    assert all(box.x0 > ax.bbox.x1 for box in boxes.values())


def test_crowded_places_keep_their_middle():
    assert style.pushed_apart([0, 0, 0, 9], 2) == [-2, 0, 2, 9]
    # A group that grew may reach the one below it.
    assert style.pushed_apart([0, 3, 3.5, 4], 2) == pytest.approx([-0.375, 1.625, 3.625, 5.625])
    assert style.pushed_apart([], 2) == []
