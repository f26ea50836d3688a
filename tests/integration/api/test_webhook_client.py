"""The Python client's calls about webhooks, against a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.client import Docspade, ServiceError
from tests.integration.api.conftest import Server
from tests.integration.api.webhooks import (
    Receiver,
    fail_one,
    open_server,
    receiver,
    sending,
    settled,
)

__all__ = ["open_server", "receiver"]

pytestmark = pytest.mark.integration


@pytest.fixture
def service(open_server: Server) -> Iterator[Docspade]:
    with Docspade(str(open_server.http.base_url)) as service:
        yield service


def test_a_webhook_is_made_told_replayed_and_removed(
    open_server: Server, service: Docspade, receiver: Receiver
) -> None:
    made = service.create_webhook(receiver.url, events=["document.failed"])
    assert made.secret.startswith("whsec_")
    assert service.webhook(made.id).events == ["document.failed"]
    assert [each.id for each in service.webhooks()] == [made.id]
    document_ids = [fail_one(open_server), fail_one(open_server)]
    with sending(open_server):
        settled(open_server, {"id": made.id}, "delivered")
        newest = service.deliveries(made.id, limit=1)
        (older,) = service.deliveries(made.id, cursor=newest.next).deliveries
        assert [older.document_id, newest.deliveries[0].document_id] == document_ids
        again = service.replay(made.id, older.id)
        assert (again.id, again.state) == (older.id, "waiting")
    service.delete_webhook(made.id)
    assert service.webhooks() == []


def test_what_is_refused_is_told_with_its_reason(service: Docspade) -> None:
    with pytest.raises(ServiceError) as caught:
        service.create_webhook("ftp://example.org")
    assert (caught.value.status, caught.value.problem_code) == (422, "invalid_address")
    with pytest.raises(ServiceError) as caught:
        service.replay("none", "none")
    assert caught.value.problem_code == "unknown_webhook"
