"""How a document writes its amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.draft import Field, Span

SignPlace = Literal["none", "before", "glued", "after", "glued_after"]


@dataclass(frozen=True, slots=True)
class MoneyStyle:
    """A way of writing money; amounts are whole numbers of the smallest unit in use.

    Attributes:
        exponent: decimal places that the whole number stands for.
        decimals: decimal places that are printed.
        thousands: separator of groups of three, "" for none.
        decimal: separator of the decimals.
        sign: of the currency.
        place: where the sign stands, for amounts that carry it.
        is_sign_value: a sign that stands as a word of its own counts as part of the value.
        is_zero_dropped: ".50" rather than "0.50".
    """

    exponent: int
    decimals: int
    thousands: str
    decimal: str
    sign: str
    place: SignPlace
    is_sign_value: bool
    is_zero_dropped: bool = False

    def number(self, amount: int, *, decimals: int | None = None) -> str:
        """The bare number, with a minus before negative ones."""
        places = self.decimals if decimals is None else decimals
        value = abs(amount) * 10 ** max(0, places - self.exponent)
        whole, rest = divmod(value, 10 ** max(places, self.exponent))
        text = f"{whole:,}".replace(",", self.thousands)
        if places:
            text += self.decimal + f"{rest:0{max(places, self.exponent)}d}"[:places]
        if self.is_zero_dropped and whole == 0 and places:
            text = text[1:]
        return f"-{text}" if amount < 0 else text

    def spans(
        self, amount: int, field: Field | None, *, signed: bool, before: str = "", after: str = ""
    ) -> tuple[Span, ...]:
        """The amount with its currency sign in the style's place.

        Args:
            amount: in smallest units.
            field: that the amount is the value of.
            signed: whether this amount carries the sign at all.
            before: characters glued to its front.
            after: characters glued to its end.
        """
        number = f"{before}{self.number(amount)}{after}"
        if not signed or self.place == "none":
            return (Span(number, field),)
        sign_field = field if self.is_sign_value else None
        if self.place == "glued":
            minus, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
            return (Span(f"{minus}{self.sign}{digits}", field),)
        if self.place == "glued_after":
            return (Span(f"{number}{self.sign}", field),)
        if self.place == "before":
            return (Span(self.sign, sign_field), Span(number, field))
        return (Span(number, field), Span(self.sign, sign_field))
