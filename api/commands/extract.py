"""`docspade extract`: fields of files, without a server."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import click

from api.commands.each_file import do_each, read_bytes, report
from api.commands.extract_output import OutputFolder, document_name
from layout.bundle import Bundle, opt_in_bundle
from layout.redaction import Redaction, redact
from layout.redaction_kinds import KINDS, Kind, parse_kinds
from layout.result import DocumentResult
from layout.schema import SCHEMAS, add_schemas, load_schema, schema_names
from layout.tabular import BYTE_ORDER_MARK, to_csv
from ocr.errors import DefectError, InputError
from ocr.formats import sniff
from ocr.limits import Limits
from workers.pipeline import open_pipeline
from workers.settings import load_settings

if TYPE_CHECKING:
    from layout.graph import FieldGraph
    from layout.pipeline import Pipeline
    from ocr.engine import Image
    from ocr.types import Page

logger = logging.getLogger(__name__)

MAX_LISTED_PAGES = 10_000
JPEG_QUALITY = 92


class _Options(TypedDict):
    """The command line."""

    document_type: str
    form: Literal["json", "csv"]
    out: Path | None
    with_words: bool
    draw: bool
    redact: str | None
    bom: bool
    pages: str | None
    device: Literal["cpu", "cuda"] | None
    threads: int | None
    bundle: Path | None


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--type",
    "document_type",
    default="auto",
    show_default=True,
    metavar="TYPE",
    help=f"auto, {', '.join(schema_names())}.",
)
@click.option(
    "--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write NAME.json or NAME.csv there; NAME is the file's name up to the first dot.",
)
@click.option("--with-words", is_flag=True, help="Add every page's words to the JSON.")
@click.option(
    "--draw",
    is_flag=True,
    help="Also write every page with its fields drawn on it, NAME.page-1.png, and with the decoded "
    "graph, NAME.graph.png and, of further pages, NAME.graph.page-2.png; needs --out.",
)
@click.option(
    "--redact",
    metavar="KINDS",
    help=f"Mask these in the JSON and in a copy of the picture, NAME.redacted.png or .pdf: "
    f"{', '.join(KINDS)}, or all (every kind but companies); needs --out.",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for spreadsheets.")
@click.option("--pages", metavar="LIST", help="Only these pages, such as 1,3-5.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where the models run.")
@click.option("--threads", type=click.IntRange(min=1), help="CPU threads for the models.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Use this model instead of the one that ships.",
)
def extract(files: tuple[Path, ...], **options: Unpack[_Options]) -> None:
    """Read the fields of pictures, PDFs, or words already read (NAME.words.json).

    One result goes to standard output as readable JSON, several as one JSON a line. If a file
    fails, the others are still done and the exit code is 1.
    """
    if options["bundle"] is not None:
        add_schemas(options["bundle"] / SCHEMAS)
    if options["document_type"] != "auto":
        load_schema(options["document_type"])  # refused before any model is loaded
    out = options["out"]
    if options["draw"] and out is None:
        raise click.UsageError("--draw needs --out")
    if options["bom"] and options["form"] != "csv":
        raise click.UsageError("--bom needs --format csv")
    kinds = _kinds(options)
    settings = load_settings(
        device=options["device"],
        n_threads=options["threads"],
        bundle=options["bundle"] or _opt_in(options["document_type"]),
    )
    run = _Run(
        options=options,
        numbers=page_numbers(options["pages"]),
        is_single=len(files) == 1,
        sink=None if out is None else OutputFolder(out, files),
        limits=settings.limits,
        pipeline=open_pipeline(settings),
        kinds=kinds,
    )
    if do_each(files, run.do):
        raise SystemExit(1)


def _kinds(options: _Options) -> frozenset[Kind]:
    """What to mask; nothing if it is not asked for."""
    if options["redact"] is None:
        return frozenset()
    if options["out"] is None:
        raise click.UsageError("--redact needs --out")
    if options["draw"]:
        raise click.UsageError("--redact and --draw exclude each other: drawings show every word")
    try:
        return parse_kinds(options["redact"])
    except ValueError as error:
        raise click.UsageError(f"--redact: {error}") from error


def _opt_in(document_type: str) -> Path | None:
    """The bundle that a type needs besides the one that ships, its licence told."""
    folder = opt_in_bundle(document_type)
    if folder is not None:
        licence = Bundle(folder).description.licence
        logger.warning("type %s: bundle %s, licence %s", document_type, folder.name, licence)
    return folder


def page_numbers(text: str | None) -> tuple[int, ...] | None:
    """Page numbers from a list such as "1,3-5", in its order, each once; None for none given.

    Raises:
        click.UsageError: it is no such list.
    """
    if text is None:
        return None
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isascii() or not first.isdigit() or (dash and not last.strip().isdigit()):
            raise click.UsageError(f"--pages: {part.strip()!r} is no page number or range")
        begin, end = int(first), int(last) if dash else int(first)
        if not 1 <= begin <= end or end - begin >= MAX_LISTED_PAGES:
            raise click.UsageError(f"--pages: {part.strip()!r} is no range of pages")
        numbers.update(dict.fromkeys(range(begin, end + 1)))
    return tuple(numbers)


@dataclass
class _Seen:
    """What drawings need of a document on its way through the pipeline."""

    pictures: dict[int, bytes] = field(default_factory=dict)
    pages: Sequence[Page] = ()
    graph: FieldGraph | None = None

    def on_page(self, page: Page, image: Image | None) -> None:
        if image is not None:
            self.pictures[page.number] = _as_jpeg(image)

    def on_graph(self, pages: Sequence[Page], graph: FieldGraph) -> None:
        self.pages, self.graph = pages, graph


@dataclass
class _Run:
    """One call of the command over all its files."""

    options: _Options
    numbers: tuple[int, ...] | None
    is_single: bool
    sink: OutputFolder | None
    limits: Limits
    pipeline: Pipeline
    kinds: frozenset[Kind] = frozenset()
    n_printed: int = 0

    def do(self, path: Path) -> None:
        """Extract one file."""
        if path.is_dir():
            raise InputError(
                f"is a folder; `docspade batch {path} --out DIR` reads all files in it"
            )
        name = document_name(path) if self.sink is None else self.sink.claim(path)
        seen = _Seen() if self.options["draw"] or self.kinds else None
        data = read_bytes(path, self.limits)
        result = self.pipeline.extract(
            data,
            document_type=self.options["document_type"],
            document_id=name,
            with_words=self.options["with_words"] or bool(self.kinds),
            pages=self.numbers,
            on_page=None if seen is None else seen.on_page,
            on_graph=None if seen is None else seen.on_graph,
        )
        if self.sink is None:
            self._print(result)
            return
        if self.kinds and seen is not None:
            redaction = self._redact(data, result, seen, self.sink)
            report(path, _how_much(redaction))
            result = redaction.result
        self.sink.write(f"{name}.{self.options['form']}", self._render(result, is_first=True))
        if seen is not None and self.options["draw"]:
            self._draw(result, seen, self.sink)

    def _print(self, result: DocumentResult) -> None:
        sys.stdout.buffer.write(self._render(result, is_first=self.n_printed == 0))
        sys.stdout.buffer.flush()
        self.n_printed += 1

    def _render(self, result: DocumentResult, *, is_first: bool) -> bytes:
        if self.options["form"] == "csv":
            mark = BYTE_ORDER_MARK if self.options["bom"] and is_first else ""
            return f"{mark}{to_csv(result, header=is_first)}".encode()
        is_readable = self.is_single or self.sink is not None
        return f"{result.to_json(indent=2 if is_readable else None)}\n".encode()

    def _redact(
        self, data: bytes, result: DocumentResult, seen: _Seen, sink: OutputFolder
    ) -> Redaction:
        """Write the masked picture; the masked result comes back."""
        from api.redacted_pictures import redact_pictures

        as_pdf = sniff(data) == "application/pdf" or len(result.pages) > 1
        with_words = self.options["with_words"]
        redaction = redact(result, self.kinds, with_words=with_words)
        content = redact_pictures(result.pages, seen.pictures, redaction.words, as_pdf=as_pdf)
        sink.write(f"{result.id}.redacted.{'pdf' if as_pdf else 'png'}", content)
        return redaction

    def _draw(self, result: DocumentResult, seen: _Seen, sink: OutputFolder) -> None:
        from api.graph_overlay import draw_graph
        from api.overlay import draw_fields

        if seen.graph is None:
            raise DefectError("the pipeline told of no graph")
        for page in result.pages:
            png = draw_fields(page, seen.pictures.get(page.number), result.fields)
            sink.write(f"{result.id}.page-{page.number}.png", png)
        drawn = draw_graph(seen.pages, seen.graph, seen.pictures)
        for place, (number, png) in enumerate(drawn):
            suffix = "" if place == 0 else f".page-{number}"
            sink.write(f"{result.id}.graph{suffix}.png", png)


def _how_much(redaction: Redaction) -> str:
    n_fields, n_words = redaction.n_fields, redaction.n_words
    if not n_fields and not n_words:
        return redaction.result.issues[-1].message
    fields, words = "field" if n_fields == 1 else "fields", "word" if n_words == 1 else "words"
    return f"masked {n_fields} {fields}, {n_words} {words}"


def _as_jpeg(image: Image) -> bytes:
    """Pages wait for their fields in a tenth of the memory."""
    from PIL import Image as Pictures

    out = io.BytesIO()
    Pictures.fromarray(image).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
