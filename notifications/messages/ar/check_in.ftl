# About a check-in, to whoever is to answer it: neither who asks nor what.
check_in_open = بضعة أسئلة لكم
    .body = لن تأخذ أكثر من دقيقة. آخر أجل { $when }. { $clock }افتحوا التطبيق للإجابة.
check_in_half_way = الأسئلة ما زالت في انتظاركم
    .body = آخر أجل { $when }. { $clock }افتحوا التطبيق للإجابة.
check_in_last_evening = الأسئلة تُغلق قريبا
    .body = آخر أجل { $when }. { $clock }افتحوا التطبيق للإجابة أو لطلب مكالمة.
