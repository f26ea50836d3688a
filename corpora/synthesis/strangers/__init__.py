"""Documents made up of no known type, so that the type's recognition learns to say unknown.

Letters, articles, tickets, menus, timetables, labels, code and the like, pages with a few words,
and what is read from photographs that show no document. None of their words belongs to a field.
"""

from __future__ import annotations

from corpora.synthesis.strangers.generator import generate

__all__ = ["generate"]
