"""The decoded graph drawn on its pages."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner
from PIL import Image

from api.cli import main
from api.commands import extract as command
from api.graph_overlay import draw_graph
from api.strokes import Curve, Shape, arrow, paint
from layout.graph import Entity, FieldGraph
from layout.pipeline import Pipeline
from layout.schema import load_schema
from ocr.reader import DocumentReader
from ocr.types import Page
from tests.unit.layout.paper import Mark, NoEngine, ScriptedModel, page, words_file

Pixels = npt.NDArray[np.int16]
PAGE = page("BEST SHOP", "", "TEA   9.00", "", "THANK YOU")
GRAPH = FieldGraph(
    (
        Entity("merchant_name", (0, 1), 0.9),
        Entity("items.description", (2,), 0.9),
        Entity("items.total_price", (3,), 0.9, parent=1),
    )
)


def drawn(
    graph: FieldGraph, *pages: Page, pictures: dict[int, bytes] | None = None
) -> list[Pixels]:
    """The pictures as [height, width, 3]."""
    return [
        np.asarray(Image.open(io.BytesIO(png)), dtype=np.int16)
        for _, png in draw_graph(pages, graph, pictures or {})
    ]


def mean_colour(pixels: Pixels, of: Page, word_id: int) -> tuple[float, float, float]:
    left, top, right, bottom = (round(side) for side in of.words[word_id].quad.box)
    red, green, blue = pixels[top:bottom, left:right].reshape(-1, 3).mean(axis=0)
    return float(red), float(green), float(blue)


def is_coloured(colour: tuple[float, float, float]) -> bool:
    return max(colour) - min(colour) > 20


def test_words_of_entities_are_coloured_by_label_and_others_are_not() -> None:
    (pixels,) = drawn(GRAPH, PAGE)
    shop, shops, tea, price, thank, you = (mean_colour(pixels, PAGE, i) for i in range(6))
    assert all(is_coloured(colour) for colour in (shop, shops, tea, price))
    assert not is_coloured(thank)
    assert not is_coloured(you)
    assert shop == pytest.approx(shops, abs=25)
    assert tea != pytest.approx(price, abs=15)


def test_the_page_keeps_its_size_and_the_legend_stands_beside_it() -> None:
    (pixels,) = drawn(GRAPH, PAGE)
    height, width, _ = pixels.shape
    assert height >= PAGE.height
    assert width > PAGE.width
    assert (pixels[PAGE.height :, : PAGE.width] == 255).all()
    legend = pixels[:, PAGE.width + 4 :]
    assert (legend.max(axis=2) - legend.min(axis=2) > 20).any()


def test_followers_and_parents_are_joined_by_arrows() -> None:
    (with_links,) = drawn(GRAPH, PAGE)
    lonely = FieldGraph((
        Entity("merchant_name", (0,), 0.9),
        Entity("merchant_name", (1,), 0.9),
        Entity("items.description", (2,), 0.9),
        Entity("items.total_price", (3,), 0.9),
    ))  # fmt: skip
    (without,) = drawn(lonely, PAGE)
    differs = (with_links[: PAGE.height, : PAGE.width] != without[: PAGE.height, : PAGE.width]).any(
        axis=2
    )
    assert differs[5:15, 41:49].any()  # in the gap between BEST and SHOP
    arch = differs[35:60]  # above the row of TEA
    assert {bool(arch[:, x].any()) for x in range(20, 75)} == {True}
    assert not differs[90:].any()


def test_key_words_are_outlined() -> None:
    of = page("TOTAL 9.00", "", "")
    (pixels,) = drawn(FieldGraph((Entity("total", (1,), 0.9, key_word_ids=(0,)),)), of)
    inside = pixels[4:6, 3:45]
    assert is_coloured(tuple(pixels[10, 0]))
    assert not (inside.max(axis=2) - inside.min(axis=2) > 20).any()


def test_each_page_has_the_colours_of_the_document_and_its_own_legend() -> None:
    first, second = page("TOTAL 9.00"), page("SHOP TEA", number=2)
    graph = FieldGraph(
        (
            Entity("total", (1,), 0.9),
            Entity("items.description", (3,), 0.9, parent=0),
            Entity("total", (2,), 0.9),
        )
    )
    one, two = drawn(graph, first, second)
    assert mean_colour(one, first, 1) == pytest.approx(mean_colour(two, second, 0), abs=25)
    assert is_coloured(mean_colour(two, second, 1))
    assert not is_coloured(mean_colour(one, first, 0))


def test_a_picture_shows_through_without_its_colours() -> None:
    red = io.BytesIO()
    Image.new("RGB", (PAGE.width, PAGE.height), (255, 0, 0)).save(red, "PNG")
    (pixels,) = drawn(FieldGraph(()), PAGE, pictures={1: red.getvalue()})
    background = pixels[PAGE.height - 3, 700]
    assert len(set(background.tolist())) == 1
    assert 100 < background[0] < 250


def test_a_page_without_words_is_drawn() -> None:
    (pixels,) = drawn(FieldGraph(()), page())
    assert pixels.shape[1] > 800


def test_painting_is_smooth_blends_and_leaves_the_rest_alone() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(0, 256, (300, 40, 3), dtype=np.uint8)
    canvas = Image.fromarray(before)
    paint(canvas, [Shape(((5, 140.5), (30, 140.5), (30, 150.5), (5, 150.5)), (0, 0, 0, 255), None)])
    after = np.asarray(canvas)
    untouched = np.ones((300, 40), dtype=bool)
    untouched[138:154, 3:33] = False
    assert (after[untouched] == before[untouched]).all()
    assert (after[142:150, 7:29] == 0).all()
    edge = after[140, 10:25].astype(int)
    assert ((edge > 0) | (before[140, 10:25] < 4)).all()
    assert (edge <= before[140, 10:25]).all()


def test_an_arrow_ends_at_its_tip() -> None:
    shapes = arrow(Curve((0, 0), (0, 0), (30, 0), (30, 0)), (0, 0, 0, 255), 2.0)
    head = shapes[-1]
    assert head.points[0] == (30, 0)
    assert head.points[1][0] == pytest.approx(21)
    assert max(x for x, _ in shapes[0].points) == pytest.approx(21)
    still = arrow(Curve((5, 5), (5, 5), (5, 5), (5, 5)), (0, 0, 0, 255), 2.0)
    assert all(point == (5, 5) for shape in still for point in shape.points)


def test_the_command_writes_the_graph_of_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel(load_schema("receipt"), (Mark("total", (1,)),))
    pipeline = Pipeline(DocumentReader(NoEngine()), model)
    monkeypatch.setattr(command, "open_pipeline", lambda _settings: pipeline)
    source, out = tmp_path / "scan.words.json", tmp_path / "out"
    source.write_bytes(words_file(page("TOTAL 9.00"), page("x")))
    done = CliRunner().invoke(main, ["extract", str(source), "--out", str(out), "--draw"])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == [
        "scan.graph.page-2.png",
        "scan.graph.png",
        "scan.json",
        "scan.page-1.png",
        "scan.page-2.png",
    ]
    pixels = np.asarray(Image.open(out / "scan.graph.png"), dtype=np.int16)
    assert is_coloured(mean_colour(pixels, page("TOTAL 9.00"), 1))
