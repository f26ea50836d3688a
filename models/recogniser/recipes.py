"""What the released recognisers are taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpora import sroie
from corpora.found_lines import LineFinder, load_picture
from corpora.splits import fold_of
from corpora.sroie_lines import SPLIT, PairedReceipt, paired_receipts
from corpora.synthesis.line_texts import foreign_texts, korean_texts, latin_texts
from corpora.synthesis.text_lines import HANGUL_FONTS, IDEOGRAPH_FONTS, LATIN_FONTS, LineMaker
from models.hangul import syllables
from models.recogniser.alphabet import LATIN, korean_characters
from models.recogniser.lines import Line
from models.recogniser.train import Recipe, RecogniserSchedule
from ocr.engines.crops import cut_line
from ocr.engines.model_files import WHEEL_RECOGNISER, wheel_model
from ocr.types import Point, Quad

DEVELOPMENT_SEED = 9_000
N_DEVELOPMENT = 200
KOREAN_SCHEDULE = RecogniserSchedule()
KOREAN_TRAINED_ON = RecogniserSchedule(n_steps=4000, rate=1e-4, head_rate=3e-4)
"""Of a recogniser that knows Hangul already: at five times these rates it forgets first."""
LATIN_SCHEDULE = RecogniserSchedule(
    n_steps=380,
    batch_columns=7680,
    rate=2e-5,
    head_rate=2e-5,
    decay=0.0,
    warm_up=0.1,
    save_every=100,
    n_frozen=30,
    pool=96,
    keeping=3.0,
    clip=1.0,
    blend=0.5,
)
LATIN_SHARES = (0.55, 0.2, 0.1, 0.15)
"""Of lines of receipts, made-up Latin ones, ones with accents, and Chinese, Japanese, Korean ones.
Of the last two the network's former reading is to be kept."""
LATIN_HANDICAPS = {"0": 1.0}
"""Receipts are full of zeros: what learned from them takes many an O in a word for one."""
DULL_SHARE = 0.5
"""Of the receipts' lines that were read rightly, so many are taken; of the others all."""
DEVELOPMENT_FOLD, N_FOLDS = 0, 10
"""Of the shops that may be learned from, those whose lines tell how training goes."""
JITTER = 0.03
"""Standard deviation by which a line's ends and edges are cut elsewhere, in its heights."""


def korean(start: Path | None = None, n_development: int = N_DEVELOPMENT) -> Recipe:
    """PP-OCR's recogniser taught Hangul on rendered lines; its other characters go.

    Args:
        start: a recogniser that knows Hangul, which is trained on; None for PP-OCR's own.
        n_development: lines by which errors are counted.
    """
    listed = korean_characters()

    def rendered(seed: int) -> Iterator[Line]:
        texts = korean_texts(seed, syllables(), listed)
        return _rendered(seed, texts, HANGUL_FONTS)

    return Recipe(
        start=start or wheel_model(WHEEL_RECOGNISER),
        characters=listed,
        learned=None,
        lines=rendered,
        development=lambda: _first(rendered(DEVELOPMENT_SEED), n_development),
        schedule=KOREAN_SCHEDULE if start is None else KOREAN_TRAINED_ON,
    )


def latin(root: Path, run_dir: Path) -> Recipe:
    """PP-OCR's recogniser taught spaces and marks on receipts; it keeps all of its characters.

    Args:
        root: of SROIE.
        run_dir: where the lines that were found are kept.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    receipts = paired_receipts(root, run_dir / "lines.jsonl", LineFinder.open())
    folds = [fold_of(receipt.shop, n_folds=N_FOLDS) for receipt in receipts]
    pairs = list(zip(receipts, folds, strict=True))
    learned = [receipt for receipt, fold in pairs if fold != DEVELOPMENT_FOLD]
    judged = [receipt for receipt, fold in pairs if fold == DEVELOPMENT_FOLD]
    return Recipe(
        start=wheel_model(WHEEL_RECOGNISER),
        characters=None,
        learned=frozenset({"", " ", *LATIN}),
        lines=lambda seed: _mixed(seed, root, learned),
        development=lambda: _judged(root, judged),
        schedule=LATIN_SCHEDULE,
        handicaps=LATIN_HANDICAPS,
    )


def _mixed(seed: int, root: Path, receipts: Sequence[PairedReceipt]) -> Iterator[Line]:
    random = np.random.default_rng([seed, 4])
    accented = foreign_texts(seed, is_ideographic=False)
    ideographic = foreign_texts(seed, is_ideographic=True)
    sources = (
        receipt_lines(root, receipts, random),
        _rendered(seed, latin_texts(seed, LATIN), LATIN_FONTS),
        _to_keep(_rendered(seed, accented, LATIN_FONTS)),
        _to_keep(_rendered(seed, ideographic, IDEOGRAPH_FONTS)),
    )
    while True:
        yield next(sources[int(random.choice(len(sources), p=LATIN_SHARES))])


def receipt_lines(
    root: Path, receipts: Sequence[PairedReceipt], random: np.random.Generator
) -> Iterator[Line]:
    """Lines of receipts without end, each time cut a little differently."""
    characters = {*LATIN, " "}
    while True:
        for i in random.permutation(len(receipts)):
            picture = load_picture(sroie.image_path(root, SPLIT, receipts[i].name))
            for line in receipts[i].lines:
                text = line.text
                if not text or not set(text) <= characters:
                    continue
                if text != line.read.strip() or random.random() < DULL_SHARE:
                    yield Line(cut_line(picture, jittered(line.quad, random)), text)


def jittered(quad: Quad, random: np.random.Generator) -> Quad:
    """A quad whose edges are moved a little, as a detector is never quite sure of them."""
    left, right, above, below = random.normal(0.0, JITTER * quad.height, 4)
    a, b, c, d = quad.corners
    along = ((b[0] - a[0]) / max(quad.width, 1.0), (b[1] - a[1]) / max(quad.width, 1.0))
    down = ((d[0] - a[0]) / max(quad.height, 1.0), (d[1] - a[1]) / max(quad.height, 1.0))

    def moved(corner: Point, on: float, under: float) -> Point:
        return (
            corner[0] + on * along[0] + under * down[0],
            corner[1] + on * along[1] + under * down[1],
        )

    return Quad(
        (
            moved(a, left, above),
            moved(b, right, above),
            moved(c, right, below),
            moved(d, left, below),
        )
    )


def _judged(root: Path, receipts: Sequence[PairedReceipt]) -> list[Line]:
    """Every line of receipts that has a text."""
    lines = []
    for receipt in receipts:
        picture = load_picture(sroie.image_path(root, SPLIT, receipt.name))
        lines += [
            Line(cut_line(picture, line.quad), line.text) for line in receipt.lines if line.text
        ]
    return lines


def _rendered(seed: int, texts: Iterator[str], fonts: tuple[str, ...]) -> Iterator[Line]:
    maker = LineMaker(seed, texts, fonts)
    while True:
        made = maker.line()
        yield Line(made.picture, made.text)


def _to_keep(lines: Iterator[Line]) -> Iterator[Line]:
    return (Line(line.picture, None) for line in lines)


def _first(lines: Iterator[Line], count: int) -> list[Line]:
    return [next(lines) for _ in range(count)]
