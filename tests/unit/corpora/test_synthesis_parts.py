"""Parts that documents are made of: vocabulary, money, columns of type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.synthesis import receipts
from corpora.synthesis.countries import grammar_of, load_countries
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Field, Row, Span
from corpora.synthesis.grammar import read_rules
from corpora.synthesis.money import MoneyStyle
from corpora.synthesis.receipts.particulars import NOISE_RULES
from corpora.synthesis.receipts.style import BRANCHES
from corpora.synthesis.sheet import Sheet, print_rows
from corpora.synthesis.typefaces import Typeface
from ocr.errors import SetupError

RULE_CALL = re.compile(r'(?:say|key|_plain|_rated|_payment|_total)\(\s*"(\w+)"')


def _called_rules() -> set[str]:
    """Names of the rules that the receipts' code calls."""
    sources = Path(receipts.__file__).parent.glob("*.py")
    called = {name for path in sources for name in RULE_CALL.findall(path.read_text("utf-8"))}
    assert len(called) > 30
    called |= {f"merchant_{branch}" for branch in BRANCHES} | {f"goods_{b}" for b in BRANCHES}
    return called | set(NOISE_RULES) | set(NOISE_RULES.values())


@pytest.mark.parametrize("name", sorted(load_countries()))
def test_every_country_has_the_rules_that_are_called_and_all_of_them_expand(name: str) -> None:
    grammar = grammar_of(load_countries()[name].vocabulary)
    rules: dict[str, list[str]] = {}
    for file in load_countries()[name].vocabulary:
        rules.update(read_rules(file))
    dice = Dice(name)
    optional = {"address_key"}
    assert _called_rules() - optional - {"tax_mark"} <= set(rules)
    for alternatives in rules.values():
        for alternative in alternatives:
            text = grammar.fill(alternative, dice)
            assert "{" not in text
            assert "}" not in text


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(SetupError, match="no_such_rule"):
        grammar_of(("common",)).expand("no_such_rule", Dice("any"))


def _style(**changes: object) -> MoneyStyle:
    plain = {
        "exponent": 2, "decimals": 2, "thousands": ",", "decimal": ".", "sign": "RM",
        "place": "none", "is_sign_value": False,
    }  # fmt: skip
    return MoneyStyle(**{**plain, **changes})  # type: ignore[arg-type] # names checked at run time


def test_amounts_as_countries_write_them() -> None:
    assert _style().number(123456) == "1,234.56"
    assert _style().number(-5) == "-0.05"
    assert _style().number(900, decimals=3) == "9.000"
    assert _style(is_zero_dropped=True).number(50) == ".50"
    assert _style(exponent=0, decimals=0, thousands=".").number(45500) == "45.500"
    assert _style(exponent=0, decimals=2, thousands="").number(35000) == "35000.00"
    assert _style(thousands=".", decimal=",").number(123456) == "1.234,56"


def test_the_sign_is_part_of_the_value_only_where_it_is_said_to_be() -> None:
    field = Field("total")
    before = _style(place="before").spans(-250, field, signed=True)
    assert [(span.text, span.field) for span in before] == [("RM", None), ("-2.50", field)]
    glued = _style(place="glued").spans(-250, field, signed=True)
    assert [(span.text, span.field) for span in glued] == [("-RM2.50", field)]
    rupiah = _style(place="before", sign="Rp", is_sign_value=True).spans(250, field, signed=True)
    assert [span.field for span in rupiah] == [field, field]


@given(st.integers(min_value=0, max_value=10**9))
def test_numbers_read_back(amount: int) -> None:
    text = _style().number(amount)
    assert int(text.replace(",", "").replace(".", "")) == amount


SHEET = Sheet(Typeface("mono"), em_px=10.0, width_px=120.0, leading=1.5)


def test_long_text_runs_on_below_and_leaves_the_next_column_alone() -> None:
    name, price = Field("items.description"), Field("items.total_price")
    row = Row(
        (
            Cell((Span("one two three four", name),)),
            Cell((Span("9.00", price),), x=1.0, align="right"),
        )
    )
    printed = print_rows([row], SHEET)
    assert [word.text for word in printed.words] == ["one", "two", "three", "9.00", "four"]
    assert printed.words[3].box[2] == pytest.approx(120.0)
    left = max(word.box[2] for word in printed.words if word.field is name)
    assert left < printed.words[3].box[0]


def test_cut_text_keeps_a_beginning_of_every_field() -> None:
    code, name = Field("items.product_code"), Field("items.description")
    row = Row(
        (
            Cell((Span("123456789012", code), Span("kopi susu", name)), is_cut=True),
            Cell((Span("9.00"),), x=1.0, align="right"),
        )
    )
    words = print_rows([row], SHEET).words
    assert {code, name} <= {word.field for word in words}
    assert words[0].box[0] == 0.0


def test_centred_text_wider_than_the_sheet_stays_on_it() -> None:
    row = Row((Cell((Span("A" * 40),), x=0.5, align="center"),))
    printed = print_rows([row], SHEET)
    assert printed.words[0].box[0] == pytest.approx(0.0)
    assert printed.width_px >= printed.words[0].box[2]


def test_glued_spans_are_one_word_of_the_field() -> None:
    field = Field("transaction_date")
    row = Row((Cell((Span("DATE:"), Span("25/12/2018 8:13", field, is_glued=True))),))
    words = print_rows([row], SHEET).words
    assert [(word.text, word.field) for word in words] == [
        ("DATE:25/12/2018", field),
        ("8:13", field),
    ]
