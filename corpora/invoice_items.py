"""Finds the line items of an invoice, known by their texts, among the words of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from rapidfuzz import fuzz

from corpora.invoice_numbers import NumberRun, cents_of, digits_of, has_currency, number_runs
from corpora.invoice_text import Layout, Place, find_places

ITEM_FIELDS: Final = {
    "ItemDescription": "description",
    "ItemUnitCount": "quantity",
    "ItemUnitValue": "unit_price",
    "ItemTotal": "amount",
}
"""The annotations' names of an item's fields, and the schema's."""
NUMBER_KEYS: Final = {
    "ItemTotal": "amount",
    "ItemUnitValue": "unit_price",
    "ItemUnitCount": "quantity",
}
"""The annotations' numbers in the order in which they are looked for, and their fields."""
REACH: Final = 1.3
"""In text heights: how far above or below its description an item's numbers may stand."""
MIN_DESCRIPTION: Final = 0.6
"""Share of a description that must be found where no total confirms its place."""
MIN_CONFIRMED: Final = 0.3
"""... and where the total stands beside it."""
TOTAL_BONUS: Final = 0.5
"""What a total beside it adds to a place, in shares of the description."""
MIN_NUMBER_ALIKE: Final = 80.0
"""... and one that may stand anywhere."""
DISORDER_COST: Final = 0.35
MIN_DIGITS_ALIKE: Final = 60.0
"""Percent: a number in an item's row that resembles the known one counts as its misreading."""


@dataclass
class FoundItem:
    """One item's words by field (`description`, `amount`, …); a field not found is missing."""

    fields: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Option:
    """A place that an item may have."""

    description: Place | None
    total: NumberRun | None
    top: float
    score: float


def find_items(items: Sequence[Mapping[str, str]], page: Layout) -> list[FoundItem]:
    """The words of each item's fields.

    Places are chosen for all items together, so that they run down the page and descriptions and
    totals confirm each other; numbers are then taken from the rows of the description.

    Args:
        items: as annotated.
        page: with its words.
    """
    runs = number_runs(page.words, page.lines)
    options = [_options(item, page, runs) for item in items]
    used: set[int] = set()
    found = [FoundItem() for _ in items]
    for index, option in _in_order(options):
        if option.description is not None and not used.intersection(option.description.word_ids):
            found[index].fields["description"] = option.description.word_ids
            used.update(option.description.word_ids)
        if option.total is not None and not used.intersection(option.total.word_ids):
            found[index].fields["amount"] = option.total.word_ids
            used.update(option.total.word_ids)
    _find_descriptions_again(items, found, page, used)
    for key, name in NUMBER_KEYS.items():
        for item, known in zip(found, items, strict=True):
            if name not in item.fields and known.get(key, "").strip():
                run = _beside(known[key], item, page, [r for r in runs if not used & {*r.word_ids}])
                if run is not None:
                    item.fields[name] = run.word_ids
                    used.update(run.word_ids)
    return found


def _find_descriptions_again(
    items: Sequence[Mapping[str, str]], found: Sequence[FoundItem], page: Layout, used: set[int]
) -> None:
    """Look for the descriptions that lost their words to others, among the words that are left."""
    for known, item in zip(items, found, strict=True):
        if "description" in item.fields:
            continue
        amount = item.fields.get("amount")
        for place in find_places(known.get("ItemDescription", ""), page, taken=used):
            if used.intersection(place.word_ids):
                continue
            top, bottom = _extent(place.word_ids, page)
            if amount is None:
                is_sure = place.share >= MIN_DESCRIPTION
            else:
                middle, _ = _extent(amount, page)
                distance = max(top - middle, middle - bottom, 0.0) / page.height
                is_sure = place.share >= MIN_CONFIRMED and distance <= REACH
            if is_sure:
                item.fields["description"] = place.word_ids
                used.update(place.word_ids)
                break


def find_number(text: str, page: Layout) -> list[tuple[int, ...]]:
    """All places where a number stands, marks and misread letters aside; else the most alike.

    Args:
        text: the number as annotated.
        page: with its words.
    """
    runs = number_runs(page.words, page.lines)
    equal = _equal_runs(text, runs)
    if equal:
        return [run.word_ids for run in equal]
    wanted = digits_of(text)
    ranked = sorted(runs, key=lambda run: -fuzz.ratio(wanted, run.digits))
    is_alike = ranked and fuzz.ratio(wanted, ranked[0].digits) >= MIN_NUMBER_ALIKE
    return [ranked[0].word_ids] if is_alike and len(wanted) > 3 else []


def _options(item: Mapping[str, str], page: Layout, runs: Sequence[NumberRun]) -> list[_Option]:
    """Every place that an item may have, with and without its total."""
    totals = _equal_runs(item.get("ItemTotal", ""), runs)
    options = []
    for place in find_places(item.get("ItemDescription", ""), page):
        top, bottom = _extent(place.word_ids, page)
        if place.share >= MIN_DESCRIPTION:
            options.append(_Option(place, None, top, place.share))
        if place.share < MIN_CONFIRMED:
            continue
        for run in totals:
            distance = _rows_off(run, top, bottom, page)
            if distance <= REACH and not {*run.word_ids} & {*place.word_ids}:
                score = place.share + TOTAL_BONUS - 0.1 * distance
                options.append(_Option(place, run, top, score))
    n_digits = len(digits_of(item.get("ItemTotal", "")))
    if n_digits >= 3:
        for run in totals:
            top, _ = _extent(run.word_ids, page)
            options.append(_Option(None, run, top, 0.3))
    return options


def _in_order(options: Sequence[Sequence[_Option]]) -> Iterable[tuple[int, _Option]]:
    """The best option of each item, where going back up the page has a cost; none is allowed."""
    flat = [(i, option) for i, choices in enumerate(options) for option in choices]
    if not flat:
        return []
    owner = np.array([i for i, _ in flat])
    tops = np.array([option.top for _, option in flat])
    best = np.array([option.score for _, option in flat])
    own = best.copy()
    before = np.full(len(flat), -1)
    words = [_words_of(option) for _, option in flat]
    for n in range(len(flat)):
        earlier = np.flatnonzero(owner < owner[n])
        if not len(earlier):
            continue
        gains = best[earlier] - np.where(tops[earlier] > tops[n] + 1.0, DISORDER_COST, 0.0)
        gains -= np.array([2.0 if words[m] & words[n] else 0.0 for m in earlier])
        choice = int(np.argmax(gains))
        if gains[choice] > 0:
            best[n] = own[n] + gains[choice]
            before[n] = earlier[choice]
    n = int(np.argmax(best))
    chosen = []
    while n >= 0:
        chosen.append(flat[n])
        n = int(before[n])
    return chosen[::-1]


def _words_of(option: _Option) -> frozenset[int]:
    ids = option.description.word_ids if option.description else ()
    return frozenset(ids) | frozenset(option.total.word_ids if option.total else ())


def _equal_runs(text: str, runs: Sequence[NumberRun]) -> list[NumberRun]:
    """Runs that hold a number, the shortest at each place, with its currency if annotated."""
    wanted, cents = digits_of(text), cents_of(text)
    if not wanted:
        return []
    equal = [r for r in runs if r.digits == wanted or (r.cents == cents and cents)]
    shortest = [r for r in equal if not any({*other.word_ids} < {*r.word_ids} for other in equal)]
    if not has_currency(text):
        return shortest
    return [_with_currency(run, equal) for run in shortest]


def _with_currency(run: NumberRun, runs: Sequence[NumberRun]) -> NumberRun:
    """The run that holds a number and the currency before it, if there is one."""
    longer = [r for r in runs if r.has_currency and {*r.word_ids} >= {*run.word_ids}]
    return min(longer, key=lambda r: len(r.word_ids), default=run)


def _beside(
    text: str, item: FoundItem, page: Layout, runs: Sequence[NumberRun]
) -> NumberRun | None:
    """The run in an item's rows that holds a number, or resembles it most."""
    anchor = item.fields.get("description") or item.fields.get("amount")
    if anchor is None:
        return None
    top, bottom = _extent(anchor, page)
    wanted = digits_of(text)
    ranked = []
    for run in runs:
        distance = _rows_off(run, top, bottom, page)
        if distance > REACH:
            continue
        alike = fuzz.ratio(wanted, run.digits)
        if run.digits == wanted or (run.cents == cents_of(text) and run.cents):
            alike = 120.0 - len(run.word_ids)
        elif len(wanted) < 3:
            continue
        if alike >= MIN_DIGITS_ALIKE:
            ranked.append((alike - 10.0 * distance, run))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _extent(word_ids: Sequence[int], page: Layout) -> tuple[float, float]:
    """Middles of the first and the last row of some words."""
    boxes = page.boxes[list(word_ids)]
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    return float(middles.min()), float(middles.max())


def _rows_off(run: NumberRun, top: float, bottom: float, page: Layout) -> float:
    """How far a run stands above or below some rows, in text heights; 0 within."""
    middle, _ = _extent(run.word_ids, page)
    return max(top - middle, middle - bottom, 0.0) / page.height
