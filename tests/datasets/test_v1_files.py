"""One's own recording: every kind of file, unit, period and order in which a researcher may have one."""

import zipfile

import numpy as np
import pytest
import torch
import v1_statistics as v1

from utils.datasets import load_v1, v1_files
from utils.datasets.v1_angles import to_degrees

N = 24
RESP = np.random.RandomState(0).randn(N, 10).astype(np.float32)
STIMULI = np.arange(0, 360, 15, dtype=np.float32)


def load(path, **options):
    """What was loaded, as arrays, and what was said about it."""
    loaded = load_v1(path, **options)
    return loaded.responses.numpy(), loaded.stimuli[:, 0].numpy(), loaded


def saved(folder, resp=RESP, stimuli=STIMULI, name="mine.npz"):
    np.savez(folder / name, resp=resp, stimuli=stimuli)
    return folder / name


def said(loaded):
    return " ".join(loaded.notes)


# --- kinds of files --------------------------------------------------------------------------------------------------


def npy_pair(folder):
    np.save(folder / "mine.npy", RESP)
    np.save(folder / "mine_stimuli.npy", STIMULI)
    return folder / "mine.npy"


def npy_beside(folder):
    np.save(folder / "resp.npy", RESP)
    np.save(folder / "stimuli.npy", STIMULI)
    return folder / "resp.npy"


def other_names(folder):
    np.savez(folder / "mine.npz", dff=RESP, ori=STIMULI, rate_hz=np.float64(30), mouse=np.array("M1"))
    return folder / "mine.npz"


def mat(folder):
    from scipy.io import savemat

    savemat(folder / "mine.mat", {"stimuli": STIMULI, "resp": RESP.T.astype(float), "mouse": "M1"})
    return folder / "mine.mat"


def mat_of_a_new_version(folder):
    """Version 7.3 is HDF5 behind 512 bytes of MATLAB's own, with the sides exchanged."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "mine.mat", "w", userblock_size=512) as file:
        file["resp"], file["stimuli"], file["#refs#/a"] = RESP.T, STIMULI[:, None], RESP
    with (folder / "mine.mat").open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file")
    return folder / "mine.mat"


def hdf5(folder):
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "mine.h5", "w") as file:
        file["day1/resp"], file["day1/stimuli"] = RESP, STIMULI
        file["day1/position"] = np.zeros((3, 2))
    return folder / "mine.h5"


def nwb(folder):
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "mine.nwb", "w") as file:
        file["processing/ophys/response/data"], file["intervals/trials/angle"] = RESP, STIMULI.astype(float)
        file["session_description"] = "gratings"
    return folder / "mine.nwb"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (npy_pair, "Taken: resp as responses, stimuli as stimuli."),
        (npy_beside, "Taken: resp as responses"),
        (other_names, "Taken: dff as responses, ori as stimuli."),
        (mat, "resp stood as (neurons, stimuli) and was turned."),
        (mat_of_a_new_version, "resp stood as (neurons, stimuli) and was turned."),
        (hdf5, "Taken: day1/resp as responses, day1/stimuli as stimuli."),
        (nwb, "Taken: processing/ophys/response/data as responses, intervals/trials/angle as stimuli."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_kind_of_file(tmp_path, write, words, capsys):
    responses, stimuli, loaded = load(write(tmp_path))
    np.testing.assert_array_equal(responses, RESP)
    np.testing.assert_array_equal(stimuli, STIMULI)
    assert words in said(loaded)
    printed = capsys.readouterr().out
    assert words in " ".join(printed.split())
    assert max(map(len, printed.splitlines())) <= 88
    assert (loaded.period, loaded.kind) == (360, "file")


def test_variables_are_chosen_by_name(tmp_path):
    np.savez(tmp_path / "x.npz", a=RESP, b=STIMULI, c=STIMULI[::-1])
    _, _, loaded = load(tmp_path / "x.npz", variables=("a", "c"))
    assert "Taken: a as responses, c as stimuli." in said(loaded)
    np.testing.assert_array_equal(loaded.responses, RESP[::-1])
    with pytest.raises(ValueError, match="it holds a, b, c, without d"):
        load_v1(tmp_path / "x.npz", variables=("a", "d"))


def test_npy_without_its_angles(tmp_path):
    np.save(tmp_path / "x.npy", RESP)
    with pytest.raises(ValueError, match=r"a single array; the angles are needed beside it, as x_stimuli.npy"):
        load_v1(tmp_path / "x.npy")


@pytest.mark.parametrize("name", ["x.npz", "x.npy", "x.mat", "x.h5", "x.nwb"])
@pytest.mark.parametrize(
    "content", [b"", b"<html>429</html>", b"PK\x03\x04nothing", bytes(700), b"\x89HDF\r\n\x1a\nrest"]
)
def test_a_broken_file_is_one_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    np.save(tmp_path / "stimuli.npy", STIMULI)
    with pytest.raises(ValueError, match=rf"^source: {name}: it is not a complete|without resp and stimuli"):
        load_v1(tmp_path / name)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.int16, np.float32, np.float64])
def test_orders_and_types(tmp_path, order, dtype):
    resp = np.asarray(np.round(RESP * 100), dtype=dtype, order=order)
    responses, _, loaded = load(saved(tmp_path, resp))
    np.testing.assert_array_equal(responses, resp)
    assert loaded.responses.is_contiguous()
    assert loaded.notes == []


def struct(folder):
    from scipy.io import savemat

    savemat(folder / "x.mat", {"data": {"resp": RESP, "stimuli": STIMULI}})
    return folder / "x.mat"


def sparse(folder):
    from scipy.io import savemat
    from scipy.sparse import csc_matrix

    savemat(folder / "x.mat", {"resp": csc_matrix(RESP.astype(float)), "stimuli": STIMULI})
    return folder / "x.mat"


def two_days(folder):
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "x.h5", "w") as file:
        for day in ("day1", "day2"):
            file[f"{day}/resp"], file[f"{day}/stimuli"] = RESP, STIMULI
    return folder / "x.h5"


def table(folder):
    np.savetxt(folder / "x.csv", RESP, delimiter=",")
    return folder / "x.csv"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (struct, r"data is a struct of MATLAB's; plain numbers are needed: save its fields by their names"),
        (sparse, r"resp is a sparse of MATLAB's; plain numbers are needed: full makes them"),
        (two_days, r'several pairs could be meant; say which, such as variables=\("day1/resp", "day1/stimuli"\)'),
        (table, r"it is no file of a kind that is read \(.npz, .npy, .*; save it with np.savez"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_not_taken_says_what_to_do(tmp_path, write, words):
    with pytest.raises(ValueError, match=words):
        load_v1(write(tmp_path))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["npz", "npy", "h5"])
def test_doubles_are_read_in_parts_and_come_out_the_same(tmp_path, monkeypatch, kind, order):
    monkeypatch.setattr(v1_files, "_PART", 7)
    resp = np.asarray(np.random.RandomState(3).randn(N, 10), order=order)
    if kind == "h5":
        with pytest.importorskip("h5py").File(tmp_path / "x.h5", "w") as file:
            file["resp"], file["stimuli"] = resp, STIMULI
    elif kind == "npy":
        np.save(tmp_path / "x.npy", resp)
        np.save(tmp_path / "stimuli.npy", STIMULI)
    else:
        np.savez_compressed(tmp_path / "x.npz", resp=resp, stimuli=STIMULI)
    np.testing.assert_array_equal(load(tmp_path / f"x.{kind}")[0], resp.astype(np.float32))


@pytest.mark.parametrize("unit", [1e-12, 1e-40, 1e9, 1e37])
def test_units_far_from_one_are_brought_near_it(tmp_path, unit):
    responses, _, loaded = load(saved(tmp_path, RESP.astype(float) * unit))
    assert f"The responses vary by {unit:.2g}"[:26] in said(loaded)
    assert 0.3 < responses.std() < 30
    # Below 1e-38 float32 itself has few digits left.
    assert np.corrcoef(responses.ravel(), RESP.ravel())[0, 1] > 0.9999


# --- size ------------------------------------------------------------------------------------------------------------


def with_header(folder, shape, held):
    """An .npz whose `resp` promises one shape and holds other bytes."""
    path = folder / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("resp.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
            file.write(bytes(held))
        with archive.open("stimuli.npy", "w") as file:
            np.lib.format.write_array(file, np.zeros(shape[0], np.float32))
    return path


def test_a_header_that_lies_is_found_out(tmp_path):
    with pytest.raises(ValueError, match=r"resp.npy does not hold the 1,000,000,000,000 values that it promises"):
        load_v1(with_header(tmp_path, (1000, 10**9), 400))
    with pytest.raises(ValueError, match="does not hold the 400 values"):
        load_v1(with_header(tmp_path, (20, 20), 4000))


def test_too_large_is_said_before_anything_is_read(tmp_path, monkeypatch):
    """A small file of zeros that would fill the memory."""
    monkeypatch.setattr(v1_files, "LARGEST", 1_000_000)
    path = with_header(tmp_path, (1200, 1000), 4 * 1200 * 1000)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(v1_files, "_load", lambda _: pytest.fail("it was read"))
    with pytest.raises(ValueError, match=r"resp has 1,200 x 1,000 values; 1,000,000 are the most"):
        load_v1(path)


def test_too_large_in_hdf5(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("resp", shape=(60_000, 60_000), dtype="f4", chunks=(1000, 1000))
        file["stimuli"] = np.zeros(60_000)
    with pytest.raises(ValueError, match=r"resp has 60,000 x 60,000 values"):
        load_v1(tmp_path / "x.h5")


# --- angles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "words"), [(0, "between 0 and 6.02"), (-180, "between -3.14 and 2.88")])
def test_radians(tmp_path, start, words):
    responses, stimuli, loaded = load(saved(tmp_path, stimuli=np.deg2rad(STIMULI + start)))
    assert words in said(loaded)
    assert "read as radians" in said(loaded)
    assert loaded.period == 360
    np.testing.assert_allclose(stimuli, STIMULI, atol=1e-3)
    np.testing.assert_array_equal(responses, np.roll(RESP, 12, 0) if start else RESP)
    _, kept, _ = load(saved(tmp_path, stimuli=np.deg2rad(STIMULI)), unit="degrees")
    assert kept.max() < 7


def test_a_few_small_degrees_are_no_radians():
    assert to_degrees(np.arange(6.0))[1] == []
    assert to_degrees(np.array([0.25, 0.5]))[1] == []


def test_a_whole_circle_in_single_precision_is_a_little_more_than_one():
    angles = np.linspace(0, 2 * np.pi, 13, dtype=np.float32)
    assert float(angles[-1]) > 2 * np.pi
    np.testing.assert_allclose(to_degrees(angles)[0], np.arange(0, 361, 30), rtol=1e-6)


@pytest.mark.parametrize("start", [0, -90])
def test_orientations(tmp_path, start):
    stimuli = STIMULI / 2 + start
    responses, found, loaded = load(saved(tmp_path, stimuli=stimuli))
    assert loaded.period == 180
    assert "read as orientations, of period 180 (period=360 if they are directions)" in said(loaded)
    np.testing.assert_allclose(found, STIMULI / 2)
    np.testing.assert_array_equal(responses, np.roll(RESP, 12, 0) if start else RESP)
    assert load(saved(tmp_path, stimuli=STIMULI / 2), period=360)[2].period == 360


def test_orientations_in_radians(tmp_path):
    _, stimuli, loaded = load(saved(tmp_path, stimuli=np.deg2rad(STIMULI / 2)))
    assert loaded.period == 180
    np.testing.assert_allclose(stimuli, STIMULI / 2, atol=1e-4)


def test_both_ends_of_a_circle_are_one_angle(tmp_path):
    """0 and 360 degrees: one stimulus, whose trials are averaged."""
    stimuli = np.append(STIMULI, 360)
    responses, found, loaded = load(saved(tmp_path, np.vstack([RESP, RESP[:1] + 2]), stimuli))
    assert found.tolist() == STIMULI.tolist()
    np.testing.assert_allclose(responses[0], RESP[0] + 1, atol=1e-6)
    assert "brought to 0 to below 360" in said(loaded)


def test_unsorted(tmp_path):
    order = np.random.RandomState(1).permutation(N)
    responses, stimuli, loaded = load(saved(tmp_path, RESP[order], STIMULI[order]))
    np.testing.assert_array_equal(stimuli, STIMULI)
    np.testing.assert_array_equal(responses, RESP)
    assert "sorted by angle" in said(loaded)


def test_repeats_are_averaged_or_kept(tmp_path):
    path = saved(tmp_path, np.vstack([RESP, RESP + 2]), np.tile(STIMULI, 2))
    responses, stimuli, loaded = load(path)
    np.testing.assert_allclose(responses, RESP + 1, atol=1e-6)
    assert stimuli.tolist() == STIMULI.tolist()
    assert '48 trials of 24 angles: trials of one angle were averaged (repeats="keep" keeps them).' in said(loaded)
    responses, stimuli, loaded = load(path, repeats="keep")
    assert stimuli.tolist() == np.repeat(STIMULI, 2).tolist()
    np.testing.assert_array_equal(responses[::2], RESP)
    assert "kept as rows of their own" in said(loaded)


# --- what was not measured -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_a_neuron_that_lacks_a_trial_is_left_out_and_the_trials_stay(tmp_path, bad):
    resp = RESP.astype(float)
    resp[3, 2] = bad
    responses, stimuli, loaded = load(saved(tmp_path, resp))
    np.testing.assert_array_equal(responses, np.delete(RESP, 2, 1))
    assert len(stimuli) == N
    assert "1 neuron (number 2) with values that are not finite was left out." in said(loaded)


def test_a_trial_without_any_response_is_left_out(tmp_path):
    resp = RESP.copy()
    resp[5] = np.nan
    resp[1, [0, 4]] = np.nan
    responses, stimuli, loaded = load(saved(tmp_path, resp))
    assert responses.shape == (N - 1, 8)
    assert STIMULI[5] not in stimuli
    assert "1 trial (number 5)" in said(loaded)
    assert "2 neurons (the first is number 0)" in said(loaded)


# --- the pair, and the rest ------------------------------------------------------------------------------------------


def test_the_pair_unpacks_and_knows_its_period():
    loaded = load_v1("simulated")
    responses, stimuli = loaded
    assert responses is loaded.responses
    assert stimuli is loaded[1]
    assert (len(loaded), loaded.period, loaded.kind, loaded.notes) == (2, 360, "simulated", [])


def test_a_quarter_of_the_period_is_the_widest_bin(tmp_path):
    path = saved(tmp_path, stimuli=STIMULI / 2)
    assert load(path, bin_width=45)[1].shape == (4,)
    with pytest.raises(ValueError, match="bin_width: got 46, allowed is a number from 1 to 45 degrees, a quarter"):
        load_v1(path, bin_width=46)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"period": 90}, r"period: got 90, allowed is 180 \(orientations\), 360 \(directions\) or None"),
        ({"period": True}, "period: got True"),
        ({"unit": "rad"}, "unit: got 'rad', allowed is"),
        ({"repeats": "mean"}, "repeats: got 'mean', allowed is"),
        ({"variables": "resp"}, "variables: got 'resp', allowed are two names"),
    ],
)
def test_arguments_that_are_not_allowed(options, words):
    with pytest.raises(ValueError, match=words):
        load_v1("simulated", **options)


def test_what_is_too_small_for_the_notebook_is_said(tmp_path, capsys):
    load_v1(saved(tmp_path, RESP[:, :7]))
    assert "Notebook 04 needs 12 stimuli and 8 neurons or more." in capsys.readouterr().out
    load_v1(saved(tmp_path, RESP[:, :8]))
    assert "needs" not in capsys.readouterr().out


def test_a_real_extract(capsys):
    if not v1.EXTRACT.is_file():
        pytest.skip("no extract of the recording; set COURSE_V1_EXTRACT to its path")
    loaded = load_v1(v1.EXTRACT)
    assert torch.equal(loaded.responses, torch.from_numpy(v1.recorded().astype(np.float32)))
    assert (loaded.period, loaded.notes) == (360, [])
    assert f"100 neurons in response to {len(loaded.stimuli)} stimuli" in capsys.readouterr().out
