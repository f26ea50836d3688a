"""A document type of one's own, by the steps of docs/types.md: schema, labelled files, training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import yaml
from click.testing import CliRunner

from api.cli import LazyGroup
from layout import schema as schemas
from layout.schema import add_schemas, schema_names
from ocr.errors import SetupError
from tests.unit.models.tiny import N_POSITIONS, make_checkpoint

pytestmark = pytest.mark.integration

SCHEMA = """
name: parking_ticket
description: Parking tickets
fields:
  plate: {type: identifier}
  offences:
    repeated: true
    fields:
      kind: {type: text, head: true}
      fine: {type: amount}
"""
OFFENCES = ("KERB", "EXIT", "BAY")


@pytest.fixture(autouse=True)
def _forget_added_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "_added", {})


def write_ticket(folder: Path, number: int) -> dict[str, object]:
    """A ticket as words and truth; returns the truth's fields."""
    plate = f"{number * 37 % 90 + 10}-{number * 53 % 900 + 100}"
    offences = [OFFENCES[(number + i) % 3] for i in range(1 + number % 2)]
    rows = [("PLATE", plate), *((kind, f"{number % 7 + 2}.50") for kind in offences)]
    words = [
        {
            "text": text,
            "box": [column * 120, 40 * row, column * 120 + 15 * len(text), 40 * row + 20],
        }
        for row, pair in enumerate(rows)
        for column, text in enumerate(pair)
    ]
    entities = [{"label": "plate", "text": plate, "word_ids": [1]}]
    links = []
    for place, (kind, fine) in enumerate(rows[1:]):
        head = len(entities)
        first = 2 + 2 * place
        entities.append({"label": "offences.kind", "text": kind, "word_ids": [first]})
        entities.append({"label": "offences.fine", "text": fine, "word_ids": [first + 1]})
        links.append([head, head + 1])
    fields: dict[str, object] = {
        "plate": plate,
        "offences": [{"kind": kind, "fine": fine} for kind, fine in rows[1:]],
    }
    page = {"width": 300, "height": 200, "words": words}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"t{number:03}.words.json").write_text(json.dumps({"pages": [page]}))
    truth = {"id": f"t{number:03}", "fields": fields, "entities": entities, "links": links}
    (folder / f"t{number:03}.truth.json").write_text(json.dumps(truth))
    return fields


def docspade(*arguments: str) -> str:
    result = CliRunner().invoke(LazyGroup("docspade"), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_new_type_is_learned_and_recognised(tmp_path: Path) -> None:
    torch.manual_seed(0)
    make_checkpoint(tmp_path / "init")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "parking_ticket.yaml").write_text(SCHEMA)
    for number in range(60):
        write_ticket(tmp_path / "data" / "tickets", number)
    source = {"name": "labelled", "folder": "tickets", "document_type": "parking_ticket"}
    schedule = {"n_steps": 400, "batch_tokens": 512, "encoder_rate": 2e-3, "fresh_rate": 4e-3}
    config = {
        "name": "tickets",
        "version": "1",
        "licence": "Apache-2.0",
        "precisions": ["int8"],
        "schemas": ["parking_ticket"],
        "types": ["parking_ticket"],
        "max_tokens": N_POSITIONS,
        "stages": [{"name": "only", "sources": [source], "schedule": schedule}],
    }
    (tmp_path / "tickets.yaml").write_text(yaml.safe_dump(config))
    folders = ("--data", str(tmp_path / "data"), "--run", str(tmp_path / "run"))
    run = (str(tmp_path / "tickets.yaml"), *folders)
    docspade("train", *run, "--init", str(tmp_path / "init"), "--threads", "1")
    docspade("export", *run, "--out", str(tmp_path / "bundle"))

    truth = write_ticket(tmp_path / "new", 77)
    file = str(tmp_path / "new" / "t077.words.json")
    result = json.loads(docspade("extract", file, "--bundle", str(tmp_path / "bundle")))
    assert result["type"] == "parking_ticket"
    assert result["fields"]["plate"]["text"] == truth["plate"]
    found = [
        {name: leaf["text"] for name, leaf in offence["fields"].items()}
        for offence in result["fields"]["offences"]
    ]
    assert found == truth["offences"]


def test_a_type_that_ships_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "receipt.yaml").write_text(SCHEMA)
    with pytest.raises(SetupError, match="receipt"):
        add_schemas(tmp_path)
    assert "parking_ticket" not in schema_names()
