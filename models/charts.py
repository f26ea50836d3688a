"""Charts as SVG text: small files that can be compared line by line and that Markdown shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

Point = tuple[float, float]

PALETTE: Final = (
    "#0072B2", "#D55E00", "#009E73", "#B0468A", "#8C6D00", "#3F51B5", "#C2185B", "#00838F",
    "#6A1B9A", "#558B2F", "#A0522D", "#1E88E5",
)  # fmt: skip
"""Okabe and Ito's (2008), told apart with any colour vision, then further dark tones."""

_FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
_TEXT, _GRID, _PAPER = "#24292F", "#E4E7EB", "#FFFFFF"
_TEXT_PX: Final = 12
_CHAR_PX: Final = 6.7  # mean width of a character at that size, on the safe side
_LEGEND_ROW_PX: Final = 17
_MARGIN_LEFT, _MARGIN_RIGHT, _MARGIN_TOP, _MARGIN_BOTTOM = 62, 18, 44, 50
_TITLE_PX: Final = 36
_MAX_TICKS: Final = 6


@dataclass(frozen=True)
class Axis:
    """A range of values and what they are; a logarithmic one is positive."""

    label: str
    low: float
    high: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, from 0 at `low` to 1 at `high`; values outside are put at the end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.is_log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return (at - low) / (high - low) if high > low else 0.5

    def ticks(self) -> list[float]:
        """Round values along it: 1, 2, 5 times powers of ten."""
        if self.is_log:
            exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)))
            found = [digit * 10.0**e for e in exponents for digit in (1, 2, 5)]
            inside = [tick for tick in found if self.low <= tick <= self.high]
            tens = [tick for tick in inside if math.log10(tick) % 1 < 1e-9]
            return tens if len(inside) > 2 * _MAX_TICKS else inside
        rough = max(self.high - self.low, 1e-12) / _MAX_TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [n * step for n in range(first, last + 1)]


@dataclass(frozen=True)
class Line:
    """A line through points; one with a name stands in the legend."""

    name: str
    points: tuple[Point, ...]
    colour: str
    width: float = 1.8
    opacity: float = 1.0
    is_dashed: bool = False
    has_dots: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar from the x axis to `height`, with a label at its foot."""

    left: float
    right: float
    height: float
    colour: str
    label: str = ""


@dataclass(frozen=True)
class Panel:
    """One chart; `marks` are labelled vertical lines."""

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()

    @property
    def legend(self) -> list[Line]:
        """The lines that stand in it."""
        return [line for line in self.lines if line.name]

    @property
    def legend_width(self) -> float:
        """In pixels; 0 without a legend."""
        longest = max((len(line.name) for line in self.legend), default=0)
        return 44 + longest * _CHAR_PX if longest else 0.0


def draw_panels(
    panels: Sequence[Panel], *, title: str, n_columns: int = 1, plot: tuple[float, float] = (0, 0)
) -> str:
    """Panels in a grid, under a title.

    Args:
        panels: row by row.
        title: of the whole.
        n_columns: of the grid.
        plot: width and height of a panel's plot in pixels; 0 takes a size that suits the grid.

    Returns:
        The SVG document.
    """
    width = plot[0] or (620.0 if n_columns == 1 else 300.0)
    height = plot[1] or (300.0 if n_columns == 1 else 240.0)
    height = max(height, *(_LEGEND_ROW_PX * len(panel.legend) for panel in panels), 0.0)
    cell_width = width + _MARGIN_LEFT + _MARGIN_RIGHT + max(p.legend_width for p in panels)
    cell_height = height + _MARGIN_TOP + _MARGIN_BOTTOM
    n_rows = math.ceil(len(panels) / n_columns)
    full = (cell_width * min(n_columns, len(panels)), _TITLE_PX + cell_height * n_rows)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(full[0])} {_n(full[1])}" '
        f'width="{_n(full[0])}" height="{_n(full[1])}" font-family="{_FONT}" '
        f'font-size="{_TEXT_PX}" fill="{_TEXT}">'
    )
    parts = [
        head,
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        _text((_MARGIN_LEFT, 26), title, size=16, weight=600),
    ]
    for place, panel in enumerate(panels):
        row, column = divmod(place, n_columns)
        left = column * cell_width + _MARGIN_LEFT
        top = _TITLE_PX + row * cell_height + _MARGIN_TOP
        parts += _Plot(panel, (left, top), (width, height)).parts()
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True)
class _Plot:
    """A panel at its place: `corner` is the plot's top left, in pixels."""

    panel: Panel
    corner: Point
    size: Point

    def parts(self) -> list[str]:
        """The elements, back to front."""
        panel, (left, top) = self.panel, self.corner
        return [
            _text((left, top - 24), panel.title, size=13, weight=600),
            *self._grid(),
            *(part for bar in panel.bars for part in self._bar(bar)),
            *(part for mark in panel.marks for part in self._mark(mark)),
            *(part for line in panel.lines for part in self._line(line)),
            *self._legend(),
        ]

    def _x(self, value: float) -> float:
        return self.corner[0] + self.panel.x.place(value) * self.size[0]

    def _y(self, value: float) -> float:
        return self.corner[1] + (1 - self.panel.y.place(value)) * self.size[1]

    def _grid(self) -> list[str]:
        (left, top), (width, height) = self.corner, self.size
        bottom, parts = top + height, []
        for tick in self.panel.y.ticks():
            y = self._y(tick)
            parts.append(_segment((left, y), (left + width, y), _GRID))
            parts.append(_text((left - 7, y + 4), f"{tick:g}", anchor="end"))
        for tick in self.panel.x.ticks():
            x = self._x(tick)
            parts.append(_segment((x, bottom), (x, bottom + 4), _TEXT))
            parts.append(_text((x, bottom + 18), f"{tick:,g}", anchor="middle"))
        middle, x_title = top + height / 2, left - 46
        parts.append(_segment((left, bottom), (left + width, bottom), _TEXT))
        parts.append(_text((left + width / 2, bottom + 38), self.panel.x.label, anchor="middle"))
        turn = f' transform="rotate(-90 {_n(x_title)} {_n(middle)})"'
        parts.append(_text((x_title, middle), self.panel.y.label, anchor="middle", more=turn))
        return parts

    def _bar(self, bar: Bar) -> list[str]:
        left, right, top = self._x(bar.left), self._x(bar.right), self._y(bar.height)
        bottom = self.corner[1] + self.size[1]
        rectangle = (
            f'<rect x="{_n(left + 1)}" y="{_n(top)}" width="{_n(right - left - 2)}" '
            f'height="{_n(bottom - top)}" fill="{bar.colour}" fill-opacity="0.35"/>'
        )
        label = _text(((left + right) / 2, bottom - 6), bar.label, anchor="middle", size=10)
        return [rectangle, label] if bar.label else [rectangle]

    def _mark(self, mark: tuple[float, str]) -> list[str]:
        x, top = self._x(mark[0]), self.corner[1]
        line = _segment((x, top), (x, top + self.size[1]), "#8A929E", dashes="2 3")
        return [line, _text((x + 4, top - 5), mark[1], size=11)]

    def _line(self, line: Line) -> list[str]:
        places = [(self._x(x), self._y(y)) for x, y in line.points]
        joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
        style = f'stroke="{line.colour}" stroke-width="{_n(line.width)}"'
        style += f' stroke-opacity="{_n(line.opacity)}"' if line.opacity < 1 else ""
        style += ' stroke-dasharray="5 4"' if line.is_dashed else ""
        parts = [f'<polyline points="{joined}" fill="none" stroke-linejoin="round" {style}/>']
        if line.has_dots:
            radius = _n(line.width + 0.9)
            parts += [
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{radius}" fill="{line.colour}"/>'
                for x, y in places
            ]
        return parts

    def _legend(self) -> list[str]:
        left, parts = self.corner[0] + self.size[0] + 16, []
        for row, line in enumerate(self.panel.legend):
            y = self.corner[1] + 8 + row * _LEGEND_ROW_PX
            dashes = "5 4" if line.is_dashed else ""
            ends = ((left, y), (left + 20, y))
            parts.append(_segment(*ends, line.colour, dashes=dashes, width=line.width + 0.6))
            parts.append(_text((left + 27, y + 4), line.name))
        return parts


def _segment(a: Point, b: Point, colour: str, *, dashes: str = "", width: float = 1.0) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{_n(a[0])}" y1="{_n(a[1])}" x2="{_n(b[0])}" y2="{_n(b[1])}" '
        f'stroke="{colour}" stroke-width="{_n(width)}"{dashed}/>'
    )


def _text(
    at: Point,
    content: str,
    *,
    anchor: str = "start",
    size: int = _TEXT_PX,
    weight: int = 400,
    more: str = "",
) -> str:
    style = f' text-anchor="{anchor}"' if anchor != "start" else ""
    style += f' font-size="{size}"' if size != _TEXT_PX else ""
    style += f' font-weight="{weight}"' if weight != 400 else ""
    return f'<text x="{_n(at[0])}" y="{_n(at[1])}"{style}{more}>{escape(content)}</text>'


def _n(value: float) -> str:
    """A coordinate to a tenth of a pixel, without needless digits."""
    return f"{value:.1f}".removesuffix(".0")
