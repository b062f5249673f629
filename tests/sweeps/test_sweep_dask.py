"""The sweep on a Dask cluster: a real scheduler and real workers on this computer, some of which are killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from operator import call

import pytest
import torch

import utils.sweeps.command as sweep
import utils.sweeps.processes as processes
from course import ROOT, kernel_environment
from utils.sweeps.tables import read_table, versions

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a kill that can not be caught"),
]

COMMAND = ["dale", "--fractions", "0:1:0.25", "--seeds", "2", "--epochs", "6", "--sounds", "256", "--out", "table.csv"]
N_ROWS = 10
# A call that has taken so many workers with it is given up.
ALLOWED_FAILURES = 1


class Cluster:
    """A scheduler and its workers, each a process of this computer."""

    def __init__(self, folder):
        self.folder, self.workers = folder, {}
        # Nothing but the sweep itself keeps these processes to one thread.
        inherited = {name: value for name, value in os.environ.items() if name not in kernel_environment()}
        self.environment = {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(ALLOWED_FAILURES),
        }
        about = folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", str(about))
        wait_until(lambda: about.exists() and about.read_text(encoding="utf-8").endswith("}"))
        self.address = json.loads(about.read_text(encoding="utf-8"))["address"]

    def start(self, kind, *options):
        command = [sys.executable, "-m", "dask", kind, "--host", "127.0.0.1", "--no-dashboard", *options]
        log = (self.folder / f"{kind}.log").open("a", encoding="utf-8")
        with log:
            return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)

    def need_workers(self, *names):
        """Start those workers that are not there yet, or no longer, and end the others: a worker starts slowly.

        Args:
            names: of the workers; the number of threads stands in front.
        """
        for name, worker in [*self.workers.items()]:
            if name not in names or worker.poll() is not None:
                worker.kill()
                worker.wait()
                del self.workers[name]
        options = ["--no-nanny", "--memory-limit", "0", "--local-directory", str(self.folder)]
        for name in names:
            if name not in self.workers:
                self.workers[name] = self.start("worker", self.address, "--nthreads", name[0], *options)
        with self.client() as client:
            ours = {worker.pid for worker in self.workers.values()}
            wait_until(lambda: set(self.pids(client).values()) == ours)

    def client(self):
        return distributed.Client(self.address, set_as_default=False)

    def pids(self, client):
        """Address -> process number of each worker."""
        return client.run(os.getpid)

    def stop(self):
        for process in (*self.workers.values(), self.scheduler):
            process.kill()
            process.wait()


def wait_until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


class TestOnACluster:
    """In this order, so that workers can stay: new ones are asked first, and at the end they are killed."""

    def test_torch_has_one_thread_in_every_worker(self, cluster):
        cluster.need_workers("1", "2")
        before = [
            one.value for one in processes.call_results(call, [torch.get_num_threads] * 4, scheduler=cluster.address)
        ]
        assert before == [1] * 4

    def test_an_error_is_told_and_keeps_the_others(self, cluster):
        cluster.need_workers("1", "2")
        found = {one.item: one for one in processes.call_results(int, ["1", "x", "3"], scheduler=cluster.address)}
        assert {item: one.value for item, one in found.items()} == {"1": 1, "x": None, "3": 3}
        assert "ValueError: invalid literal" in found["x"].problem
        assert found["1"].problem == ""

    def test_a_worker_of_other_versions_computes_nothing(self, cluster, monkeypatch):
        cluster.need_workers("1", "2")
        monkeypatch.setattr(processes, "versions", lambda: "PyTorch 0.4.1")
        (result,) = processes.call_results(int, ["1"], scheduler=cluster.address)
        assert result.value is None
        assert f"a worker has {versions()}, allowed is PyTorch 0.4.1" in result.problem

    def test_a_lost_scheduler_ends_it_with_a_sentence(self, tmp_path):
        lost = Cluster(tmp_path)
        threading.Timer(2, lost.scheduler.kill).start()
        try:
            # There is no worker, so the call waits.
            with pytest.raises(RuntimeError, match=rf"the scheduler at {lost.address} was lost"):
                list(processes.call_results(int, ["1"], scheduler=lost.address))
        finally:
            lost.stop()

    def test_a_killed_worker_costs_no_row_and_doubles_none(self, cluster, tmp_path, monkeypatch, capsys):
        cluster.need_workers("1", "2")
        there, here = tmp_path / "there", tmp_path / "here"
        for folder in (there, here):
            folder.mkdir()
        running = subprocess.Popen(
            [sys.executable, "-m", "utils.sweeps", *COMMAND, "--scheduler", cluster.address],
            cwd=there,
            env=cluster.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            table = there / "table.csv"
            # A worker imports PyTorch first, which takes minutes where everything else runs as well.
            wait_until(lambda: table.exists() and len(read_table(table)[1]) >= 2, seconds=240)
            with cluster.client() as client:
                busy = [worker for worker, keys in client.processing().items() if keys]
                os.kill(cluster.pids(client)[busy[0]], signal.SIGKILL)
            assert len(read_table(table)[1]) < N_ROWS, "it was killed too late to matter"
            said = running.communicate(timeout=240)[0]
        finally:
            running.kill()
        assert running.returncode == 0, said
        assert f"{N_ROWS} rows added" in said
        monkeypatch.chdir(here)
        assert sweep.main([*COMMAND, "--jobs", "1"]) == 0
        assert len(read_table("table.csv")[1]) == N_ROWS
        first, second = (path.read_text().splitlines() for path in (table, here / "table.csv"))
        apart = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
        assert all(line.startswith("# seconds") for pair in apart for line in pair)

    def test_a_call_that_takes_its_workers_with_it_is_given_up(self, cluster):
        cluster.need_workers(*["1", "2", "1 more"][: ALLOWED_FAILURES + 1])
        (result,) = processes.call_results(os._exit, [1], scheduler=cluster.address)
        assert "KilledWorker" in result.problem
