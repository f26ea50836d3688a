"""The part of `api.client` that speaks of batches."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

from api.batches.wire import (
    BatchEntry,
    BatchFormat,
    BatchLine,
    BatchList,
    BatchOrder,
    Cancelled,
    NamedDocuments,
    Retried,
)
from api.client_connection import TIMEOUT_SECONDS, Body, ServiceConnection
from api.wire import DocumentList
from workers.states import JobState

INTAKE_SECONDS: Final = 600.0
"""How long the service may be silent while it stores or deletes thousands of documents."""
_READ_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Named:
    """Documents that the service is to fetch itself: web addresses, keys of its import store."""

    urls: Sequence[str] = ()
    keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ZipArchive:
    """A ZIP archive of documents."""

    path: Path


@dataclass(frozen=True, slots=True)
class Files:
    """Documents as files, each by the name that the service is to show, with `/` for folders."""

    paths: Sequence[tuple[str, Path]]

    @classmethod
    def of_folder(cls, folder: Path) -> Files:
        """All files of a folder and its subfolders but the hidden ones, in the order of names."""
        found = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")))
        return cls(
            [
                (inside.as_posix(), path)
                for inside, path in found
                if path.is_file() and not any(part.startswith(".") for part in inside.parts)
            ]
        )


BatchContent = Named | ZipArchive | Files


class BatchCalls(ServiceConnection):
    """Calls about batches. All methods raise ServiceError."""

    def create_batch(
        self,
        content: BatchContent = Named(),
        *,
        document_type: str = "auto",
        name: str | None = None,
        sealed: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BatchEntry:
        """Make a batch; once this returns, its documents will be finished or reported.

        Args:
            content: its first documents.
            document_type: of the service's types, or "auto".
            name: for show.
            sealed: whether no others follow; None: whether there are documents now.
            idempotency_key: with the same key the same documents become only one batch.
        """
        once = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        if isinstance(content, Named):
            order = BatchOrder(
                urls=list(content.urls),
                keys=list(content.keys),
                type=document_type,
                name=name,
                sealed=sealed,
            )
            as_json = {"Content-Type": "application/json", **once}
            return self._batch("POST", "/v1/batches", order.model_dump_json().encode(), as_json)
        query = {"type": document_type}
        if name is not None:
            query["name"] = name
        if sealed is not None:
            query["sealed"] = str(sealed).lower()
        body, headers = _body(content)
        return self._batch("POST", f"/v1/batches?{urlencode(query)}", body, {**headers, **once})

    def add(self, batch_id: str, content: BatchContent) -> BatchEntry:
        """Add documents to a batch that is not sealed."""
        body, headers = _body(content)
        return self._batch("POST", f"/v1/batches/{batch_id}/documents", body, headers)

    def seal(self, batch_id: str) -> BatchEntry:
        """Say that no documents follow."""
        return self._batch("POST", f"/v1/batches/{batch_id}/seal")

    def batch(self, batch_id: str, *, wait_seconds: float = 0.0) -> BatchEntry:
        """How far a batch is, if so wished as soon as it is finished."""
        query = urlencode({"wait": wait_seconds})
        answer = self.ask(
            "GET",
            f"/v1/batches/{batch_id}?{query}",
            timeout_seconds=TIMEOUT_SECONDS + wait_seconds,
        )
        return BatchEntry.model_validate_json(answer.body)

    def batches(self, *, limit: int = 50, cursor: str | None = None) -> BatchList:
        """Batches, newest first; `next` of the answer is the `cursor` of what follows."""
        query = {"limit": str(limit)} | ({} if cursor is None else {"cursor": cursor})
        answer = self.ask("GET", f"/v1/batches?{urlencode(query)}")
        return BatchList.model_validate_json(answer.body)

    def batch_documents(
        self,
        batch_id: str,
        *,
        status: JobState | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> DocumentList:
        """A batch's documents, all or those of one status, in the order of their handing in."""
        given = {"status": status, "limit": str(limit), "cursor": cursor}
        query = urlencode({key: value for key, value in given.items() if value is not None})
        answer = self.ask("GET", f"/v1/batches/{batch_id}/documents?{query}")
        return DocumentList.model_validate_json(answer.body)

    def cancel_batch(self, batch_id: str) -> int:
        """Cancel all documents that are not done; returns how many those are."""
        path = f"/v1/batches/{batch_id}/cancel"
        answer = self.ask("POST", path, timeout_seconds=INTAKE_SECONDS)
        return Cancelled.model_validate_json(answer.body).n_cancelled

    def retry_batch(
        self, batch_id: str, *, status: Literal["failed", "cancelled"] = "failed"
    ) -> int:
        """Let all failed documents wait again, or all cancelled ones; returns how many."""
        answer = self.ask("POST", f"/v1/batches/{batch_id}/retry?status={status}")
        return Retried.model_validate_json(answer.body).n_retried

    def batch_results(
        self,
        batch_id: str,
        *,
        words: bool = False,
        redact: str | None = None,
        corrected: bool = False,
    ) -> Iterator[BatchLine]:
        """Every document with its result or error, as they stand, one by one.

        The connection is busy until the last was taken.

        Args:
            batch_id: of the batch.
            words: whether each page's words are listed.
            redact: kinds of personal data to mask, such as "names,phones" or "all".
            corrected: whether corrections are applied, where there are any.
        """
        query = "&words=true" if words else ""
        query += "&corrected=true" if corrected else ""
        query += "" if redact is None else f"&{urlencode({'redact': redact})}"
        rest = b""
        for chunk in self.batch_file(batch_id, "jsonl", query=query):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield BatchLine.model_validate_json(line)

    def batch_file(
        self, batch_id: str, batch_format: BatchFormat, *, query: str = ""
    ) -> Iterator[bytes]:
        """The results as a file, piece by piece; the connection is busy until the last."""
        answer = self.open("GET", f"/v1/batches/{batch_id}/results?format={batch_format}{query}")
        try:
            while chunk := answer.read(_READ_BYTES):
                yield chunk
        except (OSError, HTTPException) as error:
            raise self.broken(error) from error
        finally:
            if not answer.isclosed():  # whoever took them stopped half-way
                self.close()

    def delete_batch(self, batch_id: str) -> None:
        """Delete a batch with all its documents."""
        self.ask("DELETE", f"/v1/batches/{batch_id}", timeout_seconds=INTAKE_SECONDS)

    def _batch(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        headers: dict[str, str] | None = None,
    ) -> BatchEntry:
        answer = self.ask(method, path, body, headers, timeout_seconds=INTAKE_SECONDS)
        return BatchEntry.model_validate_json(answer.body)


class _FileBody:
    """A file's content, piece by piece."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                yield chunk


class _FormBody:
    """A form with many parts `file`."""

    def __init__(self, files: Files, boundary: str) -> None:
        self._files = files
        self._end = f"--{boundary}--\r\n".encode()
        self._heads = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{_quoted(name)}"\r\n\r\n'.encode()
            for name, _path in files.paths
        ]

    def n_bytes(self) -> int:
        around = sum(len(head) + 2 for head in self._heads) + len(self._end)
        return around + sum(path.stat().st_size for _name, path in self._files.paths)

    def __iter__(self) -> Iterator[bytes]:
        for head, (_name, path) in zip(self._heads, self._files.paths, strict=True):
            yield head
            yield from _FileBody(path)
            yield b"\r\n"
        yield self._end


def _body(content: BatchContent) -> tuple[Body, dict[str, str]]:
    """What is sent, and the headers that tell of it."""
    match content:
        case Named():
            named = NamedDocuments(urls=list(content.urls), keys=list(content.keys))
            return named.model_dump_json().encode(), {"Content-Type": "application/json"}
        case ZipArchive():
            length = str(content.path.stat().st_size)
            headers = {"Content-Type": "application/zip", "Content-Length": length}
            return _FileBody(content.path), headers
        case Files():
            boundary = uuid.uuid4().hex
            form = _FormBody(content, boundary)
            media_type = f"multipart/form-data; boundary={boundary}"
            return form, {"Content-Type": media_type, "Content-Length": str(form.n_bytes())}


def _quoted(name: str) -> str:
    """A file's name within quotation marks, as browsers write it."""
    return name.replace("\\", "%5C").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
