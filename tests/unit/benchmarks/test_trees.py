from pydantic import JsonValue

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Counts
from benchmarks.trees import count_flat_fields, count_grouped_fields, leaves

Tree = dict[str, JsonValue]


def total(counts: CategoryCounts) -> Counts:
    return sum(counts.values(), Counts())


def grouped(predicted: Tree, true: Tree) -> Counts:
    return total(
        count_grouped_fields(Answer(id="x", fields=predicted), Answer(id="x", fields=true))
    )


def flat(predicted: Tree, true: Tree) -> Counts:
    return total(count_flat_fields(Answer(id="x", fields=predicted), Answer(id="x", fields=true)))


TRUE: Tree = {
    "menu": [
        {"nm": "KOPI", "cnt": "1", "price": "5,000"},
        {"nm": "TEH", "cnt": "2", "price": "8,000", "sub": {"nm": "ICE"}},
    ],
    "total": {"total_price": "13,000"},
}


def test_leaves_forget_lists_and_leave_out_empty_texts() -> None:
    tree: Tree = {"menu": [{"nm": ["A", " "]}, {"sub": {"nm": " B "}, "cnt": None}], "n": 3}
    assert list(leaves(tree)) == [("menu.nm", "A"), ("menu.sub.nm", "B"), ("n", "3")]


def test_the_truth_itself_is_all_right() -> None:
    assert grouped(TRUE, TRUE) == flat(TRUE, TRUE) == Counts(8, 8, 8)


def test_a_price_in_the_wrong_line_counts_for_flat_fields_only() -> None:
    predicted: Tree = {
        "menu": [
            {"nm": "KOPI", "cnt": "1", "price": "8,000"},
            {"nm": "TEH", "cnt": "2", "price": "5,000", "sub": {"nm": "ICE"}},
        ],
        "total": {"total_price": "13,000"},
    }
    assert flat(predicted, TRUE) == Counts(8, 8, 8)
    assert grouped(predicted, TRUE) == Counts(6, 8, 8)


def test_order_of_lines_and_the_form_of_single_ones_do_not_matter() -> None:
    predicted: Tree = {
        "total": [{"total_price": ["13,000"]}],
        "menu": [
            {"sub": [{"nm": "ICE"}], "price": "8,000", "cnt": "2", "nm": "TEH"},
            {"price": "5,000", "nm": "KOPI", "cnt": "1"},
        ],
    }
    assert grouped(predicted, TRUE) == flat(predicted, TRUE) == Counts(8, 8, 8)


def test_lines_are_paired_for_the_most_fields_not_greedily() -> None:
    # Paired greedily, the first predicted line takes the first true one (2 fields right) and leaves
    # nothing for the second; paired optimally, 2 + 2 fields are right.
    true: Tree = {"menu": [{"nm": "A", "cnt": "1", "price": "2"}, {"nm": "B", "cnt": "1"}]}
    predicted: Tree = {"menu": [{"nm": "B", "cnt": "1", "price": "2"}, {"nm": "A", "price": "2"}]}
    assert grouped(predicted, true) == Counts(4, 5, 5)


def test_sub_items_are_right_within_their_own_line_only() -> None:
    true: Tree = {
        "menu": [
            {"nm": "SET", "sub": [{"nm": "RICE", "cnt": "1"}, {"nm": "SOUP", "cnt": "2"}]},
            {"nm": "TEA", "sub": {"nm": "ICE"}},
        ]
    }
    predicted: Tree = {
        "menu": [
            {"nm": "SET", "sub": [{"nm": "SOUP", "cnt": "1"}, {"nm": "ICE"}]},
            {"nm": "TEA", "sub": {"nm": "RICE", "cnt": "1"}},
        ]
    }
    # SET and TEA are right. Below SET one of its two sub-items can have one field right (SOUP or
    # the "1" of RICE), ICE and RICE stand in the wrong lines.
    assert grouped(predicted, true) == Counts(3, 7, 7)
    assert flat(predicted, true) == Counts(6, 7, 7)


def test_a_line_split_in_two_keeps_one_half() -> None:
    true: Tree = {"menu": {"nm": "A", "cnt": "1", "price": "2"}}
    predicted: Tree = {"menu": [{"nm": "A", "cnt": "1"}, {"price": "2"}]}
    assert grouped(predicted, true) == Counts(2, 3, 3)
    assert flat(predicted, true) == Counts(3, 3, 3)


def test_several_values_of_a_field_are_a_multiset() -> None:
    true: Tree = {"total": {"creditcardprice": ["1", "1", "2"]}}
    predicted: Tree = {"total": {"creditcardprice": ["2", "1", "3"]}}
    assert grouped(predicted, true) == flat(predicted, true) == Counts(2, 3, 3)


def test_texts_are_compared_exactly() -> None:
    true: Tree = {"menu": {"nm": "KOPI SUSU", "price": "5,000"}}
    predicted: Tree = {"menu": {"nm": "KOPISUSU", "price": "5.000"}}
    assert grouped(predicted, true) == flat(predicted, true) == Counts(0, 2, 2)


def test_nothing_predicted_and_nothing_true() -> None:
    assert grouped({}, TRUE) == Counts(0, 0, 8)
    assert grouped(TRUE, {}) == Counts(0, 8, 0)
    assert grouped({}, {}) == flat({}, {}) == Counts()


def test_a_group_predicted_as_a_text_is_wrong_and_fails_nothing() -> None:
    assert grouped({"menu": "KOPI", "total": "13,000"}, TRUE) == Counts(0, 2, 8)


def test_counts_are_kept_by_path() -> None:
    predicted: Tree = {"menu": {"nm": "TEH", "price": "9"}}
    counts = count_grouped_fields(Answer(id="x", fields=predicted), Answer(id="x", fields=TRUE))
    assert counts["menu.nm"] == Counts(1, 1, 2)
    assert counts["menu.price"] == Counts(0, 1, 2)
    assert counts["menu.sub.nm"] == Counts(0, 0, 1)
