# About a placement, to whoever accompanies somebody: neither that it is about work nor whom it is about.
milestone_due = هناك أمر ينبغي التحقق منه
    .body = كان مقررا { $when }. افتحوا التطبيق للاطلاع عليه.
