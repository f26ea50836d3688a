"""Writes the blocks of a card that name people, posts and firms."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.synthesis.cards.lines import Block, Line, line
from corpora.synthesis.cards.style import CardStyle, KeyWriter, cased
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Field, Span
from corpora.synthesis.people import Firm, Name, People

OFFICE_WORDS = (
    "Dep", "Div", "Team", "Group", "Office", "Cent", "Unit", "School", "Facult", "Lab",
    "Institut", "Section", "Abteilung", "Fakul", "Bereich", "Lehrstuhl", "Service", "Direction",
)  # fmt: skip
"""Parts of words by which a department is told from a post's own field of work."""


class CardWriter:
    """Writes the names, posts and firm of one card.

    Args:
        style: the card's habits.
        people: who stands on it.
        keys: the card's key words.
        dice: to choose by.
    """

    def __init__(self, style: CardStyle, people: People, keys: KeyWriter, dice: Dice) -> None:
        self.style = style
        self.people = people
        self.keys = keys
        self.dice = dice
        self.firm: Firm = people.firm()
        self.name: Name = people.name()
        self.is_hangul = people.is_korean and style.script != "english"

    def text(self, rule: str) -> str:
        """A text of the vocabulary in the card's case."""
        spoken = self.people.say(rule).replace("<b>", self.firm.brand)
        return cased(spoken, self.style.text_case)

    def person(self) -> Block:
        """Name, post and department, in some order."""
        dice = self.dice
        name, name_habit = self._name_lines()
        post, post_habit = self._post_lines()
        if len(post) == 1 and len(name) == 1 and dice.chance(0.14 if self.is_hangul else 0.05):
            return Block("person", (self._in_one_row(name[0], post[0]),), "row")
        is_above = dice.chance(0.4 if self.is_hangul else 0.16)
        first, second = (post, name) if is_above else (name, post)
        if first and second and dice.chance(0.25):
            second = [_spaced(second[0], dice.real(0.2, 0.9)), *second[1:]]
        habit = f"{name_habit}-{post_habit}-{'post' if is_above else 'name'}"
        return Block("person", (*first, *second), habit)

    def company(self) -> Block:
        """The firm's name, as text or as a logo of two lines, or with its acronym as a logo."""
        dice, style = self.dice, self.style
        native = self.firm.name if self.is_hangul else self.firm.english
        scale = style.firm_scale
        texts = [cased(native, style.firm_case)]
        if style.script == "both" and dice.chance(0.7):
            texts.append(cased(self.firm.english, style.firm_case))
        lines = []
        for number, text in enumerate(texts):
            smaller = scale if number == 0 else max(0.8, scale * dice.real(0.5, 0.9))
            lines += self._firm_lines(text, smaller)
        habit = f"{len(texts)}x{len(lines)}"
        if dice.chance(0.14) and len(self.firm.acronym) > 1:
            logo = cased(self.firm.acronym, dice.weighted({"upper": 8.0, "lower": 2.0}))
            at = 0 if dice.chance(0.8) else len(lines)
            lines.insert(at, line(logo, scale=dice.real(1.6, 3.2)))
            habit += "-logo"
        return Block("company", tuple(lines), habit)

    def slogan(self) -> Block:
        """What is no field: slogans, services, licences, opening hours."""
        count = self.dice.pick((1, 1, 1, 2, 3))
        rule = "ko_slogan" if self.is_hangul and self.dice.chance(0.8) else "slogan"
        lines = [line(self.text(rule), scale=self.dice.pick((0.8, 1.0, 1.0))) for _ in range(count)]
        return Block("slogan", tuple(found for found in lines if found.pieces[0][1]))

    def latin_name(self) -> str:
        """The person's name in Latin letters, with whatever stands before and behind it."""
        dice, name = self.dice, self.name
        middle = f" {dice.letters(1)}." if not self.people.is_korean and dice.chance(0.2) else ""
        text = f"{name.first}{middle} {name.last}"
        form = dice.weighted({"plain": 90.0, "turned": 4.0, "comma": 2.0, "loud": 5.0})
        if form == "turned" or (self.people.is_korean and dice.chance(0.25)):
            text = f"{name.last} {name.first}"
        elif form == "comma":
            text = f"{name.last}, {name.first}"
        elif form == "loud":
            text = f"{name.first}{middle} {name.last.upper()}"
        text = cased(text, self.style.name_case)
        if dice.chance(0.15) and (credential := self.people.say("credential")):
            text += f", {credential}" if dice.chance(0.85) else f" {credential}"
            if dice.chance(0.15):
                text += f", {self.people.say('credential')}"
        if dice.chance(0.07) and (prefix := self.people.say("prefix")):
            text = f"{prefix} {text}"
        return text

    def _name_lines(self) -> tuple[list[Line], str]:
        dice, scale = self.dice, self.style.name_scale
        if not self.is_hangul:
            return self._latin_lines(scale)
        native = Field("contact_names")
        spans = self._native_spans(native)
        if len(spans) > 1:
            step = dice.real(1.5, 2.6)
            pieces = tuple((i * step * scale, (span,)) for i, span in enumerate(spans))
            lines = [Line(pieces, scale)]
        else:
            lines = [line(*spans, scale=scale)]
        if self.style.script != "both" and not dice.chance(0.08):
            return lines, f"native{len(spans)}"
        latin = Span(self.latin_name(), Field("contact_names"))
        if dice.chance(0.35) and len(spans) == 1:
            joint = dice.pick(("/", "|", "", "", "("))
            if joint == "(":
                latin = Span(f"({latin.text})", latin.field)
                joint = ""
            return [line(*spans, joint, latin, scale=scale)], "both"
        small = line(latin, scale=max(0.8, scale * dice.real(0.45, 0.8)))
        return ([*lines, small] if dice.chance(0.85) else [small, *lines]), "twofold"

    def _native_spans(self, field: Field) -> tuple[Span, ...]:
        """A Korean name: solid, parted syllable by syllable, or with its Chinese characters."""
        dice, native = self.dice, self.name.native
        form = dice.weighted(
            {"solid": 56.0, "parted": 17.0, "wide": 17.0, "hanja": 5.0, "two": 3.0}
        )
        if form == "parted":
            return (Span(" ".join(native), field),)
        if form == "wide":
            return tuple(Span(char, field) for char in native)
        if form == "hanja" and self.name.hanja:
            joint = dice.pick(("", " "))
            return (Span(f"{native}{joint}({self.name.hanja})", field),)
        if form == "two":
            return (Span(f"{native[:1]} {native[1:]}", field),)
        return (Span(native, field),)

    def _latin_lines(self, scale: float) -> tuple[list[Line], str]:
        field = Field("contact_names")
        text = self.latin_name()
        words = text.split()
        if len(words) == 2 and self.dice.chance(0.07):
            return [line(Span(word, field), scale=scale) for word in words], "broken"
        lines = [line(Span(text, field), scale=scale)]
        if self.dice.chance(0.03):
            second = self.people.name()
            other = cased(f"{second.first} {second.last}", self.style.name_case)
            lines.append(line(Span(other, Field("contact_names")), scale=scale))
        return lines, f"latin{len(lines)}"

    def _post_lines(self) -> tuple[list[Line], str]:
        """Posts and departments on lines of their own, or parted by a mark."""
        dice = self.dice
        jobs = [self._post("job") for _ in range(dice.pick((0, 1, 1, 1, 1, 1, 1, 1, 2)))]
        n_offices = dice.pick((0, 0, 1, 1, 1, 2)) if self.is_hangul else dice.pick((0, 0, 0, 1, 1))
        offices = [self._post("department") for _ in range(n_offices)]
        scale = dice.pick((1.0, 1.0, 1.0, 0.9, 1.1, 1.2))
        if len(jobs) == len(offices) == 1 and dice.chance(0.45):
            return [self._post_row(jobs[0], offices[0], scale)], "onerow"
        if len(offices) == 2 and dice.chance(0.4):
            joint = dice.pick(("", "", "/", "|", ">"))
            rows = [line(offices[0], joint, offices[1], scale=scale)]
        else:
            rows = [line(office, scale=scale) for office in offices]
        if len(jobs) == 2 and dice.chance(0.3):
            job_rows = [line(jobs[0], dice.pick(("/", "|", "&", "·")), jobs[1], scale=scale)]
        else:
            job_rows = [line(job, scale=scale) for job in jobs]
        is_job_first = dice.chance(0.4 if self.is_hangul else 0.72)
        rows = [*job_rows, *rows] if is_job_first else [*rows, *job_rows]
        if self.style.script == "both" and jobs and dice.chance(0.5):
            english = cased(self.people.say("job"), self.style.text_case)
            rows.append(line(Span(english, Field("job_titles")), scale=scale))
        return rows, f"j{len(jobs)}o{len(offices)}{'j' if is_job_first else 'o'}"

    def _post(self, rule: str) -> Span:
        path = "job_titles" if rule == "job" else "departments"
        return Span(self.text(f"ko_{rule}" if self.is_hangul else rule), Field(path))

    def _post_row(self, job: Span, office: Span, scale: float) -> Line:
        """Post and department on one line: "Manager, Sales Department"."""
        dice = self.dice
        is_office = any(part.lower() in office.text.lower() for part in OFFICE_WORDS)
        joints = {"|": 22.0, "/": 22.0, "": 22.0, "-": 6.0, "·": 4.0}
        if is_office and not self.is_hangul:
            joints |= {",": 40.0}
        joint = dice.weighted(joints)
        is_office_first = dice.chance(0.7 if self.is_hangul else 0.25)
        first, second = (office, job) if is_office_first else (job, office)
        if joint == ",":
            return line(Span(f"{first.text},", first.field), second, scale=scale)
        return line(first, joint, second, scale=scale)

    def _in_one_row(self, name: Line, post: Line) -> Line:
        """Name and post side by side: "과장 홍길동"."""
        first, second = (post, name) if self.dice.chance(0.5) else (name, post)
        gap = self.dice.real(0.6, 2.0)
        scale = max(name.scale, post.scale) if self.dice.chance(0.5) else 1.0
        start, pieces = 0.0, []
        for found in (first, second):
            width = sum(len(span.text) for _, spans in found.pieces for span in spans)
            offset = start
            pieces += [(offset + x * scale / found.scale, spans) for x, spans in found.pieces]
            start = offset + scale * (0.55 * width + gap)
        return Line(tuple(pieces), scale)

    def _firm_lines(self, text: str, scale: float) -> list[Line]:
        """The firm's name on a line, or as a logo whose lines differ in size."""
        dice, field = self.dice, Field("company_names")
        words = text.split()
        if len(words) > 1 and dice.chance(0.22):
            at = dice.between(1, len(words) - 1)
            parts: Sequence[str] = (" ".join(words[:at]), " ".join(words[at:]))
            if len(words) == 3 and dice.chance(0.3):
                parts = words
            scales = [scale * factor for factor in dice.pick(((1, 1, 1), (1.4, 0.8, 0.8)))]
            return [
                line(Span(part, field), scale=size)
                for part, size in zip(parts, scales, strict=False)
            ]
        return [line(Span(text, field), scale=scale)]


def _spaced(found: Line, gap: float) -> Line:
    return Line(found.pieces, found.scale, gap)
