"""Microsoft's clients against the whole service: pictures become typed fields."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.ai.documentintelligence.models import AnalyzeDocumentRequest, AnalyzeResult
from azure.ai.formrecognizer import DocumentAnalysisClient
from azure.core.credentials import AzureKeyCredential

from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.views import photograph_of
from tests.e2e import documents
from tests.e2e.service import REPOSITORY, Service, serving

pytestmark = pytest.mark.e2e
RECEIPT = documents.receipt_jpeg()


def rendered(document_type: str, seed: int) -> bytes:
    """A photograph-like picture of a made-up document, JPEG."""
    return photograph_of(DESIGNERS[document_type](seed)).jpeg


class Shelf(BaseHTTPRequestHandler):
    """Gives the receipt to whoever asks."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(RECEIPT)))
        self.end_headers()
        self.wfile.write(RECEIPT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        pass


@contextmanager
def shelf() -> Iterator[str]:
    """A web server of this machine: its host with the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with shelf() as host:
        yield host


@pytest.fixture(scope="module")
def service(host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that may fetch documents from the shelf."""
    state_dir: Path = tmp_path_factory.mktemp("azure") / "state"
    with serving(state_dir, url_source_hosts=f'["{host}"]') as service:
        service.wait_until_ready()
        yield service


@pytest.fixture(scope="module")
def key(service: Service) -> AzureKeyCredential:
    command = [sys.executable, "-m", "api", "keys", "create", "azure"]
    made = subprocess.run(
        [*command, "--state-dir", str(service.state_dir)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return AzureKeyCredential(made.stdout.split()[-1])


@pytest.fixture
def client(service: Service, key: AzureKeyCredential) -> Iterator[DocumentIntelligenceClient]:
    with DocumentIntelligenceClient(service.address, key, polling_interval=0.2) as client:
        yield client


def check_places(result: AnalyzeResult) -> None:
    """Each word lies on its page, and where its span says in the content."""
    (page,) = result.pages
    assert page.words
    assert page.width
    assert page.height
    for word in page.words:
        start = word.span.offset
        assert result.content[start : start + word.span.length] == word.content
        assert word.polygon is not None
        assert all(-2 <= x <= page.width + 2 for x in word.polygon[::2])
        assert all(-2 <= y <= page.height + 2 for y in word.polygon[1::2])


def test_a_receipt_is_read_through_microsofts_client(client: DocumentIntelligenceClient) -> None:
    result = client.begin_analyze_document("prebuilt-receipt", io.BytesIO(RECEIPT)).result()
    words = client.begin_analyze_document("prebuilt-read", io.BytesIO(RECEIPT)).result()
    assert words.documents is None
    assert words.content == result.content
    assert "TOTAL RM 9.50" in result.content.split("\n")
    assert total_of(result) == (9.5, "9.50")
    check_places(result)


def total_of(result: AnalyzeResult) -> tuple[float, str]:
    """The receipt's total, and what stands in the content where it was read."""
    assert result.documents is not None
    fields = result.documents[0].fields
    assert fields is not None
    total = fields["Total"]
    assert total.value_currency is not None
    assert total.spans is not None
    (span,) = total.spans
    return total.value_currency.amount, result.content[span.offset : span.offset + span.length]


def test_a_receipt_is_fetched_from_a_host_that_is_listed(
    client: DocumentIntelligenceClient, host: str
) -> None:
    request = AnalyzeDocumentRequest(url_source=f"http://{host}/receipt.jpg")
    result = client.begin_analyze_document("prebuilt-receipt", request).result()
    assert total_of(result) == (9.5, "9.50")


def test_an_invoice_is_read_through_microsofts_client(client: DocumentIntelligenceClient) -> None:
    body = io.BytesIO(rendered("invoice", 1))
    result = client.begin_analyze_document("prebuilt-invoice", body).result()
    check_places(result)
    assert result.documents is not None
    (invoice,) = result.documents
    fields = invoice.fields
    assert invoice.doc_type == "invoice"
    assert fields is not None
    assert fields["InvoiceId"].value_string == "INV/2010/2452"
    assert fields["InvoiceDate"].value_date == dt.date(2014, 4, 3)
    assert fields["VendorName"].value_string == "Delta Dafa Security Inc."
    total = fields["InvoiceTotal"]
    assert total.value_currency is not None
    assert total.value_currency.amount == 7026.74
    assert total.bounding_regions is not None
    assert len(total.bounding_regions[0].polygon) == 8
    assert total.spans is not None
    start = total.spans[0].offset
    assert result.content[start : start + total.spans[0].length] == total.content == "7,026.74"
    items = fields["Items"].value_array
    assert items
    found = [(item.value_object or {}).get("Amount") for item in items]
    amounts = [amount for amount in found if amount is not None]
    assert 905.0 in [each.value_currency.amount for each in amounts if each.value_currency]


def test_lines_are_read_through_microsofts_client(client: DocumentIntelligenceClient) -> None:
    body = io.BytesIO(rendered("business_card", 3))
    result = client.begin_analyze_document("prebuilt-layout", body).result()
    check_places(result)
    assert result.documents is None
    (page,) = result.pages
    assert page.lines
    (line,) = [line for line in page.lines if line.content == "Pittman State University"]
    assert line.polygon is not None
    left, top, right, bottom = line.polygon[0], line.polygon[1], line.polygon[4], line.polygon[5]
    assert right - left > 5 * (bottom - top) > 0


def test_a_business_card_is_read_through_microsofts_older_client(
    service: Service, key: AzureKeyCredential
) -> None:
    with DocumentAnalysisClient(service.address, key, polling_interval=0.2) as client:
        result = client.begin_analyze_document(
            "prebuilt-businessCard", rendered("business_card", 2)
        ).result()
    (card,) = result.to_dict()["documents"]
    fields = card["fields"]
    (name,) = fields["ContactNames"]["value"]
    assert name["value"]["FirstName"]["value"] == "Raj"
    assert name["value"]["LastName"]["value"] == "Raymond"
    (phone,) = fields["WorkPhones"]["value"]
    assert (phone["value_type"], phone["value"]) == ("phoneNumber", "+6564156342")
    (email,) = fields["Emails"]["value"]
    (span,), (region,) = email["spans"], email["bounding_regions"]
    assert result.content[span["offset"] :][: span["length"]] == email["value"]
    assert email["value"] == "raj@neelab.edu.sg"
    assert len(region["polygon"]) == 4
    width = max(corner["x"] for corner in region["polygon"])
    assert 0 < width < result.pages[0].width
