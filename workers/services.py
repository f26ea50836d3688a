"""The parts that server and workers share, opened from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.errors import SetupError
from workers.blobs import BlobStore, LocalBlobStore
from workers.celery_app import BrokerAddress
from workers.database import Database
from workers.job_table import JobTable, LeasePolicy
from workers.presence import Presence
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Database, job table, blobs, presence of workers, and where the broker is."""

    database: Database
    jobs: JobTable
    blobs: BlobStore
    presence: Presence
    broker: BrokerAddress


def open_services(settings: Settings) -> Services:
    """Open the database, bringing its tables up to date, and the blob store.

    Raises:
        SetupError: the state folder cannot be used.
        TransientError: the database cannot be reached.
    """
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        blobs = LocalBlobStore(settings.blob_dir)
        broker = BrokerAddress(settings.broker_url, settings.broker_dir)
    except OSError as error:
        raise SetupError(
            f"the state folder {settings.state_dir} cannot be used: {error}"
        ) from error
    database = Database(settings.effective_database_url)
    database.migrate()
    policy = LeasePolicy(settings.lease_seconds, settings.max_attempts)
    return Services(
        database=database,
        jobs=JobTable(database, policy),
        blobs=blobs,
        presence=Presence(database),
        broker=broker,
    )
