"""What stands under an exercise's name gives cells below what the reference would."""

import numpy as np
import pytest
import torch
from torch import nn

from utils.exercises import exercise, get, standing


def accepted(capsys, exercise_id, answer):
    made = exercise(exercise_id)(answer)
    assert "· correct" in capsys.readouterr().out
    return made


def test_lists_numbers_and_arrays_come_out_as_the_references_kind(capsys):
    biases = accepted(capsys, "02.relu_biases", lambda x: [-v for v in x.tolist()[:-1]])
    out = biases(torch.linspace(0, 1, 7, dtype=torch.float64))
    assert out.dtype == torch.float64
    assert out.shape == (6,)
    scales = accepted(capsys, "06.balanced_scales", lambda e, i: (np.array(i / e) ** 0.5, np.array(e / i) ** 0.5))
    assert [type(v) for v in scales(100, 50)] == [float, float]
    step = accepted(
        capsys,
        "05.refractory_step",
        lambda v, rest, current, n: (
            *get("05.refractory_step").reference(v, rest, current, n)[:2],
            np.bool_(rest == 0 and v + (current - v) / 10 >= 1),
        ),
    )
    assert [type(v) for v in step(0.95, 0, 3.0, 4)] == [float, int, bool]
    weights, offset = accepted(
        capsys,
        "02.solve_for_weights",
        lambda x, y, b: (
            get("02.solve_for_weights").reference(x, y, b)[0],
            get("02.solve_for_weights").reference(x, y, b)[1].reshape(1, 1),
        ),
    )(torch.arange(9.0).double(), torch.arange(9.0).double() ** 2, -torch.tensor([0.0, 3.0]).double())
    assert offset.shape == ()
    assert weights.shape == (2,)


def test_renamed_parameters_are_called_by_place_and_by_name(capsys):
    rate = accepted(capsys, "05.lif_step", lambda u, i, h, R, C: u + h * (R * i - u) / (R * C))
    one = rate(np.zeros(2), np.ones(2), 0.1, resistance=2.0, capacitance=5.0)
    assert np.allclose(one, rate(v=np.zeros(2), current=np.ones(2), dt=0.1, resistance=2.0, capacitance=5.0))
    by_keyword = accepted(
        capsys,
        "02.relus_needed",
        lambda *, length, curvature, tolerance: get("02.relus_needed").reference(length, curvature, tolerance),
    )
    assert by_keyword(2.0, 1.0, tolerance=0.125) == 2


def test_new_tensors_have_the_precision_of_the_input(capsys):
    def relu_weights(slopes):
        weights = torch.zeros(len(slopes))
        weights[0] = slopes[0]
        for i in range(1, len(slopes)):
            weights[i] = slopes[i] - slopes[i - 1]
        return weights

    made = accepted(capsys, "02.relu_weights", relu_weights)
    slopes = torch.rand(30, dtype=torch.float64)
    assert torch.equal(made(slopes), get("02.relu_weights").reference(slopes))
    assert torch.get_default_dtype() == torch.float32


def test_a_right_answer_in_float32_is_told_and_replaced_below(capsys):
    made = exercise("02.segment_slopes")(lambda x, y: (y.diff() / x.diff()).float())
    assert (
        "computes in float32, with 7 digits, and cells below need 16, so they use the reference solution"
        in capsys.readouterr().out
    )
    x = torch.rand(5, dtype=torch.float64).cumsum(0)
    assert torch.equal(made(x, x.sin()), get("02.segment_slopes").reference(x, x.sin()))


def test_a_loss_with_its_graph_becomes_a_number(capsys):
    def gradient_step(net, loss_fn, optimizer, r, target):
        loss = loss_fn(net(r), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    made = accepted(capsys, "04.gradient_step", gradient_step)
    net = nn.Linear(2, 1)
    assert (
        type(made(net, nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=0.1), torch.ones(3, 2), torch.ones(3, 1)))
        is float
    )


def test_an_input_that_the_cases_do_not_hold_is_compared_with_the_reference(capsys):
    """Right on one network, wrong on rows of them: there the reference stands in, once told."""

    def response(x, w00, b00, w01, b01, w10, w11, b_final):
        out = [torch.relu(w10 * torch.relu(w00 * one + b00) + w11 * torch.relu(w01 * one + b01) + b_final) for one in x]
        return torch.stack(out)

    made = exercise("01.two_path_response")(response)
    assert (
        "For three networks at once, a row for each, which was not asked, the reference solution is used."
        in capsys.readouterr().out
    )
    x, rows = torch.rand(4).double(), torch.rand(7, 3, 1).double()
    assert torch.equal(made(x, *rows), get("01.two_path_response").reference(x, *rows))
    assert "on an input of this cell it" in capsys.readouterr().out
    made(x, *rows)
    assert capsys.readouterr().out == ""


def test_an_input_that_the_reference_refuses_too_is_the_callers_mistake(capsys):
    made = accepted(capsys, "02.relu_biases", lambda x: -x[:-1])
    with pytest.raises(TypeError):
        made(7)
    assert capsys.readouterr().out == ""


def test_what_an_answer_does_to_gradients_and_types_ends_with_its_call(capsys):
    def folded_bias(bias, v_leak, resistance):
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return bias - v_leak / resistance

    made = accepted(capsys, "05.folded_bias", folded_bias)
    made(np.ones(2), np.ones(2), 2.0)
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


def test_a_lazy_network_is_ready_for_an_optimiser(capsys):
    class Lazy(nn.Module):
        def __init__(self, n_in, widths, n_out, kind):
            super().__init__()
            layers = [part for width in widths for part in (nn.LazyLinear(width), nn.ReLU())]
            self.layers = nn.Sequential(*layers, nn.LazyLinear(n_out))

        def forward(self, x):
            return self.layers(x.flatten(1))

    made = standing.standing_class(get("03.mlp"), Lazy)
    for net in (made(2, [5], 3, "relu"), made(n_inputs=2, hidden=[5], n_outputs=3, activation="relu")):
        assert [tuple(p.shape) for p in net.parameters()] == [(5, 2), (5,), (3, 5), (3,)]
    assert callable(made.hint)


def test_unit_step_with_another_gradient_of_its_reset_is_right_and_replaced_below(capsys):
    made = exercise("06.unit_step")(
        lambda v, s, h, decay, spike: (torch.where(s > 0, 0 * v, decay * v + h), spike(v - 1))
    )
    assert "Its gradient with respect to s is another one" in capsys.readouterr().out
    assert made.__wrapped__ is get("06.unit_step").reference


def test_observers_are_told_of_every_call(capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(standing, "observers", [lambda *call: seen.append(call[0])])
    made = accepted(capsys, "02.relu_biases", lambda x: -x[:-1])
    made(torch.ones(3))
    standing.reference_function(get("02.relu_biases"))(torch.ones(3))
    assert seen == ["02.relu_biases"] * 2
