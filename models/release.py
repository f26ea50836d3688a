"""A release from its configuration: all stages, cross-validation, calibration, the bundle."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from benchmarks import cord, cord_r
from benchmarks.counts import Score
from corpora.cord_r import CordRDocument
from corpora.document import LabelledDocument
from corpora.receipt_view import SROIE_PATHS
from layout.bundle import Calibration, Precision
from layout.graph import FieldGraph
from layout.tokens import DocumentTokeniser
from models.batches import draw_sample
from models.calibrate import Judged, expected_calibration_error, fit_calibration
from models.config import StageConfig, TrainConfig
from models.data import DataFolders, Held
from models.evaluate import DevelopmentExamples, Scorer, decode_all, score_development
from models.export import Parity, export_bundle, load_trained
from models.train import RunOptions, labels_of, read_development, special_ids, train_stage

log = logging.getLogger(__name__)

N_PARITY_SAMPLES = 24


@dataclass(frozen=True)
class Folds:
    """Cross-validation over CORD's development receipts: scores pooled over all folds."""

    cord: tuple[Score, ...]
    cord_r: tuple[Score, ...]


def train_release(config: TrainConfig, folders: DataFolders, options: RunOptions) -> Path:
    """Run all stages, one after the other, each in its own folder below the run's.

    Returns:
        The last stage's folder.
    """
    before = options.start_from
    for stage in config.stages:
        folder = options.run_dir / stage.name
        before = train_stage(config, stage, folders, _options(options, stage, folder, before))
    return options.run_dir / config.stages[-1].name


def cross_validate(config: TrainConfig, folders: DataFolders, options: RunOptions) -> Folds:
    """Train the last stage once a fold, each time with other receipts held out.

    The stages before it do not see CORD's development receipts and are run once. The release's own
    fold serves too, so a release and its cross-validation cost as many runs as there are folds.
    """
    *earlier, last = config.stages
    before: Path | None = None
    for stage in earlier:
        folder = options.run_dir / stage.name
        before = train_stage(config, stage, folders, _options(options, stage, folder, before))
    labelled: list[LabelledDocument] = []
    read: list[CordRDocument] = []
    graphs: list[FieldGraph] = []
    graphs_r: list[FieldGraph] = []
    for fold in range(config.n_folds):
        suffix = "" if fold == config.held_out_fold else f"-fold{fold}"
        folder = options.run_dir / f"{last.name}{suffix}"
        of_fold = replace(_options(options, last, folder, before), fold=fold)
        train_stage(config, last, folders, of_fold)
        scorer, development = open_trained(config, folder, folders, Held(fold, config.n_folds))
        labelled += development.documents.cord
        read += development.documents.cord_r
        graphs += decode_all(scorer, development.examples["cord"], "cord")
        graphs_r += decode_all(scorer, development.examples["cord_r"], "cord")
    return Folds(
        cord=cord.score_documents(labelled, graphs),
        cord_r=cord_r.score_documents(read, graphs_r),
    )


def open_trained(
    config: TrainConfig, folder: Path, folders: DataFolders, held: Held
) -> tuple[Scorer, DevelopmentExamples]:
    """A trained stage's model, ready to score, and the documents it has not seen."""
    labels = labels_of(config)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = load_trained(folder, len(labels))
    scorer = Scorer(model, labels, special_ids(tokenizer), config.max_tokens)
    form = (labels, DocumentTokeniser(tokenizer, model.config.box_form))
    return scorer, read_development(folders, held, form)


def export_release(
    config: TrainConfig, folder: Path, folders: DataFolders, out: Path
) -> tuple[dict[Precision, Parity], dict[str, tuple[Score, ...]], float]:
    """Calibrate on held-out documents, export, and compare with torch.

    Args:
        config: of the release.
        folder: of its last stage.
        folders: where the data lies.
        out: the bundle's folder.

    Returns:
        The parities, the development scores of the torch model, and the expected calibration
        error on the very documents that the calibration was fitted on.
    """
    held = Held(config.held_out_fold, config.n_folds)
    scorer, development = open_trained(config, folder, folders, held)
    judged = judge_fields(scorer, development)
    calibration = fit_calibration(judged)
    examples = [example for of_task in development.examples.values() for example in of_task]
    stride = max(len(examples) // N_PARITY_SAMPLES, 1)
    samples = [
        draw_sample(example, max_tokens=config.max_tokens, special=scorer.special)
        for example in examples[::stride]
    ]
    parities = export_bundle(
        config, folder, out, samples=samples, calibration=calibration, licence=config.licence
    )
    error = expected_calibration_error(_calibrated(judged, calibration))
    return parities, score_development(scorer, development), error


def judge_fields(scorer: Scorer, development: DevelopmentExamples) -> list[Judged]:
    """Decoded fields of held-out documents with their raw confidence, right or not.

    SROIE's keys, read by our own OCR where its words are at hand, are judged by their text; they
    stand for the receipt fields of the same meaning too. CORD's entities are judged by their words.
    """
    judged: list[Judged] = []
    task = "sroie_ocr" if development.examples["sroie_ocr"] else "sroie"
    documents = development.documents.by_task()[task]
    for schema_name in ("sroie", "receipt"):
        graphs = decode_all(scorer, development.examples[task], schema_name)
        for document, graph in zip(documents, graphs, strict=True):
            judged += _judge_texts(document, graph, schema_name)
    graphs = decode_all(scorer, development.examples["cord"], "cord")
    for document, graph in zip(development.documents.cord, graphs, strict=True):
        keys = document.key_word_ids or frozenset()
        truth = {
            (e.label, tuple(i for i in e.word_ids if i not in keys)) for e in document.entities
        }
        for entity in graph.entities:
            label = f"cord.{entity.path}"
            judged.append((label, entity.confidence, (label, entity.word_ids) in truth))
    return judged


def _judge_texts(document: LabelledDocument, graph: FieldGraph, schema_name: str) -> list[Judged]:
    """The shown text of each key: candidates of one text share their probability."""
    words = document.words
    sums: dict[str, dict[str, float]] = {}
    for entity in graph.entities:
        text = " ".join(words[i].text for i in entity.word_ids)
        shares = sums.setdefault(entity.path, {})
        shares[text] = shares.get(text, 0.0) + entity.confidence
    judged: list[Judged] = []
    for path, shares in sums.items():
        key = path if schema_name == "sroie" else SROIE_PATHS.get(path)
        if key is None or key not in document.truth:
            continue
        text, confidence = max(shares.items(), key=lambda item: item[1])
        truth = _folded(str(document.truth[key]))
        judged.append((f"{schema_name}.{path}", min(confidence, 1.0), _folded(text) == truth))
    return judged


def _folded(text: str) -> str:
    """Letters and digits: spacing and punctuation are the transcriber's, not the reader's."""
    return "".join(char for char in text.upper() if char.isalnum())


def _calibrated(judged: Sequence[Judged], calibration: dict[str, Calibration]) -> list[Judged]:
    calibrated = []
    for label, confidence, is_right in judged:
        chosen = calibration.get(label) or calibration[label.split(".", 1)[0]]
        calibrated.append((label, chosen.apply(confidence), is_right))
    return calibrated


def _options(
    options: RunOptions, stage: StageConfig, folder: Path, before: Path | None
) -> RunOptions:
    """A stage's own options: with no CORD receipts among its sources, all are held out."""
    sees_cord = any(source.name == "cord" for source in stage.sources)
    return replace(
        options,
        run_dir=folder,
        start_from=before,
        fold=options.fold if sees_cord else None,
    )
