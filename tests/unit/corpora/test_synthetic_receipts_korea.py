"""Made-up Korean receipts: wording, numbers, dates, and Hangul in print, fonts and misreadings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from stdnum.kr import brn

from corpora.document import LabelledDocument
from corpora.synthesis import fonts
from corpora.synthesis.basket import Purchase, settle
from corpora.synthesis.countries import load_countries
from corpora.synthesis.dice import Dice
from corpora.synthesis.reading_noise import misread
from corpora.synthesis.receipts.generator import design, generate
from corpora.synthesis.receipts.particulars import format_moment
from corpora.synthesis.typefaces import Typeface, columns_of, has_hangul
from ocr.errors import SetupError

N_SEEDS = 150
KOREAN = [seed for seed in range(N_SEEDS) if design(seed).style.country.currency == "KRW"]


def _texts(document: LabelledDocument, path: str) -> list[str]:
    return [
        " ".join(document.words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == f"receipt.{path}"
    ]


def test_one_receipt_in_five_is_korean_and_covers_the_fields() -> None:
    assert 0.13 < len(KOREAN) / N_SEEDS < 0.28
    documents = [generate(seed) for seed in KOREAN]
    seen = {entity.label.removeprefix("receipt.") for d in documents for entity in d.entities}
    assert seen >= {
        "merchant_name", "merchant_address", "merchant_phone", "merchant_registration_number",
        "transaction_date", "transaction_time", "items.description", "items.product_code",
        "items.quantity", "items.unit_price", "items.total_price", "subtotal", "total_tax",
        "total", "change", "payments.method", "payments.amount", "discount",
        "tax_details.net_amount",
    }  # fmt: skip
    hangul = sum(has_hangul(word.text) for d in documents for word in d.words)
    assert hangul > 0.25 * sum(len(d.words) for d in documents)


def test_registration_numbers_have_right_check_digits() -> None:
    numbers = [text for s in KOREAN for text in _texts(generate(s), "merchant_registration_number")]
    assert len(numbers) > 0.6 * len(KOREAN)
    assert all(brn.is_valid(text.replace("]", ":").split(":")[-1]) for text in numbers)


def test_signs_stand_where_koreans_put_them() -> None:
    country = load_countries()["korea"]
    for seed in range(200):
        money = country.money(Dice(f"money:{seed}"))
        text = " ".join(span.text for span in money.spans(11000, None, signed=True))
        if money.sign == "원":
            assert not text.startswith("원")
        else:
            assert not text.endswith(money.sign)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%Y년 #m월 #d일 (#w)", "2025년 3월 4일 (화)"),
        ("%y.%m.%d", "25.03.04"),
        ("#p #I:%M", "오후 2:03"),
        ("%H시 %M분", "14시 03분"),
    ],
)
def test_dates_and_times_as_koreans_write_them(form: str, text: str) -> None:
    assert format_moment(datetime(2025, 3, 4, 14, 3, 21), form) == text  # noqa: DTZ001 - local


def test_goods_with_and_without_tax_are_summed_apart() -> None:
    taxed = Purchase("라면", "", Decimal(1), "", 1100, 0, Decimal(10))
    exempt = Purchase("양파", "", Decimal(1), "", 2000, 0, Decimal(0))
    bill = settle(
        (taxed, exempt), discount=0, service_rate=Decimal(0), is_tax_included=True, round_to=0
    )
    assert [(share.net, share.tax) for share in bill.shares] == [(1000, 100), (2000, 0)]


def test_hangul_is_about_an_em_wide_and_condensed_with_the_rest() -> None:
    for family in ("mono", "sans", "serif"):
        assert 0.9 <= Typeface(family).width("합") <= 1.0
        assert Typeface(family, 0.8).width("합") == pytest.approx(
            0.8 * Typeface(family).width("합")
        )
    assert columns_of("합계 A") == 6
    assert has_hangul("합")
    assert has_hangul("(㈜")
    assert not has_hangul("Total é 東")


def test_a_picture_with_hangul_needs_a_font_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "HANGUL_FILES", dict.fromkeys(fonts.HANGUL_FILES, ()))
    fonts._hangul_font.cache_clear()
    try:
        font = fonts.load_font("sans", 20)
        assert font.getlength("Total") > 0
        with pytest.raises(SetupError, match="fonts-nanum"):
            font.getlength("합계")
        with pytest.raises(SetupError, match="fonts-nanum"):
            font.getmask2("합계", "L")
    finally:
        fonts._hangul_font.cache_clear()


def test_hangul_is_misread_and_loses_spaces() -> None:
    exact = [generate(seed) for seed in KOREAN]
    read = [misread(d, Dice(d.id), strength=1.0) for d in exact]
    known = {word.text for d in exact for word in d.words}
    new = {word.text for d in read for word in d.words if has_hangul(word.text)} - known
    joined = {a.text + b.text for d in exact for a, b in pairwise(d.words)}
    assert len(new & joined) > 20
    assert any(
        len(text) == len(other) and text != other for text in new - joined for other in known
    )
    assert sum(len(d.words) for d in read) < sum(len(d.words) for d in exact)


def test_the_owner_may_stand_beside_the_phone() -> None:
    keys = ("대표", "성명", "대 표")
    beside = 0
    for seed in range(400):
        document = generate(seed)
        for entity in document.entities:
            if entity.label == "receipt.merchant_phone":
                phone = document.words[entity.word_ids[0]].quad
                level = [
                    w
                    for w in document.words
                    if abs(w.quad.center[1] - phone.center[1]) < phone.height / 2
                ]
                beside += any(w.text.strip("[").startswith(keys) for w in level)
    assert beside >= 3
