"""The extraction pipeline that the settings describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.settings import Settings

if TYPE_CHECKING:
    from layout.pipeline import Pipeline


def open_pipeline(settings: Settings) -> Pipeline:
    """Load the engine and the model.

    Raises:
        SetupError: an engine, a device or the bundle is missing or altered.
    """
    from layout.pipeline import Pipeline, PipelineOptions

    return Pipeline.open(
        PipelineOptions(
            ocr=settings.ocr_options,
            limits=settings.limits,
            bundle=settings.bundle,
            device=settings.device,
            n_threads=settings.n_threads,
        )
    )
