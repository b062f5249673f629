import io
import statistics
import threading
import time

import numpy as np
import pytest
from PIL import Image

from utils import Action, Choice, Slider, SliderPanel, Tabs, Text
from utils.panels.canvas import encode_png

TIME = np.linspace(0, 6, 200)


def draw(fig):
    ax = fig.add_axes([0.1, 0.15, 0.85, 0.75])
    ax.set(ylim=(-3, 3))
    return {"line": ax.plot(TIME, np.sin(TIME))[0], "nested": [(ax.title,)], "ax": ax}


def update(artists, gain, kind="sine"):
    if gain == 2.5:
        artists["line"].set_ydata(0 * TIME)
        raise ValueError("A gain of 2.5 breaks the amplifier.")
    if gain == 2.6:
        raise KeyError("surprise")
    artists["line"].set_ydata(gain * np.sin(TIME))
    return f"A {kind} of amplitude {gain:g}."


def panel(**kwargs):
    sliders = [Slider("gain", "Gain", 0, 3, 1, 0.1, "mV"), Choice("kind", "Kind", ["sine", "wave"], "sine")]
    return SliderPanel("Amplifier", sliders, draw, update, "Move the gain.", **kwargs)


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel.png)))


def test_picture_and_words_follow_the_slider():
    shown = panel()
    before = pixels(shown)
    shown.set(gain=2)
    assert shown.caption == "A sine of amplitude 2."
    assert pixels(shown).shape == before.shape
    assert (pixels(shown) != before).any()
    shown.set(gain=1)
    assert (pixels(shown) == before).all()


def test_what_fails_for_every_value_is_said_and_nothing_escapes():
    broken = []

    def update_once(artists, gain):
        if broken:
            raise TypeError("a name of this panel means something else now")
        return f"Gain {gain:g}."

    shown = SliderPanel("Once", [Slider("gain", "Gain", 0, 3, 1, 0.1)], draw, update_once, "Move it.")
    before = shown.png
    broken.append(True)
    shown.set(gain=2)
    assert shown.caption.startswith("That did not work (TypeError: a name of this panel")
    assert shown.png == before


def test_the_picture_is_the_one_a_full_drawing_gives():
    shown = panel()
    shown.set(gain=2)
    fast = pixels(shown)
    canvas = shown._canvas
    for artist in canvas.moving:
        artist.set_animated(False)
    canvas.canvas.draw()
    full = np.asarray(canvas.canvas.buffer_rgba())[..., :3]
    # Only the order of line and frame may differ, where they cross.
    assert np.mean(np.abs(fast.astype(int) - full).max(-1) > 8) < 0.002


def test_what_moves_without_being_named_is_drawn_too():
    def update_limits(artists, gain):
        artists["ax"].set_ylim(-gain, gain)
        return "limits"

    shown = SliderPanel("t", [Slider("gain", "Gain", 1, 3, 1, 1)], draw, update_limits, "d")
    before = pixels(shown)
    shown.set(gain=3)
    assert (pixels(shown) != before).any()


def test_a_value_outside_of_the_model_gives_a_sentence_and_keeps_the_picture():
    shown = panel()
    shown.set(gain=2)
    before = pixels(shown)
    shown.set(gain=2.5)
    assert shown.caption == "A gain of 2.5 breaks the amplifier."
    assert (pixels(shown) == before).all()
    shown.set(kind="wave", gain=2)
    assert (pixels(shown) == before).all()
    shown.set(gain=2.6)
    assert "KeyError" in shown.caption


def test_an_error_at_the_first_drawing_is_the_authors():
    with pytest.raises(ValueError, match="amplifier"):
        SliderPanel("t", [Slider("gain", "Gain", 0, 3, 2.5, 0.1)], draw, update, "d")


def test_reset_returns_to_the_start():
    shown = panel()
    before = pixels(shown)
    shown.set(gain=3, kind="wave")
    shown.reset_button.click()
    assert shown.values == {"gain": 1, "kind": "sine"}
    assert (pixels(shown) == before).all()


@pytest.mark.parametrize(
    ("slider", "shown", "held"),
    [
        (Slider("a", "A", 0.01, 1.2, 0.1, 0.01), 0.09999999999999999, 0.1),
        (Slider("a", "A", 0.01, 1.2, 0.1, 0.01), 0.10999999999999999, 0.11),
        (Slider("a", "A", -0.5, 1.5, 0.6, 0.01), 0.6100000000000001, 0.61),
        (Slider("a", "A", 0, 6.25, 1.0, 0.25), 1.25, 1.25),
        (Slider("a", "A", 10, 25000, 200, 0.1, log=True), 199.52623149688796, 200),
        (Slider("a", "A", 10, 25000, 200, 0.1, log=True), 251.18864315095797, 251.18864315095797),
        (Slider("a", "A", 1, 9, 3, 1), 4, 4),
    ],
)
def test_what_the_page_rounds_is_not_taken_for_a_move(slider, shown, held):
    calls = []
    panel = SliderPanel("t", [slider], draw, lambda artists, a: calls.append(a) or "x", "d")
    calls.clear()
    panel._controls["a"].value = shown
    assert panel.values == {"a": held}
    assert calls == ([] if held == slider.value else [held])


def test_a_readout_shows_all_decimals_of_a_step():
    assert Slider("a", "A", 0, 6.25, 1.0, 0.25).widget({}, {}).readout_format == ".2f"
    assert Slider("a", "A", -20.0, 20.0, 1.7, 0.1).widget({}, {}).readout_format == ".1f"


def test_several_values_cost_one_picture():
    calls = []

    def counting(artists, **values):
        calls.append(values)
        return "x"

    sliders = [Slider("a", "A", 0, 3, 1, 1), Slider("b", "B", 0, 3, 1, 1)]
    shown = SliderPanel("t", sliders, draw, counting, "d")
    calls.clear()
    shown.set(a=2, b=3)
    assert calls == [{"a": 2, "b": 3}]


def test_bad_values_are_refused_by_name():
    shown = panel()
    with pytest.raises(ValueError, match=r"gain: got 4, allowed is 0 to 3"):
        shown.set(gain=4)
    with pytest.raises(ValueError, match="kind: got 'square'"):
        shown.set(kind="square")
    with pytest.raises(ValueError, match="loudness: no such control"):
        shown.set(loudness=1)
    assert shown.values == {"gain": 1, "kind": "sine"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a", "A", 1, 1, 1, 1), "min < max"),
        (("a", "A", 0, 1, 2, 1), "allowed is 0 to 1"),
        (("a", "A", 0, 1, 0, 0), "step > 0"),
        (("a", "A", 0, 1, 1, 1, "", True), "more than 0"),
    ],
)
def test_bad_sliders_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        Slider(*arguments)


def test_a_panel_needs_controls_of_different_names():
    with pytest.raises(ValueError, match="sliders: got"):
        SliderPanel("t", [], draw, update, "d")
    with pytest.raises(ValueError, match="sliders: got"):
        SliderPanel("t", [Text("a", "A", "x"), Text("a", "A", "x")], draw, update, "d")


def test_whole_numbers_stay_whole_and_logarithmic_sliders_work():
    values = []

    def keep(artists, **now):
        values.append(now)
        return "x"

    sliders = [Slider("n", "N", 1, 9, 3, 1), Slider("r", "R", 1, 100, 10, 0.1, log=True), Text("f", "f(x)", "x")]
    shown = SliderPanel("t", sliders, draw, keep, "d")
    shown.set(n=4, r=100, f="x**2")
    assert isinstance(values[-1]["n"], int)
    assert values[-1] == {"n": 4, "r": pytest.approx(100), "f": "x**2"}


def test_show_says_what_there_is(capsys):
    panel().show()
    assert capsys.readouterr().out.splitlines() == [
        "Slider panel: Amplifier",
        "Move the gain.",
        "A sine of amplitude 1.",
    ]


def test_an_action_reports_and_can_be_stopped():
    reached, entered = [], threading.Event()

    def train(artists, values, report, stopped):
        for step in range(10_000):
            if stopped():
                return f"Stopped, kept {len(reached)} steps."
            reached.append(step)
            report(step / 10_000, f"step {step}")
            entered.set()
            time.sleep(0.001)
        return "Finished."

    shown = panel(action=Action("Train", train))
    shown.run_action()
    assert entered.wait(10)
    assert shown._button.description == "Stop"
    shown.run_action()
    assert shown.wait(10)
    assert shown.caption == f"Stopped, kept {len(reached)} steps."
    assert 0 < len(reached) < 10_000
    assert shown._button.description == "Train"


def test_the_bar_of_an_action_starts_anew_with_other_values():
    def work(artists, values, report, stopped):
        report(1.0, "all of it")
        return "Finished."

    shown = panel(action=Action("Train", work))
    for change in (shown.reset, lambda: shown.set(gain=2)):
        shown.run_action()
        assert shown.wait(10)
        assert shown._bar.value == 1
        change()
        assert shown._bar.value == 0


def test_an_action_that_fails_gives_a_sentence():
    def fail(artists, values, report, stopped):
        raise ValueError("Nothing to train on.")

    shown = panel(action=Action("Train", fail))
    shown.run_action()
    assert shown.wait(10)
    assert shown.caption == "Nothing to train on."


def test_a_panel_without_action_says_so():
    with pytest.raises(ValueError, match="has none"):
        panel().run_action()


def test_moving_costs_less_than_drawing_anew():
    shown = panel()

    def cost(prepare):
        times = []
        for step in range(9):
            prepare()
            start = time.process_time()
            shown.set(gain=0.2 * step)
            times.append(time.process_time() - start)
        return statistics.median(times)

    fast = cost(lambda: None)
    slow = cost(lambda: setattr(shown._canvas, "background", None))
    assert fast < slow


def test_tabs_need_sections_and_name_them(capsys):
    with pytest.raises(ValueError, match="sections"):
        Tabs({})
    Tabs({"one": "<p>1</p>", "two": "<p>2</p>"}).show()
    assert capsys.readouterr().out == "Tabs: one, two\n"


def test_an_artist_named_twice_is_drawn_once():
    def draw_twice(fig):
        (line,) = fig.add_axes([0, 0, 1, 1]).plot(TIME, TIME)
        return {"line": line, "again": [line]}

    shown = SliderPanel("t", [Slider("a", "A", 0, 3, 1, 1)], draw_twice, lambda artists, a: "x", "d")
    assert len(shown._canvas.moving) == 1


@pytest.mark.parametrize("shape", [(1, 1, 4), (3, 5, 4), (40, 1, 4)])
def test_the_encoded_picture_holds_every_pixel(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(encode_png(picture)))) == picture[..., :3]).all()


def film(**changes):
    frames = Slider("epoch", "epoch", 0, 20, 0, 1)
    return SliderPanel(
        "Film", [frames], draw, lambda artists, epoch: f"Epoch {epoch}.", "Play it.", **{"play": 4, **changes}
    )


def test_a_film_plays_its_slider_and_stands_still_until_it_is_asked_to():
    shown = film()
    player = shown._film
    assert (player.min, player.max, player.value, player.interval) == (0, 20, 0, 200)
    assert not player.playing
    player.playing = True
    shown.reset()
    assert not player.playing


def test_only_a_short_film_over_whole_numbers_can_be_played():
    with pytest.raises(ValueError, match="play: got 11 seconds, allowed are more than 0 and at most 10"):
        film(play=11)
    with pytest.raises(ValueError, match="play: got a film over gain"):
        panel(play=3)
