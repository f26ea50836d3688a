"""Status, results, list, deletion, documents about the service, over real HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layout.result import (
    DocumentResult,
    LeafField,
    ModelEntry,
    PageEntry,
    Region,
    WordEntry,
)
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.blobs import BlobKey, page_picture, write_blob
from workers.jobs import Job, JobError

pytestmark = pytest.mark.integration
QUAD = [(0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)]


def submit(
    server: Server, headers: dict[str, str] | None = None, document_type: str = "auto"
) -> str:
    path = f"{DOCUMENTS}?type={document_type}"
    return str(server.http.post(path, content=picture(), headers=headers).json()["id"])


def claim(server: Server) -> Job:
    job = server.context.services.jobs.claim("interactive", "test")
    assert job is not None
    return job


def made_result(document_id: str) -> DocumentResult:
    region = Region(page=1, quad=QUAD, word_ids=[0])
    word = WordEntry(text="SHOP", quad=QUAD, confidence=0.5)
    return DocumentResult(
        id=document_id,
        type="receipt",
        type_confidence=0.9,
        status="succeeded",
        pages=[PageEntry(number=1, width=40, height=30, words=[word])],
        fields={
            "merchant_name": LeafField(value="SHOP", text="SHOP", confidence=0.5, regions=[region])
        },
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={"ocr": 1.5},
    )


def finish(
    server: Server, headers: dict[str, str] | None = None, document_type: str = "auto"
) -> str:
    """Do what a worker does, with a result made by hand."""
    document_id = submit(server, headers, document_type)
    while (job := claim(server)).job_id != document_id:
        pass  # an older one, which another worker would have
    key = BlobKey(document_id, page_picture(1))
    write_blob(server.context.services.blobs, key, picture("JPEG"))
    assert server.context.services.jobs.finish(job, made_result(document_id))
    return document_id


def test_a_result_comes_with_and_without_words_and_as_csv(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    status = server.http.get(path).json()
    assert (status["status"], status["links"]["result"]) == ("succeeded", f"{path}/result")
    plain = server.http.get(f"{path}/result").json()
    assert plain["fields"]["merchant_name"]["value"] == "SHOP"
    assert plain["pages"] == [{"number": 1, "width": 40, "height": 30}]
    worded = server.http.get(f"{path}/result", params={"words": "true"}).json()
    assert [word["text"] for word in worded["pages"][0]["words"]] == ["SHOP"]
    by_format = server.http.get(f"{path}/result", params={"format": "csv"})
    by_accept = server.http.get(f"{path}/result", headers={"accept": "text/csv"})
    assert by_format.headers["content-type"].startswith("text/csv")
    assert by_format.text == by_accept.text
    assert "merchant_name,SHOP" in by_format.text
    shot = server.http.get(f"{path}/pages/1")
    assert (shot.headers["content-type"], shot.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_what_is_not_there_is_not_found(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    for missing in (
        f"{path}/pages/2",
        f"{DOCUMENTS}/{'0' * 32}",
        f"{DOCUMENTS}/{'0' * 32}/result",
        f"{DOCUMENTS}/..%2F..%2Fdocspade.db",
        "/static/../app.py",
        "/nothing",
    ):
        answer = server.http.get(missing)
        assert answer.status_code == 404, missing
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_result_that_is_not_there_yet_is_a_conflict(server: Server) -> None:
    answer = server.http.get(f"{DOCUMENTS}/{submit(server)}/result")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_finished")


@pytest.mark.parametrize(
    ("code", "status"),
    [("encrypted_file", 422), ("limit_exceeded", 413), ("defect", 500), ("worker_lost", 422)],
)
def test_a_failed_document_tells_why(server: Server, code: str, status: int) -> None:
    path = f"{DOCUMENTS}/{submit(server)}"
    server.context.services.jobs.fail(claim(server), JobError(code, "it is so"))
    body = server.http.get(path).json()
    assert (body["status"], body["error"]) == ("failed", {"code": code, "message": "it is so"})
    answer = server.http.get(f"{path}/result")
    assert answer.status_code == status
    assert (answer.json()["code"], answer.json()["detail"]) == (code, "it is so")


def test_the_list_goes_from_the_newest_page_by_page(server: Server) -> None:
    ids = [submit(server) for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = server.http.get(
            DOCUMENTS, params={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [entry["id"] for entry in page["documents"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    assert server.http.get(DOCUMENTS, params={"cursor": "zzz"}).status_code == 422
    assert server.http.get(DOCUMENTS, params={"limit": 0}).status_code == 422


@pytest.mark.parametrize("query", ["", "?words=true", "?format=csv", "?redact=all"])
def test_a_result_that_is_known_is_not_sent_again(server: Server, query: str) -> None:
    path = f"{DOCUMENTS}/{finish(server)}/result"
    first = server.http.get(f"{path}{query}")
    again = server.http.get(f"{path}{query}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = server.http.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, len(other.content) > 0) == (200, True)
    listed = f'"other", W/{first.headers["etag"]}'
    assert server.http.get(f"{path}{query}", headers={"if-none-match": listed}).status_code == 304


def test_deleting_removes_everything(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    assert len(server.leftovers()) == 2
    assert server.http.delete(path).status_code == 204
    assert server.leftovers() == []
    assert server.http.get(path).status_code == 404
    assert server.http.get(f"{path}/result").status_code == 404
    assert server.http.delete(path).status_code == 404


def test_types_come_with_their_fields(server: Server) -> None:
    types = {entry["name"]: entry for entry in server.http.get("/v1/types").json()["types"]}
    receipt = {field["name"]: field for field in types["receipt"]["fields"]}
    assert receipt["total"]["value_type"] == "amount"
    assert receipt["items"]["repeated"]
    assert "description" in [field["name"] for field in receipt["items"]["fields"]]


def test_health_and_readiness(server: Server) -> None:
    assert server.http.get("/healthz").json()["status"] == "ok"
    answer = server.http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_worker")
    assert server.http.get("/readyz?workers=0").json()["status"] == "ready"
    server.context.services.presence.beat("test")
    assert server.http.get("/readyz").json()["status"] == "ready"
    answer = server.http.get("/readyz?workers=2")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_worker")
    assert server.http.get("/readyz?workers=-1").status_code == 422


def test_openapi_describes_every_route_with_problems(server: Server) -> None:
    api = server.http.get("/openapi.json").json()
    assert api["openapi"].startswith("3.1")
    assert set(api["paths"]) == {
        "/v1/documents",
        "/v1/documents/{document_id}",
        "/v1/documents/{document_id}/result",
        "/v1/documents/{document_id}/pages/{number}",
        "/v1/documents/{document_id}/pages/{number}/annotated",
        "/v1/documents/{document_id}/redacted",
        "/v1/documents/{document_id}/events",
        "/v1/documents/{document_id}/cancel",
        "/v1/documents/{document_id}/retry",
        "/v1/batches",
        "/v1/batches/{batch_id}",
        "/v1/batches/{batch_id}/documents",
        "/v1/batches/{batch_id}/cancel",
        "/v1/batches/{batch_id}/events",
        "/v1/batches/{batch_id}/seal",
        "/v1/batches/{batch_id}/retry",
        "/v1/batches/{batch_id}/results",
        "/v1/documents/{document_id}/corrections",
        "/v1/webhooks",
        "/v1/webhooks/{webhook_id}",
        "/v1/webhooks/{webhook_id}/deliveries",
        "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
        "/documentintelligence/documentModels/{modelId}:analyze",
        "/documentintelligence/documentModels/{modelId}/analyzeResults/{resultId}",
        "/formrecognizer/documentModels/{modelId}:analyze",
        "/formrecognizer/documentModels/{modelId}/analyzeResults/{resultId}",
        "/v1/types",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    assert "HTTPValidationError" not in str(api)
    named = re.findall(r"#/components/schemas/([^'\"]+)", str(api))
    assert set(named) <= set(api["components"]["schemas"])
    assert set(api["paths"]["/v1/documents"]["post"]["requestBody"]["content"]) == {
        "multipart/form-data",
        "application/octet-stream",
    }
    for path in ("/v1/batches", "/v1/batches/{batch_id}/documents"):
        content = api["paths"][path]["post"]["requestBody"]["content"]
        assert set(content) == {"application/json", "application/zip", "multipart/form-data"}
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert api["components"]["schemas"][name]["examples"]


def test_pages_and_their_files_come_from_here_alone(server: Server) -> None:
    for path in ("/", "/docs"):
        answer = server.http.get(path)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for url in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
            assert url.startswith("/")
            assert server.http.get(url).status_code == 200, url
    web = Path(__file__).parents[3] / "api" / "web"
    for file in web.iterdir():
        addresses = re.findall(r"https?://[^\s\"'`)]+", file.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, file
