import json

import pytest
from pydantic import ValidationError

from layout.confidence import group_confidence, leaf_confidence, type_confidence
from layout.result import Amount, DocumentResult, GroupField, LeafField

RESULT = {
    "id": "scan",
    "type": "receipt",
    "type_confidence": 0.98,
    "status": "succeeded",
    "pages": [{"number": 1, "width": 864, "height": 1296, "rotation": 0}],
    "fields": {
        "merchant_name": {
            "value": "BOOK TA .K",
            "text": "BOOK TA .K",
            "confidence": 0.97,
            "regions": [
                {
                    "page": 1,
                    "quad": [[50, 82], [440, 82], [440, 121], [50, 121]],
                    "word_ids": [3, 4],
                }
            ],
        },
        "items": [
            {
                "text": "CLAY 1 9.00",
                "confidence": 0.95,
                "regions": [],
                "fields": {
                    "quantity": {"value": 1, "text": "1", "confidence": 0.9, "regions": []},
                    "total_price": {
                        "value": {"amount": "9.00", "currency": None},
                        "text": "9.00",
                        "confidence": 0.99,
                        "regions": [],
                    },
                    "unit_price": {"value": None, "text": "?", "confidence": 0.5, "regions": []},
                },
            }
        ],
    },
    "issues": [
        {"code": "total_mismatch", "severity": "warning", "message": "...", "fields": ["items"]}
    ],
    "model": {"name": "m", "version": "1", "sha256": "0"},
    "timings_ms": {"decode": 9.0, "ocr": 640.0, "layout": 31.0, "assemble": 2.0},
}


def test_a_result_keeps_its_types_through_json() -> None:
    result = DocumentResult.model_validate_json(json.dumps(RESULT))
    items = result.fields["items"]
    assert isinstance(items, list)
    assert isinstance(items[0], GroupField)
    quantity, price = items[0].fields["quantity"], items[0].fields["total_price"]
    assert isinstance(quantity, LeafField)
    assert isinstance(price, LeafField)
    assert type(quantity.value) is int
    assert price.value == Amount(amount="9.00")


def test_what_is_null_is_kept_and_what_is_unset_is_left_out() -> None:
    assert json.loads(DocumentResult.model_validate_json(json.dumps(RESULT)).to_json()) == RESULT


@pytest.mark.parametrize(
    "change",
    [
        {"status": "failed"},
        {"type_confidence": 1.5},
        {"surplus": 1},
        {"fields": {"x": {"text": ""}}},
    ],
)
def test_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DocumentResult.model_validate_json(json.dumps({**RESULT, **change}))


def test_both_the_choice_and_the_reading_of_words_must_be_right() -> None:
    assert leaf_confidence(0.8, 0.5) == 0.4
    assert leaf_confidence(1.2, 1.0) == 1.0


def test_a_group_is_as_sure_as_its_least_sure_member() -> None:
    assert group_confidence([0.9, 0.4, 0.8]) == 0.4


def test_a_type_needs_three_fields_to_be_sure() -> None:
    assert type_confidence([0.9, 0.9, 0.9, 0.1]) == 0.9
    assert type_confidence([0.9]) == 0.3
    assert type_confidence([]) == 0.0
