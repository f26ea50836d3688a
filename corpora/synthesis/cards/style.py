"""The habits of one business card, chosen once: language, key words, capitals, sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Span
from corpora.synthesis.grammar import Grammar, read_rules
from corpora.synthesis.people import LOCALES

Script = Literal["native", "english", "both"]
Case = Literal["plain", "upper", "lower"]
KeyForm = Literal["before", "glued", "column", "brackets", "behind"]

ENGLISH_SETS = {
    "letter": 28.0, "short": 16.0, "long": 17.0, "upper": 12.0, "lower": 9.0, "none": 12.0,
}  # fmt: skip
KEY_SETS: dict[str, dict[str, float]] = {
    "ko_KR": {**ENGLISH_SETS, "upper": 18.0, "korean": 24.0},
    "de_DE": {**ENGLISH_SETS, "german": 70.0},
    "fr_FR": {**ENGLISH_SETS, "french": 70.0},
}
SEPARATORS = {"": 34.0, ":": 30.0, " :": 14.0, ".": 12.0, ")": 2.0, " |": 3.0, ";": 1.0, " -": 2.0}
KEY_FORMS: dict[KeyForm, float] = {
    "before": 62, "glued": 9, "column": 20, "brackets": 4, "behind": 5
}  # fmt: skip
HANDPHONE_LOCALES = ("ko_KR", "en_SG")
"""Where mobile phones are hand phones, "h" for short."""
CASES: dict[Case, float] = {"plain": 70, "upper": 23, "lower": 7}


@dataclass(frozen=True)
class CardStyle:
    """What stays the same throughout a card.

    Attributes:
        locale: of its people.
        script: in which languages a Korean card is written; "native" elsewhere.
        key_set: which key words it uses, "none" for none.
        separator: between key word and value.
        key_form: where key words stand.
        unkeyed: kinds of value that go without a key word.
        name_case: capitals of names.
        firm_case: capitals of the firm's name.
        text_case: capitals of all else.
        name_scale: size of names, 1 for the card's usual size.
        firm_scale: size of the firm's name.
    """

    locale: str
    script: Script
    key_set: str
    separator: str
    key_form: KeyForm
    unkeyed: frozenset[str]
    name_case: Case
    firm_case: Case
    text_case: Case
    name_scale: float
    firm_scale: float


def random_style(dice: Dice) -> CardStyle:
    """A card's habits."""
    locale = dice.weighted({name: known.weight for name, known in LOCALES.items()})
    scripts: dict[Script, float] = {"native": 68, "english": 12, "both": 20}
    script: Script = dice.weighted(scripts) if locale == "ko_KR" else "native"
    key_set = dice.weighted(KEY_SETS.get(locale, ENGLISH_SETS))
    if script == "english" and key_set == "korean":
        key_set = "upper"
    unkeyed = {"email": 0.4, "website": 0.72, "address": 0.86, "work": 0.08}
    return CardStyle(
        locale=locale,
        script=script,
        key_set=key_set,
        separator=dice.weighted(SEPARATORS),
        key_form=dice.weighted(KEY_FORMS),
        unkeyed=frozenset(kind for kind, chance in unkeyed.items() if dice.chance(chance)),
        name_case=dice.weighted(CASES),
        firm_case=dice.weighted(CASES),
        text_case=dice.weighted({"plain": 86.0, "upper": 8.0, "lower": 6.0}),
        name_scale=dice.pick((1.0, 1.0, 1.2, 1.3, 1.5, 1.8, 2.1)),
        firm_scale=dice.pick((1.0, 1.0, 1.2, 1.4, 1.7, 2.0, 2.4)),
    )


class KeyWriter:
    """Writes values with their key words.

    Args:
        style: the card's habits.
        dice: to choose by.
    """

    def __init__(self, style: CardStyle, dice: Dice) -> None:
        self._style = style
        self._dice = dice
        self._words: dict[str, str] = {}

    def say(self, rule: str) -> str:
        """A text of a rule of the key words' vocabulary."""
        return _key_grammar().expand(rule, self._dice)

    def word(self, kind: str) -> str:
        """The key word of a kind of value, the same throughout the card; "" for none."""
        if kind not in self._words:
            rule = f"{kind}_{self._style.key_set}"
            has_word = rule in _key_grammar() and kind not in self._style.unkeyed
            self._words[kind] = self._fresh(kind, rule) if has_word else ""
        return self._words[kind]

    def _fresh(self, kind: str, rule: str) -> str:
        """A key word that stands for nothing else on the card, nor for something else at home."""
        taken = {word.lower() for word in self._words.values()}
        if kind == "mobile" and self._style.locale not in HANDPHONE_LOCALES:
            taken.add("h")
        words = [word for word in _key_grammar().alternatives(rule) if word.lower() not in taken]
        return self._dice.pick(words) if words else ""

    def with_key(self, key: str, value: Span) -> tuple[Span, ...]:
        """A value with a given key word, in the card's way; "" for none."""
        style = self._style
        if not key:
            return (value,)
        if style.key_form == "brackets":
            return Span(f"({key})"), value
        if style.key_form == "behind":
            return value, Span(f"({key})")
        if style.key_form == "glued":
            joint = style.separator.strip() or self._dice.pick((".", ":", ":"))
            return Span(key + joint), replace(value, is_glued=True)
        if key.endswith(".") and style.separator == ".":
            return Span(key), value
        return Span(key + style.separator), value


@lru_cache
def _key_grammar() -> Grammar:
    return Grammar(read_rules("cards_keys"))


def cased(text: str, case: Case) -> str:
    """A text in capitals, small letters, or as it is."""
    if case == "plain":
        return text
    return text.upper() if case == "upper" else text.lower()
