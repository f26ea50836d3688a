from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from api.labels import Box, LabelPlaces, label_of, lead_line, shared_area
from api.overlay import draw_fields
from layout.result import GroupField, LeafField, PageEntry, Region


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("total", "total"),
        ("phones[1]", "phones[1]"),
        ("items[0].quantity", "quantity"),
        ("items[0].parts[2].name", "name"),
    ],
)
def test_inside_groups_the_last_part_is_written(path: str, label: str) -> None:
    assert label_of(path) == label


def test_neighbours_on_one_line_do_not_hide_each_other() -> None:
    fields = [Box(100.0 + 30 * i, 200.0, 125.0 + 30 * i, 215.0) for i in range(6)]
    places = LabelPlaces(1000, 400, fields)
    boxes = [places.take(field, 80, 14) for field in fields]
    assert boxes[0] == Box(100.0, 184.0, 180.0, 198.0)  # above its field
    for place, box in enumerate(boxes):
        assert shared_area(box, np.array([*fields, *boxes[:place]])) == 0


def test_a_label_that_stands_off_is_led_to_its_field() -> None:
    field = Box(100.0, 200.0, 140.0, 220.0)
    assert lead_line(Box(100.0, 184.0, 160.0, 198.0), field) is None
    assert lead_line(Box(142.0, 200.0, 200.0, 214.0), field) is None
    assert lead_line(Box(100.0, 160.0, 160.0, 174.0), field) == (100, 174, 100, 200)
    assert lead_line(Box(90.0, 250.0, 160.0, 264.0), field) == (100, 220, 100, 250)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200)), min_size=1, max_size=60))
def test_labels_stay_on_the_page_however_crowded(corners: list[tuple[float, float]]) -> None:
    fields = [Box(left, top, left + 20, top + 10) for left, top in corners]
    places = LabelPlaces(300, 200, fields)
    for field in fields:
        box = places.take(field, 90, 14)
        assert (box.left >= 0, box.top >= 0) == (True, True)
        assert (box.right <= 300.001, box.bottom <= 200.001) == (True, True)


def test_both_labels_of_an_item_can_be_seen() -> None:
    def leaf(left: float) -> LeafField:
        quad = [(left, 100.0), (left + 20, 100.0), (left + 20, 120.0), (left, 120.0)]
        region = Region(page=1, quad=quad, word_ids=[0])
        return LeafField(value="1", text="1", confidence=1.0, regions=[region])

    page = PageEntry(number=1, width=400, height=400)

    def ink(**leaves: LeafField) -> int:
        item = GroupField(text="1", confidence=1.0, regions=[], fields=leaves)
        drawn = Image.open(io.BytesIO(draw_fields(page, None, {"items": [item]})))
        return int((np.asarray(drawn.convert("L")) < 250).sum())

    first, second = {"quantity": leaf(100.0)}, {"unit_price": leaf(130.0)}
    assert ink(**first, **second) == ink(**first) + ink(**second)
