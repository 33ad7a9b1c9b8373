# About a hand-over: to whoever is asked, to whoever asked, to the participant. Neither whom it is about nor who it is.
hand_over_asked = ⵉⵍⵍⴰ ⵎⴰⴷ ⴽⵯⵏ ⵉⵜⵜⵔⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
hand_over_answered = ⵜⵍⵍⴰ ⵜⵎⵔⴰⵔⵓⵜ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
companion_changed = ⵉⵍⵍⴰ ⵎⴰ ⵉⴳⴰⵏ ⴰⵎⴰⵢⵏⵓ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
