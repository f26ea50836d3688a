"""How far a confidence can be relied on: by schema, in bins, and for accepting fields unseen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from models.calibrate import (
    Fold,
    Judged,
    all_held,
    as_shown,
    cross_fit,
    expected_calibration_error,
    reliability_bins,
)
from models.charts import Axis, Bar, Line, Panel, draw_panels

WANTED = (0.95, 0.99)
"""Precisions at which fields may be accepted unseen."""
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#8A929E"


@dataclass(frozen=True)
class Acceptance:
    """Fields accepted unseen because their confidence reaches a threshold.

    Attributes:
        wanted: the precision that the threshold was chosen for.
        n_fields: in all.
        n_accepted: whose confidence reaches the threshold of their fold.
        n_right: of the accepted ones.
    """

    wanted: float
    n_fields: int
    n_accepted: int
    n_right: int

    @property
    def share(self) -> float:
        """Of all fields; not a number where there is none."""
        return self.n_accepted / self.n_fields if self.n_fields else math.nan

    @property
    def precision(self) -> float:
        """That was delivered; not a number where none was accepted."""
        return self.n_right / self.n_accepted if self.n_accepted else math.nan


@dataclass(frozen=True)
class Reliability:
    """Figures of one schema's fields, or of all.

    Attributes:
        name: of the schema, or "all".
        raw_error: expected calibration error without calibration.
        fields: all of them, calibrated on other groups' documents.
        accepted: for each of `WANTED`.
    """

    name: str
    raw_error: float
    fields: tuple[Judged, ...]
    accepted: tuple[Acceptance, ...]

    @property
    def error(self) -> float:
        """Expected calibration error on documents that the calibration did not see."""
        return expected_calibration_error(self.fields)


def choose_threshold(fields: Sequence[Judged], wanted: float) -> float:
    """The lowest confidence from which on fields are right often enough, to be on the safe side.

    One further error is counted: the best of many thresholds looks better than it is.

    Args:
        fields: to choose by.
        wanted: precision in (0, 1).

    Returns:
        A confidence of one of the fields; infinity if none will do.
    """
    ranked = sorted(fields, key=lambda judged: -judged.confidence)
    threshold, n_right = math.inf, 0
    for n_accepted, judged in enumerate(ranked, start=1):
        n_right += judged.is_right
        is_last_of_equals = (
            n_accepted == len(ranked) or ranked[n_accepted].confidence < judged.confidence
        )
        if is_last_of_equals and n_right >= wanted * (n_accepted + 1) - 1e-9:
            threshold = judged.confidence
    return threshold


def accept_unseen(folds: Sequence[Fold], wanted: float) -> Acceptance:
    """Accept each fold's fields by a threshold chosen on the other folds' documents."""
    n_fields = n_accepted = n_right = 0
    for fold in folds:
        threshold = choose_threshold(fold.others, wanted)
        accepted = [judged for judged in fold.held if judged.confidence >= threshold]
        n_fields += len(fold.held)
        n_accepted += len(accepted)
        n_right += sum(judged.is_right for judged in accepted)
    return Acceptance(wanted, n_fields, n_accepted, n_right)


def measure_reliability(fields: Sequence[Judged]) -> list[Reliability]:
    """Figures of all fields, then of each schema's.

    Args:
        fields: of held-out documents, as the model and the recogniser gave them.
    """
    folds = cross_fit(fields)
    schemas = sorted({_schema(judged) for judged in fields})
    parts = [("all", schemas), *((name, [name]) for name in schemas)]
    return [_measure(name, _only(fields, of), _only_folds(folds, of)) for name, of in parts]


def reliability_table(parts: Sequence[Reliability]) -> Table:
    """The figures in percent."""
    table = Table(
        title="Confidence of fields, calibrated and judged on other documents (by group)",
        title_justify="left",
    )
    table.add_column("", no_wrap=True)
    columns = ["fields", "right", "ECE raw", "ECE"]
    for wanted in WANTED:
        columns += [f"accepted at {wanted:.0%}", "delivered"]
    for column in columns:
        table.add_column(column, justify="right")
    for part in parts:
        n_right = sum(judged.is_right for judged in part.fields)
        cells = [str(len(part.fields)), _percent(n_right / max(len(part.fields), 1))]
        cells += [_percent(part.raw_error), _percent(part.error)]
        for accepted in part.accepted:
            cells += [_percent(accepted.share), _percent(accepted.precision)]
        table.add_row(part.name, *cells)
    return table


def draw_reliability(parts: Sequence[Reliability]) -> str:
    """Reliability diagrams as SVG, one for each part: a bar's number says how many fields it has.

    Source: DeGroot and Fienberg, The Statistician, 1983; Guo et al., ICML 2017.
    """
    panels = [_panel(part) for part in parts]
    return draw_panels(panels, title="How often fields of a confidence are right", n_columns=2)


def _panel(part: Reliability) -> Panel:
    bins = reliability_bins(part.fields)
    share = Axis("confidence", 0.0, 1.0), Axis("share of right fields", 0.0, 1.0)
    return Panel(
        title=f"{part.name}: {len(part.fields)} fields, ECE {_percent(part.error)} %"
        f" (raw {_percent(part.raw_error)} %)",
        x=share[0],
        y=share[1],
        bars=tuple(Bar(b.low, b.high, b.accuracy, _BLUE, str(b.n_fields)) for b in bins),
        lines=(
            Line("", ((0.0, 0.0), (1.0, 1.0)), _GREY, width=1.0, is_dashed=True),
            Line("", tuple((b.confidence, b.accuracy) for b in bins), _ORANGE, has_dots=True),
        ),
    )


def _measure(name: str, fields: Sequence[Judged], folds: Sequence[Fold]) -> Reliability:
    return Reliability(
        name=name,
        raw_error=expected_calibration_error(as_shown(fields, {})),
        fields=tuple(all_held(folds)),
        accepted=tuple(accept_unseen(folds, wanted) for wanted in WANTED),
    )


def _only_folds(folds: Sequence[Fold], schemas: Sequence[str]) -> list[Fold]:
    return [Fold(_only(fold.others, schemas), _only(fold.held, schemas)) for fold in folds]


def _only(fields: Sequence[Judged], schemas: Sequence[str]) -> list[Judged]:
    return [judged for judged in fields if _schema(judged) in schemas]


def _schema(judged: Judged) -> str:
    return judged.label.split(".", 1)[0]


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f}"
