"""Accepting fields unseen, the table and the diagram; what is judged right or wrong."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from rich.console import Console

from api.cli import main
from benchmarks.answers import Answer, EntityEntry
from benchmarks.registry import load_task
from benchmarks.tasks import Sample
from layout.decode import decode
from layout.graph import FieldGraph
from layout.schema import load_schema
from models.calibrate import Fold, Judged
from models.development import DevelopmentTask
from models.judging import judge_fields
from models.reliability import (
    accept_unseen,
    choose_threshold,
    draw_reliability,
    measure_reliability,
    reliability_table,
)
from ocr.types import Page
from tests.unit.layout.paper import Mark, page, perfect_scores


def ranked(answers: str, *, label: str = "a.x", group: str = "g") -> list[Judged]:
    """Fields of falling confidence, "+" for right ones."""
    return [
        Judged(label, 0.99 - 0.001 * i, answer == "+", group) for i, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "n_accepted"),
    [
        ("+" * 19, 19),  # 19 of 20, the one further error counted
        ("+" * 18, 0),
        ("+" * 19 + "-", 19),  # 19 of 21 would be too few
        ("+" * 19 + "-" + "+" * 20, 40),  # 39 of 41
        ("-" + "+" * 30, 0),  # 30 of 32
        ("-" * 5, 0),
        ("", 0),
    ],
)
def test_a_threshold_counts_one_further_error(answers: str, n_accepted: int) -> None:
    fields = ranked(answers)
    threshold = choose_threshold(fields, 0.95)
    assert sum(judged.confidence >= threshold for judged in fields) == n_accepted
    assert math.isinf(threshold) == (n_accepted == 0)


def test_equal_confidences_are_accepted_together_or_not_at_all() -> None:
    fields = [*ranked("+" * 19), *([Judged("a.x", 0.9, is_right=False)] * 3)]
    fields += [Judged("a.x", 0.9, is_right=True)]
    assert choose_threshold(fields, 0.95) == pytest.approx(0.972)


def test_the_delivered_precision_is_that_of_the_other_documents() -> None:
    others = ranked("+" * 19)
    held = [*ranked("++-+"), Judged("a.x", 0.5, is_right=True)]
    accepted = accept_unseen([Fold(others, held), Fold([], held[:2])], 0.95)
    assert (accepted.n_fields, accepted.n_accepted, accepted.n_right) == (7, 4, 3)
    assert accepted.share == pytest.approx(4 / 7)
    assert accepted.precision == 0.75


def test_what_was_never_accepted_has_no_precision() -> None:
    accepted = accept_unseen([Fold([], ranked("++"))], 0.99)
    assert accepted.share == 0.0
    assert math.isnan(accepted.precision)
    assert math.isnan(accept_unseen([], 0.99).share)


def many() -> list[Judged]:
    return [
        judged._replace(group=f"group {i}")
        for label in ("a.x", "b.y")
        for i, judged in enumerate(ranked("+++++-++" * 12, label=label))
    ]


def test_figures_are_of_all_fields_and_of_each_schema() -> None:
    parts = measure_reliability(many())
    assert [part.name for part in parts] == ["all", "a", "b"]
    assert [len(part.fields) for part in parts] == [192, 96, 96]
    assert [accepted.wanted for accepted in parts[0].accepted] == [0.95, 0.99]
    assert parts[1].raw_error == pytest.approx(0.99 - 0.0475 - 0.875, abs=1e-6)
    assert parts[1].error < 0.04


def test_the_table_and_the_diagram_show_every_schema() -> None:
    parts = measure_reliability(many())
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(reliability_table(parts))
    assert "87.5" in console.export_text()
    root = ET.fromstring(draw_reliability(parts))  # noqa: S314 - written by our own code
    elements = list(root.iter("{http://www.w3.org/2000/svg}text"))
    texts = [element.text or "" for element in elements]
    assert [text.split(":")[0] for text in texts if "ECE" in text] == ["all", "a", "b"]
    in_bars = [int(each.text or "") for each in elements if each.get("font-size") == "10"]
    assert sum(in_bars) == 192 + 96 + 96


def graph_of(marks: Sequence[Mark], pages: Sequence[Page], schema_name: str) -> FieldGraph:
    schema = load_schema(schema_name)
    return decode(perfect_scores(schema, sum(len(each.words) for each in pages), marks), schema)


def test_receipts_are_judged_by_text_as_assembled_and_grouped_by_shop() -> None:
    marks = {
        "sroie": (Mark("company", (0, 1)), Mark("total", (3,))),
        "receipt": (Mark("merchant_name", (0, 1)), Mark("change", (2,)), Mark("total", (3,))),
    }
    read = page("Best Shop", "TOTAL RM9.00", confidence=0.8)
    samples = tuple(
        Sample(name, (read,), Answer(id=name, fields={"company": company, "total": "9.00"}))
        for name, company in (("r1", "BEST SHOP."), ("r2", "BEST SHOP."), ("r3", "OTHER SHOP"))
    )
    task = DevelopmentTask(load_task("sroie"), samples, ())
    judged = judge_fields(
        lambda task, name: [graph_of(marks[name], s.pages, name) for s in task.samples],
        {"sroie_ocr": task},
    )
    assert [(each.label, each.is_right, each.group) for each in judged] == [
        *(("sroie.company", True, "sroie r1"), ("sroie.total", True, "sroie r1")) * 2,
        ("sroie.company", False, "sroie r3"),
        ("sroie.total", True, "sroie r3"),
        ("receipt.merchant_name", True, "sroie r1"),
        ("receipt.total", True, "sroie r1"),
        ("receipt.merchant_name", True, "sroie r1"),
        ("receipt.total", True, "sroie r1"),
        ("receipt.merchant_name", False, "sroie r3"),
        ("receipt.total", True, "sroie r3"),
    ]
    assert {each.reading for each in judged} == {0.8}
    assert all(0.9 < each.confidence <= 1.0 for each in judged)


def test_cord_is_judged_by_words_and_grouped_by_receipt() -> None:
    true = [EntityEntry(label="menu.nm", text="TEA", word_ids=[0])]
    sample = Sample("receipt_00007", (page("TEA 9.00"),), Answer(id="x", entities=true))
    task = DevelopmentTask(load_task("cord"), (sample,), ())

    def decoded(task: DevelopmentTask, name: str) -> list[FieldGraph]:
        head, price = {
            "cord": ("menu.nm", "menu.price"),
            "receipt": ("items.description", "items.total_price"),
        }[name]
        marks = (Mark(head, (0,)), Mark(price, (1,), parent=0))
        return [graph_of(marks, sample.pages, name) for sample in task.samples]

    judged = judge_fields(decoded, {"cord": task})
    assert [(each.label, each.is_right) for each in judged] == [
        ("cord.menu.nm", True),
        ("cord.menu.price", False),
        ("receipt.items.description", True),
        ("receipt.items.total_price", False),
    ]
    assert {(each.group, each.reading) for each in judged} == {("cord receipt_00007", 1.0)}


def test_tasks_that_cannot_be_judged_are_left_out() -> None:
    assert judge_fields(lambda _task, _name: [], {}) == []


def test_the_command_wants_a_run_or_a_bundle(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["reliability", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 2
    assert "--run or --bundle" in done.stderr
