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

# What the participant can do next.
next-scheduled = ⵉⵏⵉ ⵡⴰⵅⵅⴰ, ⵏⵖ ⵙⵙⵓⵜⵔ ⴰⴽⵓⴷ ⵢⴰⴹⵏ.
next-confirmed = ⵜⵏⵏⵉⴷ ⵡⴰⵅⵅⴰ. ⵎⴽ ⵓⵔ ⵜⵣⵎⵉⵔⴷ, ⵙⵙⵓⵜⵔ ⴰⴽⵓⴷ ⵢⴰⴹⵏ.
next-chosen = ⵜⵙⵜⵉⴷ ⴰⴽⵓⴷ ⴰⴷ. ⵎⴽ ⵓⵔ ⵜⵣⵎⵉⵔⴷ, ⵙⵙⵓⵜⵔ ⴰⴽⵓⴷ ⵢⴰⴹⵏ.
next-change_requested = ⵜⵙⵙⵓⵜⵔⴷ ⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵖⵉⵍⴰⴷ ⵜⵇⵇⵉⵎ ⵜⵎⵍⵉⵍⵉⵜ ⴰⴷ.

# To the participant.
appointment_scheduled = ⵜⵉⵎⵍⵉⵍⵉⵜ ⵜⴰⵎⴰⵢⵏⵓⵜ
    .body = { $when }. { $clock }{ $place } { $next }
appointment_proposed = ⵙⵜⵉ ⴰⴽⵓⴷ
    .body = ⵍⵍⴰⵏ ⴽⵔⴰ ⵏ ⵡⴰⴽⵓⴷⵏ, ⴰⵎⵣⵡⴰⵔⵓ: { $when }. { $clock }ⵔⵥⵎ ⴰⵙⵏⴰⵙ, ⵙⵜⵉ ⵢⴰⵏ, ⵏⵖ ⵙⵙⵓⵜⵔ ⴰⴽⵓⴷ ⵢⴰⴹⵏ.
appointment_moved = ⵜⴱⴷⴷⵍ ⵜⵎⵍⵉⵍⵉⵜ
    .body = ⵖⵉⵍⴰⴷ: { $when }. { $clock }{ $place } { $next }
appointment_cancelled = { $state ->
        [withdrawn] ⵓⵔ ⵢⴰⴷ ⵉⵍⵍⵉ ⵡⴰⴽⵓⴷ ⵉ ⵓⵙⵜⴰⵢ
       *[cancelled] ⵓⵔ ⵔⴰⴷ ⵜⵉⵍⵉ ⵜⵎⵍⵉⵍⵉⵜ
    }
    .body = { $state ->
        [withdrawn] ⵓⵔ ⵔⴰⴷ ⵜⵉⵍⵉ ⵜⵎⵍⵉⵍⵉⵜ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
       *[cancelled] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when } ⵓⵔ ⵔⴰⴷ ⵜⵉⵍⵉ. { $clock }ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
    }
appointment_in_seven_days = ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }
    .body = { $clock }{ $place } { $next }
appointment_in_three_days = ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }
    .body = { $clock }{ $place } { $next }
appointment_tomorrow = ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }
    .body = { $clock }{ $place } { $next }
appointment_soon = ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }
    .body = { $clock }{ $place } { $next }

# To the host.
appointment_unconfirmed = { $state ->
        [proposed] ⵓⵔ ⵜⴰ ⵉⵜⵜⵓⵙⵜⵉ ⵡⴰⴽⵓⴷ
        [other_times] ⴰⴽⵓⴷ ⵢⴰⴹⵏ
        [change_requested] ⴰⴽⵓⴷ ⵢⴰⴹⵏ
       *[scheduled] ⵓⵔ ⵜⴰ ⵜⵍⵍⵉ ⵜⵎⵔⴰⵔⵓⵜ
    }
    .body = { $state ->
        [proposed] ⵍⵍⴰⵏ ⴽⵔⴰ ⵏ ⵡⴰⴽⵓⴷⵏ, ⴰⵎⵣⵡⴰⵔⵓ: { $when }. ⵓⵔ ⵜⴰ ⵉⵜⵜⵓⵙⵜⵉ ⵢⴰⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
        [other_times] ⵉⵜⵜⵓⵙⵓⵜⵔ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
        [change_requested] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when }: ⵉⵜⵜⵓⵙⵓⵜⵔ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
       *[scheduled] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when }: ⵓⵔ ⵜⴰ ⵜⵍⵍⵉ ⵜⵎⵔⴰⵔⵓⵜ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
    }
appointment_answered = { $state ->
        [chosen] ⵉⵜⵜⵓⵙⵜⵉ ⵡⴰⴽⵓⴷ
        [none_suits] ⵜⴰⵎⵔⴰⵔⵓⵜ: ⵓⵀⵓ
        [other_times] ⵜⴰⵎⵔⴰⵔⵓⵜ: ⴰⴽⵓⴷ ⵢⴰⴹⵏ
        [confirmed] ⵜⴰⵎⵔⴰⵔⵓⵜ: ⵡⴰⵅⵅⴰ
        [declined] ⵜⴰⵎⵔⴰⵔⵓⵜ: ⵓⵀⵓ
       *[change_requested] ⵜⴰⵎⵔⴰⵔⵓⵜ: ⴰⴽⵓⴷ ⵢⴰⴹⵏ
    }
    .body = { $state ->
        [chosen] ⵜⵉⵎⵍⵉⵍⵉⵜ: { $when }.
        [none_suits] ⵓⵔ ⵉⵜⵜⵓⵙⵜⵉ ⵡⴰⴽⵓⴷ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
        [other_times] ⵉⵜⵜⵓⵙⵓⵜⵔ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
        [confirmed] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when }: ⵡⴰⵅⵅⴰ.
        [declined] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when } ⵓⵔ ⵔⴰⴷ ⵜⵉⵍⵉ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
       *[change_requested] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when }: ⵉⵜⵜⵓⵙⵓⵜⵔ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
    }
appointment_missed = ⵓⵔ ⵜⵍⵍⵉ ⵜⵎⵍⵉⵍⵉⵜ
    .body = ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when } ⵓⵔ ⵜⵍⵍⵉ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
appointment_lapsed = ⵓⵔ ⵉⵜⵜⵓⵙⵜⵉ ⵡⴰⴽⵓⴷ
    .body = ⵣⵔⵉⵏ ⵡⴰⴽⵓⴷⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
appointment_handed_over = ⵜⵉⵎⵍⵉⵍⵉⵜ ⵜⴰⵎⴰⵢⵏⵓⵜ
    .body = { $state ->
        [proposed] ⵍⵍⴰⵏ ⴽⵔⴰ ⵏ ⵡⴰⴽⵓⴷⵏ, ⴰⵎⵣⵡⴰⵔⵓ: { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
        [other_times] ⵉⵜⵜⵓⵙⵓⵜⵔ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
       *[scheduled] ⵜⵉⵎⵍⵉⵍⵉⵜ: { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
    }
appointment_centre_closed = ⵜⵉⵎⵍⵉⵍⵉⵜ ⴳ ⵡⴰⴽⵓⴷ ⵉⵔⴳⵍⵏ
    .body = ⵜⵉⵎⵍⵉⵍⵉⵜ: { $when }. ⵉⵔⴳⵍ ⵡⴰⴽⵓⴷ ⴰⴷ. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.

# About an emergency access: to administrators, to the participant, to whoever wrote for themself alone.
emergency_access_opened = ⵉⵜⵜⵓⵔⵥⵎ ⵓⵏⴽⵛⵓⵎ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
own_information_opened = ⵜⵜⵓⵔⵥⵎⵏ ⵉⵏⵖⵎⵉⵙⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
own_notes_opened = ⵜⵜⵓⵔⵥⵎⵏⵜ ⵜⵉⵔⵔⴰ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.

# Buttons.
action-confirm = ⵡⴰⵅⵅⴰ
action-ask_to_move = ⴰⴽⵓⴷ ⵢⴰⴹⵏ
