"""The publishers: one file each, found by itself; the file's name is the publisher's."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from newswire.model import Source


def names() -> list[str]:
    """Return the names of all publishers, in alphabetical order."""
    return sorted(module.name for module in iter_modules(__path__))


def load(name: str) -> Source:
    """Return the publisher of this name.

    Raises:
        ValueError: there is no such publisher, or its file does not hold a `SOURCE` of its own name.
    """
    if name not in names():
        raise ValueError(f"no source is called {name!r}; known are: {', '.join(names())}")
    source = getattr(import_module(f"{__name__}.{name}"), "SOURCE", None)
    if not isinstance(source, Source):
        raise ValueError(f"sources/{name}.py holds no SOURCE")  # noqa: TRY004 - callers handle one kind of error for all of these
    if source.name != name:
        raise ValueError(f"sources/{name}.py calls itself {source.name!r}; the file's name is the source's name")
    return source


def load_all() -> list[Source]:
    """Return all publishers, in the order of their names.

    Raises:
        ValueError: as `load`.
    """
    return [load(name) for name in names()]
