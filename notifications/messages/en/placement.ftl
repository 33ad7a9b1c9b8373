# About a placement, to whoever accompanies somebody: neither that it is about work nor whom it is about.
milestone_due = Something is to be checked
    .body = It was planned { $when }. Open the app to see what it is.
