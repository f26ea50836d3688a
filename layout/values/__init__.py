"""Values: a field's words to an amount, a date, a count, by the evidence in its own document."""

from layout.values.context import ValueContext, read_context
from layout.values.normalise import NormalisedValue, ValueIssue, normalise

__all__ = ["NormalisedValue", "ValueContext", "ValueIssue", "normalise", "read_context"]
