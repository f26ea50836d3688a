"""The results of a batch, over real HTTP: as lines, a table or an archive."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from api.batches import results
from ocr.errors import InvalidCorrectionsError
from tests.integration.api.batches import (
    FAULT,
    archive,
    claim,
    finish,
    lines,
    names,
    post_files,
    post_zip,
)
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture

pytestmark = pytest.mark.integration


def test_partial_results_come_as_lines(server: Server) -> None:
    path = post_files(server, "a.png", "b.png", "c.png").headers["location"]
    finish(server, "ONE")
    server.context.services.jobs.fail(claim(server), FAULT)
    one, two, three = lines(server, path)
    assert (one["filename"], one["status"]) == ("a.png", "succeeded")
    assert one["result"]["fields"]["merchant_name"]["value"] == "ONE"
    assert one["result"]["pages"] == [{"number": 1, "width": 40, "height": 30}]
    assert (two["status"], two["error"]["code"], "result" in two) == (
        "failed",
        "corrupt_file",
        False,
    )
    assert (three["status"], "result" in three, "error" in three) == ("queued", False, False)
    worded = lines(server, path, words="true")[0]["result"]["pages"][0]["words"]
    assert [word["text"] for word in worded] == ["ONE"]
    masked = lines(server, path, redact="companies")[0]["result"]["fields"]["merchant_name"]
    assert masked["value"] is None
    alone = server.http.get(f"{DOCUMENTS}/{one['id']}/result").json()
    assert alone == one["result"]


def test_results_come_as_a_table_with_every_document(server: Server) -> None:
    path = post_files(server, "=a.png", "b.png", "c.png", name="März 1").headers["location"]
    finish(server, "+ONE")
    server.context.services.jobs.fail(claim(server), FAULT)
    answer = server.http.get(f"{path}/results", params={"format": "csv", "bom": "true"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="M_rz 1.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["filename"], row["status"], row["path"], row["value"]) for row in rows] == [
        ("'=a.png", "succeeded", "merchant_name", "'+ONE"),
        ("b.png", "failed", "", ""),
        ("c.png", "queued", "", ""),
    ]
    assert [row["error"] for row in rows] == ["", "corrupt_file", ""]


def test_results_come_as_an_archive_with_an_index(server: Server) -> None:
    content = archive(
        **{"x/a.png": picture(), "x/a.jpg": picture(), "CON.png": picture(), "bad.txt": b"words"}
    )
    path = post_zip(server, content).headers["location"]
    for text in ("ONE", "TWO", "THREE"):
        finish(server, text)
    answer = server.http.get(f"{path}/results", params={"format": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as results:
        assert results.testzip() is None
        assert results.namelist() == ["x/a.json", "x/a-2.json", "_CON.json", "batch.jsonl"]
        index = [json.loads(line) for line in results.read("batch.jsonl").splitlines()]
        assert [(line["filename"], line.get("file")) for line in index] == [
            ("x/a.png", "x/a.json"),
            ("x/a.jpg", "x/a-2.json"),
            ("CON.png", "_CON.json"),
            ("bad.txt", None),
        ]
        second = json.loads(results.read("x/a-2.json"))
    assert (second["id"], second["fields"]["merchant_name"]["value"]) == (index[1]["id"], "TWO")


def test_results_of_many_documents_come_page_by_page(server: Server) -> None:
    given = [f"{number}.png" for number in range(120)]
    path = post_files(server, *given).headers["location"]
    for _ in range(70):
        finish(server)
    found = lines(server, path)
    assert names(found) == given
    assert [line["status"] for line in found] == ["succeeded"] * 70 + ["queued"] * 50
    with zipfile.ZipFile(
        io.BytesIO(server.http.get(f"{path}/results?format=zip").content)
    ) as results:
        assert len(results.namelist()) == 71


def test_results_come_as_people_corrected_them(server: Server) -> None:
    path = post_files(server, "a.png", "b.png").headers["location"]
    finish(server, "ONE")
    finish(server, "TWO")
    first = lines(server, path)[0]["id"]
    right = {"fields": {"merchant_name": {"text": "UNO"}}}
    assert server.http.put(f"{DOCUMENTS}/{first}/corrections", json=right).status_code == 200

    def shops(**query: str) -> list[object]:
        found = lines(server, path, **query)
        return [line["result"]["fields"]["merchant_name"]["value"] for line in found]

    assert shops() == ["ONE", "TWO"]
    assert shops(corrected="true") == ["UNO", "TWO"]
    one, _ = lines(server, path, corrected="true")
    query = {"corrected": "true"}
    assert one["result"] == server.http.get(f"{DOCUMENTS}/{first}/result", params=query).json()
    masked = server.http.get(f"{path}/results", params={**query, "redact": "companies"})
    assert masked.status_code == 200
    assert not [text for text in ("ONE", "UNO", "TWO") if text in masked.text]
    table = server.http.get(f"{path}/results", params={**query, "format": "csv"})
    assert "UNO" in table.text


def test_corrections_that_fit_no_more_cost_their_document_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = post_files(server, "a.png", "b.png").headers["location"]
    finish(server, "ONE")
    finish(server, "TWO")
    first = lines(server, path)[0]["id"]
    right = {"fields": {"merchant_name": {"text": "UNO"}}}
    assert server.http.put(f"{DOCUMENTS}/{first}/corrections", json=right).status_code == 200

    def refuse(*_arguments: object) -> None:
        raise InvalidCorrectionsError("fields.merchant_name: receipt has no such field there")

    monkeypatch.setattr(results, "corrected_result", refuse)
    one, two = lines(server, path, corrected="true")
    assert (one["error"]["code"], "result" in one) == ("invalid_corrections", False)
    assert two["result"]["fields"]["merchant_name"]["value"] == "TWO"
    table = server.http.get(f"{path}/results", params={"corrected": "true", "format": "csv"})
    assert table.text.splitlines()[1].endswith(",invalid_corrections")
