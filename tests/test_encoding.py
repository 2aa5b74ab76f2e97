import codecs
import random
from pathlib import Path

import pytest

from newswire.encoding import encoding_of

UKRAINIAN = "Рада ухвалила закон про державний бюджет, повідомляє пресслужба. Їхні пропозиції врахують у ґрунтовній доповіді."
RUSSIAN = "Парламент принял закон о государственном бюджете, сообщает пресс-служба ведомства."
FRENCH = "Le président a été élu à l'unanimité, après un débat très animé où chacun a pu s'exprimer."


def page(text: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}<title>News</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("codec", ["cp1251", "koi8-u", "iso8859-5", "mac-cyrillic"])
def test_cyrillic_without_any_label_is_guessed(codec: str) -> None:
    body = page(RUSSIAN).encode(codec)
    assert body.decode(encoding_of(body, None)) == page(RUSSIAN)


def test_french_without_any_label_is_not_taken_for_cyrillic() -> None:
    assert encoding_of(page(FRENCH).encode("cp1252"), "text/html; charset=ISO-8859-1") == "windows-1252"


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("text/html; charset=windows-1251", ""),
        ('text/html; charset="Windows-1251"', ""),
        ("text/html;charset=cp1251", ""),
        ("text/html; charset=x-cp1251", ""),
        ("text/html; charset=win-1251", ""),
        ("text/html", '<meta charset="windows-1251">'),
        ("text/html", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'),
        ("text/html", "<META CHARSET=windows-1251 />"),
        ("text/html", f"<style>{'a' * 3000}</style><meta charset='windows-1251'>"),
        ("text/html", "<!-- <meta charset=koi8-r> --><meta charset='windows-1251'>"),
        ("text/html; charset=ISO-8859-1", "<meta charset=windows-1251>"),
        ("text/html; charset=iso-8859-1", ""),
        ("text/html; charset=utf-8", ""),
        ("text/html; charset=utf-8", "<meta charset=utf-8>"),
        ("text/html; charset=unicode_escape", "<meta charset=windows-1251>"),
        ("text/html; charset=no-such-thing", ""),
        ("text/html; charset=utf-16", ""),
        ("text/html; charset=", ""),
        (None, ""),
    ],
)
def test_windows_1251_is_found_whatever_is_said_of_it(content_type: str | None, head: str) -> None:
    body = page(UKRAINIAN, head).encode("cp1251")
    assert encoding_of(body, content_type) == "windows-1251"


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("text/html; charset=utf-8", ""),
        ("text/html; charset=windows-1251", ""),
        ("text/html; charset=ISO-8859-1", ""),
        ("text/html", "<meta charset=windows-1251>"),
        (None, ""),
    ],
)
def test_utf8_is_found_whatever_is_said_of_it(content_type: str | None, head: str) -> None:
    assert encoding_of(page(RUSSIAN, head).encode(), content_type) == "utf-8"


def test_a_header_counts_for_more_than_meta() -> None:
    body = page(UKRAINIAN, "<meta charset=windows-1251>").encode("koi8-u")
    assert encoding_of(body, "text/html; charset=koi8-u") == "koi8-u"


def test_an_xml_declaration_is_read() -> None:
    body = f'<?xml version="1.0" encoding="windows-1251"?><rss><title>{RUSSIAN}</title></rss>'.encode("cp1251")
    assert encoding_of(body, "text/xml") == "windows-1251"


@pytest.mark.parametrize(
    ("mark", "codec", "expected"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    ],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(mark: bytes, codec: str, expected: str) -> None:
    body = mark + page(UKRAINIAN).encode(codec)
    assert encoding_of(body, "text/html; charset=windows-1251") == expected
    assert body.decode(expected) == page(UKRAINIAN)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_found(codec: str) -> None:
    assert encoding_of(page(UKRAINIAN).encode(codec), None) == codec


def test_a_few_broken_bytes_do_not_make_utf8_something_else() -> None:
    body = page(UKRAINIAN * 20).encode()
    assert encoding_of(body[:200] + b"\xd0\xff\xfe" + body[200:], "text/html; charset=utf-8") == "utf-8"


def test_a_character_cut_at_the_end_does_not_make_utf8_something_else() -> None:
    assert encoding_of("Ні".encode()[:-1], None) == "utf-8"


def test_replacement_characters_in_the_text_itself_are_no_damage() -> None:
    assert encoding_of(("\ufffd" * 50 + "так").encode(), "text/html; charset=koi8-r") == "utf-8"


@pytest.mark.parametrize(
    "label", ["hex", "rot13", "zlib", "utf-7", "punycode", "undefined", "mbcs", "../../x", "ü", "a" * 5000, "\x00"]
)
def test_a_label_that_no_page_may_ask_for_is_ignored(label: str) -> None:
    assert encoding_of(b"<p>plain</p>", f"text/html; charset={label}") == "utf-8"


def test_a_label_is_kept_where_the_bytes_say_nothing() -> None:
    assert encoding_of(b"<p>plain</p>", "text/html; charset=windows-1251") == "windows-1251"


def test_an_empty_body_is_utf8() -> None:
    assert encoding_of(b"", None) == "utf-8"


def test_whatever_the_bytes_are_python_can_decode_them() -> None:
    chance = random.Random(7)
    labels = ["", "utf-8", "utf-16", "gbk", "shift_jis", "iso-2022-jp", "big5", "cp1253", "hex"]
    for _ in range(400):
        body = chance.randbytes(chance.randrange(300))
        encoding = encoding_of(body, f"text/html; charset={chance.choice(labels)}")
        assert isinstance(body.decode(encoding, errors="replace"), str)


def test_recorded_feeds_and_pages_decode_without_damage() -> None:
    shared = Path(__file__).parents[2] / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("no recorded pages here: ../shared/data is absent")
    files = [*shared.glob("feeds/*.xml"), *shared.glob("pages/*.html"), *shared.glob("telegram/*.html")]
    assert files
    for file in files:
        body = file.read_bytes()
        assert "\ufffd" not in body.decode(encoding_of(body, None), errors="replace"), file.name
        as_1251 = body.decode(encoding_of(body, None)).encode("cp1251", errors="ignore").replace(b"charset", b"x")
        if not as_1251.isascii() and b"telegram" not in as_1251:
            assert encoding_of(as_1251, "text/html; charset=utf-8") == "windows-1251", file.name
