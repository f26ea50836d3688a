"""The way to an S3-compatible store: its client, and what its errors mean.

Keys of access come the usual way (`AWS_ACCESS_KEY_ID`, a profile, the role of a machine or a pod).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from ocr.errors import SetupError, TransientError
from workers.addresses import Bucket

CONNECT_SECONDS = 5
READ_SECONDS = 30
N_TRIES = 4
N_CONNECTIONS = 32
REFUSED = frozenset({"301", "400", "401", "403", "404"})
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


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


def connect(bucket: Bucket) -> S3Client:
    """A client for a bucket, which was not asked for yet.

    Raises:
        SetupError: boto3 is not installed.
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
    return client


def check_bucket(client: S3Client, bucket: Bucket) -> None:
    """Ask whether the bucket is there.

    Raises:
        SetupError: the store refuses; the message names its reason.
        TransientError: the store cannot be reached.
    """
    from botocore.exceptions import ClientError, NoCredentialsError

    try:
        with store_errors():
            client.head_bucket(Bucket=bucket.name)
    except TransientError as error:
        cause = error.__cause__
        if isinstance(cause, NoCredentialsError) or (
            isinstance(cause, ClientError) and error_code(cause) in REFUSED
        ):
            message = f"the bucket {bucket.name} cannot be used: {cause}"
            raise SetupError(message) from cause
        raise


def error_code(error: Exception) -> str:
    """What the store calls an error; "" if nothing."""
    answer: dict[str, dict[str, object]] = getattr(error, "response", {})
    return str(answer.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def store_errors() -> Iterator[None]:
    """Turn what may go wrong in a block into a TransientError."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except (BotoCoreError, ClientError, HTTPClientError, OSError) as error:
        reason = f"the blob store cannot be used just now: {error}"
        raise TransientError(reason) from error
