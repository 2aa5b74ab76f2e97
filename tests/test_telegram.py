"""Channel pages: built by hand here, and the real ones of ../shared where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newswire import telegram
from newswire.model import (
    Announcement,
    Article,
    BlockKind,
    Failed,
    Feed,
    Found,
    Known,
    Media,
    Outcome,
    Page,
    Politeness,
    Reached,
    Rejected,
    Source,
    TimeOrigin,
    Window,
)
from newswire.sources.telegram import SOURCE

REAL = Path(__file__).parents[2] / "shared" / "data" / "telegram"
CHANNEL = "Test_Kanal"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKED = Announcement(source="telegram", feed="test_kanal", url="https://t.me/s/test_kanal")
QUIET = Source(
    name="telegram",
    title="Telegram",
    kind="channel",
    feeds=(),
    discover=telegram.discover,
    parse=telegram.parse,
    parser_version="1",
    canary="durov",
    politeness=Politeness(),
)


FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
"""Later than all posts here."""


# -------------------------------------------------------------------------------------------------------------- builders


def as_page(html: str, url: str = "https://t.me/s/test_kanal") -> Page:
    return Page(url=url, final_url=url, status=200, body=html.encode(), fetched_at=FETCHED)


def at(number: int) -> datetime:
    """One post an hour: post 1 at START."""
    return START + timedelta(hours=number - 1)


def text(html: str, classes: str = "") -> str:
    return f'<div class="tgme_widget_message_text js-message_text {classes}" dir="auto">{html}</div>'


def post(
    number: int = 7,
    inner: str = "",
    *,
    time: str | None = None,
    name: str | None = None,
    classes: str = "",
    meta: str = "",
    views: str = "15",
    wrapped: bool = True,
) -> str:
    """A post as Telegram builds it; `inner` stands between the author and the footer."""
    name = f"{CHANNEL}/{number}" if name is None else name
    said = at(number).isoformat() if time is None else time
    shown = f'<time datetime="{said}" class="time">10:00</time>' if said else ""
    block = f"""
      <div class="tgme_widget_message text_not_supported_wrap {classes} js-widget_message"
        data-post="{name}" data-view="eyJ0IjoxfQ">
        <div class="tgme_widget_message_user"><a href="https://t.me/{CHANNEL}"><i><img src="https://cdn4.telesco.pe/f/me.jpg"></i></a></div>
        <div class="tgme_widget_message_bubble"><svg><g><path d="M8,1"></path></g></svg>
          <div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name"><span>Пробний канал</span></a></div>
          {inner}
          <div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">
            <span class="tgme_widget_message_views">{views}</span><span class="copyonly"> views</span>
            <span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/{CHANNEL}/{number}">{shown}</a></span>
          </div></div>
        </div>
      </div>"""
    return f'<div class="tgme_widget_message_wrap js-widget_message_wrap">{block}</div>' if wrapped else block


def channel(*posts: str, older: int | None = None) -> str:
    """A channel's page; `older` is the id that the link to the older page names."""
    link = f'<a href="/s/{CHANNEL}?before={older}" class="tme_messages_more js-messages_more" data-before="{older}"></a>'
    return f"""<!DOCTYPE html><html><head><title>Пробний</title><link rel="canonical" href="/s/{CHANNEL}?before=99"></head>
      <body><div class="tgme_channel_info"><div class="tgme_channel_info_counter"><span class="counter_value">1</span></div></div>
      <main class="tgme_main"><section class="tgme_channel_history">{link if older else ""}{"".join(posts)}</section></main>
      </body></html>"""


def card(extra: str = "", *, title: str = "<div class='tgme_page_title'>Хтось</div>", action: str = "View in Telegram") -> str:
    return f"""<html><body><div class="tgme_page">{title}<div class="tgme_page_extra">{extra}</div>
      <div class="tgme_page_action"><a class="tgme_action_button_new">{action}</a></div></div></body></html>"""


def items(html: str) -> list[Article | Rejected]:
    return list(telegram.parse(QUIET, as_page(html), ASKED))


def article(inner: str, **given: str) -> Article:
    (only,) = items(channel(post(7, inner, **given)))
    assert isinstance(only, Article), only
    return only


def rejected(html: str) -> Rejected:
    (only,) = items(html)
    assert isinstance(only, Rejected), only
    return only


def lines(inner: str) -> list[str]:
    return [block.text for block in article(inner).body]


def medium(inner: str) -> Media:
    (only,) = article(inner).media
    return only


# ------------------------------------------------------------------------------------------------------------------ text


def test_a_post_has_the_identity_and_the_time_of_its_channel() -> None:
    found = article(text("Перша звістка"))
    assert (found.source, found.feed) == ("telegram", "test_kanal")
    assert (found.external_id, found.url) == ("Test_Kanal/7", "https://t.me/Test_Kanal/7")
    assert (found.published_at, found.time_origin) == (at(7), TimeOrigin.POST)
    assert found.title is None
    assert found.lead is None


def test_only_br_breaks_a_line_and_blank_lines_are_kept() -> None:
    assert lines(text("Рядок <b>жир</b>ний, <i>кур</i>сив<br/><br>другий\n   рядок<br/>третій")) == [
        "Рядок жирний, курсив",
        "",
        "другий рядок",
        "третій",
    ]


def test_blank_lines_stand_between_lines_only_and_one_at_a_time() -> None:
    assert lines(text("<br/>А<br/><br/><br/> \u00a0 <br/>Б<br/><br/>")) == ["А", "", "Б"]


def test_emoji_are_their_glyphs_joined_ones_too() -> None:
    premium = '<tg-emoji emoji-id="1"><i class="emoji" style="x"><b>🤦‍♂️</b></i></tg-emoji>'
    assert lines(text(f'{premium} Тривога <i class="emoji"><b>🔴</b></i>!')) == ["🤦‍♂️ Тривога 🔴!"]


def test_entities_and_no_break_spaces_become_plain_text() -> None:
    assert lines(text("5&nbsp;&#036; &amp; &quot;лапки&quot;&#33;")) == ['5 $ & "лапки"!']


def test_a_quote_is_lines_of_its_own_kind() -> None:
    found = article(text("Він сказав:<blockquote expandable>Перше.<br/>Друге.</blockquote>І пішов."))
    assert [(block.kind, block.text) for block in found.body] == [
        (BlockKind.PARAGRAPH, "Він сказав:"),
        (BlockKind.QUOTE, "Перше."),
        (BlockKind.QUOTE, "Друге."),
        (BlockKind.PARAGRAPH, "І пішов."),
    ]


def test_code_spoilers_and_strokes_keep_their_text() -> None:
    assert lines(text("<tg-spoiler>таємне</tg-spoiler> <s>ні</s> <code>код</code><pre>блок</pre>")) == ["таємне ні код", "блок"]


def test_text_nested_in_itself_is_read_once() -> None:
    assert lines(text(text("Підпис до альбому"))) == ["Підпис до альбому"]


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="tgme_widget_message_metatext js-message_reply_text">Чужі слова</div>',
        '<div class="tgme_widget_message_text js-message_text js-message_reply_text">Чужі <b>слова</b></div>',
        '<div class="tgme_widget_message_text js-message_text">Чужі слова</div>',
        # a link within a link: the parser takes the quote out of its anchor
        '<div class="tgme_widget_message_text js-message_reply_text">Чужі <a href="https://example.org/">слова</a> далі</div>',
    ],
)
def test_the_quote_of_a_reply_never_leaks_into_the_text(quote: str) -> None:
    answer = f'<a class="tgme_widget_message_reply" href="https://t.me/Inshyi_Kanal/41">{quote}</a>'
    found = article(answer + text("Наша відповідь"))
    assert found.text == "Наша відповідь"
    assert found.reply_to == "Inshyi_Kanal/41"
    assert found.links == ()


def test_an_author_or_a_preview_or_a_label_is_no_text() -> None:
    label = (
        '<div class="media_not_supported_cont"><div class="message_media_not_supported_label">Please open Telegram</div></div>'
    )
    preview = (
        '<a class="tgme_widget_message_link_preview" href="https://e.org/"><div class="link_preview_description">Опис</div></a>'
    )
    assert article(text("Слово") + label + preview).text == "Слово"


# ----------------------------------------------------------------------------------------------------------------- links


def test_links_are_told_apart_by_kind() -> None:
    found = article(
        text(
            'Див. <a href="https://example.org/a?b=1" onclick="x()">тут <b>і там</b></a>, '
            '<a href="https://t.me/drugyi">@drugyi</a>, '
            '<a href="?q=%23%D0%9A%D0%B8%D1%97%D0%B2">#Київ</a> <a href="?q=%23%D0%9A%D0%B8%D1%97%D0%B2">#Київ</a>'
        )
        + '<a class="tgme_widget_message_link_preview" href="https://example.org/a">'
        '<div class="link_preview_site_name">Сайт</div>'
        '<div class="link_preview_title">Заголовок картки</div></a>'
    )
    assert [(link.kind, link.text) for link in found.links] == [
        ("text", "тут і там"),
        ("mention", "@drugyi"),
        ("hashtag", "#Київ"),
        ("hashtag", "#Київ"),
        ("preview", "Заголовок картки"),
    ]
    assert found.links[0].url == "https://example.org/a?b=1"
    assert found.links[2].url == "https://t.me/s/Test_Kanal?q=%23%D0%9A%D0%B8%D1%97%D0%B2"
    assert found.tags == ("Київ",)


def test_a_preview_without_title_is_named_by_its_site() -> None:
    site = '<div class="link_preview_site_name">Сайт</div>'
    found = article(f'<a class="tgme_widget_message_link_preview" href="https://example.org/">{site}</a>')
    assert [link.text for link in found.links] == ["Сайт"]


@pytest.mark.parametrize("href", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "http://[::1", "vbscript:x"])
def test_what_is_no_address_is_no_link(href: str) -> None:
    assert article(text(f'Слово <a href="{href}">тут</a>')).links == ()


# ----------------------------------------------------------------------------------------------------------------- media


def test_a_post_of_media_alone_is_an_article_without_body() -> None:
    found = article(
        """<a class="tgme_widget_message_photo_wrap 52 12_46" style="width:8px;background-image:url('https://cdn4.telesco.pe/f/1.jpg')"></a>"""
    )
    assert found.body == ()
    assert found.media == (Media("photo", "https://cdn4.telesco.pe/f/1.jpg"),)


def test_an_album_is_one_article_with_all_members() -> None:
    one = """<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="https://t.me/Test_Kanal/7?single"
        style="left:0;background-image:url('https://cdn4.telesco.pe/f/1.jpg')"></a>"""
    two = """<a class="tgme_widget_message_video_player grouped_media_wrap" href="https://t.me/Test_Kanal/8?single">
        <video src="https://cdn4.telesco.pe/f/2.mp4"></video><time class="message_video_duration">1:02:03</time></a>"""
    found = article(f'<div class="tgme_widget_message_grouped_wrap">{one}{two}</div>' + text(text("Підпис")))
    assert [(media.kind, media.details["id"]) for media in found.media] == [("photo", 7), ("video", 8)]
    assert found.media[1].details["duration"] == 3723
    assert found.text == "Підпис"


def test_a_video_has_its_address_duration_and_thumbnail() -> None:
    found = medium(
        """<a class="tgme_widget_message_video_player"><i class="tgme_widget_message_video_thumb"
        style="background-image:url('https://cdn4.telesco.pe/f/t.jpg')"></i><video src="https://cdn4.telesco.pe/f/v.mp4"></video>
        <time class="message_video_duration">0:52</time></a>"""
    )
    assert (found.kind, found.url) == ("video", "https://cdn4.telesco.pe/f/v.mp4")
    assert found.details == {"duration": 52, "thumbnail": "https://cdn4.telesco.pe/f/t.jpg"}


def test_a_video_that_is_too_big_says_so_and_its_duration_is_not_the_posts_time() -> None:
    found = article(
        '<a class="tgme_widget_message_video_player not_supported"><time class="message_video_duration">9:59</time>'
        '<div class="message_media_not_supported_label">Media is too big</div></a>'
    )
    assert found.media == (Media("video_too_big", details={"duration": 599}),)
    assert found.published_at == at(7)


def test_a_poll_has_its_question_options_type_and_voters() -> None:
    def option(value: str, percent: str) -> str:
        return f"""<div class="tgme_widget_message_poll_option">
            <div class="tgme_widget_message_poll_option_percent">{percent}</div>
            <div class="tgme_widget_message_poll_option_text">{value}</div></div>"""

    found = medium(
        f"""<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Чи буде дощ?</div>
        <div class="tgme_widget_message_poll_type">Anonymous Poll</div>{option("Так", "61%")}{option("Ні", "?")}</div>
        <span class="tgme_widget_message_voters">1.2K</span>"""
    )
    assert (found.kind, found.title) == ("poll", "Чи буде дощ?")
    assert found.details == {
        "type": "Anonymous Poll",
        "voters": 1200,
        "options": [{"text": "Так", "percent": 61}, {"text": "Ні", "percent": None}],
    }


@pytest.mark.parametrize(
    ("icon", "extra", "expected"),
    [
        ("", "1.5 MB", Media("document", title="звіт.pdf", details={"size": "1.5 MB"})),
        ("audio", "Співачка", Media("audio", title="звіт.pdf", details={"performer": "Співачка"})),
        ("", "", Media("document", title="звіт.pdf")),
    ],
)
def test_a_file_has_its_name_and_what_stands_below(icon: str, extra: str, expected: Media) -> None:
    found = medium(
        f"""<a class="tgme_widget_message_document_wrap"><div class="tgme_widget_message_document_icon {icon}"></div>
        <div class="tgme_widget_message_document_title">звіт.pdf</div>
        <div class="tgme_widget_message_document_extra">{extra}</div></a>"""
    )
    assert found == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            """<a><audio class="tgme_widget_message_voice js-message_voice" src="https://cdn4.telesco.pe/f/a.ogg"></audio>
            <time class="tgme_widget_message_voice_duration">0:11</time></a>""",
            Media("voice", "https://cdn4.telesco.pe/f/a.ogg", details={"duration": 11}),
        ),
        (
            """<video class="tgme_widget_message_roundvideo" src="https://cdn4.telesco.pe/f/r.mp4"></video>
            <time class="tgme_widget_message_roundvideo_duration">0:05</time>""",
            Media("round_video", "https://cdn4.telesco.pe/f/r.mp4", details={"duration": 5}),
        ),
        (
            """<i class="tgme_widget_message_sticker" style="background-image:url('data:image/svg+xml;base64,AA')"
            data-webp="https://cdn4.telesco.pe/f/s.webp"></i>""",
            Media("sticker", "https://cdn4.telesco.pe/f/s.webp"),
        ),
        (
            '<picture class="tgme_widget_message_tgsticker"><source srcset="https://cdn4.telesco.pe/f/s.tgs"></picture>',
            Media("sticker", "https://cdn4.telesco.pe/f/s.tgs"),
        ),
        (
            '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=50.45,30.52&ll=50.45,30.52&z=16"></a>',
            Media(
                "location",
                "https://maps.google.com/maps?q=50.45,30.52&ll=50.45,30.52&z=16",
                details={"latitude": 50.45, "longitude": 30.52},
            ),
        ),
        (
            """<a class="tgme_widget_message_photo_wrap" style="background-image:url('data:image/png;base64,AA')"></a>""",
            Media("photo"),
        ),
    ],
)
def test_each_kind_of_media_is_read(html: str, expected: Media) -> None:
    assert medium(html) == expected


# --------------------------------------------------------------------------------------------------- what stands around it


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("3", 3),
        ("826K", 826_000),
        ("8.67M", 8_670_000),
        ("1.1B", 1_100_000_000),
        ("53.9K", 53_900),
        ("", None),
        ("багато", None),
        ("٣", None),
        ("9" * 5000, None),
        ("9999B", None),
        ("-5", None),
    ],
)
def test_views_are_counted_as_shown(shown: str, expected: int | None) -> None:
    assert article(text("Слово"), views=shown).views == expected


def test_reactions_are_counted_by_emoji_by_custom_id_and_as_paid() -> None:
    found = article(
        text("Слово") + '<div class="tgme_widget_message_reactions">'
        '<span class="tgme_reaction tgme_reaction_paid"><i class="icon"></i>2.49K</span>'
        '<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>1</span>'
        '<span class="tgme_reaction"><tg-emoji emoji-id="77"></tg-emoji>53.9K</span>'
        '<span class="tgme_reaction"><tg-emoji emoji-id="78"><i class="emoji"><b>👍</b></i></tg-emoji>4</span>'
        '<span class="tgme_reaction"><i class="emoji"><b>🔥</b></i>?</span></div>'
    )
    assert found.reactions == {"paid": 2490, "👍": 5, "77": 53900}


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ('<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/Inshyi_Kanal/12">Інший</a>', "Inshyi_Kanal/12"),
        ('<span class="tgme_widget_message_forwarded_from_name">Прихований</span>', "Прихований"),
        ('<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/some_person">Особа</a>', "Особа"),
        ('<a class="tgme_widget_message_forwarded_from_name" href="https://evil.example/t.me/Kanal/1">Лихий</a>', "Лихий"),
        ("", None),
    ],
)
def test_a_forward_names_its_origin(origin: str, expected: str | None) -> None:
    assert (
        article(f'<div class="tgme_widget_message_forwarded_from">Forwarded from {origin}</div>' + text("Слово")).forwarded_from
        == expected
    )


@pytest.mark.parametrize(
    ("meta", "edited", "authors"),
    [
        ("edited &nbsp;", True, ()),
        ('<span class="tgme_widget_message_from_author">Олена К.</span>,&nbsp;edited &nbsp;', True, ("Олена К.",)),
        ('<span class="tgme_widget_message_from_author">edited</span>,&nbsp;', False, ("edited",)),
        ("", False, ()),
    ],
)
def test_signature_and_edit_mark_are_told_apart(meta: str, edited: bool, authors: tuple[str, ...]) -> None:  # noqa: FBT001 a case
    found = article(text("Слово"), meta=meta)
    assert (found.edited, found.authors) == (edited, authors)


def test_the_time_of_the_fetch_changes_nothing() -> None:
    html = channel(post(7, text("Слово")))
    assert items(html) == items(html.replace("eyJ0IjoxfQ", "eyJ0Ijo5OX0"))


# -------------------------------------------------------------------------------------------------------------- rejections


def test_a_service_post_is_no_article() -> None:
    found = rejected(channel(post(1, text("Channel created"), classes="service_message", views="")))
    assert (found.outcome, found.url, found.detail) == (Outcome.SERVICE, "https://t.me/Test_Kanal/1", "Channel created")


def test_a_post_that_the_preview_cannot_show_is_unsupported() -> None:
    label = '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'
    found = rejected(channel(post(7, label)))
    assert (found.outcome, found.detail) == (Outcome.UNSUPPORTED, "Please open Telegram to view this post")


@pytest.mark.parametrize("inner", ["", text(""), text("<br/> &nbsp;<br/>"), text("<script>alert('слова')</script>")])
def test_a_post_of_nothing_has_no_text(inner: str) -> None:
    assert rejected(channel(post(7, inner))).outcome == Outcome.NO_TEXT


@pytest.mark.parametrize(
    "time",
    [
        "",
        "вчора",
        "2026-03-01T10:00:00",
        "2026-03-01",
        "1970-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+09:00",
        "9" * 400,
        "2126-03-01T10:00:00+00:00",
    ],
)
def test_a_post_without_a_usable_time_is_told_so(time: str) -> None:
    found = rejected(channel(post(7, text("Слово"), time=time)))
    assert (found.outcome, found.url) == (Outcome.NO_DATE, "https://t.me/Test_Kanal/7")


def test_a_time_of_another_zone_is_kept_in_utc() -> None:
    found = article(text("Слово"), time="2026-03-01T10:00:00+02:00")
    assert found.published_at.isoformat() == "2026-03-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("html", "outcome", "detail"),
    [
        (card("11 286 994 subscribers"), Outcome.PREVIEW_OFF, "channel"),
        (card("1 subscriber"), Outcome.PREVIEW_OFF, "channel"),
        (card("845 members"), Outcome.PREVIEW_OFF, "channel"),
        (card("97 957 members, 4 138 online"), Outcome.NO_CHANNEL, "group"),
        (card("@khtos_bot", action="Start Bot"), Outcome.NO_CHANNEL, "bot"),
        (card("8 122 955 monthly users"), Outcome.NO_CHANNEL, "bot"),
        (card("@khtos", action="Send Message"), Outcome.NO_CHANNEL, "user"),
        (card("", title="<i class='tgme_icon_user'></i>", action="Send Message"), Outcome.NO_CHANNEL, "free name"),
        ("<html><body><h1>Bad Gateway</h1></body></html>", Outcome.NOT_ARTICLE, "neither"),
        ("", Outcome.NOT_ARTICLE, "neither"),
    ],
)
def test_what_is_no_channel_is_rejected_once(html: str, outcome: Outcome, detail: str) -> None:
    found = rejected(html)
    assert found.outcome == outcome
    assert detail in found.detail
    assert found.url == ASKED.url


def test_a_channel_without_posts_yields_nothing() -> None:
    nothing = '<div class="tgme_widget_message_centered"><div class="tme_no_messages_found">No posts found</div></div>'
    assert items(channel(f'<div class="tgme_widget_message_wrap">{nothing}</div>')) == []


# ----------------------------------------------------------------------------------------------------------------- hostile


def test_a_post_without_data_post_is_known_by_the_link_of_its_date() -> None:
    (found,) = items(channel(post(9, text("Слово"), name="")))
    assert isinstance(found, Article)
    assert found.external_id == "Test_Kanal/9"


@pytest.mark.parametrize(
    "name",
    ["", "../etc/1", "Test_Kanal", "Test_Kanal/", "Test_Kanal/0", "Test_Kanal/7g", "a/1", "Канал/1", f"Test_Kanal/{2**31}"],
)
def test_a_post_that_does_not_say_which_it_is_is_an_error(name: str) -> None:
    html = post(9, text("Слово"), name=name).replace(f"https://t.me/{CHANNEL}/9", "https://t.me/")
    found = rejected(channel(html))
    assert (found.outcome, found.url) == (Outcome.ERROR, ASKED.url)


def test_a_post_of_another_channel_keeps_its_own_name() -> None:
    (found,) = items(channel(post(7, text("Слово"), name="Inshyi_Kanal/3")))
    assert isinstance(found, Article)
    assert (found.external_id, found.url, found.feed) == ("Inshyi_Kanal/3", "https://t.me/Inshyi_Kanal/3", "test_kanal")


def test_a_post_that_stands_twice_is_read_once() -> None:
    assert len(items(channel(post(7, text("Слово")), post(7, text("Слово ще раз")), post(8, text("Інше"))))) == 2


def test_one_bad_post_spoils_no_other() -> None:
    found = items(channel(post(1, text("Раз")), post(2, text("Два"), time="?"), post(3, "<div><b><i>"), post(4, text("Чотири"))))
    assert [item.outcome if isinstance(item, Rejected) else item.external_id for item in found][:2] == [
        "Test_Kanal/1",
        Outcome.NO_DATE,
    ]
    assert "Test_Kanal/4" in [item.external_id for item in found if isinstance(item, Article)]


def test_a_script_in_the_text_is_not_read() -> None:
    assert lines(text("До<script>alert('слова')</script><style>b{}</style> після")) == ["До після"]


def test_tags_nested_by_the_thousand_are_read() -> None:
    assert lines(text("<b>" * 5000 + "Глибоко" + "</b>" * 5000)) == ["Глибоко"]


def test_a_cut_page_gives_what_came() -> None:
    html = channel(post(1, text("Раз")), post(2, text("Два")))
    cut = html[: html.index("Два") + 1]
    found = items(cut)
    assert isinstance(found[0], Article)
    assert [item.outcome for item in found if isinstance(item, Rejected)] == [Outcome.NO_DATE]


def test_bytes_that_are_no_utf_8_harm_nothing() -> None:
    body = channel(post(7, text("Слово"))).encode().replace("Слово".encode(), b"\xd0\xff\x00\xfe!")
    (found,) = telegram.parse(QUIET, replace(as_page(""), body=body), ASKED)
    assert isinstance(found, Article)
    assert found.text.endswith("!")


# ---------------------------------------------------------------------------------------------------------------- walking


class Site:
    """A channel served from memory, one post an hour, as t.me serves it: 20 ids a page, `?before=`."""

    def __init__(self, ids: list[int], *, size: int = 20, pages: dict[str, str | Failed] | None = None) -> None:
        self.ids, self.size, self.pages = ids, size, pages or {}
        self.asked: list[str] = []

    def __call__(self, url: str) -> Page | Failed:
        self.asked.append(url)
        answer = self.pages.get(url)
        if isinstance(answer, Failed):
            return answer
        return as_page(answer or self.render(url), url)

    def render(self, url: str) -> str:
        before = int(url.partition("?before=")[2] or 2**31)
        shown = [number for number in self.ids if number < before][-self.size :]
        older = shown[0] if shown and shown[0] > min(self.ids) else None
        return channel(*(post(number, text(f"Звістка {number}")) for number in shown), older=older)


def window(first: int, last: int = 10_000) -> Window:
    return Window(at(first), at(last))


def walk(
    fetch: Callable[[str], Page | Failed], over: Window, known: Known | None = None, *, name: str = "test_kanal"
) -> tuple[list[Found], Reached]:
    found: list[Found] = []
    steps = telegram.discover(QUIET, Feed(name), over, fetch, known or Known())
    while True:
        try:
            found.append(next(steps))
        except StopIteration as end:
            return found, end.value


def numbers(found: Found) -> list[int]:
    return [int(announcement.url.rpartition("/")[2]) for announcement in found.announcements]


def test_a_walk_goes_back_until_the_window_is_covered() -> None:
    site = Site(list(range(1, 101)))
    found, reached = walk(site, window(55))
    assert [numbers(page)[0] for page in found] == [81, 61, 41]
    assert site.asked == [f"https://t.me/s/test_kanal{query}" for query in ("", "?before=81", "?before=61")]
    assert reached == Reached(back_to=at(41))


def test_a_page_announces_its_posts_and_holds_them() -> None:
    (page,), _ = walk(Site([1, 2]), window(1))
    assert page.contains_items
    assert page.announcements[0] == Announcement(
        source="telegram",
        feed="test_kanal",
        url="https://t.me/Test_Kanal/1",
        published_at=at(1),
        time_origin=TimeOrigin.POST,
        guid="Test_Kanal/1",
    )


def test_a_page_is_handed_over_before_the_next_is_asked_for() -> None:
    site = Site(list(range(1, 101)))
    steps = telegram.discover(QUIET, Feed("test_kanal"), window(1), site, Known())
    assert site.asked == []
    next(steps)
    assert len(site.asked) == 1


def test_a_post_at_the_very_start_of_the_window_is_not_yet_its_end() -> None:
    site = Site(list(range(1, 41)))
    walk(site, window(21))
    assert len(site.asked) == 2


def test_a_walk_stops_where_an_earlier_one_is_met() -> None:
    site = Site(list(range(1, 201)))
    _, reached = walk(site, window(2), Known(until_id=170))
    assert len(site.asked) == 2
    assert reached.back_to == at(2)


def test_a_channel_that_begins_inside_the_window_covers_it_whole() -> None:
    found, reached = walk(Site(list(range(1, 31))), Window(at(1) - timedelta(days=9), at(50)))
    assert len(found) == 2
    assert reached == Reached(back_to=at(1) - timedelta(days=9))


def test_a_walk_to_a_past_window_begins_where_it_is_told() -> None:
    site = Site(list(range(1, 201)))
    found, reached = walk(site, window(55, 60), Known(before_id=62))
    assert site.asked == ["https://t.me/s/test_kanal?before=62"]
    assert numbers(found[0]) == list(range(42, 62))
    assert reached.back_to == at(42)


def test_a_page_that_does_not_move_backwards_ends_the_walk() -> None:
    newest = channel(*(post(number, text("Слово")) for number in range(81, 101)), older=81)
    site = Site(list(range(1, 101)), pages={"https://t.me/s/test_kanal?before=81": newest})
    found, reached = walk(site, window(1))
    assert len(found) == 2
    assert reached.back_to == at(81)
    assert reached.failure is None
    assert "nothing older" in reached.notes[0]


def test_a_failure_half_way_keeps_what_was_reached() -> None:
    refused = Failed("https://t.me/s/test_kanal?before=81", Outcome.THROTTLED, "429")
    found, reached = walk(Site(list(range(1, 101)), pages={refused.url: refused}), window(1))
    assert len(found) == 1
    assert reached == Reached(back_to=at(81), failure=refused)


def test_a_failure_at_once_reaches_nothing() -> None:
    refused = Failed("https://t.me/s/test_kanal", Outcome.UNREACHABLE, "no route")
    assert walk(Site([1], pages={refused.url: refused}), window(1)) == ([], Reached(None, refused))


def test_deleted_posts_are_noted_and_album_members_are_not() -> None:
    single = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/Test_Kanal/{}?single"></a>'
    album = post(516, single.format(516) + single.format(517))
    html = channel(
        *(post(number, text("Слово")) for number in (513, 514)), album, post(519, text("Слово")), post(520, text("Слово"))
    )
    _, reached = walk(Site([513], pages={"https://t.me/s/test_kanal": html}), window(1))
    assert reached.notes == ("2 ids missing between 513 and 520: 515, 518",)


def test_gaps_are_found_across_pages() -> None:
    _, reached = walk(Site([number for number in range(1, 45) if number != 24]), window(1))
    assert reached.notes == ("1 id missing between 1 and 44: 24",)


def test_a_gap_of_millions_is_counted_and_not_spelled_out() -> None:
    html = channel(*(post(number, text("Слово"), time=START.isoformat()) for number in (5, 2_000_000_000)))
    _, reached = walk(Site([5], pages={"https://t.me/s/test_kanal": html}), window(1))
    (note,) = reached.notes
    assert note.startswith("1999999994 ids missing between 5 and 2000000000: 6, 7, 8")
    assert note.endswith(", 25, …")


def test_no_posts_means_unknown() -> None:
    site = Site([1], pages={"https://t.me/s/test_kanal": channel()})
    found, reached = walk(site, window(1))
    assert [page.announcements for page in found] == [()]
    assert reached == Reached(None, notes=("no posts shown",))


def test_no_posts_half_way_leaves_the_window_open() -> None:
    _, reached = walk(Site(list(range(1, 101)), pages={"https://t.me/s/test_kanal?before=81": channel()}), window(1))
    assert reached == Reached(at(81), notes=("no posts shown before 81",))


def test_posts_without_times_do_not_lead_a_walk_to_the_first_post() -> None:
    site = Site([], pages={"https://t.me/s/test_kanal": channel(post(900, text("Слово"), time="?"), older=900)})
    found, reached = walk(site, window(1))
    assert found[0].announcements[0].published_at is None
    assert found[0].announcements[0].time_origin is None
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.NO_DATE
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        (card("@khtos"), Outcome.NO_CHANNEL),
        (card("5 subscribers"), Outcome.PREVIEW_OFF),
        ("<p>Обслуговування</p>", Outcome.NOT_ARTICLE),
    ],
)
def test_a_hidden_channel_is_told_by_its_card_when_the_canary_sings(html: str, outcome: Outcome) -> None:
    site = Site([1], pages={"https://t.me/s/test_kanal": html})
    found, reached = walk(site, window(1))
    assert [(page.announcements, page.contains_items) for page in found] == [((), False)]
    assert reached.back_to is None
    assert reached.failure is not None
    assert reached.failure.outcome == outcome
    assert reached.failure.page == found[0].page


def test_a_card_half_way_keeps_what_was_reached() -> None:
    site = Site(list(range(1, 101)), pages={"https://t.me/s/test_kanal?before=81": card("@khtos")})
    found, reached = walk(site, window(1))
    assert [len(page.announcements) for page in found] == [20, 0]
    assert reached.back_to == at(81)
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.NO_CHANNEL


def test_a_hidden_canary_means_that_we_are_refused() -> None:
    site = Site([1], pages={"https://t.me/s/test_kanal": card("@khtos"), "https://t.me/s/durov": card("9 subscribers")})
    _, reached = walk(site, window(1))
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.SOFT_BAN
    assert reached.failure.url == "https://t.me/s/test_kanal"


def test_a_canary_that_cannot_be_asked_proves_nothing() -> None:
    down = Failed("https://t.me/s/durov", Outcome.UNREACHABLE, "no route")
    _, reached = walk(Site([1], pages={"https://t.me/s/test_kanal": card("@khtos"), down.url: down}), window(1))
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.NO_CHANNEL


def test_the_canary_is_not_its_own_witness() -> None:
    site = Site([1], pages={"https://t.me/s/Durov": card("9 subscribers")})
    _, reached = walk(site, window(1), name="Durov")
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.PREVIEW_OFF
    assert site.asked == ["https://t.me/s/Durov"]


@pytest.mark.parametrize("name", ["", "abc", "1kanal", "ka-nal", "kanal/../x", "канал", "kanal\n", "k" * 33, "@kanal"])
def test_what_is_no_name_of_a_channel_is_never_asked_for(name: str) -> None:
    site = Site([1])
    found, reached = walk(site, window(1), name=name)
    assert (found, site.asked, reached.back_to) == ([], [], None)
    assert reached.failure is not None
    assert reached.failure.outcome == Outcome.NO_CHANNEL


# --------------------------------------------------------------------------------------------------------------- revisits


@pytest.mark.parametrize(
    ("ids", "befores"),
    [
        ([], []),
        ([7], [8]),
        (list(range(1, 21)), [21]),
        (list(range(1, 22)), [22, 2]),
        ([500, 100, 481, 480, 500], [501, 481, 101]),
    ],
)
def test_revisits_take_as_few_pages_as_surely_suffice(ids: list[int], befores: list[int]) -> None:
    pages = telegram.visits(Feed("Test_Kanal"), [f"https://t.me/Test_Kanal/{number}" for number in ids])
    assert list(pages) == [f"https://t.me/s/Test_Kanal?before={before}" for before in befores]


def test_revisited_pages_show_every_post_asked_for() -> None:
    site = Site([number for number in range(1, 300) if number % 3])
    wanted = {f"https://t.me/Test_Kanal/{number}" for number in (4, 5, 23, 100, 119, 121, 298)}
    pages = telegram.visits(Feed("Test_Kanal"), wanted)
    assert {url for expected in pages.values() for url in expected} == wanted
    for url, expected in pages.items():
        page = site(url)
        assert isinstance(page, Page)
        assert set(expected) <= {item.url for item in telegram.parse(QUIET, page, ASKED)}


# ----------------------------------------------------------------------------------------------------------------- source


def test_every_channel_of_the_source_has_a_name_that_can_be_asked_for() -> None:
    site = Site([])
    for feed in SOURCE.feeds:
        assert walk(site, window(1), name=feed.name)[1].failure is None
    assert len(site.asked) == len(SOURCE.feeds) == 13


def test_any_other_channel_may_be_asked_for_by_name() -> None:
    assert SOURCE.feed("durov") == Feed("durov")
    assert SOURCE.feed("DEEPSTATEUA").name == "DeepStateUA"


# --------------------------------------------------------------------------------------------------------------- real pages


def real(name: str) -> Page:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"no real page at {path}")
    return replace(as_page(""), body=path.read_bytes())


def real_items(name: str) -> list[Article | Rejected]:
    return list(telegram.parse(QUIET, real(name), ASKED))


def real_article(name: str) -> Article:
    (only,) = real_items(f"posts/{name}.html")
    assert isinstance(only, Article), only
    return only


def test_the_real_channel_page_gives_its_twenty_posts() -> None:
    found = [item for item in real_items("durov_2026-08.html") if isinstance(item, Article)]
    assert [item.external_id for item in found] == [f"durov/{number}" for number in range(519, 540) if number != 530]
    assert (found[0].views, found[-1].views) == (8_670_000, 826_000)
    assert [item.external_id for item in found if item.edited] == [f"durov/{number}" for number in (521, 527, 535, 538)]
    assert {item.authors for item in found} == {("Pavel Durov",)}
    assert found[1].published_at == datetime(2026, 5, 23, 13, 26, 7, tzinfo=UTC)
    assert found[1].reactions["paid"] == 6740


def test_the_real_channel_page_gives_texts_media_and_links() -> None:
    found = {item.external_id: item for item in real_items("durov_2026-08.html") if isinstance(item, Article)}
    assert [name for name, item in found.items() if not item.body] == ["durov/522"]
    assert [media.kind for media in found["durov/522"].media] == ["photo"]
    assert [name for name, item in found.items() if [media.kind for media in item.media] == ["video"]] == [
        f"durov/{number}" for number in (519, 523, 524, 526, 531, 532)
    ]
    assert found["durov/519"].media[0].details["duration"] == 9
    assert [len(found[f"durov/{number}"].body) for number in (519, 520, 523)] == [5, 7, 1]
    assert found["durov/519"].text.startswith("🤖 ")
    assert [link.kind for link in found["durov/521"].links] == ["text", "text", "preview"]
    assert [link.kind for link in found["durov/527"].links] == ["text", "text", "mention"]
    assert not any(
        "Telegram to view" in item.text or "VIEW IN" in item.text or "not supported" in item.text for item in found.values()
    )


def test_the_real_channel_is_walked_by_its_own_links() -> None:
    page = real("durov_2026-08.html")
    site = Site(
        [], pages={"https://t.me/s/durov?before=519": Failed("https://t.me/s/durov?before=519", Outcome.THROTTLED, "429")}
    )

    def fetch(url: str) -> Page | Failed:
        return page if url == "https://t.me/s/durov" else site(url)

    found, reached = walk(fetch, Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)), name="durov")
    assert site.asked == ["https://t.me/s/durov?before=519"]
    assert len(found[0].announcements) == 20
    assert reached.back_to == datetime(2026, 5, 20, 15, 38, 10, tzinfo=UTC)
    assert reached.notes == ("1 id missing between 519 and 539: 530",)


def test_the_real_small_channel_fits_one_page() -> None:
    page = real("prstnk_2026-05.html")
    over = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
    found, reached = walk(lambda _: page, over, name="prstnk_eprst")
    assert len(found) == 1
    assert reached == Reached(over.start)
    service, photo = telegram.parse(QUIET, page, ASKED)
    assert isinstance(service, Rejected)
    assert service.outcome == Outcome.SERVICE
    assert isinstance(photo, Article)
    assert (len(photo.body), len(photo.tags), [media.kind for media in photo.media]) == (3, 1, ["photo"])


@pytest.mark.parametrize(
    ("name", "outcome", "detail"),
    [
        ("landing_bot_2026-08", Outcome.NO_CHANNEL, "bot"),
        ("landing_channel_2026-08", Outcome.PREVIEW_OFF, "channel"),
        ("landing_free_2026-08", Outcome.NO_CHANNEL, "free name"),
        ("landing_group_2026-08", Outcome.NO_CHANNEL, "group"),
        ("landing_user_2026-08", Outcome.NO_CHANNEL, "user"),
    ],
)
def test_a_real_landing_card_says_who_holds_the_name(name: str, outcome: Outcome, detail: str) -> None:
    (found,) = real_items(f"{name}.html")
    assert isinstance(found, Rejected)
    assert found.outcome == outcome
    assert detail in found.detail


@pytest.mark.parametrize(
    ("name", "lines_of_text", "kinds"),
    [
        ("audio_document", 1, ["audio"]),
        ("emoji_message", 1, []),
        ("location_message", 0, ["location"]),
        ("photo_multiple", 1, ["photo", "photo"]),
        ("photo_single", 1, ["photo"]),
        ("round_video_single", 0, ["round_video"]),
        ("service_message_channel_video_changed", 1, []),  # in spite of its name: it has views and no mark of a service post
        ("sticker_message", 0, ["sticker"]),
        ("text_message_link_no_preview", 3, []),
        ("text_message_link_with_regular_preview", 1, []),
        ("text_message_multiline", 5, []),
        ("text_message_signed_not_edited", 1, []),
        ("unsigned_text_message", 1, []),
        ("video_big", 1, ["video_too_big"]),
        ("video_single", 1, ["video"]),
    ],
)
def test_a_real_post_gives_what_its_name_says(name: str, lines_of_text: int, kinds: list[str]) -> None:
    found = real_article(name)
    assert len(found.body) == lines_of_text
    assert [media.kind for media in found.media] == kinds
    assert all(media.url or media.kind in {"audio", "video_too_big"} for media in found.media)


@pytest.mark.parametrize("name", ["channel_created", "channel_photo_updated", "pinned"])
def test_a_real_service_post_is_no_article(name: str) -> None:
    (found,) = real_items(f"posts/service_message_{name}.html")
    assert isinstance(found, Rejected)
    assert found.outcome == Outcome.SERVICE


@pytest.mark.parametrize("name", ["channel_info", "no_posts_found"])
def test_a_real_page_without_posts_yields_nothing(name: str) -> None:
    assert real_items(f"posts/{name}.html") == []


def test_the_real_posts_carry_their_particulars() -> None:
    assert real_article("emoji_message").text == "👍"
    assert [media.details["id"] for media in real_article("photo_multiple").media] == [14, 15]
    assert real_article("video_big").media[0].details["duration"] == 52
    assert real_article("video_big").views == 436_600
    assert real_article("text_message_link_no_preview").edited
    signed = real_article("text_message_signed_not_edited")
    assert (len(signed.authors), signed.edited) == (1, False)
    assert real_article("unsigned_text_message").authors == ()
    assert [link.kind for link in real_article("text_message_link_with_regular_preview").links] == ["text", "preview"]
    assert real_article("location_message").media[0].details["latitude"] == pytest.approx(-23.93, abs=0.01)
    assert real_article("audio_document").media[0].title


def test_every_real_post_is_covered_here() -> None:
    if not REAL.exists():
        pytest.skip(f"no real pages at {REAL}")
    this = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in (REAL / "posts").glob("*.html") if path.stem.removeprefix("service_message_") not in this] == []
