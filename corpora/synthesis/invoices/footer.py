"""What stands below the totals: bank details, terms, remarks, small print."""

from __future__ import annotations

from collections.abc import Mapping

from corpora.synthesis.check_digits import iban
from corpora.synthesis.draft import Field, Span
from corpora.synthesis.invoices.account import Account
from corpora.synthesis.invoices.blocks import Block, Piece, block_of, line
from corpora.synthesis.invoices.particulars import Facts
from corpora.synthesis.invoices.parties import Party
from corpora.synthesis.invoices.style import Clerk


def sentence_spans(text: str, values: Mapping[str, Span]) -> tuple[Span, ...]:
    """The words of a sentence in which placeholders such as `<due>` stand for values.

    Args:
        text: words, placeholders being words of their own.
        values: by placeholder; a sentence with another one keeps it.
    """
    return tuple(values.get(word, Span(word)) for word in text.split())


class FooterWriter:
    """Writes what stands below the totals of one invoice.

    Args:
        clerk: the invoice's words.
        facts: its numbers and dates.
        account: its amounts.
        vendor: who charges.
    """

    def __init__(self, clerk: Clerk, facts: Facts, account: Account, vendor: Party) -> None:
        self._clerk = clerk
        self._dice = clerk.dice
        self._facts = facts
        self._account = account
        self._vendor = vendor

    def blocks(self) -> list[Block]:
        """Blocks in printing order."""
        dice, is_vintage = self._dice, self._clerk.style.origin.is_vintage
        blocks = []
        if dice.chance(0.08 if is_vintage else 0.55):
            blocks.append(self._bank_block())
        if dice.chance(0.4):
            blocks.append(self._terms_block())
        n_remarks = dice.pick((0, 0, 1, 1, 2, 3, 5) if is_vintage else (0, 0, 1, 1, 2))
        remarks = [line(self._clerk.say("remark")) for _ in range(n_remarks)]
        blocks += [block_of("remark", [remark]) for remark in remarks]
        if dice.chance(0.15):
            blocks.append(self._company_block())
        return dice.shuffled(blocks)

    def _terms_block(self) -> Block:
        count = self._dice.pick((1, 1, 2))
        texts = self._dice.sample(self._clerk.style.grammar.alternatives("sentence"), count)
        lines = [(Piece(sentence_spans(self._clerk.fill(text), self._values())),) for text in texts]
        return block_of("terms", lines)

    def _values(self) -> dict[str, Span]:
        """What may stand in a sentence: of each sentence an occurrence of its own."""
        clerk, facts = self._clerk, self._facts
        total = clerk.amount(self._account.total, Field("invoice_total"))
        return {
            "<due>": Span(clerk.date(facts.due), Field("due_date")),
            "<term>": Span(facts.term, Field("payment_term")),
            "<id>": Span(facts.number, Field("invoice_id")),
            "<total>": next(span for span in total if span.field is not None),
            "<vendor>": Span(self._vendor.name, Field("vendor_name")),
        }

    def _bank_block(self) -> Block:
        """Bank details: an IBAN heads them, else the account's number does."""
        clerk, dice = self._clerk, self._dice
        country = clerk.style.origin.iban
        lines = []
        if dice.chance(0.55):
            lines.append(line(clerk.say("bank_title")))
        if dice.chance(0.8):
            key = clerk.key("key_bank") if dice.chance(0.7) else ""
            lines.append(line(key, clerk.say("bank_name")))
        if dice.chance(0.3) and clerk.knows("key_holder"):
            lines.append(line(clerk.key("key_holder"), self._vendor.name))
        numbers: list[tuple[Piece, ...]] = []
        if country and dice.chance(0.88 if country != "GB" else 0.45):
            head = Field("payment_details.iban")
            text = iban(country, dice)
            if dice.chance(0.8):
                text = " ".join(text[i : i + 4] for i in range(0, len(text), 4))
            numbers.append(line(clerk.key("key_iban"), Span(text, head)))
            has_account = dice.chance(0.12)
        else:
            head = Field("payment_details.bank_account_number")
            text = clerk.say("account_number")
            numbers.append(line(clerk.key("key_account"), Span(text, head)))
            has_account = False
        if dice.chance(0.6 if country else 0.35):
            swift = Span(clerk.say("swift"), Field("payment_details.swift", head))
            numbers.append(line(clerk.key("key_swift"), swift))
        if has_account:
            field = Field("payment_details.bank_account_number", head)
            key = clerk.key("key_account")
            numbers.append(line(key, Span(clerk.say("account_number"), field)))
        if dice.chance(0.35) and clerk.knows("key_branch_code"):
            numbers.append(line(clerk.key("key_branch_code"), clerk.say("branch_code")))
        numbers = dice.shuffled(numbers) if dice.chance(0.4) else numbers
        if dice.chance(0.2):
            spans = [span for pieces in numbers for piece in pieces for span in piece.spans]
            numbers = [(Piece(tuple(spans)),)]
        return block_of("bank", [*lines, *numbers])

    def _company_block(self) -> Block:
        """Small print about the sender: numbers and addresses that are no fields here."""
        clerk, dice = self._clerk, self._dice
        rules = ["company_note", "email", "site", "company_note", "phone"]
        texts = [clerk.say(rule) for rule in dice.sample(rules, dice.between(1, 3))]
        return block_of("company", [line(text) for text in texts])
