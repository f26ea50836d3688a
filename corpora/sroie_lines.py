"""SROIE's receipts as lines for a recogniser: our own detector's crops, the data set's transcripts.

Finding and reading the lines takes about a second a receipt, so what was found is kept in a file;
the crops themselves are cut from the pictures whenever they are needed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from corpora import sroie
from corpora.found_lines import load_picture
from corpora.splits import group_share, is_development, sroie_groups
from corpora.transcribed_lines import LineText, targets
from ocr.engine import Image
from ocr.types import Point, Quad

log = logging.getLogger(__name__)

SPLIT = "train"


class Finder(Protocol):
    """Finds lines in pictures, see `corpora/found_lines.py`."""

    def find(self, image: Image) -> list[LineText]:
        """The lines of an upright picture, RGB uint8 [H, W, 3], with what is read on them."""


class PairedLine(BaseModel):
    """A line of a picture.

    Attributes:
        corners: its quad's, in pixels of the picture.
        read: by the recogniser that is to be bettered.
        text: what should be read; None where no transcript fits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    corners: tuple[Point, Point, Point, Point]
    read: str
    text: str | None

    @property
    def quad(self) -> Quad:
        """Where the line stands."""
        return Quad(self.corners)


class PairedReceipt(BaseModel):
    """A receipt's lines.

    Attributes:
        name: of the receipt.
        shop: its group's name, see `corpora.splits`.
        lines: that the detector found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    shop: str
    lines: tuple[PairedLine, ...]


def paired_receipts(root: Path, kept: Path, finder: Finder) -> list[PairedReceipt]:
    """The receipts of SROIE's training part that may be learned from, without the held-out shops'.

    Args:
        root: of SROIE.
        kept: file of what was found, one receipt a line; missing ones are added.
        finder: of the lines.
    """
    receipts = _read_kept(kept)
    shops = {name: shop for name, shop in _shops(root).items() if not is_development(shop)}
    missing = [name for name in sorted(shops, key=group_share) if name not in receipts]
    with kept.open("a", encoding="utf-8") as file:
        for n_done, name in enumerate(missing):
            receipts[name] = _pair(root, name, shops[name], finder)
            file.write(receipts[name].model_dump_json() + "\n")
            if n_done % 50 == 0:
                file.flush()
                log.info("found the lines of %d of %d receipts", n_done, len(missing))
    return [receipts[name] for name in sorted(shops)]


def _shops(root: Path) -> dict[str, str]:
    names = sroie.stems(root, SPLIT)
    return sroie_groups({name: sroie.read_truth(root, SPLIT, name) for name in names})


def _read_kept(path: Path) -> dict[str, PairedReceipt]:
    if not path.exists():
        return {}
    entries: Iterable[str] = path.read_text(encoding="utf-8").splitlines()
    receipts = (PairedReceipt.model_validate_json(entry) for entry in entries)
    return {receipt.name: receipt for receipt in receipts}


def _pair(root: Path, name: str, shop: str, finder: Finder) -> PairedReceipt:
    found = finder.find(load_picture(sroie.image_path(root, SPLIT, name)))
    wanted = targets(found, sroie.read_lines(root, SPLIT, name))
    lines = tuple(
        PairedLine(corners=line.quad.corners, read=line.text, text=text)
        for line, text in zip(found, wanted, strict=True)
    )
    return PairedReceipt(name=name, shop=shop, lines=lines)
