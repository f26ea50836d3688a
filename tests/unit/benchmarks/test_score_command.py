import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from benchmarks.answers import Answer, EntityEntry, write_answers
from benchmarks.command import benchmark, score
from benchmarks.counts import Counts, Metric
from benchmarks.report import Report


def run(*arguments: object) -> Result:
    return CliRunner().invoke(score, [str(argument) for argument in arguments])


def keys(stem: str, total: str) -> Answer:
    return Answer(id=stem, fields={"total": total})


@pytest.fixture
def sroie(tmp_path: Path) -> Path:
    """Three test receipts with keys alone: no words, no pictures."""
    folder = tmp_path / "sroie" / "test" / "entities"
    folder.mkdir(parents=True)
    for i in range(3):
        (folder / f"receipt {i}.txt").write_text(json.dumps({"total": f"{i}.00"}))
    return tmp_path / "sroie"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "predictions.jsonl"
    answers = [keys("receipt 0", "0.00"), keys("receipt 1", "7.00")]
    write_answers(path, [*answers, Answer(id="receipt 2", error="cut off")])
    return path


def test_predictions_against_a_data_set(sroie: Path, predictions: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    for truth in (sroie, sroie / "test"):
        result = run(predictions, truth, "--report", out)
        assert result.exit_code == 0, result.output
        report = Report.model_validate_json(out.read_text())
        assert (report.benchmark, report.split) == ("sroie", "test")
        assert (report.n_documents, report.n_scored) == (3, 3)
        (metric,) = report.metrics
        assert metric.name == "sroie_keys_strict"
        total = metric.total
        assert (total.n_correct, total.n_predicted, total.n_true) == (1, 2, 3)
        assert total.f1 == pytest.approx(0.4)
        assert [f.error for f in report.failures] == ["cut off"]
    assert "sroie_keys_strict" in result.stdout
    assert "40.00" in result.stdout
    assert "failed: receipt 2: cut off" in result.stdout


def test_documents_without_a_prediction_are_missed_unless_left_out(
    sroie: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.jsonl"
    out = tmp_path / "report.json"
    write_answers(path, [keys("receipt 0", "0.00")])
    result = run(path, sroie, "--report", out)
    assert "2 documents have no prediction" in result.stderr
    assert Report.model_validate_json(out.read_text()).metrics[0].total.recall == pytest.approx(
        1 / 3
    )
    result = run(path, sroie, "--report", out, "--only-predicted")
    assert result.exit_code == 0, result.output
    assert Report.model_validate_json(out.read_text()).metrics[0].total.recall == 1.0


def test_a_truth_file_brings_the_metrics_for_what_it_holds(tmp_path: Path) -> None:
    truth, predicted, out = (tmp_path / n for n in ("truth.jsonl", "mine.jsonl", "report.json"))
    entities = [EntityEntry(label="menu.nm", text="TEA", word_ids=[0])]
    write_answers(truth, [Answer(id="x", fields={"menu": {"nm": "TEA"}}, entities=entities)])
    write_answers(predicted, [Answer(id="x", fields={"menu": [{"nm": "TEA"}]})])
    result = run(predicted, truth, "--report", out)
    assert result.exit_code == 0, result.output
    report = Report.model_validate_json(out.read_text())
    assert {m.name: m.total.f1 for m in report.metrics} == {
        "fields_in_groups_strict": 1.0,
        "fields_flat_donut": 1.0,
        "spade_parse_strict": 1.0,
        "spade_parse_refined": 1.0,
        "spade_parse_refined_near_names": 1.0,
        "items_exact": 1.0,
        "entities_exact_span": 0.0,
    }
    assert {m.name: m.mean for m in report.means} == {"fields_tree_accuracy_donut": 1.0}
    assert "fields_tree_accuracy_donut" in result.stdout
    write_answers(truth, [keys("x", "1")])
    run(predicted, truth, "--report", out)
    metrics = Report.model_validate_json(out.read_text()).metrics
    assert [metric.name for metric in metrics] == ["sroie_keys_strict"]


def write_cord(root: Path) -> None:
    """One development receipt: "TOTAL 9.00", the first word a key word, an empty word before."""
    path = root / "dev" / "json" / "receipt_00000.json"
    path.parent.mkdir(parents=True)
    quad = dict.fromkeys(("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"), 1)
    words = [
        {"quad": quad, "is_key": int(text == "TOTAL"), "text": text}
        for text in ("", "TOTAL", "9.00")
    ]
    line = {"words": words, "category": "total.total_price", "group_id": 1, "sub_group_id": 0}
    receipt = {
        "meta": {"image_size": {"width": 9, "height": 9}},
        "valid_line": [line],
        "gt_parse": {"total": {"total_price": "9.00"}},
    }
    path.write_text(json.dumps(receipt))


def test_word_ids_are_scored_without_a_model(tmp_path: Path) -> None:
    write_cord(tmp_path / "cord")
    path, out = tmp_path / "mine.jsonl", tmp_path / "report.json"
    for ids, key_ids, values_f1, with_keys_f1 in (
        ([2], [0, 1], 1.0, 1.0),  # the empty word does not count
        ([2], [], 1.0, 0.0),  # a file without key words
        ([1, 2], [], 0.0, 1.0),
    ):
        entity = EntityEntry(label="total.total_price", word_ids=ids, key_word_ids=key_ids)
        write_answers(path, [Answer(id="receipt_00000", entities=[entity])])
        result = run(path, tmp_path / "cord", "--report", out)
        assert result.exit_code == 0, result.output
        report = Report.model_validate_json(out.read_text())
        assert (report.benchmark, report.split) == ("cord", "dev")
        f1 = {m.name: m.total.f1 for m in report.metrics}
        assert f1["entities_values_only"] == values_f1
        assert f1["entities_with_key_words"] == with_keys_f1


def test_a_truth_file_with_key_words_or_links_is_scored_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, out = tmp_path / "truth.jsonl", tmp_path / "report.json"
    entity = EntityEntry(label="total.total_price", word_ids=[1], key_word_ids=[0])
    write_answers(truth, [Answer(id="x", entities=[entity])])
    run(truth, truth, "--report", out)
    metrics = Report.model_validate_json(out.read_text()).metrics
    assert {m.name: m.total.f1 for m in metrics} == {
        "entities_values_only": 1.0,
        "entities_with_key_words": 1.0,
    }

    links = Metric("links", "pairs", lambda predicted, true: {"link": Counts(1, 1, 1)})  # noqa: ARG005
    monkeypatch.setattr(
        "benchmarks.truth.load_task", {"funsd": SimpleNamespace(metrics=(links,))}.__getitem__
    )
    write_answers(truth, [Answer(id="x", entities=[entity, entity], links=[(0, 1)])])
    run(truth, truth, "--report", out)
    metrics = Report.model_validate_json(out.read_text()).metrics
    assert [metric.name for metric in metrics] == ["links"]


def test_what_cannot_be_scored_is_said(sroie: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    write_answers(path, [keys("elsewhere", "1")])
    assert "no split of" in str(run(path, sroie).exception)
    result = run(path, sroie, "--split", "test")
    assert result.exit_code == 1
    assert "the truth does not have elsewhere" in result.output
    assert "neither a truth file nor a data set" in str(run(path, tmp_path).exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cord_r", "--words", "ocr"], "cord_r has no pictures"),
        (["cord", "--words", "gold", "--rotate", "90"], "--rotate turns pictures"),
        (["sroie", "--words", "gold", "--entities", "gold"], "sroie has no links"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(benchmark, [*arguments, "--split", "dev", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert said in result.output


def test_without_a_folder_the_environment_must_name_one() -> None:
    arguments = ["cord", "--split", "dev", "--words", "gold"]
    result = CliRunner(env={"DOCSPADE_DATA": ""}).invoke(benchmark, arguments)
    assert result.exit_code == 2
    assert "DOCSPADE_DATA is needed" in result.output
