# About an emergency access: to administrators, to the participant, to whoever wrote for themself alone.
emergency_access_opened = تم فتح ولوج استثنائي
    .body = فُتح { $when }. افتحوا التطبيق لمعرفة من فتحه ولماذا وإلى متى.
own_information_opened = تم الاطلاع على معلوماتكم
    .body = فُتح منها أكثر من المعتاد { $when }. يبين التطبيق كل مرة يطلع فيها أحد عليها.
own_notes_opened = تم فتح ملاحظاتكم الخاصة
    .body = فُتح ولوج استثنائي إلى ملاحظات تحتفظون بها لأنفسكم { $when }. وسينتهي تلقائيا.
