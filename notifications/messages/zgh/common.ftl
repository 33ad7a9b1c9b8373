# Reminders and notices in Standard Moroccan Amazigh, in Tifinagh. Short sentences without pronouns that differ for women and men.
# Others may see a lock screen: say when and how, never with whom, what for or from whom.
# A message is the title (at most 50 characters), its .body what to know and do next (at most 160).
# Names of days and months are those of Unicode CLDR. The rest awaits the eye of a native reader (docs/decisions/message-texts.md).

# When.
# A push may be read after midnight, so the date stands beside the word.
today = ⴰⵙⵙⴰ { $day } { $month }
tomorrow = ⴰⵙⴽⴽⴰ { $day } { $month }
yesterday = ⵉⴹⵍⵍⵉ { $day } { $month }
date-short = { $day } { $month }
date = { $weekday } { $day } { $month }
date-of-year = { $weekday } { $day } { $month } { $year }
time = { $clock }
when = { $date } ⴳ ⵜⵙⵔⴰⴳⵜ { $time }

# Whose clock, where the reader's own shows another time; and what theirs shows.
clock = { $whose ->
        [morocco] ⴰⴽⵓⴷ ⵏ ⵍⵎⵖⵔⵉⴱ.
       *[there] ⴰⴽⵓⴷ ⵏ ⵓⴷⵖⴰⵔ.
    }
clock-and-yours = { $whose ->
        [morocco] ⴰⴽⵓⴷ ⵏ ⵍⵎⵖⵔⵉⴱ; ⵖⵓⵔⴽ { $time }.
       *[there] ⴰⴽⵓⴷ ⵏ ⵓⴷⵖⴰⵔ; ⵖⵓⵔⴽ { $time }.
    }
clock-and-other-day = { $whose ->
        [morocco] ⴰⴽⵓⴷ ⵏ ⵍⵎⵖⵔⵉⴱ; ⵖⵓⵔⴽ { $date }, { $time }.
       *[there] ⴰⴽⵓⴷ ⵏ ⵓⴷⵖⴰⵔ; ⵖⵓⵔⴽ { $date }, { $time }.
    }

weekday-1 = ⴰⵢⵏⴰⵙ
weekday-2 = ⴰⵙⵉⵏⴰⵙ
weekday-3 = ⴰⴽⵕⴰⵙ
weekday-4 = ⴰⴽⵡⴰⵙ
weekday-5 = ⴰⵙⵉⵎⵡⴰⵙ
weekday-6 = ⴰⵙⵉⴹⵢⴰⵙ
weekday-7 = ⴰⵙⴰⵎⴰⵙ

month-1 = ⵉⵏⵏⴰⵢⵔ
month-2 = ⴱⵕⴰⵢⵕ
month-3 = ⵎⴰⵕⵚ
month-4 = ⵉⴱⵔⵉⵔ
month-5 = ⵎⴰⵢⵢⵓ
month-6 = ⵢⵓⵏⵢⵓ
month-7 = ⵢⵓⵍⵢⵓⵣ
month-8 = ⵖⵓⵛⵜ
month-9 = ⵛⵓⵜⴰⵏⴱⵉⵔ
month-10 = ⴽⵜⵓⴱⵔ
month-11 = ⵏⵓⵡⴰⵏⴱⵉⵔ
month-12 = ⴷⵓⵊⴰⵏⴱⵉⵔ

# How to meet.
place-address = ⵜⴰⵏⵙⴰ ⵜⵍⵍⴰ ⴳ ⵓⵙⵏⴰⵙ.
place-phone = ⵙ ⵜⵉⵍⵉⴼⵓⵏ.
place-video = ⵙ ⴼⵉⴷⵢⵓ: ⴰⵣⴷⴰⵢ ⵉⵍⵍⴰ ⴳ ⵓⵙⵏⴰⵙ.
