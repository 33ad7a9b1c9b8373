# That the week of a centre can be looked at, to its managers: no figure.
digest_ready = ⵉⵎⴰⵍⴰⵙⵙ ⵉⵡⵊⴷ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
