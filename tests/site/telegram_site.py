"""t.me: the web preview of channels, and the landing cards of everything else."""
# ruff: noqa: E501 - the lines of markup are as long as Telegram writes them

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from tests.site.content import Channel, Post, channels
from tests.site.reply import Question, Reply, page, redirect

PAGE_SIZE = 20
"""Existing ids a page, album members counted each."""

CLOSED, USER, BOT, GROUP = "nw_sample_closed", "nw_sample_user", "nw_sample_bot", "nw_sample_group"
"""Names that have a landing card of their own kind; every other unknown name is free."""

CDN = "https://cdn4.telesco.pe/file/"
_GLYPH = "(?:[\U0001f1e6-\U0001f1ff]{2}|[\u231a-\u23ff\u2600-\u27bf\u2b50\U0001f300-\U0001f9ff])\ufe0f?"
EMOJI = re.compile(f"{_GLYPH}(?:\u200d{_GLYPH})*")
ADDRESS = re.compile(r"https?://[^\s<]+")
HASHTAG = re.compile(r"(?<![\w&/#])#(\w+)")
MENTION = re.compile(r"(?<![\w/])@(\w{4,})")
ENTITIES = {"!": "&#33;", "$": "&#036;", "'": "&#39;", '"': "&quot;"}
"""What Telegram writes as entities without need."""
CONFIRM = """onclick="return confirm('Open this link?\\n\\n'+this.href);\""""
TAG = re.compile(r"<[^>]+>")


def respond(question: Question, *, soft_ban: bool) -> Reply:
    """Answer a request to t.me; under a soft ban every channel hides behind its landing card."""
    parts = question.path.strip("/").split("/")
    if parts == ["robots.txt"] or not parts[0]:
        return page("<html><body>Not Found</body></html>", 404)
    if parts[0] != "s" or len(parts) < 2:
        return page(_landing(parts[0]))
    channel = channels().get(parts[1].lower())
    if channel is None or soft_ban:
        return redirect(f"https://t.me/{parts[1]}")
    return page(_preview(channel, question))


def visible(channel: Channel, now: datetime) -> list[Post]:
    """Return the posts that a channel has by now, oldest first."""
    return [post for post in channel.posts if post.at <= now]


def shown(posts: list[Post], query: dict[str, str]) -> list[Post]:
    """Return the posts on one page: the newest below `before`, the oldest above `after`, or the newest at all."""
    if query.get("after", "").isdigit():
        return _page_of([post for post in posts if post.id > int(query["after"])])
    before = int(query["before"]) if query.get("before", "").isdigit() else None
    older = [post for post in posts if before is None or post.id < before]
    return _page_of((older or posts)[::-1])[::-1]


def _page_of(posts: list[Post]) -> list[Post]:
    taken: list[Post] = []
    for post in posts:
        if taken and sum(len(one.ids) for one in taken) + len(post.ids) > PAGE_SIZE:
            break
        taken.append(post)
    return taken


def short_count(count: int) -> str:
    """Return a count as Telegram shows it: 999, 53.9K, 826K, 8.67M."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= size:
            digits = max(0, 3 - len(str(count // size)))
            cut = int(count / size * 10**digits) / 10**digits
            return f"{cut:.{digits}f}".rstrip("0").rstrip(".") + letter if digits else f"{cut:.0f}{letter}"
    return str(count)


# Text


def entities(text: str) -> str:
    """Return a post's text as the preview writes it: breaks, emoji, links, hashtags, mentions, numeric entities."""
    pieces = re.split(r"(<[^>]+>)", text)
    html = "".join(_tag(piece) if piece.startswith("<") else _characters(piece) for piece in pieces)
    return html.replace("\n", "<br/>")


def _tag(tag: str) -> str:
    if not tag.startswith("<a "):
        return tag
    return tag.replace(">", f' target="_blank" rel="noopener" {CONFIRM}>')


def _characters(text: str) -> str:
    html = escape(text, quote=False)
    for character, entity in ENTITIES.items():
        html = html.replace(character, entity)
    html = ADDRESS.sub(lambda match: f'{_tag(f"""<a href="{match.group()}">""")}{match.group()}</a>', html)
    html = HASHTAG.sub(lambda match: f'<a href="?q=%23{quote(match[1])}">#{match[1]}</a>', html)
    html = MENTION.sub(r'<a href="https://t.me/\1" target="_blank">@\1</a>', html)
    return EMOJI.sub(lambda match: _emoji(match.group()), html)


def _emoji(glyph: str) -> str:
    code = glyph.rstrip("\ufe0f").encode().hex().upper()
    return f"""<i class="emoji" style="background-image:url('//telegram.org/img/emoji/40/{code}.png')"><b>{glyph}</b></i>"""


# Posts


def _message(post: Post, channel: Channel, now: datetime) -> str:
    kinds = {"service": "service_message", "round_video": "roundvideo_media no_bubble", "sticker": "sticker_media no_bubble"}
    view = base64.urlsafe_b64encode(json.dumps({"c": -1, "p": post.id, "t": int(now.timestamp())}).encode()).decode().rstrip("=")
    css = " ".join(
        filter(None, ("tgme_widget_message text_not_supported_wrap", kinds.get(post.kind), "user-color-12 js-widget_message"))
    )
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="{css}" data-post="{post.name}" data-view="{view}">\n'
        f'  <div class="tgme_widget_message_user"><a href="https://t.me/{channel.name}"><i class="tgme_widget_message_user_photo bgcolor2" '
        f'data-content="N"><img src="{CDN}avatar.jpg"></i></a></div>\n  <div class="tgme_widget_message_bubble">\n{_author(channel)}\n'
        f"{_forward(post)}{_reply(post, channel)}{_content(post, channel, now)}{_preview_card(post)}{_reactions(post, now)}"
        f"{_footer(post, now)}\n  </div>\n</div></div>"
    )


def _author(channel: Channel) -> str:
    name = f'<a class="tgme_widget_message_owner_name" href="https://t.me/{channel.name}"><span dir="auto">{channel.title}</span></a>'
    return f'    <div class="tgme_widget_message_author accent_color">{name}</div>'


def _forward(post: Post) -> str:
    if not post.forward:
        return ""
    name, style = f'<span dir="auto">{escape(post.forward["name"])}</span>', "tgme_widget_message_forwarded_from_name"
    hidden = f'<span class="{style}">{name}</span>'
    origin = f'<a class="{style}" href="{post.forward["url"]}">{name}</a>' if "url" in post.forward else hidden
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{origin}</div>\n'


def _reply(post: Post, channel: Channel) -> str:
    if post.reply is None:
        return ""
    quoted = next((TAG.sub("", other.text).split("\n")[0] for other in channel.posts if other.id == post.reply), "")
    style = "tgme_widget_message_text" if post.reply_shape == "2026" else "tgme_widget_message_metatext"
    return (
        f'<a class="tgme_widget_message_reply user-color-12" href="https://t.me/{channel.name}/{post.reply}">\n'
        f'<div class="tgme_widget_message_author accent_color"><span class="tgme_widget_message_author_name" dir="auto">{channel.title}</span>'
        f'</div>\n<div class="{style} js-message_reply_text" dir="auto">{entities(quoted)}</div>\n</a>\n'
    )


def _content(post: Post, channel: Channel, now: datetime) -> str:
    media = _MEDIA[post.kind](post, channel) if post.kind in _MEDIA else ""
    text = _text(post, now)
    if not post.open_in_app:
        return media + text
    return (
        f'<div class="media_supported_cont">{media}{text}</div><div class="media_not_supported_cont">{_open_label(post)}</div>\n'
    )


def _text(post: Post, now: datetime) -> str:
    if not post.text_at(now):
        return ""
    node = '<div class="tgme_widget_message_text js-message_text" dir="auto">'
    html = f"{node}{_service_text(post) if post.kind == 'service' else entities(post.text_at(now))}</div>\n"
    return f"{node}{html}</div>" if post.kind == "album" else html


def _service_text(post: Post) -> str:
    strong = '«<span class="tgme_widget_service_strong_text" dir="auto">'
    return entities(post.text).replace("«", strong).replace("»", "</span>»")


def _open_label(post: Post, label: str = "Please open Telegram to view this post") -> str:
    return (
        '<div class="message_media_not_supported_wrap">\n  <div class="message_media_not_supported">\n'
        f'    <div class="message_media_not_supported_label">{label}</div>\n'
        f'    <a href="{post.url}" class="message_media_view_in_telegram">VIEW IN TELEGRAM</a>\n  </div>\n</div>'
    )


def _picture(post: Post, item: int) -> str:
    return f"background-image:url('{CDN}{post.channel}-{item}.jpg')"


def _photo(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    return (
        f'<a class="tgme_widget_message_photo_wrap 5256230412378382138 1223811510_460005178" href="{post.url}" '
        f'style="width:800px;{_picture(post, post.id)}">\n  <div class="tgme_widget_message_photo" style="padding-top:62.5%"></div>\n</a>\n'
    )


def _album(post: Post, channel: Channel) -> str:
    items = "".join(
        f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap blured js-message_photo" style="left:0px;width:288px;'
        f'{_picture(post, item)}" data-ratio="1.33" href="https://t.me/{channel.name}/{item}?single"></a>'
        for item in post.ids
    )
    return (
        '<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap" data-margin-w="2" style="width:453px;">'
        '<div class="tgme_widget_message_grouped js-message_grouped"><div class="tgme_widget_message_grouped_layer">'
        f"{items}</div></div></div>\n"
    )


def _video(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    source = f'src="{CDN}{post.channel}-{post.id}.mp4?token=sample"'
    return (
        f'<a class="tgme_widget_message_video_player blured js-message_video_player" href="{post.url}">'
        f'<i class="tgme_widget_message_video_thumb" style="{_picture(post, post.id)}"></i>\n'
        f'<video {source} class="tgme_widget_message_video blured js-message_video_blured" muted></video>\n'
        f'<div class="tgme_widget_message_video_wrap" style="width:720px"><video {source} class="tgme_widget_message_video"></video></div>\n'
        f'<time class="message_video_duration js-message_video_duration">{post.media["duration"]}</time>\n'
        '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported"><div class="message_media_not_supported_label">'
        'This media is not supported in your browser</div><span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div></a>\n'
    )


def _video_too_big(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    return (
        f'<a class="tgme_widget_message_video_player not_supported js-message_video_player" href="{post.url}">'
        f'<i class="tgme_widget_message_video_thumb" style="{_picture(post, post.id)}"></i>\n'
        f'<time class="message_video_duration js-message_video_duration">{post.media["duration"]}</time>\n'
        '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported"><div class="message_media_not_supported_label">'
        'Media is too big</div><span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div></a>\n'
    )


def _voice(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    return (
        f'<a class="tgme_widget_message_voice_player js-message_voice_player" href="{post.url}">'
        f'<audio class="tgme_widget_message_voice js-message_voice" src="{CDN}{post.channel}-{post.id}.ogg?token=sample"></audio>'
        f'<time class="tgme_widget_message_voice_duration js-message_voice_duration">{post.media["duration"]}</time></a>\n'
    )


def _round_video(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    return (
        '<div class="tgme_widget_message_roundvideo_player js-message_roundvideo_player"><div class="tgme_widget_message_roundvideo_wrap">'
        f'<i class="tgme_widget_message_roundvideo_thumb" style="{_picture(post, post.id)}"></i>'
        f'<video class="tgme_widget_message_roundvideo js-message_roundvideo" src="{CDN}{post.channel}-{post.id}.mp4?token=sample"></video></div>'
        '<div class="message_media_not_supported_wrap js-message_roundvideo_not_supported"><div class="message_media_not_supported">'
        '<div class="message_media_not_supported_label">This media is not supported in your browser</div></div></div>'
        f'<time class="tgme_widget_message_roundvideo_duration js-message_roundvideo_duration">{post.media["duration"]}</time></div>\n'
    )


def _document(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    style = "audio" if post.kind == "audio" else ""
    return (
        f'<a class="tgme_widget_message_document_wrap" href="{post.url}">\n'
        f'<div class="tgme_widget_message_document_icon accent_bg {style}"></div>\n<div class="tgme_widget_message_document">\n'
        f'<div class="tgme_widget_message_document_title accent_color" dir="auto">{escape(post.media["title"])}</div>\n'
        f'<div class="tgme_widget_message_document_extra" dir="auto">{escape(post.media["extra"])}</div>\n</div>\n</a>\n'
    )


def _sticker(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    source = f"{CDN}{post.channel}-{post.id}.webp"
    return (
        '<div class="message_media_not_supported_wrap media_not_supported_cont"><div class="message_media_not_supported">'
        '<div class="message_media_not_supported_label">This media is not supported in your browser</div></div></div>\n'
        '<div class="tgme_widget_message_sticker_wrap media_supported_cont"><i class="tgme_widget_message_sticker js-sticker_image" '
        f'style="background-image:url(\'data:image/svg+xml;base64,PHN2Zy8+\')" data-webp="{source}">'
        '<div style="padding-top:63.28125%"></div></i></div>\n'
    )


def _location(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    spot = f"{post.media['latitude']},{post.media['longitude']}"
    return (
        f'<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q={spot}&ll={spot}&z=16">'
        '<div class="tgme_widget_message_location"></div></a>\n'
    )


def _poll(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    options = "".join(
        f'<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">{percent}%</div>'
        f'<div class="tgme_widget_message_poll_option_value"><div class="tgme_widget_message_poll_option_text">{escape(text)}</div>'
        f'<div class="tgme_widget_message_poll_option_bar" style="width:{percent}%"></div></div></div>\n'
        for text, percent in post.poll["options"]
    )
    return (
        f'<div class="tgme_widget_message_poll js-poll">\n<div class="tgme_widget_message_poll_question">{entities(post.poll["question"])}</div>\n'
        f'<div class="tgme_widget_message_poll_type">{post.poll["type"]}</div>\n<div class="tgme_widget_message_poll_options">{options}</div></div>\n'
    )


def _unsupported(post: Post, channel: Channel) -> str:  # noqa: ARG001 - one signature for all media
    return _open_label(post) + "\n"


_MEDIA: dict[str, Callable[[Post, Channel], str]] = {
    "photo": _photo,
    "album": _album,
    "video": _video,
    "video_too_big": _video_too_big,
    "voice": _voice,
    "audio": _document,
    "document": _document,
    "round_video": _round_video,
    "sticker": _sticker,
    "location": _location,
    "poll": _poll,
    "unsupported": _unsupported,
}


def _preview_card(post: Post) -> str:
    if not post.preview:
        return ""
    card = post.preview
    picture = f"background-image:url('{CDN}preview-{post.id}.jpg')"
    image = f'<i class="link_preview_{"right_" if card.get("image") == "right" else ""}image" style="{picture};padding-top:53.5%"></i>\n'
    return (
        f'<a class="tgme_widget_message_link_preview" href="{card["url"]}">\n'
        f'  <div class="link_preview_site_name accent_color" dir="auto">{escape(card["site"])}</div>\n  {image}'
        f'  <div class="link_preview_title" dir="auto">{escape(card["title"])}</div>\n'
        f'  <div class="link_preview_description" dir="auto">{entities(card["description"])}</div>\n</a>\n'
    )


def _reactions(post: Post, now: datetime) -> str:
    if not post.reactions:
        return ""
    items = "".join(_reaction(key, short_count(count)) for key, count in post.reactions_at(now).items())
    return f'<div class="tgme_widget_message_reactions js-message_reactions">{items}</div>'


def _reaction(key: str, count: str) -> str:
    if key == "paid":
        return f'<span class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>{count}</span>'
    glyph = f'<tg-emoji emoji-id="{key}"></tg-emoji>' if key.isdigit() else _emoji(key)
    return f'<span class="tgme_reaction">{glyph}{count}</span>'


def _footer(post: Post, now: datetime) -> str:
    count = (
        f'<span class="tgme_widget_message_views">{short_count(post.views_at(now))}</span><span class="copyonly"> views</span>'
    )
    voters = (
        f'<span class="tgme_widget_message_voters">{post.poll["voters"]}</span><span class="copyonly"> votes</span>'
        if post.poll
        else ""
    )
    author = (
        f'<span class="tgme_widget_message_from_author" dir="auto">{escape(post.author)}</span>,&nbsp;' if post.author else ""
    )
    edited = "edited&nbsp;" if post.edited(now) else ""
    at = post.at.astimezone(UTC)
    link = f'<a class="tgme_widget_message_date" href="{post.url}"><time datetime="{at.isoformat()}" class="time">{at:%H:%M}</time></a>'
    return (
        '<div class="tgme_widget_message_footer compact js-message_footer">\n  <div class="tgme_widget_message_info short js-message_info">\n'
        f'    {voters}{"" if post.kind == "service" else count}<span class="tgme_widget_message_meta">{edited}{author}{link}</span>\n'
        "  </div>\n</div>"
    )


# Pages


def _preview(channel: Channel, question: Question) -> str:
    everything = visible(channel, question.now)
    posts = shown(everything, question.query)
    head, history = _links(channel, posts, everything), "".join(_message(post, channel, question.now) for post in posts)
    nothing = '<div class="tgme_widget_message_centered"><div class="tme_no_messages_found">No posts found</div></div>'
    empty = f'<div class="tgme_widget_message_wrap js-widget_message_wrap">{nothing}</div>'
    return (
        f'<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>{channel.title} – Telegram</title>\n'
        f'    <meta property="og:title" content="{channel.title}">\n<meta property="og:site_name" content="Telegram">\n'
        f'<meta property="og:description" content="{channel.description}">\n{head}\n  </head>\n'
        '  <body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode no_transitions">\n'
        f'    <header class="tgme_header search_collapsed">{_info(channel)}</header>\n<main class="tgme_main" data-url="/{channel.name}">\n'
        '  <div class="tgme_container">\n    <section class="tgme_channel_history js-message_history">\n'
        f"      {_older(channel, posts, everything)}{history or empty}{_newer(channel, posts, everything)}\n    </section>\n  </div>\n</main>\n"
        "    <script>TWeb.init();\n</script>\n  </body>\n</html>\n<!-- page generated in 27.55ms -->\n"
    )


def _info(channel: Channel) -> str:
    counter = f'<span class="counter_value">{channel.subscribers}</span> <span class="counter_type">subscribers</span>'
    photos = '<span class="counter_value">101</span> <span class="counter_type">photos</span>'
    return (
        '<div class="tgme_container"><section class="tgme_right_column"><div class="tgme_channel_info"><div class="tgme_channel_info_header">'
        f'<div class="tgme_channel_info_header_title"><span dir="auto">{channel.title}</span></div>'
        f'<div class="tgme_channel_info_header_username"><a href="https://t.me/{channel.name}">@{channel.name}</a></div></div>'
        f'<div class="tgme_channel_info_counters"><div class="tgme_channel_info_counter">{counter}</div>'
        f'<div class="tgme_channel_info_counter">{photos}</div></div>'
        f'<div class="tgme_channel_info_description">{channel.description}</div></div></section></div>'
    )


def _links(channel: Channel, posts: list[Post], everything: list[Post]) -> str:
    if not posts:
        return ""
    prev = f'<link rel="prev" href="/s/{channel.name}?before={posts[0].id}">\n' if posts[0] is not everything[0] else ""
    return f'{prev}<link rel="canonical" href="/s/{channel.name}?before={posts[-1].ids[-1] + 1}">'


def _older(channel: Channel, posts: list[Post], everything: list[Post]) -> str:
    return _more(channel, "before", posts[0].id) if posts and posts[0] is not everything[0] else ""


def _newer(channel: Channel, posts: list[Post], everything: list[Post]) -> str:
    return _more(channel, "after", posts[-1].ids[-1]) if posts and posts[-1] is not everything[-1] else ""


def _more(channel: Channel, side: str, number: int) -> str:
    link = f'<a href="/s/{channel.name}?{side}={number}" class="tme_messages_more js-messages_more" data-{side}="{number}"></a>'
    return f'<div class="tgme_widget_message_centered js-messages_more_wrap">{link}</div>'


def _landing(name: str) -> str:
    card = _CARDS.get(name.lower(), _channel_card if name.lower() in channels() else _free_card)(name)
    verb = "Launch" if name.lower() == BOT else "View" if name.lower() in {GROUP, CLOSED, *channels()} else "Contact"
    return (
        f'<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Telegram: {verb} @{name}</title>\n'
        f'    <meta property="og:site_name" content="Telegram">\n<meta property="al:ios:url" content="tg://resolve?domain={name}">\n  </head>\n'
        '  <body class="no_transition">\n    <div class="tgme_page_wrap">\n      <div class="tgme_body_wrap">\n        <div class="tgme_page">\n'
        f"{card}\n        </div>\n      </div>\n    </div>\n  </body>\n</html>\n<!-- page generated in 9.84ms -->\n"
    )


def _card(name: str, title: str, extra: str, button: str) -> str:
    return (
        f'<div class="tgme_page_title" dir="auto">\n  <span dir="auto">{title}</span>\n</div>\n{extra}'
        f'<div class="tgme_page_action">\n  <a class="tgme_action_button_new shine" href="tg://resolve?domain={name}">{button}</a>\n</div>\n'
        f'<div class="tgme_page_additional">\n  If you have <strong>Telegram</strong>, you can view and join <br><strong>{title}</strong> '
        "right away.\n</div>"
    )


def _free_card(name: str) -> str:
    return (
        '<div class="tgme_page_icon">\n  <i class="tgme_icon_user"></i>\n</div>\n<div class="tgme_page_description">\n'
        f'  If you have <strong>Telegram</strong>, you can contact <a class="tgme_username_link" href="tg://resolve?domain={name}">@{name}</a> '
        f'right away.\n</div>\n<div class="tgme_page_action">\n  <a class="tgme_action_button_new" href="tg://resolve?domain={name}">'
        "Send Message</a>\n</div>"
    )


def _channel_card(name: str) -> str:
    channel = channels()[name.lower()]
    extra = f'<div class="tgme_page_extra">{channel.subscribers} subscribers</div>\n'
    preview = (
        f'<div class="tgme_page_context_link_wrap"><a class="tgme_page_context_link" href="/s/{name}">Preview channel</a></div>\n'
    )
    about = f'<div class="tgme_page_description" dir="auto">{channel.description}</div>\n{preview}'
    return _card(name, channel.title, extra + about, "View in Telegram")


def _closed_card(name: str) -> str:
    return _card(name, "Закритий перегляд", '<div class="tgme_page_extra">12 408 subscribers</div>\n', "View in Telegram")


def _group_card(name: str) -> str:
    return _card(name, "Розмови про новини", '<div class="tgme_page_extra">4 157 members, 138 online</div>\n', "View in Telegram")


def _user_card(name: str) -> str:
    return _card(name, "Остап", f'<div class="tgme_page_extra">\n  @{name}\n</div>\n', "Send Message")


def _bot_card(name: str) -> str:
    handle = f'<div class="tgme_page_extra">\n  @{name}\n</div>\n<div class="tgme_page_extra">8 122 monthly users</div>\n'
    return _card(name, "Погодний бот", handle, "Start Bot")


_CARDS: dict[str, Callable[[str], str]] = {CLOSED: _closed_card, USER: _user_card, BOT: _bot_card, GROUP: _group_card}
