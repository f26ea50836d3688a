"""The one place where the stages are joined: bytes, pages, scores, graph, fields, checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from layout.assemble import assemble
from layout.checks import check_arithmetic
from layout.decode import decode
from layout.document_type import (
    ChosenType,
    choose_type,
    confidence_by_fields,
    contradiction,
    no_fields,
    unknown_type,
)
from layout.graph import UNKNOWN_TYPE, FieldGraph, GraphScores, join_graphs
from layout.page_report import page_entry, page_failed, page_warnings
from layout.page_runs import page_runs
from layout.result import DocumentResult, FieldNode, Issue, ModelEntry
from layout.schema import DocumentSchema, load_schema
from layout.splitting import MAX_PAGES, first_pages, identifying_values, split_issue
from ocr.engine import Device, Image, OcrOptions, PpocrOptions, open_engine
from ocr.errors import DefectError, UnknownDocumentTypeError
from ocr.limits import Limits
from ocr.reader import DocumentReader, FailedPage
from ocr.types import Page

AUTO: Final = "auto"

MAX_WORDS_AT_ONCE: Final = 5_000
"""Words that are scored together: each matrix over their pairs takes 100 MB."""

OnPage = Callable[[Page, Image | None], None]
"""Called for every page that was read, with its upright picture if it has one."""

OnStage = Callable[[str], None]
"""Called with what is done next, to follow "while": "page 3 was read"."""

OnGraph = Callable[[Sequence[Page], FieldGraph], None]
"""Called once with the pages that were read and the graph that was decoded from their words."""

_Choice = tuple[ChosenType, DocumentSchema | None, list[Issue]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What scoring gave: the type, its schema (None for "unknown"), what is odd, the entities."""

    chosen: ChosenType
    schema: DocumentSchema | None
    issues: list[Issue]
    graph: FieldGraph


class FieldModel(Protocol):
    """What the pipeline needs of `layout.session.SpatialModel`. Safe to share between threads."""

    @property
    def entry(self) -> ModelEntry:
        """Which model this is."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it scores, `<schema>.<path>`."""
        ...

    @property
    def types(self) -> tuple[str, ...]:
        """The document types that it tells apart, `UNKNOWN_TYPE` one of them; often none."""
        ...

    def score(self, pages: Sequence[Page]) -> GraphScores:
        """Score the words of all pages, counted one after the other."""
        ...

    def calibrate(self, confidence: float, label: str) -> float:
        """The share of such fields that are right."""
        ...


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What a pipeline is opened with.

    Attributes:
        ocr: options of the OCR engine; their type selects it.
        limits: on one document.
        bundle: folder of the spatial model; None takes the one that ships.
        device: where the spatial model runs.
        n_threads: CPU threads of the spatial model; None takes every core.
    """

    ocr: OcrOptions = field(default_factory=PpocrOptions)
    limits: Limits = field(default_factory=Limits)
    bundle: Path | None = None
    device: Device = "cpu"
    n_threads: int | None = None


@dataclass(frozen=True, slots=True)
class _ReadDocument:
    """What reading gave: the pages, and what went wrong on the way."""

    pages: tuple[Page, ...]
    issues: list[Issue]
    timings_ms: dict[str, float]

    @property
    def is_partial(self) -> bool:
        return any(issue.severity == "error" for issue in self.issues)


class Pipeline:
    """From a file's bytes to a result. Safe to share between threads.

    Args:
        reader: of documents, with its OCR engine.
        model: that scores their words.
    """

    def __init__(self, reader: DocumentReader, model: FieldModel) -> None:
        self._reader = reader
        self._model = model

    @classmethod
    def open(cls, options: PipelineOptions) -> Pipeline:
        """Load the engine and the model.

        Raises:
            SetupError: an engine, a device or the bundle is missing or altered.
        """
        from layout.session import SpatialModel

        model = SpatialModel.open(
            options.bundle, device=options.device, n_threads=options.n_threads
        )
        return cls(DocumentReader(open_engine(options.ocr), options.limits), model)

    def extract(
        self,
        data: bytes,
        *,
        document_type: str = AUTO,
        document_id: str,
        with_words: bool = False,
        pages: Sequence[int] | None = None,
        on_page: OnPage | None = None,
        on_graph: OnGraph | None = None,
        on_stage: OnStage = lambda _stage: None,
    ) -> DocumentResult:
        """Turn a document into fields.

        Args:
            data: the file's bytes; its format is recognised by them.
            document_type: a schema's name, or "auto": the result then has the likeliest type, or
                "unknown" and no fields.
            document_id: given back in the result.
            with_words: also list each page's words.
            pages: numbers, from 1, of those to read; None reads all.
            on_page: is told of each page as soon as it is read.
            on_graph: is told of the decoded graph, its word ids counted over all pages read.
            on_stage: is told of each stage before it begins.

        Returns:
            The result; "partial" if some pages failed.

        Raises:
            InputError: the document, or every page of it, cannot be read, or the type is unknown.
            DocspadeError: what else its stages raise on purpose.
        """
        wanted = None if document_type == AUTO else self._schema(document_type)
        document = self._read(data, pages, on_page, on_stage)
        on_stage("its fields were found")
        start = time.perf_counter()
        found = self._find(document.pages, wanted)
        layout_seconds = time.perf_counter() - start
        if on_graph is not None:
            on_graph(document.pages, found.graph)
        start, chosen = time.perf_counter(), found.chosen
        fields, issues = self._assemble(document.pages, found)
        if wanted is None and not self._model.types:
            chosen = ChosenType(chosen.name, confidence_by_fields(fields))
        seconds = {"layout": layout_seconds, "assemble": time.perf_counter() - start}
        timings_ms = document.timings_ms | {name: took * 1000 for name, took in seconds.items()}
        return DocumentResult(
            id=document_id,
            type=chosen.name,
            type_confidence=chosen.confidence,
            status="partial" if document.is_partial else "succeeded",
            pages=[page_entry(page, with_words=with_words) for page in document.pages],
            fields=fields,
            issues=[*document.issues, *found.issues, *issues],
            model=self._model.entry,
            timings_ms={stage: round(duration, 2) for stage, duration in timings_ms.items()},
        )

    def _assemble(
        self, pages: Sequence[Page], found: _Found
    ) -> tuple[dict[str, FieldNode], list[Issue]]:
        """The fields, and what does not add up in them."""
        if found.schema is None:
            return {}, []
        fields, issues = assemble(found.graph, pages, found.schema, self._model.calibrate)
        issues += check_arithmetic(fields, found.schema.name)
        return fields, issues if fields else [*issues, no_fields(found.schema.name)]

    def _choose(self, types: Mapping[str, float], wanted: DocumentSchema | None) -> _Choice:
        """The document's type, the one that was asked for or the likeliest, and what is odd.

        A model that does not tell types apart is taken to read that of its first label.
        """
        if wanted is not None:
            issue = contradiction(types, wanted.name)
            return ChosenType(wanted.name, 1.0), wanted, [] if issue is None else [issue]
        if not self._model.types:
            name = self._model.labels[0].split(".", 1)[0]
            return ChosenType(name, 0.0), self._schema(name), []
        chosen = choose_type(types)
        if chosen.name == UNKNOWN_TYPE:
            return chosen, None, [unknown_type(chosen)]
        return chosen, self._schema(chosen.name), []

    def _schema(self, document_type: str) -> DocumentSchema:
        schema = load_schema(document_type)
        if not set(schema.labels) & set(self._model.labels):
            raise UnknownDocumentTypeError(
                f"the model {self._model.entry.name} reads no documents of type {schema.name!r}"
            )
        return schema

    def _read(
        self,
        data: bytes,
        selection: Sequence[int] | None,
        on_page: OnPage | None,
        on_stage: OnStage,
    ) -> _ReadDocument:
        start = time.perf_counter()
        on_stage("its file was opened")
        source = self._reader.open(data)
        read: list[Page] = []
        failed: list[FailedPage] = []
        issues: list[Issue] = []
        timings_ms = {"decode": (time.perf_counter() - start) * 1000, "ocr": 0.0}
        outcomes = source.pages(selection)
        for number in range(1, source.n_pages + 1) if selection is None else selection:
            on_stage(f"page {number} was read")
            outcome = next(outcomes)
            if isinstance(outcome, FailedPage):
                failed.append(outcome)
                issues.append(page_failed(outcome))
                continue
            read.append(outcome.page)
            issues += page_warnings(outcome)
            for stage, duration in outcome.timings_ms.items():
                timings_ms[stage] += duration
            if on_page is not None:
                on_page(outcome.page, outcome.image)
        if failed and not read:
            raise failed[0].error
        return _ReadDocument(tuple(read), issues, timings_ms)

    def _find(self, pages: Sequence[Page], wanted: DocumentSchema | None) -> _Found:
        """Type and entities, scored run by run; a long document's type is its first run's."""
        runs = [run for run in page_runs(pages, MAX_WORDS_AT_ONCE) if any(p.words for p in run)]
        choice = None if runs else self._choose({}, wanted)
        graphs = []
        for run in runs:
            scores = self._model.score(run)
            choice = choice or self._choose(scores.types, wanted)
            if choice[1] is None:
                break
            graphs.append((decode(scores, choice[1]), sum(len(page.words) for page in run)))
        if choice is None:
            raise DefectError("a document without runs was not given a type")
        chosen, schema, issues = choice
        if schema is not None:
            issues = [*issues, *self._split(pages, schema)]
        return _Found(chosen, schema, issues, join_graphs(graphs))

    def _split(self, pages: Sequence[Page], schema: DocumentSchema) -> list[Issue]:
        """A proposal where the pages, each by itself, look like several documents."""
        if not 1 < len(pages) <= MAX_PAGES or not schema.identifying:
            return []
        values = [
            identifying_values(decode(self._model.score([page]), schema), page, schema)
            for page in pages
            if page.words
        ]
        numbers = [page.number for page in pages if page.words]
        issue = split_issue(numbers, first_pages(values))
        return [] if issue is None else [issue]
