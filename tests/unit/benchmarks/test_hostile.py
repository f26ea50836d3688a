from __future__ import annotations

import numpy as np
import pytest

from benchmarks.service.hostile_requests import GOOD, hostile_request
from ocr.formats import sniff
from ocr.limits import Limits
from ocr.words_file import WordsFile

HOST = "127.0.0.1:1"


def test_a_seed_gives_the_same_requests_again() -> None:
    first = [hostile_request(1, number, HOST) for number in range(40)]
    assert first == [hostile_request(1, number, HOST) for number in range(40)]
    assert first != [hostile_request(2, number, HOST) for number in range(40)]


def test_every_kind_comes_up_and_three_of_ten_are_good() -> None:
    kinds = [hostile_request(1, number, HOST).kind for number in range(1000)]
    assert len(set(kinds)) > 25
    assert 240 < kinds.count(GOOD) < 360


@pytest.mark.parametrize("number", range(30))
def test_requests_end_their_heads(number: int) -> None:
    request = hostile_request(1, number, HOST)
    assert b"\r\n\r\n" in request.chunks[0]


def test_good_files_are_good() -> None:
    from benchmarks.service.hostile_files import good_file

    rng = np.random.default_rng(1)
    for _ in range(30):
        content = good_file(rng)
        if sniff(content) == "application/json":
            assert WordsFile(content, Limits()) is not None
