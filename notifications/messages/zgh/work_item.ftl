# About a work item, to staff: neither whom it is about nor why.
work_item_urgent = ⵉⵍⵍⴰ ⵎⴰⴷ ⴽⵯⵏ ⵉⵔⴰⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
work_item_risen = ⵉⵍⵍⴰ ⵎⴰ ⵉⵄⵟⵍⵏ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
work_item_asked = ⵉⵍⵍⴰ ⵎⴰⴷ ⵉⵜⵜⵔⵏ ⵜⴰⵡⵉⵙⵉ
    .body = { $when }. ⵔⵥⵎ ⴰⵙⵏⴰⵙ.
