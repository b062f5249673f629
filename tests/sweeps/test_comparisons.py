"""Comparisons pair by seed, whatever the order of the rows, and are corrected together."""

import pytest

from utils.statistics import holm, paired_difference
from utils.sweeps.comparisons import compare, corrected, select


def rows(values, **columns):
    return [{"seed": str(seed), "test_accuracy": str(value), **columns} for seed, value in values.items()]


def test_pairs_are_found_by_seed():
    first, second = rows({10: 0.8, 2: 0.7, 3: 0.9}), rows({2: 0.6, 3: 0.85, 10: 0.8, 5: 0.1})
    assert compare(first, second) == paired_difference([70, 90, 80], [60, 85, 80])


def test_empty_cells_are_no_pairs():
    assert compare(rows({1: 0.5, 2: 0.6, 3: ""}), rows({1: 0.4, 2: 0.5, 3: 0.1})).n == 2


def test_conditions_are_not_mixed():
    mixed = rows({1: 0.5, 2: 0.6}, fraction="0.2") + rows({1: 0.7, 2: 0.9}, fraction="0.5")
    with pytest.raises(ValueError, match="got several of one seed"):
        compare(mixed, mixed)
    chosen = select(mixed, fraction=0.5)
    assert [row["test_accuracy"] for row in chosen] == ["0.7", "0.9"]
    assert select(mixed, fraction="0.20", seed=2) == [mixed[1]]
    with pytest.raises(ValueError, match="got 1 common seeds"):
        compare(chosen, select(mixed, seed=1, fraction=0.2))


def test_all_comparisons_share_one_correction():
    differences = {
        "large": paired_difference([5, 6, 7, 8], [1, 2.1, 2.9, 4]),
        "small": paired_difference([1, 3, 2, 4], [1.5, 2, 2.5, 3]),
    }
    found = corrected(differences)
    assert [one.name for one in found] == ["large", "small"]
    assert [one.corrected_p for one in found] == pytest.approx(holm([d.p for d in differences.values()]).tolist())
    assert found[0].difference == differences["large"]
