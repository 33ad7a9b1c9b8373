# What is said to somebody who is told in person: on the telephone, on paper, through somebody whom they named. Neither with whom, what for, nor who
# runs the service: others listen.

call-appointment_scheduled = You have an appointment { $when }. { $clock }Can you come, or would another time be better?
call-appointment_proposed = Several times are offered to you, the first { $when }. { $clock }Which would suit you?
call-appointment_moved = Your appointment has changed: it is now { $when }. { $clock }Can you come?
call-appointment_cancelled = { $state ->
        [withdrawn] The times that were offered to you no longer stand. We will find others.
       *[cancelled] Your appointment { $when } does not take place. { $clock }There is nothing you need to do.
    }
call-appointment_in_seven_days = You have an appointment { $when }. { $clock }Can you come, or would another time be better?
call-appointment_in_three_days = You have an appointment { $when }. { $clock }Can you come, or would another time be better?
call-appointment_tomorrow = You have an appointment { $when }. { $clock }Can you come?
call-appointment_soon = Your appointment is { $when }. { $clock }Are you on your way?
call-check_in_open = There are a few questions for you. It takes a minute. Shall we go through them now?
call-check_in_half_way = There are still a few questions for you, until { $when }. { $clock }Shall we go through them now?
call-check_in_last_evening = A few questions for you close { $when }. { $clock }Shall we go through them now?

# To whoever else answers.
call-otherwise = Good day. I would like to speak to them myself. I will call again. Thank you.
# Where a message may be left.
call-message = Good day. Please call me back when you can. Thank you.
