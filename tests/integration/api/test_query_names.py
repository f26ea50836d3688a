"""Query parameters that there are not, over real HTTP."""

from __future__ import annotations

import pytest

from tests.integration.api.batches import BATCHES
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish
from tests.integration.api.test_upload import DOCUMENTS, picture

pytestmark = pytest.mark.integration


def test_a_misspelt_parameter_is_refused_by_name(server: Server) -> None:
    answer = server.http.post(f"{DOCUMENTS}?wiat=1", content=picture())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    told = answer.json()["detail"]
    assert told.startswith("wiat: there is no such query parameter; there are type, pages, wait,")
    assert "idempotency" not in told.lower()
    assert server.leftovers() == []


def test_a_result_is_not_sent_unmasked_for_a_slip(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    assert server.http.get(f"{path}/result?redact=names&words=true").status_code == 200
    refused = server.http.get(f"{path}/result?redcat=names")
    assert (refused.status_code, "redcat" in refused.json()["detail"]) == (422, True)
    assert server.http.get(f"{path}/result?document_id=x").status_code == 422
    assert server.http.get(f"{path}?a=1").json()["detail"].endswith("there are none here")


def test_batches_know_their_parameters_too(server: Server) -> None:
    made = server.http.post(f"{BATCHES}?sealled=false", json={})
    assert (made.status_code, "sealled" in made.json()["detail"]) == (422, True)
    assert server.http.get(f"{BATCHES}?limit=1").status_code == 200


def test_routes_elsewhere_are_not_looked_at(server: Server) -> None:
    assert server.http.get("/healthz?a=1").status_code == 200
    assert server.http.get("/?utm_source=x").status_code == 200
