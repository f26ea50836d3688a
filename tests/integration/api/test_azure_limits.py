"""Limits on Azure's routes: told in Azure's form, with a time to come back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from tests.integration.api.conftest import Server
from tests.integration.api.raw_http import ask
from tests.integration.api.test_azure_routes import ANALYZE, VERSION
from tests.integration.api.test_upload import picture
from workers.settings import Settings

pytestmark = pytest.mark.integration


def throttled(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 429, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    error: dict[str, Any] = answer.json()["error"]
    assert (set(error), error["code"]) == ({"code", "message"}, "429")
    return error


def test_a_key_that_asks_too_often_is_throttled_as_azure_does(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    server = start(settings.model_copy(update={"max_requests_per_minute": 1}))
    key = server.context.keys.create("k", frozenset({"submit", "read"}))
    headers = {"Ocp-Apim-Subscription-Key": key}
    made = server.http.post(ANALYZE, params=VERSION, content=picture(), headers=headers)
    assert made.status_code == 202
    place = made.headers["operation-location"]
    assert "more requests" in throttled(server.http.get(place, headers=headers))["message"]
    client = DocumentIntelligenceClient(
        str(server.http.base_url), AzureKeyCredential(key), retry_total=0
    )
    with client, pytest.raises(HttpResponseError, match="more requests") as caught:
        client.begin_analyze_document("prebuilt-receipt", io.BytesIO(picture()))
    assert (caught.value.status_code, caught.value.reason) == (429, "Too Many Requests")
    assert caught.value.error is not None
    assert caught.value.error.code == "429"


def test_a_full_share_is_told_as_azure_does(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs_per_tenant": 1}))
    assert server.http.post(ANALYZE, params=VERSION, content=picture()).status_code == 202
    full = server.http.post(ANALYZE, params=VERSION, content=picture())
    assert "waiting already" in throttled(full)["message"]


def test_an_upload_that_stalls_is_told_as_azure_does(server: Server) -> None:
    for media_type in ("image/png", "application/json"):
        path = f"{ANALYZE}?api-version={VERSION['api-version']}"
        head = f"POST {path} HTTP/1.1\r\nContent-Type: {media_type}\r\nContent-Length: 99"
        answer = ask(server, head, b"{")
        assert answer.startswith("HTTP/1.1 408 ")
        assert '"code":"RequestTimeout"' in answer
        assert '"code":"upload_stalled"' in answer
