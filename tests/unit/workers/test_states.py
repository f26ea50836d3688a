from __future__ import annotations

import pytest

from workers.states import (
    CANCELLATIONS,
    CLAIM,
    FINAL_STATES,
    RETRIES,
    RETRY,
    TRANSITIONS,
    JobState,
)


def test_only_the_drawn_ways_exist() -> None:
    ways = {(way.source.value, way.target.value) for way in TRANSITIONS}
    assert ways == {
        ("queued", "running"),
        ("running", "queued"),
        ("running", "succeeded"),
        ("running", "partial"),
        ("running", "failed"),
        ("queued", "failed"),
        ("failed", "queued"),
        ("queued", "cancelled"),
        ("running", "cancelled"),
        ("cancelled", "queued"),
    }


@pytest.mark.parametrize("state", list(JobState))
def test_final_states_are_left_by_a_retry_alone(state: JobState) -> None:
    is_left = any(way.source == state for way in TRANSITIONS - {*RETRIES})
    assert state.is_final is not is_left
    assert state.is_final == (state in FINAL_STATES)


def test_only_what_failed_or_was_cancelled_is_tried_again() -> None:
    assert (RETRY.source, RETRY.target) == (JobState.FAILED, JobState.QUEUED)
    assert {way.source for way in RETRIES} == {JobState.FAILED, JobState.CANCELLED}
    assert {way.target for way in RETRIES} == {JobState.QUEUED}


def test_whatever_is_not_done_can_be_cancelled() -> None:
    assert {way.source for way in CANCELLATIONS} == set(JobState) - FINAL_STATES
    assert {way.target for way in CANCELLATIONS} == {JobState.CANCELLED}


def test_running_is_entered_by_a_claim_alone() -> None:
    assert [way for way in TRANSITIONS if way.target == JobState.RUNNING] == [CLAIM]
