"""From configuration to bundle, at toy size: training resumes, export compares, serving agrees."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from layout.bundle import Bundle
from layout.session import SpatialModel
from layout.tokens import DocumentTokeniser
from models.calibrate import expected_calibration_error, fit_calibration
from models.data import DataFolders, Held, cord_fold, training_documents
from models.evaluate import Scorer
from models.examples import make_example
from models.export import ParityError
from models.release import cross_validate, export_release, train_release
from models.special_ids import special_ids
from models.stored import open_stage
from models.train import RunOptions, labels_of, train_stage
from ocr.errors import SetupError
from ocr.types import Page, Quad, Word
from tests.unit.models.tiny import make_checkpoint, make_config, make_data_sets

CONFIG = make_config()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> DataFolders:
    return DataFolders(make_data_sets(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> RunOptions:
    init = tmp_path_factory.mktemp("init")
    torch.manual_seed(0)
    make_checkpoint(init)
    return RunOptions(run_dir=tmp_path_factory.mktemp("run"), init=init, n_threads=1, fold=0)


@pytest.fixture(scope="module")
def last_stage(folders: DataFolders, options: RunOptions) -> Path:
    return train_release(CONFIG, folders, options)


@pytest.fixture(scope="module")
def bundle(
    last_stage: Path, folders: DataFolders, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("bundle")
    export_release(CONFIG, last_stage, folders, out)
    return out


def test_training_logs_figures_and_leaves_what_serving_needs(last_stage: Path) -> None:
    entries = [json.loads(line) for line in (last_stage / "log.jsonl").read_text().splitlines()]
    assert {"cord entities_values_only", "sroie sroie_keys_strict"} <= set(entries[-1])
    assert {path.name for path in last_stage.iterdir()} >= {
        "model.safetensors", "network.json", "tokenizer.json", "log.jsonl",
        "checkpoint.safetensors",
    }  # fmt: skip


def test_a_run_broken_off_goes_on_and_a_finished_one_is_left_alone(
    folders: DataFolders, options: RunOptions, tmp_path: Path
) -> None:
    stage = CONFIG.stages[0]
    here = replace(options, run_dir=tmp_path, fold=None)
    short = stage.model_copy(update={"schedule": stage.schedule.model_copy(update={"n_steps": 2})})
    weights = train_stage(CONFIG, short, folders, here) / "model.safetensors"
    half_way = load_file(weights)
    weights.unlink()
    train_stage(CONFIG, stage, folders, here)
    state = load_file(tmp_path / "checkpoint.safetensors")
    assert state["step"] == stage.schedule.n_steps
    finished = weights.read_bytes()
    assert any(not torch.equal(half_way[k], v) for k, v in load_file(weights).items())
    train_stage(CONFIG, stage, folders, here)
    assert weights.read_bytes() == finished


def test_held_out_receipts_are_never_trained_on(folders: DataFolders) -> None:
    source = CONFIG.stages[1].sources[-1]
    assert source.name == "cord"
    for fold in (0, 1):
        documents = training_documents(source, folders, Held(fold, 2))
        assert documents
        assert all(cord_fold(document.id, n_folds=2) != fold for document in documents)
    assert training_documents(source, folders, Held(None, 2)) == []
    assert cord_fold("receipt_00007", n_folds=5) == cord_fold("valid_0007", n_folds=5)


def test_a_stage_of_several_runs_is_the_mean_of_their_weights(
    folders: DataFolders, options: RunOptions, tmp_path: Path
) -> None:
    stage = CONFIG.stages[0].model_copy(update={"n_runs": 2})
    config = CONFIG.model_copy(update={"stages": (stage,)})
    folder = train_release(config, folders, replace(options, run_dir=tmp_path))
    one, two, mean = (
        load_file(place / "model.safetensors")
        for place in (folder / "run0", folder / "run1", folder)
    )
    assert any(not torch.equal(one[name], two[name]) for name in mean)
    for name, tensor in mean.items():
        torch.testing.assert_close(tensor, (one[name] + two[name]) / 2)
    written = (folder / "model.safetensors").stat().st_mtime_ns
    assert train_release(config, folders, replace(options, run_dir=tmp_path)) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == written


def test_a_blended_stage_lies_between_what_it_began_with_and_what_was_trained(
    folders: DataFolders, options: RunOptions, last_stage: Path, tmp_path: Path
) -> None:
    stage = CONFIG.stages[0].model_copy(update={"blend": 0.25})
    config = CONFIG.model_copy(update={"stages": (stage,)})
    with pytest.raises(SetupError, match="--start-from"):
        train_release(config, folders, replace(options, run_dir=tmp_path))
    begun = replace(options, run_dir=tmp_path, start_from=last_stage)
    folder = train_release(config, folders, begun)
    start, trained, found = (
        load_file(place / "model.safetensors") for place in (last_stage, folder / "run0", folder)
    )
    assert any(not torch.equal(start[name], trained[name]) for name in found)
    for name, tensor in found.items():
        torch.testing.assert_close(tensor, start[name] + (trained[name] - start[name]) / 4)


def test_own_ocr_words_have_to_be_given(folders: DataFolders) -> None:
    source = CONFIG.stages[0].sources[0].model_copy(update={"name": "sroie_ocr"})
    with pytest.raises(SetupError, match="--ocr-words"):
        training_documents(source, folders, Held(0, 2))


def test_cross_validation_scores_every_receipt_once(
    folders: DataFolders, options: RunOptions, last_stage: Path
) -> None:
    assert last_stage.exists()
    folds = cross_validate(CONFIG, folders, options)
    assert all(len(score.documents) == 12 for score in (*folds.cord, *folds.cord_r))


def make_page(n_words: int) -> Page:
    words = tuple(
        Word(f"w{i}", Quad.from_box((60.0 * (i % 3), 30.0 * (i // 3), 60.0 * (i % 3) + 40,
                                     30.0 * (i // 3) + 20)))
        for i in range(n_words)
    )  # fmt: skip
    return Page(1, 300, 30 * n_words, words)


@pytest.mark.parametrize("n_words", [1, 7, 60])
def test_the_served_model_scores_like_the_trained_one(
    bundle: Path, last_stage: Path, n_words: int
) -> None:
    """fp16 on the CPU, over one window and over several, alone and beside another document."""
    served = SpatialModel.open(bundle, precision="fp16", n_threads=1)
    labels = labels_of(CONFIG)
    assert served.labels == labels
    tokenizer = Tokenizer.from_file(str(last_stage / "tokenizer.json"))
    model, _ = open_stage(last_stage)
    scorer = Scorer(model, labels, special_ids(tokenizer), CONFIG.max_tokens)
    page = make_page(n_words)
    from corpora.document import LabelledDocument

    unlabelled = LabelledDocument("x", (page,), (), frozenset(), has_groups=False)
    wanted = scorer.score(make_example(unlabelled, labels, DocumentTokeniser(tokenizer)))
    for scores in (served.score([page]), served.score_documents([[make_page(5)], [page]])[1]):
        assert np.allclose(scores.initial, wanted.initial, atol=0.1)
        assert np.allclose(scores.key, wanted.key, atol=0.1)
        off_diagonal = ~np.eye(n_words, dtype=bool)
        assert np.allclose(scores.rel_s[off_diagonal], wanted.rel_s[off_diagonal], atol=0.1)


def test_documents_of_several_threads_share_calls_and_keep_their_scores(bundle: Path) -> None:
    alone = SpatialModel.open(bundle, precision="fp16", n_threads=1)
    shared = SpatialModel.open(bundle, precision="fp16", n_threads=1, shares_batches=True)
    pages = [make_page(1 + 7 * number % 23) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda page: shared.score([page]), pages))
    for page, scores in zip(pages, found, strict=True):
        wanted = alone.score([page])
        assert scores.n_words == wanted.n_words
        assert np.allclose(scores.initial, wanted.initial, atol=0.02)
        assert np.allclose(scores.rel_g, wanted.rel_g, atol=0.02)


def test_a_document_without_words_scores_empty(bundle: Path) -> None:
    served = SpatialModel.open(bundle, n_threads=1)
    assert served.score([Page(1, 10, 10, ())]).n_words == 0


def test_a_model_that_differs_is_not_exported(
    last_stage: Path, folders: DataFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights of one layer are doubled behind the exporter's back."""
    import models.export as exporter
    from models import half_precision

    genuine = half_precision.to_half

    def altered(model: onnx.ModelProto) -> onnx.ModelProto:
        for tensor in model.graph.initializer:
            if tensor.name == "initial.bias":
                values = onnx.numpy_helper.to_array(tensor) + 1
                tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        return genuine(model)

    monkeypatch.setattr(exporter, "to_half", altered)
    with pytest.raises(ParityError, match="fp16"):
        export_release(CONFIG, last_stage, folders, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_altered_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    for path in bundle.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "model.int8.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(SetupError, match=r"model\.int8\.onnx: sha256"):
        SpatialModel.open(tmp_path)
    with pytest.raises(SetupError, match="no fp32 model"):
        Bundle(tmp_path).model_path("fp32")
    with pytest.raises(SetupError, match="no model bundle"):
        Bundle(tmp_path / "nowhere")


def test_a_checkpoint_of_another_shape_is_no_start(options: RunOptions, tmp_path: Path) -> None:
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text((options.init / "config.json").read_text())
    (tmp_path / "tokenizer.json").write_text((options.init / "tokenizer.json").read_text())
    with pytest.raises(SetupError, match="no BERT-shaped encoder"):
        train_stage(
            CONFIG,
            CONFIG.stages[0],
            DataFolders(make_data_sets(tmp_path / "data", 3)),
            replace(options, init=tmp_path, run_dir=tmp_path / "run"),
        )


def test_calibration_meets_the_share_of_right_fields() -> None:
    rng = np.random.default_rng(0)
    raw = rng.uniform(0.3, 1.0, 2000)
    fields = [("a.x", float(p), bool(rng.random() < p**3)) for p in raw]
    calibration = fit_calibration(fields)
    assert set(calibration) == {"a", "a.x"}
    calibrated = [(label, calibration[label].apply(p), right) for label, p, right in fields]
    assert expected_calibration_error(fields) > 0.1
    assert expected_calibration_error(calibrated) < 0.05
    few = fit_calibration([("b.y", 0.9, True)])
    assert 0.5 < few["b"].apply(0.9) < 1.0


def test_a_later_stage_passes_over_what_an_earlier_one_has_seen(folders: DataFolders) -> None:
    source = CONFIG.stages[0].sources[0].model_copy(update={"name": "synthetic_forms", "limit": 3})
    first = [d.id for d in training_documents(source, folders, Held(0, 2))]
    later = source.model_copy(update={"skip": 2})
    second = [d.id for d in training_documents(later, folders, Held(0, 2))]
    assert len(first) == len(set(second)) == 3
    assert set(first) & set(second) == {first[-1]}
    assert second[0] == first[-1]
