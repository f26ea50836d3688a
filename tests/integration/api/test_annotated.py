"""Pages with their fields drawn on them, over real HTTP."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from api.client import Docspade
from api.overlay import draw_fields
from layout.result import LeafField, PageEntry, Region
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish, submit
from tests.integration.api.test_upload import DOCUMENTS

pytestmark = pytest.mark.integration


def pixels(content: bytes) -> npt.NDArray[np.int16]:
    with Image.open(io.BytesIO(content)) as shot:
        return np.asarray(shot.convert("RGB"), dtype=np.int16)


def test_fields_are_drawn_on_the_page(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    plain = pixels(server.http.get(f"{path}/pages/1").content)
    answer = server.http.get(f"{path}/pages/1/annotated")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    drawn = pixels(answer.content)
    assert drawn.shape == plain.shape
    assert np.abs(drawn - plain).max() > 60
    elsewhere = {"fields": {"merchant_name": {"text": "SHOP", "regions": []}}}
    assert server.http.put(f"{path}/corrections", json=elsewhere).status_code == 200
    corrected = pixels(server.http.get(f"{path}/pages/1/annotated?corrected=true").content)
    assert np.abs(corrected - plain).max() < 60


def test_what_has_no_page_or_no_result_is_a_problem(server: Server) -> None:
    path = f"{DOCUMENTS}/{finish(server)}"
    beyond = server.http.get(f"{path}/pages/2/annotated")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "unknown_page")
    waiting = server.http.get(f"{DOCUMENTS}/{submit(server)}/pages/1/annotated")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "not_finished")


def test_places_follow_a_picture_of_another_size() -> None:
    quad = [(100.0, 100.0), (200.0, 100.0), (200.0, 150.0), (100.0, 150.0)]
    leaf = LeafField(
        value="1", text="1", confidence=1.0, regions=[Region(page=1, quad=quad, word_ids=[0])]
    )
    page = PageEntry(number=1, width=400, height=400)
    small = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(small, "PNG")
    for picture, factor in ((None, 1.0), (small.getvalue(), 0.5)):
        drawn = pixels(draw_fields(page, picture, {"total": leaf}))
        assert drawn.shape[0] == 400 * factor
        ink = np.argwhere(drawn.min(axis=-1) < 200)
        assert abs(ink[:, 0].max() - 150 * factor) <= 2
        assert abs(ink[:, 1].max() - 200 * factor) <= 2


def test_a_huge_page_of_given_words_is_drawn_small() -> None:
    page = PageEntry(number=1, width=40_000, height=1_000)
    assert pixels(draw_fields(page, None, {})).shape[:2] == (60, 2400)


def test_the_client_fetches_pictures(server: Server) -> None:
    document_id = finish(server)
    path = f"{DOCUMENTS}/{document_id}/pages/1"
    with Docspade(str(server.http.base_url)) as client:
        assert client.picture(document_id) == server.http.get(path).content
        drawn = client.picture(document_id, annotated=True)
        assert drawn == server.http.get(f"{path}/annotated").content
        assert client.picture(document_id, annotated=True, corrected=True) == drawn
