"""A small text grammar: rules with alternatives that refer to other rules.

An alternative is plain text with slots in braces: `{rule}` expands a rule, `{4d}` is four digits,
`{2A}` two capital letters, `{1-99}` a whole number in that range; `{rule:title}`, `{rule:upper}`
change the case. A rule given twice as often is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from corpora.synthesis.dice import Dice
from ocr.errors import SetupError

SLOT = re.compile(r"\{([^{}]*)\}")
COUNTED = re.compile(r"(\d+)([dA])")
RANGE = re.compile(r"(\d+)-(\d+)")

Rules = Mapping[str, list[str]]

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"

_RULES: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[str, list[str]])


class Grammar:
    """Expands rules by rolling dice."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def __contains__(self, rule: str) -> bool:
        return rule in self._rules

    def alternatives(self, rule: str) -> list[str]:
        """The unexpanded alternatives of a rule.

        Raises:
            SetupError: there is no rule of that name.
        """
        alternatives = self._rules.get(rule)
        if not alternatives:
            raise SetupError(f"the vocabulary has no rule {rule!r}")
        return alternatives

    def expand(self, rule: str, dice: Dice) -> str:
        """A random text of a rule.

        Raises:
            SetupError: there is no rule of that name.
        """
        return self.fill(dice.pick(self.alternatives(rule)), dice)

    def fill(self, text: str, dice: Dice) -> str:
        """The text with all its slots expanded."""
        if "{" not in text:
            return text
        return SLOT.sub(lambda found: self._slot(found.group(1), dice), text)

    def _slot(self, slot: str, dice: Dice) -> str:
        if counted := COUNTED.fullmatch(slot):
            count = int(counted.group(1))
            return dice.digits(count) if counted.group(2) == "d" else dice.letters(count)
        if limits := RANGE.fullmatch(slot):
            return str(dice.between(int(limits.group(1)), int(limits.group(2))))
        rule, _, case = slot.partition(":")
        text = self.expand(rule, dice)
        if case == "title":
            return text[:1].upper() + text[1:]
        return text.upper() if case == "upper" else text


def read_rules(name: str) -> dict[str, list[str]]:
    """The rules of a vocabulary file; a file's `inherit` rule names files that it builds upon.

    Raises:
        SetupError: the file does not have the form rule -> alternatives.
    """
    path = VOCABULARY_DIR / f"{name}.yaml"
    try:
        own = _RULES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise SetupError(f"vocabulary {path.name}: {error}") from error
    rules: dict[str, list[str]] = {}
    for parent in own.pop("inherit", []):
        rules.update(read_rules(parent))
    rules.update(own)
    return rules
