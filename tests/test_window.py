from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newswire.window import kyiv_day, midnight, moment, window

NOW = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)
"""Half past midnight in Kyiv, on the 21st."""


def hours(start: str, end: str) -> float:
    asked = window(start, end, NOW)
    return (asked.end.astimezone(UTC) - asked.start.astimezone(UTC)) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-20", "2026-02-19T22:00:00+00:00"),
        ("2026-07-20", "2026-07-19T21:00:00+00:00"),
        ("2026-02-20T18:30", "2026-02-20T16:30:00+00:00"),
        (" 2026-02-20 18:30 ", "2026-02-20T16:30:00+00:00"),
        ("2026-02-20T18:30:00Z", "2026-02-20T18:30:00+00:00"),
        ("2026-02-20T18:30-05:00", "2026-02-20T23:30:00+00:00"),
    ],
)
def test_a_moment_without_a_zone_is_kyivs(text: str, expected: str) -> None:
    assert moment(text).astimezone(UTC).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30", "20.02.2026", "2026-02-20T25:00", "\ud800", "2026-02-20\x00", "٢٠٢٦-٠٢-٢٠", "9" * 5000],
)
def test_what_is_no_date_is_refused_with_a_word_on_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="is no date: write 2026-02-20"):
        moment(text)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "9999-12-31T23:59-12:00"])
def test_a_date_at_the_edge_of_the_calendar_is_refused_like_any_other_wrong_one(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        window(None, text, NOW)
    with pytest.raises(ValueError, match="is no date"):
        window(text, None, NOW)


def test_days_of_the_change_of_clocks_are_as_long_as_they_are() -> None:
    assert hours("2026-03-29", "2026-03-30") == 23
    assert hours("2026-10-25", "2026-10-26") == 25
    assert hours("2026-02-20", "2026-02-21") == 24


@pytest.mark.parametrize(
    ("day", "end"), [("2026-03-29", "2026-03-29T20:59:59+00:00"), ("2026-10-25", "2026-10-25T21:59:59+00:00")]
)
def test_every_hour_of_the_change_of_clocks_belongs_to_its_day(day: str, end: str) -> None:
    start = moment(day).astimezone(UTC)
    last = datetime.fromisoformat(end)
    seen = {kyiv_day(start + timedelta(hours=hour)) for hour in range(int((last - start) / timedelta(hours=1)) + 1)}
    assert seen == {kyiv_day(last)} == {day}
    assert kyiv_day(last + timedelta(seconds=1)) > day
    assert kyiv_day(start - timedelta(seconds=1)) < day
    assert midnight(last) == midnight(start) == start


def test_without_dates_the_window_is_from_yesterdays_midnight_until_now() -> None:
    asked = window(None, None, NOW)
    assert asked.start == moment("2026-02-20")
    assert asked.end == NOW


@pytest.mark.parametrize(
    ("now", "start"), [("2026-03-30T09:00", "2026-03-29"), ("2026-10-26T01:00", "2026-10-25"), ("2026-03-01T12:00", "2026-02-28")]
)
def test_yesterdays_midnight_is_right_after_a_change_of_clocks_and_of_months(now: str, start: str) -> None:
    assert window(None, None, moment(now)).start.astimezone(UTC) == moment(start).astimezone(UTC)


def test_with_an_end_in_the_past_the_window_begins_the_day_before_it() -> None:
    assert window(None, "2026-01-10", NOW).start == moment("2026-01-09")


def test_an_end_in_the_future_does_not_move_the_start_there() -> None:
    assert window(None, "2027-01-01", NOW).start == moment("2026-02-20")


@pytest.mark.parametrize("end", ["2026-02-20", "2026-02-19T12:00"])
def test_a_window_that_ends_before_it_starts_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="before it starts"):
        window("2026-02-20", end, NOW)


def test_a_start_after_now_is_refused_where_the_end_is_now() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        window("2026-02-22", None, NOW)
