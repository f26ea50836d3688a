"""Microsoft's client against the whole service: a photographed receipt becomes its fields."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.core.credentials import AzureKeyCredential

from tests.e2e import documents
from tests.e2e.service import REPOSITORY, Service

pytestmark = pytest.mark.e2e


def test_a_receipt_is_read_through_microsofts_client(service: Service) -> None:
    command = [sys.executable, "-m", "api", "keys", "create", "azure"]
    made = subprocess.run(
        [*command, "--state-dir", str(service.state_dir)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    key = AzureKeyCredential(made.stdout.split()[-1])
    with DocumentIntelligenceClient(service.address, key) as client:
        body = io.BytesIO(documents.receipt_jpeg())
        result = client.begin_analyze_document("prebuilt-receipt", body).result()
        words = client.begin_analyze_document("prebuilt-read", io.BytesIO(body.getvalue())).result()
    assert words.documents is None
    assert words.content == result.content
    assert "TOTAL RM 9.50" in result.content.split("\n")
    assert result.documents is not None
    fields = result.documents[0].fields
    assert fields is not None
    total = fields["Total"]
    assert total.value_currency is not None
    assert total.value_currency.amount == 9.5
    assert total.spans is not None
    (span,) = total.spans
    assert result.content[span.offset : span.offset + span.length] == "9.50"
