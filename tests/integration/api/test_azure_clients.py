"""Microsoft's own clients, unmodified, against the running server."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.ai.documentintelligence.models import AnalyzeDocumentRequest, StringIndexType
from azure.ai.formrecognizer import DocumentAnalysisClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)

from layout.result import (
    Amount,
    DocumentResult,
    FieldNode,
    GroupField,
    LeafField,
    ModelEntry,
    PageEntry,
    Region,
    WordEntry,
)
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import picture
from workers.jobs import Job, JobError

pytestmark = pytest.mark.integration

POLL_SECONDS = 0.05
Corners = list[tuple[float, float]]


def box(left: float, top: float, right: float, bottom: float) -> Corners:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


WORDS = {
    "SHOP": box(10, 10, 50, 20),
    "25/12/2018": box(10, 30, 60, 40),
    "8:13": box(70, 30, 90, 40),
    "TOTAL": box(10, 50, 40, 60),
    "9.50": box(60, 50, 90, 60),
}
TEXTS, PLACES = list(WORDS), list(WORDS.values())


def leaf(value: str | Amount | None, *word_ids: int) -> LeafField:
    text = " ".join(TEXTS[i] for i in word_ids)
    quad = PLACES[word_ids[0]]
    region = Region(page=1, quad=quad, word_ids=list(word_ids))
    return LeafField(value=value, text=text, confidence=0.9, regions=[region])


def result_of(job: Job, fields: dict[str, FieldNode]) -> DocumentResult:
    words = [WordEntry(text=text, quad=quad, confidence=0.8) for text, quad in WORDS.items()]
    return DocumentResult(
        id=job.job_id,
        type="receipt" if job.document_type == "auto" else job.document_type,
        type_confidence=0.7,
        status="succeeded",
        pages=[PageEntry(number=1, width=100, height=80, words=words)],
        fields=fields,
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={},
    )


def claim(server: Server) -> Job:
    job = server.context.services.jobs.claim("interactive", "test")
    assert job is not None
    return job


def finish(server: Server, fields: dict[str, FieldNode]) -> None:
    """Do what a worker does, with a result made by hand."""
    job = claim(server)
    assert server.context.services.jobs.finish(job, result_of(job, fields))


@pytest.fixture
def key(server: Server) -> str:
    return server.context.keys.create("azure", frozenset({"submit", "read"}))


@pytest.fixture
def client(server: Server, key: str) -> Iterator[DocumentIntelligenceClient]:
    with DocumentIntelligenceClient(
        str(server.http.base_url), AzureKeyCredential(key), polling_interval=POLL_SECONDS
    ) as client:
        yield client


@pytest.fixture
def card_client(server: Server, key: str) -> Iterator[DocumentAnalysisClient]:
    with DocumentAnalysisClient(
        str(server.http.base_url), AzureKeyCredential(key), polling_interval=POLL_SECONDS
    ) as client:
        yield client


def test_a_receipt_comes_with_typed_fields(
    server: Server, client: DocumentIntelligenceClient
) -> None:
    poller = client.begin_analyze_document("prebuilt-receipt", io.BytesIO(picture()), pages="1")
    finish(
        server,
        {
            "merchant_name": leaf("SHOP", 0),
            "transaction_date": leaf("2018-12-25", 1),
            "transaction_time": leaf("20:13", 2),
            "total": leaf(Amount(amount="9.50", currency="MYR"), 4),
        },
    )
    result = poller.result()
    assert (result.api_version, result.model_id) == ("2024-11-30", "prebuilt-receipt")
    assert result.string_index_type == StringIndexType.TEXT_ELEMENTS
    assert result.content == "SHOP\n25/12/2018 8:13\nTOTAL 9.50"
    (page,) = result.pages
    assert (page.page_number, page.angle, page.width, page.height) == (1, 0, 100, 80)
    assert page.lines is not None
    assert [line.content for line in page.lines] == result.content.split("\n")
    assert page.words is not None
    assert page.words[4].polygon == [60, 50, 90, 50, 90, 60, 60, 60]
    assert result.documents is not None
    (document,) = result.documents
    assert (document.doc_type, document.confidence) == ("receipt", 0.7)
    assert document.fields is not None
    fields = document.fields
    assert fields["MerchantName"].value_string == "SHOP"
    assert fields["TransactionDate"].value_date == dt.date(2018, 12, 25)
    assert fields["TransactionTime"].value_time == dt.time(20, 13)
    total = fields["Total"]
    assert total.value_currency is not None
    assert (total.value_currency.amount, total.value_currency.currency_code) == (9.5, "MYR")
    assert total.bounding_regions is not None
    assert total.bounding_regions[0].polygon == [60, 50, 90, 50, 90, 60, 60, 60]
    assert total.spans is not None
    start = total.spans[0].offset
    assert result.content[start : start + total.spans[0].length] == total.content == "9.50"
    assert poller.details["operation_id"] in server.leftovers()[0]


def test_an_invoice_is_taken_as_base64(server: Server, client: DocumentIntelligenceClient) -> None:
    content = picture()
    request = AnalyzeDocumentRequest(bytes_source=content)
    poller = client.begin_analyze_document("prebuilt-invoice", request)
    job = claim(server)
    assert (job.document_type, job.n_bytes) == ("invoice", len(content))
    item = GroupField(
        text="TOTAL 9.50",
        confidence=0.6,
        regions=[],
        fields={
            "description": leaf("TOTAL", 3),
            "amount": leaf(Amount(amount="9.50"), 4),
            "quantity": LeafField(value=2, text="2", confidence=0.5, regions=[]),
        },
    )
    fields: dict[str, FieldNode] = {
        "items": [item],
        "vendor_address": leaf("1 Main St, Redmond, WA 98052", 0),
        "due_date": leaf(None, 1),
    }
    assert server.context.services.jobs.finish(job, result_of(job, fields))
    documents = poller.result().documents
    assert documents is not None
    found = documents[0].fields
    assert found is not None
    assert found["Items"].value_array is not None
    line = found["Items"].value_array[0].value_object
    assert line is not None
    assert line["Description"].value_string == "TOTAL"
    assert line["Quantity"].value_number == 2
    assert line["Amount"].value_currency is not None
    assert line["Amount"].value_currency.currency_code is None
    assert (found["DueDate"].value_date, found["DueDate"].content) == (None, "25/12/2018")
    address = found["VendorAddress"].value_address
    assert address is not None
    assert (address.street_address, address.city, address.state, address.postal_code) == (
        "1 Main St",
        "Redmond",
        "WA",
        "98052",
    )


@pytest.mark.parametrize("model_id", ["prebuilt-read", "prebuilt-layout"])
def test_words_and_lines_come_without_fields(
    server: Server, client: DocumentIntelligenceClient, model_id: str
) -> None:
    poller = client.begin_analyze_document(
        model_id, io.BytesIO(picture()), string_index_type=StringIndexType.UTF16_CODE_UNIT
    )
    finish(server, {"merchant_name": leaf("SHOP", 0)})
    result = poller.result()
    assert result.string_index_type == StringIndexType.UTF16_CODE_UNIT
    assert (result.documents, len(result.pages[0].lines or [])) == (None, 3)


def test_a_business_card_comes_by_the_older_client(
    server: Server, card_client: DocumentAnalysisClient
) -> None:
    poller = card_client.begin_analyze_document("prebuilt-businessCard", picture())
    name = GroupField(
        text="SHOP TOTAL",
        confidence=0.9,
        regions=[],
        fields={"first_name": leaf("SHOP", 0), "last_name": leaf("TOTAL", 3)},
    )
    names: list[LeafField | GroupField] = [name, leaf("TOTAL", 3)]
    phones, emails = [leaf("+6073512345", 4)], [leaf("a@b.my", 0)]
    finish(server, {"contact_names": names, "work_phones": phones, "emails": emails})
    result = poller.result()
    assert (result.api_version, result.model_id) == ("2023-07-31", "prebuilt-businessCard")
    (document,) = result.to_dict()["documents"]
    assert document["doc_type"] == "businessCard"
    assert document["spans"] == [{"offset": 0, "length": len(result.content)}]
    fields = document["fields"]
    whole, bare = fields["ContactNames"]["value"]
    assert whole["value"]["FirstName"]["value"] == "SHOP"
    assert whole["value"]["LastName"]["value"] == "TOTAL"
    assert (bare["value"], bare["content"]) == ({}, "TOTAL")
    (phone,) = fields["WorkPhones"]["value"]
    assert (phone["value_type"], phone["value"]) == ("phoneNumber", "+6073512345")
    assert fields["Emails"]["value"][0]["value"] == "a@b.my"


def test_what_fails_in_the_worker_fails_in_the_client(
    server: Server, client: DocumentIntelligenceClient
) -> None:
    poller = client.begin_analyze_document("prebuilt-receipt", io.BytesIO(picture()))
    assert server.context.services.jobs.fail(claim(server), JobError("corrupt_file", "cut off"))
    with pytest.raises(HttpResponseError) as caught:
        poller.result()
    assert caught.value.error is not None
    assert caught.value.error.code == "InvalidRequest"
    assert poller.status() == "failed"


def test_what_was_cancelled_ends_as_each_version_says(
    server: Server, client: DocumentIntelligenceClient, card_client: DocumentAnalysisClient
) -> None:
    poller = client.begin_analyze_document("prebuilt-receipt", io.BytesIO(picture()))
    older = card_client.begin_analyze_document("prebuilt-businessCard", io.BytesIO(picture()))
    for job in server.context.services.jobs.newest(2):
        assert server.context.services.jobs.cancel(job.job_id)
    for waiting in (poller, older):
        with pytest.raises(HttpResponseError) as caught:
            waiting.result()
        assert caught.value.error is not None
        assert caught.value.error.code == "Canceled"
    assert (poller.status(), older.status()) == ("canceled", "failed")


def test_refusals_reach_the_client_in_its_own_terms(
    server: Server, client: DocumentIntelligenceClient
) -> None:
    with pytest.raises(ResourceNotFoundError, match="ModelNotFound"):
        client.begin_analyze_document("prebuilt-tax.us.w2", io.BytesIO(picture()))
    with pytest.raises(HttpResponseError, match="InvalidContent"):
        client.begin_analyze_document("prebuilt-receipt", io.BytesIO(b"no picture at all"))
    with pytest.raises(HttpResponseError, match="is not allowed here"):
        client.begin_analyze_document(
            "prebuilt-receipt", AnalyzeDocumentRequest(url_source="http://127.0.0.1/a.png")
        )
    with (
        DocumentIntelligenceClient(
            str(server.http.base_url), AzureKeyCredential("wrong")
        ) as stranger,
        pytest.raises(ClientAuthenticationError, match="Access denied"),
    ):
        stranger.begin_analyze_document("prebuilt-receipt", io.BytesIO(picture()))
    assert server.leftovers() == []


def test_a_result_can_be_deleted(server: Server, client: DocumentIntelligenceClient) -> None:
    poller = client.begin_analyze_document("prebuilt-read", io.BytesIO(picture()))
    finish(server, {})
    poller.result()
    client.delete_analyze_result("prebuilt-read", poller.details["operation_id"])
    assert server.leftovers() == []
