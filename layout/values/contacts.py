"""E-mail and web addresses as they are read off cards and letterheads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_KEY: Final = re.compile(
    r"^(?:e-?\s?mail|mail|e|web\s?site|web|home\s?page|url|www(?!\.)|w|이메일|홈페이지)\s*[:.|]\s*(?!//)",
    re.IGNORECASE,
)
# Without a mark behind it a label must have more than a blank to show for itself.
_KEY_WORD: Final = re.compile(
    r"^(?:e-?\s?mail|mail|이메일|web\s?site|homepage|홈페이지)\s+(?=\S+\s*[@.])|^[EMHW]\s+(?=\S+[@.]\S)",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}",
    re.IGNORECASE,
)
_SITE: Final = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?(?:/\S*)?", re.IGNORECASE
)
_MARKS: Final = " \t,;:|<>()[]"


@dataclass(frozen=True, slots=True)
class ParsedContact:
    """An address, and whether blanks or misread marks had to be mended."""

    text: str
    is_repaired: bool


def _bare(text: str) -> str:
    """An address without its label and the marks around it."""
    core = text.strip(_MARKS)
    return _KEY_WORD.sub("", _KEY.sub("", core)).strip(_MARKS)


def parse_email(text: str) -> ParsedContact | None:
    """An e-mail address, its domain in lower case.

    Blanks around "@" and ".", a comma read for the point of a domain, and "(at)" are mended.

    Args:
        text: in NFKC form.

    Returns:
        None if the text is no address, or more than one.
    """
    bare = _bare(text).removeprefix("mailto:")
    mended = re.sub(r"\s*(?:\(at\)|\[at\]|@)\s*", "@", bare, flags=re.IGNORECASE)
    if "@" not in mended:
        mended = re.sub(r"\s*[©®]\s*", "@", mended, count=1)
    mended = re.sub(r"\s*\.\s*", ".", mended)
    if mended.count("@") == 1:
        local, domain = mended.split("@")
        mended = f"{local}@{domain.replace(',', '.').rstrip('.')}"
    if not _MAIL.fullmatch(mended):
        return None
    local, domain = mended.split("@")
    return ParsedContact(f"{local}@{domain.lower()}", mended != bare)


def parse_website(text: str) -> ParsedContact | None:
    """A web address as written, its host in lower case, without a key word or trailing marks.

    Args:
        text: in NFKC form.

    Returns:
        None if the text is no address.
    """
    bare = _bare(text).rstrip("./")
    mended = re.sub(r"\s*\.\s*", ".", re.sub(r"\s*(:?//)\s*", r"\1", bare))
    mended = re.sub(r"^((?:https?://)?www)\s*,\s*", r"\1.", mended, flags=re.IGNORECASE)
    mended = re.sub(r"^(https?)[:;.]?/{1,2}", r"\1://", mended, flags=re.IGNORECASE).rstrip(".")
    if not _SITE.fullmatch(mended):
        return None
    head, slashes, rest = mended.rpartition("://")
    host, slash, path = rest.partition("/")
    scheme = f"{head}{slashes}".lower()
    return ParsedContact(f"{scheme}{host.lower()}{slash}{path}", mended != bare)
