"""The parts that server and workers share, opened from the settings."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ocr.errors import SetupError
from workers.addresses import REDIS_SCHEMES, Bucket
from workers.batch_table import BatchTable
from workers.blobs import BlobStore, LocalBlobStore
from workers.blobs_s3 import open_s3_store
from workers.celery_app import BrokerAddress
from workers.database import Database
from workers.idempotency import OF_BATCHES, IdempotencyKeys
from workers.imports import open_imports
from workers.job_table import JobTable
from workers.jobs import LeasePolicy
from workers.patience import patiently
from workers.presence import Presence
from workers.runner import SLICE_SECONDS
from workers.settings import Settings
from workers.sources import Sources


@dataclass(frozen=True, slots=True)
class Services:
    """What is opened once: tables, blobs, the places to fetch from, where the broker is."""

    database: Database
    jobs: JobTable
    blobs: BlobStore
    presence: Presence
    once: IdempotencyKeys
    batches_once: IdempotencyKeys
    batches: BatchTable
    sources: Sources
    broker: BrokerAddress


def open_services(settings: Settings) -> Services:
    """Open the database, bringing its tables up to date, and the blob store.

    Servers on the network may start after docspade: they are waited for.

    Raises:
        SetupError: the state folder or the store cannot be used, or a client is not installed.
        TransientError: database or store cannot be reached.
    """
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        blobs = _open_blobs(settings.blob_place)
    except OSError as error:
        place = settings.blob_url or settings.state_dir
        raise SetupError(f"the folder {place} cannot be used: {error}") from error
    _check_broker_client(settings)
    database = Database(settings.effective_database_url)
    patiently(database.migrate)
    policy = LeasePolicy(settings.lease_seconds, settings.max_attempts)
    return Services(
        database=database,
        jobs=JobTable(database, policy),
        blobs=blobs,
        presence=Presence(database),
        once=IdempotencyKeys(database),
        batches_once=IdempotencyKeys(database, OF_BATCHES),
        batches=BatchTable(database),
        sources=_open_sources(settings),
        broker=BrokerAddress(
            settings.remote_broker_url,
            settings.broker_dir,
            # A job may have to wait for those beside it before it runs.
            longest_slice_seconds=SLICE_SECONDS + 2 * settings.job_deadline_seconds,
        ),
    )


def _open_blobs(place: Path | Bucket) -> BlobStore:
    if isinstance(place, Path):
        return LocalBlobStore(place)
    return patiently(lambda: open_s3_store(place))


def _open_sources(settings: Settings) -> Sources:
    place = settings.import_place
    imports = None if place is None else patiently(lambda: open_imports(place))
    return Sources(settings.url_source_hosts, imports, settings.limits)


def _check_broker_client(settings: Settings) -> None:
    url = settings.remote_broker_url or ""
    if urlsplit(url).scheme in REDIS_SCHEMES and importlib.util.find_spec("redis") is None:
        raise SetupError("redis:// needs redis: pip install 'docspade[scale]'")
