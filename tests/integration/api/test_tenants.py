"""Two tenants on one server: neither can see, change or even notice what is the other's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import routers
from api.metrics import Metrics
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.jobs import JobError, new_job_id
from workers.settings import Settings
from workers.webhook_deliveries import DeliveryTable
from workers.webhooks import EVENTS, WebhookTable

pytestmark = pytest.mark.integration

WITHOUT_DOCUMENT = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/types"),
    ("GET", "/v1/documents"),  # has a test of its own below
    ("POST", "/v1/documents"),
    ("GET", "/v1/webhooks"),  # so have these
    ("POST", "/v1/webhooks"),
    ("GET", "/metrics"),
    ("GET", "/v1/batches"),
    ("POST", "/v1/batches"),
}
AZURE = re.compile(r"/(documentintelligence|formrecognizer)/")
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/v1/batches/{batch_id}/documents"): {"urls": []},
    ("PUT", "/v1/documents/{document_id}/corrections"): {"fields": {}},
}
"""What routes are asked with that need a body."""
MODELS = {
    "/documentintelligence": ("prebuilt-receipt", "2024-11-30", "receipt"),
    "/formrecognizer": ("prebuilt-businessCard", "2023-07-31", "business_card"),
}
"""What Azure's routes are asked with: a model, a version, the type that the model stands for."""


@dataclass(frozen=True)
class Tenant:
    name: str
    headers: dict[str, str]

    def send(self, server: Server, method: str, path: str, json: object = None) -> httpx.Response:
        return server.http.request(method, path, headers=self.headers, json=json)


def tenant(server: Server, name: str) -> Tenant:
    key = server.context.keys.create(name, frozenset({"admin"}), tenant=name)
    return Tenant(name, {"x-api-key": key})


@pytest.fixture
def tenants(server: Server) -> tuple[Tenant, Tenant]:
    return tenant(server, "north"), tenant(server, "south")


def all_routes(server: Server) -> Iterator[tuple[str, str]]:
    """Method and path of every route that the application has."""
    for router in routers(server.context, Metrics(server.context.services.database)):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from ((method, route.path) for method in sorted(route.methods or ()))


@dataclass(frozen=True)
class Owned:
    """Ids of what belongs to a tenant."""

    document_id: str
    webhook_id: str
    delivery_id: str
    batch_id: str


def owned(server: Server, one: Tenant, path: str) -> Owned:
    """A webhook, a document that is done and corrected, of whose end it is to be told, a batch.

    The document is another where the route wants one that failed, or one that waits; the batch is
    finished where the route would wait for that.
    """
    database = server.context.services.database
    webhook = WebhookTable(database).add("https://example.com/", EVENTS, None, one.name)
    document_id = finish(server, one.headers, MODELS.get(prefix(path), ("auto",))[-1])
    corrections = f"{DOCUMENTS}/{document_id}/corrections"
    assert one.send(server, "PUT", corrections, {"fields": {}}).is_success
    (delivery,) = DeliveryTable(database).newest(webhook.webhook_id, 2)
    if path.endswith(("/{document_id}/retry", "/{document_id}/cancel")):
        document_id = submit(server, one.headers)
    if path.endswith("/{document_id}/retry"):
        assert server.context.services.jobs.fail(claim(server), JobError("corrupt_file", "cut off"))
    order = {"sealed": path.endswith("/{batch_id}/events")}
    batch_id = one.send(server, "POST", "/v1/batches", json=order).json()["id"]
    return Owned(document_id, webhook.webhook_id, delivery.delivery_id, batch_id)


def filled(path: str, ids: Owned) -> str:
    """A route's path for what is owned."""
    model, version, _ = MODELS.get(prefix(path), ("", "", ""))
    path = path.replace("{number}", "1").replace("{modelId}", model)
    path = re.sub(r"\{(document_id|resultId)\}", ids.document_id, path)
    path = path.replace("{webhook_id}", ids.webhook_id).replace("{delivery_id}", ids.delivery_id)
    path = path.replace("{batch_id}", ids.batch_id)
    return f"{path}?api-version={version}" if version else path


def prefix(path: str) -> str:
    return "/" + path.split("/")[1]


def test_every_route_answers_as_if_the_others_document_were_not_there(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    north, south = tenants
    n_crossed = 0
    for method, path in set(all_routes(server)):
        if not re.search(r"\{(document_id|resultId|webhook_id|batch_id)\}", path):
            is_azure_without_id = AZURE.match(path) is not None
            assert is_azure_without_id or (method, path) in WITHOUT_DOCUMENT, (method, path)
            continue
        ids = owned(server, north, path)
        nothing = Owned(*(new_job_id() for _ in fields(Owned)))
        body = BODIES.get((method, path))
        crossed = south.send(server, method, filled(path, ids), body)
        unknown = south.send(server, method, filled(path, nothing), body)
        assert (crossed.status_code, crossed.content) == (404, unknown.content), (method, path)
        assert crossed.headers.keys() == unknown.headers.keys()
        own = north.send(server, method, filled(path, ids), body)
        assert own.is_success, (method, path, own.text)
        n_crossed += 1
    assert n_crossed >= 26


def test_the_list_holds_ones_own_documents_alone(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    ids = [finish(server, one.headers) for one in tenants]
    for one, document_id in zip(tenants, ids, strict=True):
        listed = one.send(server, "GET", DOCUMENTS).json()["documents"]
        assert [entry["id"] for entry in listed] == [document_id]


def test_the_list_of_batches_holds_ones_own_alone(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    ids = [one.send(server, "POST", "/v1/batches", json={}).json()["id"] for one in tenants]
    for one, batch_id in zip(tenants, ids, strict=True):
        listed = one.send(server, "GET", "/v1/batches").json()["batches"]
        assert [entry["id"] for entry in listed] == [batch_id]


def test_webhooks_are_told_of_their_own_tenants_documents_alone(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    north, south = tenants
    ids = owned(server, north, "/v1")
    theirs = owned(server, south, "/v1")
    for one, own in ((north, ids), (south, theirs)):
        listed = one.send(server, "GET", "/v1/webhooks").json()["webhooks"]
        assert [entry["id"] for entry in listed] == [own.webhook_id]
        log = one.send(server, "GET", f"/v1/webhooks/{own.webhook_id}/deliveries").json()
        assert [entry["document_id"] for entry in log["deliveries"]] == [own.document_id]


def test_figures_of_all_tenants_are_the_operators(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    refused = tenants[0].send(server, "GET", "/metrics")
    assert (refused.status_code, refused.json()["code"]) == (403, "operator_only")
    key = server.context.keys.create("operator", frozenset({"admin"}))
    assert server.http.get("/metrics", headers={"x-api-key": key}).status_code == 200


def test_tenants_may_use_the_same_idempotency_key(server: Server) -> None:
    ids = set()
    for name in ("north", "south"):
        key = server.context.keys.create(name, frozenset({"submit"}), tenant=name)
        headers = {"x-api-key": key, "idempotency-key": "order-1"}
        ids.add(server.http.post(DOCUMENTS, content=picture(), headers=headers).json()["id"])
    assert len(ids) == 2


def test_a_quota_stops_its_own_tenant_alone(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs_per_tenant": 1}))
    for name in ("north", "south"):
        one = tenant(server, name)
        waiting = server.http.post(DOCUMENTS, content=picture(), headers=one.headers)
        assert waiting.status_code == 202
        refused = server.http.post(DOCUMENTS, content=picture(), headers=one.headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
        assert refused.headers["retry-after"]
        assert one.send(server, "DELETE", waiting.headers["location"]).status_code == 204
        again = server.http.post(DOCUMENTS, content=picture(), headers=one.headers)
        assert again.status_code == 202
