# Texts about appointments.

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

# Buttons.
action-confirm = Confirm
action-ask_to_move = Another time
