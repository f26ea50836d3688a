"""A server that speaks S3; the others are those that the stress commands start."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.service.processes import folder_of, free_port, is_listening, running_server

S3_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
REGION = "us-east-1"


@dataclass(frozen=True)
class S3Server:
    """A running server; any keys are good."""

    endpoint: str

    def new_bucket(self) -> str:
        """URL of a fresh bucket."""
        import boto3

        name = f"docspade-{uuid.uuid4().hex[:12]}"
        boto3.client("s3", endpoint_url=self.endpoint, region_name=REGION).create_bucket(
            Bucket=name
        )
        return self.url(name)

    def url(self, bucket: str) -> str:
        endpoint = quote(self.endpoint, safe="")
        return f"s3://{bucket}/documents?endpoint={endpoint}&region={REGION}"


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """moto's server: it speaks the protocol over HTTP and keeps objects in memory."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    before = {name: os.environ.get(name) for name in S3_KEYS}
    os.environ.update(S3_KEYS)
    try:
        with (
            folder_of("root") as folder,
            running_server(command, lambda: is_listening(port), folder / "log"),
        ):
            yield S3Server(f"http://127.0.0.1:{port}")
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
