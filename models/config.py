"""The one configuration file of a release: data, network, schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from models.augment import AugmentConfig
from ocr.errors import SetupError


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceConfig(_Form):
    """One source of training documents and how often each is seen an epoch (may be a fraction)."""

    name: Literal["sroie", "sroie_ocr", "cord", "cord_r", "synthetic_receipts"]
    weight: float = 1.0
    limit: int | None = None


class ScheduleConfig(_Form):
    """Optimisation: steps of AdamW with linear warm-up and decay."""

    n_steps: int
    batch_tokens: int = 3072
    warm_up: float = 0.1
    encoder_rate: float = 2e-4
    fresh_rate: float = 1e-3
    weight_decay: float = 0.01
    max_gradient_norm: float = 1.0
    evaluate_every: int = 400
    save_every: int = 200
    seed: int = 1


class StageConfig(_Form):
    """One run of training; a later stage goes on from the weights of the one before.

    A stage without `cord` among its sources sees none of CORD's development receipts, whatever
    fold is held out.
    """

    name: str
    sources: tuple[SourceConfig, ...]
    schedule: ScheduleConfig


class TrainConfig(_Form):
    """A release: what it is called, what it learns from, how."""

    name: str
    version: str
    licence: str
    schemas: tuple[str, ...]
    max_tokens: int = 512
    relative_term: bool = True
    absolute_embeddings: bool = False
    n_folds: int = 5
    held_out_fold: int = 0
    augmentation: AugmentConfig = AugmentConfig()
    stages: tuple[StageConfig, ...]


def read_config(path: Path) -> TrainConfig:
    """Read a release's configuration.

    Raises:
        SetupError: the file is missing, or a key is unknown or has the wrong form.
    """
    try:
        return TrainConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"{path}: {error}") from error
