"""Made-up people: names, firms, numbers and mail that fit together in every country."""

from __future__ import annotations

import pytest

from corpora.synthesis.dice import Dice
from corpora.synthesis.hangul import romanised
from corpora.synthesis.people import LOCALES, People

N_DRAWS = 60


def _made(locale: str) -> list[People]:
    return [People(locale, Dice(f"{locale}:{seed}")) for seed in range(N_DRAWS)]


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_left_unfilled(locale: str) -> None:
    for people in _made(locale):
        firm, name = people.firm(), people.name()
        texts = [firm.name, firm.english, firm.domain, name.first, name.last]
        texts += [people.work_phone(), people.mobile_phone(), people.mail(name, firm)]
        texts += [people.say("address"), people.say("job"), people.say("department")]
        for text in texts:
            assert text
            assert not set(text) & set("{}<>"), text


@pytest.mark.parametrize("locale", LOCALES)
def test_mail_goes_mostly_to_the_firms_own_domain(locale: str) -> None:
    own = 0
    for people in _made(locale):
        firm, name = people.firm(), people.name()
        mail = people.mail(name, firm)
        assert mail.count("@") == 1
        assert mail.isascii()
        own += mail.endswith(firm.domain)
    assert own > 0.6 * N_DRAWS


def test_korean_names_are_hangul_with_a_latin_spelling() -> None:
    for people in _made("ko_KR"):
        name = people.name()
        assert all("가" <= char <= "힣" for char in name.native)
        assert (name.first + name.last).isascii()
        number = people.mobile_phone()
        assert "10" in number or "11" in number


def test_equal_dice_make_equal_people() -> None:
    first, second = (People("de_DE", Dice("same")) for _ in range(2))
    assert first.firm() == second.firm()
    assert first.name() == second.name()


@pytest.mark.parametrize(("hangul", "latin"), [("홍길동", "honggildong"), ("값 A", "gap A")])
def test_hangul_in_latin_letters(hangul: str, latin: str) -> None:
    assert romanised(hangul) == latin
