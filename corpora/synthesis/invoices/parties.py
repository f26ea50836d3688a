"""Who charges whom: names, addresses, numbers, and what else stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.draft import Field, Span
from corpora.synthesis.invoices.blocks import Block, Piece, block_of, line
from corpora.synthesis.invoices.style import Clerk

PartyKey = Literal["above", "inline", "column", "none"]
PARTY_KEYS: dict[PartyKey, float] = {"above": 52, "inline": 22, "column": 12, "none": 14}

VENDOR_KEYED = 0.14
"""How often a key word tells the sender, as one tells the customer."""


@dataclass(frozen=True, slots=True)
class Party:
    """A company or a person.

    Attributes:
        name: as printed.
        address: line by line, without the name.
        tax_id: as printed.
    """

    name: str
    address: tuple[str, ...]
    tax_id: str


def random_party(clerk: Clerk, *, is_vendor: bool) -> Party:
    """A sender or a customer."""
    dice = clerk.dice
    is_person = not is_vendor and dice.chance(0.1)
    text = clerk.say("address")
    lines = [text.replace("|", ", ")] if dice.chance(0.08) else text.split("|")
    return Party(
        clerk.say("person_name") if is_person else clerk.say("company"),
        tuple(lines),
        clerk.say("tax_id"),
    )


class PartyWriter:
    """Writes the blocks of sender and customer.

    Args:
        clerk: the invoice's words.
        vendor: who charges.
        customer: who pays.
    """

    def __init__(self, clerk: Clerk, vendor: Party, customer: Party) -> None:
        self._clerk = clerk
        self._dice = clerk.dice
        self._vendor = vendor
        self._customer = customer
        self._key_place = clerk.dice.weighted(PARTY_KEYS)
        self._is_tax_id_printed = clerk.style.is_taxed and clerk.dice.chance(0.75)

    @property
    def key_place(self) -> PartyKey:
        """Where the addressees' key words stand."""
        return self._key_place

    def vendor_block(self) -> Block:
        """The sender's name, address and numbers; some letterheads are one line."""
        dice, clerk, vendor = self._dice, self._clerk, self._vendor
        name = Span(vendor.name, Field("vendor_name"))
        field = Field("vendor_address")
        address = [Span(text, field) for text in vendor.address] if dice.chance(0.93) else []
        contact = self._contact_lines()
        if dice.chance(0.12):
            lines = [line(name), line(*address)]
            if dice.chance(0.4):
                lines = [line(name, dice.pick(("·", "-", "|", "*")), *address)]
        else:
            lines = [line(name), *(line(span) for span in address)]
        if dice.chance(0.12):
            lines.insert(1, line(clerk.say("slogan")))
        lines += contact
        if self._is_tax_id_printed:
            key = clerk.key("key_tax_id")
            lines.append(line(key, Span(vendor.tax_id, Field("vendor_tax_id"))))
        if dice.chance(VENDOR_KEYED):
            return block_of("vendor", self._keyed(clerk.key("vendor_key"), lines))
        return block_of("vendor", lines, scale=dice.pick((1.0, 1.0, 1.3, 1.6, 2.0)))

    def customer_block(self) -> Block:
        """Whom the invoice is for; with a key word of billing the address is a billing address."""
        dice = self._dice
        is_billing = dice.chance(0.5) and self._key_place != "none"
        path = "billing_address" if is_billing else "customer_address"
        key = self._clerk.key("bill_to" if is_billing else "customer")
        lines = self._address_lines(self._customer, Field(path))
        if self._is_tax_id_printed and dice.chance(0.3):
            tax_key = self._clerk.key("key_tax_id")
            lines.append(line(tax_key, Span(self._customer.tax_id, Field("customer_tax_id"))))
        return block_of("billing" if is_billing else "customer", self._keyed(key, lines))

    def shipping_block(self) -> Block:
        """Where the goods went: to the customer or elsewhere."""
        dice = self._dice
        party = self._customer
        if dice.chance(0.6):
            other = random_party(self._clerk, is_vendor=True)
            party = Party(
                self._customer.name if dice.chance(0.6) else other.name, other.address, ""
            )
        lines = self._address_lines(party, Field("shipping_address"))
        key = self._clerk.key("ship_to")
        place = "above" if self._key_place == "none" else self._key_place
        return block_of("shipping", self._keyed(key, lines, place))

    def remittance_block(self) -> Block:
        """Where the money is to be sent."""
        dice, clerk = self._dice, self._clerk
        field = Field("remittance_address")
        if dice.chance(0.3):
            address: tuple[str, ...] = self._vendor.address
        else:
            address = tuple(clerk.say("lockbox").split("|"))
        lines = [line(Span(self._vendor.name, Field("vendor_name")))]
        if dice.chance(0.15):
            lines = [line(clerk.say("bank_name"))]
        lines += [line(Span(text, field)) for text in address]
        return block_of("remittance", self._keyed(clerk.key("remit_to"), lines, "above"))

    def _address_lines(self, party: Party, field: Field) -> list[tuple[Piece, ...]]:
        dice, clerk = self._dice, self._clerk
        is_customer = party.name == self._customer.name
        name = Span(party.name, Field("customer_name") if is_customer else None)
        lines = [line(name)]
        if dice.chance(0.16):
            lines.insert(dice.pick((0, 1, 1)), line(clerk.say("attention")))
        lines += [line(Span(text, field)) for text in party.address]
        if dice.chance(0.1):
            lines.append(line(clerk.key("key_phone"), clerk.say("phone")))
        return lines

    def _keyed(
        self, key: str, lines: list[tuple[Piece, ...]], place: PartyKey | None = None
    ) -> list[tuple[Piece, ...]]:
        """The lines with their key word above, before the first line, or left of all of them."""
        place = place or self._key_place
        if place == "none" or not key:
            return lines
        if place == "above":
            return [line(key), *lines]
        if place == "inline":
            first, *rest = lines
            return [line(key, *first[0].spans), *rest]
        x = 0.3
        moved = [(Piece(tuple(s for p in pieces for s in p.spans), x),) for pieces in lines]
        return [(Piece((Span(key),)), *moved[0]), *moved[1:]]

    def _contact_lines(self) -> list[tuple[Piece, ...]]:
        dice, clerk = self._dice, self._clerk
        parts: list[str] = []
        if dice.chance(0.55):
            parts.append(f"{clerk.key('key_phone')} {clerk.say('phone')}")
        if dice.chance(0.25):
            parts.append(f"{clerk.key('key_fax')} {clerk.say('phone')}")
        if not clerk.style.origin.is_vintage and dice.chance(0.4):
            parts.append(clerk.say("email"))
        if not clerk.style.origin.is_vintage and dice.chance(0.2):
            parts.append(clerk.say("site"))
        if dice.chance(0.35):
            return [line("  ".join(parts))]
        return [line(part) for part in parts]
