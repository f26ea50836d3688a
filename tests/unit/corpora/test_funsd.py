from itertools import pairwise
from pathlib import Path

import pytest

from corpora import funsd, funsd_r
from corpora.characters import read_page
from corpora.document import LabelledEntity
from corpora.splits import is_development, lookalike_groups
from layout.schema import load_schema
from ocr.errors import CorruptFileError
from tests.unit.corpora.form_files import (
    CHARACTER_LABELS,
    Entry,
    annotation,
    write_character_form,
    write_form,
)

HEADER, QUESTION, ANSWER = (
    f"funsd.{path}"
    for path in ("sections.header", "sections.questions.question", "sections.questions.answers")
)


def test_words_are_counted_in_file_order_and_empty_ones_belong_to_no_entity(tmp_path: Path) -> None:
    write_form(tmp_path / "a.json")
    document = funsd.read_document(tmp_path / "a.json")
    texts = ["ORDER", "FORM", "Name:", "Ann", "", "Lee", "page", "1", "", "Rank:"]
    assert [word.text for word in document.words] == texts
    assert document.words[5].quad.box == (80, 60, 110, 80)
    assert document.entities == (
        LabelledEntity(HEADER, (0, 1)),
        LabelledEntity(QUESTION, (2,), parent=0),
        LabelledEntity(ANSWER, (3, 5), parent=1, other_parents=(3,)),
        LabelledEntity(QUESTION, (9,)),
    )


def test_all_links_between_kept_entities_are_kept_once(tmp_path: Path) -> None:
    write_form(tmp_path / "a.json")
    document = funsd.read_document(tmp_path / "a.json")
    # [4, 2] comes from a question without text; [1, 5], question to question, is no parent.
    assert document.truth == {"links": [[0, 1], [1, 2], [1, 3], [3, 2]]}


def test_everything_is_annotated(tmp_path: Path) -> None:
    write_form(tmp_path / "a.json")
    document = funsd.read_document(tmp_path / "a.json")
    assert document.labelled == {HEADER, QUESTION, ANSWER} == set(load_schema("funsd").labels)
    assert document.has_groups
    assert document.key_word_ids is None


def test_gold_segment_boxes_are_had_only_when_asked_for(tmp_path: Path) -> None:
    write_form(tmp_path / "a.json")
    document = funsd.read_document(tmp_path / "a.json", boxes="segments")
    assert {document.words[i].quad.box for i in (3, 4, 5)} == {(0, 60, 110, 80)}
    assert document.entities == funsd.read_document(tmp_path / "a.json").entities


@pytest.mark.parametrize("text", ["", "{}", '{"form": [{"id": 1}]}'])
def test_what_is_no_form_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(CorruptFileError, match=r"broken\.json: not a FUNSD form"):
        funsd.read_document(tmp_path / "broken.json")
    with pytest.raises(CorruptFileError, match=r"broken\.json"):
        funsd_r.read_document(tmp_path / "broken.json")


def template(number: int, answer: str) -> list[Entry]:
    names = " ".join(f"Field{chr(97 + number)}{letter}xx:" for letter in "abcdefgh")
    return [(0, "question", names, [[0, 1]]), (1, "answer", answer, [[0, 1]])]


def test_forms_of_one_template_are_held_out_together(tmp_path: Path) -> None:
    for number in range(12):
        for copy in ("a", "b"):
            path = annotation(tmp_path, f"{number:02d}{copy}", split="training_data")
            write_form(path, template(number, f"{copy} common words of an answer"))
    held_out = funsd.development_stems(tmp_path)
    assert held_out == {
        f"{number:02d}{copy}"
        for number in range(12)
        for copy in "ab"
        if is_development(f"{number:02d}a")
    }
    assert 0 < len(held_out) < 24
    assert funsd.stems(tmp_path, "dev") == funsd.stems(tmp_path, "train")


def test_forms_resemble_each_other_by_their_words_not_by_numbers() -> None:
    words = {"a": {"NAME", "Date", "17"}, "b": {"name", "date", "18"}, "c": {"Weight", "17"}}
    assert lookalike_groups(words, min_resemblance=0.9) == {"a": "a", "b": "a", "c": "c"}


def test_a_character_form_has_words_entities_and_links(tmp_path: Path) -> None:
    write_character_form(tmp_path / "a.json")
    read = funsd_r.read_document(tmp_path / "a.json")
    assert [word.text for word in read.document.words] == ["Date:", "May", "5", "Name:", "Ann"]
    assert read.document.words[3].quad.box == (0, 30, 50, 50)
    assert read.characters[1:3] == ((6, 7, 8), (10,))
    assert read.blank == {5, 9}
    assert read.entities[1] == ("answer", (6, 7, 8, 10))
    assert len(read.entities) == len(CHARACTER_LABELS) - 1
    assert read.links == ((0, 1), (2, 3))
    assert read.document.entities == (
        LabelledEntity(QUESTION, (0,)),
        LabelledEntity(ANSWER, (1, 2), parent=0),
        LabelledEntity(QUESTION, (3,)),
        LabelledEntity(ANSWER, (4,), parent=2),
    )


def test_a_word_that_two_entities_share_stays_with_the_first(tmp_path: Path) -> None:
    labels = [(1, "question", [0, 1, 2]), (2, "answer", [3, 4]), (3, "answer", [6, 7, 8])]
    write_character_form(tmp_path / "a.json", labels)
    read = funsd_r.read_document(tmp_path / "a.json")
    assert [entity.word_ids for entity in read.document.entities] == [(0,), (1,)]
    assert len(read.entities) == 3


def test_a_character_form_without_labels_has_words(tmp_path: Path) -> None:
    write_character_form(tmp_path / "a.json", None)
    read = funsd_r.read_document(tmp_path / "a.json")
    assert len(read.document.words) == 5
    assert not any((read.entities, read.links, read.document.entities))


def test_characters_without_further_cuts_make_words_at_white_space(tmp_path: Path) -> None:
    write_character_form(tmp_path / "a.json")
    read = read_page(tmp_path / "a.json")
    assert [word.text for word in read.page.words] == ["Date:", "May", "5", "Name:Ann"]
    assert read.word_of[12] == 3


def test_a_list_has_columns_parted_by_tabs_or_spaces(tmp_path: Path) -> None:
    (tmp_path / "data.train.txt").write_text(
        "images/a.png\tjsons/a.json\nimages/b.png jsons/b.json\n"
    )
    assert funsd_r.paths(tmp_path, "dev") == [tmp_path / "jsons" / f"{n}.json" for n in "ab"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PERIOD:May", "PERIOD: May"),
        ("Displays840", "Displays 840"),
        ("Date_June", "Date _ June"),
        ("14.0018.00", "14.00 18.00"),
        ("1,234.56", "1,234.56"),
        ("A1", "A1"),
    ],
)
def test_spaces_that_the_engine_left_out(text: str, words: str) -> None:
    places = [0, *funsd_r.unread_spaces(text), len(text)]
    parts = [text[a:b] for a, b in pairwise(places)]
    assert " ".join(parts) == words


def test_a_broken_form_stands_for_itself_and_spares_the_split(tmp_path: Path) -> None:
    """It is found broken when it is read, in a benchmark as one failed document of many."""
    folder = tmp_path / "dataset" / "training_data" / "annotations"
    for number in range(30):
        write_form(folder / f"form{number:02}.json")
    whole = funsd.development_stems(tmp_path)
    broken = folder / "form07.json"
    broken.write_text(broken.read_text()[:50])
    assert funsd.development_stems(tmp_path) - {"form07"} == whole - {"form07"}
    with pytest.raises(CorruptFileError, match=r"form07\.json"):
        funsd.read_document(broken)
