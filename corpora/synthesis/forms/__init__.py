"""Forms made up with known headers, questions and answers.

A form is a series of blocks (titles, pairs in several arrangements, tables, check boxes, open
questions, signatures, boxes for the office) under one style; what is printed besides, such as form
numbers and notices, belongs to no field.
"""

from __future__ import annotations

from corpora.synthesis.forms.generator import generate

__all__ = ["generate"]
