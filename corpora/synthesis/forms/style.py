"""The habits of one form, chosen once per document, and the clerk who words it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from corpora.synthesis.countries import grammar_of
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Span
from corpora.synthesis.forms.fields import ANSWER, HEADER, QUESTION, FormField
from corpora.synthesis.grammar import Grammar

KeyPlace = Literal["inline", "aligned", "above", "below", "next_line"]
Case = Literal["as is", "upper", "title"]

ENGLISH_THEMES: dict[str, float] = {
    "memo": 8, "fax": 10, "product": 13, "lab": 12, "budget": 10, "apply": 10, "survey": 5,
    "shipping": 7, "spec": 7, "insurance": 4, "medical": 5, "hr": 6, "bank": 4, "school": 3,
    "legal": 6,
}  # fmt: skip
KOREAN_THEMES: dict[str, float] = {
    "memo": 13, "apply": 30, "medical": 14, "hr": 18, "bank": 14, "school": 11,
}  # fmt: skip
KOREAN_SHARE = 0.25
ENGLISH_MARKS = ("", "", "", "", "{n}.", "{n}.", "{R}.", "{A}.", "Section {n}:", "PART {R}", "{A})")
KOREAN_MARKS = ("", "", "{n}.", "{n}.", "□", "■", "◆", "▶", "○", "{n})", "제{n}조")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
SPACED = re.compile(r"(?<=\w)([/.\-&])(?=\w)")
NUMBERINGS = ("{n}.", "{n})", "({n})", "{n}", "Q{n}.", "{a}.", "({a})")


@dataclass(frozen=True)
class FormStyle:
    """What is alike all over one form.

    Attributes:
        theme: what the form is about.
        is_korean: rather than English.
        grammar: of all its wording.
        colon: behind questions, "" for none.
        key_place: where most questions stand to their answers.
        key_case: of questions.
        answer_case: of answers.
        header_case: of headers.
        header_mark: in front of section headers.
        header_colon: behind section headers.
        header_align: of section headers.
        header_scale: of their type.
        key_scale: of the type of questions that stand above their answers.
        blank: characters that stand where nothing was filled in.
        leader: characters between a question and its answer.
        empty: how often a question has no answer.
        is_spaced: whether slashes, points and hyphens in answers are followed by spaces.
        is_ruled: whether lines part rows and blocks.
        n_chars: width of the text block in characters.
        gap: empty space between blocks, in lines.
        row_gap: empty space between rows of a block, in lines.
    """

    theme: str
    is_korean: bool
    grammar: Grammar
    colon: str
    key_place: KeyPlace
    key_case: Case
    answer_case: Case
    header_case: Case
    header_mark: str
    header_colon: str
    header_align: Align
    header_scale: float
    key_scale: float
    blank: str
    leader: str
    empty: float
    is_spaced: bool
    is_ruled: bool
    n_chars: int
    gap: float
    row_gap: float


def random_style(dice: Dice) -> FormStyle:
    """The habits of one form."""
    is_korean = dice.chance(KOREAN_SHARE)
    places: dict[KeyPlace, float] = {
        "inline": 30, "aligned": 42, "above": 14, "below": 4, "next_line": 10,
    }  # fmt: skip
    colons = {":": 55.0, "": 30.0, " :": 12.0, ".": 1.0, "-": 2.0}
    if is_korean:
        places = {"inline": 26, "aligned": 62, "above": 5, "below": 1, "next_line": 6}
        colons = {"": 60.0, ":": 14.0, " :": 26.0}
    cases: dict[Case, float] = {"as is": 52, "upper": 34, "title": 14}
    return FormStyle(
        theme=dice.weighted(KOREAN_THEMES if is_korean else ENGLISH_THEMES),
        is_korean=is_korean,
        grammar=grammar_of(("forms_korean",) if is_korean else ("forms_english",)),
        colon=dice.weighted(colons),
        key_place=dice.weighted(places),
        key_case=dice.weighted(cases),
        answer_case=dice.weighted({"as is": 74.0, "upper": 26.0}),
        header_case=dice.weighted(cases),
        header_mark=dice.pick(KOREAN_MARKS if is_korean else ENGLISH_MARKS),
        header_colon=dice.pick(("", "", ":")),
        header_align=dice.weighted({"left": 66, "center": 30, "right": 4}),
        header_scale=dice.pick((1.0, 1.0, 1.0, 1.1, 1.25)),
        key_scale=dice.pick((1.0, 1.0, 0.8, 0.7)),
        blank=dice.pick(("", "", "", "", "_", "_", ".", "-")),
        leader=dice.pick(("", "", "", "", "", "", "_", ".")),
        empty=dice.weighted({0.04: 18, 0.15: 26, 0.35: 30, 0.65: 17, 0.97: 9}),
        is_spaced=dice.chance(0.1),
        is_ruled=dice.chance(0.4),
        n_chars=dice.between(48, 68) if is_korean else dice.between(62, 118),
        gap=dice.real(0.2, 1.8),
        row_gap=dice.pick((0.0, 0.0, 0.1, 0.3, 0.6, 1.0)),
    )


class Clerk:
    """Words one form.

    Args:
        style: the form's.
        dice: of the form.

    Attributes:
        section: the header of the section that is being worded, if there is one. Who reads a form
            takes what follows a header as its section's, to the next header: so does the truth.
    """

    def __init__(self, style: FormStyle, dice: Dice) -> None:
        self.style = style
        self.dice = dice
        self.section: Span | None = None
        self._n_headers = 0
        self._asked: set[str] = set()

    def say(self, rule: str) -> str:
        """A text of a rule of the vocabulary."""
        return self.style.grammar.expand(rule, self.dice)

    def alternative(self, kind: str) -> str:
        """An unexpanded alternative of the theme's rule of a kind, or of the common one."""
        own = f"{self.style.theme}_{kind}"
        is_own = own in self.style.grammar and self.dice.chance(0.75)
        return self.dice.pick(self.style.grammar.alternatives(own if is_own else f"common_{kind}"))

    def theme_text(self, kind: str) -> str:
        """A text of the theme's rule of a kind, or of the common one."""
        return self.style.grammar.fill(self.alternative(kind), self.dice)

    def pair(self, kind: str = "pair") -> tuple[str, str]:
        """A question that was not asked yet, as far as there are others, and its answer's rule."""
        for _ in range(6):
            is_extra = kind == "pair" and self.dice.chance(0.18)
            entry = self._extra_pair() if is_extra else self.alternative(kind)
            question, _, rule = entry.partition("|")
            question = self.style.grammar.fill(question, self.dice)
            if question not in self._asked:
                break
        self._asked.add(question)
        return question, rule

    def _extra_pair(self) -> str:
        """A question put together from parts, which no list of questions holds."""
        detail, _, rule = self.say("extra_detail").partition("|")
        if self.style.is_korean or self.dice.chance(0.75):
            return f"{self.say('extra_lead')} {detail}|{rule}"
        return f"{detail.capitalize()} of {self.say('extra_tail')}|{rule}"

    def first_pairs(self) -> list[tuple[str, str]]:
        """The questions that open a memorandum or a fax, in one of their usual orders."""
        entries = self.dice.pick(self.style.grammar.alternatives(f"{self.style.theme}_first"))
        pairs = []
        for entry in entries.split(";"):
            question, _, rule = entry.partition("|")
            pairs.append((question, rule))
        self._asked.update(question for question, _ in pairs)
        return pairs

    def cased(self, text: str, case: Case) -> str:
        """The text in a case."""
        if case == "title":
            return " ".join(word[:1].upper() + word[1:] for word in text.split())
        return text.upper() if case == "upper" else text

    def open_section(self, text: str | None = None) -> Span:
        """A header that all questions stand under until another one opens a section."""
        self.section = self.header(text)
        return self.section

    def header(self, text: str | None = None) -> Span:
        """A header with its mark, numbered onward; its text may be given."""
        style, dice = self.style, self.dice
        self._n_headers += 1
        n = min(self._n_headers, len(ROMAN))
        mark = style.header_mark if text is None else ""
        mark = mark.replace("{n}", str(n)).replace("{R}", ROMAN[n - 1])
        mark = mark.replace("{A}", "ABCDEFGHIJKL"[n - 1])
        text = self.cased(text or self.theme_text("header"), style.header_case)
        if style.is_korean and dice.chance(0.1):
            text = dice.pick(("[{}]", "<{}>", "【{}】", "( {} )")).format(text)
        elif style.header_colon and not text.endswith(("?", ":")):
            text += style.header_colon
        text = f"{mark} {text}".strip()
        return Span(text, FormField(HEADER, text=text))

    def question(self, text: str, head: Span | None = None, *, colon: bool = True) -> Span:
        """A question, its colon included, under a header of its own or that of the section."""
        head = head or self.section
        text = self.cased(text, self.style.key_case)
        if colon and self.style.colon and text[-1] not in ":?.)" and self.dice.chance(0.94):
            text += self.style.colon
        field = FormField(QUESTION, head.field if head else None, text=text)
        return Span(text, field)

    def answer(
        self, rule: str, question: Span | None, *others: Span, empty: float | None = None
    ) -> Span | None:
        """What was filled in, or None.

        Args:
            rule: of its text.
            question: that it answers.
            others: further questions that it answers.
            empty: how often nothing was filled in; the style's share if not given.
        """
        if self.dice.chance(self.style.empty if empty is None else empty):
            return None
        return self.answer_of(self.say(rule), question, *others)

    def answer_of(self, text: str, question: Span | None, *others: Span) -> Span:
        """A given text as the answer to one question or several."""
        text = self.cased(text, self.style.answer_case)
        if self.style.is_spaced:
            text = SPACED.sub(r"\1 ", text)
        heads = tuple(other.field for other in others if other.field)
        field = FormField(ANSWER, question.field if question else None, text, heads)
        return Span(text, field)

    def blank(self, n_chars: int) -> str:
        """What stands where nothing was filled in, "" for nothing."""
        return self.style.blank * max(3, n_chars)

    def numbered(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The pairs with numbers before their questions."""
        form = self.dice.pick(NUMBERINGS)
        first = self.dice.pick((1, 1, 1, 5, 12))
        letters = "abcdefghijklmnopqrstuvwxyz"
        marks = [
            form.replace("{n}", str(i)).replace("{a}", letters[i % 26])
            for i in range(first, first + len(pairs))
        ]
        return [(f"{m} {q}", rule) for m, (q, rule) in zip(marks, pairs, strict=True)]

    def with_style(self, **changes: object) -> Clerk:
        """A clerk of the same form with other habits, for one block."""
        clerk = Clerk(replace(self.style, **changes), self.dice)  # type: ignore[arg-type]
        clerk.section = self.section
        clerk._n_headers, clerk._asked = self._n_headers, self._asked
        return clerk
