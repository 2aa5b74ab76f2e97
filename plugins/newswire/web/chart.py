"""Stacked bars by day, as the numbers that an SVG needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 1000, 240
"""Of the drawing, in its own units; the page stretches it to its width."""

GAP = 0.18
"""Share of a day's column that stays empty."""

SERIES = 9
"""Colours that can be told apart; what is left becomes one more, `other`."""

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar."""

    colour: int
    """Number of its series: 0 is the largest one."""
    name: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    day: date
    x: float
    total: int
    parts: tuple[Part, ...]
    """The largest series first: it stands at the bottom."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, their scale and their legend."""

    bars: tuple[Bar, ...]
    bar_width: float
    column_width: float
    lines: tuple[tuple[int, float], ...]
    """Values of the scale with their heights."""
    series: tuple[tuple[str, int], ...]
    """Names with their sums, the largest first, `other` last."""
    total: int


def chart(days: Sequence[date], counts: Mapping[tuple[date, str], int]) -> Chart:
    """Return the chart of these days; `counts` holds the height of each series on each day."""
    sums: Counter[str] = Counter()
    for (_, name), count in counts.items():
        sums[name] += count
    names = [name for name, _ in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]
    kept, rest = names[:SERIES], names[SERIES:]
    folded = {day: _fold(day, counts, kept, rest) for day in days}
    step, top = _scale(max((sum(part.values()) for part in folded.values()), default=0))
    column = WIDTH / max(len(days), 1)
    series = [(name, sums[name]) for name in kept] + ([(OTHER, sum(sums[name] for name in rest))] if rest else [])
    return Chart(
        bars=tuple(
            Bar(day, round(number * column, 2), sum(folded[day].values()), tuple(_parts(folded[day], top)))
            for number, day in enumerate(days)
        ),
        bar_width=round(column * (1 - GAP), 2),
        column_width=round(column, 2),
        lines=tuple((value, _height(value, top)) for value in range(0, top + 1, step)),
        series=tuple(series),
        total=sum(sums.values()),
    )


def _fold(day: date, counts: Mapping[tuple[date, str], int], kept: Iterable[str], rest: Iterable[str]) -> dict[str, int]:
    shown = {name: counts.get((day, name), 0) for name in kept}
    return shown | {OTHER: others} if (others := sum(counts.get((day, name), 0) for name in rest)) else shown


def _parts(of_day: Mapping[str, int], top: int) -> Iterable[Part]:
    below = 0
    for colour, (name, count) in enumerate(of_day.items()):
        if count:
            below += count
            yield Part(SERIES if name == OTHER else colour, name, count, _height(below, top), round(count / top * HEIGHT, 2))


def _height(value: int, top: int) -> float:
    """Return where a value stands: an SVG counts from above."""
    return round(HEIGHT - value / top * HEIGHT, 2)


def _scale(highest: int) -> tuple[int, int]:
    """Return a round step of the scale, and the lowest multiple of it that no bar exceeds."""
    step = 1
    while highest > step * 5:
        step = _next(step)
    return step, max(step, -(-highest // step) * step)


def _next(step: int) -> int:
    """1, 2, 5, 10, 20, 50 …"""  # noqa: D400, D415 - a row of numbers
    return step * 5 // 2 if str(step).startswith("2") else step * 2
