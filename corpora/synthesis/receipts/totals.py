"""The totals of a receipt, from the subtotal to the change, as lines of key word and amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from corpora.synthesis.basket import Bill, TaxShare
from corpora.synthesis.draft import Field, Span
from corpora.synthesis.receipts.style import Scribe

EXEMPT_RULE = "exempt_net"
"""Key words of what goods without tax come to, in countries that say so."""


@dataclass(frozen=True, slots=True)
class Line:
    """A key word with its value; `scale` of the type, 1 for the usual size.

    `value` may be empty: a line of text alone.
    """

    key: tuple[Span, ...]
    value: tuple[Span, ...]
    scale: float = 1.0


class TotalsWriter:
    """Writes the lines of one receipt's totals.

    Args:
        scribe: the receipt's words.
        bill: its amounts.
    """

    def __init__(self, scribe: Scribe, bill: Bill) -> None:
        self._scribe = scribe
        self._dice = scribe.dice
        self._bill = bill
        self._is_total_first = (
            scribe.style.country.currency != "EUR"
            and bill.subtotal != bill.total
            and self._dice.chance(0.08)
        )
        self._big = self._dice.pick((1.0, 1.0, 1.0, 1.2, 1.4, 1.8))

    def lines(self) -> list[Line]:
        """All lines in printing order."""
        lines = [*self._count_lines(0.15), *self._before_total(), *self._total_lines()]
        lines += [*self._included_tax_line(0.2), *self._payment_lines()]
        lines += [*self._included_tax_line(0.15), *self._count_lines(0.12)]
        return lines

    def _plain(self, rule: str, amount: int, path: str | None, *, scale: float = 1.0) -> Line:
        field = None if path is None else Field(path)
        value = self._scribe.amount(amount, field, is_total=True)
        return Line((Span(self._scribe.amount_key(rule)),), value, scale)

    def _rated(self, rule: str, rate: Decimal, amount: int, path: str) -> Line:
        """A line that may name a tax rate; the rate is a field only beside a tax detail."""
        field = Field(path)
        is_detail = path.startswith("tax_details")
        rate_field = Field("tax_details.rate", field) if is_detail else None
        key = self._scribe.key_spans(rule, rate, rate_field)
        return Line(key, self._scribe.amount(amount, field, is_total=True))

    def _count_lines(self, probability: float) -> list[Line]:
        lines = []
        count = sum(max(1, int(p.quantity)) for p in self._bill.purchases)
        for rule, number in (("quantity_total", count), ("item_count", len(self._bill.purchases))):
            if self._dice.chance(probability):
                lines.append(Line((Span(self._scribe.key(rule)),), (Span(str(number)),)))
        return lines

    def _before_total(self) -> list[Line]:
        bill, dice = self._bill, self._dice
        lines = []
        has_parts = bill.subtotal != bill.total
        country = self._scribe.style.country
        if bill.is_tax_included and not all(s.rate for s in bill.shares) and self._splits_exempt():
            return self._exempt_lines()
        has_untaxed = bill.tax > 0 and bill.is_tax_included and dice.chance(country.untaxed_first)
        if has_untaxed:
            lines.append(self._plain("subtotal_excluding", bill.untaxed, "subtotal"))
        elif dice.chance(0.9 if has_parts else 0.4):
            rule = "total_first" if self._is_total_first else "subtotal"
            lines.append(self._plain(rule, bill.subtotal, "subtotal"))
        parts = []
        if bill.discount or dice.chance(0.1):
            parts.append([self._discount_line()])
        if bill.service or (self._scribe.style.branch == "restaurant" and dice.chance(0.04)):
            parts.append([self._plain("service", bill.service, "service_charge")])
        if self._scribe.style.is_taxed and (has_untaxed or not bill.is_tax_included):
            parts.append(self._tax_lines())
        if dice.chance(0.1):
            parts = dice.shuffled(parts)
        return lines + [line for part in parts for line in part]

    def _splits_exempt(self) -> bool:
        """Whether goods that bear tax and goods that do not are summed apart."""
        has_words = EXEMPT_RULE in self._scribe.style.grammar
        return has_words and self._scribe.style.is_taxed and self._dice.chance(0.7)

    def _exempt_lines(self) -> list[Line]:
        """Net and tax of the taxed goods, and what the others come to."""
        bill, dice = self._bill, self._dice
        exempt = [
            self._plain(EXEMPT_RULE, share.net, None) for share in bill.shares if not share.rate
        ]
        taxed = []
        if not bill.tax:
            taxed.append(self._plain("subtotal_excluding", 0, None))
            taxed.append(self._rated("tax", Decimal(10), 0, "total_tax"))
        rated = [share for share in bill.shares if share.rate]
        path = "total_tax" if len(rated) == 1 else "tax_details.amount"
        for share in rated:
            line = self._rated("tax", share.rate, share.tax, path)
            net = None
            if len(rated) > 1:
                net = Field("tax_details.net_amount", line.value[0].field)
            key = (Span(self._scribe.amount_key("subtotal_excluding")),)
            taxed += [Line(key, self._scribe.amount(share.net, net, is_total=True)), line]
        if bill.discount:
            taxed.append(self._discount_line())
        return [*exempt, *taxed] if dice.chance(0.4) else [*taxed, *exempt]

    def _discount_line(self) -> Line:
        amount = self._bill.discount
        form = self._dice.pick(("minus", "plain", "plain", "brackets"))
        field = Field("discount")
        key = (Span(self._scribe.key("discount")),)
        if form == "brackets" and amount:
            return Line(key, (Span(f"({self._scribe.style.money.number(amount)})", field),))
        sign = -1 if form == "minus" else 1
        return Line(key, self._scribe.amount(sign * amount, field, is_total=True))

    def _tax_lines(self) -> list[Line]:
        shares = self._bill.shares
        if len(shares) == 1:
            return [self._rated("tax", shares[0].rate, shares[0].tax, "total_tax")]
        if self._dice.chance(0.3):
            return [self._rated("tax", shares[0].rate, self._bill.tax, "total_tax")]
        return [self._rated("tax", s.rate, s.tax, "tax_details.amount") for s in shares]

    def _included_tax_line(self, probability: float) -> list[Line]:
        bill, style = self._bill, self._scribe.style
        if not (style.is_taxed and bill.is_tax_included and self._dice.chance(probability)):
            return []
        shares: tuple[TaxShare, ...] = bill.shares
        if len(shares) == 1:
            return [self._rated("tax_included", shares[0].rate, bill.tax, "total_tax")]
        return [self._rated("tax_included", s.rate, s.tax, "tax_details.amount") for s in shares]

    def _total_lines(self) -> list[Line]:
        bill, dice = self._bill, self._dice
        lines = []
        is_inclusive = self._scribe.style.is_taxed and bill.shares[0].rate > 0
        first_rule = "total_including" if is_inclusive and dice.chance(0.4) else "total"
        rate = bill.shares[0].rate
        if bill.rounding or (self._scribe.style.country.rounding and dice.chance(0.35)):
            if dice.chance(0.6):
                path = "total" if bill.unrounded == bill.total else None
                lines.append(
                    self._total(first_rule, rate, bill.unrounded, path, self._pick_scale())
                )
            lines.append(self._plain("rounding", bill.rounding, None))
            first_rule = "total_rounded"
        if bill.tip:
            lines.append(self._plain("total", bill.total - bill.tip, None))
            lines.append(self._plain("tip", bill.tip, "tip"))
            first_rule = "total"
        if self._is_total_first:
            first_rule = "total_last"
        lines.append(self._total(first_rule, rate, bill.total, "total", self._big))
        if dice.chance(self._scribe.style.country.repeats_total):
            lines.append(self._total("total", rate, bill.total, "total", self._pick_scale()))
        return lines

    def _pick_scale(self) -> float:
        return self._big if self._dice.chance(0.3) else 1.0

    def _total(self, rule: str, rate: Decimal, amount: int, path: str | None, scale: float) -> Line:
        key = self._scribe.key_spans(rule, rate, None)
        field = None if path is None else Field(path)
        return Line(key, self._scribe.amount(amount, field, is_total=True), scale)

    def _payment_lines(self) -> list[Line]:
        bill, dice, payment = self._bill, self._dice, self._scribe.style.payment
        if payment == "none":
            return []
        header = (
            [Line((Span(self._scribe.key("payment_header")),), ())] if dice.chance(0.06) else []
        )
        if payment == "split":
            first = bill.total * dice.pick((25, 50, 60)) // 100
            return [
                *header,
                self._payment("cash", first),
                self._payment(dice.pick(("card", "wallet")), bill.total - first),
            ]
        paid = self._cash_lines() if payment == "cash" else [self._payment(payment, bill.total)]
        if dice.chance(0.9 if payment == "cash" else 0.3):
            paid.append(self._plain("change", bill.change, "change"))
        return header + paid

    def _cash_lines(self) -> list[Line]:
        bill = self._bill
        if self._dice.chance(self._scribe.style.country.tendered):
            key = (Span(self._scribe.key("tendered")),)
            amount = Field("payments.amount")
            return [Line(key, self._scribe.amount(bill.tendered, amount, is_total=True))]
        return [self._payment("cash_tendered", bill.tendered)]

    def _payment(self, rule: str, amount: int) -> Line:
        field = Field("payments.amount")
        key = self._method_spans(self._scribe.say(rule), Field("payments.method", field))
        separator = self._scribe.style.separator
        if separator:
            key.append(Span(separator.strip(), is_glued=not separator.startswith(" ")))
        if self._dice.chance(0.05):
            key.append(Span(f"XXXX{self._dice.digits(4)}"))
        return Line(tuple(key), self._scribe.amount(amount, field, is_total=True))

    def _method_spans(self, text: str, method: Field) -> list[Span]:
        """The words of a method; in "Cash received" only the first one names it."""
        known = {word.casefold() for word in self._scribe.style.grammar.alternatives("cash")}
        words = text.split()
        named = [word.casefold() in known for word in words]
        if not any(named):
            return [Span(text, method)]
        return [
            Span(word, method if is_named else None)
            for word, is_named in zip(words, named, strict=True)
        ]
