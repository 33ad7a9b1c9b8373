# About a work item, to staff: neither whom it is about nor why.
work_item_urgent = You are needed
    .body = It came up { $when }. Open the app.
work_item_risen = Something is overdue
    .body = Nobody has seen to it yet. It rose to you { $when }. Open the app to see what it is.
work_item_asked = Somebody asks for your help
    .body = They asked { $when }. Open the app to answer.
