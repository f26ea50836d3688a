"""A run's losses and development figures as curves, all its stages one after the other."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from corpora.sroie import KEYS
from models.charts import PALETTE, Axis, Line, Panel, draw_panels
from ocr.errors import SetupError

LOG: Final = "log.jsonl"
SMOOTHING: Final = 0.9
"""What the mean so far counts against a new loss (an exponential moving average)."""
_NOT_LOSSES: Final = ("step", "seconds")
_FOLD: Final = re.compile(r"-fold\d+$")

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class StageLog:
    """What a stage's log holds.

    Attributes:
        name: of the stage.
        losses: steps and values by the loss's name; those that were never anything but 0 are left
            out, and so are batches in which a loss had nothing to learn from (0).
        figures: steps and values by task and metric.
        n_steps: the last step that is told of.
    """

    name: str
    losses: dict[str, Points]
    figures: dict[str, Points]
    n_steps: int


def read_run(run: Path, stages: Sequence[str] = ()) -> list[StageLog]:
    """The logs of a run, in the order in which its stages were trained.

    Args:
        run: its folder, or that of a single stage.
        stages: names of the stages wanted, in this order; none takes all but the further folds of
            a cross-validation, by the time at which their logs were written last.

    Raises:
        SetupError: there is no log, or a line of one is broken.
    """
    if stages:
        paths = [run / name / LOG for name in stages]
    elif (run / LOG).is_file():
        paths = [run / LOG]
    else:
        found = [path for path in run.glob(f"*/{LOG}") if not _FOLD.search(path.parent.name)]
        paths = sorted(found, key=lambda path: path.stat().st_mtime_ns)
    missing = [str(path) for path in paths if not path.is_file()]
    if missing or not paths:
        raise SetupError(f"no log in {', '.join(missing) or run}")
    return [_read_log(path) for path in paths]


def draw_curves(stages: Sequence[StageLog], *, title: str) -> str:
    """Losses (raw ones faint, smoothed ones strong) above development figures, as SVG."""
    starts = list(accumulate((stage.n_steps for stage in stages), initial=0))
    marks = tuple((float(start), stage.name) for start, stage in zip(starts, stages, strict=False))
    steps = Axis("step", 0.0, float(max(starts[-1], 1)))
    panels = [_losses(stages, starts, steps, marks), _figures(stages, starts, steps, marks)]
    drawn = [panel for panel in panels if panel is not None]
    if not drawn:
        raise SetupError("the logs hold neither losses nor figures yet")
    return draw_panels(drawn, title=title)


def smoothed(values: Sequence[float], weight: float = SMOOTHING) -> list[float]:
    """Exponential moving averages, corrected for their start (Kingma and Ba, ICLR 2015, §3)."""
    mean, found = 0.0, []
    for n, value in enumerate(values, start=1):
        mean = weight * mean + (1 - weight) * value
        found.append(mean / (1 - weight**n))
    return found


def _read_log(path: Path) -> StageLog:
    entries: dict[str, dict[int, float]] = {}
    n_steps = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = {str(name): float(value) for name, value in json.loads(line).items()}
            step = int(entry["step"])
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise SetupError(f"{path}, line {number}: no entry of a training log") from error
        if step < n_steps:  # the run was broken off and went on from an earlier checkpoint
            for points in entries.values():
                for later in [at for at in points if at >= step]:
                    del points[later]
        n_steps = step
        for name, value in entry.items():
            if name not in _NOT_LOSSES:
                entries.setdefault(name, {})[step] = value
    figures = {name: points for name, points in entries.items() if " " in name}
    losses = {
        name: {step: value for step, value in points.items() if value > 0}
        for name, points in entries.items()
        if name not in figures
    }
    return StageLog(path.parent.name, _points(losses), _points(figures), n_steps)


def _points(series: dict[str, dict[int, float]]) -> dict[str, Points]:
    return {name: tuple(points.items()) for name, points in series.items() if points}


def _losses(
    stages: Sequence[StageLog],
    starts: Sequence[int],
    steps: Axis,
    marks: tuple[tuple[float, str], ...],
) -> Panel | None:
    names = list(dict.fromkeys(name for stage in stages for name in stage.losses))
    if not names:
        return None
    raw, smooth, values, all_means = [], [], [], []
    for name, colour in zip(names, _colours(len(names)), strict=True):
        label = name
        for stage, start in zip(stages, starts, strict=False):
            points = stage.losses.get(name, ())
            if not points:
                continue
            means = smoothed([value for _, value in points])
            values += [value for _, value in points]
            all_means += means
            shifted = tuple((start + step, value) for step, value in points)
            even = tuple((x, mean) for (x, _), mean in zip(shifted, means, strict=True))
            raw.append(Line("", shifted, colour, width=1.0, opacity=0.25))
            smooth.append(Line(label, even, colour))
            label = ""
    low = max(min(values), min(all_means) / 4)  # single batches may lie far below
    return Panel(
        title="training losses, logarithmic",
        x=steps,
        y=Axis("loss", low * 0.9, max(values) * 1.1, is_log=True),
        lines=(*raw, *smooth),
        marks=marks,
    )


def _figures(
    stages: Sequence[StageLog],
    starts: Sequence[int],
    steps: Axis,
    marks: tuple[tuple[float, str], ...],
) -> Panel | None:
    names = list(dict.fromkeys(name for stage in stages for name in stage.figures))
    if not names:
        return None
    lines = []
    for name, colour in zip(names, _colours(len(names)), strict=True):
        points = tuple(
            (float(start + step), value)
            for stage, start in zip(stages, starts, strict=False)
            for step, value in stage.figures.get(name, ())
        )
        is_detail = name.split(" ", 1)[1] in KEYS
        label = f"{name}  {points[-1][1]:.3f}"
        width, opacity = (1.0, 0.6) if is_detail else (1.9, 1.0)
        lines.append(Line(label, points, colour, width, opacity, is_detail, has_dots=True))
    low = min(value for line in lines for _, value in line.points)
    return Panel(
        title="development figures (of held-out documents)",
        x=steps,
        y=Axis("score", math.floor(low * 10) / 10 if low < 1 else 0.9, 1.0),
        lines=tuple(lines),
        marks=marks,
    )


def _colours(n: int) -> list[str]:
    return [PALETTE[i % len(PALETTE)] for i in range(n)]
