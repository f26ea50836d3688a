"""The lines that a recogniser learns from, in batches as the network takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ocr.engine import Image

COLUMNS = 8
"""Pixel columns of one recogniser step."""


@dataclass(frozen=True)
class Line:
    """A line to learn from.

    Attributes:
        picture: RGB uint8 [48, W, 3].
        text: what stands there; None where the network is to go on reading what it read before
            training, whatever that is.
    """

    picture: Image
    text: str | None


def batches(lines: Iterator[Line], *, seed: int, pool: int, columns: int) -> Iterator[list[Line]]:
    """Endless batches of lines of about one width.

    Args:
        lines: without end.
        seed: of the batches' order.
        pool: lines that are taken at a time, so that those of a batch can be about equally wide.
        columns: pixel columns of a batch's lines together.
    """
    random = np.random.default_rng(seed)
    while True:
        drawn = sorted((next(lines) for _ in range(pool)), key=lambda it: it.picture.shape[1])
        found: list[list[Line]] = [[]]
        for line in drawn:
            if found[-1] and line.picture.shape[1] * (len(found[-1]) + 1) > columns:
                found.append([])
            found[-1].append(line)
        for number in random.permutation(len(found)):
            yield found[number]


def images(lines: Sequence[Line]) -> Tensor:
    """Lines of one mean width as the network sees them: float32 [N, 3, 48, W], BGR, ±1."""
    mean = sum(line.picture.shape[1] for line in lines) / len(lines)
    width = max(2, round(mean / COLUMNS)) * COLUMNS
    stretched = [cv2.resize(line.picture, (width, line.picture.shape[0])) for line in lines]
    bgr = torch.from_numpy(np.stack(stretched)[..., ::-1].copy()).permute(0, 3, 1, 2)
    return (bgr.float() / 127.5 - 1.0).contiguous(memory_format=torch.channels_last)
