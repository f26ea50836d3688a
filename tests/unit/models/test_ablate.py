"""Ablations: values changed by their place, runs kept apart by their settings, tables of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from pydantic import JsonValue
from torch import nn

from corpora import funsd
from models.ablate import (
    AblationConfig,
    Figure,
    Outcome,
    Row,
    RunSettings,
    changed,
    outcome_of,
    plan_run,
    read_ablation,
    train_rows,
)
from models.ablate_command import CONFIG, ablate, draw_table, summarise
from models.config import TrainConfig
from models.data import DataFolders
from models.network import NetworkConfig, SpatialModel
from models.train import RunOptions, _initialise
from ocr.errors import SetupError
from tests.unit.models.tiny import N_POSITIONS, make_checkpoint, make_config, make_data_sets

FIGURES = (Figure(name="A", key="a"), Figure(name="B", key="b"))
SUBJECTS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]


def test_every_shipped_row_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    ablation = read_ablation(CONFIG)
    assert ablation.rows[0].name == "reference"
    plain = plan_run(ablation, ablation.row("reference"), 2, tmp_path)
    for row in ablation.rows:
        run = plan_run(ablation, row, 2, tmp_path)
        assert (run.config != plain.config) == bool(row.changes)
        assert (run.pretraining is None) == (row.pretraining is None)
        assert {stage.schedule.seed for stage in run.config.stages} == {2}
        assert run.folder == tmp_path / row.folder_name / "seed2"
    assert [head.name for head, _ in ablation.blocks()] == ["reference", "pretrained"]


def test_a_pretraining_is_changed_by_place_and_has_the_seed(tmp_path: Path) -> None:
    ablation = read_ablation(CONFIG)
    stage = plan_run(ablation, ablation.row("pretrained on all"), 3, tmp_path).pretraining
    assert stage is not None
    assert (stage.losses.guess, stage.losses.rel_s, stage.losses.rel_g) == (1.0, 0.3, 0.5)
    assert stage.masking.colons == 0.4
    assert stage.schedule.seed == 3
    assert stage.schedule.n_steps == ablation.pretraining.schedule.n_steps


def test_values_are_changed_by_their_place() -> None:
    config = make_config()
    other = changed(config, {"stages.1.losses.guess": 0.5, "relative_term": False})
    assert other.stages[1].losses.guess == 0.5
    assert other.stages[0] == config.stages[0]
    assert not other.relative_term


@pytest.mark.parametrize("place", ["nonsense", "stages.9.name", "stages.0.losses.none", "name.x"])
def test_a_place_that_does_not_exist_is_named(place: str) -> None:
    with pytest.raises(SetupError, match=re.escape(place)):
        changed(make_config(), {place: 1})


@pytest.mark.parametrize(
    ("place", "value"),
    [("max_tokens", "many"), ("stages.0.masking", {"word": 0.1}), ("box_form", "round")],
)
def test_a_value_that_does_not_fit_is_refused(place: str, value: JsonValue) -> None:
    with pytest.raises(SetupError, match=re.escape(place)):
        changed(make_config(), {place: value})


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([{"name": "a", "about": "", "against": "b"}], "missing: b"),
        ([{"name": "reference", "about": ""}] * 2, "same name"),
        ([{"name": "reference", "about": "", "start": "elsewhere"}], "start"),
        ([{"name": "reference", "about": "", "sedes": 3}], "sedes"),
        ([{"name": "../reference", "about": ""}], "pattern"),
        ([{"name": "reference", "about": "", "start": "pretrained", "pretraining": {}}], "two st"),
    ],
)
def test_rows_that_make_no_sense_are_refused(
    rows: list[dict[str, object]], complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text(json.dumps({**_ablation().model_dump(mode="json"), "rows": rows}))
    with pytest.raises(SetupError, match=complaint):
        read_ablation(path)


def test_a_row_that_is_not_there_is_told_with_those_that_are() -> None:
    ablation = _ablation()
    assert ablation.row("no-relative-term") is ablation.row("no relative term")
    with pytest.raises(SetupError, match=r"no row 'none'; there are: reference; no relative term"):
        ablation.row("none")


def test_the_table_has_means_deviations_and_differences() -> None:
    rows = [
        # mean 60; deviations -10 and 10, squares 200, over n - 1 = 1: the root of 200 is 14.1
        _outcome("reference", {"a": 0.5, "b": 0.1}, {"a": 0.7, "b": 0.1}),
        # mean 40; deviations -10, 0, 10: squares 200, over 2: the root of 100 is 10
        _outcome("three", {"a": 0.3, "b": 0.2}, {"a": 0.4, "b": 0.2}, {"a": 0.5, "b": 0.2}),
        _outcome("one", {"a": 0.65}),
    ]
    block = summarise(FIGURES, "reference", rows)
    assert draw_table(FIGURES, block).splitlines() == [
        "| row | what is changed | steps | seeds | A | B |",
        "| --- | --- | --- | --- | --- | --- |",
        "| reference | x | 5 + 7 | 2 | 60.0 ± 14.1 | 10.0 ± 0.0 |",
        "| three | x | 5 + 7 | 3 | 40.0 ± 10.0 (-20.0) | 20.0 ± 0.0 (+10.0) |",
        "| one | x | 5 + 7 | 1 | 65.0 (+5.0) |  |",
    ]
    assert block.rows[1].figures["a"].values == (0.3, 0.4, 0.5)


def test_without_its_reference_a_table_has_no_differences() -> None:
    drawn = draw_table(FIGURES, summarise(FIGURES, "reference", [_outcome("one", {"a": 0.65})]))
    assert "| one | x | 5 + 7 | 1 | 65.0 |  |" in drawn
    assert drawn.endswith("Without differences: the row `reference` has not been run.\n")


def test_only_ended_runs_of_these_settings_count_with_their_last_figures(tmp_path: Path) -> None:
    ablation = _ablation()
    row = ablation.row("no relative term")
    assert outcome_of(ablation, row, tmp_path) is None
    for seed in (10, 2, 3, 4):
        _made_up_run(ablation, row, seed, tmp_path)
    plan_run(ablation, row, 3, tmp_path).folder.joinpath("model.safetensors").unlink()
    _made_up_run(ablation.with_steps(9), row, 4, tmp_path)
    outcome = outcome_of(ablation, row, tmp_path)
    assert outcome is not None
    assert outcome.seeds == (2, 10)
    assert outcome.n_steps == (2,)
    assert [run["a"] for run in outcome.runs] == [0.2, 1.0]


def test_a_run_that_never_reached_its_last_figures_is_no_result(tmp_path: Path) -> None:
    ablation = _ablation()
    row = ablation.row("reference")
    _made_up_run(ablation, row, 1, tmp_path)
    log = plan_run(ablation, row, 1, tmp_path).folder / "log.jsonl"
    log.write_text('{"step": 1, "a": 0.1}\n')
    with pytest.raises(SetupError, match="no figures of the last step"):
        outcome_of(ablation, row, tmp_path)


def test_a_random_start_has_the_deviation_of_bert() -> None:
    torch.manual_seed(0)
    encoder = SpatialModel(NetworkConfig(vocab_size=500, hidden_size=64, n_heads=2), 2).encoder
    assert float(encoder.words.weight.detach().std()) > 0.9
    _initialise(encoder)
    layer = encoder.layers[0].output
    assert isinstance(layer, nn.Linear)
    for weight in (encoder.words.weight, encoder.positions.weight, layer.weight):
        assert float(weight.detach().std()) == pytest.approx(0.02, rel=0.05)
    assert not layer.bias.detach().any()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_data_sets(tmp_path_factory.mktemp("data"))
    _write_forms(root / "funsd" / "dataset" / "training_data" / "annotations")
    _write_forms_r(root / "funsd_r")
    return root


@pytest.fixture(scope="module")
def init(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init")
    torch.manual_seed(0)
    make_checkpoint(folder)
    return folder


def test_rows_are_trained_once_and_the_page_is_drawn_from_all(
    data: Path, init: Path, tmp_path: Path
) -> None:
    assert funsd.development_stems(data / "funsd")
    config = tmp_path / "rows.yaml"
    config.write_text(_ablation().model_dump_json())
    run, out, report = tmp_path / "run", tmp_path / "docs" / "ablation.md", tmp_path / "out.json"
    common = [str(config), "--data", str(data), "--run", str(run), "--init", str(init),
              "--threads", "1", "--out", str(out), "--report", str(report)]  # fmt: skip
    first = CliRunner().invoke(ablate, [*common, "--rows", "reference"], catch_exceptions=False)
    assert first.exit_code == 0, first.output
    weights = run / "reference" / "seed1" / "model.safetensors"
    written = weights.stat().st_mtime_ns
    CliRunner().invoke(
        ablate, [*common, "--row", "no relative term", "--seeds", "2"], catch_exceptions=False
    )
    assert weights.stat().st_mtime_ns == written
    page = out.read_text(encoding="utf-8")
    assert re.search(r"\| reference \| x \| 2 \| 1 \| [\d.]+ \| [\d.]+ \|", page)
    assert re.search(r"\| no relative term \| y \| 2 \| 2 \| [\d.]+ ± [\d.]+ \([+-]", page)
    assert re.search(r"\| without one_head \| reference, decoding alone \| 1 \| [\d.]+ \(", page)
    assert "`docspade ablate rows.yaml --run RUN" in page
    assert "2 steps of 256 tokens" in " ".join(page.split())
    blocks = json.loads(report.read_text(encoding="utf-8"))["training"]
    assert [row["seeds"] for row in blocks[0]["rows"]] == [[1], [1, 2]]
    assert set(blocks[0]["rows"][0]["figures"]) == {
        "funsd entities_exact_span",
        "funsd links_gold_entities",
    }


def test_runs_with_other_settings_are_not_mixed(data: Path, init: Path, tmp_path: Path) -> None:
    ablation = _ablation()
    options = RunOptions(run_dir=tmp_path, init=init, n_threads=1)
    rows = [ablation.row("reference")]
    _made_up_run(ablation, rows[0], 1, tmp_path)
    with pytest.raises(SetupError, match=r"other settings \(init_sha256\)"):
        train_rows(ablation, rows, (DataFolders(data), options))
    with pytest.raises(SetupError, match=r"other settings \(config, init_sha256\)"):
        train_rows(ablation.with_steps(9), rows, (DataFolders(data), options))
    (tmp_path / "reference" / "seed1" / "settings.json").unlink()
    with pytest.raises(SetupError, match="settings"):
        train_rows(ablation, rows, (DataFolders(data), options))


def test_rows_that_started_from_other_weights_are_not_mixed(
    data: Path, init: Path, tmp_path: Path
) -> None:
    ablation = _ablation()
    _made_up_run(ablation, ablation.rows[0], 1, tmp_path)
    options = RunOptions(run_dir=tmp_path, init=init, n_threads=1)
    with pytest.raises(SetupError, match="other weights"):
        train_rows(ablation, [ablation.rows[1]], (DataFolders(data), options))
    assert not (tmp_path / "no-relative-term").exists()


def test_a_pretrained_row_needs_its_stage_before_anything_is_trained(
    data: Path, init: Path, tmp_path: Path
) -> None:
    start = Row(name="given", about="z", start="pretrained")
    options = RunOptions(run_dir=tmp_path / "run", init=init, n_threads=1)
    ablation = _ablation()
    with pytest.raises(SetupError, match="--start-from"):
        train_rows(ablation, [ablation.rows[0], start], (DataFolders(data), options))
    assert not (tmp_path / "run").exists()


def test_a_row_starts_from_its_own_short_pretraining(
    data: Path, init: Path, tmp_path: Path
) -> None:
    ablation = _ablation()
    row = Row(name="own", about="z", seeds=1, pretraining={"losses.rel_s": 0.3})
    options = RunOptions(run_dir=tmp_path, init=init, n_threads=1)
    train_rows(ablation, [row], (DataFolders(data), options))
    folder = tmp_path / "own" / "seed1"
    assert (folder / "before" / "model.safetensors").exists()
    settings = RunSettings.model_validate_json((folder / "settings.json").read_text())
    assert settings.pretraining is not None
    assert settings.pretraining.losses.rel_s == 0.3
    outcome = outcome_of(ablation, row, tmp_path)
    assert outcome is not None
    assert outcome.n_steps == (1, 2)


def _ablation() -> AblationConfig:
    stage = {
        "name": "tuned",
        "sources": [{"name": "funsd"}],
        "schedule": {"n_steps": 2, "batch_tokens": 256},
        "losses": {"guess": 0.2},
        "evaluated": ["funsd"],
    }
    config = TrainConfig.model_validate(
        {
            "name": "tiny",
            "version": "0",
            "licence": "none",
            "schemas": ["funsd"],
            "max_tokens": N_POSITIONS,
            "stages": [stage],
        }
    )
    pretraining = {
        "name": "before",
        "sources": [{"name": "funsd", "labels": False}],
        "schedule": {"n_steps": 1, "batch_tokens": 256},
        "losses": {"guess": 1.0},
    }
    return AblationConfig.model_validate(
        {
            "config": config,
            "pretraining": pretraining,
            "figures": [
                {"name": "entities", "key": "funsd entities_exact_span"},
                {"name": "links", "key": "funsd links_gold_entities"},
            ],
            "rows": [
                {"name": "reference", "about": "x", "seeds": 1},
                {"name": "no relative term", "about": "y", "changes": {"relative_term": False}},
            ],
            "constraints": ["one_head"],
        }
    )


def _outcome(name: str, *runs: dict[str, float]) -> Outcome:
    seeds = tuple(range(1, len(runs) + 1))
    return Outcome(Row(name=name, about="x"), seeds, (5, 7), runs)


def _made_up_run(ablation: AblationConfig, row: Row, seed: int, root: Path) -> None:
    """A run that has ended, with a tenth of its seed as its last figure."""
    run = plan_run(ablation, row, seed, root)
    run.folder.mkdir(parents=True, exist_ok=True)
    settings = RunSettings(
        config=run.config, pretraining=run.pretraining, init_sha256="0", start_sha256=None
    )
    (run.folder / "settings.json").write_text(settings.model_dump_json())
    entries: list[dict[str, float]] = [
        {"step": 1, "seconds": 1.0, "rel_s": 2.0},
        {"step": 1, "a": 0.05},
        {"step": 2, "a": seed / 10},
        {"step": 2, "seconds": 1.0},
    ]
    (run.folder / "log.jsonl").write_text("".join(f"{json.dumps(e)}\n" for e in entries))
    (run.folder / "model.safetensors").touch()


def _write_forms(folder: Path) -> None:
    """FUNSD forms whose wordings are so different that each is a template of its own."""
    folder.mkdir(parents=True)
    for number, subject in enumerate(SUBJECTS):
        rows = [
            ("header", [subject, f"{subject}ity"], [[0, 1]]),
            ("question", [f"{subject}ness"], [[0, 1], [1, 2]]),
            ("answer", [str(number), "ab"], [[1, 2]]),
        ]
        form = []
        for place, (label, texts, linking) in enumerate(rows):
            top = 30 * place
            words = [
                {"text": text, "box": [150 * i, top, 150 * i + 10 * len(text), top + 20]}
                for i, text in enumerate(texts)
            ]
            form.append({"id": place, "label": label, "linking": linking, "words": words,
                         "text": " ".join(texts), "box": [0, top, 400, top + 20]})  # fmt: skip
        (folder / f"form{number}.json").write_text(json.dumps({"form": form}))


def _write_forms_r(root: Path) -> None:
    """FUNSD-r without a form: what it holds out is nothing."""
    root.mkdir()
    (root / "data.train.txt").write_text("")
