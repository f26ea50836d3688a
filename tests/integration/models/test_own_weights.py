"""Own weights of each family: a local checkpoint is trained, exported, and runs in the service."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from models.config import TrainConfig
from models.data import DataFolders
from models.release import export_release, train_release
from models.stored import open_stage
from models.train import RunOptions
from tests.e2e.service import serving
from tests.unit.models.tiny import make_checkpoint, make_config, make_data_sets

pytestmark = pytest.mark.integration

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
    folders = DataFolders(make_data_sets(tmp_path / "data", 6))
    options = RunOptions(run_dir=tmp_path / "run", init=tmp_path / "init", n_threads=1, fold=0)
    config = one_stage(family)
    folder = train_release(config, folders, options)
    model, _ = open_stage(folder)
    assert (model.encoder.absolute is not None) == (family == "layoutlm")
    assert model.config.box_form == ("corners" if family == "bros" else "word_and_line")
    parities, _, _ = export_release(config, folder, folders, tmp_path / "bundle")
    assert parities["fp32"].max_difference < 1e-3

    variables = {"bundle": str(tmp_path / "bundle"), "n_threads": "1"}
    with serving(tmp_path / "state", **variables) as service:
        service.wait_until_ready()
        content = json.dumps(WORDS).encode()
        answer = service.upload(content, "a.words.json", wait=60, type="receipt")
        assert answer.status_code == 200, answer.text
        result = answer.json()
        assert result["model"]["name"] == config.name
        assert result["status"] == "succeeded"


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
