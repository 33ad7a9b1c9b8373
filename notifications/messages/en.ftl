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

# What the participant can do next.
next-scheduled = You can confirm, or ask for another time.
next-confirmed = You have confirmed. If something comes up, ask for another time.
next-chosen = You have chosen this time. If something comes up, ask for another.
next-change_requested = You asked for another time; until that is settled, this one stands.

# To the participant.
appointment_scheduled = You have a new appointment
    .body = It is { $when }. { $clock }{ $place } { $next }
appointment_proposed = Please choose a time
    .body = Several times are offered, the first { $when }. { $clock }Open the app to choose one, or to ask for others.
appointment_moved = Your appointment has changed
    .body = It is now { $when }. { $clock }{ $place } { $next }
appointment_cancelled = { $state ->
        [withdrawn] There is no time to choose any more
       *[cancelled] Your appointment is cancelled
    }
    .body = { $state ->
        [withdrawn] The times that were offered no longer stand. Open the app to see what comes next, or to call us.
       *[cancelled] It was planned { $when }. { $clock }There is nothing you need to do. Open the app to see what comes next, or to call us.
    }
appointment_in_seven_days = Appointment { $when }
    .body = { $clock }{ $place } { $next }
appointment_in_three_days = Appointment { $when }
    .body = { $clock }{ $place } { $next }
appointment_tomorrow = Appointment { $when }
    .body = { $clock }{ $place } { $next }
appointment_soon = Appointment { $when }
    .body = { $clock }{ $place } { $next }

# To the host.
appointment_unconfirmed = { $state ->
        [proposed] No time is chosen yet
        [other_times] Other times are still wanted
        [change_requested] Another time is still wanted
       *[scheduled] Not confirmed yet
    }
    .body = { $state ->
        [proposed] Several times are offered, the first { $when }. None is chosen yet. A call can help: open the app.
        [other_times] The times that were offered, the first { $when }, do not suit. Open the app to offer others.
        [change_requested] The appointment planned { $when } still needs another time. Open the app to offer one.
       *[scheduled] The appointment planned { $when } is not confirmed yet. A call can help: open the app.
    }
appointment_answered = { $state ->
        [chosen] A time is chosen
        [none_suits] No time was accepted
        [other_times] Other times are wanted
        [confirmed] An appointment is confirmed
        [declined] An appointment is declined
       *[change_requested] Another time is wanted
    }
    .body = { $state ->
        [chosen] The appointment will be { $when }. There is nothing you need to do.
        [none_suits] None of the times that were offered is accepted. Open the app to see what comes next.
        [other_times] The times that were offered do not suit. Open the app to offer others.
        [confirmed] The appointment planned { $when } is confirmed. There is nothing you need to do.
        [declined] The appointment planned { $when } will not take place. Open the app to see what comes next.
       *[change_requested] It is about the appointment planned { $when }. Open the app to offer another time.
    }
appointment_missed = An appointment did not take place
    .body = It was planned { $when }. A call can help: open the app to see what comes next.
appointment_lapsed = No time was chosen
    .body = All the times that were offered have passed. A call can help: open the app to offer others.
appointment_handed_over = An appointment is now yours
    .body = { $state ->
        [proposed] Several times are offered, the first { $when }. Open the app to see more.
        [other_times] Other times are wanted for it. Open the app to offer some.
       *[scheduled] It is planned { $when }. Open the app to see more.
    }
appointment_centre_closed = An appointment at a closed time
    .body = The appointment planned { $when } is now at a time when it is closed. Nothing was moved: open the app to decide.

# About an emergency access: to administrators, to the participant, to whoever wrote for themself alone.
emergency_access_opened = An emergency access was opened
    .body = It was opened { $when }. Open the app to see by whom, why and until when.
own_information_opened = Your information was opened
    .body = More of it than usual was opened { $when }. The app shows each time that somebody opens it.
own_notes_opened = Your own notes were opened
    .body = An emergency access to notes that you keep for yourself was opened { $when }. It ends by itself.

# Buttons.
action-confirm = Confirm
action-ask_to_move = Another time
