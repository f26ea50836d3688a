"""Invoices made up with known truth.

An invoice is put together from blocks (sender, addressee, particulars, items, totals, payment),
each with wording, order, columns and places of its own; amounts add up unless an invoice is spoilt
on purpose.
"""

from __future__ import annotations

from corpora.synthesis.invoices.generator import generate

__all__ = ["generate"]
