# What is said to somebody who is told in person. Neither with whom, what for, nor who runs the service: others listen.

call-appointment_scheduled = ⵖⵓⵔⴽ ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ, ⵏⵖ ⴰⴽⵓⴷ ⵢⴰⴹⵏ?
call-appointment_proposed = ⵍⵍⴰⵏ ⴽⵔⴰ ⵏ ⵡⴰⴽⵓⴷⵏ, ⴰⵎⵣⵡⴰⵔⵓ: { $when }. { $clock }ⵎⴰⵏⵡⴰ ⵔⴰⴷ ⵜⵙⵜⵉⴷ?
call-appointment_moved = ⵜⴱⴷⴷⵍ ⵜⵎⵍⵉⵍⵉⵜ: ⵖⵉⵍⴰⴷ { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ?
call-appointment_cancelled = { $state ->
        [withdrawn] ⵓⵔ ⵢⴰⴷ ⵉⵍⵍⵉ ⵡⴰⴽⵓⴷ ⵉ ⵓⵙⵜⴰⵢ. ⵔⴰⴷ ⵏⴰⴼ ⴰⴽⵓⴷ ⵢⴰⴹⵏ.
       *[cancelled] ⵜⵉⵎⵍⵉⵍⵉⵜ ⵏ { $when } ⵓⵔ ⵔⴰⴷ ⵜⵉⵍⵉ. { $clock }
    }
call-appointment_in_seven_days = ⵖⵓⵔⴽ ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ, ⵏⵖ ⴰⴽⵓⴷ ⵢⴰⴹⵏ?
call-appointment_in_three_days = ⵖⵓⵔⴽ ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ, ⵏⵖ ⴰⴽⵓⴷ ⵢⴰⴹⵏ?
call-appointment_tomorrow = ⵖⵓⵔⴽ ⵜⵉⵎⵍⵉⵍⵉⵜ { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ?
call-appointment_soon = ⵜⵉⵎⵍⵉⵍⵉⵜ: { $when }. { $clock }ⵉⵙ ⵜⵣⵎⵉⵔⴷ?
call-check_in_open = ⵉⵙⵇⵙⵉⵜⵏ ⵉ ⴽⵢⵢⵉ. ⵉⵙ ⵏⵣⵎⵔ ⴰⴷ ⵏⵔⴰⵔ ⵖⵉⵍⴰⴷ?
call-check_in_half_way = ⵉⵙⵇⵙⵉⵜⵏ ⵙⵓⵍ ⵍⵍⴰⵏ, ⴰⵔ { $when }. { $clock }ⵉⵙ ⵏⵣⵎⵔ ⴰⴷ ⵏⵔⴰⵔ ⵖⵉⵍⴰⴷ?
call-check_in_last_evening = ⵉⵙⵇⵙⵉⵜⵏ ⴰⴷ ⵇⵇⵏⵏ { $when }. { $clock }ⵉⵙ ⵏⵣⵎⵔ ⴰⴷ ⵏⵔⴰⵔ ⵖⵉⵍⴰⴷ?

# To whoever else answers.
call-otherwise = ⴰⵣⵓⵍ. ⵔⵉⵖ ⴰⴷ ⵉⴷⵙ ⵙⴰⵡⵍⵖ. ⵔⴰⴷ ⵙⵓⵍ ⵖⵔⵖ. ⵜⴰⵏⵎⵎⵉⵔⵜ.
# Where a message may be left.
call-message = ⴰⵣⵓⵍ. ⵖⵔ ⵉⵢⵉ ⴷ ⵖ ⵡⴰⴽⵓⴷ ⵏⵏⴰ ⵜⵔⵉⴷ. ⵜⴰⵏⵎⵎⵉⵔⵜ.
