# About trying again to reach somebody, to whoever tried: not whom it is about.
contact_try_again = ⴰⵔⵎ ⴷⴰⵖ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
