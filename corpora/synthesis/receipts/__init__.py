"""Receipts made up with known truth.

A receipt is a grammar of blocks (head, particulars, items, totals, taxes, footer), each with its
own choices of wording, order and columns; amounts add up unless a receipt is spoilt on purpose.
"""

from __future__ import annotations

from corpora.synthesis.receipts.generator import generate

__all__ = ["generate"]
