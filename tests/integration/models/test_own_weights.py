"""Own weights of each family: a local checkpoint is trained, exported, and runs in the service."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from api.cli import LazyGroup
from models.config import TrainConfig
from models.data import DataFolders
from models.release import train_release
from models.stored import open_stage
from models.train import RunOptions
from tests.e2e.service import serving
from tests.unit.models.tiny import make_checkpoint, make_config, make_data_sets

pytestmark = pytest.mark.integration

PRECISIONS = ("fp32", "fp16", "int8")

WORDS = {
    "pages": [
        {
            "width": 400,
            "height": 200,
            "words": [
                {"text": text, "box": [left, top, left + 60, top + 20]}
                for text, left, top in [("SHOP", 0, 0), ("TOTAL", 0, 60), ("9.00", 200, 60)]
            ],
        }
    ]
}


def one_stage(family: str) -> TrainConfig:
    config = make_config(n_steps=3)
    return config.model_copy(update={"name": f"own-{family}", "stages": config.stages[1:]})


@pytest.mark.parametrize("family", ["bert", "layoutlm", "bros"])
def test_a_checkpoint_is_trained_exported_and_served(tmp_path: Path, family: str) -> None:
    torch.manual_seed(0)
    make_checkpoint(tmp_path / "init", family)
    config = one_stage(family)
    (tmp_path / "config.yaml").write_text(config.model_dump_json())
    data = ("--data", str(make_data_sets(tmp_path / "data", 6)))
    run = (str(tmp_path / "config.yaml"), *data, "--run", str(tmp_path / "run"))
    docspade("train", *run, "--init", str(tmp_path / "init"), "--threads", "1")
    model, _ = open_stage(tmp_path / "run" / config.stages[0].name)
    assert (model.encoder.absolute is not None) == (family == "layoutlm")
    assert model.config.box_form == ("corners" if family == "bros" else "word_and_line")
    printed = docspade("export", *run, "--out", str(tmp_path / "bundle"))
    assert all(f"{precision}: probabilities within" in printed for precision in PRECISIONS)

    variables = {"bundle": str(tmp_path / "bundle"), "n_threads": "1"}
    with serving(tmp_path / "state", **variables) as service:
        service.wait_until_ready()
        content = json.dumps(WORDS).encode()
        answer = service.upload(content, "a.words.json", wait=60, type="receipt")
        assert answer.status_code == 200, answer.text
        result = answer.json()
        assert result["model"]["name"] == config.name
        assert result["status"] == "succeeded"


def docspade(*arguments: str) -> str:
    """Run a command; returns what it printed."""
    result = CliRunner().invoke(LazyGroup("docspade"), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_start_decides_where_training_ends(tmp_path: Path) -> None:
    """Two checkpoints of one shape give two networks: the weights are really taken over."""
    folders = DataFolders(make_data_sets(tmp_path / "data", 6))
    ends = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        make_checkpoint(tmp_path / f"init{seed}")
        options = RunOptions(run_dir=tmp_path / f"run{seed}", init=tmp_path / f"init{seed}")
        folder = train_release(
            one_stage("bert"), folders, dataclasses.replace(options, n_threads=1)
        )
        ends.append(open_stage(folder)[0].encoder.words.weight)
    assert not torch.allclose(ends[0], ends[1], atol=1e-2)
