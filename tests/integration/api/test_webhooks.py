"""Webhooks over real HTTP: what is told, signatures, retries, the log."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import jsonschema_rs
import pytest
from sqlalchemy import update

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
from tests.integration.api.webhooks import (
    FAULT,
    WEBHOOKS,
    Receiver,
    fail_one,
    log,
    make,
    open_server,
    receiver,
    sending,
    settled,
)
from workers import webhook_sender
from workers.tables import webhook_deliveries
from workers.webhook_deliveries import DeliveryTable

__all__ = ["open_server", "receiver"]

pytestmark = pytest.mark.integration


def test_a_finished_document_is_told_with_its_entry_and_a_signature(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url + "/hook?a=b")
    document_id = finish(open_server)
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["attempts"], done["last_status"], done["last_error"]) == (1, 204, None)
    (body,), (headers,) = receiver.bodies, receiver.headers
    told = json.loads(body)
    entry = open_server.http.get(f"/v1/documents/{document_id}").json()
    assert told["document"] == {key: entry[key] for key in entry if key != "source"}
    assert (told["id"], told["event"]) == (done["id"], "document.succeeded")
    assert told["created_at"] == done["created_at"]
    assert b"SHOP" not in body
    moment, _, given = headers["Docspade-Signature"].partition(",v1=")
    signed = f"{moment.removeprefix('t=')}.".encode() + body
    assert given == hmac.new(made["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert abs(int(moment.removeprefix("t=")) - time.time()) < 30
    assert headers["Docspade-Delivery"] == done["id"]
    assert headers["Docspade-Event"] == "document.succeeded"


def test_what_is_posted_is_what_the_description_says(
    open_server: Server, receiver: Receiver
) -> None:
    make(open_server, receiver.url)
    finish(open_server)
    fail_one(open_server)
    cancelled = submit(open_server)
    open_server.http.post(f"/v1/documents/{cancelled}/cancel")
    with sending(open_server):
        end = time.monotonic() + 10
        while len(receiver.bodies) < 3 and time.monotonic() < end:
            time.sleep(0.02)
    description = open_server.http.get("/openapi.json").json()
    for body, headers in zip(receiver.bodies, receiver.headers, strict=True):
        told = json.loads(body)
        operation = description["webhooks"][told["event"]]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        schema = {**content["schema"], "components": description["components"]}
        jsonschema_rs.validate(schema, told)
        model = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert set(told) == set(model["required"])
        for parameter in operation["parameters"]:
            jsonschema_rs.validate(parameter["schema"], headers[parameter["name"]])
    events = {json.loads(body)["event"] for body in receiver.bodies}
    assert events == {"document.succeeded", "document.failed", "document.cancelled"}


def test_only_wanted_events_are_told(open_server: Server, receiver: Receiver) -> None:
    made = make(open_server, receiver.url, "document.failed")
    finish(open_server)
    document_id = fail_one(open_server)
    (told,) = log(open_server, made)
    assert (told["event"], told["document_id"]) == ("document.failed", document_id)


def test_a_document_whose_attempts_are_used_up_is_told_once(
    open_server: Server, receiver: Receiver
) -> None:
    made, jobs = make(open_server, receiver.url), open_server.context.services.jobs
    submit(open_server)
    for n_told in (0, 0, 1):
        jobs.release(claim(open_server), FAULT)
        assert len(log(open_server, made)) == n_told
    assert log(open_server, made)[0]["event"] == "document.failed"


def test_a_finish_that_is_rolled_back_tells_nobody(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(open_server, receiver.url)
    submit(open_server)
    job = claim(open_server)

    def break_down(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("workers.job_table.count_endings", break_down)
    with pytest.raises(ZeroDivisionError):
        open_server.context.services.jobs.fail(job, FAULT)
    assert log(open_server, made) == []


def test_a_receiver_in_trouble_is_tried_again(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "FIRST_PAUSE_SECONDS", 0.05)
    receiver.statuses = [500, 302, 200]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["attempts"], done["last_status"]) == (3, 200)
    assert len({headers["Docspade-Delivery"] for headers in receiver.headers}) == 1
    assert len(receiver.bodies) == 3  # the redirect was not followed


def test_a_delivery_is_given_up_at_last_and_can_be_replayed(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(webhook_sender, "LONGEST_PAUSE_SECONDS", 0.002)
    receiver.statuses = [503]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        failed = settled(open_server, made, "failed")
        assert failed["attempts"] == webhook_sender.MAX_ATTEMPTS == len(receiver.bodies)
        assert (failed["last_status"], failed["next_attempt_at"]) == (503, None)
        receiver.statuses = [200]
        path = f"{WEBHOOKS}/{made['id']}/deliveries/{failed['id']}/replay"
        answer = open_server.http.post(path)
        assert answer.status_code == 202
        assert settled(open_server, made, "delivered")["attempts"] == 1
    assert receiver.bodies[-1] == receiver.bodies[0]


def test_a_receiver_that_is_not_there_or_dawdles_is_named(
    open_server: Server, receiver: Receiver
) -> None:
    receiver.delay_seconds = 1.0
    slow, away = make(open_server, receiver.url), make(open_server, "http://127.0.0.1:1/")
    finish(open_server)
    with sending(open_server, seconds=0.2):
        assert settled(open_server, slow, "waiting")["attempts"] == 1
        end = time.monotonic() + 10
        while log(open_server, slow)[0]["last_error"] is None and time.monotonic() < end:
            time.sleep(0.02)
    (dawdled,), (refused,) = log(open_server, slow), log(open_server, away)
    assert dawdled["last_error"] == "no answer within 0.2 seconds"
    assert "refused" in str(refused["last_error"]).lower()
    assert (refused["state"], refused["attempts"], refused["last_status"]) == ("waiting", 1, None)


def test_a_sender_that_died_in_mid_delivery_loses_nothing(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url)
    finish(open_server)
    database = open_server.context.services.database
    (claimed,) = DeliveryTable(database).claim(8)
    assert DeliveryTable(database).claim(8) == []
    with database.write() as connection:  # as if the minute of its claim were over
        connection.execute(update(webhook_deliveries).values(due_at=0.0, lease_until=0.0))
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["id"], done["attempts"]) == (claimed.delivery_id, 2)


def test_a_slow_receiver_does_not_hold_up_another(open_server: Server, receiver: Receiver) -> None:
    slow = make(open_server, receiver.url)
    for _ in range(6):
        finish(open_server)
    quick = make(open_server, receiver.url)
    finish(open_server)
    database = open_server.context.services.database
    claimed = [
        delivery.webhook_id for _round in range(3) for delivery in DeliveryTable(database).claim(3)
    ]
    assert claimed.count(slow["id"]) == 2
    assert claimed.count(quick["id"]) == 1


def test_a_webhook_that_is_gone_is_disabled(open_server: Server, receiver: Receiver) -> None:
    receiver.statuses = [410]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        failed = settled(open_server, made, "failed")
    assert open_server.http.get(f"{WEBHOOKS}/{made['id']}").json()["disabled_at"] is not None
    finish(open_server)
    assert len(log(open_server, made)) == 1
    path = f"{WEBHOOKS}/{made['id']}/deliveries/{failed['id']}/replay"
    answer = open_server.http.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")


def test_the_log_has_pages(open_server: Server, receiver: Receiver) -> None:
    made = make(open_server, receiver.url)
    told = {fail_one(open_server) for _ in range(3)}
    path = f"{WEBHOOKS}/{made['id']}/deliveries"
    first = open_server.http.get(path, params={"limit": 2}).json()
    second = open_server.http.get(path, params={"limit": 2, "cursor": first["next"]}).json()
    assert second["next"] is None
    assert {each["document_id"] for each in first["deliveries"] + second["deliveries"]} == told


def test_deleting_a_document_or_a_webhook_ends_its_deliveries(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url)
    first, second = finish(open_server), finish(open_server)
    assert open_server.http.delete(f"/v1/documents/{first}").status_code == 204
    assert [each["document_id"] for each in log(open_server, made)] == [second]
    assert open_server.http.delete(f"{WEBHOOKS}/{made['id']}").status_code == 204
    answer = open_server.http.get(f"{WEBHOOKS}/{made['id']}/deliveries")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_webhook")
    finish(open_server)
    with sending(open_server):
        time.sleep(0.2)
    assert receiver.bodies == []
