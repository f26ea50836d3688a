"""What `/openapi.json` promises, tried with made-up requests on the real application."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ocr.limits import Limits
from tests.integration.api.conftest import Server, serving
from tests.integration.api.test_routes import finish, submit
from workers.settings import Settings

pytestmark = pytest.mark.integration

N_EXAMPLES = 12
"""Of each operation; all of them together take half a minute."""

CHECKS: list[CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
N_OPERATIONS = 41
"""At least so many must be described: else this tries nothing."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is shared, for thousands of requests; nobody can listen to it for long."""
    settings = Settings(
        state_dir=tmp_path_factory.mktemp("openapi"),
        limits=replace(Limits(), max_file_bytes=100_000, max_pages=20),
        max_wait_seconds=0.05,
        upload_idle_seconds=1.0,
    )
    with serving(settings) as server:
        yield server


def new_batch(server: Server, *, is_sealed: bool) -> str:
    return str(server.http.post("/v1/batches", json={"sealed": is_sealed}).json()["id"])


def known_paths(server: Server) -> list[dict[str, str | int]]:
    """Values for the paths' parameters of what is there: done for good, then not."""
    webhook = server.http.post("/v1/webhooks", json={"url": "https://8.8.8.8/hook"}).json()
    document_id = finish(server)
    deliveries = server.http.get(f"/v1/webhooks/{webhook['id']}/deliveries").json()["deliveries"]
    finished, waiting = (
        {"document_id": document_id, "batch_id": new_batch(server, is_sealed=is_sealed)}
        for document_id, is_sealed in ((document_id, True), (submit(server), False))
    )
    rest = {
        "number": 1,
        "webhook_id": webhook["id"],
        "delivery_id": deliveries[0]["id"],
    }
    return [
        {**rest, **each, "resultId": each["document_id"], "modelId": "prebuilt-read"}
        for each in (finished, waiting)
    ]


def test_every_answer_is_one_that_the_document_describes(described: Server) -> None:
    address = str(described.http.base_url).rstrip("/")
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= N_OPERATIONS
    faults: list[str] = []
    for operation in operations:
        try:
            _try(described, operation)
        except BaseExceptionGroup as group:
            faults += [f"{operation.label}: {error}" for error in group.exceptions]
        except AssertionError as error:
            faults.append(f"{operation.label}: {error}")
    assert not faults, "\n\n".join(faults)


def _try(server: Server, operation: schemathesis.APIOperation[Any, Any, Any, Any]) -> None:
    chance = random.Random(operation.label)
    known = known_paths(server)
    is_stream = operation.path.endswith("/events")

    @hypothesis.settings(
        max_examples=N_EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy())
    def attempt(case: schemathesis.Case[Any]) -> None:
        if case.path_parameters and chance.random() < 0.7:
            paths = known[0] if is_stream else chance.choice(known)
            case.path_parameters = {name: paths[name] for name in case.path_parameters}
        answer = case.call(base_url=str(server.http.base_url).rstrip("/"), timeout=20)
        assert answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR, case.as_curl_command()
        case.validate_response(answer, checks=CHECKS)

    attempt()


def test_azures_routes_are_described_by_azures_names(described: Server) -> None:
    paths = described.http.get("/openapi.json").json()["paths"]
    models = "documentModels/{modelId}"
    for prefix, version in (
        ("documentintelligence", "2024-11-30"),
        ("formrecognizer", "2023-07-31"),
    ):
        analyze = paths[f"/{prefix}/{models}:analyze"]["post"]
        outcome = paths[f"/{prefix}/{models}/analyzeResults/{{resultId}}"]
        assert set(outcome) == {"get", "delete"}
        content = analyze["requestBody"]["content"]
        assert {"application/json", "application/octet-stream", "application/pdf"} <= set(content)
        assert {"Operation-Location", "Retry-After"} == set(analyze["responses"]["202"]["headers"])
        for operation in (analyze, *outcome.values()):
            (given,) = (each for each in operation["parameters"] if each["name"] == "api-version")
            assert (given["required"], given["schema"]["enum"]) == (True, [version])
            assert "422" not in operation["responses"]
            fault = operation["responses"]["400"]["content"]["application/json"]["schema"]
            assert fault["$ref"].endswith("/AzureErrorAnswer")


Json = dict[str, Any]


def examples_of(described: Json, content: Json) -> list[object]:
    """The examples of a body: those that stand with it, and those of its schema."""
    schema = content["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = [part["example"] for part in (content, schema) if "example" in part]
    return [*found, *schema.get("examples", [])]


def test_every_json_body_and_answer_has_examples_that_fit_their_schemas(described: Server) -> None:
    document = described.http.get("/openapi.json").json()
    n_bodies = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            contents = [each for body in bodies for each in body.get("content", {}).items()]
            for media_type, content in contents:
                if not media_type.endswith("json") or "schema" not in content:
                    continue
                n_bodies += 1
                examples = examples_of(document, content)
                assert examples, (method, path, content)
                schema = {**content["schema"], "components": document["components"]}
                for example in examples:
                    jsonschema_rs.validate(schema, example)
    assert n_bodies > 100


def test_examples_of_problems_are_those_of_their_status(described: Server) -> None:
    paths = described.http.get("/openapi.json").json()["paths"]
    answers = paths["/v1/documents"]["post"]["responses"]
    for status, code in (("401", "key_needed"), ("413", "limit_exceeded"), ("429", "rate_limited")):
        example = answers[status]["content"]["application/problem+json"]["example"]
        assert (example["status"], example["code"]) == (int(status), code)
    assert answers["202"]["content"]["application/json"]["example"]["status"] == "queued"
    cancel = paths["/v1/documents/{document_id}/cancel"]["post"]["responses"]["200"]
    assert cancel["content"]["application/json"]["example"]["status"] == "cancelled"
