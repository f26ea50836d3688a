"""What a whole document says about its values: conventions, currency, country, order of dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from layout.schema import ValueType
from layout.values.currencies import find_sign, infer_currency
from layout.values.currency_names import parse_currency
from layout.values.dates import DateEvidence, infer_date_evidence
from layout.values.numbers import NumberConvention, infer_convention
from layout.values.regions import infer_region

_SWIFT = re.compile(
    r"\bMT\s?7\d\d\b|(?<![A-Z0-9])[:F ]?(?:31C|31D|32B|40A|45A|46A|47A)(?![A-Z0-9])"
)
"""Tags of documentary credits that no other document prints."""


@dataclass(frozen=True, slots=True)
class ValueContext:
    """The evidence by which single values are read. The default is: no evidence at all.

    The machine's locale and clock are no part of it.

    Attributes:
        numbers: what "." and "," mean.
        currency: ISO 4217, if the document's currency field or its signs agree on one.
        region: ISO 3166-1 code of the document's country, if evident.
        dates: in which order day and month stand.
        is_swift: it is a SWIFT message, which writes days as YYMMDD.
    """

    numbers: NumberConvention = field(default_factory=NumberConvention)
    currency: str | None = None
    region: str | None = None
    dates: DateEvidence = field(default_factory=DateEvidence)
    is_swift: bool = False


def read_context(
    values: Iterable[tuple[str, ValueType]], lines: Sequence[str] = ()
) -> ValueContext:
    """Gather a document's evidence.

    Args:
        values: the texts that will be normalised, with their types.
        lines: all of the document's text, line by line.
    """
    texts = [(unicodedata.normalize("NFKC", text), value_type) for text, value_type in values]
    page_lines = [unicodedata.normalize("NFKC", line) for line in lines]
    page_text = "\n".join(page_lines) or "\n".join(text for text, _ in texts)
    amounts = [text for text, value_type in texts if value_type == "amount"]
    currency = _read_currency(texts, page_text)
    region = infer_region(page_text, currency)
    if currency is None and region == "KR" and _is_in_won(page_text, amounts):
        currency = "KRW"
    return ValueContext(
        numbers=infer_convention(amounts, page_text.split(), currency=currency),
        currency=currency,
        region=region,
        dates=infer_date_evidence(
            [*(text for text, value_type in texts if value_type == "date"), *page_lines], region
        ),
        is_swift=_SWIFT.search(page_text) is not None,
    )


def _read_currency(texts: Sequence[tuple[str, ValueType]], page_text: str) -> str | None:
    """What the document's currency field says, else what its signs do."""
    named = {parse_currency(text, None, None) for text, kind in texts if kind == "currency"}
    return named.pop() if len(named) == 1 and None not in named else infer_currency(page_text)


def _is_in_won(page_text: str, amounts: Sequence[str]) -> bool:
    """Whether a Korean document without a sign for won is in won all the same.

    It is where it is written in Hangul, names no other currency, and has no decimals.
    """
    return (
        re.search(r"[가-힣]{2}", page_text) is not None
        and re.search(r"[$¥€£元]|달러|유로|엔화|위안", page_text) is None
        and not any(find_sign(amount) for amount in amounts)
        and not any(re.search(r"\d[.,]\d{1,2}(?!\d)", amount) for amount in amounts)
    )
