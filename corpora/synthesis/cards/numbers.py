"""Writes the blocks of a card that tell how to reach somebody: numbers, mail, sites, addresses."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.synthesis.cards.lines import Block, Line, line, shown
from corpora.synthesis.cards.style import cased
from corpora.synthesis.cards.writer import CardWriter
from corpora.synthesis.draft import Field, Span

JOINTS = {"gap": 34.0, "": 24.0, "|": 16.0, "/": 14.0, ",": 5.0, "·": 4.0}
"""What parts two values on one line."""
ORDERS = (
    ("work", "mobile", "fax", "other", "email", "website"),
    ("work", "fax", "mobile", "other", "email", "website"),
    ("mobile", "work", "fax", "other", "email", "website"),
    ("email", "work", "mobile", "fax", "other", "website"),
    ("work", "fax", "other", "email", "mobile", "website"),
    ("website", "email", "work", "mobile", "fax", "other"),
    ("mobile", "email", "website", "work", "fax", "other"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value with its key word.

    Attributes:
        kind: "work", "mobile", "fax", "other", "email" or "website".
        key: its key word, "" for none.
        value: it.
    """

    kind: str
    key: str
    value: Span


class NumberWriter:
    """Writes the contact lines of one card.

    Args:
        card: the rest of the card, with its firm and person.
    """

    def __init__(self, card: CardWriter) -> None:
        self._card = card
        self._dice = card.dice
        self._keys = card.keys
        self._style = card.style

    def contact(self) -> Block:
        """Numbers, mail and site, one a line or some side by side."""
        dice = self._dice
        entries = self._entries()
        if self._style.key_form == "column" and self._style.key_set != "none":
            return Block("contact", tuple(self._in_columns(entries)), "column")
        chance = dice.pick((0.0, 0.0, 0.3, 0.85))
        joint = dice.weighted(JOINTS)
        lines: list[Line] = []
        row: list[Entry] = []
        for entry in entries:
            if row and (len(row) > 2 or not dice.chance(chance)):
                lines.append(self._row(row, joint))
                row = []
            row.append(entry)
        if row:
            lines.append(self._row(row, joint))
        habit = f"{self._style.key_form}-{joint if chance else 'lines'}"
        return Block("contact", tuple(lines), habit)

    def addresses(self) -> list[Block]:
        """The address's lines; sometimes those of a branch, or in the second language too."""
        dice, card = self._dice, self._card
        rules = ["ko_address" if card.is_hangul else "address"]
        if self._style.script == "both" and dice.chance(0.4):
            rules.append("address")
        if dice.chance(0.1):
            rules.append(rules[0])
        if dice.chance(0.08):
            rules = []
        has_branches = len(rules) > 1 and rules[0] == rules[-1]
        return [self._address(rule, has_branches=has_branches) for rule in rules]

    def _entries(self) -> list[Entry]:
        dice = self._dice
        found: dict[str, list[Entry]] = {
            "work": self._work(),
            "mobile": self._mobile(),
            "fax": self._fax(),
            "other": self._other(),
            "email": self._mail(),
            "website": self._site(),
        }
        order = dice.pick(ORDERS) if dice.chance(0.85) else dice.shuffled(ORDERS[0])
        return [entry for kind in order for entry in found[kind]]

    def _phone(self, kind: str, path: str, key_kind: str, number: str) -> Entry:
        return Entry(kind, self._keys.word(key_kind), Span(number, Field(path)))

    def _work(self) -> list[Entry]:
        dice, people = self._dice, self._card.people
        count = dice.pick((0, 1, 1, 1, 1, 1, 1, 2))
        numbers = [people.work_phone() for _ in range(count)]
        if count and dice.chance(0.07):
            rule = "extension_korean" if self._card.is_hangul else "extension"
            numbers[0] += f" {self._keys.say(rule)}"
        kinds = ["work", "direct"] if dice.chance(0.7) else ["work", "work"]
        if count == 1 and dice.chance(0.07):
            kinds = ["direct"]
        entries = [
            self._phone("work", "work_phones", key_kind, number)
            for key_kind, number in zip(kinds, numbers, strict=False)
        ]
        if count == 1 and self._style.key_set != "none" and dice.chance(0.06):
            entries = [Entry("work", self._keys.say("telfax"), entries[0].value)]
        return entries

    def _mobile(self) -> list[Entry]:
        dice = self._dice
        if self._style.locale != "ko_KR" and self._style.key_set == "none":
            has_own_prefix = self._style.locale not in ("en_US", "it_IT", "nl_NL", "sv_SE")
            if not has_own_prefix:  # without a key word nothing tells it from an office's number
                return []
        count = dice.pick((0, 0, 0, 1, 1, 1, 1, 1, 1, 2)) if dice.chance(0.85) else 0
        number = self._card.people.mobile_phone
        entries = [self._phone("mobile", "mobile_phones", "mobile", number()) for _ in range(count)]
        if entries and self._style.locale == "en_US":
            return [entry for entry in entries if entry.key]
        return entries

    def _fax(self) -> list[Entry]:
        key = self._keys.word("fax")
        if not key or not self._dice.chance(0.55):
            return []
        return [Entry("fax", key, Span(self._card.people.work_phone(), Field("faxes")))]

    def _other(self) -> list[Entry]:
        dice, people = self._dice, self._card.people
        if not dice.chance(0.13):
            return []
        kind = dice.weighted({"toll": 5.0, "home": 3.0, "pager": 1.0})
        key = self._keys.word(kind)
        if not key and kind != "toll":
            return []
        number = people.say("toll") if kind == "toll" else people.work_phone()
        return [Entry("other", key, Span(number, Field("other_phones")))]

    def _mail(self) -> list[Entry]:
        dice, card = self._dice, self._card
        count = dice.pick((0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2))
        entries = []
        for _ in range(count):
            text = card.people.mail(card.name, card.firm)
            form = dice.weighted({"plain": 88.0, "upper": 5.0, "title": 5.0, "angle": 1.0})
            if form == "upper":
                text = text.upper()
            elif form == "title":
                text = ".".join(part[:1].upper() + part[1:] for part in text.split("."))
            value = Span(f"<{text}>" if form == "angle" else text, Field("emails"))
            entries.append(Entry("email", self._keys.word("email"), value))
        return entries

    def _site(self) -> list[Entry]:
        dice = self._dice
        if not dice.chance(0.6):
            return []
        domain = self._card.firm.domain
        forms = {"www.": 66.0, "http://www.": 12.0, "": 12.0, "https://": 3.0, "http://": 5.0}
        text = dice.weighted(forms) + domain
        if dice.chance(0.06):
            text += dice.pick(("/", "/en", "/kr", f"/{self._card.firm.acronym.lower()}"))
        if dice.chance(0.07):
            text = cased(text, "upper")
        return [Entry("website", self._keys.word("website"), Span(text, Field("websites")))]

    def _spans(self, entry: Entry) -> tuple[Span, ...]:
        return self._keys.with_key(entry.key, entry.value)

    def _row(self, entries: list[Entry], joint: str) -> Line:
        """Entries side by side; "Tel 02-123-4567 / 02-123-4568" needs its key word but once."""
        groups: list[tuple[Span, ...]] = []
        for number, entry in enumerate(entries):
            is_repeated = number > 0 and entries[number - 1].key == entry.key
            group = (entry.value,) if is_repeated and joint != "gap" else self._spans(entry)
            groups.append(group)
        if joint != "gap":
            spans = groups[0]
            for group in groups[1:]:
                spans = (*spans, *((Span(joint),) if joint else ()), *group)
            return Line(((0.0, spans),))
        pieces, start = [], 0.0
        gap = self._dice.real(1.0, 2.5)
        for group in groups:
            pieces.append((start, group))
            start += 0.56 * len(shown(group)) + gap
        return Line(tuple(pieces))

    def _in_columns(self, entries: list[Entry]) -> list[Line]:
        """Key words in one column, values in another."""
        dice = self._dice
        longest = max((len(entry.key) for entry in entries), default=0)
        has_hangul = any("가" <= char <= "힣" for entry in entries for char in entry.key)
        start = longest * (1.0 if has_hangul else 0.62) + dice.real(0.7, 2.0)
        separator = self._style.separator.strip()
        lines = []
        for entry in entries:
            if not entry.key:
                is_indented = dice.chance(0.7)
                lines.append(Line(((start if is_indented else 0.0, (entry.value,)),)))
            elif separator and dice.chance(0.25):
                value = (Span(separator), entry.value)
                lines.append(Line(((0.0, (Span(entry.key),)), (start, value))))
            else:
                key = (Span(entry.key + separator),)
                lines.append(Line(((0.0, key), (start, (entry.value,)))))
        return lines

    def _address(self, rule: str, *, has_branches: bool) -> Block:
        dice, card = self._dice, self._card
        text = cased(card.people.say(rule), self._style.text_case)
        parts = text.split("|")
        if len(parts) > 1 and dice.chance(0.22):
            at = dice.between(0, len(parts) - 2)
            parts[at : at + 2] = [" ".join(parts[at : at + 2])]
        if len(parts) == 1 and dice.chance(0.3) and len(parts[0].split()) > 5:
            words = parts[0].split()
            at = dice.between(2, len(words) - 2)
            parts = [" ".join(words[:at]), " ".join(words[at:])]
        field = Field("addresses")
        key = self._keys.word("address")
        if has_branches or dice.chance(0.05):
            key = self._keys.say("branch_korean" if rule == "ko_address" else "branch")
        first = parts[0]
        lines = [line(*self._keys.with_key(key, Span(first, field)))]
        if key and dice.chance(0.25):
            lines = [line(key), line(Span(first, field))]
        lines += [line(Span(part, field)) for part in parts[1:]]
        if dice.chance(0.05) and rule == "address":
            name = Span(cased(card.firm.english, self._style.text_case), Field("company_names"))
            lines.insert(0, line(name))
        return Block("address", tuple(lines), f"a{len(lines)}{'k' if key else ''}")
