# An appointment on paper: when and where, and how to say no; never with whom, what for or from whom.
slip-title = ⵜⵉⵎⵍⵉⵍⵉⵜ
slip-date = ⴰⵙⵙ
slip-time = ⵜⴰⵙⵔⴰⴳⵜ
slip-place = ⴰⴷⵖⴰⵔ
slip-by-phone = ⵙ ⵜⵉⵍⵉⴼⵓⵏ
slip-by-video = ⵙ ⴼⵉⴷⵢⵓ: ⴰⵣⴷⴰⵢ ⵉⵍⵍⴰ ⴳ ⵓⵙⵏⴰⵙ
slip-in-app = ⵜⴰⵏⵙⴰ ⵜⵍⵍⴰ ⴳ ⵓⵙⵏⴰⵙ
slip-cancel = ⵎⴽ ⵓⵔ ⵜⵣⵎⵉⵔⴷ ⴰⴷ ⴷ ⵜⴰⵛⴽⴷ, ⵉⵏⵉ ⵜ ⵣⵉⴽ, ⴳ ⵓⵙⵏⴰⵙ ⵏⵖ ⵉ ⵡⴰⵏⵏⴰ ⴰⴽ ⵉⴼⴽⴰⵏ ⵜⴰⵡⵔⵉⵇⵜ ⴰⴷ. ⵔⴰⴷ ⵉⵍⵉ ⵡⴰⴽⵓⴷ ⵢⴰⴹⵏ.
