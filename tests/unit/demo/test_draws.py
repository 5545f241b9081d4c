"""Draws use only arithmetic that every machine does alike, and follow their weights."""

from __future__ import annotations

import numpy as np

from dagster_project.demo.draws import below, choose, choose_by_row, from_quantiles, happens, stream


def test_a_stream_gives_the_numbers_that_pcg64_gives_for_its_seed() -> None:
    # Raw output of the generator: integers, so there is nothing to round. A change of the generator
    # or of how seeds are spread would change every file of the demo.
    raw = np.random.PCG64(np.random.SeedSequence(1, spawn_key=(2,))).random_raw(4)
    # A double of [0, 1) is the upper 53 bits, over 2^53.
    assert [int(value >> 11) / 2**53 for value in raw.tolist()] == stream(1, 2).random(4).tolist()


def test_streams_of_one_seed_differ() -> None:
    assert stream(1, 1).random(3).tolist() != stream(1, 2).random(3).tolist()


def test_a_choice_without_weight_is_never_made() -> None:
    chosen = choose(stream(5, 0), [0, 3, 0, 1], 4000)
    assert set(chosen.tolist()) == {1, 3}
    # 3 : 1 of 4000 is 3000; 6 standard deviations of sqrt(4000 × ¾ × ¼) = 27.4 are 164.
    assert abs(int((chosen == 1).sum()) - 3000) < 164


def test_each_row_of_a_matrix_has_its_own_weights() -> None:
    weights = np.array([[1, 0, 0], [0, 0, 7], [0, 2, 0]])
    rows = np.array([2, 0, 1, 1, 0, 2])
    assert choose_by_row(stream(5, 1), weights, rows).tolist() == [1, 0, 2, 2, 0, 1]


def test_whole_numbers_stay_below_their_own_limit() -> None:
    limits = np.array([1, 2, 3] * 500)
    drawn = below(stream(5, 2), limits, 1500)
    assert (drawn >= 0).all()
    assert (drawn < limits).all()
    assert {int(n) for n in drawn[limits == 3]} == {0, 1, 2}


def test_quantiles_hold_their_shares() -> None:
    drawn = from_quantiles(stream(5, 3), ((0.0, 0), (0.9, 90), (1.0, 1090)), 10_000)
    assert drawn.min() >= 0
    assert drawn.max() < 1090
    # A tenth above 90: 1000 of 10 000, give or take 6 × sqrt(10 000 × 0.1 × 0.9) = 180.
    assert abs(int((drawn >= 90).sum()) - 1000) < 180


def test_what_has_no_chance_never_happens_and_what_is_certain_does() -> None:
    assert not happens(stream(5, 4), 0.0, 100).any()
    assert happens(stream(5, 4), np.ones(100), 100).all()
