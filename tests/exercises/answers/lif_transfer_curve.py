"""Right answers of many styles, and typical mistakes, to the exercises of notebook 05."""

import math

import numpy as np
import torch

# --- 05.lif_step


def charge_in_a_loop(v, current, dt, resistance, capacitance):
    out = np.zeros(len(v))
    for i in range(len(v)):
        out[i] = v[i] + dt * (resistance * current[i] - v[i]) / (resistance * capacitance)
    return out


def charge_by_lists(v, current, dt, R, C):
    return [a + dt * (-a / R + i) / C for a, i in zip(v, current, strict=True)]


# --- 05.refractory_step


def rest_in_one_return(v, rest, current, n_rest):
    u = v + (current - v) / 10
    spiked = rest == 0 and u >= 1
    return (0.0 if rest > 0 or spiked else u), (n_rest if spiked else max(rest - 1, 0)), spiked


def rest_by_numpy(v, rest, current, n_rest):
    if rest > 0:
        return np.float64(0), np.int64(rest - 1), np.bool_(False)
    u = np.float64(v + (-v + current) / 10)
    if u >= 1:
        return np.float64(0), np.int64(n_rest), np.bool_(True)
    return u, np.int64(0), u >= 1


def rest_by_leak(v, rest, current, n_rest):
    if rest:
        return 0, rest - 1, 0
    v = 0.9 * v + 0.1 * current
    return (v, 0, 0) if v < 1 else (0, n_rest, 1)


def rest_by_tensors(v, rest, current, n_rest):
    u = torch.tensor(v + (-v + current) / 10, dtype=torch.float64)
    if rest > 0:
        return torch.tensor(0.0), torch.tensor(rest - 1), torch.tensor(False)
    if u >= 1:
        return torch.tensor(0.0), torch.tensor(n_rest), torch.tensor(True)
    return u, torch.tensor(0), torch.tensor(False)


def rest_by_branches(v, rest, current, n_rest):
    spiked = False
    if rest > 0:
        rest -= 1
        v = 0.0
    else:
        v += (-v + current) / 10
        if v >= 1:
            v, rest, spiked = 0.0, n_rest, True
    return v, rest, spiked


def rest_by_a_list(v, rest, current, n_rest):
    return list(rest_by_branches(v, rest, current, n_rest))


def rest_by_numpy_where(v, rest, current, n_rest):
    u = v + (-v + current) / 10
    spike = np.logical_and(rest == 0, u >= 1)
    return np.where((rest > 0) | spike, 0.0, u), np.where(spike, n_rest, np.maximum(rest - 1, 0)), spike


def rest_by_integers(v, rest, current, n_rest):
    v, rest, spiked = rest_by_branches(v, rest, current, n_rest)
    return v, float(rest), int(spiked)


def rest_from(
    threshold=lambda u: u >= 1, tau=10, n=lambda n: n, reset=lambda u: 0.0, left=lambda r: r - 1, resting=True
):
    def made(v, rest, current, n_rest):
        if resting and rest > 0:
            return 0.0, left(rest), False
        u = v + (-v + current) / tau
        if threshold(u):
            return reset(u), n(n_rest), True
        return u, 0, False

    return made


# --- 05.iaf_step


def spikes_by_subtracting(v, current, threshold):
    v = v + current
    spikes = torch.zeros_like(v)
    while (v >= threshold).any():
        over = (v >= threshold).to(v.dtype)
        v, spikes = v - over * threshold, spikes + over
    return v, spikes


def spikes_in_a_loop(v, current, threshold):
    shape = (v + current).shape
    left, counts = [], []
    for u in (v + current).flatten().tolist():
        n = math.floor(u / threshold) if u > 0 else 0
        left.append(u - n * threshold)
        counts.append(n)
    return torch.tensor(left).reshape(shape), torch.tensor(counts).reshape(shape)


def spikes_by_numpy(v, current, threshold):
    u = np.asarray(v) + np.asarray(current)
    n = np.floor(np.maximum(u, 0) / threshold)
    return u - n * threshold, n


def fires(
    count=lambda u, th: torch.floor(torch.relu(u) / th), left=lambda u, n, th: u - n * th, add=lambda v, i: v + i
):
    def made(v, current, threshold):
        u = add(v, current)
        n = count(u, threshold)
        return left(u, n, threshold), n

    return made


# --- 05.firing_rate


def rate_in_a_loop(current, tau_ref, resistance, capacitance, threshold):
    found = []
    for i in current:
        if resistance * i <= threshold:
            found.append(0.0)
        else:
            charging = -resistance * capacitance * math.log(1 - threshold / (resistance * i))
            found.append(1 / (tau_ref + charging))
    return np.array(found)


def rate_by_where(current, tau_ref, resistance, capacitance, threshold):
    drive = resistance * current
    safe = np.where(drive > threshold, drive, 2 * threshold)
    interval = tau_ref + resistance * capacitance * np.log(safe / (safe - threshold))
    return np.where(drive > threshold, 1 / interval, 0)


def rate_with_warnings(current, tau_ref, R, C, th):
    rate = 1 / (tau_ref - R * C * np.log(1 - th / (R * current)))
    rate[R * current <= th] = 0
    return rate


def rate_by_log1p(current, tau_ref, R, C, th):
    fires = R * current > th
    out = np.zeros(len(current))
    out[fires] = 1 / (tau_ref - R * C * np.log1p(-th / (R * current[fires])))
    return out


def rate_by_torch(current, tau_ref, R, C, th):
    drive = torch.as_tensor(current) * R
    interval = tau_ref + R * C * torch.log(drive / (drive - th))
    return torch.where(drive > th, 1 / interval, torch.zeros_like(drive))


def rate_by_full_copy(current, tau_ref, R, C, th):
    rate = current.copy() * 0
    for k in np.flatnonzero(R * current > th):
        rate[k] = 1 / (tau_ref + R * C * (np.log(R * current[k]) - np.log(R * current[k] - th)))
    return rate


def rate_from(
    log=np.log, tau=lambda R, C: R * C, rest=lambda t: t, invert=True, fires=lambda d, th: d > th, inside=None
):
    def made(current, tau_ref, R, C, th):
        drive = R * current
        out = np.zeros(len(current))
        on = fires(drive, th)
        argument = drive[on] / (drive[on] - th) if inside is None else inside(drive[on], th)
        interval = rest(tau_ref) + tau(R, C) * log(argument)
        out[on] = 1 / interval if invert else interval
        return out

    return made


# --- 05.identify


def rests_for(R, currents, rates):
    on = rates > 0
    drive = np.maximum(R * currents[on], 1 + 1e-9)
    return 1 / rates[on] - R * 10 * np.log(drive / (drive - 1))


def found_by_scipy(currents, rates):
    from scipy.optimize import curve_fit

    on = rates > 0

    def interval(i, R, rest):
        drive = np.maximum(R * i, 1 + 1e-9)
        return rest + 10 * R * np.log(drive / (drive - 1))

    start = 1.02 / currents[on][0]
    (R, rest), _ = curve_fit(interval, currents[on], 1 / rates[on], p0=[start, 1.0], bounds=([0.1, 0], [200, 100]))
    return R, rest


def found_by_minimize(currents, rates):
    from scipy.optimize import minimize_scalar

    first = currents[rates > 0][0]
    low = 1 / first * (1 + 1e-6)
    high = 1 / currents[rates == 0][-1] if (rates == 0).any() else 3 * low
    best = minimize_scalar(lambda R: rests_for(R, currents, rates).std(), bounds=(low, high), method="bounded")
    return float(best.x), float(rests_for(best.x, currents, rates).mean())


def found_in_a_slow_loop(currents, rates):
    best = (np.inf, 0, 0)
    for R in np.geomspace(0.3, 100, 1500):
        rest = rests_for(R, currents, rates)
        if rest.std() < best[0]:
            best = (rest.std(), R, rest.mean())
    return best[1], best[2]


def found_by_refining(currents, rates):
    low, high = 0.2, 200.0
    for _ in range(12):
        grid = np.geomspace(low, high, 60)
        k = int(np.argmin([np.ptp(rests_for(R, currents, rates)) for R in grid]))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, 59)]
    R = math.sqrt(low * high)
    return np.array([R, rests_for(R, currents, rates).mean()])


def found_with_medians(currents, rates):
    grid = np.geomspace(0.3, 100, 1500)
    spread = [rests_for(R, currents, rates).std() for R in grid]
    R = grid[int(np.argmin(spread))]
    return {"resistance": R, "tau_ref": np.median(rests_for(R, currents, rates))}.values()


def found_by_torch(currents, rates):
    i, rate = torch.as_tensor(currents), torch.as_tensor(rates)
    on = rate > 0
    R = torch.logspace(math.log10(0.3), 2, 5000, dtype=torch.float64)[:, None]
    drive = (R * i[on]).clamp(min=1 + 1e-9)
    rest = 1 / rate[on] - 10 * R * torch.log(drive / (drive - 1))
    best = rest.std(1).argmin()
    return R[best, 0], rest[best].mean()


def found_by_least_squares(currents, rates):
    on = rates > 0
    grid = np.geomspace(0.3, 100, 1500)
    errors = []
    for R in grid:
        rest = max(rests_for(R, currents, rates).mean(), 1e-3)
        drive = np.maximum(R * currents[on], 1 + 1e-9)
        predicted = rest + 10 * R * np.log(drive / (drive - 1))
        errors.append(np.mean((predicted - 1 / rates[on]) ** 2))
    R = grid[np.argmin(errors)]
    return [R, rests_for(R, currents, rates).mean()]


def found_by_two_points(currents, rates):
    on = np.flatnonzero(rates > 0)
    a, b = on[len(on) // 2], on[-1]
    gap = 1 / rates[a] - 1 / rates[b]
    low, high = 1 / currents[on[0]] * (1 + 1e-9), 1e4

    def difference(R):
        charge = [10 * R * math.log(R * i / (R * i - 1)) for i in (currents[a], currents[b])]
        return charge[0] - charge[1]

    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if difference(middle) > gap else (low, middle)
    return middle, 1 / rates[b] - 10 * middle * math.log(middle * currents[b] / (middle * currents[b] - 1))


# --- 05.counted_rate


def counted_step_by_step(x, n_steps, start):
    v, count = np.full(len(x), float(start)), np.zeros(len(x))
    for _ in range(n_steps):
        v = v + x
        spikes = v >= 1
        v, count = v - spikes, count + spikes
    return count / n_steps


def found_at_once(currents, rates):
    on = rates > 0
    R = np.geomspace(0.3, 100, 1500)[:, None]
    drive = np.maximum(R * currents[on], 1 + 1e-9)
    rest = 1 / rates[on] - 10 * R * np.log(drive / (drive - 1))
    best = rest.std(axis=1).argmin()
    return R[best, 0], rest[best].mean()


# --- 05.counted_rate


def counted_in_a_loop(x, n_steps, start):
    return [min(max(math.floor(n_steps * u + start), 0), n_steps) / n_steps for u in x]


RIGHT = {
    "05.counted_rate": {
        "clip": lambda x, n, start: np.clip(np.floor(n * x + start), 0, n) / n,
        "minimum and maximum": lambda x, n, start: np.minimum(np.maximum(np.floor(x * n + start), 0), n) / n,
        "clip last": lambda x, n, start: np.clip(np.floor(start + n * x) / n, 0, 1),
        "floor division": lambda x, n, start: np.clip((n * x + start) // 1, 0, n) / n,
        "a list": counted_in_a_loop,
        "torch": lambda x, n, start: torch.floor(n * torch.as_tensor(x) + start).clamp(0, n) / n,
        "whole numbers": lambda x, n, start: np.clip(np.floor(n * x + start).astype(int), 0, n) / n,
        "where": lambda x, n, start: np.where((s := np.floor(n * x + start)) < 0, 0, np.where(s > n, n, s)) / n,
    },
    "05.lif_step": {
        "one line": lambda v, i, dt, R, C: v + dt * (-v + R * i) / (R * C),
        "leak and current": lambda v, i, dt, R, C: v + dt * (i - v / R) / C,
        "factor": lambda v, i, dt, R, C: (1 - dt / (R * C)) * v + dt / C * i,
        "a loop": charge_in_a_loop,
        "a list": charge_by_lists,
        "torch": lambda v, i, dt, R, C: (
            torch.as_tensor(v) + dt * (-torch.as_tensor(v) + R * torch.as_tensor(i)) / (R * C)
        ),
        "add": lambda v, i, dt, R, C: np.add(v, np.divide(np.multiply(R, i) - v, R * C) * dt),
        "target": lambda v, i, dt, R, C: v + (R * i - v) * (dt / R / C),
        "interpolated": lambda v, i, dt, R, C: (a := dt / (R * C)) * R * i + (1 - a) * v,
    },
    "05.refractory_step": {
        "one return": rest_in_one_return,
        "numpy": rest_by_numpy,
        "leak": rest_by_leak,
        "tensors": rest_by_tensors,
        "branches": rest_by_branches,
        "a list": rest_by_a_list,
        "where": rest_by_numpy_where,
        "integers": rest_by_integers,
        "made": rest_from(),
    },
    "05.folded_bias": {
        "one line": lambda b, leak, R: b - leak / R,
        "over R": lambda b, leak, R: (R * b - leak) / R,
        "np": lambda b, leak, R: np.subtract(b, np.divide(leak, R)),
        "a list": lambda b, leak, R: [x - y / R for x, y in zip(b, leak, strict=True)],
        "conductance": lambda b, leak, R: b + -1 / R * leak,
        "torch": lambda b, leak, R: torch.as_tensor(b) - torch.as_tensor(leak) / R,
        "turned": lambda b, leak, R: -(leak / R - b),
        "a copy": lambda b, leak, R: b.copy().__isub__(leak / R),
        "an array of objects": lambda b, leak, R: np.frompyfunc(lambda p, q: p - q / R, 2, 1)(b, leak),
    },
    "05.iaf_step": {
        "floor": fires(),
        "subtracting": spikes_by_subtracting,
        "a loop": spikes_in_a_loop,
        "numpy": spikes_by_numpy,
        "floor division": fires(count=lambda u, th: u.clamp(min=0) // th),
        "where": fires(count=lambda u, th: torch.where(u > 0, torch.floor(u / th), torch.zeros_like(u))),
        "clamp": fires(count=lambda u, th: torch.floor(u / th).clamp(min=0)),
        "whole numbers": fires(count=lambda u, th: (u / th).floor().clamp(min=0).long()),
        "trunc": fires(count=lambda u, th: torch.trunc(torch.relu(u) / th)),
    },
    "05.firing_rate": {
        "a loop": rate_in_a_loop,
        "where": rate_by_where,
        "warnings": rate_with_warnings,
        "log1p": rate_by_log1p,
        "torch": rate_by_torch,
        "copy": rate_by_full_copy,
        "made": rate_from(),
        "log of a quotient turned": rate_from(log=lambda a: -np.log(1 / a)),
        "a list": lambda *args: list(rate_in_a_loop(*args)),
    },
    "05.identify": {
        "scipy's curve_fit": found_by_scipy,
        "scipy's minimize": found_by_minimize,
        "a slow loop": found_in_a_slow_loop,
        "refining": found_by_refining,
        "medians": lambda i, r: tuple(found_with_medians(i, r)),
        "torch": found_by_torch,
        "least squares": found_by_least_squares,
        "two points": found_by_two_points,
    },
    "05.rescale": {
        "one line": lambda w, b, i, o: (w * i / o, b / o),
        "ratio": lambda w, b, i, o: (w * (i / o), b * (1 / o)),
        "a list": lambda w, b, i, o: [i * w / o, b / o],
        "numpy": lambda w, b, i, o: (w.numpy() * i / o, b.numpy() / o),
        "stack": lambda w, b, i, o: (torch.stack([row * i / o for row in w]), torch.div(b, o)),
        "diagonal": lambda w, b, i, o: (w @ torch.diag(torch.full((w.shape[1],), i / o, dtype=w.dtype)), b / o),
        "float32": lambda w, b, i, o: ((w * i / o).float(), (b / o).float()),
        "lists": lambda w, b, i, o: ([[v * i / o for v in row] for row in w.tolist()], [v / o for v in b.tolist()]),
    },
}

WRONG = {
    "05.counted_rate": {
        "no start": lambda x, n, start: np.clip(np.floor(n * x), 0, n) / n,
        "start each step": lambda x, n, start: np.clip(np.floor(n * (x + start)), 0, n) / n,
        "no ceiling": lambda x, n, start: np.maximum(np.floor(n * x + start), 0) / n,
        "negative": lambda x, n, start: np.minimum(np.floor(n * x + start), n) / n,
        "counts": lambda x, n, start: np.clip(np.floor(n * x + start), 0, n),
        "parts": lambda x, n, start: np.clip(n * x + start, 0, n) / n,
        "rounded": lambda x, n, start: np.clip(np.round(n * x + start), 0, n) / n,
        "ceil": lambda x, n, start: np.clip(np.ceil(n * x + start), 0, n) / n,
        "in place": lambda x, n, start: np.clip(np.floor(x.__imul__(n) + start), 0, n) / n,
    },
    "05.lif_step": {
        "no leak": lambda v, i, dt, R, C: v + dt * i / C,
        "leak sign": lambda v, i, dt, R, C: v + dt * (v + R * i) / (R * C),
        "no resistance": lambda v, i, dt, R, C: v + dt * (-v + i) / (R * C),
        "change": lambda v, i, dt, R, C: dt * (-v + R * i) / (R * C),
        "no tau": lambda v, i, dt, R, C: v + dt * (-v + R * i),
        "dt ignored": lambda v, i, dt, R, C: v + (-v + R * i) / (R * C),
        "tau twice": lambda v, i, dt, R, C: v + dt * (-v + R * i) / (R * C) ** 2,
        "threshold inside": lambda v, i, dt, R, C: np.where((u := v + dt * (-v + R * i) / (R * C)) >= 1, 0, u),
        "tau is R over C": lambda v, i, dt, R, C: v + dt * (-v + R * i) / (R / C),
        "exact": lambda v, i, dt, R, C: R * i + (v - R * i) * np.exp(-dt / (R * C)),
        "in place": lambda v, i, dt, R, C: v.__iadd__(dt * (-v + R * i) / (R * C)),
        "clipped": lambda v, i, dt, R, C: np.maximum(v + dt * (-v + R * i) / (R * C), 0),
    },
    "05.refractory_step": {
        "above only": rest_from(threshold=lambda u: u > 1),
        "one too few": rest_from(n=lambda n: n - 1),
        "never ends": rest_from(left=lambda r: r),
        "forgotten": rest_from(resting=False, n=lambda n: 0),
        "no reset": rest_from(reset=lambda u: u),
        "minus threshold": rest_from(reset=lambda u: u - 1),
        "no tau": rest_from(tau=1),
        "always ten": rest_from(n=lambda n: 10),
        "ends at once": rest_from(left=lambda r: 0),
    },
    "05.folded_bias": {
        "plus": lambda b, leak, R: b + leak / R,
        "times": lambda b, leak, R: b - leak * R,
        "no resistance": lambda b, leak, R: b - leak,
        "turned": lambda b, leak, R: leak / R - b,
        "bias over R": lambda b, leak, R: (b - leak) / R,
        "voltage": lambda b, leak, R: R * b - leak,
        "leak alone": lambda b, leak, R: -leak / R,
        "in place": lambda b, leak, R: b.__isub__(leak / R),
    },
    "05.iaf_step": {
        "to zero": fires(left=lambda u, n, th: torch.where(n > 0, torch.zeros_like(u), u)),
        "one spike": fires(count=lambda u, th: (u >= th).to(u.dtype)),
        "negative spikes": fires(count=lambda u, th: torch.floor(u / th)),
        "minus one": fires(left=lambda u, n, th: u - n),
        "above only": fires(count=lambda u, th: (torch.ceil(torch.relu(u) / th) - 1).clamp(min=0)),
        "rounded": fires(count=lambda u, th: torch.round(torch.relu(u) / th)),
        "no input": fires(add=lambda v, i: i),
        "exchanged": lambda v, i, th: fires()(v, i, th)[::-1],
        "no threshold": fires(count=lambda u, th: torch.floor(torch.relu(u))),
        "rectified": fires(left=lambda u, n, th: torch.relu(u - n * th)),
    },
    "05.firing_rate": {
        "no rest": rate_from(rest=lambda t: 0),
        "interval": rate_from(invert=False),
        "log10": rate_from(log=np.log10),
        "log2": rate_from(log=np.log2),
        "upside down": rate_from(log=lambda a: np.log(1 / a)),
        "tau without R": rate_from(tau=lambda R, C: C),
        "in Hz": lambda *args: 1000 * rate_from()(*args),
        "from zero on": rate_from(fires=lambda d, th: d > 0, inside=lambda d, th: 1 + th / d),
        "threshold of one": rate_from(fires=lambda d, th: d > 1, inside=lambda d, th: d / (d - 1)),
        "never silent": lambda i, rest, R, C, th: 1 / (rest + R * C * np.log(np.abs(R * i / (R * i - th)))),
    },
    "05.identify": {
        "first and last": lambda i, r: (1 / i[r > 0][0], 1 / r.max()),
        "shortest": lambda i, r: (found_at_once(i, r)[0], 1 / r.max()),
        "exchanged": lambda i, r: found_at_once(i, r)[::-1],
        "one": lambda i, r: found_at_once(i, r)[0],
        "the mystery's": lambda i, r: (3.7, 6.4),
        "no capacitance": lambda i, r: (found_at_once(i, r)[0] * 10, found_at_once(i, r)[1]),
        "rates": lambda i, r: (found_at_once(i, r)[0], 1 / found_at_once(i, r)[1]),
        "coarse": lambda i, r: min((rests_for(R, i, r).std(), R) for R in (1.0, 3.0, 10.0, 30.0))[::-1],
    },
    "05.rescale": {
        "out only": lambda w, b, i, o: (w / o, b / o),
        "bias too": lambda w, b, i, o: (w * i / o, b * i / o),
        "upside down": lambda w, b, i, o: (w * o / i, b * o),
        "weights only": lambda w, b, i, o: (w * i / o, b),
        "in only": lambda w, b, i, o: (w * i, b),
        "turned": lambda w, b, i, o: (w / i / o, b / o),
        "exchanged": lambda w, b, i, o: (b / o, w * i / o),
        "in place": lambda w, b, i, o: (w.mul_(i / o), b / o),
    },
}
