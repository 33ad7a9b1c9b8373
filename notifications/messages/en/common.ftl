# Reminders and notices in English. Others may see a lock screen: say when and how, never with whom, what for or from whom.
# A message is the title (at most 50 characters), its .body what to know and do next (at most 160).

# When. $day, $hour and $minute are numbers as text, $clock is HH:MM; $date and $time are made by the messages here.
# A push may be read after midnight, so the date stands beside the word.
today = today, { $day } { $month }
tomorrow = tomorrow, { $day } { $month }
yesterday = yesterday, { $day } { $month }
date-short = { $day } { $month }
date = on { $weekday } { $day } { $month }
date-of-year = on { $weekday } { $day } { $month } { $year }
time = { $clock }
when = { $date } at { $time }

# Whose clock, where the reader's own shows another time; and what theirs shows.
clock = { $whose ->
        [morocco] Morocco time.
       *[there] Local time there.
    }
clock-and-yours = { $whose ->
        [morocco] Morocco time; { $time } for you.
       *[there] Local time there; { $time } for you.
    }
clock-and-other-day = { $whose ->
        [morocco] Morocco time; for you { $date }, { $time }.
       *[there] Local time there; for you { $date }, { $time }.
    }

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# How to meet.
place-address = The address is in the app.
place-phone = It is by phone: keep it close.
place-video = It is by video: the link is in the app.
