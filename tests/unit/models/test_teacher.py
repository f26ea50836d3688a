"""Pages labelled by a stage: the entities that it sees, of the pages that it is sure of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpora.document import LabelledDocument
from layout.graph import GraphScores
from layout.schema import load_schema
from models import teacher
from models.evaluate import Scorer
from models.network import NetworkConfig, SpatialModel
from models.stored import save_stage
from ocr.types import Page, Quad, Word
from tests.unit.models.tiny import make_tokenizer

N = 6
LABELS = load_schema("funsd").labels


def make_document(name: str) -> LabelledDocument:
    words = tuple(Word(f"w{i}", Quad.from_box((0, 30 * i, 40, 30 * i + 20))) for i in range(N))
    page = Page(1, 100, 200, words, source="words")
    return LabelledDocument(name, (page,), (), labelled=frozenset(), has_groups=False)


def scores(logit: float) -> GraphScores:
    """Questions and answers in turn, each answer under the question before it."""
    initial = np.full((len(LABELS), N), -9.0, dtype=np.float32)
    rel_g = np.full((N, N), -9.0, dtype=np.float32)
    for i in range(N):
        label = "questions.question" if i % 2 == 0 else "questions.answers"
        initial[LABELS.index(f"funsd.sections.{label}"), i] = logit
        if i % 2:
            rel_g[i - 1, i] = 5.0
    nothing = np.full((N, N), -9.0, dtype=np.float32)
    return GraphScores(LABELS, initial, nothing, rel_g, np.full(N, -9.0, dtype=np.float32))


def test_sure_pages_get_entities_and_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = make_tokenizer()
    config = NetworkConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        n_layers=1,
        n_heads=2,
        intermediate_size=64,
        max_positions=64,
    )
    save_stage(tmp_path, SpatialModel(config, len(LABELS)), LABELS, tokenizer)
    seen = {"sure": scores(6.0), "unsure": scores(0.3)}
    monkeypatch.setattr(Scorer, "score", lambda _self, example: seen[example.name])

    found = teacher.label_pages(
        [make_document("unsure"), make_document("sure")], tmp_path, device="cpu"
    )
    (document,) = found
    assert document.id == "sure"
    assert document.labelled == frozenset(LABELS)
    assert document.has_groups
    assert [(e.label.rsplit(".", 1)[1], e.word_ids, e.parent) for e in document.entities] == [
        ("question", (0,), None), ("answers", (1,), 0), ("question", (2,), None),
        ("answers", (3,), 2), ("question", (4,), None), ("answers", (5,), 4),
    ]  # fmt: skip
