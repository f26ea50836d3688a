import math

import pytest

from layout.assemble import assemble
from layout.graph import Entity, FieldGraph
from layout.result import Amount, FieldNode, GroupField, LeafField
from layout.schema import load_schema
from ocr.errors import DefectError
from ocr.types import Page, Quad, Word
from tests.unit.layout.paper import page

RECEIPT = load_schema("receipt")
CORD = load_schema("cord")
SROIE = load_schema("sroie")


def leaf(node: FieldNode | None) -> LeafField:
    assert isinstance(node, LeafField)
    return node


def group(node: FieldNode | None) -> GroupField:
    assert isinstance(node, GroupField)
    return node


def groups(node: FieldNode | None) -> list[GroupField]:
    assert isinstance(node, list)
    return [group(each) for each in node if isinstance(each, GroupField)]


def graph(*entities: Entity) -> FieldGraph:
    return FieldGraph(entities)


def test_a_leaf_carries_text_value_confidence_and_place() -> None:
    paper = page("BOOK  TA", "TOTAL      RM 9.00", confidence=0.9)
    fields, issues = assemble(graph(Entity("total", (3, 4), 0.8)), [paper], RECEIPT)
    total = leaf(fields["total"])
    assert total.text == "RM 9.00"
    assert total.value == Amount(amount="9.00", currency="MYR")
    assert total.confidence == pytest.approx(0.72)
    assert [(region.page, region.word_ids) for region in total.regions] == [(1, [3, 4])]
    assert total.regions[0].quad == [(110, 30), (180, 30), (180, 50), (110, 50)]
    assert issues == []


def test_text_that_runs_over_lines_and_pages_has_a_region_for_each() -> None:
    pages = [page("x", "NO 53 JALAN", "SAGU 18", number=1), page("JOHOR", number=2)]
    entity = Entity("merchant_address", (1, 2, 3, 4, 5, 6), 1.0)
    fields, _ = assemble(graph(entity), pages, RECEIPT)
    address = leaf(fields["merchant_address"])
    assert address.text == "NO 53 JALAN SAGU 18 JOHOR"
    places = [(region.page, region.word_ids) for region in address.regions]
    assert places == [(1, [1, 2, 3]), (1, [4, 5]), (2, [0])]


def test_what_stands_on_one_line_does_not_run_on_into_others() -> None:
    paper = page("20:09/20:08", "GOODS SOLD AT 9:15", "ARE NOT RETURNED", "PAID RM", "9.00")
    fields, _ = assemble(graph(Entity("transaction_time", (0, 1, 2, 3, 4), 1.0)), [paper], RECEIPT)
    assert leaf(fields["transaction_time"]).text == "20:09/20:08"
    assert [region.word_ids for region in leaf(fields["transaction_time"]).regions] == [[0]]
    # One that can be read over two lines is left as it is.
    fields, _ = assemble(graph(Entity("total", (9, 10), 1.0)), [paper], RECEIPT)
    assert leaf(fields["total"]).text == "RM 9.00"


def test_an_item_of_numbers_alone_of_which_no_amount_can_be_read_is_left_out() -> None:
    paper = page("CAKE 1 9.00", "TEA", "1 023000")
    entities = (
        Entity("items.description", (0,), 0.9),
        Entity("items.total_price", (2,), 0.9, parent=0),
        Entity("items.description", (3,), 0.9),
        Entity("items.quantity", (4,), 0.9),
        Entity("items.unit_price", (5,), 0.9, parent=3),
    )
    fields, issues = assemble(graph(*entities), [paper], RECEIPT)
    assert [leaf(item.fields["description"]).text for item in groups(fields["items"])] == [
        "CAKE",
        "TEA",
    ]
    assert issues == []
    # With an amount that can be read it stays, and so do numbers that can.
    for others in (("items.total_price", "items.unit_price"), ("items.quantity",)):
        found = [Entity(path, (2 + 3 * i,), 0.9) for i, path in enumerate(others)]
        assert "items" in assemble(graph(*found), [paper], RECEIPT)[0]


def test_a_date_without_its_year_takes_it_from_beside() -> None:
    paper = page("INVOICE 7. Mai 2014", "21 January 2019 10: 11: 08 PM")

    def read(path: str, *entities: Entity) -> tuple[str, list[int]]:
        fields, _ = assemble(graph(*entities), [paper], RECEIPT)
        node = leaf(fields[path])
        return node.text, node.regions[0].word_ids

    for part, whole in (((2, 3), (1, 2, 3)), ((4, 5), (4, 5, 6)), ((1, 2), (1, 2, 3))):
        text, word_ids = read("transaction_date", Entity("transaction_date", part, 0.9))
        assert (text, tuple(word_ids)) == (paper_text(paper, whole), whole)
    time = Entity("transaction_time", (7,), 0.9)
    assert read("transaction_time", time)[0] == "10: 11: 08 PM"
    # A word of another field is not taken.
    taken = Entity("merchant_registration_number", (6,), 0.9)
    assert (
        read("transaction_date", Entity("transaction_date", (4, 5), 0.9), taken)[0] == "21 January"
    )


def paper_text(paper: Page, word_ids: tuple[int, ...]) -> str:
    return " ".join(paper.words[i].text for i in word_ids)


def test_words_keep_the_order_of_their_path_and_key_words_stay_out() -> None:
    entity = Entity("merchant_name", (2, 0), 1.0, key_word_ids=(1,))
    fields, _ = assemble(graph(entity), [page("one two three")], RECEIPT)
    assert leaf(fields["merchant_name"]).text == "three one"


def test_items_nest_and_stand_in_reading_order() -> None:
    paper = page("CAKE 1 9.00", "+ CREAM 0.50", "TEA 2 4.00")
    fields, _ = assemble(
        graph(
            Entity("items.description", (6,), 0.9),
            Entity("items.total_price", (8,), 0.9, parent=0),
            Entity("items.quantity", (7,), 0.9, parent=0),
            Entity("items.sub_items.total_price", (5,), 0.6, parent=4),
            Entity("items.sub_items.description", (4,), 0.7, parent=5),
            Entity("items.description", (0,), 0.8),
            Entity("items.total_price", (2,), 0.9, parent=5),
        ),
        [paper],
        RECEIPT,
    )
    cake, tea = groups(fields["items"])
    assert leaf(cake.fields["description"]).text == "CAKE"
    cream = groups(cake.fields["sub_items"])[0]
    assert cream.text == "CREAM 0.50"
    assert leaf(cream.fields["total_price"]).value == Amount(amount="0.50")
    assert "quantity" not in cake.fields
    assert leaf(tea.fields["quantity"]).value == 2
    assert cake.text == "CAKE 9.00 CREAM 0.50"
    assert (cake.confidence, tea.confidence) == (0.6, 0.9)
    assert list(tea.fields) == ["description", "quantity", "total_price"]


def test_an_entity_without_head_gets_an_instance_of_its_own() -> None:
    fields, _ = assemble(
        graph(
            Entity("payments.method", (0,), 0.9),
            Entity("items.sub_items.description", (2,), 0.9),
        ),
        [page("VISA 9.00", "CREAM")],
        RECEIPT,
    )
    assert [each.text for each in groups(fields["payments"])] == ["VISA"]
    assert groups(groups(fields["items"])[0].fields["sub_items"])[0].text == "CREAM"


def test_cord_has_lists_of_menus_and_one_group_of_totals() -> None:
    fields, issues = assemble(
        graph(
            Entity("menu.nm", (0, 1), 0.9),
            Entity("menu.price", (2,), 0.9, parent=0),
            Entity("total.total_price", (4,), 0.9),
            Entity("total.cashprice", (6,), 0.9),
        ),
        [page("EGG TART 13,000", "TOTAL 13,000", "CASH 50,000")],
        CORD,
    )
    (menu,) = groups(fields["menu"])
    assert leaf(menu.fields["nm"]).text == "EGG TART"
    total = group(fields["total"])
    assert leaf(total.fields["total_price"]).text == "13,000"
    assert leaf(total.fields["cashprice"]).value == Amount(amount="50000")
    assert total.text == "13,000 50,000"
    assert "sub_total" not in fields
    assert issues == []


def test_occurrences_of_one_value_share_their_probability() -> None:
    paper = page("TOTAL 9.00", "ROUNDED 9.00", "CASH 10.00")
    fields, issues = assemble(
        graph(
            Entity("total", (1,), 0.25),
            Entity("total", (3,), 0.35),
            Entity("total", (5,), 0.4),
        ),
        [paper],
        RECEIPT,
    )
    total = leaf(fields["total"])
    assert total.text == "9.00"
    assert total.regions[0].word_ids == [3]
    assert total.confidence == pytest.approx(0.6)
    assert [(issue.code, issue.fields) for issue in issues] == [("conflicting_values", ["total"])]
    assert "'10.00'" in issues[0].message


def test_where_words_do_not_compete_the_surest_occurrence_counts() -> None:
    paper = page("TOTAL 9,000", "TOTAL 9,000", "CASH 10,000")
    fields, _ = assemble(
        graph(
            Entity("total.total_price", (1,), 0.6),
            Entity("total.total_price", (3,), 0.7),
            Entity("total.total_price", (5,), 0.8),
        ),
        [paper],
        CORD,
    )
    total = leaf(group(fields["total"]).fields["total_price"])
    assert (total.text, total.confidence) == ("10,000", 0.8)


def test_a_readable_value_beats_an_unreadable_one() -> None:
    fields, issues = assemble(
        graph(Entity("total", (0,), 0.6), Entity("total", (1,), 0.4)),
        [page("TOTAL 9.00")],
        RECEIPT,
    )
    assert leaf(fields["total"]).text == "9.00"
    assert issues == []


def test_an_unlikely_other_value_is_no_conflict() -> None:
    _, issues = assemble(
        graph(Entity("total", (1,), 0.9), Entity("total", (3,), 0.08)),
        [page("TOTAL 9.00", "CASH 10.00")],
        RECEIPT,
    )
    assert issues == []


def test_an_unreadable_value_keeps_its_text_and_names_its_place_in_the_tree() -> None:
    fields, issues = assemble(
        graph(
            Entity("items.description", (0,), 0.9),
            Entity("items.total_price", (1,), 0.9, parent=0),
        ),
        [page("CAKE nine")],
        RECEIPT,
    )
    price = leaf(groups(fields["items"])[0].fields["total_price"])
    assert (price.text, price.value) == ("nine", None)
    assert [(issue.code, issue.fields) for issue in issues] == [
        ("unreadable_value", ["items[0].total_price"])
    ]


def test_a_schema_may_ask_for_upper_case() -> None:
    fields, _ = assemble(graph(Entity("company", (0, 1), 1.0)), [page("Book Shop")], SROIE)
    assert leaf(fields["company"]).text == "BOOK SHOP"


def test_confidence_is_calibrated_by_label() -> None:
    seen = []

    def halve(confidence: float, label: str) -> float:
        seen.append(label)
        return confidence / 2

    fields, _ = assemble(
        graph(Entity("items.description", (0,), 0.8)), [page("CAKE")], RECEIPT, halve
    )
    assert groups(fields["items"])[0].confidence == pytest.approx(0.4)
    assert seen == ["receipt.items.description"]


def test_a_skewed_line_gets_a_skewed_quad() -> None:
    angle = math.radians(10)

    def turned(x: float, y: float) -> tuple[float, float]:
        return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)

    def quad(left: float, right: float) -> Quad:
        return Quad((turned(left, 0), turned(right, 0), turned(right, 20), turned(left, 20)))

    words = (Word("BOOK", quad(100, 140)), Word("SHOP", quad(150, 190)))
    fields, _ = assemble(
        graph(Entity("merchant_name", (0, 1), 1.0)), [Page(1, 400, 400, words)], RECEIPT
    )
    corners = leaf(fields["merchant_name"]).regions[0].quad
    wanted = [turned(100, 0), turned(190, 0), turned(190, 20), turned(100, 20)]
    for found, expected in zip(corners, wanted, strict=True):
        assert found == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    "entities",
    [
        (Entity("total", (7,), 1.0),),
        (Entity("total", (), 1.0),),
        (Entity("nonsense", (0,), 1.0),),
        (Entity("items", (0,), 1.0),),
        (Entity("items.quantity", (0,), 1.0, parent=4),),
        (
            Entity("items.quantity", (0,), 1.0, parent=1),
            Entity("items.unit", (1,), 1.0, parent=0),
        ),
    ],
)
def test_a_graph_that_fits_neither_pages_nor_schema_is_a_defect(
    entities: tuple[Entity, ...],
) -> None:
    with pytest.raises(DefectError):
        assemble(FieldGraph(entities), [page("one two")], RECEIPT)
