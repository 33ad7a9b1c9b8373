# About a visit, to whoever logged it: neither that there was one nor whom it was about.
action-done = Done
visit_next_step = Something that was noted is due
    .body = It was planned { $when }. Open the app to see what it is.
