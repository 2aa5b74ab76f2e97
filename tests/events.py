"""Made-up events, each told by many outlets in Ukrainian, Russian and English; the same number gives the same event anywhere.

What makes real events hard to tell apart is in it: the same towns, things and deeds come again with other people and figures.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from newswire.model import Article, Block, BlockKind, TimeOrigin

START = datetime(2026, 3, 2, tzinfo=UTC)

LANGUAGES = ("uk",) * 5 + ("ru",) * 3 + ("en",) * 2
"""Of ten articles on one event."""

EVENT_HOURS = 48
EDITION_EVERY = 3
"""Of the articles in another language one in so many is an edition of a Ukrainian one, and its publisher says so."""

MENTIONED = 9
"""Of the eleven things that are known of an event so many stand in the lead of an article."""

# --- words, in the same order in each language

PLACES = {
    "uk": "Мукачеві Бердичеві Кременчуці Лубнах Ізмаїлі Охтирці Славуті Чорткові Коростені Знам’янці Бахмачі"
    " Вознесенську Дубні Фастові Миргороді Самборі Калуші Нетішині Ромнах Хусті",
    "ru": "Мукачево Бердичеве Кременчуге Лубнах Измаиле Ахтырке Славуте Чорткове Коростене Знаменке Бахмаче Вознесенске"
    " Дубно Фастове Миргороде Самборе Калуше Нетешине Ромнах Хусте",
    "en": "Mukachevo Berdychiv Kremenchuk Lubny Izmail Okhtyrka Slavuta Chortkiv Korosten Znamianka Bakhmach Voznesensk"
    " Dubno Fastiv Myrhorod Sambir Kalush Netishyn Romny Khust",
}
PEOPLE = {
    "uk": "Рущак Левчук Гаврилюк Стецьків Бондарчук Макогон Тимчишин Кравець Яремко Дзюба Романчук Олійник Шпак Голуб"
    " Петрусенко Вдовиченко Навроцький Ковтун Марченко Хоменко Зварич Лисак Приходько Федорів Сомко",
    "ru": "Рущак Левчук Гаврилюк Стецькив Бондарчук Макогон Тимчишин Кравец Яремко Дзюба Романчук Олейник Шпак Голуб"
    " Петрусенко Вдовиченко Навроцкий Ковтун Марченко Хоменко Зварич Лысак Приходько Федорив Сомко",
    "en": "Rushchak Levchuk Havryliuk Stetskiv Bondarchuk Makohon Tymchyshyn Kravets Yaremko Dziuba Romanchuk Oliinyk"
    " Shpak Holub Petrusenko Vdovychenko Navrotskyi Kovtun Marchenko Khomenko Zvarych Lysak Prykhodko Fedoriv"
    " Somko",
}
THINGS = {
    "uk": "пішохідний міст|дитячу бібліотеку|хлібний завод|трамвайну лінію|краєзнавчий музей|водозабірну станцію"
    "|льодову арену|міський ринок|залізничний вокзал|дитячу лікарню|тепличне господарство|обласний архів"
    "|річковий порт|цирк|планетарій|шахту|елеватор|хімчистку|пожежну частину|готель|стадіон|дендропарк|поштамт"
    "|кінотеатр",
    "ru": "пешеходный мост|детскую библиотеку|хлебный завод|трамвайную линию|краеведческий музей|водозаборную станцию"
    "|ледовую арену|городской рынок|железнодорожный вокзал|детскую больницу|тепличное хозяйство|областной архив"
    "|речной порт|цирк|планетарий|шахту|элеватор|химчистку|пожарную часть|гостиницу|стадион|дендропарк|почтамт"
    "|кинотеатр",
    "en": "footbridge|children's library|bread factory|tram line|museum of local history|water intake|ice arena"
    "|town market|railway station|children's hospital|greenhouse farm|regional archive|river port|circus"
    "|planetarium|mine|grain elevator|dry cleaner's|fire station|hotel|stadium|arboretum|post office|cinema",
}
DEEDS = {
    "uk": "відкрили,запустили|закрили,зачинили|відремонтували,оновили|продали,передали інвестору|евакуювали,звільнили від людей",
    "ru": "открыли,запустили|закрыли,опечатали|отремонтировали,обновили|продали,передали инвестору|эвакуировали,освободили",
    "en": "opened,launched|closed,shut|repaired,renovated|sold,handed over|evacuated,cleared",
}
DETAILS = {
    "uk": "насоси світильники перила дахи черепицю вітражі архіви печі борошно дріжджі рейки турнікети амфори картини"
    " свердловини фільтри ковзани компресори прилавки овочі каси табло рентген палати розсаду добрива рукописи"
    " мікроплівки паркан дерева фарбу асфальт ліфт пандус сигналізацію вогнегасники генератор сонячні панелі"
    " вікна двері парти книжки іграшки ліки тролейбуси квитки стрічку оркестр гасла скаргу позов перевірку борги"
    " податки оренду землю тендер підрядника гарантію тріщини плісняву щурів собак голубів",
    "ru": "насосы светильники перила крыши черепицу витражи архивы печи муку дрожжи рельсы турникеты амфоры картины"
    " скважины фильтры коньки компрессоры прилавки овощи кассы табло рентген палаты рассаду удобрения рукописи"
    " микроплёнки забор деревья краску асфальт лифт пандус сигнализацию огнетушители генератор солнечные панели"
    " окна двери парты книги игрушки лекарства троллейбусы билеты ленту оркестр лозунги жалобу иск проверку долги"
    " налоги аренду землю тендер подрядчика гарантию трещины плесень крыс собак голубей",
    "en": "pumps lamps railings roofs tiles stained-glass archives ovens flour yeast rails turnstiles amphorae"
    " paintings wells filters skates compressors counters vegetables tills scoreboard x-ray wards seedlings"
    " fertiliser manuscripts microfilm fence trees paint asphalt lift ramp alarm extinguishers generator solar"
    " panels windows doors desks books toys medicines trolleybuses tickets ribbon orchestra slogans complaint"
    " lawsuit inspection debts taxes rent land tender contractor warranty cracks mould rats dogs pigeons",
}

TITLES = {
    "uk": "У {place} {deed} {thing}: {a} та {b}|{a} і {b}: {thing} {deed} у {place}"
    "|{person}: {thing} у {place} {deed} через {a}|{place}: {a}, {b} і {thing}",
    "ru": "В {place} {deed} {thing}: {a} и {b}|{a} и {b}: {thing} {deed} в {place}"
    "|{person}: {thing} в {place} {deed} из-за {a}|{place}: {a}, {b} и {thing}",
    "en": "{thing} {deed} in {place}: {a} and {b}|{a} and {b}: {thing} of {place} {deed}"
    "|{person}: {thing} in {place} {deed} over {a}|{place}: {a}, {b} and {thing}",
}
LINKS = {
    "uk": "розповів, додав, також, тим часом, водночас, адже, нагадав, уточнив, згодом, натомість, зокрема, попри"
    ", очікує, зауважив, звідки, щодо, сподівається, перелічив, показав, згадав",
    "ru": "рассказал, добавил, также, между тем, одновременно, ведь, напомнил, уточнил, позже, вместо, в частности"
    ", вопреки, ожидает, заметил, откуда, насчёт, надеется, перечислил, показал, упомянул",
    "en": "told, added, also, meanwhile, at once, because, recalled, specified, later, instead, in particular, despite"
    ", expects, noted, whence, about, hopes, listed, showed, mentioned",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: places in the lists of words, and figures."""

    number: int
    place: int
    person: int
    thing: int
    deed: int
    details: tuple[int, ...]
    cost: float
    count: int
    begins_at: datetime


def events(count: int, days: float, seed: int = 1, start: datetime = START) -> Iterator[Event]:
    """Yield so many events, spread evenly over so many days."""
    dice = random.Random(seed)
    for number in range(count):
        yield Event(
            number=number + count * (seed - 1),
            place=dice.randrange(len(words("place", "uk"))),
            person=dice.randrange(len(words("person", "uk"))),
            thing=dice.randrange(len(words("thing", "uk"))),
            deed=dice.randrange(len(words("deed", "uk"))),
            details=tuple(dice.sample(range(len(words("detail", "uk"))), 8)),
            cost=dice.randrange(101, 9900) / 10,
            count=dice.randrange(110, 9000),
            begins_at=start + timedelta(days=days * number / count),
        )


@cache
def words(kind: str, language: str) -> list[str]:
    """Return the words of a kind."""
    known = {"place": PLACES, "person": PEOPLE, "thing": THINGS, "deed": DEEDS, "detail": DETAILS}[kind][language]
    return known.split("|") if "|" in known else known.split()


def articles(event: Event, languages: Sequence[str] = LANGUAGES) -> Iterator[Article]:
    """Yield the articles on an event in the order of their publication, each of another outlet or in another language."""
    dice = random.Random(event.number)
    hours = sorted(dice.uniform(0, EVENT_HOURS) for _ in languages)
    told: list[Article] = []
    for place, (language, hour) in enumerate(zip(dice.sample(languages, len(languages)), hours, strict=True)):
        title, text = telling(event, language, dice)
        known = [one for one in told if one.language == "uk" and language != "uk" and not dice.randrange(EDITION_EVERY)]
        source, name = known[0].source if known else f"outlet{place}", f"news/{event.number}-{place}-{language}"
        article = Article(
            source, language, name, f"https://{source}.example/{name}", (Block(BlockKind.PARAGRAPH, text),),
            event.begins_at + timedelta(hours=hour), TimeOrigin.FEED, title=title, language=language, language_confidence=1.0,
            editions={"uk": known[0].url} if known else {},
        )  # fmt: skip
        told.append(article)
        yield article


def telling(event: Event, language: str, dice: random.Random) -> tuple[str, str]:
    """Return title and text of an article on an event."""
    details = [words("detail", language)[detail] for detail in event.details]
    person = words("person", language)[event.person]
    title = dice.choice(TITLES[language].split("|")).format(
        place=words("place", language)[event.place],
        person=person,
        thing=words("thing", language)[event.thing],
        deed=dice.choice(words("deed", language)[event.deed].split(",")),
        a=details[0],
        b=details[1],
    )
    cost = str(event.cost) if language == "en" else str(event.cost).replace(".", ",")
    said = dice.sample([person, cost, str(event.count), *details], MENTIONED)
    links = dice.choices(LINKS[language].split(", "), k=MENTIONED)
    return title[0].upper() + title[1:], " ".join(f"{one} {link}" for one, link in zip(said, links, strict=True))
