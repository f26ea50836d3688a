from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ocr.errors import SetupError
from workers import alive
from workers.alive import AliveFile


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "TOUCH_SECONDS", 0.01)


def wait_until_young(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists() or path.stat().st_mtime < 2.0:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_file_is_touched_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "alive"
    path.touch()  # of one that was killed
    file = AliveFile(path)
    assert not path.exists()
    file.start()
    wait_until_young(path)
    os.utime(path, (1.0, 1.0))
    wait_until_young(path)
    file.stop()
    assert not path.exists()


def test_a_folder_that_is_away_ends_nothing(tmp_path: Path) -> None:
    file = AliveFile(tmp_path / "folder" / "alive")
    file.start()
    time.sleep(0.05)
    (tmp_path / "folder").mkdir()
    wait_until_young(tmp_path / "folder" / "alive")
    file.stop()


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="cannot be used: Not a directory"):
        AliveFile(tmp_path / "file" / "alive")
