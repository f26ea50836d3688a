"""Values: a field's words to an amount, a date, a count, by the evidence in its own document."""

from layout.values.context import ValueContext, read_context
from layout.values.normalise import NormalisedValue, ValueIssue, normalise
from layout.values.own_text import own_text

__all__ = ["NormalisedValue", "ValueContext", "ValueIssue", "normalise", "own_text", "read_context"]
