# About a visit, to whoever logged it: neither that there was one nor whom it was about.
action-done = تم
visit_next_step = حان موعد ما دُوّن
    .body = كان مقررا { $when }. افتحوا التطبيق للاطلاع عليه.
