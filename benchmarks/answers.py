"""What a document holds, predicted or true, in the data set's own form.

A predictions file has one JSON object a line: `{"id", "fields", "entities", "links"}`, for a
document that failed also `"error"`. A truth written in the same form can be scored against.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from ocr.errors import CorruptFileError


class EntityEntry(BaseModel):
    """One entity: its label in the data set's own name, its text and its words in path order.

    `word_ids` count the words of the data set's file (CORD-r: its characters), empty ones too.
    `key_word_ids` are the entity's key words where the data set's truth parts them from its value;
    they are no part of `text` or `word_ids`, and are written only where there are any.
    """

    model_config = ConfigDict(frozen=True)
    label: str
    text: str = ""
    word_ids: list[int]
    key_word_ids: list[int] = []


class Answer(BaseModel):
    """One document's fields, entities and links.

    Attributes:
        id: stem of the data set's file.
        fields: in the form of the data set's own ground truth.
        entities: those with text.
        links: pairs of places in `entities`, directed as in the data set.
        error: why the document failed; None when it did not.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    fields: dict[str, JsonValue] = {}
    entities: list[EntityEntry] = []
    links: list[tuple[int, int]] = []
    error: str | None = None

    def without_ids(self, blank_ids: Container[int]) -> Answer:
        """The answer with words (or characters) that hold no text left out of the entities.

        Entities without any other word go; links are carried over to the new places.
        """
        kept: list[EntityEntry] = []
        place: dict[int, int] = {}
        for index, entity in enumerate(self.entities):
            ids = [i for i in entity.word_ids if i not in blank_ids]
            if ids:
                place[index] = len(kept)
                keys = [i for i in entity.key_word_ids if i not in blank_ids]
                kept.append(entity.model_copy(update={"word_ids": ids, "key_word_ids": keys}))
        links = [(place[a], place[b]) for a, b in self.links if a in place and b in place]
        return self.model_copy(update={"entities": kept, "links": links})


def read_answers(path: Path) -> dict[str, Answer]:
    """Read a predictions file, or a truth in the same form.

    Returns:
        Answers by document id, in the file's order.

    Raises:
        CorruptFileError: a line is not an answer, or an id stands twice; the message names it.
    """
    answers: dict[str, Answer] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            answer = Answer.model_validate_json(line)
        except ValidationError as error:
            raise CorruptFileError(f"{path.name}, line {number}: no prediction: {error}") from error
        if answer.id in answers:
            raise CorruptFileError(f"{path.name}, line {number}: {answer.id} stands there twice")
        answers[answer.id] = answer
    return answers


def write_answers(path: Path, answers: Iterable[Answer]) -> None:
    """Write a predictions file, one JSON object a line; no empty `error` and `key_word_ids`."""
    with path.open("w", encoding="utf-8") as file:
        for answer in answers:
            entry = answer.model_dump(mode="json")
            if answer.error is None:
                del entry["error"]
            for entity in entry["entities"]:
                if not entity["key_word_ids"]:
                    del entity["key_word_ids"]
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
