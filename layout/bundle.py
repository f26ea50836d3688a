"""Released models as they lie on disk: a folder with ONNX files, tokenizer, description.

bundle.json      what it is called, its labels and preprocessing, its files' sha256
model.int8.onnx  for the CPU
model.fp16.onnx  for the GPU
tokenizer.json
MODEL_CARD.md
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from layout.tokens import BoxForm
from ocr.errors import SetupError

RELEASED_DIR = Path(__file__).resolve().parents[1] / "models" / "released"
DEFAULT_BUNDLE = "documents"
OPT_IN_BUNDLES = {"funsd": "funsd"}
"""Bundles under licences of their own, by the document type that only they read. Each is loaded
only where its type or its folder is asked for by name."""
DESCRIPTION = "bundle.json"

Precision = Literal["int8", "fp16", "fp32"]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BundleFile(_Form):
    """A file of the bundle, by its name inside the folder."""

    name: str
    sha256: str


class Calibration(_Form):
    """Platt scaling of a raw confidence p: sigmoid(scale * logit(p) + offset).

    Fitted on held-out documents (Platt, Advances in Large Margin Classifiers, 1999).
    """

    scale: float = 1.0
    offset: float = 0.0
    n_samples: int = 0

    def apply(self, confidence: float) -> float:
        """The calibrated confidence, in (0, 1)."""
        p = min(max(confidence, 1e-6), 1.0 - 1e-6)
        return 1.0 / (1.0 + math.exp(-(self.scale * math.log(p / (1.0 - p)) + self.offset)))


class BundleDescription(_Form):
    """The content of `bundle.json`.

    `types` are the document types that the model tells apart, in the order of its output.
    `calibration` is keyed by label or by schema name; the label's own comes first.
    """

    name: str
    version: str
    licence: str
    labels: tuple[str, ...]
    types: tuple[str, ...] = ()
    max_tokens: int
    start_id: int
    end_id: int
    box_form: BoxForm
    models: dict[Precision, BundleFile]
    tokenizer: BundleFile
    calibration: dict[str, Calibration] = {}


def opt_in_bundle(document_type: str) -> Path | None:
    """The folder of the bundle that alone reads a document type; None where the default does."""
    name = OPT_IN_BUNDLES.get(document_type)
    return None if name is None else RELEASED_DIR / name


class Bundle:
    """A bundle's folder, its description read; files are checked when they are asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the description.

        Args:
            folder: of the bundle; None takes the default release.

        Raises:
            SetupError: there is no bundle in the folder, or its description is broken.
        """
        self.folder = folder or RELEASED_DIR / DEFAULT_BUNDLE
        path = self.folder / DESCRIPTION
        if not path.is_file():
            raise SetupError(f"{self.folder}: no model bundle there ({DESCRIPTION} is missing)")
        try:
            parsed = json.loads(path.read_text(encoding="utf-8"))
            self.description = BundleDescription.model_validate(parsed)
        except (json.JSONDecodeError, ValidationError) as error:
            raise SetupError(f"{path}: {error}") from error

    def model_path(self, precision: Precision) -> Path:
        """The ONNX file of one precision, its sha256 checked.

        Raises:
            SetupError: the bundle has none of it, or the file is missing or altered.
        """
        if precision not in self.description.models:
            held = ", ".join(self.description.models)
            raise SetupError(f"{self.folder}: no {precision} model, only {held}")
        return self._checked(self.description.models[precision])

    def tokenizer_path(self) -> Path:
        """The tokenizer's file, its sha256 checked."""
        return self._checked(self.description.tokenizer)

    def calibrate(self, confidence: float, label: str) -> float:
        """The share of right answers among those of this raw confidence and label."""
        calibrations = self.description.calibration
        chosen = calibrations.get(label) or calibrations.get(label.split(".", 1)[0])
        return confidence if chosen is None else chosen.apply(confidence)

    def _checked(self, file: BundleFile) -> Path:
        path = self.folder / file.name
        if path.parent != self.folder or not path.is_file():
            raise SetupError(f"{self.folder}: {file.name} is missing")
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        if digest != file.sha256:
            raise SetupError(f"{path}: sha256 is {digest}, {DESCRIPTION} says {file.sha256}")
        return path
