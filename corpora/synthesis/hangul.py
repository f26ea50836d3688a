"""Hangul in Latin letters, roughly as the Revised Romanisation of Korean (2000) has it."""

from __future__ import annotations

FIRST_SYLLABLE = 0xAC00
N_VOWELS = 21
N_FINALS = 28
INITIALS = "g kk n d tt r m b pp s ss * j jj ch k t p h".replace("*", "").split(" ")
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
FINALS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")

FAMILIES = {
    "김": ("Kim",), "이": ("Lee", "Lee", "Yi"), "박": ("Park", "Park", "Bak"), "최": ("Choi",),
    "정": ("Jung", "Jeong", "Chung"), "강": ("Kang",), "조": ("Cho", "Jo"), "윤": ("Yoon", "Yun"),
    "장": ("Jang", "Chang"), "임": ("Lim", "Im"), "오": ("Oh",), "서": ("Seo", "Suh"),
    "신": ("Shin",), "권": ("Kwon",), "안": ("Ahn", "An"), "류": ("Ryu",), "전": ("Jeon", "Chun"),
    "고": ("Ko", "Koh"), "문": ("Moon",), "손": ("Son",), "배": ("Bae",), "백": ("Baek", "Paik"),
    "허": ("Hur", "Heo"), "유": ("Yoo", "Yu"), "노": ("Noh", "Roh"), "우": ("Woo",),
}  # fmt: skip
"""How bearers of common family names write them themselves."""

HANJA_FAMILIES = dict(
    zip("김이박최정강조윤장임한오서신권", "金李朴崔鄭姜趙尹張林韓吳徐申權", strict=True)
)
"""Common family names in Chinese characters."""


def romanised(text: str) -> str:
    """Hangul syllables in small Latin letters; other characters stay as they are."""
    return "".join(_syllable(char) for char in text)


def _syllable(char: str) -> str:
    number = ord(char) - FIRST_SYLLABLE
    if not 0 <= number < len(INITIALS) * N_VOWELS * N_FINALS:
        return char
    initial, rest = divmod(number, N_VOWELS * N_FINALS)
    vowel, final = divmod(rest, N_FINALS)
    return INITIALS[initial] + VOWELS[vowel] + FINALS[final]
