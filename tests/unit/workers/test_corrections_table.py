"""The table of corrections: revisions, what is expected to stand, and several hands at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from layout.result import DocumentResult
from tests.unit.layout.corrected import corrections
from tests.unit.workers.conftest import Clock
from workers import corrections as corrections_module
from workers.corrections import CorrectionTable, StaleCorrectionsError
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import NewJob, new_job_id

EMPTY = corrections("{}")
OTHER = corrections('{"tip": {"text": "1.00", "value": null, "regions": []}}')


def finished(database: Database, result: DocumentResult) -> str:
    """A job that is done."""
    jobs = JobTable(database)
    job_id = jobs.add(NewJob(new_job_id(), 1)).job_id
    job = jobs.claim("interactive", "a")
    assert job is not None
    assert jobs.finish(job, result)
    return job_id


def test_each_change_is_a_revision(
    database: Database, result: DocumentResult, clock: Clock
) -> None:
    table, job_id = CorrectionTable(database, clock=clock), finished(database, result)
    assert table.get(job_id) is None
    first = table.put(job_id, EMPTY, corrected_by="k1")
    clock.now += 5
    second = table.put(job_id, OTHER, corrected_by=None)
    assert first is not None
    assert second is not None
    assert second == table.get(job_id)
    assert (second.corrections, second.revision, second.corrected_by) == (OTHER, 2, None)
    assert (first.corrected_by, second.corrected_at - first.corrected_at) == ("k1", 5)
    assert first.tag != second.tag


def test_what_was_not_expected_changes_nothing(database: Database, result: DocumentResult) -> None:
    table, job_id = CorrectionTable(database), finished(database, result)
    stands = table.put(job_id, EMPTY, corrected_by=None)
    with pytest.raises(StaleCorrectionsError):
        table.put(job_id, OTHER, corrected_by=None, is_expected=lambda tag: tag is None)
    with pytest.raises(StaleCorrectionsError):
        table.delete(job_id, is_expected=lambda tag: tag == "other")
    assert table.get(job_id) == stands
    assert table.delete(job_id)
    assert not table.delete(job_id)


def test_of_several_hands_at_once_one_is_first(database: Database, result: DocumentResult) -> None:
    table, job_id = CorrectionTable(database), finished(database, result)

    def put(_hand: int) -> bool:
        try:
            table.put(job_id, OTHER, corrected_by=None, is_expected=lambda tag: tag is None)
        except StaleCorrectionsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(put, range(8))) == [False] * 7 + [True]
        list(pool.map(lambda _: table.put(job_id, EMPTY, corrected_by=None), range(8)))
    stands = table.get(job_id)
    assert stands is not None
    assert stands.revision == 9


def test_corrections_go_with_their_job(database: Database, result: DocumentResult) -> None:
    table, job_id = CorrectionTable(database), finished(database, result)
    assert table.put(job_id, EMPTY, corrected_by=None) is not None
    assert JobTable(database).delete(job_id)
    assert table.get(job_id) is None
    assert table.put(job_id, EMPTY, corrected_by=None) is None
    assert not table.delete(job_id)
    assert list(table.documents()) == []


def test_all_corrected_documents_are_listed_in_parts(
    database: Database, result: DocumentResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections_module, "PAGE_SIZE", 2)
    table = CorrectionTable(database)
    ids = sorted(finished(database, result) for _ in range(5))
    for job_id in ids[:-1]:
        table.put(job_id, OTHER, corrected_by=None)
    listed = list(table.documents())
    assert [document.job_id for document in listed] == ids[:-1]
    assert (listed[0].result, listed[0].corrections) == (result, OTHER)
