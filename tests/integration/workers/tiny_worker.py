"""A worker process with a pipeline of a few lines: `python -m tests....tiny_worker`.

The document's text tells the pipeline what to do, so that a test decides from outside.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from layout.result import DocumentResult, LeafField, ModelEntry, PageEntry
from ocr.errors import CorruptFileError, TransientError
from ocr.types import Page
from workers.process import WorkerOrder, read_order, run_worker, tell_of_work
from workers.settings import Settings

_KEPT: list[bytearray] = []
"""Memory that the documents make the worker keep."""


class ScriptedExtractor:
    """Does what the document says.

    `sleep 2`, `linger 2` (after its page), `grow 200` (MiB), `die`, `corrupt`, `transient`,
    `crash`, `quote`, or text.
    """

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, npt.NDArray[np.uint8] | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        del pages
        on_stage("page 1 was read")
        text = data.decode()
        verb, _, rest = text.partition(" ")
        match verb:
            case "sleep":
                time.sleep(float(rest))
            case "grow":
                _grow(int(rest))
            case "die":
                os._exit(9)
            case "corrupt":
                raise CorruptFileError("the picture is cut off")
            case "transient":
                raise TransientError("not just now")
            case "crash":
                raise ZeroDivisionError
            case "quote":
                float(text)  # the error's message is the text
        page = Page(number=1, width=4, height=3, words=())
        if on_page is not None:
            on_page(page, np.zeros((3, 4, 3), dtype=np.uint8))
        on_stage("its fields were found")
        if verb == "linger":
            time.sleep(float(rest))
        return DocumentResult(
            id=document_id,
            type=document_type,
            type_confidence=1.0,
            status="partial" if verb == "partial" else "succeeded",
            pages=[PageEntry(number=1, width=4, height=3, words=[] if with_words else None)],
            fields={"text": LeafField(value=text, text=text, confidence=1.0, regions=[])},
            issues=[],
            model=ModelEntry(name="scripted", version="0", sha256="0" * 64),
            timings_ms={},
        )


def _grow(mebibytes: int) -> None:
    """Piece by piece: one piece would hold up every thread, and the heartbeat with them."""
    for _ in range(mebibytes):
        _KEPT.append(bytearray(b"x" * (1 << 20)))
        time.sleep(0)


def open_scripted(_settings: Settings) -> ScriptedExtractor:
    return ScriptedExtractor()


def main() -> int:
    order: WorkerOrder = read_order()
    return run_worker(
        order.settings,
        order.worker_id,
        open_extractor=open_scripted,
        on_first_job=tell_of_work,
    )


if __name__ == "__main__":
    sys.exit(main())
