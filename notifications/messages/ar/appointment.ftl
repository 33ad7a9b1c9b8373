# Texts about appointments.

# What the participant can do next.
next-scheduled = يمكنكم تأكيده أو طلب وقت آخر.
next-confirmed = لقد أكدتم هذا الموعد. إن طرأ شيء، فاطلبوا وقتا آخر.
next-chosen = لقد اخترتم هذا الوقت. إن طرأ شيء، فاطلبوا وقتا آخر.
next-change_requested = طلبتم وقتا آخر، ويبقى هذا الموعد قائما إلى حين تغييره.

# To the participant.
appointment_scheduled = لديكم موعد جديد
    .body = موعدكم { $when }. { $clock }{ $place } { $next }
appointment_proposed = المرجو اختيار وقت
    .body = نقترح عليكم عدة أوقات، أولها { $when }. { $clock }افتحوا التطبيق لاختيار واحد منها أو لطلب أوقات أخرى.
appointment_moved = تغيّر موعدكم
    .body = أصبح موعدكم { $when }. { $clock }{ $place } { $next }
appointment_cancelled = { $state ->
        [withdrawn] لم يعد هناك وقت للاختيار
       *[cancelled] أُلغي موعدكم
    }
    .body = { $state ->
        [withdrawn] الأوقات المقترحة لم تعد قائمة. افتحوا التطبيق لمعرفة الخطوة التالية أو للاتصال بنا.
       *[cancelled] كان مقررا { $when }. { $clock }ليس عليكم فعل أي شيء. افتحوا التطبيق لمعرفة الخطوة التالية أو للاتصال بنا.
    }
appointment_in_seven_days = موعدكم { $when }
    .body = { $clock }{ $place } { $next }
appointment_in_three_days = موعدكم { $when }
    .body = { $clock }{ $place } { $next }
appointment_tomorrow = موعدكم { $when }
    .body = { $clock }{ $place } { $next }
appointment_soon = موعدكم { $when }
    .body = { $clock }{ $place } { $next }

# To the host.
appointment_unconfirmed = { $state ->
        [proposed] لم يُختر أي وقت بعد
        [other_times] ما زالت أوقات أخرى مطلوبة
        [change_requested] ما زال وقت آخر مطلوبا
       *[scheduled] لم يتأكد الموعد بعد
    }
    .body = { $state ->
        [proposed] اقتُرحت عدة أوقات، أولها { $when }، ولم يُختر أي منها بعد. قد تفيد مكالمة هاتفية: افتحوا التطبيق.
        [other_times] الأوقات المقترحة، وأولها { $when }، لا تناسب. افتحوا التطبيق لاقتراح أوقات أخرى.
        [change_requested] الموعد المقرر { $when } ما زال ينتظر وقتا آخر. افتحوا التطبيق لاقتراحه.
       *[scheduled] الموعد المقرر { $when } لم يتأكد بعد. قد تفيد مكالمة هاتفية: افتحوا التطبيق.
    }
appointment_answered = { $state ->
        [chosen] تم اختيار وقت
        [none_suits] لم يُقبل أي وقت
        [other_times] طُلبت أوقات أخرى
        [confirmed] تم تأكيد موعد
        [declined] تم الاعتذار عن موعد
       *[change_requested] طُلب وقت آخر لموعد
    }
    .body = { $state ->
        [chosen] سيكون الموعد { $when }. ليس عليكم فعل أي شيء.
        [none_suits] لم يُقبل أي من الأوقات المقترحة. افتحوا التطبيق لمعرفة الخطوة التالية.
        [other_times] الأوقات المقترحة لا تناسب. افتحوا التطبيق لاقتراح أوقات أخرى.
        [confirmed] الموعد المقرر { $when } مؤكد. ليس عليكم فعل أي شيء.
        [declined] الموعد المقرر { $when } لن يتم. افتحوا التطبيق لمعرفة الخطوة التالية.
       *[change_requested] يتعلق الأمر بالموعد المقرر { $when }. افتحوا التطبيق لاقتراح وقت آخر.
    }
appointment_missed = موعد لم يتم
    .body = كان مقررا { $when }. قد تفيد مكالمة هاتفية: افتحوا التطبيق لمعرفة الخطوة التالية.
appointment_lapsed = لم يُختر أي وقت
    .body = مضت كل الأوقات المقترحة. قد تفيد مكالمة هاتفية: افتحوا التطبيق لاقتراح أوقات أخرى.
appointment_handed_over = أُسند إليكم موعد
    .body = { $state ->
        [proposed] اقتُرحت عدة أوقات، أولها { $when }. افتحوا التطبيق لمعرفة المزيد.
        [other_times] طُلبت له أوقات أخرى. افتحوا التطبيق لاقتراحها.
       *[scheduled] الموعد مقرر { $when }. افتحوا التطبيق لمعرفة المزيد.
    }
appointment_centre_closed = موعد في وقت الإغلاق
    .body = الموعد المقرر { $when } صار في وقت الإغلاق. لم يتغير موعده: افتحوا التطبيق لاتخاذ القرار.

# Buttons.
action-confirm = تأكيد
action-ask_to_move = وقت آخر
