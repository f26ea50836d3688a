"""What an invoice says, before it is arranged."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.synthesis.invoices.account import Account
from corpora.synthesis.invoices.particulars import Facts
from corpora.synthesis.invoices.parties import Party
from corpora.synthesis.invoices.style import Clerk


@dataclass(frozen=True)
class Contents:
    """Everything that the blocks of one invoice are written from."""

    clerk: Clerk
    facts: Facts
    account: Account
    vendor: Party
    customer: Party
