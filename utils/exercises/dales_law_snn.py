"""Exercises of notebook 06: a spiking network that hears, under Dale's law."""

from __future__ import annotations

import math

import torch

from utils.exercises.engine import Case, Exercise
from utils.exercises.registry import register


def _random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _normal(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_random(seed))


def _signs(*values: float) -> torch.Tensor:
    return torch.tensor(values)[:, None]


# --- 1: a gradient for a step that has none -----------------------------------------------------------------------


def surrogate_gradient(grad, x, slope):
    """What flows back through a spike: grad times the derivative of sigmoid(slope * x).

    grad, x: any shape -> the same shape
    """
    sigmoid = torch.sigmoid(slope * x)
    passed_on = grad * slope * sigmoid * (1 - sigmoid)
    return passed_on


def _true_derivative(grad, x, slope):
    return torch.zeros_like(grad)


def _inner_derivative_missing(grad, x, slope):
    sigmoid = torch.sigmoid(slope * x)
    return grad * sigmoid * (1 - sigmoid)


def _chain_missing(grad, x, slope):
    sigmoid = torch.sigmoid(slope * x)
    return slope * sigmoid * (1 - sigmoid)


def _slope_outside_only(grad, x, slope):
    sigmoid = torch.sigmoid(x)
    return grad * slope * sigmoid * (1 - sigmoid)


def _straight_through(grad, x, slope):
    return grad.clone()


def _sigmoid_itself(grad, x, slope):
    return grad * torch.sigmoid(slope * x)


def _cases_surrogate_gradient():
    return [
        Case(torch.tensor([1.0]), torch.tensor([0.0]), 5.0, label="at the threshold"),
        Case(torch.tensor([2.0]), torch.tensor([0.3]), 5.0, label="above it"),
        Case(torch.tensor([-1.0, 0.5]), torch.tensor([-0.4, 0.1]), 5.0, label="two units"),
        Case(torch.tensor([1.0, 1.0]), torch.tensor([-0.2, 0.7]), 2.0, label="another slope"),
        Case(_normal(3, 4, seed=1), _normal(3, 4, seed=2), 5.0, label="a batch"),
        Case(torch.ones(2), torch.tensor([-15.0, 15.0]), 5.0, label="far from the threshold"),
        Case(_normal(2, 3, seed=3).double(), _normal(2, 3, seed=4).double(), 5.0, label="double precision"),
    ]


register(
    Exercise(
        id="06.surrogate_gradient",
        reference=surrogate_gradient,
        cases=_cases_surrogate_gradient,
        hints=(
            "The chain rule: what comes from above (`grad`) times the derivative of the stand-in at x.",
            "With s = sigmoid(u), the derivative of s with respect to u is s (1 - s). Here u = slope * x.",
            "`s = torch.sigmoid(slope * x)`, then grad * slope * s * (1 - s).",
        ),
        wrong_answers={
            "the true derivative of a step, which is zero: nothing could be learned": _true_derivative,
            "the inner derivative left out: u = slope * x has derivative slope": _inner_derivative_missing,
            "the stand-in's derivative alone: the gradient from above is missing": _chain_missing,
            "the slope outside of the sigmoid only: it belongs inside as well": _slope_outside_only,
            "a gradient passed on unchanged, as if the spike were the identity": _straight_through,
            "the sigmoid itself in place of its derivative": _sigmoid_itself,
            "the slope squared: the chain rule brings it once": lambda grad, x, slope: (
                slope * surrogate_gradient(grad, x, slope)
            ),
            "the step in place of a derivative": lambda grad, x, slope: grad * (x > 0),
            "a sum where the product s (1 - s) is meant": lambda grad, x, slope: (
                grad * slope * (sigmoid := torch.sigmoid(slope * x)) * (1 + sigmoid)
            ),
            "another stand-in, a triangle": lambda grad, x, slope: grad * slope * (1 - (slope * x).abs()).clamp(min=0),
            "another stand-in, the fast sigmoid": lambda grad, x, slope: grad / (1 + slope * x.abs()) ** 2,
            "another stand-in, the tanh": lambda grad, x, slope: 4 * surrogate_gradient(grad, 2 * x, slope),
        },
        rtol=1e-3,
        atol=1e-5,
        tolerance="1e-3 of the value: training does not notice more, and a finite difference has three digits. "
        "Potentials lie within 15 thresholds, where exp(-5 x) does not overflow.",
    )
)


# --- 2: one step of a leaky integrate-and-fire unit ---------------------------------------------------------------


def unit_step(v, s, h, decay, spike):
    """Next potential and next spike from potential v, spike s and input h.

    v, s, h: (batch, units) -> two such
    """
    new_v = (decay * v + h) * (1 - s)
    new_s = spike(v - 1)
    return new_v, new_s


def _without_reset(v, s, h, decay, spike):
    return decay * v + h, spike(v - 1)


def _spike_of_new_potential(v, s, h, decay, spike):
    new_v = (decay * v + h) * (1 - s)
    return new_v, spike(new_v - 1)


def _reset_leaves_input(v, s, h, decay, spike):
    return decay * v * (1 - s) + h, spike(v - 1)


def _subtractive_reset(v, s, h, decay, spike):
    return decay * v + h - s, spike(v - 1)


def _without_leak(v, s, h, decay, spike):
    return (v + h) * (1 - s), spike(v - 1)


def _own_spike(v, s, h, decay, spike):
    return (decay * v + h) * (1 - s), (v > 1).to(v.dtype)


def _threshold_missing(v, s, h, decay, spike):
    return (decay * v + h) * (1 - s), spike(v)


def _step(x):
    return (x > 0).to(x.dtype)


def _soft_step(x):
    return torch.sigmoid(5 * x)


def _cases_unit_step():
    def case(v, s, h, decay, label):
        return Case(*(torch.tensor([part]) for part in (v, s, h)), decay, _step, label=label)

    return [
        case([0.0], [0.0], [0.3], 0.8, "input only"),
        case([0.5], [0.0], [0.2], 0.8, "leak and input"),
        case([0.5], [1.0], [0.2], 0.8, "a spike resets"),
        case([0.9], [0.0], [0.6], 0.8, "crossing the threshold: the spike comes a step later"),
        case([1.3], [0.0], [0.0], 0.8, "above the threshold"),
        Case(
            _normal(3, 5, seed=3),
            (torch.rand(3, 5, generator=_random(4)) < 0.5).float(),
            _normal(3, 5, seed=5),
            0.6,
            _step,
            label="a batch",
        ),
        Case(
            _normal(2, 3, seed=6).double(),
            torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64),
            _normal(2, 3, seed=8).double(),
            0.8,
            _soft_step,
            label="a spike that may be half, so that its gradient is seen; double precision",
        ),
        Case(_normal(3, seed=9), torch.tensor([0.0, 1.0, 0.0]), _normal(3, seed=11), 0.8, _soft_step, label="no batch"),
    ]


register(
    Exercise(
        id="06.unit_step",
        reference=unit_step,
        cases=_cases_unit_step,
        hints=(
            "Three things happen to the potential: it leaks, the input is added, and a spike sets it to zero.",
            "Setting to zero after a spike is multiplying by 1 - s, since s is 0 or 1.",
            "`new_v = (decay * v + h) * (1 - s)`, and the new spike asks whether the potential v that you were "
            "given is above 1: `spike(v - 1)`.",
        ),
        wrong_answers={
            "a unit that is never reset": _without_reset,
            "a spike made from the new potential; here it is made from v, one step later": _spike_of_new_potential,
            "a reset of the old potential only; here the input of that step is lost as well": _reset_leaves_input,
            "a reset that subtracts the threshold; here it multiplies by 1 - s": _subtractive_reset,
            "a unit without a leak": _without_leak,
            "a spike of its own making: `spike` is the function to ask, since it has a gradient": _own_spike,
            "a spike at any positive potential: the threshold is 1": _threshold_missing,
            "spike before potential: the potential comes first": lambda *given: unit_step(*given)[::-1],
            "an input multiplied by 1 - decay: here it is added whole": lambda v, s, h, decay, spike: unit_step(
                v, s, (1 - decay) * h, decay, spike
            ),
            "units kept by their spikes, and reset without: multiply by 1 - s": lambda v, s, h, decay, spike: unit_step(
                v, 1 - s, h, decay, spike
            ),
            "a reset by the new spike: s resets, the spike of the step before": lambda v, s, h, decay, spike: unit_step(
                v, spike(v - 1), h, decay, spike
            ),
            "an input that leaks at once: only the old potential does": lambda v, s, h, decay, spike: unit_step(
                v, s, decay * h, decay, spike
            ),
        },
        tolerance="1e-5 of the potential; spikes are exact.",
        gradients=("v", "h"),
        # `torch.where(s > 0, ...)` resets as well, and has no gradient there.
        gradients_below=("s",),
    )
)


# --- 3: Dale's law ------------------------------------------------------------------------------------------------


def dale_weights(w, sign):
    """Weights whose sign belongs to the presynaptic unit.

    w: (n_in, n_out), sign: (n_in, 1) -> (n_in, n_out)
    """
    signed = w.abs() * sign
    return signed


def _sign_times_weight(w, sign):
    return w * sign


def _rectified(w, sign):
    return w.clamp(min=0) * sign


def _signs_turned_round(w, sign):
    return -w.abs() * sign


def _rows_as_columns(w, sign):
    return w.abs() * sign[torch.arange(w.shape[1]) % len(sign), 0]


def _all_positive(w, sign):
    return (w * sign).abs()


def _squared_weights(w, sign):
    return w**2 * sign


def _cases_dale_weights():
    return [
        Case(torch.full((2, 1), 0.25), _signs(1.0, -1.0), label="weights that are positive already"),
        Case(_normal(3, 2, seed=12).double(), _signs(-1.0, 1.0, 1.0).double(), label="double precision"),
        Case(torch.tensor([[-0.5]]), _signs(1.0), label="one excitatory weight"),
        Case(torch.tensor([[0.5, -0.2]]), _signs(-1.0), label="one inhibitory unit with two targets"),
        Case(torch.tensor([[0.1, -0.2], [0.3, -0.4]]), _signs(1.0, -1.0), label="one unit of each kind"),
        Case(torch.tensor([[0.0, 1.0], [-1.0, 0.0]]), _signs(-1.0, 1.0), label="with zeros"),
        Case(_normal(4, 3, seed=6), _signs(1.0, -1.0, -1.0, 1.0), label="four units, three targets"),
    ]


register(
    Exercise(
        id="06.dale_weights",
        reference=dale_weights,
        cases=_cases_dale_weights,
        hints=(
            "Learning may push w below zero. Which function of w cannot change its sign?",
            "`w.abs()` gives the strength. The sign comes from the unit the weight starts at: the row.",
            "`w.abs() * sign`: the column of signs is stretched over all targets by itself.",
        ),
        wrong_answers={
            "the weight times the sign: a negative weight of an inhibitory unit then excites": _sign_times_weight,
            "weights cut off below zero: half of the synapses would be silent from the start": _rectified,
            "excitatory and inhibitory mixed up": _signs_turned_round,
            "a sign for each target: Dale's law gives one to each source, the row": _rows_as_columns,
            "the size of sign times weight: all weights come out positive": _all_positive,
            "squared weights: the size is w.abs()": _squared_weights,
            "signs alone: the sizes of the weights are lost": lambda w, sign: sign.expand_as(w).clone(),
            "weights of the wrong sign cut off: half of the synapses would be silent from the start": lambda w, sign: (
                (w * sign).clamp(min=0) * sign
            ),
            "exponentials of the weights: the size is w.abs()": lambda w, sign: torch.exp(w) * sign,
        },
        tolerance="1e-5 of the value: one product.",
        gradients=("w",),
    )
)


# --- 4: from logits to degrees ------------------------------------------------------------------------------------


def decoding_error(logits, ipd):
    """Mean absolute error in degrees.

    logits: (n, 12) of classes from -90 to 90 deg, ipd: (n,) in radians -> a number
    """
    n_classes = logits.shape[1]
    named = logits.argmax(1)
    middle = -90 + (named + 0.5) * 180 / n_classes
    error = (middle - torch.rad2deg(ipd)).abs().mean()
    return error


def _lower_edge(logits, ipd):
    named = logits.argmax(1)
    return (-90 + named * 180 / logits.shape[1] - torch.rad2deg(ipd)).abs().mean()


def _in_radians(logits, ipd):
    named = logits.argmax(1)
    return (((named + 0.5) / logits.shape[1] - 0.5) * math.pi - ipd).abs().mean()


def _signed_error(logits, ipd):
    named = logits.argmax(1)
    return (-90 + (named + 0.5) * 180 / logits.shape[1] - torch.rad2deg(ipd)).mean()


def _squared(logits, ipd):
    named = logits.argmax(1)
    return ((-90 + (named + 0.5) * 180 / logits.shape[1] - torch.rad2deg(ipd)) ** 2).mean().sqrt()


def _radians_taken_for_degrees(logits, ipd):
    named = logits.argmax(1)
    return (-90 + (named + 0.5) * 180 / logits.shape[1] - ipd).abs().mean()


def _error_summed(logits, ipd):
    return decoding_error(logits, ipd) * len(ipd)


def _whole_circle(logits, ipd):
    return (-180 + (logits.argmax(1) + 0.5) * 360 / logits.shape[1] - torch.rad2deg(ipd)).abs().mean()


def _least_likely(logits, ipd):
    return decoding_error(-logits, ipd)


def _cases_decoding_error():
    def one_hot(*classes):
        return torch.eye(12)[list(classes)] * 3

    return [
        Case(one_hot(6), torch.tensor([0.0]), label="the class next to the middle"),
        Case(one_hot(0), torch.deg2rad(torch.tensor([-82.5])), label="no error"),
        Case(one_hot(11, 0), torch.deg2rad(torch.tensor([60.0, -90.0])), label="two sounds"),
        Case(_normal(5, 4, seed=7), torch.deg2rad(torch.tensor([-80.0, -20.0, 5.0, 40.0, 89.0])), label="four classes"),
        Case(_normal(50, 12, seed=8), (torch.rand(50, generator=_random(9)) - 0.5) * math.pi, label="fifty sounds"),
    ]


register(
    Exercise(
        id="06.decoding_error",
        reference=decoding_error,
        cases=_cases_decoding_error,
        hints=(
            "The class named is the one with the largest logit: `logits.argmax(1)`.",
            "Twelve classes share 180 degrees, from -90 on. A class stands for its middle: half a class above "
            "its lower edge.",
            "`middle = -90 + (named + 0.5) * 180 / n_classes`; then the mean of the absolute difference to "
            "`torch.rad2deg(ipd)`.",
        ),
        wrong_answers={
            "each class decoded as its lower edge, not its middle": _lower_edge,
            "an error in radians": _in_radians,
            "errors to the left and to the right cancelling each other: take absolute values": _signed_error,
            "the root of the mean square, which is never smaller": _squared,
            "phase differences in radians taken for degrees": _radians_taken_for_degrees,
            "a sum over the sounds, where the mean was asked": _error_summed,
            "classes that share a whole circle; here they share 180 degrees": _whole_circle,
            "the least likely class: the one named has the largest logit": _least_likely,
            "each class decoded as its upper edge, not its middle": lambda logits, ipd: (
                (-90 + (logits.argmax(1) + 1) * 180 / logits.shape[1] - torch.rad2deg(ipd)).abs().mean()
            ),
            "the median of the errors": lambda logits, ipd: (
                (-90 + (logits.argmax(1) + 0.5) * 180 / logits.shape[1] - torch.rad2deg(ipd)).abs().median()
            ),
            "classes that begin at 0 degrees: they begin at -90": lambda logits, ipd: decoding_error(
                logits, ipd - math.pi / 2
            ),
            "twelve classes, however many logits there are": lambda logits, ipd: (
                (-90 + (logits.argmax(1) + 0.5) * 15 - torch.rad2deg(ipd)).abs().mean()
            ),
            "classes as points from -90 to 90: each has a width, and a middle": lambda logits, ipd: (
                (-90 + logits.argmax(1) * 180 / (logits.shape[1] - 1) - torch.rad2deg(ipd)).abs().mean()
            ),
            "an error for each sound, where their mean was asked": lambda logits, ipd: (
                -90 + (logits.argmax(1) + 0.5) * 180 / logits.shape[1] - torch.rad2deg(ipd)
            ).abs(),
        },
        rtol=1e-4,
        atol=1e-3,
        tolerance="0.001 degrees: phase differences are float32 radians, which are 1e-5 degrees apart. Decoders are "
        "wrong by degrees.",
    )
)


# --- 5: the probability of what was heard -------------------------------------------------------------------------


def log_likelihood(spikes, probability):
    """Logarithm of the probability of spikes, for each sound and each hypothesis.

    spikes: (n_sounds, n_bins) of 0 and 1
    probability: (n_hypotheses, n_bins), between 0 and 1 -> (n_sounds, n_hypotheses)
    """
    present = spikes @ probability.log().T
    absent = (1 - spikes) @ (1 - probability).log().T
    result = present + absent
    return result


def _silence_ignored(spikes, probability):
    return spikes @ probability.log().T


def _not_a_logarithm(spikes, probability):
    return spikes @ probability.T + (1 - spikes) @ (1 - probability).T


def _in_bits(spikes, probability):
    return (spikes @ probability.log2().T) + (1 - spikes) @ (1 - probability).log2().T


def _mean_over_bins(spikes, probability):
    return log_likelihood(spikes, probability) / spikes.shape[1]


def _sounds_and_hypotheses_swapped(spikes, probability):
    return log_likelihood(spikes, probability).T


def _other_way_round(spikes, probability):
    return (1 - spikes) @ probability.log().T + spikes @ (1 - probability).log().T


def _cases_log_likelihood():
    def case(n_sounds, n_hypotheses, n_bins, seed, label):
        random = _random(seed)
        heard = (torch.rand(n_sounds, n_bins, generator=random) < 0.3).float()
        return Case(heard, 0.02 + 0.9 * torch.rand(n_hypotheses, n_bins, generator=random), label=label)

    return [
        Case(torch.tensor([[1.0]]), torch.tensor([[0.5]]), label="one spike of a fair coin"),
        Case(torch.tensor([[0.0]]), torch.tensor([[0.9], [0.1]]), label="no spike, two hypotheses"),
        Case(torch.tensor([[1.0, 0.0, 1.0]]), torch.tensor([[0.2, 0.3, 0.4]]), label="three bins"),
        case(5, 3, 40, 20, "five sounds, three hypotheses"),
        case(4, 4, 200, 21, "as many sounds as hypotheses"),
    ]


register(
    Exercise(
        id="06.log_likelihood",
        reference=log_likelihood,
        cases=_cases_log_likelihood,
        hints=(
            "A bin with a spike adds log p, a bin without one adds log(1 - p). A bin without a spike tells something, "
            "too.",
            "The sum over bins of s log p, for all sounds and all hypotheses at once, is one matrix product: "
            "`spikes @ probability.log().T`.",
            "Add `(1 - spikes) @ (1 - probability).log().T` for the bins without a spike.",
        ),
        wrong_answers={
            "spikes alone: that a fibre stayed silent is news as well, log(1 - p)": _silence_ignored,
            "a sum of probabilities: those of independent events multiply, so their logarithms add up": (
                _not_a_logarithm
            ),
            "a logarithm to base 2": _in_bits,
            "a mean over the bins: the probability of the whole sound is a product over all of them": _mean_over_bins,
            "hypotheses in rows: there is one row for each sound": _sounds_and_hypotheses_swapped,
            "spikes and silence mixed up": _other_way_round,
            "silence alone: a spike is news as well, log p": lambda spikes, probability: (
                (1 - spikes) @ (1 - probability).log().T
            ),
            "the sign turned: a logarithm of a probability is negative": lambda spikes, probability: (
                -log_likelihood(spikes, probability)
            ),
            "the probability itself, not its logarithm": lambda spikes, probability: log_likelihood(
                spikes, probability
            ).exp(),
            "a logarithm to base 10": lambda spikes, probability: log_likelihood(spikes, probability) / math.log(10),
            "a Poisson count in each bin; here a bin has a spike or none": lambda spikes, probability: (
                spikes @ probability.log().T - probability.sum(1)
            ),
            "silence subtracted: both logarithms are added": lambda spikes, probability: (
                spikes @ probability.log().T - (1 - spikes) @ (1 - probability).log().T
            ),
        },
        rtol=1e-4,
        atol=1e-4,
        tolerance="1e-4 of the value: sums of 200 float32 logarithms, whose differences of several nats decide.",
    )
)


# --- 6: an ablation that leaves the patient alive -----------------------------------------------------------------


def without_rows(weights, rows):
    """Weights with the rows of some inputs set to zero, as a new tensor.

    weights: (n_in, n_out), rows: (k,) whole numbers -> (n_in, n_out)
    """
    silenced = weights.clone()
    silenced[rows] = 0
    return silenced


def _columns(weights, rows):
    silenced = weights.clone()
    silenced[:, rows % weights.shape[1]] = 0
    return silenced


def _keeps_only_those(weights, rows):
    silenced = torch.zeros_like(weights)
    silenced[rows] = weights[rows]
    return silenced


def _removes_them(weights, rows):
    keep = torch.ones(len(weights), dtype=torch.bool)
    keep[rows] = False
    return weights[keep]


def _cases_without_rows():
    weights = torch.arange(1.0, 7.0).view(3, 2)
    return [
        Case(weights.clone(), torch.tensor([0]), label="the first input"),
        Case(weights.clone(), torch.tensor([2, 0]), label="two inputs"),
        Case(weights.clone(), torch.tensor([], dtype=torch.long), label="none"),
        Case(_normal(8, 3, seed=10), torch.tensor([1, 4, 7]), label="three of eight"),
        Case(_normal(4, 5, seed=11), torch.arange(4), label="all of them"),
    ]


register(
    Exercise(
        id="06.without_rows",
        reference=without_rows,
        cases=_cases_without_rows,
        hints=(
            "Input i acts through row i of the weights. Silent means: the row is zero.",
            "The trained weights are still needed, to compare with. So write into a copy: `weights.clone()`.",
            "`silenced = weights.clone()`, then `silenced[rows] = 0`.",
        ),
        wrong_answers={
            "silent columns: those are the targets, not the inputs": _columns,
            "the opposite: only those inputs are left": _keeps_only_those,
            "rows taken out: the shape no longer fits the inputs": _removes_them,
            "weights as they were: no row is silent": lambda weights, rows: weights.clone(),
            "the first rows, whichever are named": lambda weights, rows: without_rows(weights, torch.arange(len(rows))),
            "rows that are smaller, and not silent: they are set to 0": lambda weights, rows: (
                (weights + without_rows(weights, rows)) / 2
            ),
        },
        rtol=0.0,
        atol=0.0,
        tolerance="none: silent is 0, and the other weights stay as they are.",
    )
)


# --- 7: balanced initial weights ----------------------------------------------------------------------------------


def balanced_scales(n_excitatory, n_inhibitory):
    """Factors (s_e, s_i) with n_e s_e = n_i s_i and n_e s_e^2 + n_i s_i^2 = n_e + n_i.

    n_excitatory, n_inhibitory: counts of at least 1 -> two numbers
    """
    s_e = math.sqrt(n_inhibitory / n_excitatory)
    s_i = math.sqrt(n_excitatory / n_inhibitory)
    return s_e, s_i


def _swapped(n_excitatory, n_inhibitory):
    return math.sqrt(n_excitatory / n_inhibitory), math.sqrt(n_inhibitory / n_excitatory)


def _only_inhibition(n_excitatory, n_inhibitory):
    return 1.0, n_excitatory / n_inhibitory


def _without_root(n_excitatory, n_inhibitory):
    return n_inhibitory / n_excitatory, n_excitatory / n_inhibitory


def _no_scaling(n_excitatory, n_inhibitory):
    return 1.0, 1.0


def _cases_balanced_scales():
    return [
        Case(1, 4, label="four times as many inhibitory units"),
        Case(100, 100, label="as many of each"),
        Case(160, 40, label="a fifth inhibitory"),
        Case(24, 6, label="the hidden layer"),
        Case(20, 180, label="few excitatory units"),
    ]


register(
    Exercise(
        id="06.balanced_scales",
        reference=balanced_scales,
        cases=_cases_balanced_scales,
        hints=(
            "The first condition says s_i = s_e n_e / n_i. Put that into the second one.",
            "n_e s_e^2 + n_e^2 s_e^2 / n_i = n_e + n_i: the left side is s_e^2 (n_e / n_i) (n_i + n_e).",
            "So s_e = sqrt(n_i / n_e), and s_i is its reciprocal.",
        ),
        wrong_answers={
            "the two factors swapped: the rarer kind needs the larger one": _swapped,
            "inhibition alone scaled: the drive cancels, but the weights as a whole grow": _only_inhibition,
            "the ratio without its root: the drive no longer cancels": _without_root,
            "no scaling at all": _no_scaling,
            "excitation alone scaled: the drive cancels, but the weights as a whole shrink or grow": (
                lambda n_excitatory, n_inhibitory: (n_inhibitory / n_excitatory, 1.0)
            ),
            "shares of all units: the ratio is of one kind to the other": lambda n_excitatory, n_inhibitory: (
                math.sqrt(n_inhibitory / (n_excitatory + n_inhibitory)),
                math.sqrt(n_excitatory / (n_excitatory + n_inhibitory)),
            ),
            "the root of each number alone": lambda n_excitatory, n_inhibitory: (
                n_excitatory**-0.5,
                n_inhibitory**-0.5,
            ),
            "a negative factor: sizes are scaled here, signs come from Dale's law": lambda n_excitatory, n_inhibitory: (
                (found := balanced_scales(n_excitatory, n_inhibitory))[0],
                -found[1],
            ),
            "a second condition without its squares": lambda n_excitatory, n_inhibitory: (
                (n_excitatory + n_inhibitory) / (2 * n_excitatory),
                (n_excitatory + n_inhibitory) / (2 * n_inhibitory),
            ),
        },
        tolerance="1e-5 of the value: a root.",
    )
)


# --- 8: Dale's law with interneurons ------------------------------------------------------------------------------


def interneuron_current(x, w_ex, w_ix, w_ei):
    """Excitation minus inhibition through linear interneurons.

    x: (n, d), w_ex: (d, h), w_ix: (d, k), w_ei: (k, h) -> (n, h)
    """
    interneurons = x @ w_ix
    current = x @ w_ex - interneurons @ w_ei
    return current


def _inhibition_added(x, w_ex, w_ix, w_ei):
    return x @ w_ex + (x @ w_ix) @ w_ei


def _inhibition_alone(x, w_ex, w_ix, w_ei):
    return -((x @ w_ix) @ w_ei)


def _excitation_alone(x, w_ex, w_ix, w_ei):
    return x @ w_ex


def _rectified_current(x, w_ex, w_ix, w_ei):
    return (x @ w_ex - (x @ w_ix) @ w_ei).clamp(min=0)


def _rectified_interneurons(x, w_ex, w_ix, w_ei):
    return x @ w_ex - torch.relu(x @ w_ix) @ w_ei


def _turned_round_current(x, w_ex, w_ix, w_ei):
    return (x @ w_ix) @ w_ei - x @ w_ex


def _cases_interneuron_current():
    def mixed(n, d, h, k, seed):
        random = _random(seed)
        return [torch.randn(*shape, generator=random) for shape in ((n, d), (d, h), (d, k), (k, h))]

    def case(n, d, h, k, seed, label):
        random = _random(seed)
        x = (torch.rand(n, d, generator=random) < 0.5).float()
        return Case(x, *(torch.rand(*shape, generator=random) for shape in ((d, h), (d, k), (k, h))), label=label)

    one = torch.ones(1, 1)
    return [
        Case(one, one.clone(), one.clone(), one.clone() * 0.25, label="one of everything"),
        Case(one, one.clone(), one.clone() * 2, one.clone(), label="inhibition wins"),
        Case(torch.ones(1, 2), torch.ones(2, 1), torch.tensor([[1.0], [0.0]]), torch.ones(1, 1), label="two inputs"),
        case(4, 6, 3, 2, 12, "a batch"),
        case(3, 20, 5, 3, 13, "twenty inputs"),
        Case(*mixed(4, 5, 3, 2, 14), label="numbers of both signs"),
    ]


register(
    Exercise(
        id="06.interneuron_current",
        reference=interneuron_current,
        cases=_cases_interneuron_current,
        hints=(
            "Two ways lead from the inputs to a hidden unit: straight, and by way of the interneurons.",
            "The interneurons are linear: their activity is `x @ w_ix`, shape (n, k).",
            "The straight way is `x @ w_ex`. Subtract the interneurons' activity times `w_ei`.",
        ),
        wrong_answers={
            "interneurons that excite: their effect is to be subtracted": _inhibition_added,
            "inhibition alone: the straight way is missing": _inhibition_alone,
            "excitation alone: the way through the interneurons is missing": _excitation_alone,
            "a current cut off below zero: the membrane needs the negative part as well": _rectified_current,
            "interneurons with a ReLU: here they are linear": _rectified_interneurons,
            "excitation and inhibition exchanged": _turned_round_current,
            "interneurons without their sign: here they are linear": lambda x, w_ex, w_ix, w_ei: (
                x @ w_ex - (x @ w_ix).abs() @ w_ei
            ),
            "interneurons that spike: here they are linear": lambda x, w_ex, w_ix, w_ei: (
                x @ w_ex - (x @ w_ix > 0).to(x.dtype) @ w_ei
            ),
            "interneurons with a sigmoid: here they are linear": lambda x, w_ex, w_ix, w_ei: (
                x @ w_ex - torch.sigmoid(x @ w_ix) @ w_ei
            ),
            "weights without their sign: they are used as they come": lambda x, w_ex, w_ix, w_ei: interneuron_current(
                x, w_ex.abs(), w_ix.abs(), w_ei.abs()
            ),
            "a mean over the interneurons, not their sum": lambda x, w_ex, w_ix, w_ei: interneuron_current(
                x, w_ex, w_ix, w_ei / w_ix.shape[1]
            ),
        },
        rtol=1e-4,
        atol=1e-4,
        tolerance="1e-4: two ways to sum 200 float32 products of size 1.",
    )
)
