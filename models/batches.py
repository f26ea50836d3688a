"""Padded batches of windows with about the same number of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from layout.tokens import Ints
from layout.windows import cut_windows
from models.augment import AugmentConfig, augment
from models.examples import Example, WindowExample
from models.losses import TargetBatch
from models.masking import NO_GUESS, MaskingConfig, mask_window


class SpecialIds(NamedTuple):
    """Vocabulary ids of the special tokens."""

    start: int
    end: int
    mask: int
    colon: int | None = None


class Inputs(NamedTuple):
    """input_ids [B, T], boxes [B, T, 8], shapes [B, T], word_starts [B, N]; 0 pads."""

    input_ids: Tensor
    boxes: Tensor
    shapes: Tensor
    word_starts: Tensor


class Changes(NamedTuple):
    """How a training step's documents are changed."""

    augmentation: AugmentConfig
    masking: MaskingConfig


def draw_window(
    example: Example,
    *,
    max_tokens: int,
    special: SpecialIds,
    changes: Changes,
    rng: np.random.Generator,
) -> WindowExample:
    """One window of a document, at random where it has several, augmented and masked."""
    document = augment(example.document, changes.augmentation, rng)
    windows = cut_windows(
        document, max_tokens=max_tokens, start_id=special.start, end_id=special.end
    )
    window = windows[int(rng.integers(len(windows)))]
    targets = example.targets.take(document.word_ids[window.rows])
    masked = mask_window(
        window, changes.masking, mask_id=special.mask, colon_id=special.colon, rng=rng
    )
    return WindowExample(masked.window, targets, masked.guesses)


def draw_sample(example: Example, *, max_tokens: int, special: SpecialIds) -> Inputs:
    """The first window of a document as a batch of one, as it is served."""
    window = cut_windows(
        example.document, max_tokens=max_tokens, start_id=special.start, end_id=special.end
    )[0]
    targets = example.targets.take(example.document.word_ids[window.rows])
    return collate_inputs([WindowExample(window, targets)])


def group_by_length(
    examples: Sequence[WindowExample], *, max_batch_tokens: int, rng: np.random.Generator
) -> Iterator[list[WindowExample]]:
    """Batches whose padded size stays below a number of tokens, in random order."""
    lengths = np.array([len(example.window.input_ids) for example in examples])
    noisy = lengths * rng.uniform(0.9, 1.1, size=len(lengths))
    batches: list[list[int]] = [[]]
    for index in np.argsort(noisy):
        longest = max(int(lengths[i]) for i in [*batches[-1], index])
        if batches[-1] and longest * (len(batches[-1]) + 1) > max_batch_tokens:
            batches.append([])
        batches[-1].append(int(index))
    for number in rng.permutation(len(batches)):
        yield [examples[i] for i in batches[number]]


def collate_inputs(examples: Sequence[WindowExample]) -> Inputs:
    """Pad the inputs of some windows to common sizes."""
    n_tokens = max(len(example.window.input_ids) for example in examples)
    n_words = max(len(example.window.word_starts) for example in examples)
    return Inputs(
        input_ids=_pad([e.window.input_ids for e in examples], (n_tokens,)),
        boxes=_pad([e.window.boxes for e in examples], (n_tokens, 8)),
        shapes=_pad([e.window.shapes for e in examples], (n_tokens,)),
        word_starts=_pad([e.window.word_starts for e in examples], (n_words,)),
    )


def collate_targets(examples: Sequence[WindowExample]) -> TargetBatch:
    """Pad the targets of some windows to common sizes; "none" moves to the last row."""
    targets = [example.targets for example in examples]
    n = max(len(t.in_entity) for t in targets)
    n_labels = len(targets[0].is_judged)
    n_tokens = max(len(example.window.input_ids) for example in examples)
    return TargetBatch(
        initial=_pad([t.initial for t in targets], (n_labels, n)),
        is_judged=torch.from_numpy(np.stack([t.is_judged for t in targets])),
        is_competing=torch.from_numpy(np.stack([t.is_competing for t in targets])),
        rel_s=_pad_relation([t.rel_s for t in targets], n),
        rel_g=_pad_relation([t.rel_g for t in targets], n),
        in_entity=_pad([t.in_entity for t in targets], (n,)),
        in_group=_pad([t.in_group for t in targets], (n,)),
        key=_pad([t.key for t in targets], (n,), fill=-1.0),
        is_word=_pad([np.ones(len(t.in_entity), dtype=np.bool_) for t in targets], (n,)),
        types=torch.tensor([t.document_type for t in targets]),
        guesses=_pad([_guesses(e) for e in examples], (n_tokens,), fill=NO_GUESS),
    )


def _guesses(example: WindowExample) -> Ints:
    if example.guesses is None:
        return np.full(len(example.window.input_ids), NO_GUESS, dtype=np.int64)
    return example.guesses


def _pad(
    arrays: Sequence[npt.NDArray[np.generic]], shape: tuple[int, ...], fill: float = 0
) -> Tensor:
    out = np.full((len(arrays), *shape), fill, dtype=arrays[0].dtype)
    for row, array in enumerate(arrays):
        place: tuple[int | slice, ...] = (row, *(slice(size) for size in array.shape))
        out[place] = array
    return torch.from_numpy(out)


def _pad_relation(arrays: Sequence[npt.NDArray[np.bool_]], n: int) -> Tensor:
    out = np.zeros((len(arrays), n + 1, n), dtype=np.bool_)
    for row, array in enumerate(arrays):
        size = array.shape[1]
        out[row, :size, :size] = array[:-1]
        out[row, n, :size] = array[-1]
    return torch.from_numpy(out)
