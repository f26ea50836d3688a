from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.service.bodies import bodies, photographs
from ocr.errors import SetupError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    for name in ("a.jpg", "b.PNG", "more/c.jpeg", "more/d.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_photographs_are_chosen_by_seed(folder: Path) -> None:
    everything = {b"a.jpg", b"b.PNG", b"more/c.jpeg", b"more/d.jpg"}
    assert set(photographs(folder, 9)) == everything
    assert photographs(folder, 2) == photographs(folder, 2)
    assert len(photographs(folder, 2)) == 2
    assert len({tuple(photographs(folder, 2, seed=seed)) for seed in range(9)}) > 1


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no photograph"):
        photographs(tmp_path, 1)


def test_they_take_the_place_of_rendered_receipts() -> None:
    made = bodies(6, 3, [b"one", b"two"])
    assert [made[0], made[2], made[4]] == [b"one", b"two", b"one"]
    assert all(made[number].startswith(b"{") for number in (1, 3, 5))
