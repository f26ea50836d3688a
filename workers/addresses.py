"""Where database, broker and blobs are: the URLs of the settings, checked and taken apart.

| setting        | embedded                    | scaled out                                     |
| -------------- | --------------------------- | ---------------------------------------------- |
| `database_url` | none or `sqlite:////path`   | `postgresql+psycopg://user:password@host/name` |
| `broker_url`   | none or `filesystem:///path` | `redis://host`, `amqp://user:password@host`   |
| `blob_url`     | none or `file:///path`      | `s3://bucket/prefix?endpoint=…&region=…`       |
| `import_url`   | none or `file:///path`      | likewise                                       |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

POSTGRESQL = "postgresql+psycopg"
POSTGRESQL_ALIASES = frozenset({"postgresql", "postgres"})  # as most clusters hand them out
SQLITE_SCHEMES = frozenset({"sqlite", "sqlite+pysqlite"})
BROKER_FOLDER_SCHEME = "filesystem"
REDIS_SCHEMES = frozenset({"redis", "rediss"})
AMQP_SCHEMES = frozenset({"amqp", "amqps"})
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A place in an S3-compatible store.

    Attributes:
        name: of the bucket.
        prefix: put before every key; "" or with a slash at its end.
        endpoint: URL of the store; None for Amazon's own.
        region: None leaves it to the store's usual configuration.
    """

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None


def check_database_url(url: str) -> str:
    """The URL in the form that SQLAlchemy takes.

    Raises:
        ValueError: it is no URL of SQLite or PostgreSQL; the message never repeats it, since it
            may carry a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("this is no database URL, such as sqlite:////path/to/file") from error
    scheme = parsed.drivername
    if scheme in SQLITE_SCHEMES:
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:////path/to/file")
        return url
    if scheme in POSTGRESQL_ALIASES:
        parsed, scheme = parsed.set(drivername=POSTGRESQL), POSTGRESQL
    if scheme != POSTGRESQL:
        raise ValueError(f"{scheme}:// is not supported; there are sqlite:// and {POSTGRESQL}://")
    if not parsed.database:
        raise ValueError(f"the database's name is missing: {POSTGRESQL}://user:password@host/name")
    return parsed.render_as_string(hide_password=False)


def check_broker_url(url: str) -> str:
    """The URL as it was given.

    Raises:
        ValueError: it names neither a folder nor Redis nor RabbitMQ.
    """
    parts = urlsplit(url)
    if parts.scheme == BROKER_FOLDER_SCHEME:
        folder_of(url, BROKER_FOLDER_SCHEME)
        return url
    if parts.scheme not in REDIS_SCHEMES | AMQP_SCHEMES:
        known = "filesystem://, redis://, rediss://, amqp:// and amqps://"
        raise ValueError(f"{parts.scheme or 'no scheme'}: is not supported; there are {known}")
    if not parts.hostname:
        raise ValueError(f"the host's name is missing: {parts.scheme}://host")
    return url


def check_blob_url(url: str) -> str:
    """The URL as it was given.

    Raises:
        ValueError: it names neither a folder nor a bucket.
    """
    scheme = urlsplit(url).scheme
    if scheme == "file":
        folder_of(url, "file")
    elif scheme == "s3":
        bucket_of(url)
    else:
        raise ValueError(f"{scheme or 'no scheme'}: is not supported; there are file:// and s3://")
    return url


def check_collector_url(url: str) -> str:
    """The URL as it was given.

    Raises:
        ValueError: it is no address of a collector; the message never repeats it, since it may
            carry a password.
    """
    parts = urlsplit(url)
    if not _is_web_address(url) or parts.query or parts.fragment:
        raise ValueError("a collector is written as http://host:port, and takes OTLP over HTTP")
    if "@" in parts.netloc:
        raise ValueError("passwords do not belong into the URL")
    return url


def check_proxies(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries as they were given.

    Raises:
        ValueError: one is neither an address nor a network; "*" stands alone.
    """
    if entries != ("*",):
        for entry in entries:
            ip_network(entry)
    return entries


def folder_of(url: str, scheme: str) -> Path:
    """The folder that a URL without a host names.

    Raises:
        ValueError: the path is not absolute, or there is more than a path.
    """
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc or parts.query or parts.fragment or not path.is_absolute():
        raise ValueError(f"a folder is written with three slashes: {scheme}:///path/to/folder")
    return path


def place_of(url: str) -> Path | Bucket:
    """The folder or the bucket that a URL names, which `check_blob_url` has checked."""
    return bucket_of(url) if urlsplit(url).scheme == "s3" else folder_of(url, "file")


def bucket_of(url: str) -> Bucket:
    """The bucket that a URL names.

    Raises:
        ValueError: the bucket, the prefix or an option has no good form.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ValueError("keys do not belong into the URL: set AWS_ACCESS_KEY_ID and its secret")
    if _BUCKET.fullmatch(parts.netloc) is None:
        raise ValueError("the bucket has no good name: s3://bucket/prefix")
    prefix = parts.path.strip("/")
    if _PREFIX.fullmatch(prefix) is None:
        raise ValueError("the prefix takes letters, digits and . _ - / alone")
    options = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(options.keys() - {"endpoint", "region"}):
        raise ValueError(f"there is no option {unknown[0]!r}; there are endpoint and region")
    endpoint = options.get("endpoint", [None])[-1]
    if endpoint is not None and not _is_web_address(endpoint):
        raise ValueError("the endpoint is written as a whole: endpoint=https://host:port")
    region = options.get("region", [None])[-1] or None
    return Bucket(parts.netloc, f"{prefix}/" if prefix else "", endpoint, region)


def _is_web_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
