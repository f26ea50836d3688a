"""What a whole document says about its values: conventions, currency, country, order of dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from layout.schema import ValueType
from layout.values.currencies import infer_currency
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
        currency: ISO 4217, if the document's signs agree on one.
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
    currency = infer_currency(page_text)
    region = infer_region(page_text)
    return ValueContext(
        numbers=infer_convention(
            [text for text, value_type in texts if value_type == "amount"],
            page_text.split(),
            currency=currency,
        ),
        currency=currency,
        region=region,
        dates=infer_date_evidence(
            [*(text for text, value_type in texts if value_type == "date"), *page_lines], region
        ),
        is_swift=_SWIFT.search(page_text) is not None,
    )
