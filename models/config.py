"""The one configuration file of a release: data, network, schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from layout.bundle import Precision
from layout.graph import UNKNOWN_TYPE
from layout.schema import SCHEMAS, add_schemas
from layout.tokens import BoxForm
from models.augment import AugmentConfig
from models.losses import LossWeights
from models.masking import MaskingConfig
from ocr.errors import SetupError


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


INITIAL = "initial"
SourceName = Literal[
    "vrdu",
    "sroie",
    "sroie_ocr",
    "cord",
    "cord_r",
    "synthetic_receipts",
    "synthetic_invoices",
    "synthetic_business_cards",
    "synthetic_letters_of_credit",
    "synthetic_forms",
    "synthetic_strangers",
    "labelled",
    "rvl_invoices",
    "funsd",
    "funsd_r",
]


class SourceConfig(_Form):
    """One source of training documents.

    `weight` says how often each is seen an epoch (may be a fraction). Without `labels` only what
    the page itself gives is learned from it. The source `labelled` is a folder of documents of
    one's own (`corpora.labelled_files`), all of one type; its path counts from the data's root.
    Of made-up documents `skip` passes over the first so many, which earlier stages have seen.
    """

    name: SourceName
    folder: Path | None = None
    document_type: str | None = None
    weight: float = 1.0
    limit: int | None = None
    skip: int = Field(default=0, ge=0)
    labels: bool = True


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
    """One run of training, from the weights of `start_from` or else of the stage before it.

    `start_from: initial` means the weights that the run began with.
    A stage without `cord` among its sources sees none of CORD's development receipts, whatever
    fold is held out. One that `includes_development` holds nothing out: its figures mean nothing.
    Of several `n_runs`, which differ in their seed alone, the mean of the weights is kept. `blend`
    is how far the stage's weights lie from those that it began with towards the trained ones.
    """

    name: str
    sources: tuple[SourceConfig, ...]
    schedule: ScheduleConfig
    start_from: str | None = None
    includes_development: bool = False
    n_runs: int = Field(default=1, ge=1)
    blend: float = Field(default=1.0, gt=0.0, le=1.0)
    losses: LossWeights = LossWeights()
    augmentation: AugmentConfig = AugmentConfig()
    masking: MaskingConfig = MaskingConfig()
    evaluated: tuple[str, ...] = ()

    @property
    def sees_cord(self) -> bool:
        """Whether it learns from CORD's development receipts."""
        return any(source.name == "cord" for source in self.sources)


class TrainConfig(_Form):
    """A release: what it is called, what it learns from, how.

    `types` are the document types that the model tells apart, besides documents that are none of
    them; without any it does not. `hangul` adds whole Korean syllables to the vocabulary.
    `alike` names, by schema, another whose fields of the same paths mean the same: labels start
    from its labels, and documents labelled in it teach both.
    `fields` names the fields of a schema that the sources teach, where these are not all: a label
    that nothing teaches would open entities at random. `random_init` leaves the initial weights'
    language model out; without `box_form` it is the one that the initial weights' family has.
    """

    name: str
    version: str
    licence: str
    precisions: tuple[Precision, ...] = ("int8", "fp16")
    schemas: tuple[str, ...]
    types: tuple[str, ...] = ()
    hangul: bool = False
    fields: dict[str, tuple[str, ...]] = {}
    alike: dict[str, str] = {}
    max_tokens: int = 512
    random_init: bool = False
    box_form: BoxForm | None = None
    relative_term: bool = True
    place_embedding: bool = True
    shape_embedding: bool = True
    absolute_embeddings: bool = False
    n_folds: int = 5
    held_out_fold: int = 0
    stages: tuple[StageConfig, ...]

    @property
    def known_types(self) -> tuple[str, ...]:
        """What the model's types are: the named ones, "none of them" last; none without names."""
        return (*self.types, UNKNOWN_TYPE) if self.types else ()

    @property
    def folded_stage(self) -> StageConfig:
        """The stage that is trained once a fold: the first one with CORD's development receipts.

        Raises:
            SetupError: there is none.
        """
        for stage in self.stages:
            if stage.sees_cord and not stage.includes_development:
                return stage
        raise SetupError(f"{self.name}: no stage learns from CORD's development receipts")

    @property
    def judged_stage(self) -> StageConfig:
        """The last stage that held its development documents out, by which a release is judged.

        Raises:
            SetupError: every stage saw them.
        """
        for stage in reversed(self.stages):
            if not stage.includes_development:
                return stage
        raise SetupError(f"{self.name}: every stage includes the development documents")

    def stage_before(self, stage: StageConfig) -> str | None:
        """Name of the stage from whose weights one goes on; None for the run's initial ones."""
        position = self.stages.index(stage)
        if stage.start_from is not None:
            return None if stage.start_from == INITIAL else stage.start_from
        return self.stages[position - 1].name if position else None


def read_config(path: Path) -> TrainConfig:
    """Read a release's configuration; schemas in a folder `schemas` beside it become known.

    Raises:
        SetupError: the file is missing, or a key is unknown or has the wrong form.
    """
    add_schemas(path.parent / SCHEMAS)
    try:
        return TrainConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"{path}: {error}") from error
