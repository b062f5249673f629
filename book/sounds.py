"""Sounds that a page makes itself, by Web Audio, where its sliders stand: a file for each state would be too heavy."""

from __future__ import annotations

import base64
import json
import math
from html import escape

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
    about = {"rate": SAMPLE_RATE, "seconds": SECONDS, "level": LEVEL, "ramp": RAMP, "noise": noise_signs()}
    return (
        f'<div class="course-sound" data-sound="{escape(json.dumps(about))}">'
        '<button type="button">Play the sound</button> '
        f'<label for="{name}-volume">volume</label> '
        f'<input type="range" id="{name}-volume" min="0" max="100" value="30" step="5" autocomplete="off">'
        f'<span>Use headphones, start softly.</span></div><script defer src="{root}_static/sound.js"></script>'
    )
