# About trying again to reach somebody, to whoever tried: not whom it is about.
contact_try_again = حان وقت المحاولة من جديد
    .body = كان ذلك مقررا { $when }. افتحوا التطبيق للاطلاع عليه.
