"""Exercises of notebook 01: the two-path network, its chain rule, its learning rates, and a step at threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from utils.exercises.comparing import kind, shown_apart
from utils.exercises.engine import Case, Exercise
from utils.exercises.registry import register
from utils.models.two_path_neuron import PARAMETERS, PUBLISHED, TwoPathNeuron


def _doses(*values):
    return torch.tensor(values, dtype=torch.float64)


# --- 01.two_path_response ------------------------------------------------------------------------------------------


def two_path_response(x, w00, b00, w01, b01, w10, w11, b_final):
    """Response of the two-path network to the stimuli x.

    x: (n,); the seven others: numbers -> (n,)
    """
    upper = w10 * torch.relu(w00 * x + b00)
    lower = w11 * torch.relu(w01 * x + b01)
    return torch.relu(upper + lower + b_final)


def _response_without_output_relu(x, w00, b00, w01, b01, w10, w11, b_final):
    return w10 * torch.relu(w00 * x + b00) + w11 * torch.relu(w01 * x + b01) + b_final


def _response_without_hidden_relus(x, w00, b00, w01, b01, w10, w11, b_final):
    return torch.relu(w10 * (w00 * x + b00) + w11 * (w01 * x + b01) + b_final)


def _response_bias_after_relu(x, w00, b00, w01, b01, w10, w11, b_final):
    upper = w10 * (torch.relu(w00 * x) + b00)
    lower = w11 * (torch.relu(w01 * x) + b01)
    return torch.relu(upper + lower + b_final)


def _response_crossed(x, w00, b00, w01, b01, w10, w11, b_final):
    return torch.relu(w11 * torch.relu(w00 * x + b00) + w10 * torch.relu(w01 * x + b01) + b_final)


def _response_without_b_final(x, w00, b00, w01, b01, w10, w11, b_final):
    return torch.relu(w10 * torch.relu(w00 * x + b00) + w11 * torch.relu(w01 * x + b01))


def _response_weights_inside(x, w00, b00, w01, b01, w10, w11, b_final):
    return torch.relu(torch.relu(w10 * (w00 * x + b00)) + torch.relu(w11 * (w01 * x + b01)) + b_final)


def _response_cases():
    generator = torch.Generator().manual_seed(1)
    # A large b_final keeps the output awake, so that every dose tells how the hidden ReLUs were handled.
    ordinary = [*torch.randn(6, generator=generator, dtype=torch.float64).tolist(), 5.0]
    doses = torch.linspace(0, 1, 11, dtype=torch.float64)
    networks = torch.randn(7, 3, 1, generator=generator, dtype=torch.float64)
    networks[-1] += 2
    open_gates = [1.0, 1.0, 2.0, 1.0, 1.0, 3.0, 0.5]
    return [
        Case(_doses(0.5), *PUBLISHED.values(), label="the source's numbers, dose 0.5"),
        Case(_doses(0.0), *open_gates, label="both paths open, dose 0"),
        Case(_doses(0.0, 1.0), 1.0, 1.0, 2.0, -1.0, 1.0, 3.0, 0.5, label="a lower path that is silent at dose 0"),
        Case(_doses(0.0, 0.5, 1.0), *PUBLISHED.values(), label="the source's numbers, three doses"),
        Case(doses, *PUBLISHED.values(), label="the source's numbers, 11 doses"),
        Case(doses, *{**PUBLISHED, "b_final": 0.0}.values(), label="11 doses, b_final = 0"),
        Case(doses - 0.5, *ordinary, label="random numbers, doses from -0.5 to 0.5"),
        Case(doses, *networks[:, 0, 0], label="seven numbers as tensors, which learn"),
        Case(doses, *networks[:, 1], label="seven tensors of one number each", below=True),
        Case(doses, *networks.unbind(), label="three networks at once, a row for each", below=True),
    ]


register(
    Exercise(
        id="01.two_path_response",
        reference=two_path_response,
        cases=_response_cases,
        hints=(
            "Follow the diagram from left to right. Each path is: multiply, add, ReLU, multiply.",
            "The upper path is `w10 * torch.relu(w00 * x + b00)`. The lower path looks the same with its own numbers.",
            "Add both paths and b_final, and send the sum through one more `torch.relu`.",
        ),
        wrong_answers={
            "a network without the ReLU at its output": _response_without_output_relu,
            "a network without the two hidden ReLUs": _response_without_hidden_relus,
            "a network whose hidden biases are added after the ReLU": _response_bias_after_relu,
            "a network whose output weights w10 and w11 are exchanged": _response_crossed,
            "a network without b_final": _response_without_b_final,
            "output weights multiplied in before the hidden ReLUs: a negative one then silences its path": (
                _response_weights_inside
            ),
            "b_final added behind the output ReLU: it belongs inside": lambda x, *numbers: (
                _response_without_b_final(x, *numbers) + numbers[-1]
            ),
            "one path alone: both are added": lambda x, w00, b00, w01, b01, w10, w11, b_final: torch.relu(
                w10 * torch.relu(w00 * x + b00) + b_final
            ),
            "paths subtracted: they are added, and w11 brings its own sign": lambda *given: two_path_response(
                *given[:6], -given[6], given[7]
            ),
            "hidden biases b00 and b01 exchanged": lambda x, w00, b00, w01, b01, w10, w11, b_final: two_path_response(
                x, w00, b01, w01, b00, w10, w11, b_final
            ),
        },
        tolerance="1e-5 of the value: the arithmetic is exact to 16 digits, and the figures show three.",
        gradients=PARAMETERS,
    )
)


# --- 01.loss_gradient ----------------------------------------------------------------------------------------------


def loss_gradient(z, y):
    """Slope of the loss (relu(z) - y)^2 with respect to b_final.

    z, y: (n,) -> (n,)
    """
    dloss_dresponse = 2 * (torch.relu(z) - y)
    dresponse_dz = (z > 0).to(z.dtype)
    dz_dbfinal = 1.0
    return dloss_dresponse * dresponse_dz * dz_dbfinal


def _slope_from_both_sides(z, y):
    # A finite difference meets half of the slope at the corner of the ReLU.
    return 2 * (torch.relu(z) - y) * torch.heaviside(z, torch.tensor(0.5, dtype=z.dtype))


def _gradient_of_the_response(z, y):
    return (z > 0).to(z.dtype)


def _gradient_without_gate(z, y):
    return 2 * (torch.relu(z) - y)


def _gradient_without_two(z, y):
    return (torch.relu(z) - y) * (z > 0)


def _gradient_reversed(z, y):
    return 2 * (y - torch.relu(z)) * (z > 0)


def _gradient_gate_open_at_zero(z, y):
    return 2 * (torch.relu(z) - y) * (z >= 0)


def _gradient_cases():
    generator = torch.Generator().manual_seed(2)
    return [
        Case(_doses(17.01), _doses(1.0), label="the point at dose 0.5"),
        Case(_doses(-0.66), _doses(1.0), label="a silent output, response expected"),
        Case(_doses(0.0), _doses(1.0), label="a total input of exactly 0"),
        Case(_doses(0.25), _doses(1.0), label="a total input just above 0"),
        Case(_doses(0.0, 17.01, -0.66), _doses(0.0, 1.0, 0.0), label="the three observations"),
        Case(
            3 * torch.randn(8, generator=generator, dtype=torch.float64),
            torch.rand(8, generator=generator, dtype=torch.float64),
            label="eight random points",
        ),
    ]


register(
    Exercise(
        id="01.loss_gradient",
        reference=loss_gradient,
        cases=_gradient_cases,
        hints=(
            "Three factors: how the loss changes with the response, the response with z, and z with b_final.",
            "The loss is a square, so its slope is twice the difference. z contains b_final once, so that slope is 1.",
            "A ReLU has slope 1 where z > 0 and slope 0 elsewhere: `(z > 0).to(z.dtype)`.",
        ),
        wrong_answers={
            "the slope of the response, not of the loss": _gradient_of_the_response,
            "a chain rule that forgets the output ReLU": _gradient_without_gate,
            "a chain rule that forgets the factor 2 of the square": _gradient_without_two,
            "the slope with its sign turned round": _gradient_reversed,
            "a ReLU with slope 1 at exactly 0: here its slope is 0 there": _gradient_gate_open_at_zero,
            "the loss itself, not its slope": lambda z, y: (torch.relu(z) - y) ** 2,
            "a response without its ReLU": lambda z, y: 2 * (z - y),
            "a slope multiplied by z: that is the one of a weight, and b_final is a bias": lambda z, y: (
                loss_gradient(z, y) * z
            ),
            "a sum over the points: each keeps its own slope here": lambda z, y: loss_gradient(z, y).sum(),
            "a mean over the points: each keeps its own slope here": lambda z, y: loss_gradient(z, y).mean(),
        },
        also=_slope_from_both_sides,
        tolerance="1e-5 of the value: slopes are exact, and a finite difference of a parabola is so, too. At exactly 0 "
        "the formula's slope is 0; a difference over both sides of the corner gives the mean, which counts as right.",
    )
)


# --- 01.training_step ----------------------------------------------------------------------------------------------


def training_step(b_final, drive, y, learning_rate):
    """b_final after one epoch; drive is s0 + s1 of each point.

    b_final, learning_rate: numbers; drive, y: (n,) -> a number
    """
    z = drive + b_final
    gradient = (2 * (torch.relu(z) - y) * (z > 0)).sum()
    return b_final - learning_rate * gradient


def _step_by_differences(b_final, drive, y, learning_rate):
    return b_final - learning_rate * _slope_from_both_sides(drive + b_final, y).sum()


def _step_with_mean(b_final, drive, y, learning_rate):
    z = drive + b_final
    gradients = 2 * (torch.relu(z) - y) * (z > 0)
    return b_final - learning_rate * gradients.mean()


def _step_after_each_point(b_final, drive, y, learning_rate):
    for one_drive, one_y in zip(drive, y, strict=True):
        z = one_drive + b_final
        b_final = b_final - learning_rate * 2 * (torch.relu(z) - one_y) * (z > 0)
    return b_final


def _step_uphill(b_final, drive, y, learning_rate):
    z = drive + b_final
    gradients = 2 * (torch.relu(z) - y) * (z > 0)
    return b_final + learning_rate * gradients.sum()


def _step_only(b_final, drive, y, learning_rate):
    z = drive + b_final
    gradients = 2 * (torch.relu(z) - y) * (z > 0)
    return -learning_rate * gradients.sum()


def _step_without_two(b_final, drive, y, learning_rate):
    z = drive + b_final
    return b_final - learning_rate * ((torch.relu(z) - y) * (z > 0)).sum()


def _step_from_zero(b_final, drive, y, learning_rate):
    return b_final - learning_rate * (2 * (torch.relu(drive) - y) * (drive > 0)).sum()


def _training_cases():
    generator = torch.Generator().manual_seed(3)
    zero = torch.tensor(0.0, dtype=torch.float64)
    one = torch.tensor(1.0, dtype=torch.float64)
    return [
        Case(zero, _doses(17.01), _doses(1.0), 0.1, label="one point"),
        Case(zero, _doses(0.0), _doses(1.0), 0.1, label="one point, a total input of exactly 0"),
        Case(one, _doses(1.0, 2.0), _doses(0.0, 0.0), 0.1, label="two points, both outputs above 0"),
        Case(zero, _doses(0.0, 17.01, -0.66), _doses(0.0, 1.0, 0.0), 0.1, label="the three observations, epoch 1"),
        Case(-20 * one, _doses(0.0, 17.01, -0.66), _doses(0.0, 1.0, 0.0), 0.1, label="every output silent"),
        Case(
            one / 2,
            torch.randn(6, generator=generator, dtype=torch.float64),
            torch.rand(6, generator=generator, dtype=torch.float64),
            0.05,
            label="six random points",
        ),
    ]


register(
    Exercise(
        id="01.training_step",
        reference=training_step,
        cases=_training_cases,
        hints=(
            "All points see the same b_final. Their slopes are added up before b_final moves.",
            "Each point's slope is the one from the exercise before: twice the difference, where z > 0.",
            "`(2 * (torch.relu(z) - y) * (z > 0)).sum()`: the slopes of all points, added up.",
        ),
        wrong_answers={
            "a step along the mean of the slopes, not their sum": _step_with_mean,
            "a step after every single point": _step_after_each_point,
            "a step uphill": _step_uphill,
            "the change of b_final alone, without the value it starts from": _step_only,
            "slopes without the factor 2 of the square": _step_without_two,
            "slopes at b_final = 0, wherever b_final stands": _step_from_zero,
            "a step that forgets the ReLU: a silent output has the slope 0": lambda b_final, drive, y, learning_rate: (
                b_final - learning_rate * (2 * (torch.relu(drive + b_final) - y)).sum()
            ),
            "a step without the learning rate": lambda b_final, drive, y, learning_rate: training_step(
                b_final, drive, y, 1.0
            ),
            "a step for each point: their slopes are added up": lambda b_final, drive, y, learning_rate: (
                b_final - learning_rate * loss_gradient(drive + b_final, y)
            ),
            "two epochs, where one was asked": lambda b_final, drive, y, learning_rate: training_step(
                training_step(b_final, drive, y, learning_rate), drive, y, learning_rate
            ),
        },
        also=_step_by_differences,
        tolerance="1e-5 of the value: one step of exact arithmetic, printed with three digits. A slope at exactly 0 "
        "may be the mean of both sides, as in the exercise before.",
    )
)


# --- 01.closed_form ------------------------------------------------------------------------------------------------


def closed_form(t, b_start, b_best, learning_rate):
    """b_final after t epochs, while one point alone drives the learning.

    t: (n,); b_start, b_best, learning_rate: numbers -> (n,)
    """
    return b_best + (b_start - b_best) * (1 - 2 * learning_rate) ** t


def _closed_from_zero(t, b_start, b_best, learning_rate):
    return b_best * (1 - (1 - 2 * learning_rate) ** t)


def _closed_without_two(t, b_start, b_best, learning_rate):
    return b_best + (b_start - b_best) * (1 - learning_rate) ** t


def _closed_exponential(t, b_start, b_best, learning_rate):
    return b_best + (b_start - b_best) * torch.exp(-2 * learning_rate * t)


def _closed_linear(t, b_start, b_best, learning_rate):
    return b_start + 2 * learning_rate * (b_best - b_start) * t


def _closed_error_alone(t, b_start, b_best, learning_rate):
    return (b_start - b_best) * (1 - 2 * learning_rate) ** t


def _closed_cases():
    epochs = torch.arange(0, 101, dtype=torch.float64)
    return [
        Case(_doses(1.0), 0.0, -16.01, 0.1, label="after one epoch"),
        Case(_doses(0.0, 1.0), -4.0, -16.01, 0.1, label="a start at -4, before and after one epoch"),
        Case(_doses(0.0, 1.0, 2.0, 3.0), 0.0, -16.01, 0.5, label="learning rate 0.5: there in one step"),
        Case(epochs[:20], -10.0, -16.01, 0.8, label="learning rate 0.8: the error changes sign"),
        Case(epochs, 0.0, -16.01, 0.1, label="100 epochs"),
    ]


register(
    Exercise(
        id="01.closed_form",
        reference=closed_form,
        cases=_closed_cases,
        hints=(
            "Write the update for the error e = b - b_best instead of for b. What does one epoch do to e?",
            "The slope of the loss is 2 e, so one epoch takes e to e - 2 learning_rate e = (1 - 2 learning_rate) e.",
            "After t epochs the first error, b_start - b_best, was multiplied t times. Add b_best back.",
        ),
        wrong_answers={
            "the formula for a start at 0, whatever b_start is": _closed_from_zero,
            "an error that shrinks by (1 - learning_rate): the slope of a square has a factor 2": _closed_without_two,
            "a smooth exponential: steps of finite length do not follow it": _closed_exponential,
            "a path with the same step at every epoch: the steps shrink with the error": _closed_linear,
            "the error alone: b_best is to be added back": _closed_error_alone,
            "one epoch too many": lambda t, b_start, b_best, learning_rate: closed_form(
                t + 1, b_start, b_best, learning_rate
            ),
            "one epoch too few": lambda t, b_start, b_best, learning_rate: closed_form(
                t - 1, b_start, b_best, learning_rate
            ),
            "start and end exchanged": lambda t, b_start, b_best, learning_rate: closed_form(
                t, b_best, b_start, learning_rate
            ),
            "a sum where the difference b_start - b_best is meant": lambda t, b_start, b_best, learning_rate: (
                b_best + (b_start + b_best) * (1 - 2 * learning_rate) ** t
            ),
            "a factor multiplied by t: repeated multiplication is a power": lambda t, b_start, b_best, learning_rate: (
                b_best + (b_start - b_best) * (1 - 2 * learning_rate) * t
            ),
        },
        rtol=1e-9,
        atol=1e-9,
        tolerance="1e-9: the cell below compares the formula with 100 epochs of training to that.",
    )
)


# --- 01.largest_learning_rate --------------------------------------------------------------------------------------


def largest_learning_rate(peak, y):
    """Rate at which the first step from b_final = 0 silences a response of size peak.

    peak, y: numbers -> a number
    """
    first_gradient = 2 * (peak - y)
    return peak / first_gradient


def _rate_of_the_parabola(peak, y):
    return 1.0 + 0.0 * peak


def _rate_of_one_step(peak, y):
    return 0.5 + 0.0 * peak


def _rate_without_two(peak, y):
    return peak / (peak - y)


def _rate_to_the_target(peak, y):
    return (peak - y) / (2 * peak)


def _rate_cases():
    return [
        Case(torch.tensor(2.0, dtype=torch.float64), 1.0, label="a peak of 2, observed 1"),
        Case(torch.tensor(17.01, dtype=torch.float64), 1.0, label="the source's network"),
        Case(torch.tensor(17.01, dtype=torch.float64), 0.0, label="nothing observed"),
        Case(torch.tensor(100.0, dtype=torch.float64), torch.tensor(2.0, dtype=torch.float64), label="a peak of 100"),
    ]


register(
    Exercise(
        id="01.largest_learning_rate",
        reference=largest_learning_rate,
        cases=_rate_cases,
        hints=(
            "With b_final = 0 the total input is the peak itself. How far may b_final fall before that is 0?",
            "The first step is learning_rate times the slope 2 (peak - y).",
            "Solve peak - learning_rate * 2 * (peak - y) = 0 for the learning rate.",
        ),
        wrong_answers={
            "the limit of a parabola that has no ReLU": _rate_of_the_parabola,
            "the learning rate that arrives in one step": _rate_of_one_step,
            "a slope without the factor 2 of the square": _rate_without_two,
            "a fraction turned upside down": _rate_to_the_target,
            "the slope divided by the peak, which is the rate turned upside down": lambda peak, y: (
                2 * (peak - y) / peak
            ),
            "a sum where the difference peak - y is meant": lambda peak, y: peak / (2 * (peak + y)),
            "the observation in place of the peak: the response has to fall by its whole height": lambda peak, y: (
                y / (2 * (peak - y))
            ),
        },
        atol=1e-5,
        tolerance="1e-5: the rate is printed with four digits, and the figure's line is wider than the fifth.",
    )
)


# --- 01.step_parameters --------------------------------------------------------------------------------------------


def step_parameters(threshold, width):
    """A response of 0 up to threshold - width, 1 from threshold on, a line between.

    threshold, width: numbers -> dict of seven numbers
    """
    slope = 1 / width
    start = threshold - width
    return {
        "w00": slope,
        "b00": -slope * start,
        "w01": slope,
        "b01": -slope * threshold,
        "w10": 1.0,
        "w11": -1.0,
        "b_final": 0.0,
    }


def _step_without_brake(threshold, width):
    slope = 1 / width
    return {
        "w00": slope,
        "b00": -slope * (threshold - width),
        "w01": slope,
        "b01": -slope * threshold,
        "w10": 1.0,
        "w11": 0.0,
        "b_final": 0.0,
    }


def _step_as_a_bump(threshold, width):
    slope = 1 / width
    return {
        "w00": slope,
        "b00": -slope * (threshold - width),
        "w01": slope,
        "b01": -slope * threshold,
        "w10": 1.0,
        "w11": -2.0,
        "b_final": 0.0,
    }


def _step_too_late(threshold, width):
    slope = 1 / width
    return {
        "w00": slope,
        "b00": -slope * threshold,
        "w01": slope,
        "b01": -slope * (threshold + width),
        "w10": 1.0,
        "w11": -1.0,
        "b_final": 0.0,
    }


def _step_of_width_one(threshold, width):
    return {
        "w00": 1.0,
        "b00": width - threshold,
        "w01": 1.0,
        "b01": -threshold,
        "w10": 1.0,
        "w11": -1.0,
        "b_final": 0.0,
    }


def _step_of_fixed_width(threshold, width):
    return step_parameters(threshold, 0.05)


def _step_cases():
    return [
        Case(0.5, 0.05, label="threshold 0.5, width 0.05"),
        Case(0.5, 0.1, label="threshold 0.5, width 0.1"),
        Case(0.25, 0.25, label="threshold 0.25, width 0.25"),
        Case(0.7, 0.01, label="threshold 0.7, width 0.01"),
        Case(2.0, 0.5, label="threshold 2, width 0.5"),
        Case(-0.3, 0.2, label="a negative threshold"),
    ]


def _compare_steps(result, expected, threshold, width):
    """None where the seven numbers make the step asked for, else what the response does instead.

    Many answers are right, so the response is judged and not the numbers.
    """
    if not isinstance(result, Mapping):
        return f"A dict with the seven names is needed, {kind(result)} came back."
    missing = [name for name in PARAMETERS if name not in result]
    unknown = [str(name) for name in result if name not in PARAMETERS]
    if missing or unknown:
        said = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(unknown)}"] * bool(unknown)
        return f"The dict must hold exactly {', '.join(PARAMETERS)} ({'; '.join(said)})."
    try:
        neuron = TwoPathNeuron(**{name: float(value) for name, value in result.items()})
    except (TypeError, ValueError) as problem:
        return f"These are not seven finite numbers: {problem}."
    start = threshold - width
    checks = [(start - 1, 0.0), (start - width / 2, 0.0), (start, 0.0)]
    checks += [(threshold, 1.0), (threshold + width / 2, 1.0), (threshold + 1, 1.0), (threshold + 10, 1.0)]
    # In between it climbs in a straight line, which takes the whole width.
    checks += [(threshold - width * (1 - part), part) for part in (0.5, *(n / 20 for n in range(1, 20)))]
    with torch.no_grad():
        for dose, wanted in checks:
            got = neuron(dose).item()
            if not math.isclose(got, wanted, abs_tol=1e-6):
                ours, theirs = shown_apart(got, wanted)
                return f"At dose {dose:.4g} the response is {ours}; this step needs {theirs} there."
    return None


register(
    Exercise(
        id="01.step_parameters",
        reference=step_parameters,
        cases=_step_cases,
        hints=(
            "Two ramps make a step: the first one climbs, the second one cancels the climb from threshold on.",
            "The upper ReLU switches on at threshold - width and must climb by 1 over a distance of width.",
            "The lower ReLU switches on at threshold with the same slope, and leaves with the opposite sign.",
            "A ReLU of slope s that switches on at dose a has weight s and bias -s * a.",
        ),
        wrong_answers={
            "a ramp that never stops: nothing cancels the climb": _step_without_brake,
            "a bump: the second ramp more than cancels the first": _step_as_a_bump,
            "a step that only begins at threshold": _step_too_late,
            "a ramp of slope 1, whatever the width": _step_of_width_one,
            "a ramp of one width, whatever width is asked for": _step_of_fixed_width,
            "biases without the slope: a ReLU that begins at a has the bias -slope * a": lambda threshold, width: (
                step_parameters(threshold, width) | {"b00": width - threshold, "b01": -threshold}
            ),
            "a step of half the height": lambda threshold, width: (
                step_parameters(threshold, width) | {"w10": 0.5, "w11": -0.5}
            ),
            "a climb twice as wide as asked": lambda threshold, width: step_parameters(threshold, 2 * width),
        },
        compare=_compare_steps,
        tolerance="1e-6 of the step's height: the seven numbers are exact, and the page asks whether 0 is exceeded.",
    )
)
