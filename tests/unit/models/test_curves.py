"""Curves of a run's logs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from api.cli import main
from models.charts import Axis, Bar, Line, Panel, draw_panels
from models.curves import draw_curves, read_run, smoothed
from ocr.errors import SetupError

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - written by the test's own code


def put(run: Path, stage: str, *entries: dict[str, float], age_seconds: int = 0) -> None:
    folder = run / stage
    folder.mkdir(parents=True)
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    os.utime(path, (1_000_000 - age_seconds,) * 2)


def loss(step: int, **losses: float) -> dict[str, float]:
    return {"step": step, "seconds": 1.0, **losses}


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    put(run, "second", loss(20, rel_s=0.4), {"step": 20, "sroie total": 0.75}, age_seconds=10)
    put(run, "first", loss(20, rel_s=2.0, key=0.0), loss(40, rel_s=1.0, key=0.0),
        {"step": 40, "sroie total": 0.5, "cord fields": 0.0}, age_seconds=20)  # fmt: skip
    put(run, "second-fold1", loss(20, rel_s=9.0))
    return run


def test_stages_come_in_the_order_of_training_without_other_folds(run_dir: Path) -> None:
    first, second = read_run(run_dir)
    assert (first.name, first.n_steps, second.name) == ("first", 40, "second")
    assert first.losses == {"rel_s": ((20, 2.0), (40, 1.0))}  # key had nothing to learn from
    assert first.figures == {"sroie total": ((40, 0.5),), "cord fields": ((40, 0.0),)}
    assert [log.name for log in read_run(run_dir, ["second-fold1", "first"])] == [
        "second-fold1",
        "first",
    ]
    assert [log.name for log in read_run(run_dir / "first")] == ["first"]


def test_a_run_broken_off_counts_from_where_it_went_on(tmp_path: Path) -> None:
    put(tmp_path, "base", loss(20, rel_s=3.0), loss(40, rel_s=2.0), loss(60, rel_s=1.0),
        loss(40, rel_s=5.0))  # fmt: skip
    (log,) = read_run(tmp_path)
    assert log.losses["rel_s"] == ((20, 3.0), (40, 5.0))
    assert log.n_steps == 40


@pytest.mark.parametrize("line", ["{", "[]", '{"rel_s": 1.0}', '{"step": 1, "rel_s": "much"}'])
def test_a_broken_log_is_named(tmp_path: Path, line: str) -> None:
    put(tmp_path, "base", loss(20, rel_s=3.0))
    with (tmp_path / "base" / "log.jsonl").open("a") as file:
        file.write(line)
    with pytest.raises(SetupError, match=r"log\.jsonl, line 2"):
        read_run(tmp_path)


def test_a_missing_log_is_named(run_dir: Path) -> None:
    with pytest.raises(SetupError, match="third"):
        read_run(run_dir, ["third"])
    with pytest.raises(SetupError, match="no log"):
        read_run(run_dir.parent / "nowhere")


def test_smoothing_by_hand() -> None:
    assert smoothed([4.0, 1.0], 0.5) == pytest.approx([4.0, (0.25 * 4 + 0.5 * 1) / 0.75])
    assert smoothed([3.0] * 5) == pytest.approx([3.0] * 5)
    assert smoothed([]) == []


def test_the_picture_holds_losses_figures_and_stages(run_dir: Path) -> None:
    root = parsed(draw_curves(read_run(run_dir), title="a < b"))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert texts[0] == "a < b"
    assert texts.count("first") == texts.count("second") == 2  # marked in both charts
    assert texts.count("rel_s") == 1  # in the legend once, though it has two stages
    assert {"sroie total  0.750", "cord fields  0.000"} <= set(texts)
    lines = list(root.iter(f"{SVG}polyline"))
    assert len(lines) == 2 * 2 + 2  # raw and smoothed of two stages, two figures
    assert {line.get("stroke-opacity") for line in lines} == {None, "0.2", "0.6"}


def test_the_command_writes_the_picture(run_dir: Path) -> None:
    out = run_dir.parent / "pictures" / "curves.svg"
    done = CliRunner().invoke(main, ["curves", str(run_dir), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert parsed(out.read_text()).tag == f"{SVG}svg"
    empty = CliRunner().invoke(main, ["curves", str(out.parent), "--out", str(out)])
    assert (empty.exit_code, empty.stderr) == (1, f"Error: no log in {out.parent}\n")


def test_axes_by_hand() -> None:
    assert Axis("", 0.0, 10.0).place(2.5) == 0.25
    assert Axis("", 1.0, 100.0, is_log=True).place(10.0) == pytest.approx(0.5)
    assert Axis("", 0.0, 1.0).place(7.0) == 1.0
    assert Axis("", 0.0, 1.0).ticks() == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert Axis("", 0.3, 12.0, is_log=True).ticks() == pytest.approx([0.5, 1, 2, 5, 10])
    assert Axis("", 1e-7, 1e2, is_log=True).ticks()[0] == pytest.approx(1e-7)


def test_panels_stand_in_a_grid() -> None:
    axis = Axis("share", 0.0, 1.0)
    bar = Bar(0.0, 0.5, 0.25, "#000000", "7")
    line = Line("", ((0.0, 0.0), (1.0, 1.0)), "#000000", has_dots=True)
    panel = Panel("p", axis, axis, lines=(line,), bars=(bar,))
    root = parsed(draw_panels([panel] * 3, title="t", n_columns=2, plot=(100.0, 80.0)))
    drawn = [each for each in root.iter(f"{SVG}rect") if each.get("fill-opacity")]
    assert [(each.get("width"), each.get("height")) for each in drawn] == [("48", "20")] * 3
    assert len({each.get("x") for each in drawn}) == 2
    assert len({each.get("y") for each in drawn}) == 2
    assert len(list(root.iter(f"{SVG}circle"))) == 6
