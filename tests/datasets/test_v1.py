"""load_v1: every source, every way a file can be wrong, and bins to their last edge. Kinds of files: test_v1_files."""

import io

import numpy as np
import pytest
import torch
import v1_statistics as v1
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.datasets import v1 as module
from utils.datasets.download import DownloadError
from utils.datasets.v1 import average_bins, load_v1

RESP = np.random.RandomState(0).randn(12, 5).astype(np.float32)
STIMULI = np.arange(0, 360, 30, dtype=np.float32)


def save(path, **arrays):
    np.savez(path, **arrays)
    return path


@pytest.fixture
def good(tmp_path):
    return save(tmp_path / "mine.npz", resp=RESP, stimuli=STIMULI)


def test_simulated_is_the_default(capsys):
    responses, stimuli = load_v1()
    expected = v1.population()
    assert torch.equal(responses, expected[0])
    assert torch.equal(stimuli, expected[1])
    assert capsys.readouterr().out == (
        "V1 source: a simulated population, not a recording.\n23589 neurons in response to 360 stimuli.\n"
    )


def test_own_file(good, capsys):
    for source in (good, str(good)):
        responses, stimuli = load_v1(source)
        np.testing.assert_array_equal(responses, RESP)
        np.testing.assert_array_equal(stimuli[:, 0], STIMULI)
        assert stimuli.shape == (12, 1)
        assert responses.dtype == stimuli.dtype == torch.float32
        assert "your file mine.npz.\n5 neurons in response to 12 stimuli" in capsys.readouterr().out


@pytest.mark.parametrize("form", [(-1,), (-1, 1), (1, -1)])
@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int16, np.float32])
def test_types_and_column_labels(tmp_path, dtype, form):
    path = save(tmp_path / "a.npz", resp=RESP.astype(dtype), stimuli=STIMULI.reshape(form).astype(dtype))
    responses, stimuli = load_v1(path)
    np.testing.assert_allclose(responses, RESP.astype(dtype))
    assert stimuli[:, 0].tolist() == STIMULI.tolist()


def test_compressed_file(tmp_path):
    np.savez_compressed(tmp_path / "c.npz", resp=RESP, stimuli=STIMULI)
    assert torch.equal(load_v1(tmp_path / "c.npz")[0], torch.from_numpy(RESP))


def changed(array, place, value):
    array = array.astype(np.float64)
    array[place] = value
    return array


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"resp": RESP}, "without stimuli"),
        ({"responses": RESP, "age": STIMULI[:7]}, "age, responses, without resp and stimuli"),
        ({"a": RESP, "b": STIMULI, "c": STIMULI}, r'several pairs could be meant.*variables=\("a", "b"\)'),
        ({"resp": RESP.T, "stimuli": STIMULI}, "transposed: save resp.T"),
        ({"resp": RESP[:7], "stimuli": STIMULI}, "one row for each stimulus"),
        ({"resp": RESP[0], "stimuli": STIMULI}, "are needed"),
        ({"resp": RESP[None], "stimuli": STIMULI}, "are needed"),
        ({"resp": RESP[:1], "stimuli": STIMULI[:1]}, "2 or more stimuli"),
        ({"resp": RESP[:, :0], "stimuli": STIMULI}, "1 or more neurons"),
        ({"resp": RESP * np.nan, "stimuli": STIMULI}, r"no neuron has a finite value in every trial \(100% of all"),
        ({"resp": RESP, "stimuli": changed(STIMULI, 4, np.nan)}, "stimuli has 1 values"),
        ({"resp": RESP, "stimuli": changed(STIMULI, 11, 1360)}, "reach from 0 to 1360"),
        ({"resp": RESP, "stimuli": 0 * STIMULI + 90}, "the same angle"),
        ({"resp": RESP.astype(str), "stimuli": STIMULI}, "real numbers"),
        ({"resp": RESP + 1j, "stimuli": STIMULI}, "real numbers"),
        ({"resp": RESP.astype(object), "stimuli": STIMULI}, "could run any program"),
    ],
)
def test_wrong_content(tmp_path, arrays, words):
    with pytest.raises(ValueError, match=words) as caught:
        load_v1(save(tmp_path / "x.npz", **arrays))
    assert str(caught.value).startswith("source: x.npz: ")


def zipped():
    buffer = io.BytesIO()
    np.savez(buffer, resp=RESP, stimuli=STIMULI)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>429</html>", "web page"),
        (zipped()[:200], "cut off or damaged"),
        (zipped()[:-30], "cut off or damaged"),
        (zipped().replace(b"NUMPY", b"NUMPX"), "cut off or damaged"),
        (b"\x80\x04\x95 not a pickle to load", "save it with np.savez"),
        (b"plain text", "save it with np.savez"),
    ],
)
def test_not_an_npz(tmp_path, content, words):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(ValueError, match=words):
        load_v1(tmp_path / "x.npz")


def test_flipped_bit_is_noticed(tmp_path):
    content = bytearray(zipped())
    content[content.index(RESP.tobytes()) + 7] ^= 1
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load_v1(tmp_path / "x.npz")


def test_single_array(tmp_path):
    np.save(tmp_path / "x.npy", RESP)
    with pytest.raises(ValueError, match="single array"):
        load_v1(tmp_path / "x.npy")


@pytest.mark.parametrize("source", ["real", "Simulated", "", 3, None, True])
def test_unknown_source(source):
    with pytest.raises(ValueError, match='"simulated", "stringer2021" or the path'):
        load_v1(source)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        load_v1(tmp_path / "none.npz")


@pytest.mark.parametrize("width", [0, -1, 0.5, 91, 360, np.nan, np.inf, "5", True, None])
def test_wrong_bin_width(good, width):
    with pytest.raises(ValueError, match="bin_width"):
        load_v1(good, bin_width=width)


def test_recording_that_cannot_be_had(monkeypatch, tmp_path, capsys):
    """One message, nothing printed as if there were data, nothing simulated in its place, nothing left behind."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "URLS", ("http://127.0.0.1:9/download",))
    monkeypatch.setattr("utils.datasets.download.time.sleep", lambda _: None)
    with pytest.raises(DownloadError) as caught:
        load_v1("stringer2021")
    for words in ("127.0.0.1:9", module.MD5, str(tmp_path / module.FILE), 'load_v1("simulated")'):
        assert words in str(caught.value)
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


def test_recording_from_the_cache(monkeypatch, tmp_path, capsys):
    import hashlib

    path = save(tmp_path / module.FILE, resp=RESP, stimuli=STIMULI)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "MD5", hashlib.md5(path.read_bytes()).hexdigest())
    monkeypatch.setattr(module, "URLS", ("http://127.0.0.1:9/download",))
    assert torch.equal(load_v1("stringer2021")[0], torch.from_numpy(RESP))
    assert "the recording of Stringer et al. 2021" in capsys.readouterr().out


# --- bins ------------------------------------------------------------------------------------------------------------


def binned(stimuli, width):
    stimuli = torch.tensor(stimuli, dtype=torch.float32)[:, None]
    rows, directions = average_bins(stimuli * 2 + 1, stimuli, width)
    np.testing.assert_allclose(rows, directions * 2 + 1, rtol=1e-5)
    return directions[:, 0].tolist()


def test_bins_edges():
    assert binned([0, 9.9375, 10, 359.875], 10) == [4.96875, 10, 359.875]
    assert binned([350, 359.875, 0], 10) == [0, 354.9375]
    assert binned([7, 8], 360) == [7.5]


def test_last_bin_is_narrower():
    assert binned([350, 356.5, 357, 359.5], 7) == [353.25, 358.25]


def test_empty_bins_are_left_out():
    assert binned([5, 305, 306], 10) == [5, 305.5]


def test_width_that_is_no_binary_fraction():
    """3 x 1.1 is 3.3000000000000003: the direction 3.3 opens its bin all the same."""
    edges = [k * 1.1 for k in range(300)]
    assert len(binned(edges, 1.1)) == 300
    assert binned([0, 359.99997], 360) == [179.99998474121094]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 359 * 8), min_size=2, max_size=60), st.floats(1, 360, allow_nan=False, allow_infinity=False)
)
def test_bins_keep_the_mean_of_all(eighths, width):
    stimuli = torch.tensor(eighths, dtype=torch.float32)[:, None] / 8
    _, directions = average_bins(stimuli, stimuli, width)
    bins = np.floor(stimuli[:, 0].double().numpy() / width + 1e-9)
    expected = [stimuli[:, 0].numpy()[bins == b].mean() for b in np.unique(bins)]
    np.testing.assert_allclose(directions[:, 0], expected, rtol=1e-5, atol=1e-4)


def test_wider_bins_of_a_file(good):
    responses, stimuli = load_v1(good, bin_width=60)
    assert stimuli[:, 0].tolist() == [15, 75, 135, 195, 255, 315]
    np.testing.assert_allclose(responses, RESP.reshape(6, 2, 5).mean(1), rtol=1e-5, atol=1e-6)
