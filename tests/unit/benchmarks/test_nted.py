import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from benchmarks.answers import Answer
from benchmarks.counts import evaluate
from benchmarks.nted import TREE_ACCURACY, Node, edit_distance, field_tree, tree_accuracy


def accuracy(predicted: dict[str, JsonValue], true: dict[str, JsonValue]) -> float:
    return tree_accuracy(Answer(id="x", fields=predicted), Answer(id="x", fields=true))


def tree(label: str, *children: Node) -> Node:
    return Node(label, children)


def value(text: str) -> Node:
    return Node(text, is_value=True)


def test_the_example_of_zhang_and_shasha() -> None:
    first = tree("f", tree("d", tree("a"), tree("c", tree("b"))), tree("e"))
    second = tree("f", tree("c", tree("d", tree("a"), tree("b"))), tree("e"))
    assert edit_distance(first, second) == 2  # remove c, insert it above d


@pytest.mark.parametrize(
    ("first", "second", "cost"),
    [
        (tree("a"), tree("a"), 0),
        (tree("a"), tree("b"), 1),
        (value("TEA"), value("TEX"), 1),
        (value("TEA"), tree("nm"), 4),  # a text becomes a name: 1 and its length
        (tree("r", value("TEA")), tree("r"), 3),
        (tree("r", tree("nm"), tree("cnt")), tree("r", tree("cnt")), 1),
        (tree("r", tree("nm", value("TEA"))), tree("r", value("TEA")), 1),
        (tree("r", tree("a"), tree("b")), tree("r", tree("b"), tree("a")), 2),  # order counts
    ],
)
def test_costs_of_small_trees(first: Node, second: Node, cost: int) -> None:
    assert edit_distance(first, second) == edit_distance(second, first) == cost


def test_a_tree_of_fields_in_normal_form() -> None:
    fields: JsonValue = {
        "menu": [{"price": "5", "nm": " TEA ", "etc": ""}, {}],
        "b": ["1", None, " "],
        "a": None,
    }
    assert field_tree(fields) == tree(
        "<root>",
        tree("b", value("1")),  # shorter names first
        tree("menu", tree("<subtree>", tree("nm", value("TEA")), tree("price", value("5")))),
    )


def test_accuracy_of_worked_cases() -> None:
    # The true tree costs menu 1, line 1, nm 1, TEA 3 = 6.
    true: dict[str, JsonValue] = {"menu": [{"nm": "TEA"}]}
    assert accuracy(true, true) == 1.0
    assert accuracy({"menu": {"nm": "TEA"}}, true) == 1.0  # one object or a list of one
    assert accuracy({"menu": [{"nm": "TEX", "cnt": "1"}]}, true) == pytest.approx(1 - 3 / 6)
    assert accuracy({}, true) == 0.0
    assert accuracy({"total": {"price": "12345678"}}, true) == 0.0  # not below nothing


def test_an_empty_truth_wants_an_empty_prediction() -> None:
    assert accuracy({}, {}) == 1.0
    assert accuracy({"menu": {"nm": "TEA"}}, {"menu": []}) == 0.0


def test_the_metric_is_the_mean_over_documents() -> None:
    true = Answer(id="x", fields={"menu": [{"nm": "TEA"}]})
    score = evaluate(TREE_ACCURACY, [(true, true), (Answer(id="y"), true)])
    assert score.values == (1.0, 0.0)
    assert score.figure == 0.5


texts = st.text("ab", max_size=3)
trees = st.recursive(
    st.builds(Node, texts, st.just(()), st.booleans()),
    lambda children: st.builds(Node, texts, st.lists(children, max_size=3).map(tuple)),
    max_leaves=5,
)


@given(trees, trees, trees)
def test_the_distance_is_a_metric_as_far_as_its_costs_are(
    first: Node, second: Node, third: Node
) -> None:
    assert edit_distance(first, first) == 0
    between = edit_distance(first, second)
    assert between == edit_distance(second, first)
    assert between <= edit_distance(first, third) + edit_distance(third, second)
