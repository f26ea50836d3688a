"""Correcting documents over real HTTP, by the client, and for training."""

from __future__ import annotations

import io
import json
from http import HTTPStatus
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import func, select

from api.client import Docspade, ServiceError
from api.commands.corrections import corrections as corrections_command
from corpora.labelled_files import read_labelled
from layout.corrections import corrections_of, parse_corrections
from layout.result import DocumentResult
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, submit
from tests.integration.api.test_upload import DOCUMENTS, picture
from tests.unit.layout.corrected import receipt
from workers.blobs import BlobKey, page_picture, write_blob
from workers.tables import corrections

pytestmark = pytest.mark.integration
RIGHT = {"fields": {"total": {"text": "9.50"}}}
OTHER = {"fields": {"total": {"text": "8.00"}}}


def done(server: Server) -> str:
    """A receipt that was read, not all of it rightly."""
    document_id = submit(server)
    job = claim(server)
    result = receipt().model_copy(update={"id": document_id})
    key = BlobKey(document_id, page_picture(1))
    write_blob(server.context.services.blobs, key, picture("JPEG", (400, 300)))
    assert server.context.services.jobs.finish(job, result)
    return document_id


@pytest.fixture
def document_id(server: Server) -> str:
    return done(server)


@pytest.fixture
def path(document_id: str) -> str:
    return f"{DOCUMENTS}/{document_id}"


def test_corrections_stand_beside_the_result(server: Server, path: str) -> None:
    before = server.http.get(f"{path}/result", params={"words": "true"})
    plain = server.http.get(f"{path}/result?corrected=true")
    assert (plain.json()["fields"], "docspade-corrections" in plain.headers) == (
        before.json()["fields"],
        False,
    )
    missing = server.http.get(f"{path}/corrections")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_corrections")

    stored = server.http.put(f"{path}/corrections", json=RIGHT)
    assert stored.status_code == HTTPStatus.OK, stored.text
    body = stored.json()
    assert (body["type"], body["revision"]) == ("receipt", 1)
    assert body["fields"] == {
        "total": {
            "text": "9.50",
            "value": {"amount": "9.50", "currency": None},
            "regions": [{"page": 1, "word_ids": [9]}],
        }
    }
    assert stored.headers["etag"] == body["etag"]
    assert server.http.get(f"{path}/corrections").json() == body

    after = server.http.get(f"{path}/result?corrected=true")
    assert after.headers["docspade-corrections"] == body["etag"]
    total = after.json()["fields"]["total"]
    assert (total["text"], total["confidence"], total["corrected"]) == ("9.50", 1.0, True)
    assert [*after.json()["fields"]] == ["total"]
    assert after.headers["etag"] != plain.headers["etag"]
    known = {"if-none-match": after.headers["etag"]}
    assert server.http.get(f"{path}/result?corrected=true", headers=known).status_code == 304
    assert server.http.get(f"{path}/result", params={"words": "true"}).content == before.content

    assert server.http.delete(f"{path}/corrections").status_code == 204
    assert server.http.get(f"{path}/result?corrected=true").content == plain.content
    assert server.http.delete(f"{path}/corrections").json()["code"] == "no_corrections"


def test_only_what_was_seen_is_replaced(server: Server, path: str) -> None:
    def put(body: object, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return server.http.put(f"{path}/corrections", json=body, headers=named).status_code

    assert put(RIGHT, if_match="*") == 412
    assert put(RIGHT, if_none_match="*") == 200
    assert put(OTHER, if_none_match="*") == 412
    first = server.http.get(f"{path}/corrections").headers["etag"]
    assert put(OTHER, if_match=f'"x", {first}') == 200
    stale = server.http.put(f"{path}/corrections", json=RIGHT, headers={"if-match": first})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_corrections")
    assert put(RIGHT, if_match=f"W/{first}") == 412
    kept = server.http.get(f"{path}/corrections").json()
    assert (kept["revision"], kept["fields"]["total"]["text"]) == (2, "8.00")
    refused = server.http.delete(f"{path}/corrections", headers={"if-match": first})
    assert refused.status_code == 412
    etag = {"if-match": kept["etag"]}
    assert server.http.delete(f"{path}/corrections", headers=etag).status_code == 204
    # Made anew they are other ones, though their count begins anew as well.
    assert put(OTHER) == 200
    assert put(OTHER, if_match=first) == 412


def test_what_does_not_fit_is_a_problem_that_names_the_place(server: Server, path: str) -> None:
    for body, status, code, place in (
        (b'{"fields": {"colour": {"text": "x"}}}', 422, "invalid_corrections", "fields.colour"),
        (b'{"fields": {"total": {}}, "x": 1}', 422, "invalid_corrections", "x: "),
        (b"nonsense", 422, "invalid_corrections", "JSON"),
        (b"", 422, "invalid_corrections", "JSON"),
        (b"[" * 100_000, 422, "invalid_corrections", "JSON"),
        (b'{"type": "menu", "fields": {}}', 422, "invalid_corrections", "menu"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "limit_exceeded", "bytes"),
    ):
        refused = server.http.put(f"{path}/corrections", content=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code), body[:40]
        assert place in refused.json()["detail"]
    waiting = f"{DOCUMENTS}/{submit(server)}/corrections"
    refused = server.http.put(waiting, json=RIGHT)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_finished")


def test_who_made_them_is_kept_and_readers_may_not(server: Server, path: str) -> None:
    keys = server.context.keys
    writer, reader = (keys.create(scope, frozenset({scope})) for scope in ("submit", "read"))
    headers = {"x-api-key": writer}
    made = server.http.put(f"{path}/corrections", json=RIGHT, headers=headers)
    assert made.json()["corrected_by"] in {key.key_id for key in keys.all()}
    headers = {"x-api-key": reader}
    assert server.http.get(f"{path}/corrections", headers=headers).status_code == 200
    for method in ("PUT", "DELETE"):
        refused = server.http.request(method, f"{path}/corrections", headers=headers)
        assert refused.json()["code"] == "scope_missing"


def test_tables_and_masks_take_them_in(server: Server, path: str) -> None:
    shop = {"text": "NOTEBOOK A5"}
    server.http.put(f"{path}/corrections", json={"fields": {"merchant_name": shop}})
    table = server.http.get(f"{path}/result?corrected=true&format=csv").text
    assert ",merchant_name,NOTEBOOK A5,,NOTEBOOK A5,1.0000," in table
    query = {"corrected": "true", "redact": "companies", "words": "true"}
    masked = server.http.get(f"{path}/result", params=query).text
    # What was read as the name stays masked: it may be one all the same.
    assert all(word not in masked for word in ("NOTEBOOK", "CORNER", "B00K"))
    shots = [
        Image.open(io.BytesIO(server.http.get(f"{path}/redacted?kinds=companies{more}").content))
        for more in ("", "&corrected=true")
    ]
    assert [shot.getpixel((45, 50)) == (0, 0, 0) for shot in shots] == [False, True]
    assert [shot.getpixel((45, 10)) == (0, 0, 0) for shot in shots] == [True, True]


def test_they_go_with_their_document(server: Server, path: str) -> None:
    server.http.put(f"{path}/corrections", json=RIGHT)
    assert server.http.delete(path).status_code == 204
    with server.context.services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(corrections)) == 0
    gone = server.http.put(f"{path}/corrections", json=RIGHT)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_document")


def test_the_client_corrects(server: Server, document_id: str) -> None:
    with Docspade(str(server.http.base_url)) as client:
        with pytest.raises(ServiceError) as caught:
            client.corrections(document_id)
        assert caught.value.problem_code == "no_corrections"
        wanted = corrections_of(client.result(document_id))
        tree = json.loads(wanted.to_json())
        tree["fields"]["total"] = {"text": "9.50"}
        made = client.correct(document_id, parse_corrections(json.dumps(tree).encode()))
        assert client.corrections(document_id) == made
        after = client.result(document_id, corrected=True)
        assert after.to_json().count('"corrected":true') == 1
        again = client.correct(document_id, corrections_of(after), if_match=made.etag)
        assert (again.revision, again.fields) == (2, made.fields)
        assert client.result(document_id, corrected=True) == after
        with pytest.raises(ServiceError) as caught:
            client.correct(document_id, wanted, if_match=made.etag)
        assert caught.value.problem_code == "stale_corrections"
        client.take_corrections_back(document_id)
        assert isinstance(client.result(document_id, corrected=True), DocumentResult)


def export(server: Server, out: Path, *options: str) -> Result:
    given = ["--out", str(out), "--state-dir", str(server.state_dir), *options]
    return CliRunner().invoke(corrections_command, given, catch_exceptions=False)


def test_what_was_corrected_is_what_training_reads(server: Server, tmp_path: Path) -> None:
    ids = [done(server) for _ in range(3)]
    item = {"fields": {"description": {"text": "NOTEBOOK A5"}, "total_price": {"text": "8.00"}}}
    wanted = {"fields": {"items": [item], "total": {"text": "9.50"}}}
    for document_id in ids[:2]:
        assert server.http.put(f"{DOCUMENTS}/{document_id}/corrections", json=wanted).is_success
    invoice = {"type": "invoice", "fields": {"vendor_name": {"text": "CORNER"}}}
    server.http.put(f"{DOCUMENTS}/{ids[2]}/corrections", json=invoice)

    out = tmp_path / "out"
    done_ = export(server, out)
    assert done_.exit_code == 0
    assert "2 of type receipt" in done_.stderr
    read = {document.id: document for document in read_labelled(out / "receipt", "receipt")}
    assert read.keys() == set(ids[:2])
    for document in read.values():
        texts = [
            " ".join(document.words[i].text for i in entity.word_ids)
            for entity in document.entities
        ]
        assert [
            (entity.label, text, entity.parent)
            for entity, text in zip(document.entities, texts, strict=True)
        ] == [
            ("receipt.items.description", "NOTEBOOK A5", None),
            ("receipt.items.total_price", "8.00", 0),
            ("receipt.total", "9.50", None),
        ]
    assert [document.id for document in read_labelled(out / "invoice", "invoice")] == [ids[2]]


def test_what_is_no_longer_corrected_is_removed_and_nothing_else(
    server: Server, tmp_path: Path
) -> None:
    ids = [done(server) for _ in range(2)]
    for document_id in ids:
        server.http.put(f"{DOCUMENTS}/{document_id}/corrections", json=RIGHT)
    out = tmp_path / "out"
    export(server, out)
    (out / "receipt" / "own.truth.json").write_text("{}")
    server.http.delete(f"{DOCUMENTS}/{ids[0]}")
    server.http.put(f"{DOCUMENTS}/{ids[1]}/corrections", json={"type": "invoice", "fields": {}})
    export(server, out, "--type", "receipt")
    assert [path.name for path in (out / "receipt").iterdir()] == ["own.truth.json"]
    assert not (out / "invoice").exists()
    export(server, out)
    assert len([*(out / "invoice").iterdir()]) == 2
    wrong = export(server, out, "--type", "menu")
    assert (wrong.exit_code, "menu" in wrong.stderr) == (2, True)
