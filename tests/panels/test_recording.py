"""What is recorded of a panel: which states, how they are packed, and that equal pictures are kept once."""

import io
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image
from small_panels import draw, film, many, update, waves, work

from utils.panels import Choice, Slider, SliderPanel, Text
from utils.panels.recording import DPI, Recorder, differences, signed, varint
from utils.panels.states import (
    ALL_STATES,
    GRID_STATES,
    outline,
    packed,
    plan,
    positions,
    record,
    script,
    shown,
    thinned,
)


def unpacked(data):
    """The parts of a packed recording, the first one read as JSON."""
    whole, parts = zlib.decompress(data, -15), []
    while whole:
        size = int.from_bytes(whole[:4], "little")
        parts.append(whole[4 : 4 + size])
        whole = whole[4 + size :]
    return json.loads(parts[0]), parts[1:]


@pytest.fixture(scope="module")
def recording():
    return record(waves())


@pytest.fixture(scope="module")
def worked():
    return record(work())


class TestNumbers:
    @given(st.integers(0, 2**40))
    def test_varint_can_be_read_back(self, number):
        data = varint(number)
        assert sum((byte & 127) << 7 * place for place, byte in enumerate(data)) == number
        assert [byte > 127 for byte in data] == [True] * (len(data) - 1) + [False]

    def test_small_numbers_of_both_signs_take_a_byte(self):
        assert signed([0, -1, 1, -2, 63, -64]) == bytes([0, 1, 2, 3, 126, 127])

    def test_points_are_kept_as_steps(self):
        assert differences(np.array([[5, 7], [6, 7], [4, 9]])) == signed([5, 1, -2, 7, 0, 2])


class TestStops:
    @pytest.mark.parametrize(
        ("control", "first", "last", "count"),
        [
            (Slider("a", "a", 0, 2, 1, 0.1), 0, 2, 21),
            (Slider("a", "a", 2, 20, 10, 1), 2, 20, 19),
            (Slider("a", "a", 0.01, 10, 0.1, 0.05, log=True), 0.01, 10, 61),
            (Choice("a", "a", ["x", "y"], "y"), "x", "y", 2),
            (Text("a", "a", "x"), "x", "x", 1),
        ],
    )
    def test_positions(self, control, first, last, count):
        values = positions(control)
        assert (values[0], values[-1], len(values)) == (
            pytest.approx(first) if first != str(first) else first,
            last,
            count,
        )
        assert control.value in values

    def test_a_start_off_the_grid_takes_the_place_of_its_neighbour(self):
        values = positions(Slider("a", "a", 10, 25000, 200, 0.1, log=True))
        assert 200 in values
        assert values == sorted(values)

    def test_read_outs(self):
        assert shown(Slider("a", "a", 0, 2, 1, 0.25), 0.5) == "0.50"
        assert shown(Slider("a", "a", 0, 2, 1, 1), 2) == "2"
        assert shown(Slider("a", "a", 0, 2000, 1, 1), 1500) == "1,500"
        # As many digits as a reader would say; the notebook says "2.00e+4" here.
        assert shown(Slider("a", "a", 10, 25000, 200, 0.1, log=True), 19952.6) == "20,000"
        assert shown(Slider("a", "a", 0.001, 1, 0.2, 0.1, log=True), 0.0316228) == "0.0316"
        assert shown(Choice("a", "a", ["x"], "x"), "x") == "x"

    @given(st.integers(2, 400), st.integers(3, 50), st.integers(0, 399))
    def test_thinned(self, count, wanted, start):
        start = min(start, count - 1)
        chosen = thinned(count, wanted, start)
        assert len(chosen) <= max(wanted, 2)
        assert {0, count - 1, start} <= set(chosen)
        assert list(chosen) == sorted(set(chosen))


class TestPlan:
    def test_few_states_are_all_kept(self):
        (grid,) = plan([100, 100], [3, 4])
        assert len(grid) == 10_000 <= ALL_STATES

    def test_of_three_sliders_a_grid(self):
        (grid,) = plan([29, 31, 1000], [0, 5, 77])
        assert GRID_STATES / 2 < len(grid) <= GRID_STATES
        assert 77 in grid.stops[2]

    def test_of_more_each_alone_and_each_pair(self):
        grids = plan([100] * 4, [50] * 4)
        assert sorted(len(grid.controls) for grid in grids) == [1] * 4 + [2] * 6
        assert all(50 in stops for grid in grids for stops in grid.stops)

    def test_stops_that_no_grid_has_are_no_places_for_a_handle(self):
        whole = outline(many())
        used = [{grid.stops[grid.controls.index(c)] for grid in whole.grids if c in grid.controls} for c in range(4)]
        for stops, sets in zip(whole.stops, used, strict=True):
            assert set().union(*sets) == set(range(len(stops)))
            assert stops[whole.starts[0]] == 0.5

    def test_what_the_website_keeps_can_be_chosen(self):
        panel = waves()
        panel.site_values = {"height": (0.5, 1.0)}
        assert len(record(panel).states) == 2 * 5 * 2
        for bad in ({"height": (0.5,)}, {"none": (1,)}):
            panel.site_values = bad
            with pytest.raises(ValueError, match=r"site_values: got|allowed is a list"):
                outline(panel)


class TestRecording:
    def test_every_state_has_its_sentence(self, recording):
        assert len(recording.states) == 11 * 5 * 2
        said = recording.sentences.entries
        for numbers, (_, sentence, warning, _) in zip(recording.all_numbers(), recording.states, strict=True):
            values = recording.values(numbers)
            assert warning == (values["height"] > 1.85)
            if warning:
                assert said[sentence] == "height: got more than 1.85, allowed is less"
            else:
                assert (
                    said[sentence]
                    == f"A {values['kind']} of {values['turns']} turns, {values['height']:.1f} high, by x."
                )

    def test_backgrounds_are_kept_once_for_each_pair_of_limits(self, recording):
        assert len(recording.backgrounds.entries) == 2
        by_turns = {
            (recording.values(numbers)["turns"] >= 4, state[0])
            for numbers, state in zip(recording.all_numbers(), recording.states, strict=True)
            if not state[2]
        }
        assert len(by_turns) == 2

    def test_a_title_that_changes_is_a_background_of_its_own(self):
        def retitle(artists, turns):
            artists["axes"].set_title(f"turn {turns}")
            return update(artists, 1, turns)

        panel = SliderPanel("t", [Slider("turns", "turns", 1, 5, 2, 1)], draw, retitle, "d")
        assert len(record(panel).backgrounds.entries) == 5

    def test_equal_states_cost_nothing(self, recording):
        states = [state for state in recording.states if not state[2]]
        # Height 0 looks alike whatever the turns are, but for the area, the words and the limits.
        flat = [set(s[3]) for n, s in zip(recording.all_numbers(), recording.states, strict=True) if n[0] == 0]
        assert set.intersection(*flat[:2])
        assert len(recording.recorder.operations.entries) < sum(len(state[3]) for state in states)

    def test_the_same_panel_gives_the_same_bytes_and_is_left_as_it_was(self, recording):
        panel = waves()
        before, sharpness = panel.png, panel._canvas.figure.dpi
        assert packed(record(panel)) == packed(recording)
        assert panel.png == before
        assert panel._canvas.figure.dpi == sharpness != DPI

    def test_work_is_recorded_for_each_place_of_the_sliders(self, worked):
        assert [numbers for numbers, _ in worked.films] == list(worked.all_numbers())
        assert all(count == 11 for _, count in worked.films)
        assert worked.sentences.entries[worked.states[-1][1]] == "Done."


class TestPacking:
    def test_head(self, recording):
        head, (operations, _, _, states, sentences, pixels) = unpacked(packed(recording))
        assert (head["width"], head["height"]) == (1440, 720)
        assert [control["kind"] for control in head["controls"]] == ["slider", "slider", "choice"]
        assert head["controls"][0]["stops"][:2] == ["0.0", "0.2"]
        assert [control["start"] for control in head["controls"]] == [5, 1, 0]
        assert head["grids"] == [
            {"controls": [0, 1, 2], "stops": [list(range(11)), list(range(5)), [0, 1]], "first": 0}
        ]
        assert sentences.decode().split("\n") == recording.sentences.entries
        assert sum(image["width"] * image["height"] for image in head["images"]) == len(pixels)
        assert operations
        assert states

    def test_films_and_buttons(self, worked):
        assert unpacked(packed(record(film())))[0]["play"] == 1
        head, _ = unpacked(packed(worked))
        assert head["action"] == "Run"
        assert head["films"][0] == {"at": [0, 0], "first": 6, "count": 11}
        assert head["controls"][1]["stops"] == ["x", "x + 1"]

    def test_a_state_costs_little(self, recording):
        alone = waves()
        alone.site_values = {"height": (1.0,), "turns": (2,), "kind": ("sine",)}
        # What is there once, whatever the number of states: letters, axes, styles.
        once = len(script("waves", record(alone)))
        assert once < 15_000
        assert (len(script("waves", recording)) - once) / (len(recording.states) - 1) < 350

    def test_many_colours_are_kept_as_webp(self):
        colours = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
        panel = SliderPanel(
            "t",
            [Slider("a", "a", 0, 1, 0, 1)],
            lambda fig: [fig.add_subplot().imshow(colours, interpolation="bilinear")],
            lambda artists, a: "One map.",
            "d",
        )
        head, parts = unpacked(packed(record(panel)))
        (image,) = head["images"]
        with Image.open(io.BytesIO(parts[-1][: image["bytes"]])) as kept:
            assert kept.size == (40, 40)


class TestRecorder:
    def test_what_cannot_be_shown_is_refused(self):
        fig = Figure()
        fig.add_subplot().bar([1], [1], hatch="/")
        with pytest.raises(ValueError, match="hatch"):
            Recorder(640, 480).record([fig])

    def test_lines_along_the_axes_are_told_from_slanted_ones(self):
        fig = Figure(figsize=(2, 2), dpi=DPI)
        recorder = Recorder(400, 400)
        flat, slanted = (recorder.record([fig.add_artist(_line(fig, ends))])[0] for ends in ((0.5, 0.5), (0.2, 0.8)))
        assert [recorder.operations.entries[one][0] for one in (flat, slanted)] == [1, 0]

    def test_a_line_of_many_points_on_one_way_is_kept_short(self):
        fig = Figure(figsize=(2, 2), dpi=DPI)
        ax = fig.add_axes((0, 0, 1, 1))
        (line,) = ax.plot(np.linspace(0, 1, 2000), np.linspace(0, 1, 2000))
        (number,) = Recorder.record(recorder := Recorder(400, 400), [line])
        assert len(recorder.operations.entries[number]) < 30

    def test_what_is_seen_through_has_its_alpha(self):
        fig = Figure(figsize=(2, 2), dpi=DPI)
        ax = fig.add_axes((0, 0, 1, 1))
        recorder = Recorder(400, 400)
        recorder.record([ax.axvspan(0, 0.5, color="#0072b2", alpha=0.5)])
        recorder.record([ax.text(0.5, 0.5, "seen", color="#0072b2", alpha=0.25)])
        assert {"#0072b280", "#0072b240"} <= {style[0] for style in recorder.styles.entries}


def _line(fig, ends):
    from matplotlib.lines import Line2D

    return Line2D((0, 1), ends, transform=fig.transFigure)
