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


def write_cord_v1(path: Path, *, gt_parse: dict[str, object] | None) -> Path:
    """The receipt of `write_cord` as v1 has it: no sub-groups, other names of categories."""
    receipt = json.loads(write_cord(path).read_text())
    del receipt["gt_parse"]
    if gt_parse is not None:
        receipt["gt_parse"] = gt_parse
    receipt["valid_line"].insert(4, cord_line("menu.sub_nm", 1, "NO SUGAR", (60, 45)))
    receipt["valid_line"].insert(5, cord_line("menu.sub_cnt", 1, "3", (20, 45)))
    receipt["valid_line"].append(cord_line("subtotal.etc", 4, "ROUNDED", (0, 150)))
    for line in receipt["valid_line"]:
        del line["sub_group_id"]
        line["category"] = line["category"].replace("menu.sub.", "menu.sub_")
        for word in line["words"]:
            word["row_id"] = word["quad"]["y1"]
    path.write_text(json.dumps(receipt))
    return path


def test_cord_v1_is_read_in_the_terms_of_v2(tmp_path: Path) -> None:
    document = cord.read_document(write_cord_v1(tmp_path / "receipt_00001.json", gt_parse=None))
    assert parents(document) == {
        "cord.menu.cnt:2": "cord.menu.nm:ICED",
        "cord.menu.nm:ICED": None,
        "cord.menu.sub.nm:LESS": "cord.menu.nm:ICED",
        "cord.menu.sub.price:500": "cord.menu.sub.nm:LESS",
        "cord.menu.sub.nm:NO": "cord.menu.nm:ICED",
        "cord.menu.sub.cnt:3": "cord.menu.sub.nm:NO",  # on its row
        "cord.menu.nm:CAKE": None,
        "cord.menu.price:9.000": "cord.menu.nm:CAKE",
        "cord.total.total_price:GRAND": None,
        "cord.total.cashprice:CASH": None,
        "cord.sub_total.etc:ROUNDED": None,
    }
    assert document.truth == {}


def test_v1_sub_items_off_the_names_rows_go_to_the_name_before(tmp_path: Path) -> None:
    path = write_cord_v1(tmp_path / "receipt_00001.json", gt_parse=None)
    receipt = json.loads(path.read_text())
    for line in receipt["valid_line"]:
        for word in line["words"]:
            del word["row_id"]
    path.write_text(json.dumps(receipt))
    found = parents(cord.read_document(path))
    assert found["cord.menu.sub.price:500"] == "cord.menu.sub.nm:LESS"
    assert found["cord.menu.sub.cnt:3"] == "cord.menu.sub.nm:NO"


def test_a_v1_tree_is_put_into_the_form_of_v2(tmp_path: Path) -> None:
    tree: dict[str, object]
    tree = {"menu": [{"nm": "TEA", "sub_nm": "LESS ICE", "sub_price": "500"}, {"nm": "CAKE"}],
            "subtotal": {"etc": "ROUNDED"}}  # fmt: skip
    document = cord.read_document(write_cord_v1(tmp_path / "receipt_00001.json", gt_parse=tree))
    assert document.truth == {
        "menu": [{"nm": "TEA", "sub": {"nm": "LESS ICE", "price": "500"}}, {"nm": "CAKE"}],
        "sub_total": {"etc": "ROUNDED"},
    }
    single = cord.tree_in_v2({"menu": {"nm": "TEA", "sub": [{"nm": "HOT"}]}})
    assert single == {"menu": {"nm": "TEA", "sub": [{"nm": "HOT"}]}}  # v2 stays as it is


@pytest.mark.parametrize(
    ("category", "in_v2"),
    [
        ("menu.sub_unitprice", "menu.sub.unitprice"),
        ("menu.sub.nm", "menu.sub.nm"),
        ("menu.nm", "menu.nm"),
        ("subtotal.subtotal_price", "sub_total.subtotal_price"),
        ("sub_total.tax_price", "sub_total.tax_price"),
        ("voidmenu.nm", "void_menu.nm"),
        ("", ""),
    ],
)
def test_categories_of_both_versions(category: str, in_v2: str) -> None:
    assert cord.category_in_v2(category) == in_v2


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


def test_cord_r_words_are_parted_where_a_space_was_not_read(tmp_path: Path) -> None:
    write_cord_r(tmp_path, separator=" ")
    path = tmp_path / "jsons" / "t.json"
    receipt = json.loads(path.read_text())
    # "143.636" reads "1 43.636" on the paper: the boxes beside the space are wide.
    ends = [0, 28, 51, 66, 77, 92, 107, 122]
    receipt["document"] = [
        {
            "words": [
                {"id": i, "box": [ends[i], 0, ends[i + 1], 20], "text": char}
                for i, char in enumerate("143.636")
            ]
        }
    ]
    receipt["label_entities"] = [
        {"label": "menu.cnt", "word_idx": [0]},
        {"label": "menu.unitprice", "word_idx": [1, 2, 3, 4, 5, 6]},
    ]
    path.write_text(json.dumps(receipt))
    (read,) = cord_r.read_documents(tmp_path, "train")
    assert [word.text for word in read.document.words] == ["1", "43.636"]
    assert texts(read.document, "cord.menu.cnt") == ["1"]
    assert texts(read.document, "cord.menu.unitprice") == ["43.636"]
