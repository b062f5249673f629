"""Section 5 of notebook 01: good data of the student's own are worked through, bad ones get a sentence."""

import copy
import re

import pytest
from notebook_tools import code_cells, read_all, run

NOTEBOOK = next(nb for path, nb in read_all().items() if path.name.startswith("01"))
# What the section's cells need of those above it.
NEEDED = {"bootstrap", "imports", "two-path-response", "doses", "zero-bias", "first-epoch", "train", "tabs"}
NEEDED |= {"loss-gradient", "training-step", "diagram", "module"}
# In place of bad data the three observations of the source stand, and are trained on: once is enough.
TRAINED = ("[0.0, 0.5], [0.0, 3.0]", "[0.5] * 12, [1000.0] * 12", "[-5, 1e3], [-2, 7]", "[], []")
DATA = {
    "[0.0, 0.5], [0.0, 3.0]": "",
    "[0.5] * 12, [1000.0] * 12": "",
    "[-5, 1e3], [-2, 7]": "",
    "[0, 0.5, 1], [0, 1]": "responses: got 2 for 3 stimuli",
    "[], []": "stimuli: got 0 values",
    "[0] * 13, [0] * 13": "stimuli: got 13 values",
    "[0, 'half'], [0, 1]": "stimuli: got [0, 'half'], allowed is a list of numbers",
    "[0, 1], [0, float('nan')]": "responses: got nan",
    "[0, float('inf')], [0, 1]": "stimuli: got inf",
    "0.5, 1": "stimuli: got 0.5, allowed is a list of numbers",
    "[[0, 1]], [[0, 1]]": "stimuli: got [[0, 1]], allowed is a list of numbers",
    "None, ...": "stimuli: got None, allowed is a list of numbers",
}


@pytest.fixture(scope="module")
def outputs():
    """Data -> text of the section's cells, all run one after the other in one kernel."""
    nb = copy.deepcopy(NOTEBOOK)
    cells = {cell.id: cell for _, cell in code_cells(nb)}
    nb.cells = [cell for cell in nb.cells if cell.id in NEEDED]
    for i, data in enumerate(DATA):
        for name in ("own-data", "own-training")[: 1 + (data in TRAINED)]:
            cell = copy.deepcopy(cells[name])
            cell.id = f"{name}-{i}"
            cell.source, changed = re.subn(
                r"^my_stimuli = .*\nmy_responses = .*$", f"my_stimuli, my_responses = {data}", cell.source, flags=re.M
            )
            assert changed == (name == "own-data")
            nb.cells.append(cell)
    ran = {cell.id: cell.outputs for cell in run(nb).cells}
    texts = {}
    for i, data in enumerate(DATA):
        both = ran[f"own-data-{i}"] + ran.get(f"own-training-{i}", [])
        assert not [output for output in both if output.output_type == "error"], data
        texts[data] = "\n".join(output.get("text", "") or output.data.get("text/plain", "") for output in both)
    return texts


@pytest.mark.parametrize("data", DATA)
def test_every_data_set_is_answered(outputs, data):
    text = outputs[data]
    if DATA[data]:
        assert f"These data cannot be used: {DATA[data]}" in text
        assert "The three observations from above are used instead." in text
    else:
        assert "cannot be used" not in text


@pytest.mark.parametrize("data", TRAINED)
def test_training_goes_to_its_end(outputs, data):
    text = outputs[data]
    assert ("32.02" in text) == bool(DATA[data])
    assert "✗ no" not in text
    assert "Your epoch 1, by hand and by PyTorch" in text
    assert "nan" not in text.split("b_final after 100 epochs")[1]
