"""The tables of the course: which experiment on which conditions each of them holds, the most telling ones first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from utils.sweeps.experiments import CONDITION
from utils.sweeps.processes import call_results
from utils.sweeps.tables import course_file, read_table
from utils.sweeps.trained import groups, train_and_keep
from utils.training.dale_conditions import Condition

TENTHS = tuple(tenth / 10 for tenth in range(11))


@dataclass(frozen=True)
class CourseTable:
    """One table in `data/`.

    Attributes:
        fractions: inhibitory fractions.
        varied: other attributes of the conditions -> values, every combination of which is trained.
        experiment: what is measured.
    """

    fractions: tuple[float, ...] = (0.5,)
    varied: Mapping[str, tuple] = field(default_factory=dict)
    experiment: str = "dale"

    def conditions(self, seeds: Iterable[int]) -> list[Condition]:
        """What the table holds for some seeds, seed by seed.

        Args:
            seeds: of the trainings.

        Returns:
            The conditions. Sounds share their phase, as in the source, where nothing else is said.
        """
        varied = {"phase": ("shared",)} | dict(self.varied)
        each = [dict(zip(varied, values, strict=True)) for values in itertools.product(*varied.values())]
        return [Condition(fraction=f, seed=seed, **one) for seed in seeds for one in each for f in self.fractions]

    def options(self, seeds: int) -> list[str]:
        """The words of the command that makes the table.

        Args:
            seeds: number of seeds.

        Returns:
            Words behind `python -m utils.sweeps`, without the name of the table.
        """
        shares = "0:1:0.1" if self.fractions == TENTHS else ",".join(f"{share:g}" for share in self.fractions)
        words = [self.experiment, "--fractions", shares, "--seeds", str(seeds)]
        for name, values in ({"phase": ("shared",)} | dict(self.varied)).items():
            words += [f"--{name.replace('_', '-')}", ",".join(map(str, values))]
        return words


BOTH_LAYOUTS = {"layout": ("random", "block")}
COURSE_TABLES = {
    "dale_random_rows": CourseTable((0.2, 0.5)),
    "dale_block_rows": CourseTable((0.2, 0.5), {"layout": ("block",)}),
    "dale_ablation": CourseTable((0.2, 0.5), BOTH_LAYOUTS, "ablation"),
    "dale_timing": CourseTable((0.2, 0.5), BOTH_LAYOUTS, "timing"),
    "dale_phase_split": CourseTable((0.5,), BOTH_LAYOUTS, "phase"),
    "dale_fraction_sweep": CourseTable(TENTHS),
    "dale_source_protocol": CourseTable((0.0, 0.5, 1.0), {"epochs": (30,)}),
    "dale_interneurons": CourseTable(varied={"network": ("interneurons",), "bias": ("yes",)}),
    "dale_interneurons_without_bias": CourseTable(varied={"network": ("interneurons",)}),
    "dale_signed_rows_with_bias": CourseTable(varied={"bias": ("yes",)}),
    "dale_free_weights": CourseTable(varied={"network": ("free",)}),
    "dale_per_sound_phase": CourseTable(varied={"phase": ("per_sound",)}),
    "dale_balanced_sweep": CourseTable((0.1, 0.3, 0.7, 0.9), {"start": ("balanced",)}),
    "dale_exponentiated_gradient": CourseTable((0.2, 0.5), {"learning": ("exponentiated",)}),
    "dale_inhibition_place": CourseTable(varied={"inhibition": ("inputs", "hidden")}),
    "dale_graded": CourseTable(varied={"neuron": ("graded",)}),
    "dale_wide": CourseTable(varied={"n_hidden": (90,)}),
    "dale_slow_membranes": CourseTable(varied={"tau": (0.02,)}),
    "dale_new_sounds": CourseTable(varied={"phase": ("per_sound",), "new_sounds": ("yes",)}),
}


def missing_conditions(name: str, seed: int) -> list[Condition]:
    """Conditions of a table and a seed that the table has no row of.

    Args:
        name: of the table.
        seed: of the trainings.

    Returns:
        The conditions, in the table's order.
    """
    path = course_file(name)
    rows = read_table(path)[1] if path.exists() else []
    there = {tuple(row[column] for column in CONDITION) for row in rows}
    conditions = COURSE_TABLES[name].conditions([seed])
    return [one for one in conditions if tuple(map(str, vars(one).values())) not in there]


def train_for_tables(names: Iterable[str], seed: int, keep: str, jobs: int | None = None) -> int:
    """Train side by side what the tables need of one seed, and keep the networks.

    Args:
        names: of the tables.
        seed: of the trainings.
        keep: folder of the trained networks.
        jobs: number of processes; None takes all cores.

    Returns:
        Number of networks that were wanted; some may have been there.

    Raises:
        RuntimeError: a training failed, which is named.
    """
    wanted = list(dict.fromkeys(one for name in names for one in missing_conditions(name, seed)))
    for result in call_results(partial(train_and_keep, folder=keep), groups(wanted), jobs):
        if result.problem:
            raise RuntimeError(f"{result.item}: {result.problem}")
    return len(wanted)
