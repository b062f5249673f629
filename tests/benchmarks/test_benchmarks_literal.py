"""The literal ways and the libraries that the benchmarks time compute what ours computes."""

import copy
import sys

import numpy as np
import pytest
import torch
from dale_networks import learner

from benchmarks.cases import dales_law_snn, lif_transfer_curve, spiral_mlp, v1_orientation_decoding
from benchmarks.libraries import LIBRARIES, ON_PYTORCH, expected_logits
from benchmarks.literal.dales_law_snn import literal_training
from benchmarks.literal.spiral_mlp import decision_map, train
from utils.datasets.sound import ipd_to_class, random_ipd_dataset
from utils.datasets.spiral import batched_loader
from utils.exercises import get
from utils.plotting.spiral_mlp import decision_grid
from utils.training.dale_ensemble import train_together


class TestTransferCurve:
    PUBLISHED = (0, 0, 0, 0, 0, 43, 66, 91, 111, 125)

    @pytest.mark.parametrize("array", [np, torch], ids=["numpy", "torch"])
    def test_counts(self, array):
        sizes = {"currents": 10, "steps": 1000}
        assert tuple(lif_transfer_curve.literal(array).prepare(**sizes)()) == self.PUBLISHED
        assert tuple(lif_transfer_curve.ours(**sizes)().tolist()) == self.PUBLISHED

    def test_closed_form(self):
        expected = lif_transfer_curve.closed_form(currents=10, steps=1000)()
        np.testing.assert_allclose(expected, self.PUBLISHED, atol=0.06 * max(self.PUBLISHED))


class TestSpirals:
    X, Y, X_TEST, Y_TEST = spiral_mlp.data_of(160)

    def test_one_epoch_by_samples_is_one_epoch_by_batches(self):
        literal_net, our_net = spiral_mlp.network(), spiral_mlp.network()
        (literal_loss,) = train(literal_net, self.X, self.Y, 1, 0, torch.Generator().manual_seed(3))
        generator = torch.Generator().manual_seed(3)
        torch.empty((), dtype=torch.int64).random_(
            generator=generator
        )  # the default loader draws its workers' seed first
        train_step, optimizer = get("03.train_step").reference, torch.optim.Adam(our_net.parameters(), lr=1e-3)
        loader = batched_loader(self.X, self.Y, 128, drop_last=True, generator=generator)
        losses = [train_step(our_net, optimizer, *batch) for batch in loader]
        assert len(losses) == 4
        assert literal_loss == pytest.approx(np.mean(losses), rel=1e-6)
        for theirs, ours in zip(literal_net.parameters(), our_net.parameters(), strict=True):
            torch.testing.assert_close(theirs, ours)

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker starts a new interpreter")
    def test_workers_change_nothing_but_time(self):
        X, y = self.X[:64], self.Y[:64]
        in_process, by_workers = (
            train(spiral_mlp.network(), X, y, 2, workers, torch.Generator().manual_seed(3), batch_size=32)
            for workers in (0, 2)
        )
        assert in_process == by_workers
        assert in_process[1] < in_process[0]

    def test_decision_map(self):
        n, x_max, eps = 120, 1.4, 1e-3
        net = spiral_mlp.network()
        train(net, self.X, self.Y, 3, 0, torch.Generator().manual_seed(3))
        literal = decision_map(net, self.X_TEST, self.Y_TEST, spiral_mlp.K, n, x_max, eps)
        ours = spiral_mlp.our_map(n, 160)  # the same test points, on an untrained network
        assert ours().shape == literal.shape
        grid = decision_grid(x_max, n)
        distance = torch.cdist(grid, self.X_TEST, compute_mode="donot_use_mm_for_euclid_dist").square().min(1).values
        clear = distance.view(n, n) >= 1.001 * eps
        with torch.no_grad():
            classes = net(grid).argmax(1).view(n, n)
        assert 0.5 < clear.float().mean() < 1
        assert len(classes[clear].unique()) == spiral_mlp.K
        assert torch.equal(literal[clear], classes[clear])
        assert (literal[distance.view(n, n) < 0.999 * eps] >= spiral_mlp.K).all()

    def test_both_maps_of_the_cases_show_the_same_classes(self):
        sizes = {"pixels": 90, "points": 25}
        literal, ours = spiral_mlp.literal_map(**sizes)(), spiral_mlp.our_map(**sizes)()
        unmarked = literal < spiral_mlp.K
        assert unmarked.float().mean() > 0.8
        assert torch.equal(literal[unmarked], ours[unmarked])


class TestV1:
    def test_loading(self):
        ways = (v1_orientation_decoding.literal.load, v1_orientation_decoding.load_v1)
        theirs, ours = (v1_orientation_decoding.loading(load)(neurons=30)() for load in ways)
        for a, b in zip(theirs, ours, strict=True):
            assert a.dtype == b.dtype
            assert torch.equal(a, b)

    def test_training(self):
        sizes = {"neurons": 2000, "iterations": 40}
        theirs = v1_orientation_decoding.literal_training(**sizes)()
        ours = v1_orientation_decoding.our_training(**sizes)()
        assert theirs[-1] < 0.5 * theirs[0]
        np.testing.assert_allclose(ours, theirs, rtol=2e-3)


class TestDaleSNN:
    def test_steps_and_logits(self):
        sizes = dales_law_snn.STEP | {"batch": 8, "steps": 60}
        for theirs, ours in (
            (dales_law_snn.literal_inference, dales_law_snn.our_inference),
            (dales_law_snn.literal_step, dales_law_snn.our_step),
        ):
            theirs, ours = theirs(**sizes), ours(**sizes)
            for _ in range(3):  # the later losses depend on the gradients of the earlier ones
                torch.testing.assert_close(theirs(), ours(), rtol=1e-4, atol=1e-3)

    def test_training(self):
        generator = torch.Generator().manual_seed(0)
        (ipd, spikes), validation = (random_ipd_dataset(n, generator) for n in (160, 64))
        ours = dales_law_snn.network()
        theirs = copy.deepcopy(ours)
        train_losses, validation_losses = literal_training(
            [theirs.w1, theirs.w2],
            [theirs.sign1, theirs.sign2],
            spikes.float(),
            ipd_to_class(ipd),
            (validation[1].float(), ipd_to_class(validation[0])),
            epochs=2,
            generator=torch.Generator().manual_seed(5),
        )
        one = learner(ours)
        train_together([one], ipd, spikes, validation, epochs=2, generator=torch.Generator().manual_seed(5))
        history = one.history
        np.testing.assert_allclose(train_losses, history.train_loss, rtol=1e-4)
        np.testing.assert_allclose(validation_losses, history.validation_loss, rtol=1e-4)

    def test_longer_sounds_start_again(self):
        spikes, _ = dales_law_snn.sounds(3, 230, "cpu")
        assert spikes.shape == (3, 230, 200)
        assert torch.equal(spikes[:, 100:200], spikes[:, :100])
        assert torch.equal(spikes[:, 200:], spikes[:, :30])


class TestLibraries:
    @pytest.mark.parametrize("library", ON_PYTORCH, ids=lambda library: library.name)
    def test_answers_what_its_equations_give(self, library):
        if library.version is None:
            pytest.skip(library.remedy)
        module = library.load()
        spikes, _ = dales_law_snn.sounds(4, 80, "cpu")
        weights = [w.detach() for w in dales_law_snn.network().signed_weights()]
        network = module.build(*weights)
        floats = spikes.float()
        given = floats.transpose(0, 1) if module.TIME_FIRST else floats
        for _ in range(2):  # nothing may be left over from the first call
            logits = network(given)
            torch.testing.assert_close(logits, expected_logits(floats, *weights, module.DECAY), rtol=1e-3, atol=1e-2)
        logits.square().sum().backward()
        assert len(list(network.parameters())) >= 2
        learned = [p for p in network.parameters() if p.requires_grad]
        assert [tuple(p.shape) for p in learned] == [(30, 200), (12, 30)]
        assert all((p.grad != 0).float().mean() > 0.5 for p in learned)

    def test_spyx_answers_what_its_equations_give_and_learns(self):
        library = next(library for library in LIBRARIES if not library.on_pytorch)
        if library.version is None:
            pytest.skip(library.remedy)
        module, (spikes, labels) = library.load(), dales_law_snn.sounds(8, 80, "cpu")
        weights = [w.detach() for w in dales_law_snn.network().signed_weights()]
        logits, step = module.training_step(spikes.float(), labels, *weights, 5.0)
        expected = expected_logits(spikes.float(), *weights, module.DECAY, module.subtracts_later)
        torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-2)
        losses = [float(step()) for _ in range(30)]
        assert losses[0] == pytest.approx(torch.nn.functional.cross_entropy(5 * logits, labels).item(), rel=1e-3)
        assert losses[-1] < 0.5 * losses[0]

    def test_another_model_is_refused(self):
        logits = torch.randn(4, 12)
        with pytest.raises(ValueError, match="away from what its equations give"):
            dales_law_snn._check(logits, 1.1 * logits)
