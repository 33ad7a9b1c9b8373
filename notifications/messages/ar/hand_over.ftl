# About a hand-over: to whoever is asked, to whoever asked, to the participant. Neither whom it is about nor who it is.
hand_over_asked = هناك من يطلب منكم شيئا
    .body = طُلب ذلك { $when }. افتحوا التطبيق للجواب.
hand_over_answered = وصل جواب على طلبكم
    .body = جاء الجواب { $when }. افتحوا التطبيق للاطلاع عليه.
companion_changed = هناك جديد يخصكم
    .body = سُجّل ذلك { $when }. افتحوا التطبيق للاطلاع عليه.
