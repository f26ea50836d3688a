"""Ablations: values changed by their place, tables drawn from ended runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.ablate import Figure, Outcome, Row, changed, outcomes, read_ablation, table
from models.ablate_command import CONFIG
from ocr.errors import SetupError
from tests.unit.models.tiny import make_config

FIGURES = (Figure(name="A", key="a"), Figure(name="B", key="b"))


def test_the_shipped_rows_can_all_be_applied() -> None:
    ablation = read_ablation(CONFIG)
    assert ablation.rows[0].name == "reference"
    for row in ablation.rows:
        config = changed(ablation.config, row.changes, seed=2)
        assert config.stages[0].schedule.seed == 2
        assert (config != changed(ablation.config, {}, seed=2)) == bool(row.changes)


def test_values_are_changed_by_their_place() -> None:
    config = make_config()
    other = changed(config, {"stages.1.losses.guess": 0.5, "relative_term": False}, seed=7)
    assert other.stages[1].losses.guess == 0.5
    assert other.stages[0].losses.guess == config.stages[0].losses.guess
    assert not other.relative_term
    assert {stage.schedule.seed for stage in other.stages} == {7}


@pytest.mark.parametrize("place", ["nonsense", "stages.9.name", "stages.0.losses.none", "name.x"])
def test_a_place_that_does_not_exist_is_named(place: str) -> None:
    with pytest.raises(SetupError, match=place.replace(".", r"\.")):
        changed(make_config(), {place: 1}, seed=1)
    with pytest.raises(SetupError, match="max_tokens"):
        changed(make_config(), {"max_tokens": "many"}, seed=1)


def test_the_table_has_means_deviations_and_differences() -> None:
    rows = [
        Outcome(Row(name="reference", about="x"), ({"a": 0.5, "b": 0.1}, {"a": 0.7, "b": 0.1})),
        Outcome(Row(name="other", about="y"), ({"a": 0.55, "b": 0.2},)),
    ]
    assert table(FIGURES, rows).splitlines()[2:] == [
        "| reference | x | 2 | 60.0 ± 14.1 | 10.0 ± 0.0 |  |",
        "| other | y | 1 | 55.0 | 20.0 | -5.0 |",
    ]


def test_only_ended_runs_count_with_their_last_figures(tmp_path: Path) -> None:
    ablation = read_ablation(CONFIG)
    for seed, is_ended in ((1, True), (2, False)):
        folder = tmp_path / "no-line-boxes" / f"seed{seed}"
        folder.mkdir(parents=True)
        entries = [{"step": 20, "seconds": 1.0, "rel_s": 2.0}, {"step": 20, "a": 0.1},
                   {"step": 40, "a": 0.3}, {"step": 40, "seconds": 1.0}]  # fmt: skip
        (folder / "log.jsonl").write_text("".join(f"{json.dumps(e)}\n" for e in entries))
        if is_ended:
            (folder / "model.safetensors").touch()
    (outcome,) = outcomes(ablation, tmp_path)
    assert outcome.row.name == "no line boxes"
    assert [run["a"] for run in outcome.runs] == [0.3]
