"""Of what is deleted, and of what was kept long enough, nothing is left in any table or store."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import unquote

import boto3
import pytest
from sqlalchemy import select

from benchmarks.service.servers import PostgresServer
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish
from tests.integration.api.test_upload import DOCUMENTS, picture
from tests.integration.api.webhooks import WEBHOOKS, make
from tests.services.servers import REGION, S3Server
from workers.addresses import Bucket
from workers.jobs import JobError
from workers.retention import Retention
from workers.settings import Settings
from workers.sweeper import Sweeper
from workers.tables import metadata

pytestmark = pytest.mark.integration
MARKER = "Quetzalcoatl"
OF_DOCUMENTS = {"jobs", "results", "corrections", "idempotency_keys", "webhook_deliveries"}
OF_BATCHES = {"jobs", "batches", "batch_idempotency_keys", "webhook_deliveries"}
Dispose = Callable[[Server, str], None]


@pytest.fixture(params=["embedded", "scaled out"])
def everywhere(
    request: pytest.FixtureRequest, settings: Settings, start: Callable[[Settings], Server]
) -> Server:
    """A server on SQLite and a folder, and one on PostgreSQL and S3."""
    changes: dict[str, object] = {"webhook_hosts": ("127.0.0.0/8",)}
    if request.param != "embedded":
        database: PostgresServer = request.getfixturevalue("postgres")
        store: S3Server = request.getfixturevalue("s3")
        changes |= {"database_url": database.new_database(), "blob_url": store.new_bucket()}
    return start(settings.model_copy(update=changes))


def tables_that_name(server: Server, *words: str) -> set[str]:
    """Names of the tables in which any of the words stands, packed or not."""
    found = set()
    with server.context.services.database.read() as connection:
        for name, table in metadata.tables.items():
            for row in connection.execute(select(table)):
                if any(word.encode() in _bytes(cell) for cell in row for word in words):
                    found.add(name)
    return found


def _bytes(cell: object) -> bytes:
    return zlib.decompress(cell) if isinstance(cell, bytes) else str(cell).encode()


def stored(server: Server) -> list[str]:
    """All that is in the store, whole or half."""
    place = server.context.settings.blob_place
    if not isinstance(place, Bucket):
        return server.leftovers()
    client = boto3.client("s3", endpoint_url=place.endpoint, region_name=REGION)
    objects = client.list_objects_v2(Bucket=place.name).get("Contents", [])
    uploads = client.list_multipart_uploads(Bucket=place.name).get("Uploads", [])
    return [unquote(str(each["Key"])) for each in (*objects, *uploads)]


def delete_document(server: Server, document_id: str) -> None:
    assert server.http.delete(f"{DOCUMENTS}/{document_id}").status_code == 204


def delete_batch(server: Server, batch_id: str) -> None:
    assert server.http.delete(f"/v1/batches/{batch_id}").status_code == 204


def outlast(server: Server, _which: str) -> None:
    time.sleep(0.02)
    retention = Retention(document_seconds=0.01)
    Sweeper(server.context.services, server.context.doorbell, retention).discard_expired()


@pytest.mark.parametrize("dispose", [delete_document, outlast])
def test_nothing_is_left_of_a_document(everywhere: Server, dispose: Dispose) -> None:
    make(everywhere, "http://127.0.0.1:9/hook")
    document_id = finish(everywhere, {"idempotency-key": MARKER})
    corrections = {"fields": {"merchant_name": {"text": MARKER}}}
    path = f"{DOCUMENTS}/{document_id}/corrections"
    assert everywhere.http.put(path, json=corrections).status_code == 200
    assert tables_that_name(everywhere, document_id, MARKER) == OF_DOCUMENTS
    assert len(stored(everywhere)) == 2
    dispose(everywhere, document_id)
    assert tables_that_name(everywhere, document_id, MARKER) == set()
    assert stored(everywhere) == []
    assert len(everywhere.http.get(WEBHOOKS).json()["webhooks"]) == 1


@pytest.mark.parametrize("dispose", [delete_batch, outlast])
def test_nothing_is_left_of_a_batch(everywhere: Server, dispose: Dispose) -> None:
    make(everywhere, "http://127.0.0.1:9/hook")
    made = everywhere.http.post(
        "/v1/batches",
        params={"name": MARKER},
        content=archive(),
        headers={"content-type": "application/zip", "idempotency-key": MARKER},
    )
    batch_id = str(made.json()["id"])
    while job := everywhere.context.services.jobs.claim("batch", "test"):
        fault = JobError("corrupt_file", f"of {MARKER}")
        assert everywhere.context.services.jobs.fail(job, fault)
    words = [batch_id, MARKER, *(document_ids(everywhere, batch_id))]
    assert tables_that_name(everywhere, *words) == OF_BATCHES
    assert len(stored(everywhere)) == 2
    dispose(everywhere, batch_id)
    assert tables_that_name(everywhere, *words) == set()
    assert stored(everywhere) == []


def document_ids(server: Server, batch_id: str) -> list[str]:
    documents = server.http.get(f"/v1/batches/{batch_id}/documents").json()["documents"]
    return [str(each["id"]) for each in documents]


def archive() -> bytes:
    """Two pictures, and a file that is none and fails at once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(f"{MARKER}-1.png", picture())
        made.writestr(f"{MARKER}-2.png", picture(size=(50, 50)))
        made.writestr(f"{MARKER}-3.txt", MARKER)
    return buffer.getvalue()


def test_nothing_is_left_in_the_database_file(server: Server) -> None:
    """SQLite alone: deleted rows are overwritten, and the log with their former pages emptied."""
    files = [server.state_dir / name for name in ("docspade.db", "docspade.db-wal")]
    kept, bodies = finish(server), []
    gone = []
    for number in range(12):
        name = f"{MARKER}-{number}.png"
        answer = server.http.post(DOCUMENTS, files={"file": (name, picture())})
        gone.append(str(answer.json()["id"]))
    corrected = finish(server)
    path = f"{DOCUMENTS}/{corrected}/corrections"
    assert server.http.put(path, json={"fields": {"merchant_name": {"text": MARKER}}}).is_success
    with server.context.services.database.read() as connection:
        for name in ("results", "corrections"):
            table = metadata.tables[name]
            statement = select(table.c.body).where(table.c.job_id == corrected)
            bodies.append(bytes(connection.execute(statement).scalar_one()))
    secrets = [MARKER.encode(), *(each.encode() for each in (*gone, corrected)), bodies[1][8:]]
    server.context.services.database.empty_log()
    before = files[0].read_bytes()
    assert all(secret in before for secret in secrets)
    for document_id in (*gone, corrected):
        delete_document(server, document_id)
    assert server.context.services.database.empty_log()
    after = b"".join(file.read_bytes() for file in files)
    assert [secret for secret in secrets if secret in after] == []
    assert kept.encode() in after
