"""Letters of credit made up with known truth.

The terms of a credit (`terms`) are printed as a SWIFT message, as a bank's table with English or
Korean captions, or as a letter in prose.
"""

from __future__ import annotations

from corpora.synthesis.credits.generator import generate

__all__ = ["generate"]
