"""Tiny made-up forms as FUNSD and FUNSD-r store them."""

import json
from collections.abc import Sequence
from pathlib import Path

Entry = tuple[int, str, str, list[list[int]]]
"""A form's entry: id, label, words parted by spaces ("_" is an empty word), linking."""

FORM: list[Entry] = [
    (0, "header", "ORDER FORM", [[0, 1]]),
    (1, "question", "Name:", [[0, 1], [1, 2], [1, 5]]),
    (2, "answer", "Ann _ Lee", [[1, 2], [4, 2], [5, 2]]),
    (3, "other", "page 1", []),
    (4, "question", "_", [[4, 2]]),
    (5, "question", "Rank:", [[5, 2], [1, 5]]),
]
"""Words 0 ORDER, 1 FORM, 2 Name:, 3 Ann, 4 empty, 5 Lee, 6 page, 7 "1", 8 empty, 9 Rank:"""


def write_form(path: Path, entries: Sequence[Entry] = FORM) -> None:
    """Write an annotation; entry i stands on row i, its words 40 pixels apart."""
    form = []
    for row, (number, label, text, linking) in enumerate(entries):
        texts = ["" if word == "_" else word for word in text.split()]
        words = [
            {"text": word, "box": [40 * i, 30 * row, 40 * i + 30, 30 * row + 20]}
            for i, word in enumerate(texts)
        ]
        form.append(
            {
                "id": number,
                "label": label,
                "text": " ".join(texts),
                "box": [0, 30 * row, 40 * len(texts) - 10, 30 * row + 20],
                "words": words,
                "linking": linking,
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"form": form}))


def annotation(root: Path, name: str, *, split: str = "testing_data") -> Path:
    """Where a form's annotation lies."""
    return root / "dataset" / split / "annotations" / f"{name}.json"


SEGMENTS = ["Date: May 5", "Name:Ann"]
"""Of a FUNSD-r form: characters 0..10 (5 and 9 are blanks) and 11..18."""
CHARACTER_LABELS = [
    (3, "question", [0, 1, 2, 3, 4]),
    (7, "answer", [6, 7, 8, 9, 10]),  # lists the blank inside
    (8, "question", [11, 12, 13, 14, 15]),
    (9, "answer", [16, 17, 18]),
    (10, "answer", [5]),  # white space alone is no entity
]
CHARACTER_LINKS = [[3, 7], [8, 9], [3, 7], [8, 10]]


def write_character_form(
    path: Path, labels: Sequence[tuple[int, str, list[int]]] | None = CHARACTER_LABELS
) -> None:
    """Write a FUNSD-r form, its segments one below the other."""
    segments = []
    n_before = 0
    for row, text in enumerate(SEGMENTS):
        characters = [
            {"id": n_before + i, "box": [10 * i, 30 * row, 10 * i + 10, 30 * row + 20], "text": c}
            for i, c in enumerate(text)
        ]
        segments.append({"id": row, "words": characters})
        n_before += len(text)
    form: dict[str, object] = {"img": {"width": 200, "height": 60}, "document": segments}
    if labels is not None:
        form["label_entities"] = [
            {"entity_id": number, "label": label, "word_idx": ids} for number, label, ids in labels
        ]
        form["label_linkings"] = CHARACTER_LINKS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(form))
