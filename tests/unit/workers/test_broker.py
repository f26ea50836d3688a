from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from kombu import Connection

from workers import broker


def connect(folder: Path) -> Connection:
    options = broker.transport_options(folder)
    return Connection(f"{broker.SCHEME}://localhost/", transport_options=options)


def take_all(folder: Path, queue: str) -> list[str]:
    with connect(folder) as connection, connection.channel() as channel:
        found = []
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append(message.payload)
        return found


def put(folder: Path, queue: str, text: str) -> None:
    with connect(folder) as connection:
        producer = connection.Producer(serializer="json")
        producer.publish(text, exchange="", routing_key=queue)


def test_what_is_put_is_taken_once_from_its_own_queue(tmp_path: Path) -> None:
    put(tmp_path, "one", "a")
    put(tmp_path, "two", "b")
    put(tmp_path, "one", "c")
    assert take_all(tmp_path, "one") == ["a", "c"]
    assert take_all(tmp_path, "one") == []
    assert take_all(tmp_path, "two") == ["b"]
    assert list((tmp_path / "messages").iterdir()) == []


def test_nothing_is_lost_or_doubled_among_concurrent_writers_and_readers(tmp_path: Path) -> None:
    n_writers, n_messages = 4, 50
    taken: list[str] = []
    is_over = threading.Event()

    def write(writer: int) -> None:
        with connect(tmp_path) as connection:
            producer = connection.Producer(serializer="json")
            for index in range(n_messages):
                producer.publish(f"{writer}-{index}", exchange="", routing_key="lane")

    def read() -> None:
        while not is_over.is_set():
            taken.extend(take_all(tmp_path, "lane"))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(n_writers)]
    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in readers:
        thread.join()
    taken.extend(take_all(tmp_path, "lane"))
    assert sorted(taken) == sorted(f"{w}-{i}" for w in range(n_writers) for i in range(n_messages))


def test_half_written_and_foreign_files_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "lane", "good")
    messages = tmp_path / "messages"
    (messages / "0.part").write_bytes(b"half")
    (messages / "0.lane.msg").write_bytes(b"not JSON")
    assert take_all(tmp_path, "lane") == ["good"]


def test_old_leftovers_are_discarded(tmp_path: Path) -> None:
    put(tmp_path, "lane", "good")
    messages = tmp_path / "messages"
    long_ago = time.time() - 7200
    for name in ("a.part", "b.taken", "c.part"):
        (messages / name).write_bytes(b"x")
        if name != "c.part":
            os.utime(messages / name, (long_ago, long_ago))
    broker.discard_unfinished(tmp_path)
    assert sorted(path.suffix for path in messages.iterdir()) == [".msg", ".part"]
