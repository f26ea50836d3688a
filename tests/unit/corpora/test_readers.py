"""The readers of SROIE, CORD and CORD-r on small files in their official layouts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpora import cord, cord_r, sroie
from corpora.document import LabelledDocument
from corpora.receipt_view import with_guessed_groups, with_receipt_fields
from ocr.errors import CorruptFileError


def texts(document: LabelledDocument, label: str) -> list[str]:
    words = document.words
    return [
        " ".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == label
    ]


def write_sroie(root: Path, lines: list[str], keys: dict[str, str], *, encoding: str) -> None:
    for name in ("box", "entities"):
        (root / "train" / name).mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f"0,{30 * row},{10 * len(text)},{30 * row},{10 * len(text)},{30 * row + 20},0,"
        f"{30 * row + 20},{text}\n"
        for row, text in enumerate(lines)
    )
    (root / "train" / "box" / "a.txt").write_bytes(rows.encode(encoding))
    (root / "train" / "entities" / "a.txt").write_text(json.dumps(keys))


LINES = ["CAFÉ, BERJAYA SDN BHD", "(1234567-X)", "NO 1, JALAN 2", "TEL: 03-12345678",
         "DATE: 01/02/2018 10:11 AM", "TOTAL 9.00", "CASH 9.00"]  # fmt: skip
KEYS = {"company": "CAFE BERJAYA SDN BHD", "date": "01/02/2018", "total": "9.00",
        "address": "NO 1, JALAN 2"}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_sroie_keys_are_found_among_the_words(tmp_path: Path, encoding: str) -> None:
    write_sroie(tmp_path, LINES, KEYS, encoding=encoding)
    (document,) = sroie.read_documents(tmp_path, "train")
    assert texts(document, "sroie.company") == ["CAFÉ, BERJAYA SDN BHD"]
    assert texts(document, "sroie.address") == ["NO 1, JALAN 2"]
    assert texts(document, "sroie.total") == ["9.00", "9.00"]
    assert texts(document, "receipt.transaction_date") == ["01/02/2018"]
    assert texts(document, "receipt.transaction_time") == ["10:11 AM"]
    assert texts(document, "receipt.merchant_phone") == ["03-12345678"]
    assert texts(document, "receipt.merchant_registration_number") == ["(1234567-X)"]
    assert dict(document.truth) == KEYS
    assert not document.has_groups


def test_sroie_without_entities_or_pictures_can_be_read(tmp_path: Path) -> None:
    write_sroie(tmp_path, LINES, {"company": "", "total": "8.88"}, encoding="utf-8")
    (document,) = sroie.read_documents(tmp_path, "train")
    assert "sroie.total" not in document.labelled
    (tmp_path / "train" / "entities" / "a.txt").unlink()
    assert sroie.read_document(tmp_path, "train", "a").truth == {}


def test_a_broken_transcript_names_its_line(tmp_path: Path) -> None:
    write_sroie(tmp_path, LINES, {}, encoding="utf-8")
    (tmp_path / "train" / "box" / "a.txt").write_text("1,2,3,4,5,6,7,8,OK\n1,2,three\n")
    with pytest.raises(CorruptFileError, match=r"a\.txt, line 2"):
        sroie.read_document(tmp_path, "train", "a")


def test_a_lines_quad_is_shared_out_by_characters() -> None:
    first, second = sroie.split_line("AB  CDE", [0, 0, 70, 7, 70, 27, 0, 20])
    assert (first.text, second.text) == ("AB", "CDE")
    assert first.quad.corners[1] == pytest.approx((20, 2))
    assert second.quad.corners[0] == pytest.approx((40, 4))
    assert second.quad.corners[2] == pytest.approx((70, 27))


def cord_line(
    category: str, group: int, text: str, place: tuple[int, int], *, key: int = 0, sub: int = 0
) -> dict[str, object]:
    left, top = place
    right, bottom = left + 10 * len(text), top + 20
    quad = {"x1": left, "y1": top, "x2": right, "y2": top, "x3": right, "y3": bottom,
            "x4": left, "y4": bottom}  # fmt: skip
    words = [
        {"quad": quad, "is_key": int(position < key), "text": word}
        for position, word in enumerate(text.split())
    ]
    return {"category": category, "group_id": group, "sub_group_id": sub, "words": words}


def write_cord(path: Path) -> Path:
    receipt = {
        "gt_parse": {"menu": [{"nm": "TEA"}]},
        "meta": {"image_size": {"width": 500, "height": 500}},
        "valid_line": [
            cord_line("menu.cnt", 1, "2", (0, 0)),
            cord_line("menu.nm", 1, "ICED TEA", (50, 0)),
            cord_line("menu.sub.nm", 1, "LESS ICE", (60, 30)),
            cord_line("menu.sub.price", 1, "500", (300, 30)),
            cord_line("menu.nm", 2, "CAKE", (50, 60)),
            cord_line("menu.price", 2, "9.000", (300, 60)),
            cord_line("total.total_price", 3, "GRAND TOTAL Rp 9.500", (0, 90), key=2),
            cord_line("total.cashprice", 3, "CASH 10.000", (0, 120), key=1),
        ],
    }
    path.write_text(json.dumps(receipt))
    return path


def parents(document: LabelledDocument) -> dict[str, str | None]:
    words = document.words
    named = {i: f"{e.label}:{words[e.word_ids[0]].text}" for i, e in enumerate(document.entities)}
    return {
        named[i]: None if e.parent is None else named[e.parent]
        for i, e in enumerate(document.entities)
    }


def test_cord_groups_and_key_words(tmp_path: Path) -> None:
    document = cord.read_document(write_cord(tmp_path / "receipt_00001.json"))
    assert parents(document) == {
        "cord.menu.cnt:2": "cord.menu.nm:ICED",
        "cord.menu.nm:ICED": None,
        "cord.menu.sub.nm:LESS": "cord.menu.nm:ICED",
        "cord.menu.sub.price:500": "cord.menu.sub.nm:LESS",
        "cord.menu.nm:CAKE": None,
        "cord.menu.price:9.000": "cord.menu.nm:CAKE",
        "cord.total.total_price:GRAND": None,
        "cord.total.cashprice:CASH": None,
    }
    assert document.key_word_ids is not None
    assert [document.words[i].text for i in sorted(document.key_word_ids)] == [
        "GRAND", "TOTAL", "CASH",
    ]  # fmt: skip


def test_cord_in_the_receipts_terms(tmp_path: Path) -> None:
    read = cord.read_document(write_cord(tmp_path / "receipt_00001.json"))
    document = with_receipt_fields(read)
    assert texts(document, "receipt.total") == ["Rp 9.500"]
    assert texts(document, "receipt.payments.amount") == ["10.000"]
    assert texts(document, "receipt.items.sub_items.description") == ["LESS ICE"]
    assert parents(document)["receipt.items.sub_items.total_price:500"] == (
        "receipt.items.sub_items.description:LESS"
    )
    assert "receipt.merchant_name" in document.labelled
    assert "receipt.payments.method" not in document.labelled


def test_guessed_groups_are_cords_own_here(tmp_path: Path) -> None:
    document = cord.read_document(write_cord(tmp_path / "receipt_00001.json"))
    assert parents(with_guessed_groups(document)) == parents(document)


def test_a_broken_cord_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "receipt_00001.json"
    path.write_text('{"valid_line": 3}')
    with pytest.raises(CorruptFileError, match=r"receipt_00001\.json"):
        cord.read_document(path)


def write_cord_r(root: Path, *, separator: str) -> None:
    (root / "jsons").mkdir()
    characters = [
        {"id": i, "box": [10 * i, 0, 10 * i + 9, 20], "text": char}
        for i, char in enumerate("4SIAO MAI 2x")
    ]
    receipt = {
        "img": {"width": 200, "height": 50},
        "document": [{"words": characters}],
        "label_entities": [
            {"label": "menu.cnt", "word_idx": [0]},
            {"label": "menu.nm", "word_idx": [1, 2, 3, 4, 5, 6, 7, 8]},
        ],
    }
    (root / "jsons" / "t.json").write_text(json.dumps(receipt))
    (root / "data.train.txt").write_text(f"images/t.png{separator}jsons/t.json\n")


@pytest.mark.parametrize("separator", ["\t", " "])
def test_cord_r_words_are_parted_where_a_name_follows_a_number(
    tmp_path: Path, separator: str
) -> None:
    write_cord_r(tmp_path, separator=separator)
    (read,) = cord_r.read_documents(tmp_path, "train")
    assert [word.text for word in read.document.words] == ["4", "SIAO", "MAI", "2x"]
    assert read.characters == ((0,), (1, 2, 3, 4), (6, 7, 8), (10, 11))
    assert read.entities == (("menu.cnt", (0,)), ("menu.nm", (1, 2, 3, 4, 6, 7, 8)))
    assert texts(read.document, "cord.menu.nm") == ["SIAO MAI"]
