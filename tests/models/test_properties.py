"""Contracts of the models, for any valid input, and what they answer to any other."""

import itertools
import math

import numpy as np
import pytest
import torch
from contracts import generator, refusal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from utils.exercises.lif_transfer_curve import mystery_errors, mystery_neuron
from utils.models import relu_basis
from utils.models.dale_snn import DaleSNN
from utils.models.decoders import (
    ResponseSpace,
    angle_of,
    angular_error,
    decode_ridge,
    error_by_neurons,
    error_by_stimuli,
    growing_grams,
    sine_cosine,
    split_stimuli,
    tuning_share,
)
from utils.models.hodgkin_huxley import pulse_responses
from utils.models.iaf import simulate_iaf
from utils.models.lif import lif_rate, simulate_lif, spike_counts, spike_times
from utils.models.mlp import ACTIVATIONS, MLP, MLPEnsemble, find_activation
from utils.models.spiking_conversion import SpikingMLP, balanced_thresholds, hidden_activations, relu_layers
from utils.models.two_path_neuron import observations
from utils.training.ablation import hidden_rates, retrain_readout, silence_inputs
from utils.training.classifiers import (
    evaluate_classifier,
    predict_probabilities,
    ring_means,
    train_classifier,
    train_over_seeds,
)
from utils.training.dale_conditions import (
    NETWORKS,
    Condition,
    build_network,
    draw_sounds,
    train_condition,
)
from utils.training.dales_law_snn import evaluate

seeds = st.integers(0, 10**6)
no_counts = st.one_of(st.integers(-5, 0), st.floats(0.1, 0.9))
not_finite = st.sampled_from([math.nan, math.inf, -math.inf])


def noise(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=generator(seed), dtype=dtype)


class TestLeakyNeuron:
    @settings(max_examples=40)
    @given(
        drive=st.floats(0.1, 8),
        tau_ref=st.floats(0, 30),
        resistance=st.floats(0.2, 20),
        capacitance=st.floats(1, 20),
        threshold=st.floats(0.2, 3),
    )
    def test_the_closed_form_counts_the_spikes_of_the_simulation(
        self, drive, tau_ref, resistance, capacitance, threshold
    ):
        current, tau = drive * threshold / resistance, resistance * capacitance
        assume(tau > 1 and abs(drive - 1) > 1e-3)
        duration, dt = 400.0, 0.05
        time, voltage = simulate_lif(current, duration, dt, tau_ref, resistance, capacitance, threshold)
        rate = lif_rate(current, tau_ref, resistance, capacitance, threshold)
        assert time.shape == voltage.shape == (8001,)
        spikes = spike_times(time, voltage, threshold)
        assert len(spikes) == spike_counts(voltage, threshold)
        if rate == 0:
            assert len(spikes) == 0
            return
        # A spike waits for the end of its step, and the Euler steps run ahead of the exponential by up to a half of
        # dt / tau of the way up; so the intervals lie within these of the closed form's.
        interval = 1 / rate
        ahead = (interval - tau_ref) * dt / tau + dt
        for between in np.diff(spikes):
            assert interval - ahead - 1e-9 <= between <= interval + 2 * dt + 1e-9
            assert between > tau_ref
        assert len(spikes) <= duration / (interval - ahead) + 1 if interval > ahead else True

    @settings(max_examples=25)
    @given(
        currents=st.lists(st.floats(-3, 6), min_size=1, max_size=6), tau_ref=st.floats(0, 20), torch_too=st.booleans()
    )
    def test_a_batch_is_its_neurons_one_by_one(self, currents, tau_ref, torch_too):
        batch = np.array(currents)
        kept = batch.copy()
        _, together = simulate_lif(torch.from_numpy(batch) if torch_too else batch, 20.0, 0.1, tau_ref)
        assert isinstance(together, torch.Tensor if torch_too else np.ndarray)
        assert np.array_equal(batch, kept)
        for row, current in enumerate(currents):
            assert np.array_equal(np.asarray(together)[row], simulate_lif(current, 20.0, 0.1, tau_ref)[1])
            assert lif_rate(batch, tau_ref)[row] == lif_rate(current, tau_ref)
        # Nothing but a spike's drawn height exceeds the threshold.
        assert np.asarray(together).max() <= 1.5 + max(0, max(currents)) * 0.1

    @given(
        name=st.sampled_from(["current", "tau_ref", "resistance", "capacitance", "threshold"]),
        bad=st.one_of(not_finite, st.sampled_from(["1", None, True, [], 1j, [[1.0], [1.0, 2.0]]])),
    )
    def test_what_is_no_number_is_refused_by_name(self, name, bad):
        for call in (simulate_lif, lif_rate):
            assert refusal(call, **{"current": 1.0, name: bad}).startswith(f"{name}: got ")

    @settings(max_examples=40)
    @given(name=st.sampled_from(["tau_ref", "resistance", "capacitance", "threshold"]), bad=st.floats(-1e6, -1e-6))
    def test_a_negative_membrane_is_refused_by_name(self, name, bad):
        for call in (simulate_lif, lif_rate):
            assert f"{name}: got {bad:g}" in refusal(call, 1.0, **{name: bad})

    @settings(max_examples=20)
    @given(seed=seeds, n=st.integers(1, 4))
    def test_counts_of_a_batch_are_those_of_its_traces(self, seed, n):
        currents = np.random.default_rng(seed).uniform(0, 5, (n, 2))
        time, voltage = simulate_lif(currents, 30.0, 0.1, 2.0)
        counts = spike_counts(voltage)
        assert counts.shape == (n, 2)
        assert counts[0, 1] == len(spike_times(time, voltage[0, 1]))
        assert "voltage: got 3 axes" in refusal(spike_times, time, voltage)


class TestIntegrateAndFire:
    @settings(max_examples=30)
    @given(seed=seeds, n=st.integers(1, 4), n_steps=st.integers(1, 60), most=st.none() | st.integers(1, 3))
    def test_a_batch_is_its_neurons_and_spikes_are_whole(self, seed, n, n_steps, most):
        current = noise(n, n_steps, seed=seed, dtype=torch.float64)
        kept = current.clone()
        spikes, voltage = simulate_iaf(current, 0.7, max_spikes=most)
        assert torch.equal(current, kept)
        assert spikes.shape == voltage.shape == current.shape
        assert torch.equal(spikes, spikes.round())
        assert bool((spikes >= 0).all())
        if most is None:
            assert bool((voltage < 0.7 + 1e-12).all())
        else:
            assert bool((spikes <= most).all())
        for row in range(n):
            alone = simulate_iaf(current[row].numpy(), 0.7, max_spikes=most)
            assert np.array_equal(alone[0], spikes[row].numpy())
            assert np.array_equal(alone[1], voltage[row].numpy())

    @settings(max_examples=30)
    @given(seed=seeds, start=st.floats(-1, 3))
    def test_the_start_counts(self, seed, start):
        current = noise(50, seed=seed, dtype=torch.float64)
        shifted = current.clone()
        shifted[0] += start
        spikes, voltage = simulate_iaf(current, initial=start)
        assert torch.equal(spikes, simulate_iaf(shifted)[0])
        assert torch.allclose(voltage, simulate_iaf(shifted)[1], atol=1e-9)

    @given(bad=st.one_of(st.floats(-1e6, 0), not_finite, st.sampled_from(["high", None])))
    @settings(max_examples=20)
    def test_thresholds_that_are_none_are_refused(self, bad):
        assert refusal(simulate_iaf, np.zeros(3), bad).startswith(f"threshold: got {bad!r}")
        assert "initial: got nan" in refusal(simulate_iaf, np.zeros(3), initial=math.nan)

    @given(bad=st.one_of(st.integers(-3, 0), st.floats(0.1, 0.9), st.booleans()))
    @settings(max_examples=15)
    def test_a_number_of_spikes_that_is_none_is_refused(self, bad):
        assert refusal(simulate_iaf, np.zeros(3), max_spikes=bad).startswith(f"max_spikes: got {bad!r}")


class TestSquidAxon:
    @settings(max_examples=6)
    @given(amplitudes=st.lists(st.floats(-50, 150), min_size=1, max_size=3), onset=st.floats(0, 2))
    def test_every_pulse_is_a_run_of_its_own(self, amplitudes, onset):
        time, voltage = pulse_responses(amplitudes, 1.0, 6.0, 0.05, onset)
        assert time.shape == (121,)
        assert voltage.shape == (len(amplitudes), 121)
        # The potential stays between the reversal potentials, but for the moment of a strong pulse.
        assert bool((voltage > -150).all())
        assert bool((voltage < 160).all())
        assert np.allclose(voltage[:, time < onset], voltage[0, 0], atol=0.2)
        assert np.array_equal(voltage[:1], pulse_responses(amplitudes[:1], 1.0, 6.0, 0.05, onset)[1])

    @given(bad=st.one_of(not_finite, st.floats(200.001, 1e6), st.floats(-1e6, -200.001), st.just(200.001)))
    @settings(max_examples=15)
    def test_pulses_out_of_range_are_refused(self, bad):
        assert "from -200 to 200 uA/cm2" in refusal(pulse_responses, [1.0, bad])
        assert pulse_responses([-200, 200], duration=0.1, dt=0.05, onset=0)[1].shape == (2, 3)

    @pytest.mark.parametrize("name", ["pulse", "duration", "dt"])
    @given(bad=st.one_of(st.floats(max_value=0), st.floats(1001, 1e6), st.just(math.nan)))
    @settings(max_examples=10)
    def test_times_out_of_range_are_refused(self, name, bad):
        assert refusal(pulse_responses, [1.0], **{name: bad}).startswith(f"{name}: got {bad!r} ms")


class TestTwoPaths:
    @settings(max_examples=40)
    @given(st.lists(st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)), min_size=1, max_size=12))
    def test_observations_are_what_was_given(self, points):
        stimuli, responses = (list(column) for column in zip(*points, strict=True))
        x, y = observations(stimuli, responses)
        assert x.dtype == y.dtype == torch.float64
        assert x.tolist() == stimuli
        assert y.tolist() == responses

    @settings(max_examples=20)
    @given(n=st.integers(0, 20), m=st.integers(0, 20), bad=st.one_of(not_finite, st.floats(1001, 1e9)))
    def test_observations_that_do_not_fit_are_refused(self, n, m, bad):
        if n != m:
            assert refusal(observations, [0.0] * n, [0.0] * m).startswith(
                f"responses: got {m} for {n} stimuli, allowed"
            )
        elif not 1 <= n <= 12:
            assert refusal(observations, [0.0] * n, [0.0] * m).startswith(
                f"stimuli: got {n} values, allowed are 1 to 12"
            )
        assert refusal(observations, [0.0], [bad]).startswith("responses: got")
        assert refusal(observations, ["one"], [0.0]).startswith("stimuli: got ['one'], allowed is")


class TestReluBasis:
    @settings(max_examples=40)
    @given(
        st.lists(st.tuples(st.floats(0.1, 2), st.floats(-5, 5)), min_size=2, max_size=8),
        st.floats(-5, 5),
        st.floats(0.2, 3),
    )
    def test_solved_weights_are_no_worse_than_placed_ones(self, gaps_and_targets, start, factor):
        gaps, targets = (torch.tensor(column, dtype=torch.float64) for column in zip(*gaps_and_targets, strict=True))
        x, y = start + gaps.cumsum(0), targets
        placed = relu_basis.hand_placed(x, y)
        dense = torch.linspace(float(x[0]), float(x[-1]), 50, dtype=torch.float64)
        solved = relu_basis.solve_readout(dense, dense.sin(), placed.biases)
        assert relu_basis.rms(solved(dense) - dense.sin()) <= relu_basis.rms(placed(dense) - dense.sin()) + 1e-6
        # Targets in other units give weights in other units.
        larger = relu_basis.hand_placed(x, factor * y)
        assert torch.allclose(larger(dense), factor * placed(dense), atol=1e-6)

    @settings(max_examples=15)
    @given(seed=seeds, n=st.integers(1, 3))
    def test_the_best_kinks_are_no_worse_than_any(self, seed, n):
        x = torch.linspace(-1, 1, 30, dtype=torch.float64)
        y = noise(30, seed=seed, dtype=torch.float64)
        candidates = torch.linspace(-1, 0.8, 5, dtype=torch.float64)
        places, error = relu_basis.best_kinks(x, y, candidates, n)
        assert len(places) == n
        assert set(places.tolist()) <= set(candidates.tolist())
        for choice in torch.combinations(candidates, n):
            assert error <= relu_basis.rms(relu_basis.solve_readout(x, y, -choice)(x) - y) + 1e-6
        for bad in (0, 6, -1):
            assert refusal(relu_basis.best_kinks, x, y, candidates, bad).startswith(f"n_relus: got {bad} of 5")

    @settings(max_examples=40)
    @given(spacing=st.floats(1e-3, 1e3), curvature=st.floats(0, 1e3), slope=st.floats(-4, 4), scale=st.floats(0.1, 9))
    def test_bound_and_slope_are_powers(self, spacing, curvature, slope, scale):
        bound = relu_basis.interpolation_bound(spacing, curvature)
        assert relu_basis.interpolation_bound(2 * spacing, curvature) == pytest.approx(4 * bound)
        assert relu_basis.interpolation_bound(spacing, 3 * curvature) == pytest.approx(3 * bound)
        n = np.array([2.0, 4, 8, 32])
        assert relu_basis.power_law_slope(n, scale * n**slope) == pytest.approx(slope, abs=1e-9)

    @given(bad=st.one_of(st.floats(max_value=0), not_finite))
    @settings(max_examples=15)
    def test_spacings_and_powers_that_are_none_are_refused(self, bad):
        assert refusal(relu_basis.interpolation_bound, bad, 1.0).startswith(f"spacing: got {bad!r}")
        assert refusal(relu_basis.power_law_slope, [1.0, bad if bad <= 0 else -1.0], [1.0, 1.0]).startswith(
            "error: got"
        )
        assert refusal(relu_basis.power_law_slope, [1.0], [1.0]).startswith("error: got shape (1,)")

    @settings(max_examples=12)
    @given(left=st.floats(-5, 5), width=st.floats(0.5, 6), n=st.integers(1, 12))
    def test_errors_shrink_as_segments_are_halved(self, left, width, n):
        largest, roots = relu_basis.error_curve(np.sin, (left, left + width), [n, 2 * n, 4 * n])
        assert largest.shape == roots.shape == (3,)
        assert bool((roots <= largest + 1e-15).all())
        assert largest[0] <= relu_basis.interpolation_bound(width / n, 1.0) + 1e-12
        assert largest[2] <= largest[0] + 1e-12
        assert refusal(relu_basis.error_curve, np.sin, (left, left), [n]).startswith("interval: got")
        assert refusal(relu_basis.error_curve, np.sin, (0, 1), [n, n - n]).startswith("n_relus: got")

    @given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.floats(-5, 5))
    def test_root_mean_square_scales_and_lies_below_the_largest(self, values, factor):
        error = torch.tensor(values, dtype=torch.float64)
        root = relu_basis.rms(error)
        assert 0 <= root <= error.abs().max().item() * (1 + 1e-12)
        assert relu_basis.rms(factor * error) == pytest.approx(abs(factor) * root)
        assert "error: got shape (0,)" in refusal(relu_basis.rms, error[:0])

    @given(st.text(max_size=12))
    def test_targets_are_found_or_listed(self, name):
        if name in {*relu_basis.TARGETS, relu_basis.FORMULA}:
            return
        words = refusal(relu_basis.target_function, name)
        assert all(known in words for known in relu_basis.TARGETS)

    @given(st.lists(st.floats(-10, 10), min_size=1, max_size=20))
    def test_targets_keep_their_curvature_and_formulas_are_functions(self, values):
        x = np.array(values)
        for name, target in relu_basis.TARGETS.items():
            y = relu_basis.target_function(name)(x)
            assert y.shape == x.shape
            if math.isfinite(target.curvature):
                bent = target.function(x + 0.01) - 2 * y + target.function(x - 0.01)
                assert bool((np.abs(bent) <= target.curvature * 1e-4 + 1e-12).all())
        assert np.allclose(relu_basis.target_function(relu_basis.FORMULA, "sin(x)")(x), np.sin(x))


class TestPerceptrons:
    @settings(max_examples=25)
    @given(hidden=st.lists(st.integers(1, 6), max_size=3), n_out=st.integers(1, 4), n=st.integers(1, 4), seed=seeds)
    def test_an_ensemble_is_its_members(self, hidden, n_out, n, seed):
        source = generator(seed)
        members = [MLP(3, hidden, n_out, "tanh", generator=source) for _ in range(n)]
        ensemble = MLPEnsemble(members)
        x = noise(5, 3, seed=seed)
        together = ensemble(x)
        assert together.shape == (n, 5, n_out)
        for index, member in enumerate(members):
            assert torch.allclose(together[index], member(x), atol=1e-5)
            assert torch.allclose(ensemble.member(index)(x), member(x), atol=1e-5)
        assert refusal(ensemble.member, n) == f"index: got {n}, allowed is 0 to {n - 1}"
        assert refusal(ensemble, noise(5, 4)).startswith("x: got shape")

    @given(st.text(max_size=20))
    def test_no_text_but_a_known_name_is_an_activation(self, text):
        plain = text.partition("(")[0].strip().lower().replace("_", "")
        if plain in ACTIVATIONS:
            return
        assert refusal(find_activation, text).startswith(f"activation: got {text!r}, allowed is one of relu, ")

    @given(st.sampled_from(sorted(ACTIVATIONS)), st.floats(0.01, 5), st.randoms(use_true_random=False))
    def test_case_and_underscores_do_not_matter(self, name, slope, random):
        spelt = "".join(random.choice([c.upper(), c, f"{c}_"]) for c in name)
        found = find_activation(spelt)
        assert type(found) is ACTIVATIONS[name]
        assert find_activation(found) is not found
        assert find_activation(f"{spelt[:0]}leaky_relu({slope})").negative_slope == slope

    @settings(max_examples=20)
    @given(n=st.integers(1, 30), chunk=st.integers(1, 40), seed=seeds, training=st.booleans())
    def test_probabilities_do_not_depend_on_chunks(self, n, chunk, seed, training):
        model = MLP(2, [4], 3, dropout=0.5, generator=generator(seed)).train(training)
        X = noise(n, 2, seed=seed)
        probabilities = predict_probabilities(model, X, chunk)
        assert model.training is training
        assert probabilities.shape == (n, 3)
        assert torch.allclose(probabilities.sum(1), torch.ones(n))
        assert torch.allclose(probabilities, predict_probabilities(model, X), atol=1e-6)
        y = probabilities.argmax(1)
        loss, accuracy = evaluate_classifier(model, X, y)
        assert model.training is training
        assert accuracy == 1
        assert loss.item() == pytest.approx(-probabilities.max(1).values.log().mean().item(), abs=1e-5)
        assert refusal(predict_probabilities, model, X, -chunk).startswith(f"chunk: got {-chunk}")
        assert refusal(evaluate_classifier, model, X, y.float()).startswith(f"y: got shape ({n},), float32")

    @settings(max_examples=30)
    @given(n=st.integers(1, 40), seed=seeds)
    def test_ring_means_add_up_to_the_whole(self, n, seed):
        values, radius = noise(n, seed=seed, dtype=torch.float64), noise(n, seed=seed + 1, dtype=torch.float64).abs()
        edges = torch.tensor([0.0, 0.5, 1.0, 20.0], dtype=torch.float64)
        means = ring_means(values, radius, edges)
        inside = [(radius >= low) & (radius < high) for low, high in itertools.pairwise(edges)]
        assert means.shape == (3,)
        assert torch.equal(means.isnan(), torch.tensor([not bool(ring.any()) for ring in inside]))
        total = sum(mean * ring.sum() for mean, ring in zip(means.nan_to_num(), inside, strict=True))
        assert total.item() == pytest.approx(values.sum().item(), abs=1e-9)
        assert ring_means(values, radius, edges[[0, 3]]).item() == pytest.approx(values.mean().item(), abs=1e-9)
        assert refusal(ring_means, values, radius[:-1], edges).startswith("radius: got shape")
        assert refusal(ring_means, values, radius, edges[:1]).startswith("edges: got [0.0]")
        assert refusal(ring_means, values, radius, edges.flip(0)).startswith("edges: got")

    @settings(max_examples=6)
    @given(seed=seeds, n=st.integers(4, 30), epochs=st.integers(1, 3), batch_size=st.integers(1, 40))
    def test_training_repeats_and_leaves_the_data_alone(self, seed, n, epochs, batch_size):
        X, y = noise(n, 2, seed=seed), torch.arange(n) % 3
        kept = X.clone(), y.clone()

        def trained():
            model = MLP(2, [5], 3, generator=generator(seed))
            history = train_classifier(model, X, y, epochs, batch_size, generator=generator(seed))
            return history, torch.cat([part.detach().flatten() for part in model.parameters()])

        (history, weights), (again, same_weights) = trained(), trained()
        assert history.shape == (epochs,)
        assert torch.equal(history, again)
        assert torch.equal(weights, same_weights)
        assert torch.equal(X, kept[0])
        assert torch.equal(y, kept[1])

    @given(bad=no_counts, rate=st.one_of(st.floats(max_value=0), not_finite))
    @settings(max_examples=15)
    def test_training_refuses_by_name(self, bad, rate):
        model, X, y = MLP(2, [], 2), torch.zeros(4, 2), torch.zeros(4, dtype=torch.int64)
        assert refusal(train_classifier, model, X, y, bad).startswith(f"epochs: got {bad!r}")
        assert refusal(train_classifier, model, X, y, 1, bad).startswith(f"batch_size: got {bad!r}")
        assert refusal(train_classifier, model, X, y, lr=rate).startswith(f"lr: got {rate!r}")
        assert refusal(train_classifier, model, X, y[:3]).startswith("y: got shape (3,)")

    @settings(max_examples=5)
    @given(seeds=st.lists(seeds, min_size=1, max_size=3, unique=True))
    def test_every_seed_trains_as_if_alone(self, seeds):
        X = torch.stack([noise(20, 2, seed=seed) for seed in seeds])
        y = (X[..., 0] > 0).long()
        y[:, 0], y[:, 1] = 0, 1
        together = train_over_seeds((X, y, X, y), [4], seeds, epochs=2, batch_size=5)
        assert together.test_accuracy.shape == (len(seeds),)
        assert torch.equal(together.test_accuracy, together.train_accuracy)
        for row, seed in enumerate(seeds):
            own = tuple(part[row : row + 1] for part in (X, y, X, y))
            single = train_over_seeds(own, [4], [seed], epochs=2, batch_size=5)
            assert single.train_loss.item() == pytest.approx(together.train_loss[row].item(), abs=1e-5)
        assert refusal(train_over_seeds, (X, y, X, y), [4], [*seeds, 0]).startswith(f"seeds: got {len(seeds) + 1}")


class TestConversion:
    @settings(max_examples=20)
    @given(hidden=st.lists(st.integers(1, 6), min_size=1, max_size=3), n=st.integers(1, 6), seed=seeds)
    def test_rates_approach_the_activations(self, hidden, n, seed):
        model = MLP(3, hidden, 2, generator=generator(seed)).double()
        x = noise(n, 3, seed=seed, dtype=torch.float64)
        activations = hidden_activations(model, x)
        assert [part.shape for part in activations] == [(n, width) for width in hidden]
        assert len(relu_layers(model)) == len(hidden) + 1
        assume(all(bool((part > 0).any()) for part in activations))
        thresholds = balanced_thresholds(model, x, 100)
        assert thresholds == pytest.approx([part.max().item() for part in activations])
        spiking = SpikingMLP(model, thresholds)
        run = spiking.run(x, 400, activations=activations)
        assert run.readout.shape == (400, n, 2)
        assert run.errors.shape == (400, len(hidden))
        assert torch.equal(spiking(x, 400), run.readout[-1])
        # The first layer is off by less than one spike in all; and what the last one says is near the network.
        assert bool(((run.rates[0] - activations[0]).abs() <= thresholds[0] / 400 + 1e-9).all())
        scale = max(thresholds) + model(x).abs().max().item() + 1
        assert (run.readout[-1] - model(x)).abs().max().item() <= 0.2 * scale
        assert 0 <= run.accuracy(model(x).argmax(1))[-1] <= 1

    @given(bad=st.one_of(no_counts, st.booleans()))
    @settings(max_examples=12)
    def test_steps_thresholds_and_percentiles_that_are_none_are_refused(self, bad):
        spiking = SpikingMLP(MLP(3, [4], 2, generator=generator()))
        assert refusal(spiking.run, torch.zeros(1, 3), bad).startswith(f"n_steps: got {bad!r}")
        assert refusal(spiking.run, torch.zeros(1, 4), 3).startswith("x: got shape (1, 4)")
        if not isinstance(bad, bool) and bad <= 0:
            assert refusal(SpikingMLP, MLP(3, [4], 2), bad).startswith(f"thresholds: got {bad!r}")
            assert refusal(balanced_thresholds, MLP(3, [4], 2), torch.zeros(1, 3), bad).startswith("percentile: got")

    @pytest.mark.parametrize(
        ("model", "words"),
        [
            (MLP(2, [3], 1, "tanh"), "model: got a Tanh"),
            (MLP(2, [], 1), "model: got 1 Linear layers"),
            (nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), "model: got a Linear out of place"),
            (nn.Sequential(nn.ReLU(), nn.Linear(2, 2)), "model: got a ReLU out of place"),
            (nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "the last without a ReLU"),
        ],
    )
    def test_what_is_no_relu_network_is_refused(self, model, words):
        for call in (relu_layers, SpikingMLP):
            assert words in refusal(call, model)


class TestDecoders:
    @settings(max_examples=40)
    @given(n=st.integers(2, 100), seed=seeds, share=st.floats(0.01, 0.99))
    def test_a_split_holds_every_stimulus_once(self, n, seed, share):
        if int(share * n) == 0:
            assert refusal(split_stimuli, n, seed, share).startswith(f"share: got {share} of {n} stimuli")
            return
        train, test = split_stimuli(n, seed, share)
        assert len(train) == int(share * n)
        assert torch.equal(torch.cat([train, test]).sort().values, torch.arange(n))
        assert torch.equal(train, split_stimuli(n, seed, share)[0])

    @settings(max_examples=20)
    @given(n=st.integers(2, 12), neurons=st.integers(1, 20), seed=seeds)
    def test_a_smaller_space_keeps_products_and_outputs(self, n, neurons, seed):
        responses = noise(n, neurons, seed=seed)
        space = ResponseSpace(responses)
        assert space.coordinates.shape[0] == n
        assert space.coordinates.shape[1] <= min(n, neurons)
        assert torch.allclose(space.coordinates @ space.coordinates.T, responses @ responses.T, atol=1e-3)
        layer = nn.Linear(neurons, 3)
        assert torch.allclose(space.reduce(layer)(space.coordinates), layer(responses), atol=1e-2)
        assert "got only zeros" in refusal(ResponseSpace, torch.zeros(n, neurons))

    @settings(max_examples=15)
    @given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True).map(sorted), seed=seeds)
    def test_growing_grams_are_products_of_so_many_neurons(self, sizes, seed):
        responses = noise(6, 30, seed=seed)
        order = torch.randperm(30, generator=generator(seed))
        for size, gram in growing_grams(responses, sizes, seed):
            some = responses[:, order[:size]]
            assert torch.allclose(gram, some @ some.T, atol=1e-3)
        for bad in ([], [0], [31], [3, 3], [5, 2]):
            assert refusal(lambda bad=bad: list(growing_grams(responses, bad, seed))).startswith(f"sizes: got {bad}")

    @settings(max_examples=6)
    @given(seed=st.integers(0, 1000))
    def test_ridge_reads_clean_responses_and_counts_in_degrees(self, seed):
        stimuli = torch.arange(0.0, 360, 9)[:, None]
        mixing = noise(2, 25, seed=seed)
        responses = sine_cosine(stimuli) @ mixing + 0.001 * noise(len(stimuli), 25, seed=seed + 1)
        train, test = split_stimuli(len(stimuli), seed)
        decoded = decode_ridge(responses @ responses.T, stimuli, train, test)
        assert decoded.shape == (len(test), 1)
        assert bool(((decoded >= 0) & (decoded < 360)).all())
        assert angular_error(decoded, stimuli[test]).max() < 2
        by_neurons = error_by_neurons(responses, stimuli, [2, 25], [seed, seed + 1])
        by_stimuli = error_by_stimuli(responses, stimuli, [8, 20], [seed])
        assert by_neurons.shape == (2, 2)
        assert by_stimuli.shape == (1, 2)
        assert 0 <= by_neurons.min() <= by_neurons.max() <= 180
        assert by_neurons[0, 1] == pytest.approx(angular_error(decoded, stimuli[test]).mean().item(), abs=0.05)
        assert refusal(error_by_stimuli, responses, stimuli, [len(train) + 1], [seed]).startswith("sizes: got")

    @given(st.floats(0, 360, exclude_max=True, width=32))
    def test_points_on_the_circle_come_back_as_their_angle(self, degrees):
        back = angle_of(sine_cosine(torch.tensor([[degrees]])))
        assert angular_error(back, torch.tensor([[degrees]])).item() < 1e-3

    @settings(max_examples=20)
    @given(seed=seeds, amplitude=st.floats(0.1, 5))
    def test_tuning_share_is_the_variance_of_a_smooth_curve(self, seed, amplitude):
        angle = torch.deg2rad(torch.arange(360.0))
        clean = amplitude * torch.stack([angle.sin(), (2 * angle).cos()], 1)
        assert torch.allclose(tuning_share(clean), clean.var(0, correction=0), rtol=1e-2)
        rough = noise(360, 3, seed=seed)
        assert bool((tuning_share(rough).abs() < 0.3).all())
        assert torch.allclose(tuning_share(clean + 7), tuning_share(clean), atol=1e-3)


class TestHearing:
    @settings(max_examples=12)
    @given(fraction=st.floats(0, 1), hidden=st.integers(1, 8), seed=seeds, dale=st.booleans(), batch=st.integers(1, 3))
    def test_signs_hold_and_a_batch_is_its_sounds(self, fraction, hidden, seed, dale, batch):
        torch.manual_seed(seed)
        model = DaleSNN(12, hidden, 4, fraction, dale)
        w1, w2 = model.signed_weights()
        if dale:
            assert bool((w1 * model.sign1 >= 0).all())
            assert bool((w2 * model.sign2 >= 0).all())
        assert int((model.sign1 < 0).sum()) == round(12 * fraction)
        spikes = (noise(batch, 9, 12, seed=seed) > 0).to(torch.uint8)
        kept = spikes.clone()
        logits = model(spikes)
        assert logits.shape == (batch, 4)
        assert torch.equal(spikes, kept)
        alone = torch.cat([model(sound[None]) for sound in spikes])
        assert torch.allclose(logits, alone, atol=1e-4)
        rates = hidden_rates(model, spikes)
        assert rates.shape == (batch, hidden)
        assert bool(((rates >= 0) & (rates <= 1 / model.dt)).all())
        deaf = silence_inputs(model, torch.arange(12))
        assert not hidden_rates(deaf, spikes).any()
        assert torch.equal(model(spikes), logits)

    @given(bad=no_counts, time=st.one_of(st.floats(max_value=0), not_finite), fraction=st.floats(1.001, 9))
    @settings(max_examples=12)
    def test_networks_that_are_none_are_refused_by_name(self, bad, time, fraction):
        for name in ("n_inputs", "n_hidden", "n_classes"):
            assert refusal(DaleSNN, **{name: bad}) == f"{name}: got {bad}, allowed is a whole number of at least 1"
        for name in ("tau", "dt"):
            assert refusal(DaleSNN, **{name: time}).startswith(f"{name}: got {time}")
        for value in (fraction, -fraction):
            assert refusal(DaleSNN, inhibitory_fraction=value).startswith(f"inhibitory_fraction: got {value}")
        assert refusal(DaleSNN, sign_layout="none").startswith("sign_layout: got 'none'")

    @settings(max_examples=4)
    @given(seed=st.integers(0, 1000), n_train=st.integers(64, 90), network=st.sampled_from(NETWORKS))
    def test_a_seed_decides_sounds_network_and_training(self, seed, n_train, network):
        condition = Condition(seed=seed, network=network, epochs=1)
        sounds, again = draw_sounds(seed, n_train=n_train), draw_sounds(seed, n_train=n_train)
        assert [len(part[0]) for part in (sounds.train, sounds.validation, sounds.test)] == [
            n_train,
            n_train // 4,
            n_train // 2,
        ]
        assert torch.equal(sounds.test[1], again.test[1])
        before = torch.get_rng_state()
        first, second = build_network(condition), build_network(condition)
        assert torch.equal(before, torch.get_rng_state())
        assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
        model, history = train_condition(condition, sounds)
        repeated, _ = train_condition(condition, again)
        assert len(history.train_loss) == 1
        assert all(torch.equal(a, b) for a, b in zip(model.parameters(), repeated.parameters(), strict=True))
        report = evaluate(model, *sounds.test)
        assert 0 <= report.accuracy <= 1
        assert 0 <= report.error <= 180
        assert report.predicted.shape == (n_train // 2,)
        if network == "columns":
            w1, w2 = model.w1.clone(), model.w2.clone()
            taught = retrain_readout(model, *sounds.train, steps=2)
            assert torch.equal(taught.w1, w1)
            assert torch.equal(model.w2, w2)
            assert not torch.equal(taught.w2, w2)

    @given(name=st.sampled_from(["network", "start"]), bad=st.text(max_size=8))
    @settings(max_examples=15)
    def test_conditions_that_are_none_are_refused_by_name(self, name, bad):
        assert refusal(Condition, **{name: bad}).startswith(f"{name}: got {bad!r}, allowed is one of")
        assert refusal(Condition, start="balanced", network="free").startswith("start: got 'balanced'")

    @given(n=st.integers(-5, 63), size=st.integers(1, 4))
    @settings(max_examples=10)
    def test_too_few_sounds_are_refused(self, n, size):
        assert refusal(draw_sounds, 0, n_train=n).startswith(f"n_train: got {n}, allowed is 64")
        sounds = torch.zeros(size, 100, 200, dtype=torch.uint8)
        assert "got" in refusal(evaluate, DaleSNN(), torch.zeros(size + 1), sounds)


@settings(max_examples=25)
@given(st.floats(-0.9, 3), st.floats(-0.9, 3))
def test_errors_about_the_mystery_neuron_are_relative(resistance, tau_ref):
    currents, rates = mystery_neuron()
    assert currents.shape == rates.shape == (20,)
    assert bool((np.diff(rates) >= 0).all())
    base = mystery_errors(1.0, 1.0)
    # error = answer / truth - 1, so the truth follows from one error, and the errors of any answer from it.
    truth = [1 / (error + 1) for error in base]
    assert mystery_errors(truth[0] * (1 + resistance), truth[1] * (1 + tau_ref)) == pytest.approx((resistance, tau_ref))
    model = lif_rate(currents, truth[1], truth[0], 10.0)
    assert np.abs(model - rates).max() < 2e-3
