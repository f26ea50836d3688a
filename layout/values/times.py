"""Times of day to ISO 8601."""

from __future__ import annotations

import re
from typing import Final

_MARKED: Final = re.compile(
    r"(?P<early>오전|오후|AM|PM)?\s*(?<![\d:])(?P<hour>\d{1,2})\s*[:：h]\s*(?P<minute>[0-5]\d)"  # noqa: RUF001
    r"(?:\s*[:：]\s*(?P<second>[0-5]\d))?(?!\d)"  # noqa: RUF001
    r"(?:\s*(?P<late>[ap]\.?\s?m\b\.?))?",
    re.IGNORECASE | re.ASCII,
)
_SPELT: Final = re.compile(
    r"(?P<early>오전|오후)?\s*(?<!\d)(?P<hour>\d{1,2})\s*시(?!간)"
    r"(?:\s*(?P<minute>[0-5]?\d)\s*분(?:\s*(?P<second>[0-5]?\d)\s*초)?"
    r"|\s*(?P<half>반))?(?P<late>)",
    re.ASCII,
)
# A dot, or nothing, parts hour and minute only where the whole text is a time.
_BARE: Final = re.compile(
    r"(?P<early>)(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?:\.(?P<second>[0-5]\d))?"
    r"\s*(?P<late>[ap]\.?\s?m\.?)?(?:\s*hrs?\.?)?",
    re.IGNORECASE | re.ASCII,
)
_COMPACT: Final = re.compile(
    r"(?P<early>)(?P<hour>\d{2})(?P<minute>[0-5]\d)(?P<second>)(?P<late>)\s*h(?:rs|ours)?\.?",
    re.IGNORECASE | re.ASCII,
)


def time_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where times of day that are marked as such (8:13, 3시 5분) stand: (start, end) of each."""
    spans = [match.span() for form in (_MARKED, _SPELT) for match in form.finditer(text)]
    return tuple(sorted(spans))


def parse_time(text: str) -> str | None:
    """The one time of day in a text.

    Args:
        text: in NFKC form, such as "8:13:39 PM", "18h30", "오후 3:05".

    Returns:
        "20:13:39" or "20:13", as precise as it was written, a full hour ("3시") as "03:00";
        None if there is no time, or two different ones.
    """
    matches = [*_MARKED.finditer(text), *_SPELT.finditer(text)]
    if not matches:
        whole = text.strip()
        matches = [found for form in (_BARE, _COMPACT) if (found := form.fullmatch(whole))]
    times = {time for match in matches if (time := _read(match)) is not None}
    return times.pop() if len(times) == 1 else None


def _read(match: re.Match[str]) -> str | None:
    hour = int(match["hour"])
    half = (match["early"] or match["late"] or "").casefold()
    is_afternoon = half.startswith(("p", "오후"))
    is_morning = half.startswith(("a", "오전"))
    if is_morning and hour == 12:
        hour = 0
    elif is_afternoon and hour < 12:
        hour += 12
    elif is_morning and hour > 12:
        return None
    if hour > 23:
        return None
    minute = 30 if match.groupdict().get("half") else int(match["minute"] or 0)
    seconds = f":{int(match['second']):02d}" if match["second"] else ""
    return f"{hour:02d}:{minute:02d}{seconds}"
