"""The tables of notebook 01 hold every step, and never take an agreement for granted."""

from types import SimpleNamespace

import pytest
import torch

from utils.models.two_path_neuron import TwoPathNeuron, autograd_rule, observations
from utils.plotting import all_or_none_tables as tables

STIMULI, OBSERVED = observations([0, 0.5, 1], [0, 1, 0])
UNTRAINED = TwoPathNeuron(b_final=0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (1e-15, "0"), (17.01, "17.01"), (-3.202, "-3.202"), (256.3201, "256.32"), (1e7, "1e+07")],
)
def test_number(value, text):
    assert tables.number(value) == text
    assert tables.number(torch.tensor(value, dtype=torch.float64, requires_grad=True)) == text


def test_tables_hold_every_step():
    values = UNTRAINED.trace(0.5)._asdict()
    forward = tables.forward_table(UNTRAINED.values(), values)
    assert [row[3] for row in forward.rows] == ["0", "0", "0", "6.3", "6.3", "17.01", "17.01", "17.01"]
    assert forward.rows[0][2] == "1.7 × 0.5 + (-0.85)"
    hand, auto = UNTRAINED.chain_rule(0.5, 1.0), autograd_rule(UNTRAINED, 0.5, 1.0)
    chain = tables.chain_table(values, 1.0, hand, auto)
    assert [row[3] for row in chain.rows] == ["256.32", "32.02", "1", "1", "32.02"]
    assert {row[5] for row in chain.rows} == {"✓ yes"}
    assert "dr/dz = 1 if z &gt; 0 else 0" in chain.html


def test_agreement_is_not_taken_for_granted():
    hand = [(x, UNTRAINED.chain_rule(x, y)) for x, y in zip(STIMULI, OBSERVED, strict=True)]
    points = [(x, one, autograd_rule(UNTRAINED, x, y)) for (x, one), y in zip(hand, OBSERVED, strict=True)]
    good = tables.agreement_table(points, 0.0, 0.1, -3.202, "Good")
    assert [row[-1] for row in good.rows] == ["✓ yes"] * 9
    assert good.rows[-1][1:3] == ["-3.202", "-3.202"]
    bad = tables.agreement_table(points, 0.0, 0.1, -3.2021, "Bad")
    assert bad.rows[-1][-1] == "✗ no"
    points[1] = (points[1][0], points[1][1], SimpleNamespace(loss=256.3201, gradient=32.03))
    worse = tables.agreement_table(points, 0.0, 0.1, -3.202, "Worse")
    assert [row[-1] for row in worse.rows] == ["✓ yes"] * 3 + ["✗ no"] + ["✓ yes"] * 3 + ["✗ no", "✓ yes"]
    table = tables.gradients_table({"w10": 1.0}, {"w10": 2.0}, "Gradients")
    assert table.rows == [["w10", "δ h0", "1", "2", "✗ no"]]


def test_tabs_have_short_titles_that_differ():
    points = [
        (UNTRAINED.trace(x), y, UNTRAINED.chain_rule(x, y), autograd_rule(UNTRAINED, x, y))
        for x, y in ((0.5, 1.0), (0.25, 0.0), (0.5, 2.0))
    ]
    sections = tables.point_sections(points, UNTRAINED.values())
    assert list(sections) == ["x = 0.5", "x = 0.25", "x = 0.5 (2)"]
    assert all(html.count("<table") == 2 for html in sections.values())
