"""Sounds that a page makes itself, by Web Audio, where its sliders stand: a file for each state would be too heavy."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from utils.datasets.stereo import SAMPLE_RATE, stereo_sound

# The panels that are heard: those whose controls `ipd` (in degrees) and `frequency` (in Hz) are a sound's.
HEARD = ("06-hear-panel",)
SECONDS, LEVEL, RAMP = 1.0, 0.2, 0.02


def noise_signs() -> str:
    """The signs of the noise that swings, eight in a byte, in base64."""
    # Two swings in opposite phase add up to the noise alone.
    one, other = (stereo_sound(0.0, SECONDS, phase=phase, level=LEVEL, ramp=RAMP)[0] for phase in (0.0, math.pi))
    return base64.b64encode(np.packbits(one + other > 0).tobytes()).decode()


def sound_html(name: str, root: str = "../") -> str:
    """A button and a volume for a panel that is heard; empty for the others.

    Args:
        name: of the panel.
        root: way from the page to the website's root.
    """
    if name not in HEARD:
        return ""
    return f'<div class="course-sound" data-sound="{escape(json.dumps(_about()))}">{_player(name)}</div>{_script(root)}'


def listening_html(test: Mapping[str, Any], still: str, words: str, where: str, number: int, root: str = "../") -> str:
    """Ten sounds to be placed by ear, beside other listeners' answers.

    Args:
        test: "directions" of the sounds and "listeners", pairs of a name and answers, all in degrees, as the notebook
            stored them.
        still: HTML of the notebook's picture, for pages without JavaScript.
        words: what that picture shows.
        where: address at which the notebook runs.
        number: of the panel on its page, for names of its parts.
        root: way from the page to the website's root.
    """
    name = f"panel-{number}"
    about = escape(json.dumps(_about() | dict(test)))
    return (
        f'<div class="course-panel course-listening" data-listening="{about}" role="group" '
        'aria-label="You against the network"><div class="course-panel-controls">'
        f'<div class="course-sound">{_player(name)}</div>'
        f'<div class="course-panel-row"><label for="{name}-answer">my answer (degrees)</label>'
        f'<input type="range" id="{name}-answer" data-control min="-90" max="90" value="0" step="5" autocomplete="off">'
        f'<output for="{name}-answer">0</output></div>'
        '<div class="course-panel-buttons"><button type="button" data-button="answer">Give answer</button>'
        '<button type="button" data-button="again" disabled>Start again</button></div></div>'
        f'<div class="course-listening-still">{still}</div><div data-scale></div>'
        f'<p class="course-panel-words" role="status">{escape(words)}</p>'
        '<p class="course-panel-more">The network and the ideal observer answered in the notebook, to spikes from '
        "these directions. Your answers stay on this page. "
        f'<span class="course-panel-still">This picture stands still without JavaScript. </span>'
        f'<a href="{escape(where)}">Move it in Colab</a>.</p></div>{_script(root)}'
    )


def _about() -> dict[str, Any]:
    return {"rate": SAMPLE_RATE, "seconds": SECONDS, "level": LEVEL, "ramp": RAMP, "noise": noise_signs()}


def _player(name: str) -> str:
    return (
        '<button type="button">Play the sound</button> '
        f'<label for="{name}-volume">volume</label> '
        f'<input type="range" id="{name}-volume" min="0" max="100" value="30" step="5" autocomplete="off">'
        "<span>Use headphones, start softly.</span>"
    )


def _script(root: str) -> str:
    return f'<script defer src="{root}_static/sound.js"></script>'
