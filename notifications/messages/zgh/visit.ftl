# About a visit, to whoever logged it: neither that there was one nor whom it was about.
action-done = ⵉⵎⵎⴷⴰ
visit_next_step = ⴰⵎⵣⵡⴰⵔ ⵏⵏⵓⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
