# About an emergency access: to administrators, to the participant, to whoever wrote for themself alone.
emergency_access_opened = ⵉⵜⵜⵓⵔⵥⵎ ⵓⵏⴽⵛⵓⵎ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
own_information_opened = ⵜⵜⵓⵔⵥⵎⵏ ⵉⵏⵖⵎⵉⵙⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
own_notes_opened = ⵜⵜⵓⵔⵥⵎⵏⵜ ⵜⵉⵔⵔⴰ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
