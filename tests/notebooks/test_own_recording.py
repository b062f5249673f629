"""Notebook 04 on a recording of one's own: every cell runs, nothing is undefined, nothing tells of another one."""

import contextlib
import io

import nbformat
import numpy as np
import pytest

from course import notebook_paths

# These two look at simulated populations whatever is loaded, and take half of the time.
WITHOUT = {"bootstrap", "bound", "wobble"}
# Two seeds go through every line that five go through. Cell id -> what stands there, and what is run.
TWO_SEEDS = {
    "activations": ("range(3)", "range(2)"),
    "decode-all-run": ("n_seeds=5", "n_seeds=2"),
    "own-decoding": ("n_seeds=3", "n_seeds=2"),
    "sgd-run": ("range(5)", "range(2)"),
}


def said(source):
    """What all cells of notebook 04 print with that source: cell id -> text."""
    path = next(path for path in notebook_paths() if path.name.startswith("04"))
    words, names = {}, {"__name__": "notebook"}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code" or cell.id in WITHOUT:
            continue
        many, two = TWO_SEEDS.get(cell.id, ("", ""))
        assert many in cell.source, cell.id
        code = cell.source.replace('SOURCE = "simulated"', f"SOURCE = {str(source)!r}").replace(many, two)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, cell.id, "exec"), names)
        words[cell.id] = out.getvalue()
    return words


def tuned(angles, n, period, seed=0):
    """Responses of neurons with bumps at random preferred angles, and noise."""
    random = np.random.RandomState(seed)
    away = np.cos(2 * np.pi * (angles[:, None] - random.rand(n) * period) / period)
    return np.exp(4 * (away - 1)) + 0.2 * random.randn(len(angles), n)


def check(words):
    for cell, text in words.items():
        assert "nan" not in text, (cell, text)
        assert "diverg" not in text.replace("it diverges", ""), (cell, text)
        # Numbers of the published recording, which was not loaded.
        for number in ("44667", "12219", "23,589", "23589"):
            assert number not in text, (cell, text)
    assert "needs the recording" in words["scoreboard"]


def checked(folder, responses, angles):
    """What notebook 04 prints on a recording, after the checks that hold for any."""
    np.savez(folder / "own.npz", resp=responses, stimuli=angles)
    words = said(folder / "own.npz")
    check(words)
    return words


@pytest.mark.slow
def test_the_smallest_recording_of_noise_alone_in_large_units_and_without_order(tmp_path):
    """8 neurons and 12 stimuli with nothing to decode: errors near chance, and still no cell stops."""
    random = np.random.RandomState(2)
    responses = 1e5 + 1e4 * random.randn(12, 9)
    responses[:, 3] = np.nan
    words = checked(tmp_path, responses, random.permutation(np.arange(0, 360, 30.0)))
    assert "left out" in words["load"]
    assert "sorted by angle" in words["load"]
    assert "8 neurons in response to 12 stimuli" in words["load"]
    assert "7 stimuli for training, 5 held out" in words["split"]


@pytest.mark.slow
def test_orientations_in_radians_with_repeats_and_counts(tmp_path):
    angles = np.repeat(np.arange(-90, 90, 7.5), 4)
    spikes = np.random.RandomState(1).poisson(3000 * np.maximum(tuned(angles, 30, 180), 0))
    words = checked(tmp_path, spikes, np.deg2rad(angles))
    assert "read as orientations" in words["load"]
    assert "Chance is 45." in words["decode-all-run"]
