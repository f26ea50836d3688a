"""A server that has just started has its broker's client loaded and connected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.service import serving, wait_for
from workers.jobs import LANES

pytestmark = pytest.mark.e2e


def test_a_new_server_has_rung_before_anybody_hands_in(tmp_path: Path) -> None:
    with serving(tmp_path / "state", embedded_worker="false"):
        messages = tmp_path / "state" / "broker" / "messages"

        def rung() -> bool:
            return all(any(messages.glob(f"*.{lane}.msg")) for lane in LANES)

        wait_for(rung)


def test_a_server_whose_broker_is_away_takes_documents_all_the_same(tmp_path: Path) -> None:
    away = "redis://127.0.0.1:1/0"
    state_dir = tmp_path / "state"
    with serving(state_dir, embedded_worker="false", broker_url=away) as service:
        assert service.http.get("/healthz").is_success
        answer = service.upload(b'{"pages": []}', "a.words.json")
        assert answer.status_code in {202, 422}
