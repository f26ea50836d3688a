import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image as Pictures

from layout.pipeline import Pipeline
from layout.result import Amount, DocumentResult, GroupField, LeafField
from layout.schema import load_schema
from ocr.engine import Image, RightedLines, TextLine
from ocr.errors import CorruptFileError, TransientError, UnknownDocumentTypeError
from ocr.reader import DocumentReader
from tests.unit.layout.paper import Mark, NoEngine, ScriptedModel, page, words_file

RECEIPT = load_schema("receipt")
ROWS = ("BOOK TA", "PAPER 2 4.00 8.00", "PEN 1 1.00 1.00", "TOTAL 9.00")
MARKS = (
    Mark("merchant_name", (0, 1)),
    Mark("items.description", (2,)),
    Mark("items.quantity", (3,), parent=1),
    Mark("items.unit_price", (4,), parent=1),
    Mark("items.total_price", (5,), parent=1),
    Mark("items.description", (6,)),
    Mark("items.total_price", (9,), parent=5),
    Mark("total", (11,)),
)


def pipeline(marks: tuple[Mark, ...] = MARKS) -> Pipeline:
    return Pipeline(DocumentReader(NoEngine()), ScriptedModel(RECEIPT, marks))


def issue_codes(result: DocumentResult) -> list[str]:
    return [issue.code for issue in result.issues]


def test_a_words_file_becomes_a_typed_tree() -> None:
    result = pipeline().extract(words_file(page(*ROWS)), document_id="scan")
    assert (result.id, result.type, result.status) == ("scan", "receipt", "succeeded")
    assert result.issues == []
    total, items = result.fields["total"], result.fields["items"]
    assert isinstance(total, LeafField)
    assert total.value == Amount(amount="9.00")
    assert isinstance(items, list)
    assert [each.text for each in items if isinstance(each, GroupField)] == [
        "PAPER 2 4.00 8.00",
        "PEN 1.00",
    ]
    assert set(result.timings_ms) == {"decode", "ocr", "layout", "assemble"}
    assert result.model.name == "scripted"
    assert result.type_confidence > 0.9
    assert result.pages[0].words is None


def test_the_json_leaves_out_what_was_not_asked_for_and_reads_back() -> None:
    data = words_file(page(*ROWS))
    plain = json.loads(pipeline().extract(data, document_id="scan").to_json())
    assert "words" not in plain["pages"][0]
    assert "dpi" not in plain["pages"][0]
    assert plain["fields"]["total"]["value"] == {"amount": "9.00", "currency": None}
    full = pipeline().extract(data, document_id="scan", with_words=True).to_json()
    assert [word["text"] for word in json.loads(full)["pages"][0]["words"]] == " ".join(
        ROWS
    ).split()
    assert DocumentResult.model_validate_json(full).to_json() == full


def test_a_wrong_sum_is_an_issue() -> None:
    rows = (*ROWS[:-1], "TOTAL 9.90")
    result = pipeline().extract(words_file(page(*rows)), document_id="scan")
    assert issue_codes(result) == ["total_mismatch"]
    assert result.status == "succeeded"


def test_a_named_type_is_certain() -> None:
    result = pipeline(()).extract(
        words_file(page(*ROWS)), document_id="scan", document_type="receipt"
    )
    assert result.type_confidence == 1.0


def auto(types: dict[str, float], *rows: str, document_type: str = "auto") -> DocumentResult:
    model = ScriptedModel(RECEIPT, MARKS, types)
    return Pipeline(DocumentReader(NoEngine()), model).extract(
        words_file(page(*rows)), document_id="scan", document_type=document_type
    )


def test_the_likeliest_type_is_taken_with_its_probability() -> None:
    result = auto({"invoice": 0.1, "receipt": 0.85, "unknown": 0.05}, *ROWS)
    assert (result.type, result.type_confidence) == ("receipt", 0.85)
    assert "total" in result.fields


@pytest.mark.parametrize(
    ("types", "confidence"),
    [
        ({"receipt": 0.2, "invoice": 0.1, "unknown": 0.7}, 0.8),
        ({"receipt": 0.5, "invoice": 0.45, "unknown": 0.05}, 0.5),
    ],
)
def test_a_document_of_no_clear_type_is_unknown(types: dict[str, float], confidence: float) -> None:
    result = auto(types, *ROWS)
    assert (result.type, result.type_confidence) == ("unknown", confidence)
    assert result.fields == {}
    assert issue_codes(result) == ["unknown_type"]
    assert result.status == "succeeded"


def test_a_blank_page_is_of_no_type() -> None:
    result = auto({"receipt": 1.0, "unknown": 0.0})
    assert (result.type, result.type_confidence) == ("unknown", 1.0)


def test_a_document_that_looks_like_another_type_is_read_as_asked_with_a_warning() -> None:
    types = {"receipt": 0.02, "invoice": 0.97, "unknown": 0.01}
    result = auto(types, *ROWS, document_type="receipt")
    assert (result.type, result.type_confidence) == ("receipt", 1.0)
    assert "total" in result.fields
    assert issue_codes(result) == ["other_type"]
    assert "invoice" in result.issues[0].message


def test_a_page_without_any_field_says_so() -> None:
    result = pipeline(()).extract(words_file(page("hello world")), document_id="scan")
    assert result.fields == {}
    assert issue_codes(result) == ["no_fields"]
    assert result.type_confidence == 0.0


def test_a_blank_page_says_so() -> None:
    result = pipeline(()).extract(words_file(page()), document_id="scan")
    assert issue_codes(result) == ["blank_page", "no_fields"]
    assert result.issues[0].message.count("page 1") == 1
    assert result.status == "succeeded"


def test_pages_can_be_chosen_and_are_told_of() -> None:
    seen: list[tuple[int, bool]] = []
    result = pipeline((Mark("total", (1,)),)).extract(
        words_file(page("hello"), page("TOTAL 9.00")),
        document_id="scan",
        pages=[2],
        on_page=lambda read, image: seen.append((read.number, image is None)),
    )
    assert seen == [(2, True)]
    total = result.fields["total"]
    assert isinstance(total, LeafField)
    assert (total.regions[0].page, total.regions[0].word_ids) == (2, [1])


@pytest.mark.parametrize(("pages", "numbers"), [(None, [1, 2, 3]), ([3, 1], [3, 1])])
def test_each_stage_is_told_of_before_it_begins(
    pages: list[int] | None, numbers: list[int]
) -> None:
    told: list[str] = []
    pipeline(()).extract(
        words_file(page("a"), page("b"), page("c")),
        document_id="scan",
        pages=pages,
        on_page=lambda read, _image: told.append(str(read.number)),
        on_stage=told.append,
    )
    of_pages = [line for number in numbers for line in (f"page {number} was read", str(number))]
    assert told == ["its file was opened", *of_pages, "its fields were found"]


class OneWord(NoEngine):
    """Finds the same word on every picture, but takes too long over grey ones."""

    def read_righted(self, image: Image) -> RightedLines:
        if image.mean() < 200:
            raise TransientError("reading took too long")
        (word,) = page("9.00").words
        return RightedLines(0, (TextLine(word.quad, (word,), 0.5),))


def picture(*greys: int) -> bytes:
    frames = [Pictures.new("RGB", (90, 60), (grey, grey, grey)) for grey in greys]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def test_a_failed_page_makes_the_result_partial() -> None:
    reader = DocumentReader(OneWord())
    model = ScriptedModel(RECEIPT, (Mark("total", (0,)),))
    result = Pipeline(reader, model).extract(picture(255, 0), document_id="scan")
    assert result.status == "partial"
    assert [(issue.code, issue.severity) for issue in result.issues] == [
        ("transient_error", "error")
    ]
    assert "page 2" in result.issues[0].message
    assert [entry.number for entry in result.pages] == [1]
    assert "total" in result.fields


def test_a_document_without_a_single_page_left_fails() -> None:
    with pytest.raises(TransientError, match="too long"):
        Pipeline(DocumentReader(OneWord()), ScriptedModel(RECEIPT, ())).extract(
            picture(0, 0), document_id="scan"
        )


def test_a_pictures_pixels_reach_the_caller() -> None:
    shapes: list[tuple[int, ...] | None] = []
    Pipeline(DocumentReader(OneWord()), ScriptedModel(RECEIPT, ())).extract(
        picture(255),
        document_id="scan",
        on_page=lambda _, image: shapes.append(None if image is None else image.shape),
    )
    assert shapes == [(60, 90, 3)]


def test_bad_files_and_unknown_types_are_refused() -> None:
    with pytest.raises(CorruptFileError):
        pipeline().extract(b"\xff\xd8\xff\xe0 broken", document_id="scan")
    with pytest.raises(UnknownDocumentTypeError, match="known are"):
        pipeline().extract(words_file(page("x")), document_id="scan", document_type="nonsense")
    with pytest.raises(UnknownDocumentTypeError, match="scripted"):
        pipeline().extract(words_file(page("x")), document_id="scan", document_type="cord")


def test_threads_may_share_a_pipeline() -> None:
    shared = pipeline()
    data = [words_file(page(*ROWS[:-1], f"TOTAL {i}.00")) for i in range(16)]

    def total(i: int) -> object:
        found = shared.extract(data[i], document_id=str(i)).fields["total"]
        return found.value if isinstance(found, LeafField) else None

    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(total, range(16)))
    assert totals == [Amount(amount=f"{i}.00") for i in range(16)]
