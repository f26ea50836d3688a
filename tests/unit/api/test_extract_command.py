import json
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.commands import extract as command
from layout.pipeline import Pipeline
from layout.schema import load_schema
from layout.tabular import COLUMNS
from ocr.reader import DocumentReader
from ocr.types import Page
from tests.unit.layout.paper import Mark, NoEngine, ScriptedModel, page, words_file

RECEIPT = load_schema("receipt")


@pytest.fixture(autouse=True)
def _scripted_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second word of every document is its total."""
    model = ScriptedModel(RECEIPT, (Mark("total", (1,)),))
    pipeline = Pipeline(DocumentReader(NoEngine()), model)
    monkeypatch.setattr(command, "open_pipeline", lambda _settings: pipeline)


def put(folder: Path, name: str, *pages: Page) -> Path:
    path = folder / name
    path.write_bytes(words_file(*(pages or (page("TOTAL 9.00"),))))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["extract", *map(str, arguments)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_document_is_printed_readably(tmp_path: Path) -> None:
    done = run(put(tmp_path, "scan.words.json"))
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout.count("\n") > 5
    result = json.loads(done.stdout)
    assert (result["id"], result["fields"]["total"]["text"]) == ("scan", "9.00")


def test_several_documents_are_printed_one_a_line(tmp_path: Path) -> None:
    done = run(put(tmp_path, "a.words.json"), put(tmp_path, "b.words.json"))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


def test_a_byte_order_mark_is_for_csv_alone(tmp_path: Path) -> None:
    file = put(tmp_path, "scan.words.json")
    refused = run(file, "--bom")
    assert (refused.exit_code, "--bom needs --format csv" in refused.stderr) == (2, True)
    assert run(file, "--bom", "--format", "csv").stdout.startswith("\ufeff")


def test_a_failed_file_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    good, broken = put(tmp_path, "good.json"), tmp_path / "broken.jpg"
    broken.write_bytes(b"plain text")
    done = run(tmp_path / "gone.jpg", broken, tmp_path, good)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["id"] == "good"
    gone, unsupported, folder = done.stderr.splitlines()
    assert gone == f"docspade: {tmp_path / 'gone.jpg'}: there is no such file"
    assert unsupported.startswith(f"docspade: {broken}: ")
    assert folder == (
        f"docspade: {tmp_path}: is a folder; `docspade batch {tmp_path} --out DIR` "
        "reads all files in it"
    )


def test_a_folder_of_results_is_made_and_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    source = put(tmp_path, "영수증.words.json")
    out.mkdir(parents=True)
    (out / "영수증.json").write_text("old", encoding="utf-8")
    assert run(source, "--out", out).exit_code == 0
    assert names(out) == ["영수증.json"]
    assert json.loads((out / "영수증.json").read_text(encoding="utf-8"))["id"] == "영수증"
    assert run(source, "--out", out, "--format", "csv").stdout == ""
    assert names(out) == ["영수증.csv", "영수증.json"]


def test_two_inputs_of_one_name_do_not_replace_each_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = put(tmp_path, "scan.words.json", page("TOTAL 1.00"))
    second = put(tmp_path / "other", "scan.json", page("TOTAL 2.00"))
    done = run(first, second, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert str(second) in done.stderr
    assert str(first) in done.stderr
    kept = json.loads((tmp_path / "out" / "scan.json").read_text(encoding="utf-8"))
    assert kept["fields"]["total"]["text"] == "1.00"


def test_a_result_never_replaces_its_input(tmp_path: Path) -> None:
    source = put(tmp_path, "scan.json")
    before = source.read_bytes()
    done = run(source, "--out", tmp_path)
    assert done.exit_code == 1
    assert "would replace the input" in done.stderr
    assert source.read_bytes() == before
    assert names(tmp_path) == ["scan.json"]


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    in_the_way = put(tmp_path, "scan.json")
    done = run(in_the_way, "--out", in_the_way / "out")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


def test_tables_have_one_header(tmp_path: Path) -> None:
    done = run(put(tmp_path, "a.json"), put(tmp_path, "b.json"), "--format", "csv")
    header, first, second = done.stdout.splitlines()
    assert header == ",".join(COLUMNS)
    assert [first.split(",")[0], second.split(",")[0]] == ["a", "b"]


def test_words_and_pages_are_given_as_asked(tmp_path: Path) -> None:
    source = put(tmp_path, "scan.json", page("hello you"), page("TOTAL 9.00"))
    result = json.loads(run(source, "--with-words", "--pages", "2").stdout)
    assert [entry["number"] for entry in result["pages"]] == [2]
    assert [word["text"] for word in result["pages"][0]["words"]] == ["TOTAL", "9.00"]
    assert "has 1 page" in run(put(tmp_path, "one.json"), "--pages", "1,7").stderr


def test_pages_are_drawn(tmp_path: Path) -> None:
    from PIL import Image

    source = put(tmp_path, "scan.words.json", page("TOTAL 9.00"), page("x"))
    out = tmp_path / "out"
    assert run(source, "--out", out, "--draw").exit_code == 0
    assert names(out) == [
        "scan.graph.page-2.png",
        "scan.graph.png",
        "scan.json",
        "scan.page-1.png",
        "scan.page-2.png",
    ]
    with Image.open(out / "scan.page-1.png") as drawn:
        assert drawn.size == (800, 30)
        colours = drawn.getcolors()
    assert colours is not None
    assert len(colours) > 1
    with Image.open(out / "scan.page-2.png") as empty:
        assert empty.getcolors() == [(800 * 30, (255, 255, 255))]


def test_a_defect_in_one_file_keeps_its_traceback_and_spares_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calibrate = ScriptedModel.calibrate
    calls: list[str] = []

    def stumble(self: ScriptedModel, confidence: float, label: str) -> float:
        calls.append(label)
        if len(calls) == 1:
            raise ZeroDivisionError
        return calibrate(self, confidence, label)

    monkeypatch.setattr(ScriptedModel, "calibrate", stumble)
    done = run(put(tmp_path, "a.json"), put(tmp_path, "b.json"))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["id"] == "b"
    assert "ZeroDivisionError" in caplog.text
    assert f"{tmp_path / 'a.json'}: a defect" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        ((), 2, "FILE"),
        (("x.jpg", "--draw"), 2, "--draw needs --out"),
        (("x.jpg", "--pages", "3-1"), 2, "'3-1'"),
        (("x.jpg", "--pages", "one"), 2, "'one'"),
        (("x.jpg", "--type", "nonsense"), 1, "known are"),
        (("x.jpg", "--format", "xml"), 2, "xml"),
    ],
)
def test_a_wrong_command_line_is_refused_at_once(
    arguments: Sequence[str], exit_code: int, said: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == exit_code
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [(None, None), ("1", (1,)), ("3-5, 1", (3, 4, 5, 1)), ("2,1-3", (2, 1, 3))],
)
def test_page_lists(text: str | None, numbers: tuple[int, ...] | None) -> None:
    assert command.page_numbers(text) == numbers


@pytest.mark.parametrize("text", ["0", "-3", "1-", "1-2-3", "", "1-99999999", "²"])
def test_bad_page_lists(text: str) -> None:
    with pytest.raises(click.UsageError):
        command.page_numbers(text)


def test_a_redaction_says_on_standard_error_what_it_masked(tmp_path: Path) -> None:
    hiding = put(tmp_path, "a.words.json", page("mail 9.00 kim@example.com"))
    plain, out = put(tmp_path, "b.words.json"), tmp_path / "out"
    done = run(hiding, plain, "--redact", "emails", "--out", out)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"docspade: {hiding}: masked 0 fields, 1 word",
        f"docspade: {plain}: nothing was found to mask of: emails",
    ]
    issues = {name: json.loads((out / f"{name}.json").read_text())["issues"] for name in "ab"}
    assert [issue["code"] for issue in issues["b"]][-1] == "nothing_masked"
    assert "nothing_masked" not in [issue["code"] for issue in issues["a"]]
