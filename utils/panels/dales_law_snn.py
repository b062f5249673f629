"""Slider panels of notebook 06, and the sounds that can be played there."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from utils.datasets.sound import ipd_spikes
from utils.datasets.stereo import SAMPLE_RATE, fibre_rates, sound_to_spikes, stereo_sound, wav_bytes
from utils.page import approx, counted, emit, escape
from utils.panels.controls import Action, Slider
from utils.panels.slider_panel import SliderPanel
from utils.plotting.dales_law_snn import ConfusionFilm, HeardSound, OneSound, OneUnit, TenSounds


def audio_html(sound: np.ndarray, name: str, sample_rate: int = SAMPLE_RATE) -> str:
    """A player for a sound: it starts only when asked, has a volume and works by keyboard.

    Args:
        sound: shape (2, n_samples), from -1 to 1.
        name: what a screen reader calls it.
        sample_rate: samples a second.

    Returns:
        HTML that holds the sound.
    """
    data = base64.b64encode(wav_bytes(sound, sample_rate)).decode("ascii")
    return (
        f'<audio controls preload="metadata" aria-label="{escape(name)}" style="width:100%;max-width:30em" '
        f'src="data:audio/wav;base64,{data}"></audio>'
    )


def play(sound: np.ndarray, sample_rate: int = SAMPLE_RATE) -> None:
    """Show a player for a sound.

    Args:
        sound: shape (2, n_samples), from -1 to 1.
        sample_rate: samples a second.
    """
    seconds = np.asarray(sound).shape[1] / sample_rate
    words = f"A sound for two ears, {seconds:.1f} s, at {sample_rate / 1000:.1f} kHz. Use headphones, start softly."
    emit(words, f"<p>{escape(words)}</p>{audio_html(sound, words, sample_rate)}")


def one_sound() -> SliderPanel:
    """Spikes of one sound: move the phase difference and the rate.

    Returns:
        The panel.
    """
    picture = OneSound()

    def update(_: Any, ipd: float, rate: float) -> str:
        generator = torch.Generator().manual_seed(1)
        spikes = ipd_spikes(torch.deg2rad(torch.tensor([float(ipd)])), generator, peak_rate=rate)[0]
        picture.update(spikes)
        share = approx(100 * spikes.float().mean(), 2)
        return f"The right ear's bands come {_side(ipd, 20)}; a fibre fires on {share} % of the steps."

    return SliderPanel(
        "One sound",
        [Slider("ipd", "phase difference", -90, 90, 60, 5, "°"), Slider("rate", "peak rate", 0, 1000, 600, 50, "Hz")],
        picture.draw,
        update,
        "Move the phase difference and watch the right ear. Then turn the rate down: how few spikes can you still read "
        "the direction from?",
        figsize=(7.2, 3.4),
    )


def _side(ipd: float, frequency: float) -> str:
    if ipd == 0:
        return "at the same time"
    delay = abs(ipd) / 360 * 1000 / frequency
    return f"{delay:.1f} ms {'earlier' if ipd > 0 else 'later'}"


def hear_it() -> SliderPanel:
    """A sound to hear, and beside it what the nerve makes of it: move the phase difference and the speed of the swing.

    Returns:
        The panel; its player holds the sound of the sliders.
    """
    import ipywidgets as widgets

    picture, player = HeardSound(), widgets.HTML()

    def update(_: Any, ipd: float, frequency: float) -> str:
        sound = stereo_sound(math.radians(ipd), 1.0, frequency)
        # From 200 ms on, where the ramp at the beginning is long over.
        start = round(0.2 * SAMPLE_RATE)
        part = sound[:, start : start + round(0.2 * SAMPLE_RATE)]
        spikes = sound_to_spikes(part, SAMPLE_RATE, torch.Generator().manual_seed(1))[0]
        picture.update(fibre_rates(part, SAMPLE_RATE)[:100, [0, 100]].T, spikes)
        side = _side(ipd, frequency)
        words = f"Noise that swings {counted(frequency, 'time')} a second; the right ear's swing comes {side}."
        player.value = audio_html(sound, words)
        return words

    panel = SliderPanel(
        "Hear it",
        [
            Slider("ipd", "phase difference", -90, 90, 60, 15, "°"),
            Slider("frequency", "swings a second", 2, 40, 20, 2, "Hz"),
        ],
        picture.draw,
        update,
        "Use headphones and start softly. At 20 Hz, which the network knows, can you tell 60 degrees from -60 degrees? "
        "Slow the swing down to 2 Hz: now you hear the sound walk from one ear to the other.",
        figsize=(7.2, 3.4),
    )
    panel.box.children = (player, *panel.box.children)
    return panel


def one_hidden_unit(unit_step: Callable[..., Any], dale_weights: Callable[..., Tensor]) -> SliderPanel:
    """One hidden unit between 20 excitatory and 20 inhibitory fibres, made of the student's own functions.

    Args:
        unit_step: `unit_step(v, s, h, decay, spike)` -> next potential and next spike.
        dale_weights: `dale_weights(w, sign)` -> weights that obey Dale's law.

    Returns:
        The panel.
    """
    arriving = torch.rand(100, 40, generator=torch.Generator().manual_seed(2))
    signs = torch.cat([torch.ones(20, 1), -torch.ones(20, 1)])
    picture = OneUnit()

    def update(_: Any, excitatory: float, inhibitory: float, weight: float) -> str:
        inputs = arriving < torch.cat([torch.full((20,), excitatory), torch.full((20,), inhibitory)]) / 1000
        current = inputs.float() @ dale_weights(torch.full((40, 1), weight), signs)
        v, s, potential, spikes = torch.zeros(1), torch.zeros(1), [], []
        for h in current:
            potential.append(v)
            spikes.append(s)
            v, s = unit_step(v, s, h, math.exp(-1 / 5), lambda x: (x > 0).to(x.dtype))
        picture.update(inputs, torch.cat(potential), torch.cat(spikes))
        fired = counted(int(sum(spikes)), "time")
        return f"The unit fires {fired} in 100 ms; its mean input is {approx(current.mean(), 2)} thresholds a step."

    return SliderPanel(
        "One hidden unit",
        [
            Slider("excitatory", "excitatory rate", 0, 400, 200, 10, "Hz"),
            Slider("inhibitory", "inhibitory rate", 0, 400, 120, 10, "Hz"),
            Slider("weight", "size of every weight", 0.0, 0.5, 0.15, 0.01),
        ],
        picture.draw,
        update,
        "Raise the excitation until the unit fires as fast as it can: on two steps of every four, since a spike "
        "empties the potential one step late. Then balance it: the unit fires now and then, when inputs happen to "
        "come together.",
        figsize=(7.2, 3.9),
    )


def learning_film(true_ipd: Tensor, named: Sequence[Tensor]) -> SliderPanel:
    """The confusion matrix over the epochs of a training.

    Args:
        true_ipd: phase differences of the sounds in radians, shape (n,).
        named: the class named for each of them, shape (n,), by the untrained network and after each epoch.

    Returns:
        The panel, with one slider over the epochs.
    """
    from utils.datasets.sound import ipd_to_class

    labels = ipd_to_class(true_ipd)
    degrees = np.degrees(true_ipd.numpy())
    accuracies = [100 * float((classes == labels).float().mean()) for classes in named]
    picture = ConfusionFilm(accuracies)

    def update(_: Any, epoch: int) -> str:
        return picture.update(epoch, degrees, named[epoch].numpy())

    last = len(named) - 1
    return SliderPanel(
        "A film of learning",
        [Slider("epoch", "epoch", 0, last, 0, 1)],
        picture.draw,
        update,
        f"Move from the untrained network through {counted(last, 'epoch')}. What comes first: left against right, or "
        "the classes? Which classes are told apart last?",
        figsize=(7.2, 3.3),
        play=8,
    )


def listening_test(directions: Sequence[float], listeners: Mapping[str, Sequence[float]], seed: int = 0) -> SliderPanel:
    """Ten sounds to be placed by ear, beside the answers of other listeners.

    Nothing leaves the machine, and the sounds are the same for everyone.

    Args:
        directions: of the sounds in degrees, shape (n_sounds,).
        listeners: "network" and "ideal observer" -> their answers in degrees, shape (n_sounds,).
        seed: of the noise.

    Returns:
        The panel: a player, a slider for the sound, a slider for the answer, and a button to give it.
    """
    import ipywidgets as widgets

    picture, player = TenSounds(directions, listeners), widgets.HTML()
    yours: dict[int, float] = {}
    shown: list[int] = []

    def update(_: Any, sound: int, angle: float) -> str:
        if shown != [sound]:  # the player starts anew only for another sound
            heard = stereo_sound(math.radians(directions[sound - 1]), 1.0, seed=seed + sound)
            player.value = audio_html(heard, f"sound {sound} of {len(directions)}")
            shown[:] = [sound]
        return picture.update(yours, sound - 1, angle)

    def answer(_: Any, values: dict[str, Any], report: Any, stopped: Any) -> str:
        yours[values["sound"] - 1] = values["angle"]
        said = picture.update(yours, values["sound"] - 1, values["angle"])
        report(len(yours) / len(directions), said)
        return said

    panel = SliderPanel(
        "You against the network",
        [
            Slider("sound", "sound", 1, len(directions), 1, 1),
            Slider("angle", "my answer", -90, 90, 0, 5, "°"),
        ],
        picture.draw,
        update,
        "Use headphones. Play a sound, move the answer to where it seems to come from (-90 is left, its swing comes "
        "earlier in the left ear; 90 is right), and give the answer. Then take the next sound.",
        figsize=(7.2, 3.6),
        action=Action("Give answer", answer),
        forget=yours.clear,
    )
    panel.box.children = (player, *panel.box.children)
    # A list, since the names of a notebook's notes are sorted when it is stored.
    answers = [[name, [round(angle, 1) for angle in angles]] for name, angles in listeners.items()]
    panel.notes = {"listening": {"directions": [round(angle, 1) for angle in directions], "listeners": answers}}
    return panel


def site_panels() -> dict[str, Callable[[], SliderPanel]]:
    """The panels of the website, made from the reference solutions.

    Returns:
        Id of the notebook's cell -> a function that makes its panel.
    """
    from utils.exercises import get

    def film() -> SliderPanel:
        from utils.training.dale_conditions import Condition, draw_sounds
        from utils.training.watched import train_watched

        sounds = draw_sounds(seed=0, phase="shared", n_train=2048)
        [watched] = train_watched([Condition(layout="block", phase="shared", epochs=25)], sounds)
        return learning_film(watched.ipd, watched.named)

    def unit() -> SliderPanel:
        panel = one_hidden_unit(get("06.unit_step").reference, get("06.dale_weights").reference)
        panel.site_values = {
            "excitatory": (*range(0, 300, 20), 300, 350, 400),
            "inhibitory": tuple(range(0, 401, 40)),
            "weight": (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
        }
        return panel

    return {
        "sound-panel": one_sound,
        "hear-panel": hear_it,
        "unit-panel": unit,
        "film-panel": film,
    }
