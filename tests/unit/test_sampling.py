"""A seeded sample of a long suite: the same for the same seed, and never more than is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.conftest import pytest_collection_modifyitems


def sample(tests: int, size: int | None, seed: int) -> tuple[list[int], list[int]]:
    """Which of so many tests are chosen, and which are reported as left out."""
    left_out: list[int] = []
    config = SimpleNamespace(
        getoption={"--sample": size, "--seed": seed}.__getitem__,
        hook=SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items)),
    )
    items = list(range(tests))
    pytest_collection_modifyitems(config, items)  # type: ignore[arg-type]
    return items, left_out


def test_the_same_seed_chooses_the_same_tests_in_their_order() -> None:
    chosen, left_out = sample(100, 8, seed=1)
    assert chosen == sample(100, 8, seed=1)[0] == sorted(chosen)
    assert len(chosen) == 8
    assert sorted(chosen + left_out) == list(range(100))


def test_other_seeds_choose_other_tests() -> None:
    assert len({tuple(sample(100, 8, seed)[0]) for seed in range(20)}) > 15


@pytest.mark.parametrize("size", [None, 5, 9])
def test_without_a_size_or_with_a_great_one_all_tests_run(size: int | None) -> None:
    assert sample(5, size, seed=1) == ([0, 1, 2, 3, 4], [])
