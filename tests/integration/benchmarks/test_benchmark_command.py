"""`docspade benchmark` and `docspade latency` with the released model and the real OCR."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.answers import read_answers
from benchmarks.command import benchmark
from benchmarks.latency import LatencyReport, latency
from benchmarks.rendered import render_receipt
from benchmarks.report import Report

pytestmark = pytest.mark.integration
LINES = ["KEDAI NUMBER 0 SDN BHD", "NO. 12, JALAN SAGU 18,", "DATE: 25/12/2018", "TOTAL 719.01"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two SROIE receipts with pictures, one without keys; a third that is no transcript."""
    for part in ("img", "box", "entities"):
        (tmp_path / "test" / part).mkdir(parents=True)
    for seed, stem in enumerate(("first", "second")):
        (tmp_path / "test" / "img" / f"{stem}.jpg").write_bytes(render_receipt(seed))
        boxes = [
            f"60,{y},400,{y},400,{y + 26},60,{y + 26},{line}"
            for y, line in zip(range(60, 300, 36), LINES, strict=False)
        ]
        (tmp_path / "test" / "box" / f"{stem}.txt").write_text("\n".join(boxes))
    keys = {"company": "KEDAI NUMBER 0 SDN BHD", "date": "25/12/2018", "total": "719.01"}
    (tmp_path / "test" / "entities" / "first.txt").write_text(json.dumps(keys))
    (tmp_path / "test" / "box" / "third.txt").write_text("no transcript")
    return tmp_path


def run(root: Path, *arguments: str) -> Report:
    files = ["--predictions", str(root / "out.jsonl"), "--report", str(root / "out.json")]
    common = ["sroie", "--data", str(root), "--split", "test", *files]
    result = CliRunner().invoke(benchmark, [*common, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return Report.model_validate_json((root / "out.json").read_text())


def test_gold_words_need_no_pictures_and_a_broken_document_is_reported(root: Path) -> None:
    for path in (root / "test" / "img").iterdir():
        path.unlink()
    report = run(root, "--words", "gold")
    answers = read_answers(root / "out.jsonl")
    assert list(answers) == ["first", "second", "third"]
    assert [name for name, answer in answers.items() if answer.error] == ["third"]
    assert (report.n_documents, report.n_scored, len(report.failures)) == (3, 1, 1)
    assert report.model is not None
    assert answers["first"].fields == answers["second"].fields
    assert answers["first"].fields["date"] == "25/12/2018"
    assert answers["first"].fields["total"] == "719.01"


def test_turned_pictures_give_the_same_answers(root: Path) -> None:
    run(root, "--words", "ocr", "--limit", "1")
    upright = read_answers(root / "out.jsonl")["first"]
    run(root, "--words", "ocr", "--limit", "1", "--rotate", "90")
    turned = read_answers(root / "out.jsonl")["first"]
    assert upright.fields["date"] == "25/12/2018"
    assert turned.fields == upright.fields


def test_latency_times_every_stage_and_the_model(tmp_path: Path) -> None:
    picture, out = tmp_path / "receipt.jpg", tmp_path / "out.json"
    picture.write_bytes(render_receipt(0))
    arguments = [str(picture), "--runs", "1", "--batch", "2", "--report", str(out)]
    result = CliRunner().invoke(latency, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    timings = LatencyReport.model_validate_json(out.read_text()).timings
    assert [timing.name for timing in timings] == [
        "decode", "ocr", "layout", "assemble", "total", "model, 256 tokens, batch 2",
    ]  # fmt: skip
    assert all(timing.median_ms > 0 for timing in timings)
