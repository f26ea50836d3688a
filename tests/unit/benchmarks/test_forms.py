from pydantic import JsonValue

from benchmarks.forms import tree_of_graph, tree_of_result
from layout.graph import Entity, FieldGraph
from layout.result import Amount, FieldNode, GroupField, LeafField, Region
from layout.schema import load_schema


def tree(*occurrences: tuple[str, str, int | None]) -> dict[str, JsonValue]:
    """The tree of (path, text, parent) that stand on the page in the order given."""
    entities = tuple(
        Entity(path, (position,), 1.0, parent=parent)
        for position, (path, _, parent) in enumerate(occurrences)
    )
    texts = [text for _, text, _ in occurrences]
    return tree_of_graph(FieldGraph(entities), texts, load_schema("cord"))


def test_single_occurrences_stand_alone_and_several_make_lists() -> None:
    assert tree(
        ("menu.cnt", "1", 1),
        ("menu.nm", "KOPI", None),
        ("menu.nm", "TEH", None),
        ("menu.price", "8", 2),
        ("total.total_price", "13", None),
        ("total.creditcardprice", "10", None),
        ("total.creditcardprice", "3", None),
    ) == {
        "menu": [{"nm": "KOPI", "cnt": "1"}, {"nm": "TEH", "price": "8"}],
        "total": {"total_price": "13", "creditcardprice": ["10", "3"]},
    }
    assert tree(("menu.nm", "KOPI", None)) == {"menu": {"nm": "KOPI"}}


def test_sub_items_stand_below_their_line() -> None:
    assert tree(
        ("menu.nm", "SET", None),
        ("menu.sub.nm", "RICE", 0),
        ("menu.sub.cnt", "1", 1),
        ("menu.sub.nm", "SOUP", 0),
        ("menu.price", "20", 0),
        ("menu.nm", "TEA", None),
        ("menu.sub.nm", "ICE", 5),
    ) == {
        "menu": [
            {"nm": "SET", "price": "20", "sub": [{"nm": "RICE", "cnt": "1"}, {"nm": "SOUP"}]},
            {"nm": "TEA", "sub": {"nm": "ICE"}},
        ]
    }


def test_parents_may_follow_their_members() -> None:
    assert tree(("menu.sub.cnt", "2", 1), ("menu.sub.nm", "ICE", 2), ("menu.nm", "TEA", None)) == {
        "menu": {"nm": "TEA", "sub": {"nm": "ICE", "cnt": "2"}}
    }


def test_fields_without_a_parent_open_groups_of_their_own() -> None:
    assert tree(("menu.price", "5", None), ("menu.sub.nm", "ICE", None)) == {
        "menu": [{"price": "5"}, {"sub": {"nm": "ICE"}}]
    }


def test_groups_and_lists_stand_in_the_order_of_their_first_words() -> None:
    graph = FieldGraph(
        (
            Entity("menu.nm", (9,), 1.0),
            Entity("menu.nm", (4,), 1.0),
            Entity("menu.cnt", (2,), 1.0, parent=1),
            Entity("sub_total.etc", (12,), 1.0),
            Entity("sub_total.etc", (11,), 1.0),
        )
    )
    assert tree_of_graph(graph, ["SECOND", "FIRST", "1", "b", "a"], load_schema("cord")) == {
        "menu": [{"nm": "FIRST", "cnt": "1"}, {"nm": "SECOND"}],
        "sub_total": {"etc": ["a", "b"]},
    }


def test_a_schema_without_groups_is_flat() -> None:
    graph = FieldGraph((Entity("total", (1,), 1.0),))
    assert tree_of_graph(graph, ["9.00"], load_schema("sroie")) == {"total": "9.00"}


def test_fields_without_text_leave_no_trace() -> None:
    assert tree(("menu.nm", "", None), ("total.total_price", "", None)) == {}
    assert tree(("menu.nm", "", None), ("menu.cnt", "2", 0)) == {"menu": {"cnt": "2"}}


def leaf(text: str) -> LeafField:
    region = Region(page=1, quad=[(0, 0), (1, 0), (1, 1), (0, 1)], word_ids=[0])
    return LeafField(value=Amount(amount="1.00"), text=text, confidence=0.9, regions=[region])


def group(**fields: FieldNode) -> GroupField:
    return GroupField(text="", confidence=0.9, regions=[], fields=fields)


def test_a_result_takes_the_form_of_gt_parse() -> None:
    fields: dict[str, FieldNode] = {
        "menu": [group(nm=leaf("TEA"), sub=[group(nm=leaf("ICE"))])],
        "void_menu": [group(nm=leaf("A")), group(nm=leaf("B"))],
        "total": group(total_price=leaf("8"), creditcardprice=[leaf("5"), leaf("3")]),
    }
    assert tree_of_result(fields) == {
        "menu": {"nm": "TEA", "sub": {"nm": "ICE"}},
        "void_menu": [{"nm": "A"}, {"nm": "B"}],
        "total": {"total_price": "8", "creditcardprice": ["5", "3"]},
    }
