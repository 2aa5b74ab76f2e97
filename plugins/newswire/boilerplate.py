"""What stands among an article's lines and is none of its text: invitations to read on, to share, to subscribe."""

from __future__ import annotations

import re

_INVITATION = re.compile(
    r"^\W*(?:"
    r"(?:чита(?:йте|ти)|дивіться|дивись|слухайте)\s+(?:також|ще|теж|більше|за темою|на тему|нас|по темі)\b"
    r"|(?:читайте|смотрите|слушайте|читать|смотри)\s+(?:также|ещё|еще|тоже|больше|далее|по теме|на тему|нас|подробнее)\b"
    r"|(?:більше|больше)\s+(?:новин|новостей)\b|(?:за|по)\s+темою\s*:|(?:по|материалы по)\s+теме\s*:?$"
    r"|схожі новини|похожие новости"
    r"|підпи(?:сатися|шіться|суйтесь|суйтеся|шись)\s+на\b|подпи(?:сывайтесь|шитесь|саться|шись)\s+на\b"
    r"|стежте за (?:нами|новинами|нашими)|следите за (?:нами|новостями|нашими)"
    r"|(?:якщо|если)\s+(?:ви|вы)\s+(?:помітили|знайшли|заметили|нашли|обнаружили)\b|(?:помітили|знайшли|заметили|нашли)\s+(?:помилку|ошибку)\b"
    r"|(?:поділитися|поділитись|поделиться)\b.{0,40}$|(?:теги|тэги|tags|фото|photo|джерело|источник)\s*:"
    r"|(?:read|see|watch|listen)\s+(?:also|more|next|on)\b(?=\W|$)|also\s+(?:read|see|watch)\b"
    r"|more\s+(?:from|on this|news|stories)\b.{0,60}$"
    r"|related\s*(?:articles?|stories|news|posts?|topics|links|content|coverage)?\s*:?\W*$|(?:most|trending)\s+(?:read|popular|viewed)\b.{0,20}$"
    r"|(?:sign|log)\s+(?:up|in)\b.{0,80}$|subscribe\b.{0,120}$|follow\s+(?:us|me|him|her|@|\w+\s+on)\b|share\s+(?:this|on|via)\b.{0,40}$"
    r"|advertisement\W*$|реклама\W*$|this (?:article|story) (?:was )?(?:originally|first) (?:appeared|published)"
    r"|(?:click|tap) here (?:to|for)\b|all rights reserved|copyright\b|©"
    r")",
    re.IGNORECASE,
)


_LONGEST = 300
"""Characters of a line that are looked at: invitations are short, and hostile lines are long."""


def is_invitation(text: str) -> bool:
    """Tell whether a line tells no news, but invites elsewhere: `Читайте також`, `Подписывайтесь на`, `Read also`."""
    return bool(_INVITATION.match(text[:_LONGEST]))


_ABOUT_THE_SITE = (
    *("cookie", "gdpr", "privacy", "terms of", "terms and", "copyright", "rights reserved", "subscri", "newsletter", "sign up"),
    *("log in", "login", "your account", "your browser", "your email", "affiliate", "commission"),
)
_ABOUT_THE_SITE_HERE = (
    *("©", "перепечат", "передрук", "обязательн", "обов'язков", "обов’язков", "цитирован", "цитуван", "копирован", "копіюван"),
    *("все права", "всі права", "усі права", "мнение редакции", "думка редакції", "редакция не", "редакція не"),
    *("пользовател", "користувач", "персональн", "регистрац", "реєстрац", "зарегистр", "зареєстр", "комментар", "коментар"),
)
"""The same in Russian and Ukrainian: an English line need not be searched for them."""


def is_about_the_site(folded: str) -> bool:
    """Tell whether a line in lower case has words of terms, accounts or comments. News may have them: a hint, no verdict."""
    has = folded.__contains__
    return any(map(has, _ABOUT_THE_SITE)) or (not folded.isascii() and any(map(has, _ABOUT_THE_SITE_HERE)))
