"""Blobs in an S3-compatible store.

A blob is one object, `<prefix><two digits>/<document id>/<name>`, put in one request: such a store
shows an object as a whole or not at all. Keys of access come the usual way (`AWS_ACCESS_KEY_ID`,
a profile, the role of a machine or a pod).
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
from typing import BinaryIO, Protocol, Self, TypedDict

from ocr.errors import LimitExceededError, SetupError, TransientError
from workers.addresses import Bucket
from workers.blobs import SOURCE, BlobKey
from workers.jobs import is_job_id

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
READ_SECONDS = 30
N_TRIES = 4
N_CONNECTIONS = 32
MEMORY_BYTES = 8 << 20  # beyond that, a blob being written waits in a temporary file
MAX_OBJECT_BYTES = 5 << 30  # what S3 takes in one request
REFUSED = frozenset({"301", "400", "401", "403", "404"})
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class _Object(TypedDict):
    Key: str
    LastModified: datetime


class S3Client(Protocol):
    """What the store needs of boto3's client; the requests' keys are Amazon's own names."""

    def head_bucket(self, **request: str) -> object:
        """Fail unless the bucket is there."""

    def put_object(self, **request: str | int | BinaryIO) -> object:
        """Store an object."""

    def get_object(self, **request: str) -> dict[str, BinaryIO]:
        """An object; its `Body` is still to be read."""
        ...

    def delete_object(self, **request: str) -> object:
        """Remove an object, if it is there."""

    def list_objects_v2(self, **request: str) -> dict[str, object]:
        """One page of a listing."""
        ...


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
        with _store_errors():
            self._opened.write(chunk)

    def commit(self) -> None:
        """Put the object; once this returns, the store has it."""
        with _store_errors():
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
        client: of boto3, see `connect`.
        bucket: where the objects lie.
    """

    def __init__(self, client: S3Client, bucket: Bucket) -> None:
        self._client = client
        self._bucket = bucket

    def check(self) -> None:
        """Ask whether the bucket is there.

        Raises:
            SetupError: the store refuses; the message names its reason.
            TransientError: the store cannot be reached.
        """
        from botocore.exceptions import ClientError, NoCredentialsError

        try:
            with _store_errors():
                self._client.head_bucket(Bucket=self._bucket.name)
        except TransientError as error:
            cause = error.__cause__
            if isinstance(cause, NoCredentialsError) or (
                isinstance(cause, ClientError) and _code(cause) in REFUSED
            ):
                message = f"the bucket {self._bucket.name} cannot be used: {cause}"
                raise SetupError(message) from cause
            raise

    def create(self, key: BlobKey) -> S3BlobWriter:
        """Begin to write a blob; an older one of that name is replaced at the commit."""
        return S3BlobWriter(self._client, self._bucket.name, self._key(key))

    def read(self, key: BlobKey) -> bytes | None:
        """A blob's bytes, None when there is none."""
        from botocore.exceptions import ClientError

        with _store_errors():
            try:
                answer = self._client.get_object(Bucket=self._bucket.name, Key=self._key(key))
            except ClientError as error:
                if _code(error) in MISSING:
                    return None
                raise
            with contextlib.closing(answer["Body"]) as body:
                return body.read()

    def delete_document(self, document_id: str) -> None:
        """Remove all blobs of a document, if there are any."""
        folder = self._key(BlobKey(document_id, SOURCE)).removesuffix(SOURCE)
        with _store_errors():
            for entry in self._objects(folder):
                self._client.delete_object(Bucket=self._bucket.name, Key=entry["Key"])

    def documents_older_than(self, age_seconds: float) -> Iterator[str]:
        """Ids of documents none of whose blobs was written within the given time."""
        limit = time.time() - age_seconds
        with _store_errors():
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
        with _store_errors():
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
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise SetupError("s3:// needs boto3: pip install 'docspade[scale]'") from error
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": N_TRIES},
        max_pool_connections=N_CONNECTIONS,
        s3={"addressing_style": "path" if bucket.endpoint else "auto"},
        # Newer checksums are Amazon's own: other stores refuse them.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client: S3Client = boto3.session.Session().client(
        "s3", endpoint_url=bucket.endpoint, region_name=bucket.region, config=config
    )
    store = S3BlobStore(client, bucket)
    store.check()
    return store


def _document_id(entry: _Object) -> str:
    parts = entry["Key"].rsplit("/", 2)
    return parts[-2] if len(parts) == 3 else ""


def _code(error: Exception) -> str:
    answer: dict[str, dict[str, object]] = getattr(error, "response", {})
    return str(answer.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except (BotoCoreError, ClientError, HTTPClientError, OSError) as error:
        reason = f"the blob store cannot be used just now: {error}"
        raise TransientError(reason) from error
