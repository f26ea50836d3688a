"""Documents decoded in parts come together as one graph."""

from __future__ import annotations

from layout.graph import Entity, FieldGraph, join_graphs
from layout.page_runs import page_runs
from ocr.types import Page, Quad, Word


def test_parts_are_joined_with_their_ids_and_parents_shifted() -> None:
    head = Entity("items.description", (0, 1), 0.9, path_ids=(0, 1))
    price = Entity("items.total_price", (2,), 0.8, parent=0)
    joined = join_graphs([(FieldGraph((head, price)), 5), (FieldGraph((head, price)), 3)])
    assert [entity.word_ids for entity in joined.entities] == [(0, 1), (2,), (5, 6), (7,)]
    assert [entity.parent for entity in joined.entities] == [None, 0, None, 2]
    assert joined.entities[2].all_word_ids == (5, 6)


def test_pages_are_scored_together_up_to_a_number_of_words() -> None:
    word = Word("x", Quad.from_box((0, 0, 5, 5)))
    pages = [Page(i + 1, 10, 10, (word,) * n) for i, n in enumerate([3, 2, 0, 9, 1, 4])]
    runs = [[page.number for page in run] for run in page_runs(pages, 5)]
    assert runs == [[1, 2, 3], [4], [5, 6]]
    assert page_runs([], 5) == []
