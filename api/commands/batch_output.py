"""The results of `docspade batch`, and what of them is done already."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ValidationError

from api.commands.extract_output import OutputFolder
from layout.result import DocumentResult

DONE_FILE = ".docspade-batch.jsonl"


class _Done(BaseModel):
    """A line of the list of what is done."""

    name: str
    sha256: str
    type: str


class BatchFolder:
    """Results as NAME.json, in subfolders as the documents were, and a list of them.

    The list is written after the result: what a kill comes between is done again.

    Args:
        folder: made if it is not there.
        document_type: that the documents are read as.

    Raises:
        SetupError: the folder cannot be made.
    """

    def __init__(self, folder: Path, document_type: str) -> None:
        self._folder = folder
        self._outputs: dict[Path, OutputFolder] = {Path(): OutputFolder(folder)}
        self.document_type = document_type
        self.n_written = self.n_known = 0
        self._done = {
            (done.name, done.sha256) for done in self._read() if done.type == document_type
        }

    def claim(self, inside: Path, source: Path) -> Path:
        """Reserve the name of a document's result.

        Args:
            inside: the document's path below the batch's folder.
            source: the document.

        Raises:
            InputError: another document of this run has the same name.
            SetupError: its folder cannot be made.
        """
        parent = inside.parent
        if parent not in self._outputs:
            self._outputs[parent] = OutputFolder(self._folder / parent)
        return parent / self._outputs[parent].claim(source)

    def knows(self, name: Path, sha256: str) -> bool:
        """Whether the document was done before, and its result is there."""
        is_done = (str(name), sha256) in self._done and self._path(name).is_file()
        self.n_known += is_done
        return is_done

    def write(self, name: Path, sha256: str, result: DocumentResult) -> None:
        """Write a result, then that it is there.

        Raises:
            OSError: the disk says no.
        """
        self._outputs[name.parent].write(
            f"{name.name}.json", f"{result.to_json(indent=2)}\n".encode()
        )
        line = _Done(name=str(name), sha256=sha256, type=self.document_type).model_dump_json()
        with (self._folder / DONE_FILE).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        self.n_written += 1

    def _path(self, name: Path) -> Path:
        return self._folder / name.parent / f"{name.name}.json"

    def _read(self) -> list[_Done]:
        path = self._folder / DONE_FILE
        if not path.is_file():
            return []
        done = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                done.append(_Done.model_validate_json(line))
            except ValidationError:  # the line that a kill cut off
                continue
        return done
