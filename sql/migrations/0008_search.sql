-- Full-text search in Ukrainian, Russian and English: how words become keys, the index, and the ledger of what is due.
--
-- PostgreSQL has no Ukrainian dictionary, and a server that is not our own takes no files. So the rules are functions, and the
-- same functions read documents and queries: whatever a form's keys are, both sides have them. A form may have several keys, where
-- its paradigm cannot be told from its letters («ринок» is of «ринк-», as «ринку» shows, «урок» is of «урок-»): it is found by each.
--
-- A change of these rules is a migration that empties core.word_form and enters every article into core.search_due.

create function core.folded(words text) returns text
language sql immutable strict parallel safe
as $$
    select translate(lower(words), 'ґё’ʼ‘`´', 'ге''''''''''')
$$;
comment on function core.folded is 'Lower case, one apostrophe, г for ґ and е for ё.';

create function core.plain_words(words text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
    -- ASCII and Latin-1 without letters and digits, general punctuation to arrows and dingbats, CJK punctuation, variation
    -- selectors, emoji; written out, because what a class such as [:alnum:] holds depends on the database's locale
    gap constant text := u&'\0001-/:-@[-`{-\00BF\00D7\00F7\2000-\206F\20A0-\2BFF\3000-\303F\FE00-\FE0F\+01F000-\+01FAFF';
begin
    -- apostrophes (п'ять), stress marks and soft hyphens go without a gap
    words := translate(core.folded(words), '''' || u&'\0301\00AD', '');
    -- one letter and a number are one word (F-16, С-300: alone, some such letters are stop words), more letters are two (Су-34, Су34)
    words := regexp_replace(words, '(?<=(?:^|[' || gap || '])[^0-9' || gap || '])[-–](?=[0-9])', '', 'g');
    words := regexp_replace(words, '[' || gap || ']+', ' ', 'g');
    return regexp_replace(words, '(?<=[0-9])(?=[^0-9 ])|(?<=[^0-9 ][^0-9 ])(?=[0-9])', ' ', 'g');
end
$$;
comment on function core.plain_words is 'The words and numbers of a text, folded, with one space between.';

create function core.stem(form text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
    form := regexp_replace(form, '[ьй]$', '');
    -- знання and знань, століття and століть; but стаття, статей
    if right(form, 2) ~ '^(?:зз|лл|нн|сс|цц|чч|шш)$' or form ~ '[^а]тт$' then
        form := left(form, -1);
    end if;
    form := regexp_replace(form, '(?<=..)іст$', 'ост');  -- більшість, більшості; but місто, міста
    form := regexp_replace(form, 'ждн$', 'жн');  -- тиждень, тижня
    form := regexp_replace(form, '([сц])ьк$', '\1к');  -- Зеленський is Зеленский in Russian
    return regexp_replace(form, '(?<=[ая]н)ин$', '');  -- громадянин, громадяни
end
$$;
comment on function core.stem is 'A stem as all forms of its word have it: without softness, double consonants and what alternates before any ending.';

create function core.open_stems(closed text) returns setof text
language plpgsql immutable strict parallel safe
as $$
declare
    parts text[] := regexp_match(closed, '^(.*)([іїоеє])([^аеиіїоуюяєыэ]+)$');
    head text;
begin
    if right(closed, 1) = 'і' then
        return next left(closed, -1) || 'о';  -- бій, бою
    elsif parts[2] = 'і' then
        return next parts[1] || 'о' || parts[3];  -- ніч, ночі
        return next parts[1] || 'е' || parts[3];  -- лід, леду; осінь, осені
        if right(parts[1], 1) = 'л' then
            return next parts[1] || 'ьо' || parts[3];  -- колір, кольору
        end if;
    elsif parts[2] = 'ї' then
        return next parts[1] || 'є' || parts[3];  -- Київ, Києва
    elsif parts[1] <> '' and length(parts[3]) = 1 then
        head := rtrim(parts[1], 'ь');
        return next head || parts[3];  -- день, дня
        if parts[2] <> 'о' then
            return next head || 'ь' || parts[3];  -- палець, пальця
        end if;
        if parts[2] = 'є' or right(head, 1) ~ '[аеиіїоуюяєыэ]' then
            return next head || 'й' || parts[3];  -- копійок, заєць
        end if;
    end if;
end
$$;
comment on function core.open_stems is 'What a stem without an ending may be before one: its і as о or е, its fleeting о or е gone.';

create function core.noun_stems(form text) returns setof text
language plpgsql immutable strict parallel safe
as $$
declare
    endings constant text[] := string_to_array(
        'ами ями ам ям ах ях ом ем єм ею єю ою ов ев єв ові еві єві ів їв ій ий ої ого ього ому ьому его ему им їм ім ых ими іми їми'
        ' ыми их іх їх ым ой ей ый ая яя ое ее ые ие ую юю ію ью іям іями іях ією ії ія ий ии иям иями иях ию ием ия'
        ' а я у ю и і ї ы е є о ь й', ' ');
    longest integer := 0;
    last text := right(form, 1);
    stem text;
begin
    for size in reverse least(4, length(form) - 2) .. 1 loop
        stem := left(form, -size);
        if right(form, size) = any(endings) and (size = 1 or length(stem) > 2 or stem ~ '[аеиіїоуюяєыэ]') then
            longest := size;
            exit;
        end if;
    end loop;
    if longest > 1 then
        return next core.stem(left(form, -longest));
    end if;
    -- the shortest reading too: «програми» may be програм-и as well as прогр-ами, «атом» has no ending
    if last !~ '[аеиіїоуюяєыэ]' then
        stem := core.stem(form);
        return next stem;
        return query select core.stem(other) from core.open_stems(stem) as other;
    elsif longest > 0 then
        stem := left(form, -1);
        return next core.stem(stem);
        if last = 'ю' and stem ~ '(?:чч|лл|нн|ст|[ьв])$' then
            return query select core.stem(other) from core.open_stems(core.stem(stem)) as other;  -- ніччю, любовью: closed too
        end if;
        if last ~ '[ії]' and right(stem, 1) ~ '[цзс]' then
            return next core.stem(left(stem, -1) || translate(right(stem, 1), 'цзс', 'кгх'));  -- руці, нозі, мусі
        end if;
    else
        return next core.stem(form);
    end if;
end
$$;
comment on function core.noun_stems is 'The stems that a Ukrainian or Russian form has if it is a noun or an adjective.';

create function core.verb_stems(form text) returns setof text
language plpgsql immutable strict parallel safe
as $$
declare
    bare text := regexp_replace(regexp_replace(form, '([єе])ться$', '\1'), '([тьвлауюєеийшоі])(?:ся|сь)$', '\1');
    stem text := substring(bare from '^(.+)(?:й(?:шов|шла|шло|шли|де|деш|дуть|ду|демо|дете|ти)|й?шел|й?дет|й?дут|шла|шли)$');
begin
    if stem is not null then
        return next rtrim(stem, 'й') || 'йт';  -- знайти, знайшов, знайде
        return;
    end if;
    stem := substring(bare from '^(.+?)(?:'
        '(?:ува|юва|ова|ева|ыва|ива|ну|а|я|и|і|ї|е|ы)?(?:ти|ть|вши|ла|ло|ли|л|тиме|тимуть)'
        '|(?:ува|юва|ова|ева|ыва|ива|ну|а|я|и)в'  -- without ів: that is a plural's genitive
        '|(?:у|ю|а|я|е|и|і)?(?:є|ємо|єте|єш|ють|й|йте|ймо|ет|ем|ете|ешь|ют|ючи)'
        '|(?:ова|ува|а|я|е)н(?:о|ий|а|е|і|ого|ому|им|их|ими|ої|ій|у|ою|ы|ый|ая|ые|ых|ым|ой|ную)'
        '|[аяу]ю|еш|емо|ете|уть|ить|ишь|иш|имо|ите|ит|ать|ять|ат|ят|іть|ьте|ут|ешь|ет|учи|ачи|ячи|(?<=[жчш])[еу])$');
    if length(stem) > 1 then
        stem := regexp_replace(core.stem(stem), '([бпвмф])л$', '\1');  -- роблять, робити
        return next stem;
        if length(stem) > 2 and bare ~ '(?:[еу]|еш|емо|ете|уть|ет|ут|ешь|ем)$' then
            return query
                select left(stem, -1) || other  -- каже, казати; пише, писати
                from string_to_table(
                    case right(stem, 1) when 'ж' then 'з г д' when 'ч' then 'т к' when 'ш' then 'с х' end, ' ') as other;
        end if;
    end if;
end
$$;
comment on function core.verb_stems is 'The stems that a Ukrainian or Russian form has if it is a verb or a participle; none when it cannot be one.';

create function core.word_keys(word text) returns text[]
language plpgsql immutable strict parallel safe
as $$
declare
    look_alikes constant text[] := array['aceiopxykmhtb', 'асеіорхукмнтв'];
begin
    word := left(word, 200);  -- a key ends at 2 kB
    if word ~ '[а-яіїє]|^[a-z][0-9]*$' then
        word := translate(word, look_alikes[1], look_alikes[2]);
        return case when length(word) < 3 then array[word] else array(
            select core.noun_stems(word) union select 'v' || core.verb_stems(word) order by 1  -- v keeps стати apart from стат-ей
        ) end;
    end if;
    return case when word ~ '^[a-z]' then ts_lexize('pg_catalog.english_stem', word) else array[word] end;
end
$$;
comment on function core.word_keys is 'What a folded form is found by: stems by rules for Cyrillic, Snowball''s for Latin letters, digits as they are; none for an English stop word.';

create table core.word_exception (
    word text primary key,
    keys text[] not null
);
comment on table core.word_exception is 'Words that the rules do not know: stop words, which nothing is found by, and words whose forms have different stems.';
comment on column core.word_exception.word is 'The form, folded, without apostrophe.';
comment on column core.word_exception.keys is 'What it is found by; empty for a stop word.';

insert into core.word_exception (word, keys)
select word, '{}'
from string_to_table(
    'а або адже але аби б без би бо бут був була були було бути буде будуть будемо будете будеш буду в вам вами вас ваш ваша ваше ваші вашої вашого'
    ' вашому вашим ваших вашою вашу весь вже ви від він вона вони воно все всі всіх всім всіма всього всьому всієї всю всією вся всією втім'
    ' всьо для до ж же з за зате зі зо й його йому ним ній нім ні її їй їм їх їхній їхня їхнє їхні їхніх їхнього їхньому із і'
    ' коли котрий котра котрі кого ким ким котрого котрих крім ледь лише майже мене мені між ми мною мій моя моє мої мого моєму моїм моїх моєї мою'
    ' моєю на навіть над нам нами нас наш наша наше наші нашої нашого нашому нашим наших нашу нашою не нібито него ним ними них неї нею ним о об'
    ' обидва обох отже от ото перед під після по поки про при проти просто саме сам сама самі само самого самої самих самим свій своя своє свої свого'
    ' своєму своїм своїх своєї свою своєю себе собі собою та так така таке такі такий такого такої такому таких таким такими такою таку також там'
    ' те тебе ти тим тими тих тій то тобі тобою того тоді той тому тому тою ту тут у уже усе усі усіх усім усього хіба хоч хоча хто ці цю ця це цей'
    ' цього цьому цим цими цих цією цієї цій через чи чий чия чиє чиї чим чого чому що щоб щодо яка яке який якого якому якими яких яким якщо які'
    ' якої якою яку як якби'
    ' ведь во вот время бы был была были было быть будет будут будем буду ваша вашего ваших вашей вам весь вообще всё все всего всей всем всеми всему всех вся всю'
    ' вы где да даже для до его ее ей ему если есть еще ему же за здесь и из или им ими их к как какая какие какой какого какую каких каким какое ко когда'
    ' кто которая которого которое которой которому которую которые который которых которым которыми кого ком кому куда ли либо лишь меня мне мной мы моя мой мое мои'
    ' моего моей моих на над нам нами нас наш наша наше наши нашего нашей наших него нее ней нем нему нет ни них но ну о об обо она они оно он от очень перед'
    ' по под после потом потому почти при про с сам сама сами само самого самой самых самым самый самая самое самые со свое своего своей своем своему свои своих своим своими свой свою себя собой так'
    ' такая такие такого такое такой таком такую таких таким такими также там тебе тебя тем теми теперь тех то тобой тогда того тоже той только том тому тот тою ту тут ты'
    ' у уже хотя чего чей чем чему что чтобы чья эта эти этим этими этих это этого этой этом этому этот эту я є ще що ту де та цим вони це нехай хай якось'
    ' бывает всегда между через среди около против', ' ') as word
on conflict do nothing;

insert into core.word_exception (word, keys)
select word, array_agg(distinct split_part(line, ': ', 1) order by split_part(line, ': ', 1))
from unnest(string_to_array(
'людин: люди людей людям людьми людях люде
людин: людина людини людині людину людиною
дитин: діти дітей дітям дітьми дітях дитина дитини дитині дитину дитиною
человек: люди людей людям людьми людях
ребенк: дети детей детям детьми детях ребенок ребенка ребенку ребенком
рок: рік року роком році роки років рокам роками роках
імен: імя імені іменем імена імен іменам іменами іменах
имен: имя имени именем имена имен именам именами именах
времен: времени временем времена времен временам временами временах
матер: мати мать матері матір матірю матерів матерям матерями матери матерью матерей
дочер: дочка дочки дочці дочку дочкою дочок дочь дочери дочерью дочерей дочерям
києв: київ києва києву києві києвом киев киева киеву киеве киевом
день: день дня дню дневі днем дні днів дням днями днях дни дней дне
друг: друг друга другу другом друзі друзів друзям друзями друзья друзей друзьям друзьями
бог: бог бога богу богом боже боги богів богов
ок: око ока оці оком очі очей очам очима очах глаз
вух: вухо вуха вуху вухом вух вушам вушах
гр: гра гри грі гру грою ігор іграм іграми іграх
статт: стаття статті статтю статтею статей статтям статтями статтях
статьи: статья статьи статье статью статьей статей статьям статьями статьях
суд: суд суду судом суді суди судів судам судами судах
четверг: четвер четверга четвергу четвергом четверги четверг
тижн: тиждень тижня тижню тижнем тижні тижнів тижням тижнями тижнях
господин: господин господина господину господином господа господ господам
одн: один одна одне одно одні одного одної однієї одному одній одну одним одною однією одних одними одни одной одном
дв: два дві двох двом двома две двух двум двумя
тр: три трьох трьом трьома трех трем тремя
чотир: чотири чотирьох чотирьом чотирма
четыр: четыре четырех четырем четырьмя
пят: пять пяти пятьох пятьом пятьма пятью
шест: шість шести шістьох шістьом шесть шестью
сем: сім семи сімох сімом семь семью
восьм: вісім восьми вісьмох восемь восемью
сімй: сімя сімї сімю сімєю сімей сімям сімями сімях
семй: семья семьи семье семью семьей семей семьям семьями семьях
vмогт: могти міг могла могло могли можу може можуть можемо можете можеш мочь мог может могут можешь можем можете смог смогла смогли сможет смогут зміг змогла змогли зможе зможуть зможемо
vпійт: піти піде підуть піду підемо пішов пішла пішло пішли пойти пойдет пойдут пошел пошла пошло пошли
vйт: йти іти йде йдуть йду йдемо йшов йшла йшло йшли йдеться йшлося идти идет идут иду шел шла шло шли
vмат: мати має мають маємо маю маєте маєш мав мала мало мали матиме матимуть
vхот: хотіти хоче хочу хочуть хочемо хочете хотів хотіла хотіло хотіли хочеться хотілося хотілось хотеть хочет хотят хотим хотите хотел хотела хотели хотелось хочется
vжит: жити живе живуть живу живемо живете жив жила жило жили жить живет живут живем жил
vвест: вести веде ведуть ведемо вів вела вело вели ведеться велися ведет ведут вел
vпровест: провести проведе проведуть провів провела провели проведено провел проведет проведут
vдат: дати дасть дадуть дав дала дало дали дать даст дадут дал
vпомер: померти помер померла померли помре умер умерла умерли умереть
vзагин: загинути загинув загинула загинуло загинули
vпогиб: погибнуть погиб погибла погибло погибли погибнет
vпочат: почати почав почала почало почали почне почнуть почнеться почалася почався почалося почалися начать
vнача: начать начал начала начало начали начнет начнут начался началась началось начались
vпринес: принести приніс принесла принесли принесе принесуть
vсид: сидіти сидів сиділа сиділи сидить сидять
vзрозум: зрозуміти зрозумів зрозуміла зрозуміли зрозуміє зрозуміють
vповідом: повідомити повідомив повідомила повідомили повідомило повідомить повідомляє повідомляють повідомляти повідомляв повідомляла повідомляли повідомляється
vгор: горіти горів горіла горіло горіли горить горять гореть горел горела горели горит горят
vлет: летіти летів летіла летіло летіли летить летять лететь летел летела летели летит летят
', e'\n')) as line
cross join string_to_table(split_part(line, ': ', 2), ' ') as word
group by word
on conflict do nothing;
insert into core.word_exception (word, keys)
select word, core.word_keys(split_part(line, ': ', 1))
from unnest(string_to_array(
'strike: struck stricken
shoot: shot
fly: flew flown
fall: fell fallen
rise: rose risen
hold: held
win: won
lose: lost
meet: met
say: said
tell: told
send: sent
spend: spent
build: built
buy: bought
bring: brought
fight: fought
seek: sought
teach: taught
catch: caught
sell: sold
leave: left
lead: led
feed: fed
flee: fled
find: found
break: broke broken
speak: spoke spoken
steal: stole stolen
freeze: froze frozen
choose: chose chosen
write: wrote written
drive: drove driven
ride: rode ridden
give: gave given
take: took taken
shake: shook shaken
draw: drew drawn
grow: grew grown
throw: threw thrown
know: knew known
sink: sank sunk
begin: began begun
become: became
swear: swore sworn
tear: tore torn
wear: wore worn
bear: bore borne
die: dying
go: went gone
get: got gotten
keep: kept
sleep: slept
make: made
pay: paid
lay: laid
see: saw seen
sit: sat
stand: stood
understand: understood
withdraw: withdrew withdrawn
undergo: underwent undergone
overthrow: overthrew overthrown
man: men
woman: women
child: children
person: people
foot: feet
wife: wives
life: lives
half: halves', e'\n')) as line
cross join string_to_table(split_part(line, ': ', 2), ' ') as word
on conflict do nothing;

create table core.word_form (
    word text primary key,
    keys text[] not null
);
create index word_form_keys on core.word_form using gin (keys);

comment on table core.word_form is 'Every form that stands in an indexed article: made once, joined by all later ones; and what a snippet marks.';
comment on column core.word_form.word is 'The form, folded, without apostrophe.';
comment on column core.word_form.keys is 'What it is found by (core.word_exception, else core.word_keys); empty for a stop word.';

create table core.article_search (
    article_id bigint not null references core.article on delete cascade,
    published_at timestamptz not null,
    source text not null,
    language text not null,
    document tsvector not null,
    primary key (article_id, published_at)
) partition by range (published_at);

-- ranking reads a thousand of them: 3 ms as they are, 34 ms where they must be unpacked first; they pack to three quarters only
alter table core.article_search alter column document set storage external;

comment on table core.article_search is 'The full-text index, by months: a search begins with the newest and ends when it has enough. Filled by the verb index.';
comment on column core.article_search.article_id is 'The article.';
comment on column core.article_search.published_at is 'Its published_at: the partition, in UTC.';
comment on column core.article_search.source is 'Its source.';
comment on column core.article_search.language is 'Its language.';
comment on column core.article_search.document is 'The keys of its words with their places; weights A title, B lead, C body.';

-- entries wait in a part's pending list (4 MB by default: a search reads it whole) until that is full or the verb index ends
create function core.ensure_search_partitions(times timestamptz[]) returns void
language plpgsql as $$
declare
    month timestamptz;
    name text;
begin
    for month in select distinct date_trunc('month', published_at, 'UTC') from unnest(times) as published_at loop
        name := 'article_search_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        if to_regclass('core.' || name) is null then
            execute format(
                'create table core.%I partition of core.article_search for values from (%L) to (%L)',
                name, month, (month at time zone 'UTC' + interval '1 month') at time zone 'UTC'
            );
            execute format('create index on core.%I using gin (document)', name);
        end if;
    end loop;
end
$$;
comment on function core.ensure_search_partitions is 'Creates the monthly partitions of core.article_search that these times need.';

create table core.search_due (
    article_id bigint primary key
);
comment on table core.search_due is 'Articles that are new or have changed since they were indexed. Entered by a trigger on core.article, so that no writer can forget it.';
comment on column core.search_due.article_id is 'The article; it may be gone.';

insert into core.search_due (article_id)
select article_id
from core.article;

create function core.enter_search_due() returns trigger
language plpgsql as $$
begin
    insert into core.search_due (article_id) values (new.article_id) on conflict do nothing;
    return null;
end
$$;
comment on function core.enter_search_due is 'Says that an article is to be indexed.';

create trigger article_new after insert on core.article
for each row execute function core.enter_search_due();

create trigger article_changed after update of title, lead, body, published_at, source, language on core.article
for each row
when (
    (old.content_hash, old.published_at, old.source, old.language)
    is distinct from (new.content_hash, new.published_at, new.source, new.language)
)
execute function core.enter_search_due();

create function core.index_due(most integer) returns integer
language plpgsql as $$
declare
    numbers bigint[];
    longest constant integer := 100000;  -- characters: a tsvector ends at 1 MiB; the longest article of the sample sites has 60,000
begin
    perform pg_advisory_xact_lock(hashtext('newswire.search'));  -- two at once would each wait for the other's new word forms
    with due as (
        delete from core.search_due
        where article_id in (select article_id from core.search_due order by article_id limit most)
        returning article_id
    )
    select array_agg(article_id) into numbers from due;
    perform from core.article where article_id = any(numbers) order by article_id for key share;
    delete from core.article_search where article_id = any(numbers);
    perform core.ensure_search_partitions(array(select published_at from core.article where article_id = any(numbers)));

    with article as materialized (
        select
            article_id, published_at, source, language,
            setweight(to_tsvector('simple', core.plain_words(coalesce(title, ''))), 'A')
                || setweight(to_tsvector('simple', core.plain_words(coalesce(lead, ''))), 'B')
                || setweight(to_tsvector('simple', core.plain_words(left(body, longest))), 'C') as words
        from core.article
        where article_id = any(numbers)
    ), entry as materialized (
        -- a tsvector reads 'form':1A,7C 'form':…
        select article_id, split_part(entry, '''', 2) as word, split_part(entry, ''':', 2) as places
        from article
        cross join string_to_table(words::text, ' ') as entry
    ), seen as materialized (
        select word, known.keys
        from (select distinct word from entry) as entry
        left join core.word_form as known using (word)
    ), added as (
        insert into core.word_form (word, keys)
        select word, coalesce(exception.keys, core.word_keys(word))
        from seen
        left join core.word_exception as exception using (word)
        where seen.keys is null
        returning word, keys
    ), form as (
        select word, keys from seen where keys is not null
        union all
        select word, keys from added
    ), document as (
        select article_id, string_agg('''' || key || ''':' || places, ' ')::tsvector as document
        from entry
        join form using (word)
        cross join unnest(keys) as key
        group by article_id
    )
    insert into core.article_search (article_id, published_at, source, language, document)
    select article_id, published_at, source, language, coalesce(document, '')
    from article
    left join document using (article_id);
    return coalesce(cardinality(numbers), 0);
end
$$;
comment on function core.index_due is 'Indexes up to so many of the articles that are due, in one transaction; returns how many were.';

create function core.flush_search() returns void
language plpgsql as $$
declare
    part record;
begin
    for part in
        select indexrelid
        from pg_index
        join pg_inherits on inhrelid = indrelid
        where inhparent = 'core.article_search'::regclass and not indisprimary
        union all
        select 'core.word_form_keys'::regclass
    loop
        perform gin_clean_pending_list(part.indexrelid);
    end loop;
end
$$;
comment on function core.flush_search is 'Moves what waits in pending lists into the index: a search would have to read it whole.';

create function core.search_query(raw text, out wanted tsquery, out keys text[])
language plpgsql stable
as $$
declare
    most_words constant integer := 100;  -- beyond it is no query, and each word is a look-up
    item text[];
    word record;
    phrase tsquery;
    every tsquery;
    term text[];
    gap integer;
    seen integer := 0;
begin
    keys := '{}';
    -- as websearch_to_tsquery reads it: "a phrase", -without, or
    for item in
        select regexp_matches(translate(normalize(raw), '«»„“”', '"""""'), '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g')
    loop
        if core.folded(item[3]) in ('or', 'або', 'или') and item[1] = '' then
            wanted := coalesce(wanted || every, wanted, every);
            every := null;
            continue;
        end if;
        phrase := null;
        gap := 0;
        for word in
            select token
            from ts_parse('default', core.plain_words(coalesce(item[2], item[3])))
            where tokid <> 12  -- 12 is the space between
        loop
            seen := seen + 1;
            if seen > most_words then
                raise exception 'a query has at most % words', most_words using errcode = 'invalid_parameter_value';
            end if;
            gap := gap + 1;
            term := coalesce(
                (select exception.keys from core.word_exception as exception where exception.word = word.token),
                core.word_keys(word.token)
            );
            continue when term = '{}';
            if item[1] = '' then
                keys := keys || term;
            end if;
            phrase := case
                when phrase is null then core.any_key(term)
                else tsquery_phrase(phrase, core.any_key(term), gap)
            end;
            gap := 0;
        end loop;
        continue when phrase is null;
        phrase := case when item[1] = '-' then !!phrase else phrase end;
        every := coalesce(every && phrase, phrase);
    end loop;
    wanted := coalesce(wanted || every, wanted, every);
end
$$;
comment on function core.search_query is 'Reads what a person asks for: the query in keys (null when nothing but stop words is asked for), and the keys of what must be there.';

create function core.any_key(keys text[]) returns tsquery
language sql immutable strict parallel safe
as $$
    select string_agg('''' || key || '''', ' | ')::tsquery from unnest(keys) as key
$$;
comment on function core.any_key is 'A query for any of these keys, which are letters and digits.';

create function core.search_pattern(wanted text[]) returns text
language sql stable strict
as $$
    -- more forms than this are of other words; ґ, ё and apostrophes stand in texts and not in forms
    select '\m(?:' || string_agg(
        regexp_replace(
            regexp_replace(replace(replace(word, 'г', '[гґ]'), 'е', '[её]'), '([бвгґдзклмнпрстфх\]])([яюєї])', '\1[''’ʼ‘`´]?\2', 'g'),
            '^([a-z]+)s$', '\1[''’]?s'
        ), '|') || ')\M'
    from (select word from core.word_form where keys && wanted order by length(word) limit 300) as form
$$;
comment on function core.search_pattern is 'A regular expression for the forms that have one of these keys; null when no indexed article has such a form.';

create function core.snippet(words text, pattern text, marks text[]) returns text
language plpgsql immutable parallel safe
as $$
declare
    before constant integer := 80;
    size constant integer := 240;
    hit constant integer := coalesce(regexp_instr(words, pattern, 1, 1, 0, 'i'), 0);
    start constant integer := greatest(hit - before, 1);
    part text := translate(substr(words, start, size), u&'\000A\0001\0002', ' ');
begin
    -- whole words only
    if start > 1 then
        part := '…' || regexp_replace(part, '^\S*\s', '');
    end if;
    if start + size <= length(words) then
        part := regexp_replace(part, '\s\S*$', '') || '…';
    end if;
    if hit > 0 then
        part := regexp_replace(part, pattern, u&'\0001' || '\&' || u&'\0002', 'gi');
    end if;
    if marks[1] like '<%' then
        part := replace(replace(replace(part, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
        part := replace(replace(part, '"', '&quot;'), '''', '&#39;');
    end if;
    return replace(replace(part, u&'\0001', coalesce(marks[1], '')), u&'\0002', coalesce(marks[2], ''));
end
$$;
comment on function core.snippet is 'The text around the first match, each match between the marks; HTML when the first mark is a tag, plain text otherwise.';
