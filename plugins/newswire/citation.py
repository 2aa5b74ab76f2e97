"""The source that an article says it has its news from: `з посиланням на …`, `со ссылкой на …`, `with reference to …`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_QUOTED = r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\""
_CITED = re.compile(
    r"(?i:\b(?:(?:з|із|зі|со|с)\s+(?:посиланням|ссылкой)\s+на|with\s+(?:a\s+)?(?:reference|link)\s+to)"
    r"|\b(?:УНН|UNN)\W[^.!?]{0,60}?\b(?:посилаючись\s+на|ссылаясь\s+на|citing|referring\s+to))\s+"
    rf"(?P<source>(?:{_QUOTED}|\s(?![–—-]\s)|\.(?=\w|\s[a-zа-яіїєґ])|[^\s.,;:!?()«“„\"])+)"
)
"""`з посиланням на …` up to the end of the clause: a comma, a dash, a full stop with a capital behind it. `citing …` counts only
behind the agency's own name: others cite laws and reasons."""

_SAYS = re.compile(r"\s+(?:повідомл|переда[єюе]|інформу|пиш[еу]|сообща|информиру|report|write|say)\w*\s.*$")
"""`з посиланням на Reuters повідомляє УНН`: the verb was put behind without a comma."""


def cited_source(texts: Iterable[str]) -> str | None:
    """Return the first source that the text says it has the news from, as written; None when it names none."""
    for text in texts:
        found = _CITED.search(text)
        name = _SAYS.sub("", found["source"]).strip(" .-–—") if found else ""
        if name:
            return name
    return None
