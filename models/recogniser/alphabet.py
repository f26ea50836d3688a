"""What the Korean recogniser can read."""

from __future__ import annotations

from models.hangul import syllables

LATIN = "".join(chr(code) for code in range(33, 127))
MARKS = "₩￦€£¥·※★☆○●□■△▲▶→~°℃㎡㎏㈜×÷±“”‘’…–—「」【】《》㎖ℓ㎝㎜㎥☎✔✓①②③④⑤"  # noqa: RUF001 - as printed
"""Beyond ASCII, what Korean receipts, cards and forms print often."""


def characters() -> tuple[str, ...]:
    """Every character but the space, each once."""
    return tuple(dict.fromkeys([*LATIN, *MARKS, *syllables()]))
