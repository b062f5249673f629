"""What a reader needs of every figure: letters that can be read, inside of the picture."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from utils.plotting.style import SMALL, WIDTH


def visible_texts(figure):
    """All texts but the labels of ticks beyond the limits, which are not drawn."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low <= tick.get_loc() <= high:
                    hidden |= {tick.label1, tick.label2}
    return [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible() and t not in hidden]


def assert_legible(figure):
    """Every text is at least of the style's smallest size and inside of its figure, which fits the page."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    assert figure.get_figwidth() <= WIDTH
    texts = visible_texts(figure)
    assert texts
    for text in texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert text.get_fontsize() >= SMALL, text.get_text()
        assert box.x0 >= -0.5, text.get_text()
        assert box.x1 <= width + 0.5, text.get_text()
        assert box.y0 >= -0.5, text.get_text()
        assert box.y1 <= height + 0.5, text.get_text()


def shown_words(figure):
    """The texts in a figure, as a set."""
    return {text.get_text() for text in figure.findobj(Text) if text.get_text()}
