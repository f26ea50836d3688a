"""Document number, date, time, cashier, table: the small print between head and items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from corpora.synthesis.draft import Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.receipts.style import Scribe

FIRST_DAY = datetime(2010, 1, 1)  # noqa: DTZ001 - receipts print local time without a zone
N_DAYS = 6000

TIME_FORMS = {
    "%H:%M:%S": 30.0, "%H:%M": 28.0, "%I:%M:%S %p": 14.0, "%I:%M %p": 12.0, "%I:%M%p": 8.0,
    "%H.%M": 2.0, "%H:%M:%S %p": 3.0, "#I:%M %p": 6.0,
}  # fmt: skip
NOISE_RULES = {
    "document_number": "document_value",
    "clerk": "clerk_value",
    "place": "place_value",
    "member": "member_value",
    "reference": "reference_value",
}
NOISE_CHANCES = {
    "document_number": 0.8, "clerk": 0.55, "place": 0.35, "member": 0.1, "reference": 0.08,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A key word and its value's words."""

    key: str
    value: tuple[Span, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Key word and value."""
        return (Span(self.key), *self.value) if self.key else self.value


STRFTIME = re.compile(r"%[A-Za-z]")
KOREAN_DAYS = "월화수목금토일"


def format_moment(moment: datetime, form: str) -> str:
    """A date or time by strftime.

    `#d`, `#m`, `#I` drop the leading zero; `#w` is the day of the week and `#p` the half of the
    day in Korean.
    """
    slots = {
        "#d": str(moment.day),
        "#m": str(moment.month),
        "#I": str(moment.hour % 12 or 12),
        "#w": KOREAN_DAYS[moment.weekday()],
        "#p": "오전" if moment.hour < 12 else "오후",
    }
    if "#" in form:
        for slot, text in slots.items():
            form = form.replace(slot, text)
    return STRFTIME.sub(lambda found: moment.strftime(found.group()), form)


class ParticularsWriter:
    """Writes the particulars of one receipt.

    Args:
        scribe: the receipt's words.
    """

    def __init__(self, scribe: Scribe) -> None:
        dice = scribe.dice
        self._scribe = scribe
        self._dice = dice
        minutes = dice.between(0, N_DAYS) * 1440 + dice.between(7 * 60, 23 * 60)
        self._moment = FIRST_DAY + timedelta(minutes=minutes, seconds=dice.between(0, 59))
        self._date_form = dice.pick(scribe.style.country.dates)
        self._time_form = dice.weighted(scribe.style.country.times or TIME_FORMS)
        self._has_key = dice.chance(0.8)
        self._is_time_first = dice.chance(0.08)
        self._joint = dice.pick(("", "", "", "", "-", "|", "/"))

    @property
    def date_text(self) -> str:
        """The date as printed."""
        return format_moment(self._moment, self._date_form)

    @property
    def time_text(self) -> str:
        """The time as printed."""
        return format_moment(self._moment, self._time_form)

    def rows(self) -> list[Row]:
        """Rows of all particulars, or nothing but noise where date and time stand elsewhere."""
        entries = [*self._noise_entries(), *self.moment_entries()]
        entries = self._dice.shuffled(entries)
        form = self._dice.pick(
            ("stack", "stack", "stack", "pairs", "pairs", "table", "run", "strip")
        )
        if form == "stack":
            return [Row((Cell(entry.spans),)) for entry in entries]
        if form == "table":
            x = self._dice.real(0.2, 0.36)
            return [_table_row(entry, x) for entry in entries]
        if form == "pairs":
            return self._pairs(entries)
        if form == "strip":
            return _strips([entry for entry in entries if entry.value])
        halves = [entries[i : i + 2] for i in range(0, len(entries), 2)]
        return [Row((Cell(tuple(s for e in half for s in e.spans)),)) for half in halves]

    def moment_entries(self) -> list[Entry]:
        """Date and time, together or apart; either may be missing."""
        dice = self._dice
        date = Span(self.date_text, Field("transaction_date"))
        time = Span(self.time_text, Field("transaction_time"))
        has_time = dice.chance(0.78)
        if not has_time:
            return [Entry(self._key("date"), (date,))]
        if dice.chance(0.6):
            spans = [date, time]
            if self._joint and dice.chance(0.3):
                spans.insert(1, Span(self._joint))
            if self._is_time_first:
                spans.reverse()
            return [self._glued(Entry(self._key("date_time"), tuple(spans)))]
        return [Entry(self._key("date"), (date,)), Entry(self._key("time"), (time,))]

    def repeated(self) -> Row:
        """The same date, often with the time, once more."""
        spans = [Span(self.date_text, Field("transaction_date"))]
        if self._dice.chance(0.7):
            spans.append(Span(self.time_text, Field("transaction_time")))
        key = self._scribe.key("date_time") if self._dice.chance(0.5) else ""
        noise = self._scribe.say("barcode") if self._dice.chance(0.3) else ""
        return Row((text_cell(key, *spans, noise),))

    def _key(self, rule: str) -> str:
        return self._scribe.key(rule) if self._has_key else ""

    def _glued(self, entry: Entry) -> Entry:
        if entry.key.endswith(":") and self._dice.chance(0.06):
            first, *rest = entry.value
            return Entry(entry.key, (Span(first.text, first.field, is_glued=True), *rest))
        return entry

    def _noise_entries(self) -> list[Entry]:
        scribe, entries = self._scribe, []
        for rule, value_rule in NOISE_RULES.items():
            if self._dice.chance(NOISE_CHANCES[rule]):
                value = scribe.say(value_rule)
                key = scribe.key(rule) if self._dice.chance(0.9) else ""
                entries.append(Entry(key, (Span(value),) if value else ()))
        return [entry for entry in entries if entry.spans]

    def _pairs(self, entries: list[Entry]) -> list[Row]:
        """Two entries a row: the second flush right, or from the middle on."""
        is_flush = self._dice.chance(0.5)
        x = 1.0 if is_flush else self._dice.real(0.5, 0.62)
        rows = []
        for i in range(0, len(entries), 2):
            cells = [Cell(entries[i].spans)]
            if i + 1 < len(entries):
                second = entries[i + 1].spans
                cells.append(Cell(second, x=x, align="right" if is_flush else "left"))
            rows.append(Row(tuple(cells)))
        return rows


def customer_rows(scribe: Scribe) -> list[Row]:
    """Name and address of a customer: they are no fields of a receipt."""
    lines = [scribe.dice.pick(("BILL TO :", "Sold To:", "Customer:", "Deliver To", "Attn:"))]
    lines.append(scribe.say(f"merchant_{scribe.style.branch}"))
    lines += scribe.say("address").split("|")
    return [text_row(line) for line in lines]


def _strips(entries: list[Entry]) -> list[Row]:
    """Values without key words, three a row: left, middle, right."""
    rows = []
    for i in range(0, len(entries), 3):
        cells = [Cell(entry.value) for entry in entries[i : i + 3]]
        if len(cells) == 3:
            cells[1] = Cell(cells[1].spans, x=0.5, align="center")
        if len(cells) > 1:
            cells[-1] = Cell(cells[-1].spans, x=1.0, align="right")
        rows.append(Row(tuple(cells)))
    return rows


def _table_row(entry: Entry, x: float) -> Row:
    if not entry.key or not entry.value:
        return Row((Cell(entry.spans),))
    key, colon = entry.key, ""
    if key.endswith(":"):
        key, colon = key[:-1].strip(), ":"
    return Row((text_cell(key), text_cell(colon, *entry.value, x=x)))
