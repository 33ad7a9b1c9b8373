# Texts about appointments.

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

# Buttons.
action-confirm = ⵡⴰⵅⵅⴰ
action-ask_to_move = ⴰⴽⵓⴷ ⵢⴰⴹⵏ
