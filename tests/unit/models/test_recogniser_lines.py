"""Lines come in batches of one width, cut a little differently each time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from models.recogniser.lines import Line, batches, images
from models.recogniser.recipes import jittered
from ocr.types import Quad


def lines() -> Iterator[Line]:
    random = np.random.default_rng(0)
    while True:
        yield Line(np.zeros((48, int(random.integers(16, 900)), 3), np.uint8), "A")


def test_a_batch_holds_lines_of_about_one_width_and_so_many_columns() -> None:
    for batch in itertools.islice(batches(lines(), seed=1, pool=64, columns=2000), 20):
        widths = [line.picture.shape[1] for line in batch]
        assert sum(widths) <= 2000
        assert max(widths) - min(widths) < 300


def test_no_line_of_a_pool_is_lost() -> None:
    drawn = itertools.islice(batches(lines(), seed=1, pool=10, columns=100), 10)
    assert sorted(batch[0].picture.shape[1] for batch in drawn) == sorted(
        line.picture.shape[1] for line in itertools.islice(lines(), 10)
    )


def test_pictures_are_stretched_to_one_width_and_scaled() -> None:
    white = np.full((48, 40, 3), 255, np.uint8)
    red = np.zeros((48, 56, 3), np.uint8)
    red[..., 0] = 255
    tensor = images([Line(white, "A"), Line(red, None)])
    assert tensor.shape == (2, 3, 48, 48)
    assert tensor[0].min() == tensor[0].max() == 1.0
    assert [float(channel.mean()) for channel in tensor[1]] == [-1.0, -1.0, 1.0]  # BGR


@pytest.mark.parametrize("seed", range(4))
def test_edges_are_moved_by_little(seed: int) -> None:
    quad = Quad(((10, 10), (210, 20), (209, 40), (9, 30)))
    moved = jittered(quad, np.random.default_rng(seed))
    assert moved != quad
    apart = np.abs(np.array(moved.corners) - np.array(quad.corners))
    assert apart.max() < 0.2 * quad.height
    assert moved.angle == pytest.approx(quad.angle, abs=0.01)
