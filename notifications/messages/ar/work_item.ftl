# About a work item, to staff: neither whom it is about nor why.
work_item_urgent = هناك من يحتاج إليكم
    .body = سُجّل ذلك { $when }. افتحوا التطبيق.
work_item_risen = هناك أمر متأخر
    .body = لم يهتم به أحد بعد، وأُحيل إليكم { $when }. افتحوا التطبيق للاطلاع عليه.
work_item_asked = هناك من يطلب مساعدتكم
    .body = طُلب ذلك { $when }. افتحوا التطبيق للجواب.
