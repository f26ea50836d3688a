"""Whom the sweeper takes for dead."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr.errors import TransientError
from workers.celery_app import Doorbell, make_app
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import JobError, LeasePolicy, NewJob, new_job_id
from workers.services import Services, open_services
from workers.settings import Settings
from workers.sweeper import Sweeper

LEASE_SECONDS = 0.5


class AwayTable(JobTable):
    """May lose its database."""

    is_away = False

    def release_expired(self, reason: JobError) -> int:
        if self.is_away:
            raise TransientError("the database is away")
        return super().release_expired(reason)


@pytest.fixture
def table(database: Database) -> AwayTable:
    return AwayTable(database, LeasePolicy(lease_seconds=LEASE_SECONDS))


@pytest.fixture
def services(tmp_path: Path, table: AwayTable) -> Iterator[Services]:
    opened = open_services(Settings(state_dir=tmp_path / "state"))
    yield dataclasses.replace(opened, jobs=table)
    opened.database.close()


def test_who_could_not_renew_a_lease_has_time_to_when_the_database_is_back(
    services: Services, table: AwayTable
) -> None:
    sweeper = Sweeper(services, Doorbell(make_app(services.broker)), Settings().retention)
    table.add(NewJob(new_job_id(), 1))
    job = table.claim("interactive", "alive")
    assert job is not None
    table.is_away = True
    with pytest.raises(TransientError):
        sweeper.sweep()
    time.sleep(LEASE_SECONDS * 1.1)
    with pytest.raises(TransientError):
        sweeper.sweep()
    table.is_away = False
    sweeper.sweep()
    assert table.renew(job)
    time.sleep(LEASE_SECONDS * 1.1)
    sweeper.sweep()
    assert not table.renew(job)
