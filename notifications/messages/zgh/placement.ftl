# About a placement, to whoever accompanies somebody: neither that it is about work nor whom it is about.
milestone_due = ⵜⵍⵍⴰ ⵜⵖⴰⵡⵙⴰ ⵉⵔⴰⵏ ⵜⴰⵥⵕⵉⵜ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
