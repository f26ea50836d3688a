"""Calibration: fitted on what users see, measured on documents of other groups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corpora.splits import fold_of
from layout.bundle import Calibration
from models.calibrate import (
    Bin,
    Judged,
    all_held,
    as_shown,
    cross_fit,
    expected_calibration_error,
    fit_calibration,
    reliability_bins,
)


def make_fields(n: int, *, schema: str = "a", power: float = 3.0) -> list[Judged]:
    """Fields of an overconfident model: of confidence p, p to a power are right."""
    rng = np.random.default_rng(0)
    return [
        Judged(f"{schema}.x", float(p), bool(rng.random() < p**power), f"group {i // 4}")
        for i, p in enumerate(rng.uniform(0.3, 1.0, n))
    ]


def test_calibration_meets_the_share_of_right_fields() -> None:
    fields = make_fields(2000)
    calibration = fit_calibration(fields)
    assert set(calibration) == {"a", "a.x"}
    assert expected_calibration_error(fields) > 0.1
    assert expected_calibration_error(as_shown(fields, calibration)) < 0.05


def test_what_is_fitted_is_the_confidence_that_users_see() -> None:
    """Half of the words are misread for certain, as the recogniser itself says: 0.5."""
    rng = np.random.default_rng(1)
    fields = [
        Judged("a.x", 0.9, bool(rng.random() < 0.9 * reading), reading=reading)
        for reading in (1.0, 0.5)
        for _ in range(1000)
    ]
    calibration = fit_calibration(fields)
    assert calibration["a.x"].apply(0.9) == pytest.approx(0.9, abs=0.03)
    shown = as_shown(fields, calibration)
    assert {judged.reading for judged in shown} == {1.0}
    assert expected_calibration_error(shown) < 0.03


def test_few_samples_share_their_schemas_calibration() -> None:
    fields = [*make_fields(200), Judged("a.rare", 0.9, is_right=True)]
    calibration = fit_calibration(fields)
    assert "a.rare" not in calibration
    (shown,) = as_shown(fields[-1:], calibration)
    assert shown.confidence == round(calibration["a"].apply(0.9), 4)


def test_a_single_right_field_does_not_make_certain() -> None:
    few = fit_calibration([("b.y", 0.9, True)])
    assert 0.5 < few["b"].apply(0.9) < 1.0


def test_an_unknown_schema_keeps_the_models_confidence() -> None:
    raw = Judged("c.z", 0.8, is_right=True, group="g", reading=0.5)
    (shown,) = as_shown([raw], {"a": Calibration(scale=2.0)})
    assert shown == raw._replace(confidence=0.4, reading=1.0)


def test_every_field_is_held_once_and_calibrated_by_other_groups() -> None:
    fields = make_fields(400)
    folds = cross_fit(fields, n_folds=5)
    assert len(folds) == 5
    for fold in folds:
        groups = {judged.group for judged in fold.held}
        assert not groups & {judged.group for judged in fold.others}
        assert len({fold_of(group, n_folds=5) for group in groups}) == 1
        assert len(fold.others) + len(fold.held) == len(fields)
    held = all_held(folds)
    assert sorted((j.group, j.is_right) for j in held) == sorted(
        (j.group, j.is_right) for j in fields
    )
    assert expected_calibration_error(held) < expected_calibration_error(fields)


def test_a_fold_is_calibrated_as_if_its_own_truth_were_unknown() -> None:
    fields = make_fields(200)
    fold = fold_of(fields[0].group, n_folds=5)
    lying = [
        judged._replace(is_right=not judged.is_right)
        if fold_of(judged.group, n_folds=5) == fold
        else judged
        for judged in fields
    ]
    honest, lied = cross_fit(fields, 5)[fold].held, cross_fit(lying, 5)[fold].held
    assert [judged.confidence for judged in honest] == [judged.confidence for judged in lied]


def test_one_group_alone_stays_uncalibrated() -> None:
    fields = [Judged("a.x", 0.7, is_right=True), Judged("a.x", 0.6, is_right=False)]
    (fold,) = cross_fit(fields)
    assert fold.others == []
    assert [judged.confidence for judged in fold.held] == [0.7, 0.6]


def test_bins_and_error_by_hand() -> None:
    fields = [
        Judged("a.x", 0.15, is_right=False),
        Judged("a.x", 0.92, is_right=True),
        Judged("a.x", 0.98, is_right=False),
        Judged("a.x", 1.0, is_right=True),
    ]
    low, high = reliability_bins(fields)
    assert low == Bin(0.1, 0.2, 1, 0.15, 0.0)
    assert high[:3] == (0.9, 1.0, 3)
    assert high.confidence == pytest.approx(2.9 / 3)
    assert high.accuracy == pytest.approx(2 / 3)
    assert expected_calibration_error(fields) == pytest.approx((0.15 + 0.9) / 4)


def test_without_fields_there_is_no_error_to_tell() -> None:
    assert math.isnan(expected_calibration_error([]))
    assert reliability_bins([]) == []
    assert cross_fit([]) == []
