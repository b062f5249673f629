"""Tables of notebook 01: the forward pass and the chain rule with their numbers, by hand and by autograd."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from utils.page.tables import Table


def scalar(value: Any) -> float:
    """A plain number from a number or a tensor, whether it collects gradients or not.

    Args:
        value: a number, or a tensor of one element.

    Returns:
        The float.
    """
    return float(value.detach() if hasattr(value, "detach") else value)


def number(value: Any, digits: int = 6) -> str:
    """A value as a reader writes it: no minus zero, no rounding dust.

    Args:
        value: a number, or a tensor of one element.
        digits: the most significant ones that are written.

    Returns:
        The text.

    >>> number(17.010000000000002), number(-1e-15), number(-16.01, 3)
    ('17.01', '0', '-16')
    """
    plain = scalar(value)
    return "0" if abs(plain) < 1e-9 else f"{plain:.{digits}g}"


def forward_table(parameters: Mapping[str, float], values: Mapping[str, Any]) -> Table:
    """The forward pass of one stimulus, step by step, with the numbers put in.

    Args:
        parameters: the seven numbers by name.
        values: x, z0, h0, s0, z1, h1, s1, z, response, one number each.

    Returns:
        The table.
    """
    p = {name: number(value) for name, value in parameters.items()}
    v = {name: number(value) for name, value in values.items()}
    b00, b01, b_final, s1 = (_bracketed(value) for value in (p["b00"], p["b01"], p["b_final"], v["s1"]))
    x, h0, h1 = (_bracketed(v[name]) for name in ("x", "h0", "h1"))
    rows = [
        ("upper path, into the ReLU", "z0 = w00 x + b00", f"{p['w00']} × {x} + {b00}", v["z0"]),
        ("upper path, out of it", "h0 = relu(z0)", f"relu({v['z0']})", v["h0"]),
        ("upper path, weighted", "s0 = w10 h0", f"{p['w10']} × {h0}", v["s0"]),
        ("lower path, into the ReLU", "z1 = w01 x + b01", f"{p['w01']} × {x} + {b01}", v["z1"]),
        ("lower path, out of it", "h1 = relu(z1)", f"relu({v['z1']})", v["h1"]),
        ("lower path, weighted", "s1 = w11 h1", f"{p['w11']} × {h1}", v["s1"]),
        ("both paths and the bias", "z = s0 + s1 + b_final", f"{v['s0']} + {s1} + {b_final}", v["z"]),
        ("response", "r = relu(z)", f"relu({v['z']})", v["response"]),
    ]
    return Table(("step", "formula", "numbers", "value"), rows, "Forward pass")


def chain_table(values: Mapping[str, Any], observed: Any, hand: Any, auto: Any) -> Table:
    """The loss of one point and each factor of the chain rule, by hand and by autograd.

    Args:
        values: x, ..., z, response of the point.
        observed: the observed response y.
        hand: loss, dloss_dresponse, dresponse_dz, dz_dbfinal and gradient, worked out by hand.
        auto: the same from automatic differentiation.

    Returns:
        The table.
    """
    r, y, z = number(values["response"]), number(observed), number(values["z"])
    gate = "above 0" if scalar(values["z"]) > 0 else "not above 0"
    factors = [number(getattr(hand, name)) for name in ("dloss_dresponse", "dresponse_dz", "dz_dbfinal")]
    steps = [
        ("loss", "L = (r - y)²", f"({r} - {_bracketed(y)})²", "loss"),
        ("how the loss follows the response", "dL/dr = 2 (r - y)", f"2 × ({r} - {_bracketed(y)})", "dloss_dresponse"),
        ("how the response follows z", "dr/dz = 1 if z > 0 else 0", f"z = {z} is {gate}", "dresponse_dz"),
        ("how z follows b_final", "dz/db_final = 1", "z holds b_final once", "dz_dbfinal"),
        ("gradient: their product", "dL/db_final", " × ".join(_bracketed(factor) for factor in factors), "gradient"),
    ]
    rows = [
        (what, formula, numbers, number(getattr(hand, name)), number(getattr(auto, name)), _agree(hand, auto, name))
        for what, formula, numbers, name in steps
    ]
    return Table(("step", "formula", "numbers", "by hand", "autograd", "agree"), rows, "Loss and chain rule")


def point_sections(points: Sequence[tuple[Any, Any, Any, Any]], parameters: Mapping[str, float]) -> dict[str, str]:
    """What stands behind the tab of each point: its forward pass and its chain rule.

    Args:
        points: (trace of the forward pass, observed response, by hand, by autograd) for each point.
        parameters: the seven numbers by name.

    Returns:
        Title -> HTML, in the order of the points; titles are short and all different.
    """
    sections: dict[str, str] = {}
    for trace, observed, hand, auto in points:
        values = trace._asdict()
        title = f"x = {number(values['x'])}"
        same = sum(known.split(" (")[0] == title for known in sections)
        tables = forward_table(parameters, values), chain_table(values, observed, hand, auto)
        sections[f"{title} ({same + 1})" if same else title] = "".join(table.html for table in tables)
    return sections


def agreement_table(
    points: Sequence[tuple[Any, Any, Any]], start: float, rate: float, stepped: float, caption: str
) -> Table:
    """One table for all points: their gradients, the accumulated one and the update, by hand and by autograd.

    Args:
        points: (stimulus, by hand, by autograd) for each point.
        start: b_final before the step.
        rate: learning rate.
        stepped: b_final after one step of PyTorch's optimiser.
        caption: heading of the table.

    Returns:
        The table.
    """
    rows = []
    for x, hand, auto in points:
        for what, name in (("loss", "loss"), ("dL/db_final", "gradient")):
            row = (f"{what} at x = {number(x)}", number(getattr(hand, name)), number(getattr(auto, name)))
            rows.append((*row, _agree(hand, auto, name)))
    loss_hand, loss_auto = (sum(float(point[side].loss) for point in points) for side in (1, 2))
    sum_hand, sum_auto = (sum(float(point[side].gradient) for point in points) for side in (1, 2))
    rows.append(("summed loss", number(loss_hand), number(loss_auto), _agree(loss_hand, loss_auto)))
    rows.append(("accumulated gradient", number(sum_hand), number(sum_auto), _agree(sum_hand, sum_auto)))
    by_hand = start - rate * sum_hand
    update = f"b_final after the step: {number(start)} - {number(rate)} × {_bracketed(number(sum_hand))}"
    rows.append((update, number(by_hand), number(stepped), _agree(by_hand, stepped)))
    return Table(("quantity", "by hand", "autograd and SGD", "agree"), rows, caption)


# How each gradient is written, from the output back to the input.
GRADIENTS = {
    "b_final": "δ",
    "w10": "δ h0",
    "w11": "δ h1",
    "b00": "δ w10 [z0 > 0]",
    "w00": "δ w10 [z0 > 0] x",
    "b01": "δ w11 [z1 > 0]",
    "w01": "δ w11 [z1 > 0] x",
}


def gradients_table(hand: Mapping[str, Any], auto: Mapping[str, Any], caption: str) -> Table:
    """The gradients of the parameters at one point, by hand and by autograd.

    Args:
        hand: name -> gradient by hand.
        auto: name -> gradient by autograd.
        caption: heading of the table.

    Returns:
        The table, from the output back to the input.
    """
    rows = [
        (name, formula, number(hand[name]), number(auto[name]), _agree(hand[name], auto[name]))
        for name, formula in GRADIENTS.items()
        if name in hand
    ]
    return Table(("parameter", "gradient of the loss", "by hand", "autograd", "agree"), rows, caption)


def _bracketed(value: str) -> str:
    """A number as it stands after an operator."""
    return f"({value})" if value.startswith("-") else value


def _agree(hand: Any, auto: Any, name: str | None = None) -> str:
    """A mark for two numbers (or two fields of the same name) that are equal to ten digits."""
    a, b = (scalar(getattr(side, name) if name else side) for side in (hand, auto))
    return "✓ yes" if math.isclose(a, b, rel_tol=1e-10, abs_tol=1e-12) else "✗ no"
