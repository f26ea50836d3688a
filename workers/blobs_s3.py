"""Blobs in an S3-compatible store.

A blob is one object, `<prefix><two digits>/<document id>/<name>`, put in one request: such a store
shows an object as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Self, TypedDict

from ocr.errors import LimitExceededError
from workers.addresses import Bucket
from workers.blobs import SOURCE, BlobKey
from workers.jobs import is_job_id
from workers.s3 import MISSING, S3Client, check_bucket, connect, error_code, store_errors

logger = logging.getLogger(__name__)

MEMORY_BYTES = 8 << 20  # beyond that, a blob being written waits in a temporary file
MAX_OBJECT_BYTES = 5 << 30  # what S3 takes in one request


class _Object(TypedDict):
    Key: str
    LastModified: datetime


class S3BlobWriter:
    """Gathers a blob in memory or in a temporary file; `commit` puts it in one request."""

    def __init__(self, client: S3Client, bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._file: BinaryIO | None = None
        self.n_bytes = 0

    def __enter__(self) -> Self:
        self._file = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # type: ignore[assignment]  # it reads and writes bytes
        return self

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            LimitExceededError: more than the store takes.
        """
        self.n_bytes += len(chunk)
        if self.n_bytes > MAX_OBJECT_BYTES:
            raise LimitExceededError(f"the store takes {MAX_OBJECT_BYTES} bytes at most")
        with store_errors():
            self._opened.write(chunk)

    def commit(self) -> None:
        """Put the object; once this returns, the store has it."""
        with store_errors():
            self._opened.seek(0)
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=self._opened,
                ContentLength=self.n_bytes,
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise RuntimeError("a writer is used in a with block")
        return self._file


class S3BlobStore:
    """Blobs in a bucket.

    Args:
        client: see `workers.s3.connect`.
        bucket: where the objects lie.
    """

    def __init__(self, client: S3Client, bucket: Bucket) -> None:
        self._client = client
        self._bucket = bucket

    def create(self, key: BlobKey) -> S3BlobWriter:
        """Begin to write a blob; an older one of that name is replaced at the commit."""
        return S3BlobWriter(self._client, self._bucket.name, self._key(key))

    def read(self, key: BlobKey) -> bytes | None:
        """A blob's bytes, None when there is none."""
        from botocore.exceptions import ClientError

        with store_errors():
            try:
                answer = self._client.get_object(Bucket=self._bucket.name, Key=self._key(key))
            except ClientError as error:
                if error_code(error) in MISSING:
                    return None
                raise
            with contextlib.closing(answer["Body"]) as body:
                return body.read()

    def delete_document(self, document_id: str) -> None:
        """Remove all blobs of a document, if there are any."""
        folder = self._key(BlobKey(document_id, SOURCE)).removesuffix(SOURCE)
        with store_errors():
            for entry in self._objects(folder):
                self._client.delete_object(Bucket=self._bucket.name, Key=entry["Key"])

    def documents_older_than(self, age_seconds: float) -> Iterator[str]:
        """Ids of documents none of whose blobs was written within the given time."""
        limit = time.time() - age_seconds
        with store_errors():
            # The store lists keys in order, so that a document's stand together.
            for document_id, entries in itertools.groupby(self._objects(), _document_id):
                is_old = all(entry["LastModified"].timestamp() < limit for entry in entries)
                if is_job_id(document_id) and is_old:
                    yield document_id

    def discard_unfinished(self, age_seconds: float) -> int:
        """Nothing to do: what was not committed never reached the store."""
        del age_seconds
        return 0

    def free_bytes(self) -> int | None:
        """There is no saying; but whether the store answers is found out."""
        with store_errors():
            self._client.head_bucket(Bucket=self._bucket.name)
        return None

    def _key(self, key: BlobKey) -> str:
        return f"{self._bucket.prefix}{key.document_id[:2]}/{key.document_id}/{key.name}"

    def _objects(self, folder: str | None = None) -> Iterator[_Object]:
        request = {"Bucket": self._bucket.name, "Prefix": folder or self._bucket.prefix}
        while True:
            answer = self._client.list_objects_v2(**request)
            yield from answer.get("Contents", [])  # type: ignore[misc]  # as boto3 documents it
            if not answer.get("IsTruncated"):
                return
            request["ContinuationToken"] = str(answer["NextContinuationToken"])


def open_s3_store(bucket: Bucket) -> S3BlobStore:
    """The store behind an `s3://` URL, found to be there.

    Raises:
        SetupError: boto3 is not installed, or the store refuses.
        TransientError: the store cannot be reached.
    """
    client = connect(bucket)
    check_bucket(client, bucket)
    return S3BlobStore(client, bucket)


def _document_id(entry: _Object) -> str:
    parts = entry["Key"].rsplit("/", 2)
    return parts[-2] if len(parts) == 3 else ""
