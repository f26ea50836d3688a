"""People and firms made up so that they fit together: names, posts, addresses, numbers, mail.

The lists of names and towns are Faker's, the wording of firms, posts and numbers is the
vocabulary's; all choices are the dice's.
"""

from __future__ import annotations

import importlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from corpora.synthesis.dice import Dice
from corpora.synthesis.grammar import Grammar, read_rules
from corpora.synthesis.hangul import FAMILIES, HANJA_FAMILIES, romanised
from ocr.errors import SetupError

FAKER_LISTS = {
    "person": {"first": "first_names", "last": "last_names"},
    "address": {
        "city": "cities",
        "boroughs": "boroughs",
        "cities": "cities",
        "road_names": "road_names",
    },
}
"""Rules and the lists of Faker's providers that fill them where the vocabulary does not."""


@dataclass(frozen=True, slots=True)
class Locale:
    """A country's people.

    Attributes:
        vocabulary: file of rules.
        faker: Faker's name of the locale, "" for none.
        weight: how often it is drawn.
    """

    vocabulary: str
    faker: str
    weight: float


LOCALES: dict[str, Locale] = {
    "en_US": Locale("people_us", "en_US", 26),
    "en_GB": Locale("people_uk", "en_GB", 7),
    "en_SG": Locale("people_singapore", "", 5),
    "en_IN": Locale("people_india", "en_IN", 3),
    "en_AU": Locale("people_australia", "en_GB", 3),
    "de_DE": Locale("people_germany", "de_DE", 6),
    "fr_FR": Locale("people_france", "fr_FR", 4),
    "it_IT": Locale("people_europe", "it_IT", 1),
    "nl_NL": Locale("people_europe", "nl_NL", 1),
    "sv_SE": Locale("people_europe", "sv_SE", 1),
    "ja_JP": Locale("people_japan", "ja_JP", 3),
    "ko_KR": Locale("people_korea", "ko_KR", 40),
}

WORD_LIMIT = 26
"""Most characters of an address on the web, before its ending."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name.

    Attributes:
        first: given names, in Latin letters.
        last: family name, in Latin letters.
        native: the whole name in Hangul, "" elsewhere.
        hanja: the same in Chinese characters, "" for none.
    """

    first: str
    last: str
    native: str = ""
    hanja: str = ""


@dataclass(frozen=True, slots=True)
class Firm:
    """An employer.

    Attributes:
        name: in the country's own script.
        english: in Latin letters.
        brand: the short name, in the script of `name`.
        acronym: capitals of the English name.
        domain: on the web.
    """

    name: str
    english: str
    brand: str
    acronym: str
    domain: str


class People:
    """Makes up what stands on one card, letter or form.

    Args:
        locale: one of `LOCALES`.
        dice: to choose by.
    """

    def __init__(self, locale: str, dice: Dice) -> None:
        self._dice = dice
        self._grammar = grammar_of_locale(locale)
        self._form = dice.pick(self._grammar.alternatives("phone_form"))
        self._area = self.say("area")
        self.is_korean = locale == "ko_KR"

    def say(self, rule: str) -> str:
        """A text of a rule of the vocabulary, "" where the country has no such rule."""
        return self._grammar.expand(rule, self._dice) if rule in self._grammar else ""

    def fill(self, text: str) -> str:
        """A text with its slots filled from the vocabulary."""
        return self._grammar.fill(text, self._dice)

    def name(self) -> Name:
        """A person's name."""
        if not self.is_korean:
            return Name(self.say("first"), self.say("last"))
        last, first = self.say("last"), self.say("first")
        if self._dice.chance(0.04):
            first = first[:1]
        spelt = self._dice.pick(FAMILIES.get(last, (romanised(last).capitalize(),)))
        parts = [romanised(char) for char in first]
        joint = self._dice.pick(("", "", "-", " "))
        rest = joint.join(p.capitalize() if joint == " " else p for p in parts)
        hanja = "".join(self.say("hanja") for _ in first)
        hanja = HANJA_FAMILIES[last] + hanja if last in HANJA_FAMILIES else ""
        return Name(rest[:1].upper() + rest[1:], spelt, last + first, hanja)

    def firm(self) -> Firm:
        """An employer, with a domain of its name's letters."""
        if self.is_korean:
            return self._korean_firm()
        brand = self.say("brand")
        name = self.say("company").replace("<b>", brand)
        return Firm(name, name, brand, _acronym(name), self._domain(name, brand))

    def _korean_firm(self) -> Firm:
        dice = self._dice
        kind = dice.weighted({"ko_company": 62.0, "ko_institute": 26.0, "ko_university": 12.0})
        brand = self.say("ko_brand")
        name = self.say(kind).replace("<b>", brand)
        latin = romanised(brand).capitalize()
        if kind == "ko_institute":
            form = dice.pick(("Korea {field} Institute", "Korea Institute of {field}"))
            english = self.fill(form)
        elif kind == "ko_university":
            english = f"{latin} {dice.pick(('University', 'National University'))}"
        else:
            english = f"{latin} {self.say('trade')} {self.say('legal')}"
            english = english if dice.chance(0.8) else f"{latin} {self.say('legal')}"
        acronym = _acronym(english)
        ending = {"ko_institute": "institute_tld", "ko_university": "university_tld"}
        stem = _slug(latin) if kind != "ko_institute" else _slug(acronym)
        domain = f"{stem}.{self.say(ending.get(kind, 'tld'))}"
        return Firm(name, english, brand if kind != "ko_institute" else name, acronym, domain)

    def _domain(self, name: str, brand: str) -> str:
        is_school = any(word in name for word in ("Universit", "College", "Institut"))
        ending = self.say("university_tld" if is_school else "tld")
        own = _slug(brand) or "home"
        forms = {own: 6.0, _slug(name)[:WORD_LIMIT] or own: 2.0, _slug(_acronym(name)) or own: 1.0}
        joint = "-".join(_slug(word) for word in name.split()[:2] if _slug(word)) or own
        return f"{self._dice.weighted({**forms, joint[:WORD_LIMIT]: 0.7})}.{ending}"

    def work_phone(self) -> str:
        """A number of an office, in the form and of the area that all this card's numbers have."""
        return self._number(self._area)

    def mobile_phone(self) -> str:
        """A number of a mobile phone."""
        return self._number(self.say("mobile"), is_mobile=True)

    def _number(self, area: str, *, is_mobile: bool = False) -> str:
        forms = self._grammar.alternatives("phone_form")
        form = self._form if self._dice.chance(0.93) else self._dice.pick(forms)
        if is_mobile:  # Korean mobile numbers have eight digits behind their prefix
            form = form.replace("{mid}", "{4d}")
        return self.fill(form).replace("@", area)

    def mail(self, name: Name, firm: Firm) -> str:
        """An address of the person at the firm, now and then at a public service."""
        dice = self._dice
        first, last = _slug(name.first), _slug(name.last)
        initials = "".join(_slug(part)[:1] for part in name.first.replace("-", " ").split())
        if self.is_korean:
            initials = "".join(_slug(romanised(char))[:1] for char in name.native[1:])
        local = dice.weighted(
            {
                f"{first}.{last}": 16.0,
                f"{first[:1]}{last}": 14.0,
                f"{first[:1]}.{last}": 5.0,
                first: 9.0,
                last: 6.0,
                f"{first}{last[:1]}": 6.0,
                f"{first}_{last}": 3.0,
                f"{first}{last}": 4.0,
                f"{last}.{first}": 3.0,
                f"{last[:1]}{initials}" if self.is_korean else f"{initials}{last[:1]}": 9.0,
                f"{initials}{last}": 5.0,
                dice.pick(("info", "sales", "contact", "office", "mail", "admin")): 6.0,
                f"{first}{dice.digits(2)}": 4.0,
                self.say("brand_low") + dice.digits(2): 3.0,
                f"{first}-{last}": 1.0,
            }
        )
        domain = firm.domain if dice.chance(0.86) else self.say("webmail")
        if dice.chance(0.04):
            domain = f"{dice.pick(('mail', 'cs', 'ee', 'eng', 'us'))}.{domain}"
        return f"{local or 'info'}@{domain}"


@lru_cache
def grammar_of_locale(locale: str) -> Grammar:
    """The rules of a country, with Faker's names and towns.

    Raises:
        SetupError: Faker is not installed.
    """
    known = LOCALES[locale]
    english, rules = dict(_rules_of("people_english")), dict(_rules_of(known.vocabulary))
    for rule, texts in _faker_rules(known.faker).items():
        if rules.get(rule) == english.get(rule):  # else the country's own file says it better
            rules[rule] = texts
    rules["faker_job"] = _jobs()
    return Grammar(rules)


@lru_cache
def _rules_of(vocabulary: str) -> dict[str, list[str]]:
    return read_rules(vocabulary)


@lru_cache
def _faker_rules(locale: str) -> dict[str, list[str]]:
    rules: dict[str, list[str]] = {}
    if not locale:
        return rules
    for provider, lists in FAKER_LISTS.items():
        source = _provider(f"faker.providers.{provider}.{locale}")
        for rule, attribute in lists.items():
            texts = getattr(source, _attribute(locale, attribute), ())
            kept = [text for text in texts if isinstance(text, str) and "{" not in text]
            if kept:
                rules[rule] = kept
    return rules


def _attribute(locale: str, attribute: str) -> str:
    """Japanese names are taken in Latin letters, and no towns in Japanese writing."""
    if locale != "ja_JP":
        return attribute
    return {"first_names": "first_romanized_names", "last_names": "last_romanized_names"}.get(
        attribute, ""
    )


@lru_cache
def _jobs() -> list[str]:
    jobs = [
        job for job in getattr(_provider("faker.providers.job.en_US"), "jobs", ()) if len(job) < 32
    ]
    turned = [" ".join(reversed(job.split(", "))).title() for job in jobs]
    return [*turned, *jobs]


@lru_cache
def _provider(module: str) -> type:
    try:
        provider: type = importlib.import_module(module).Provider
    except ImportError as error:
        raise SetupError(
            f"made-up names need Faker: install docspade[synthesis] ({error})"
        ) from error
    return provider


def _slug(text: str) -> str:
    """Small Latin letters and digits alone."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ø", "o"))
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def _acronym(text: str) -> str:
    words = [word for word in text.replace("&", " ").split() if _slug(word)]
    return "".join(word[0].upper() for word in words if word.lower() not in ("of", "the", "de"))[:5]
