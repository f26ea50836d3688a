"""Two tenants on one server: neither can see, change or even notice what is the other's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import routers
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.jobs import new_job_id
from workers.settings import Settings

pytestmark = pytest.mark.integration

WITHOUT_DOCUMENT = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/types"),
    ("GET", "/v1/documents"),  # has a test of its own below
    ("POST", "/v1/documents"),
}
AZURE = re.compile(r"/(documentintelligence|formrecognizer)/")
MODELS = {
    "/documentintelligence": ("prebuilt-receipt", "2024-11-30", "receipt"),
    "/formrecognizer": ("prebuilt-businessCard", "2023-07-31", "business_card"),
}
"""What Azure's routes are asked with: a model, a version, the type that the model stands for."""


@dataclass(frozen=True)
class Tenant:
    name: str
    headers: dict[str, str]

    def send(self, server: Server, method: str, path: str) -> httpx.Response:
        return server.http.request(method, path, headers=self.headers)


def tenant(server: Server, name: str) -> Tenant:
    key = server.context.keys.create(name, frozenset({"admin"}), tenant=name)
    return Tenant(name, {"x-api-key": key})


@pytest.fixture
def tenants(server: Server) -> tuple[Tenant, Tenant]:
    return tenant(server, "north"), tenant(server, "south")


def all_routes(server: Server) -> Iterator[tuple[str, str]]:
    """Method and path of every route that the application has."""
    for router in routers(server.context):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from ((method, route.path) for method in sorted(route.methods or ()))


def filled(path: str, document_id: str) -> str:
    """A route's path for a document."""
    model, version, _ = MODELS.get(prefix(path), ("", "", ""))
    path = path.replace("{number}", "1").replace("{model_id}", model)
    path = re.sub(r"\{(document_id|result_id)\}", document_id, path)
    return f"{path}?api-version={version}" if version else path


def prefix(path: str) -> str:
    return "/" + path.split("/")[1]


def test_every_route_answers_as_if_the_others_document_were_not_there(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    north, south = tenants
    n_crossed = 0
    for method, path in set(all_routes(server)):
        if not re.search(r"\{(document_id|result_id)\}", path):
            is_azure_without_id = AZURE.match(path) is not None
            assert is_azure_without_id or (method, path) in WITHOUT_DOCUMENT, (method, path)
            continue
        document_id = finish(server, north.headers, MODELS.get(prefix(path), ("auto",))[-1])
        crossed = south.send(server, method, filled(path, document_id))
        unknown = south.send(server, method, filled(path, new_job_id()))
        assert (crossed.status_code, crossed.content) == (404, unknown.content), (method, path)
        assert crossed.headers.keys() == unknown.headers.keys()
        own = north.send(server, method, filled(path, document_id))
        assert own.is_success, (method, path, own.text)
        n_crossed += 1
    assert n_crossed >= 8


def test_the_list_holds_ones_own_documents_alone(
    server: Server, tenants: tuple[Tenant, Tenant]
) -> None:
    ids = [finish(server, one.headers) for one in tenants]
    for one, document_id in zip(tenants, ids, strict=True):
        listed = one.send(server, "GET", DOCUMENTS).json()["documents"]
        assert [entry["id"] for entry in listed] == [document_id]


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
