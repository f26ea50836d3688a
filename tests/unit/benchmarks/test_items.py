from pydantic import JsonValue

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Counts, evaluate
from benchmarks.items import REPEATED_TOTALS, count_items, exact_items, repeated_total_is_hit

Fields = dict[str, JsonValue]
TRUE: Fields = {
    "menu": [
        {"nm": "TEA", "price": "5"},
        {"nm": "TEA", "price": "5"},
        {"nm": "CAKE", "price": "9", "sub": [{"nm": "LESS"}, {"nm": "SUGAR"}]},
    ],
    "total": {"total_price": "19"},
}


def count(predicted: Fields, true: Fields) -> dict[str, Counts]:
    answers = (Answer(id="x", fields=fields) for fields in (predicted, true))
    return dict(count_items(*answers, sections=("menu", "void_menu")))


def test_whole_items_in_any_order_are_right_once() -> None:
    predicted: Fields = {
        "menu": [
            {"sub": [{"nm": "SUGAR"}, {"nm": "LESS"}], "price": " 9 ", "nm": "CAKE", "etc": ""},
            {"price": "5", "nm": "TEA"},
            {"nm": "TEA"},  # lacks its price
            {"nm": "CAKE", "price": "9", "sub": [{"nm": "LESS"}]},  # lacks a sub-item
        ],
        "void_menu": {"nm": "TEA"},
    }
    assert count(predicted, TRUE) == {
        "menu": Counts(n_correct=2, n_predicted=4, n_true=3),
        "void_menu": Counts(n_correct=0, n_predicted=1, n_true=0),
    }


def test_one_item_alone_or_in_a_list_is_the_same() -> None:
    line: Fields = {"nm": "TEA", "sub": {"nm": ["HOT"]}}
    listed: Fields = {"menu": [{"nm": ["TEA"], "sub": [{"nm": "HOT"}]}]}
    assert count({"menu": line}, listed) == {"menu": Counts(1, 1, 1)}


def test_a_field_twice_is_not_a_field_once() -> None:
    assert count({"menu": {"nm": ["A", "A"]}}, {"menu": {"nm": "A"}})["menu"].n_correct == 0
    assert count({"menu": {"nm": ["A", "B"]}}, {"menu": {"nm": ["B", "A"]}})["menu"].n_correct == 1


def test_fields_of_two_items_do_not_mix() -> None:
    swapped: Fields = {"menu": [{"nm": "A", "price": "2"}, {"nm": "B", "price": "1"}]}
    true: Fields = {"menu": [{"nm": "A", "price": "1"}, {"nm": "B", "price": "2"}]}
    assert count(swapped, true) == {"menu": Counts(0, 2, 2)}


def test_without_items_nothing_is_counted() -> None:
    assert count({"menu": [{}], "total": {"a": "1"}}, {}) == {}
    assert exact_items(("menu",)).definition.startswith("F1 of whole items of menu:")


def receipt(total: str, *places: int) -> Answer:
    entities = [EntityEntry(label="total", word_ids=[place]) for place in places]
    return Answer(id="x", fields={"total": total}, entities=entities)


def test_totals_that_stand_once_are_left_out() -> None:
    pairs = [
        (Answer(id="a", fields={"total": "9.00"}), receipt("9.00", 3, 8)),  # hit
        (Answer(id="b", fields={"total": "10.00"}), receipt("9.00", 3, 8)),
        (Answer(id="c"), receipt("9.00", 1, 2, 3)),  # not found
        (Answer(id="d", fields={"total": "9.00"}), receipt("9.00", 3)),  # stands once
        (Answer(id="e", fields={"total": "9.00"}), receipt("", 3, 4)),  # no total
    ]
    score = evaluate(REPEATED_TOTALS, pairs)
    assert score.values == (1.0, 0.0, 0.0)
    assert score.figure == 1 / 3


def test_a_place_given_twice_is_one_place() -> None:
    assert repeated_total_is_hit(receipt("9.00"), receipt("9.00", 3, 3)) is None
