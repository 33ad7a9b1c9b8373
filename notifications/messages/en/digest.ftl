# That the week of a centre can be looked at, to its managers: no figure.
digest_ready = The week in figures is there
    .body = It was put together { $when }. Open the app to look at it.
