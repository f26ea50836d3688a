import pytest
from pydantic import JsonValue

from benchmarks.answers import Answer
from benchmarks.counts import Counts, evaluate
from benchmarks.spade_parse import (
    REFINED,
    REFINED_NEAR_NAMES,
    STRICT,
    count_parse,
    groups_of,
    pair,
    resemblance,
)

Fields = dict[str, JsonValue]
TRUE: Fields = {
    "menu": [
        {"nm": "ICED TEA", "price": "12,000"},
        {"nm": "CAKE", "cnt": "1 x", "price": "9,000", "sub": [{"nm": "LESS"}, {"nm": "SUGAR"}]},
    ],
    "total": {"total_price": "21,000"},
}


def answer(fields: Fields) -> Answer:
    return Answer(id="x", fields=fields)


def correct(
    predicted: Fields, true: Fields, *, is_refined: bool = False, allows_near_names: bool = False
) -> dict[str, int]:
    counts = count_parse(
        answer(predicted),
        answer(true),
        is_refined=is_refined,
        allows_near_names=allows_near_names,
    )
    return {key: n.n_correct for key, n in counts.items()}


def test_groups_hold_their_sub_items_and_a_key_once() -> None:
    assert groups_of(TRUE) == [
        {"menu.nm": ["ICED TEA"], "menu.price": ["12,000"]},
        {
            "menu.nm": ["CAKE"],
            "menu.cnt": ["1 x"],
            "menu.price": ["9,000"],
            "menu.sub_nm": ["LESS", "SUGAR"],
        },
        {"total.total_price": ["21,000"]},
    ]
    assert evaluate(STRICT, [(answer(TRUE), answer(TRUE))]).total == Counts(7, 7, 7)


def test_a_worked_case() -> None:
    predicted: Fields = {
        "menu": [
            {"nm": "CAKE", "cnt": "1x", "price": "Rp 9.000", "sub": {"nm": "LESS"}},
            {"nm": "ICEDTEA", "price": "12,000"},
        ],
        "total": {"total_price": "21,00"},
    }
    assert count_parse(answer(predicted), answer(TRUE)) == {
        "menu.nm": Counts(2, 2, 2),  # white space does not count
        "menu.cnt": Counts(1, 1, 1),
        "menu.price": Counts(1, 2, 2),
        "menu.sub_nm": Counts(0, 1, 1),  # all values of a key at once
        "total.total_price": Counts(0, 1, 1),
    }
    refined = count_parse(answer(predicted), answer(TRUE), is_refined=True)
    assert refined["menu.price"] == Counts(2, 2, 2)
    assert refined["total.total_price"] == Counts(0, 1, 1)


def test_groups_without_a_partner_are_wrong_and_missed() -> None:
    predicted: Fields = {"menu": [{"nm": "TEA"}, {"nm": "TEA"}, {"etc": "??"}]}
    true: Fields = {"menu": {"nm": "TEA"}, "total": {"total_price": "5"}}
    assert count_parse(answer(predicted), answer(true)) == {
        "menu.nm": Counts(1, 2, 1),
        "menu.etc": Counts(0, 1, 0),
        "total.total_price": Counts(0, 0, 1),
    }


def test_resemblance_of_a_worked_case() -> None:
    first = {"menu.nm": ["TEA"], "menu.price": ["10"]}
    second = {"menu.nm": ["TEA"], "menu.price": ["15"], "menu.cnt": ["0"]}
    # All together T, E, A, 1 and 0; equal names 50; the prices share their 1.
    assert resemblance(first, second) == 5 + 50 + 1


def test_the_most_alike_are_paired_first_and_the_first_of_equals() -> None:
    true = [{"menu.nm": ["TEA"]}, {"menu.nm": ["TEAS"]}]
    predicted = [{"menu.nm": ["TEAS"]}, {"menu.nm": ["EAT"]}, {"menu.nm": ["EAT"]}]
    assert list(pair(predicted, true)) == [(predicted[0], true[1]), (predicted[1], true[0])]
    assert list(pair([], true)) == list(pair(predicted, [])) == []


@pytest.mark.parametrize(
    ("predicted", "true", "key"),
    [
        ({"price": "-1.000"}, {"price": "- 1,000"}, "menu.price"),
        ({"cnt": "2 pcs"}, {"cnt": "x2"}, "menu.cnt"),
        ({"unitprice": "5,000"}, {"price": "5.000"}, "menu.price"),
        (
            {"unitprice": ["5", "000"], "price": "1"},
            {"unitprice": "5,000", "price": "1"},
            "menu.unitprice",
        ),
    ],
)
def test_refinement_forgives_the_form_of_numbers(predicted: Fields, true: Fields, key: str) -> None:
    mine: Fields = {"menu": {"nm": "TEA", **predicted}}
    its: Fields = {"menu": {"nm": "TEA", **true}}
    assert correct(mine, its)[key] == 0
    assert correct(mine, its, is_refined=True)[key] == 1


def test_refinement_keeps_names_signs_and_points() -> None:
    mine: Fields = {"menu": {"nm": "TEA 1", "cnt": "1.5", "discountprice": "-500"}}
    its: Fields = {"menu": {"nm": "TEA 2", "cnt": "15", "discountprice": "500"}}
    assert set(correct(mine, its, is_refined=True).values()) == {0}


@pytest.mark.parametrize(
    ("predicted", "n_right"),
    [
        ("ICED TEX", 1),
        ("ICED XXX", 0),  # 3 edits, of 7 characters
        ("ICED TEA XXX", 1),  # 3 edits, of 10 characters
        ("CAKE", 0),
    ],
)
def test_near_names_are_right_where_they_are_allowed(predicted: str, n_right: int) -> None:
    mine: Fields = {"menu": {"nm": predicted, "price": "12,000"}}
    its: Fields = {"menu": {"nm": "ICED TEA", "price": "12,000"}}
    assert correct(mine, its)["menu.nm"] == 0
    assert correct(mine, its, allows_near_names=True)["menu.nm"] == n_right


def test_the_metrics_are_the_three_readings() -> None:
    mine = answer({"menu": {"nm": "TEX", "price": "Rp 5.000"}})
    true = answer({"menu": {"nm": "TEA", "price": "5,000"}})
    n_right = [
        evaluate(metric, [(mine, true)]).total.n_correct
        for metric in (STRICT, REFINED, REFINED_NEAR_NAMES)
    ]
    assert n_right == [0, 1, 2]
