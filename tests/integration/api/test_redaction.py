"""Masked results, masked pictures and spreadsheets over real HTTP."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest
from PIL import Image

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish, submit
from tests.integration.api.test_upload import DOCUMENTS, picture

pytestmark = pytest.mark.integration


def test_a_result_and_its_picture_are_masked_on_demand(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    kinds = {"redact": "companies", "words": "true"}
    masked = server.http.get(f"{path}/result", params=kinds)
    assert masked.status_code == 200
    assert "SHOP" not in masked.text
    assert masked.json()["fields"]["merchant_name"]["value"] is None
    assert "SHOP" in server.http.get(f"{path}/result", params={"redact": "names"}).text
    shot = server.http.get(f"{path}/redacted", params={"kinds": "companies"})
    assert shot.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(shot.content)).getpixel((2, 2)) == (0, 0, 0)


def test_an_answer_says_how_much_was_masked(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    names = ("docspade-redacted-fields", "docspade-redacted-words")
    for kinds, expected in (("companies", ("1", "1")), ("phones", ("0", "0"))):
        masked = server.http.get(f"{path}/result", params={"redact": kinds})
        table = server.http.get(f"{path}/result", params={"redact": kinds, "format": "csv"})
        shot = server.http.get(f"{path}/redacted", params={"kinds": kinds})
        for answer in (masked, table, shot):
            assert tuple(answer.headers[name] for name in names) == expected
        codes = [issue["code"] for issue in masked.json()["issues"]]
        assert ("nothing_masked" in codes) == (expected == ("0", "0"))
    assert not set(names) & set(server.http.get(f"{path}/result").headers)


def test_wrong_kinds_and_missing_documents_are_problems(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    for asked in ("result?redact=shoes", "redacted?kinds=shoes"):
        refused = server.http.get(f"{path}/{asked}")
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
        parameter = asked.partition("?")[2].partition("=")[0]
        assert refused.json()["detail"].startswith(f"{parameter}: 'shoes' is none of ")
    waiting = server.http.get(f"{DOCUMENTS}/{submit(server)}/redacted")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "not_finished")
    gone = server.http.get(f"{DOCUMENTS}/{'0' * 32}/redacted")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_document")


def test_a_table_begins_with_a_mark_if_asked_for(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}/result"
    assert server.http.get(path, params={"format": "csv"}).content[:8] == b"document"
    marked = server.http.get(path, params={"format": "csv", "bom": "true"})
    assert marked.content[:3] == b"\xef\xbb\xbf"


def test_a_korean_file_name_comes_back_in_the_download(server: Server) -> None:
    from api.results import disposition

    name = "영수증 3월.jpg"
    document_id = server.http.post(
        DOCUMENTS, files={"file": (name, picture(), "image/jpeg")}
    ).json()["id"]
    job = server.context.services.jobs.get(document_id)
    assert job is not None
    assert job.filename == name
    header = disposition(job, "csv")
    assert header.isascii()
    assert header.endswith(f"filename*=UTF-8''{quote('영수증 3월.csv')}")
