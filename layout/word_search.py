"""Finding the words of a document that read like a text."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.reading_order import find_lines
from ocr.types import Page

WordIds = tuple[int, ...]


class WordSearch:
    """The words of a document, in reading order, to look texts up in.

    Args:
        pages: in the document's order; word ids count over all of them.
        ignore_case: whether case makes no difference.
    """

    def __init__(self, pages: Sequence[Page], *, ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        self._ids: list[int] = []  # in reading order, words without characters left out
        self._texts: list[str] = []
        self._page_ends: list[int] = []  # for each of them, where its page ends among them
        self._starts: dict[str, list[int]] = {}  # where a first word stands
        offset = 0
        for page in pages:
            lines = find_lines([word.quad for word in page.words])
            shown = [i for line in lines for i in line if page.words[i].text.strip()]
            self._page_ends += [len(self._ids) + len(shown)] * len(shown)
            for i in shown:
                text = self._folded(page.words[i].text)
                self._starts.setdefault(text.split()[0], []).append(len(self._ids))
                self._ids.append(offset + i)
                self._texts.append(text)
            offset += len(page.words)

    def find(self, text: str) -> list[WordIds]:
        """Runs of words, each on one page, that read so but for white space.

        Args:
            text: to look for; one without characters is found nowhere.
        """
        wanted = self._folded(text)
        found = []
        for start in self._starts.get(wanted.partition(" ")[0], []):
            end = self._end_of_run(start, wanted)
            if end is not None:
                found.append(tuple(self._ids[start:end]))
        return found

    def _folded(self, text: str) -> str:
        folded = " ".join(text.split())
        return folded.upper() if self._ignore_case else folded

    def _end_of_run(self, start: int, wanted: str) -> int | None:
        """Where the run ends that begins at `start` and reads as wanted; None if it does not."""
        at = 0
        for place in range(start, self._page_ends[start]):
            if not wanted.startswith(self._texts[place], at):
                return None
            at += len(self._texts[place])
            if at == len(wanted):
                return place + 1
            if wanted[at] != " ":
                return None
            at += 1
        return None
