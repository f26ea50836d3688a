"""What `/openapi.json` says of every operation, so that programs can be written by it alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from tests.integration.api.conftest import Server, serving
from workers.settings import Settings
from workers.webhooks import EVENTS

pytestmark = pytest.mark.integration

Described = dict[str, Any]
OPEN = {"/healthz", "/readyz"}
MAX_NAME = 34
"""Of an operation, in characters."""


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Described:
    settings = Settings(state_dir=tmp_path_factory.mktemp("description"))
    with serving(settings) as server:
        described: Described = server.http.get("/openapi.json").json()
    return described


def operations(description: Described) -> Iterator[tuple[str, Described]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_what_it_does_and_what_it_needs(description: Described) -> None:
    tags = {tag["name"] for tag in description["tags"]}
    for label, operation in operations(description):
        for member in ("summary", "description", "operationId", "security", "tags"):
            assert member in operation, (label, member)
        assert set(operation["tags"]) <= tags, label
        assert all(answer.get("description") for answer in operation["responses"].values()), label
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (label, parameter["name"])


def test_operations_have_short_names_of_their_own(description: Described) -> None:
    names = [operation["operationId"] for _, operation in operations(description)]
    assert len(names) == len(set(names)) >= 38
    assert not [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)]
    assert max(map(len, names)) <= MAX_NAME


def test_every_operation_says_which_keys_do(description: Described) -> None:
    schemes = description["components"]["securitySchemes"]
    headers = {name: scheme.get("name") for name, scheme in schemes.items()}
    assert headers == {
        "bearer": None,
        "apiKey": "X-API-Key",
        "subscriptionKey": "Ocp-Apim-Subscription-Key",
    }
    for label, operation in operations(description):
        security = operation["security"]
        if label.partition(" ")[2] in OPEN:
            assert security == [], label
            continue
        assert security[-1] == {}, label  # on loopback, while there is no key
        names = [name for needed in security for name in needed]
        is_azure = operation["tags"] == ["azure"]
        assert names == ["bearer", "apiKey", *(["subscriptionKey"] if is_azure else [])], label
        (scope,) = {scope for needed in security for scopes in needed.values() for scope in scopes}
        assert f"scope `{scope}`" in operation["description"], label
        assert "401" in operation["responses"], label


def test_a_server_that_others_reach_asks_everyone_for_a_key(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    open_to_all = settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104  # nobody listens there
    described = start(open_to_all).http.get("/openapi.json").json()
    for label, operation in operations(described):
        assert {} not in operation["security"], label
    assert described["paths"]["/v1/types"]["get"]["security"] == [
        {"bearer": ["read"]},
        {"apiKey": ["read"]},
    ]


def test_every_member_of_a_body_is_described(description: Described) -> None:
    models = description["components"]["schemas"]
    for label, operation in operations(description):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            schema = content["schema"]
            if media_type == "application/json":
                assert set(schema) == {"$ref"}, label  # code generators take its name
                continue
            described = [schema, *schema.get("properties", {}).values()]
            assert any(each.get("description") for each in described), (label, media_type)
    for name, model in models.items():
        assert model.get("description"), name
        assert "Attributes:" not in model["description"], name
        if name.startswith("Azure") and name != "AzureBody":
            continue  # Microsoft says what its members mean
        for member, described in model.get("properties", {}).items():
            assert described.get("description"), (name, member)


def test_headers_are_described_where_they_are_sent(description: Described) -> None:
    paths = description["paths"]

    def headers(method: str, path: str, status: str) -> set[str]:
        return set(paths[path][method]["responses"][status].get("headers", {}))

    document = "/v1/documents/{document_id}"
    assert headers("post", "/v1/documents", "200") == {"Location", "ETag"}
    assert headers("post", "/v1/documents", "202") == {"Location", "Retry-After"}
    assert headers("post", "/v1/documents", "422") == {"Location"}
    assert headers("get", f"{document}/result", "409") == {"Retry-After"}
    assert headers("post", f"{document}/retry", "409") == set()
    assert headers("post", "/v1/documents", "429") == {"Retry-After"}
    assert headers("post", "/v1/batches", "201") == {"Location"}
    assert headers("post", "/v1/webhooks", "201") == {"Location"}
    assert headers("get", document, "304") == {"ETag"}
    assert {"ETag", "Docspade-Corrections"} < headers("get", f"{document}/result", "200")
    assert headers("get", f"{document}/events", "200") == set()
    assert headers("get", "/v1/types", "401") == {"WWW-Authenticate"}
    for label, operation in operations(description):
        names = {each["name"] for each in operation.get("parameters", [])}
        is_known = "304" in operation["responses"]
        assert not is_known or "If-None-Match" in names, label


def test_the_service_as_a_whole_is_described(description: Described) -> None:
    info = description["info"]
    assert (description["openapi"], info["license"]["identifier"]) == ("3.1.0", "Apache-2.0")
    assert info["summary"]
    assert info["summary"] in info["description"]
    assert description["servers"][0]["url"] == "/"
    assert all(tag["description"] for tag in description["tags"])


def test_the_description_is_valid_openapi(description: Described) -> None:
    schemathesis.openapi.from_dict(description).validate()


def test_what_webhooks_are_told_is_described(description: Described) -> None:
    assert set(description["webhooks"]) == set(EVENTS)
    known = {operation["operationId"] for _, operation in operations(description)}
    for event, methods in description["webhooks"].items():
        operation = methods["post"]
        assert operation["operationId"] not in known
        known.add(operation["operationId"])
        assert operation["summary"], event
        assert all(parameter["description"] for parameter in operation["parameters"])
        content = operation["requestBody"]["content"]["application/json"]
        assert content["schema"] == {"$ref": "#/components/schemas/WebhookMessage"}
        schema = {**content["schema"], "components": description["components"]}
        jsonschema_rs.validate(schema, content["example"])
        assert content["example"]["event"] == event
        assert content["example"]["document"]["status"] == event.partition(".")[2]
    models = description["components"]["schemas"]
    assert "source" in models["DocumentEntry"]["properties"]
    assert "source" not in models["ToldDocument"]["properties"]
