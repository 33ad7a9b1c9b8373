# About trying again to reach somebody, to whoever tried: not whom it is about.
contact_try_again = It is time to try again
    .body = It was set for { $when }. Open the app to see what it is.
