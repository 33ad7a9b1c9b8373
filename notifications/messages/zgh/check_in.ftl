# About a check-in, to whoever is to answer it: neither who asks nor what.
check_in_open = ⵉⵙⵇⵙⵉⵜⵏ
    .body = ⴰⵔ { $when }. { $clock }ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
check_in_half_way = ⵉⵙⵇⵙⵉⵜⵏ ⵙⵓⵍ ⵍⵍⴰⵏ
    .body = ⴰⵔ { $when }. { $clock }ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
check_in_last_evening = ⵉⵙⵇⵙⵉⵜⵏ ⴰⴷ ⵇⵇⵏⵏ
    .body = { $when }. { $clock }ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
