from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from newswire.dates import parse_time

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2020-12-03T18:47", "2020-12-03T18:47:00+02:00"),
        ("2020-07-03T18:47:05", "2020-07-03T18:47:05+03:00"),
        ("2020-12-03", "2020-12-03T00:00:00+02:00"),
        ("2020-1-3 8:05", "2020-01-03T08:05:00+02:00"),
        ("2020/12/03 18:47", "2020-12-03T18:47:00+02:00"),
        ("20201203T184700Z", "2020-12-03T18:47:00+00:00"),
        ("20201203", "2020-12-03T00:00:00+02:00"),
        ("2025-05-14T20:28:12.467+0300", "2025-05-14T20:28:12+03:00"),
        ("2025-05-14 20:28:12 -05", "2025-05-14T20:28:12-05:00"),
        ("2021-06-22T13:35:27-04:00[America/New_York]", "2021-06-22T13:35:27-04:00"),
        ("Thu, 03 Dec 2020 18:47:00 GMT", "2020-12-03T18:47:00+00:00"),
        ("Thu Dec 03 2020 18:47:00 GMT+0200 (EET)", "2020-12-03T18:47:00+02:00"),
        ("Thu Dec 03 18:47:00 UTC 2020", "2020-12-03T18:47:00+00:00"),
        ("December 3rd, 2020 at 6:47 p.m.", "2020-12-03T18:47:00+02:00"),
        ("Dec. 3, 2020 12:05 AM EST", "2020-12-03T00:05:00-05:00"),
        ("3 грудня 2020 р. о 18:47", "2020-12-03T18:47:00+02:00"),
        ("1 травня 2024", "2024-05-01T00:00:00+03:00"),
        ("18:47, 3 декабря 2020", "2020-12-03T18:47:00+02:00"),
        ("03.12.2020, 18.47", "2020-12-03T18:47:00+02:00"),
        ("Чт 03.12.20 | 18:47", "2020-12-03T18:47:00+02:00"),
        ("25/04/2025", "2025-04-25T00:00:00+03:00"),
        ("04/25/2025 3:04 PM", "2025-04-25T15:04:00+03:00"),
        ("1607013000", "2020-12-03T16:30:00+00:00"),
        ("1607013000000", "2020-12-03T16:30:00+00:00"),
    ],
)
def test_a_time_is_read_as_publishers_write_it(written: str, expected: str) -> None:
    found = parse_time(written, KYIV)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "written",
    [
        *(
            "2026-02-31",
            "2026-13-01T10:00",
            "2020-12-03T25:00:00",
            "2020-12-03T10:61:00",
            "2024-05-01T10:00:00+25:00",
            "31.06.2024",
        ),
        *("03/04/2025", "12/05/11", "25-04-24", "10.12.13.1", "версія 1.2.3", "", "вчора", "18:47", "2020", "\x00", "9" * 400),
        *("3 грудня", "2020-12-03 " * 100),
    ],
)
def test_what_cannot_be_or_has_two_meanings_is_no_time(written: str) -> None:
    assert parse_time(written, KYIV) is None


def test_the_written_zone_stays_so_that_the_day_stays_the_written_one() -> None:
    found = parse_time("2025-05-14T00:28:12+03:00")
    assert found is not None
    assert found.day == 14
    assert found.utcoffset() == timedelta(hours=3)


def test_without_a_zone_of_its_own_a_time_is_meant_in_the_one_given() -> None:
    assert parse_time("2020-12-03 18:47") == datetime(2020, 12, 3, 18, 47, tzinfo=UTC)
    assert parse_time("2020-12-03 18:47", timezone(timedelta(hours=9))) == datetime(2020, 12, 3, 9, 47, tzinfo=UTC)


def test_summer_and_winter_of_the_zone_are_told_apart() -> None:
    winter, summer = parse_time("2020-01-03 10:00", KYIV), parse_time("2020-07-03 10:00", KYIV)
    assert winter is not None
    assert summer is not None
    assert (winter.utcoffset(), summer.utcoffset()) == (timedelta(hours=2), timedelta(hours=3))
