# About a hand-over: to whoever is asked, to whoever asked, to the participant. Neither whom it is about nor who it is.
hand_over_asked = Somebody asks something of you
    .body = They asked { $when }. Open the app to answer.
hand_over_answered = What you asked was answered
    .body = It was answered { $when }. Open the app to read it.
companion_changed = There is something new for you
    .body = It came up { $when }. Open the app to read it.
