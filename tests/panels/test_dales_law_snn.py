"""The panels of notebook 06, built without the notebook and moved to their ends."""

import base64
import re

import numpy as np
import pytest
import torch

import utils.panels.dales_law_snn as panels
from utils.datasets.sound import ipd_to_class
from utils.datasets.stereo import stereo_sound
from utils.exercises import get


@pytest.fixture
def unit():
    return panels.one_hidden_unit(get("06.unit_step").reference, get("06.dale_weights").reference)


def moved(panel, **values):
    panel.set(**values)
    return panel.caption


def test_the_sound_panel_says_which_ear_leads():
    panel = panels.one_sound()
    assert "8.3 ms earlier" in panel.caption
    assert "12.5 ms later" in moved(panel, ipd=-90)
    assert "at the same time" in moved(panel, ipd=0)
    assert "fires on ~0 % of the steps" in moved(panel, rate=0)
    assert float(re.search(r"~(\d+)", moved(panel, rate=1000))[1]) > 30


def test_the_sound_to_hear_is_the_one_of_the_sliders():
    panel = panels.hear_it()
    player = panel.box.children[0]

    def heard():
        return base64.b64decode(re.search(r'base64,([^"]+)"', player.value)[1])

    first = heard()
    assert first[:4] == b"RIFF"
    assert 'aria-label="Noise that swings 20 times a second' in player.value
    assert "autoplay" not in player.value
    assert moved(panel, ipd=-90, frequency=2).endswith("the right ear's swing comes 125.0 ms later.")
    assert heard() != first
    samples = np.frombuffer(heard()[44:], "<i2").reshape(-1, 2)
    assert samples.shape == (44100, 2)
    moved(panel, ipd=90, frequency=40)


def test_the_unit_fires_on_two_steps_of_four_at_most(unit):
    assert "fires 17 times" in unit.caption
    assert "fires 0 times" in moved(unit, excitatory=0)
    assert "fires 50 times" in moved(unit, excitatory=400, inhibitory=0, weight=0.5)
    assert "fires 0 times" in moved(unit, weight=0.0)


def test_the_film_runs_from_the_untrained_network_to_the_last_epoch():
    ipd = torch.deg2rad(torch.arange(-89.5, 90))
    labels = ipd_to_class(ipd)
    film = panels.learning_film(ipd, [torch.zeros_like(labels), labels])
    assert film.play
    assert film.caption.startswith("After 0 epochs: ~8.33 % named right")
    assert "~1.00 of the 12 classes in use" in film.caption
    assert moved(film, epoch=1).startswith("After 1 epoch: ~100 % named right, ~100 % right or one class off")


def test_the_listening_test_counts_answers_and_hides_the_truth_until_then():
    directions = [-60.0, 10.0, 45.0]
    panel = panels.listening_test(directions, {"network": [-52.5, 7.5, 37.5], "ideal observer": directions})
    assert "Not answered yet" in panel.caption
    picture = panel._canvas.artists
    assert [len(line.get_xdata()) for line in picture.points.values()] == [0, 0, 0]
    panel.set(sound=2, angle=40)
    panel.run_action()
    assert panel.wait(20)
    assert "over 1 sound: you ~30°, network ~2.5°, ideal observer ~0°" in panel.caption
    assert picture.points["you"].get_xydata().tolist() == [[10, 40]]
    panel.set(sound=3, angle=45)
    panel.run_action()
    assert panel.wait(20)
    assert "over 2 sounds: you ~15° (sd ~21°)" in panel.caption
    panel.reset_button.click()
    assert "Not answered yet" in panel.caption


def test_the_same_sound_is_sent_to_the_page_once():
    panel = panels.listening_test([0.0, 30.0], {"network": [0.0, 0.0], "ideal observer": [0.0, 0.0]})
    player = panel.box.children[0]
    before = player.value
    panel.set(angle=50)
    assert "For sound 1 you point to 50°." in panel.caption
    assert list(panel._canvas.artists.pointing.get_ydata()) == [50, 50]
    assert player.value is before
    panel.set(sound=2)
    assert player.value != before


def test_a_played_sound_has_words(capsys):
    panels.play(stereo_sound(0.5, 0.5))
    assert "A sound for two ears, 0.5 s, at 44.1 kHz" in capsys.readouterr().out


def test_every_panel_of_the_site_can_be_built():
    made = panels.site_panels()
    assert set(made) == {"sound-panel", "hear-panel", "unit-panel", "film-panel"}
    for name, make in made.items():
        if name != "film-panel":  # seconds of training: tests/book/test_site_panels.py
            assert make().caption
