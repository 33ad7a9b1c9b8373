# About a check-in, to whoever is to answer it: neither who asks nor what.
check_in_open = A few questions for you
    .body = It takes a minute. It closes { $when }. { $clock }Open the app to answer.
check_in_half_way = Your few questions are still there
    .body = They close { $when }. { $clock }Open the app to answer.
check_in_last_evening = A few questions close soon
    .body = They close { $when }. { $clock }Open the app to answer, or to ask for a call.
