"""The library's sentences in Ukrainian: why an article is a copy, or none, or tells a story; why a page became no article.

The library makes them in English and the database keeps them so. Each is known here by its pattern; what stands in its places
(numbers, addresses, somebody else's words) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    # a copy
    "{sure} as article {article}, and that is {reason}": "{sure} (стаття {article}), а вона – копія: {reason}",
    "by article {article}, of the same group: {reason}": "за статтею {article} з тієї ж групи: {reason}",
    "the same address: {url}": "та сама адреса: {url}",
    "forwarded from {url}": "переслано з {url}",
    "the same text, {count} words": "той самий текст, {count} {count:слово слова слів}",
    "nearly the same text: {reason}": "майже той самий текст: {reason}",
    "an excerpt, {count} words of {of}: {reason}": "уривок, {count} {count:слово слова слів} з {of}: {reason}",
    "{words}% of the words and {passages}% of the passages of the shorter stand in the longer": (
        "у довшому є {words} % слів і {passages} % фраз коротшого"
    ),
    # none: said of the nearest candidate
    "no copy of article {article}: {reason}": "стаття {article}, але {reason}",
    "a text of {count} words has no passage to compare": "у тексті {count} {count:слово слова слів}: замало, щоб порівнювати",
    "{count} hours apart; so short a text is a copy within {within} hours only": (
        "між ними {count} {count:година години годин}, а такий короткий текст буває копією лише впродовж"
        " {within} {within:години годин годин}"
    ),
    "only {passages}% of the passages of the shorter stand in the longer": "лише {passages} % фраз коротшого є в довшому",
    "{numbers}% of the numbers at the same place differ: another bulletin": (
        "{numbers} % чисел на тих самих місцях інші: це інше зведення"
    ),
    "{numbers}% of the shorter's numbers are missing from the longer": "у довшому бракує {numbers} % чисел коротшого",
    "the longer quotes the shorter, but begins with something else": "довший лише цитує коротший, а починається з іншого",
    "{words}% of the words and {passages}% of the passages are in common: {likely}% likely a copy": (
        "спільних слів {words} %, фраз {passages} %: імовірність копії {likely} %"
    ),
    "it is the same article in another language: one story, and no copy": "це та сама стаття іншою мовою: одна подія, а не копія",
    "no other text published within {count} days has enough passages of three words in common with it to be compared": (
        "немає, бо жоден текст, опублікований у межах {count} {count:дня днів днів}, не має з цим досить спільних фраз"
    ),
    # a story
    "an edition of article {article}": "стаття {article} іншою мовою",
    "the same picture as article {article} in another language": "те саме зображення, що в статті {article} іншою мовою",
    "title and lead agree with article {article}: {likely}% likely one event": (
        "за заголовком і початком та сама подія, що в статті {article} (імовірність {likely} %)"
    ),
    "names and numbers agree with article {article}: {likely}% likely one event": (
        "за іменами й числами та сама подія, що в статті {article} (імовірність {likely} %)"
    ),
}

DETAILS: Mapping[str, str] = {
    # no page came
    "{reason} (redirected to {url})": "{reason} (переспрямовано на {url})",
    "redirected to {url}: {reason}": "переспрямовано на {url}: {reason}",
    "redirected to what {what}": "адреса, на яку переспрямовано, {what}",
    "what {what}": "адреса {what}",
    "is no web address: {said}": "не є вебадресою: {said}",
    "has control characters in it": "містить керівні символи",
    "carries a user name, on {url}": "містить ім’я користувача, сервер {url}",
    "redirects in a circle, back to {url}": "переспрямування йдуть по колу, знову на {url}",
    "more than {count} redirects": "переспрямувань більше за {count}",
    "HTTP status {count}": "відповідь HTTP {count}",
    "the host asked for a pause, of which {seconds} s are left": "сервер просить паузи, ще {seconds} с",
    "no answer: {said}": "немає відповіді: {said}",
    "no whole answer within {seconds} s": "за {seconds} с уся відповідь не прийшла",
    "the certificate is not valid: {said}": "сертифікат недійсний: {said}",
    "{url} is {address}, which is no public address": "{url} веде на {address}, а це не публічна адреса",
    "robots.txt disallows it": "так каже robots.txt",
    "robots.txt asks for {seconds} s between two requests, more than we wait": (
        "robots.txt просить паузи {seconds} с між запитами, ми стільки не чекаємо"
    ),
    "robots.txt could not be read, so the host is left alone in this run: {reason}": (
        "robots.txt не прочитано, тож цього разу сервер не турбуємо: {reason}"
    ),
    "sent as {said}, which was not asked for": "надіслано як {said}, а ми такого не просили",
    "larger than {count} bytes; the first ones are kept": "більше за {count} {count:байт байти байтів}; початок збережено",
    "silent after {count} bytes": "сервер замовк після {count} {count:байта байтів байтів}",
    "broken off after {count} bytes: {said}": "обірвалося після {count} {count:байта байтів байтів}: {said}",
    "the gzip stream ends after {count} decoded bytes, before its end": (
        "стиснений потік обірвався після {count} {count:байта байтів байтів}"
    ),
    "the bytes are a web page": "це вебсторінка",
    "the bytes are {said}": "це {said}",
    "the content type is missing, and the bytes are no HTML": "тип вмісту не вказано, і це не HTML",
    "the content type is {url}, and the bytes are no HTML": "тип вмісту {url}, і це не HTML",
    "the content type is {url}": "тип вмісту {url}",
    # a page that is no article
    "the page calls itself {said}": "сторінка називає себе {said}",
    "a start page": "головна сторінка",
    "no running text": "суцільного тексту немає",
    "neither stated nor printed": "не вказано й не надруковано",
    "none stated": "не вказано",
    "none stated that can be": "вказаний не може бути",
    "neither a body nor a headline of an article at {url}": "немає ні тексту, ні заголовка статті: {url}",
    "no headline, no og:title, no title": "немає ні заголовка, ні og:title, ні title",
    "an article's page with an empty body": "сторінка статті без тексту",
    "neither the announcement nor the page gives a possible time": "можливого часу немає ні в анонсі, ні на сторінці",
    "nothing is shown at {url}": "нічого не показано: {url}",
    "{url} in the parser at {address}: {said}": "{url} у розборі {address}: {said}",
    "{url} while storing {address}: {said}": "{url} під час збереження {address}: {said}",
    # posts and channels
    "neither a channel's page nor a landing card": "це не сторінка каналу",
    "a channel whose web preview is off, or hidden from us": "у каналу вимкнено перегляд, або його від нас сховано",
    "no public channel: group": "це група, а не канал",
    "no public channel: bot": "це бот, а не канал",
    "no public channel: user": "це користувач, а не канал",
    "no public channel: free name": "такого імені ніхто не має",
    "a post that does not say which it is": "допис не каже свого номера",
    "no longer shown by the channel": "канал його більше не показує",
    "neither text nor media": "ні тексту, ні медіа",
    "time not usable: {said}": "непридатний час: {said}",
    "no time": "часу немає",
}

RULES: Mapping[str, str] = {
    "below_usual_volume": "Джерела, у яких учора було менше половини звичайного (медіани того самого дня за вісім тижнів).",
    "copies_of_copies": "Копії, чий оригінал сам є копією.",
    "duplicates_of_nothing": "Копії чи оригінали без жодного слова.",
    "empty_bodies": "Статті сайтів без тексту за останню добу.",
    "error_share": "Джерела, у яких понад п’яту частину відвідин за добу зірвала помилка сайту або наша.",
    "future_articles": "Статті з майбутнього: опубліковані більш як на годину пізніше, ніж ми їх завантажили.",
    "long_stories": "Події, довші за тиждень: більше ніж 72 години не може тривати жодна, тож злилося кілька.",
    "lost_announcements": "Анонси, які нічим не скінчилися й нічого не чекають.",
    "open_gaps": "Проміжки останнього тижня, які просили й не побачили.",
    "repeated_lines": "Рядки, спільні для десяти й більше статей сайту за добу і для третини з них: оточення прочитано як текст.",
    "stale_channels": "Канали, що два тижні писали щодня, а останні два дні мовчать, хоч їх питали.",
    "undecided_language": "Джерела, у яких мова понад десятої частини довших текстів за добу невизначена.",
    "unparsed_pages": "Сторінки, які понад годину чекають, щоб стати статтями.",
    "unstored_articles": "Анонси останнього тижня, які скінчилися добре, а статті немає.",
    "untraceable_articles": "Статті останнього місяця, чиєї сторінки вже немає.",
}
"""What each quality rule watches, by its name."""

_NUMBER = r"[0-9]{1,18}"
_SHAPES = {"url": r"\S+", "address": r"\S+", "seconds": r"[\d.e+]+", "said": ".+", "what": ".+", "reason": ".+", "sure": ".+"}
"""What may stand in a place, by its name; in all others a whole number."""

_NESTED = ("what", "reason", "sure")
"""Places that hold a sentence of the library themselves."""

_DEEPEST = 5
"""So deep the library's sentences stand in one another: a verdict by another one, by an article of the group, for its words. A
publisher's own text, which may stand in the same column, could go on for ever."""


class _Count(str):
    """A number as it was written; as a format it takes the noun's forms: `{count:слово слова слів}`."""

    __slots__ = ()

    def __format__(self, forms: str) -> str:
        return forms.split()[_form(int(self))] if forms else str(self)


def _form(count: int) -> int:
    """Return which of three forms a Ukrainian noun has behind a number: 1 слово, 2 слова, 5 слів."""
    if count % 10 == 1 and count % 100 != 11:  # noqa: PLR2004 - 21 слово, but 11 слів
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern)
    shapes = [f"(?P<{name}>{_SHAPES.get(name, _NUMBER)})" for name in parts[1::2]]
    fixed = map(re.escape, parts[::2])
    return re.compile("".join(text + shape for text, shape in zip(fixed, [*shapes, ""], strict=True)), re.DOTALL)


_PATTERNS = [(_compiled(pattern), words) for pattern, words in {**REASONS, **DETAILS}.items()]


def ukrainian(sentence: str) -> str:
    """Return a sentence of the library in Ukrainian; one that no pattern knows as it is."""
    return _translated(sentence, _DEEPEST) or sentence


def _translated(sentence: str, depth: int) -> str | None:
    """Return the Ukrainian of a sentence that holds others no deeper than this; None where it is not known."""
    found = (_filled(words, match, depth - 1) for pattern, words in _PATTERNS if depth and (match := pattern.fullmatch(sentence)))
    return next(filter(None, found), None)


def _filled(words: str, match: re.Match[str], depth: int) -> str | None:
    """Return the Ukrainian words with their places filled; None where a sentence within the sentence is not known."""
    values = {name: _value(name, text, depth) for name, text in match.groupdict().items()}
    return None if None in values.values() else words.format(**values)


def _value(name: str, text: str, depth: int) -> str | None:
    if name in _NESTED:
        return _translated(text, depth)
    return text if name in _SHAPES else _Count(text)
