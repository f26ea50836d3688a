from collections import Counter

import pytest

from benchmarks.answers import Answer
from benchmarks.counts import (
    Counts,
    Metric,
    count_multisets,
    evaluate,
    f1_interval,
    mean_interval,
    mean_metric,
)
from benchmarks.report import make_report


def test_precision_recall_f1_of_a_worked_case() -> None:
    counts = Counts(n_correct=3, n_predicted=4, n_true=6)
    assert counts.precision == pytest.approx(0.75)
    assert counts.recall == pytest.approx(0.5)
    assert counts.f1 == pytest.approx(0.6)  # 2 * .75 * .5 / 1.25


def test_nothing_predicted_and_nothing_true_is_no_division_by_zero() -> None:
    assert (Counts().precision, Counts().recall, Counts().f1) == (0.0, 0.0, 0.0)
    assert Counts(0, 0, 5).f1 == 0.0


def test_multisets_match_each_true_item_once() -> None:
    predicted = Counter({("a", "x"): 3, ("b", "y"): 1})
    true = Counter({("a", "x"): 2, ("c", "z"): 1})
    assert count_multisets(predicted, true) == {
        "a": Counts(n_correct=2, n_predicted=3, n_true=2),
        "b": Counts(n_correct=0, n_predicted=1, n_true=0),
        "c": Counts(n_correct=0, n_predicted=0, n_true=1),
    }


def test_scores_are_micro_averages_over_documents_and_categories() -> None:
    by_id = {
        "one": {"a": Counts(1, 1, 1), "b": Counts(0, 1, 1)},
        "two": {"a": Counts(2, 4, 3)},
    }
    metric = Metric("m", "by hand", lambda predicted, _: by_id[predicted.id])
    pairs = [(Answer(id=name), Answer(id=name)) for name in by_id]
    score = evaluate(metric, pairs)
    assert score.documents == (Counts(1, 2, 2), Counts(2, 4, 3))
    assert score.categories == {"a": Counts(3, 5, 4), "b": Counts(0, 1, 1)}
    assert score.total == Counts(3, 6, 5)
    assert score.f1 == pytest.approx(6 / 11)


def test_interval_of_equal_documents_is_a_point() -> None:
    low, high = f1_interval([Counts(3, 4, 6)] * 10)
    assert low == pytest.approx(0.6)
    assert high == pytest.approx(0.6)


def test_interval_covers_the_figure_and_shrinks_with_more_documents() -> None:
    few = [Counts(1, 1, 1), Counts(0, 1, 1)] * 10
    many = few * 25
    low_few, high_few = f1_interval(few)
    low_many, high_many = f1_interval(many)
    # A binomial share of 1/2: two standard errors are 0.22 for 20 documents, 0.045 for 500.
    assert low_few == pytest.approx(0.28, abs=0.06)
    assert high_few == pytest.approx(0.72, abs=0.06)
    assert low_many == pytest.approx(0.456, abs=0.015)
    assert high_many == pytest.approx(0.544, abs=0.015)


def test_interval_is_the_same_each_time_and_empty_without_documents() -> None:
    documents = [Counts(i % 3, 2, 3) for i in range(30)]
    assert f1_interval(documents) == f1_interval(documents)
    assert f1_interval([]) == (0.0, 0.0)


def test_a_mean_is_over_the_documents_that_it_applies_to() -> None:
    by_id = {"a": 1.0, "b": 0.25, "c": None, "d": 0.25}
    metric = mean_metric("m", "by hand", lambda predicted, _: by_id[predicted.id])
    score = evaluate(metric, [(Answer(id=name), Answer(id=name)) for name in by_id])
    assert metric.is_mean
    assert score.values == (1.0, 0.25, 0.25)
    assert score.figure == score.mean == pytest.approx(0.5)
    assert len(score.documents) == 4
    assert (score.total, score.f1, score.categories) == (Counts(), 0.0, {})
    low, high = score.interval
    assert 0.25 <= low < 0.5 < high <= 1.0


def test_interval_of_a_mean_agrees_with_its_standard_error() -> None:
    low, high = mean_interval([0.0, 1.0] * 200)
    assert low == pytest.approx(0.451, abs=0.01)  # 0.5 - 1.96 * 0.5 / sqrt(400)
    assert high == pytest.approx(0.549, abs=0.01)
    assert mean_interval([0.7] * 5) == pytest.approx((0.7, 0.7))
    assert mean_interval([]) == (0.0, 0.0)


def test_the_figure_of_a_counting_metric_is_its_f1() -> None:
    metric = Metric("m", "by hand", lambda predicted, true: {"a": Counts(1, 1, 3)})  # noqa: ARG005
    score = evaluate(metric, [(Answer(id="x"), Answer(id="x"))])
    assert not metric.is_mean
    assert score.figure == score.f1 == pytest.approx(0.5)
    assert score.interval == f1_interval(score.documents)
    assert (score.mean, score.values) == (0.0, ())


def test_a_report_keeps_means_apart() -> None:
    pairs = [(Answer(id="x"), Answer(id="x"))]
    counted = Metric("counted", "by hand", lambda predicted, true: {"a": Counts(1, 1, 1)})  # noqa: ARG005
    mean = mean_metric("mean", "by hand", lambda predicted, true: 0.5)  # noqa: ARG005
    nowhere = mean_metric("nowhere", "by hand", lambda predicted, true: None)  # noqa: ARG005
    scores = [evaluate(metric, pairs) for metric in (counted, mean, nowhere)]
    report = make_report("b", None, "by hand", scores, [Answer(id="x")])
    assert [entry.name for entry in report.metrics] == ["counted"]
    (entry,) = report.means
    assert (entry.name, entry.mean, entry.n_documents) == ("mean", 0.5, 1)
    assert entry.interval_95 == (0.5, 0.5)
    assert report.n_scored == 1
