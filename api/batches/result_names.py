"""Names for results in an archive: after the documents' files, safe on every system, each once."""

from __future__ import annotations

import re
from typing import Final

from workers.jobs import Job

MAX_PART_CHARACTERS: Final = 100
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])")


class ResultNames:
    """Gives out names for one archive."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, job: Job) -> str:
        """A name such as `2026/receipt.json`, after the file's up to its first dot."""
        *folders, last = (job.filename or job.job_id).split("/")
        stem = _safe(last.partition(".")[0]) or job.job_id
        path = "/".join([*filter(None, map(_safe, folders)), stem])
        name, number = f"{path}.json", 1
        while name.casefold() in self._given:
            number += 1
            # Of many alike the id is quicker found than a free number.
            name = f"{path}-{number}.json" if number < 10 else f"{path}-{job.job_id}-{number}.json"
        self._given.add(name.casefold())
        return name


def _safe(part: str) -> str:
    plain = _UNSAFE.sub("_", part)[:MAX_PART_CHARACTERS].strip(" .")
    return f"_{plain}" if _DEVICES.fullmatch(plain) else plain
