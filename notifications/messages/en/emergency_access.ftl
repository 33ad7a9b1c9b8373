# About an emergency access: to administrators, to the participant, to whoever wrote for themself alone.
emergency_access_opened = An emergency access was opened
    .body = It was opened { $when }. Open the app to see by whom, why and until when.
own_information_opened = Your information was opened
    .body = More of it than usual was opened { $when }. The app shows each time that somebody opens it.
own_notes_opened = Your own notes were opened
    .body = An emergency access to notes that you keep for yourself was opened { $when }. It ends by itself.
