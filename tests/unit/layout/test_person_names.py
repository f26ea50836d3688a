import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.assemble import assemble
from layout.graph import Entity, FieldGraph
from layout.result import DocumentResult, FieldNode, GroupField, LeafField, ModelEntry, PageEntry
from layout.schema import load_schema
from layout.tabular import to_csv, walk_leaves
from layout.values.names import split_name
from tests.unit.layout.paper import page

CARD = load_schema("business_card")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("김민수", "민수", "김"),
        ("김 민수", "민수", "김"),
        ("김 민 수", "민수", "김"),
        ("남궁민", "민", "남궁"),
        ("황보 관", "관", "황보"),
        ("제갈공명", "공명", "제갈"),
        ("선우", "우", "선"),
        ("홍길동 대표이사", "길동", "홍"),
        ("이사 박서준", "서준", "박"),
        ("CEO 김민수", "민수", "김"),
        ("김민수 (Minsu Kim)", "민수", "김"),
        ("Minsu Kim (김민수)", "Minsu", "Kim"),
        ("John A. Smith", "John A.", "Smith"),
        ("Dr. Jane Doe, Ph.D.", "Jane", "Doe"),
        ("Mr. John Smith", "John", "Smith"),
        ("Jane Doe D.M.D.", "Jane", "Doe"),
        ("Jane Doe, MD, PhD", "Jane", "Doe"),
        ("John Smith, Jr.", "John", "Smith"),
        ("Smith, John", "John", "Smith"),
        ("KIM, Min-su", "Min-su", "KIM"),
        ("KIM Minsu", "Minsu", "KIM"),
        ("JOHN SMITH", "JOHN", "SMITH"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("JACK MA", "JACK", "MA"),
        ("JACK MA MBA", "JACK", "MA"),
    ],
)
def test_splits_names(text: str, first: str, last: str) -> None:
    name = split_name(text)
    assert name is not None
    assert (name.first.text, name.last.text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "Madonna",
        "김",
        "서울시 강남구",
        "kim@abc.kr",
        "Tel 02",
        "",
        ", ,",
        "Dr. Smith",
        "주식회사 가나다라",
    ],
)
def test_what_cannot_be_split_is_left_whole(text: str) -> None:
    assert split_name(text) is None


@given(text=st.text(max_size=30))
def test_parts_stand_where_their_spans_say(text: str) -> None:
    name = split_name(text)
    if name is None:
        return
    for part in (name.first, name.last):
        pieces = [text[start:end] for start, end in part.spans]
        assert part.text in ("".join(pieces), " ".join(pieces))
        assert part.text.strip()


def names_of(*words: str) -> dict[str, FieldNode]:
    """The fields of a card with each text on its own line as a name."""
    entities, at = [], 0
    for text in words:
        n_words = len(text.split())
        entities.append(Entity("contact_names", tuple(range(at, at + n_words)), 0.9))
        at += n_words
    fields, issues = assemble(FieldGraph(tuple(entities)), [page(*words)], CARD)
    assert issues == []
    return fields


def test_a_name_is_a_group_whose_parts_have_their_own_places() -> None:
    names = names_of("Dr. John A. Smith")["contact_names"]
    assert isinstance(names, list)
    (name,) = names
    assert isinstance(name, GroupField)
    assert name.text == "Dr. John A. Smith"
    parts = {key: node for key, node in name.fields.items() if isinstance(node, LeafField)}
    assert {key: leaf.value for key, leaf in parts.items()} == {
        "first_name": "John A.",
        "last_name": "Smith",
    }
    assert [region.word_ids for region in parts["first_name"].regions] == [[1, 2]]
    assert [region.word_ids for region in parts["last_name"].regions] == [[3]]
    assert [region.word_ids for region in name.regions] == [[0, 1, 2, 3]]
    assert name.confidence == parts["last_name"].confidence == 0.9


def test_both_parts_of_a_korean_name_stand_in_its_word() -> None:
    fields = names_of("김민수")
    leaves = dict(walk_leaves(fields))
    assert {path: leaf.value for path, leaf in leaves.items()} == {
        "contact_names[0].first_name": "민수",
        "contact_names[0].last_name": "김",
    }
    assert all(leaf.regions[0].word_ids == [0] for leaf in leaves.values())


def test_split_and_whole_names_stand_in_one_list_and_survive_json_and_csv() -> None:
    fields = names_of("John Smith", "Madonna")
    result = DocumentResult(
        id="card",
        type="business_card",
        type_confidence=1,
        status="succeeded",
        pages=[PageEntry(number=1, width=100, height=100)],
        fields=fields,
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0"),
        timings_ms={},
    )
    assert DocumentResult.model_validate_json(result.to_json()) == result
    assert DocumentResult.model_json_schema()["$defs"]
    table = io.StringIO(to_csv(result, header=False)).read()
    paths = [row.split(",")[2] for row in table.splitlines()]
    assert paths == [
        "contact_names[0].first_name",
        "contact_names[0].last_name",
        "contact_names[1]",
    ]
