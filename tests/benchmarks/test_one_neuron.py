"""One neuron in four libraries: the stored table is what its reset says, and an unknown reset is refused."""

import pytest
from contracts import refusal

from benchmarks import one_neuron
from benchmarks.libraries import ON_PYTORCH
from utils.sweeps.tables import course_provenance, course_table


def columns(name):
    rows = [row for row in course_table(one_neuron.FILE.stem) if row["library"] == name]
    return rows, [float(row["spikes"]) for row in rows], [float(row["potential"]) for row in rows]


@pytest.mark.parametrize("library", ON_PYTORCH, ids=lambda library: library.name)
def test_every_stored_step_follows_from_the_reset(library):
    rows, spikes, potentials = columns(library.name)
    assert len(rows) == one_neuron.N_STEPS
    (reset,) = {row["reset"] for row in rows}
    assert one_neuron.reset_of(spikes, potentials) == reset
    v = before = 0.0
    for spike, potential in zip(spikes, potentials, strict=True):
        charged = one_neuron.DECAY * v + one_neuron.CURRENT
        if "later" in reset:
            charged -= before
        assert spike == (charged > 1)
        v = charged
        if spike and "later" not in reset:
            v = 0.0 if reset.startswith("to zero") else charged - 1
        before = spike
        assert potential == pytest.approx(v, abs=5e-6)


def test_the_table_says_how_it_was_made():
    assert "benchmarks.one_neuron" in course_provenance(one_neuron.FILE.stem)["command"]


@pytest.mark.parametrize("library", ON_PYTORCH, ids=lambda library: library.name)
def test_the_library_that_is_installed_says_the_same_again(library):
    import torch

    if library.version is None:
        pytest.skip(library.remedy)
    rows, spikes, potentials = columns(library.name)
    if rows[0]["version"] != library.version:
        pytest.skip(f"stored by {library.name} {rows[0]['version']}, here is {library.version}")
    with torch.no_grad():
        again = one_neuron.WAYS[library.name](torch.full((one_neuron.N_STEPS,), one_neuron.CURRENT))
    assert again[0].tolist() == spikes
    assert again[1].tolist() == pytest.approx(potentials, abs=1e-5)


def test_an_unknown_reset_is_refused():
    assert "got none before the last step" in refusal(one_neuron.reset_of, [0, 0, 1], [0.1, 0.2, 0.3])
    assert "allowed is 0 or 1 less" in refusal(one_neuron.reset_of, [0, 1, 0], [0.8, 0.7, 0.3])
