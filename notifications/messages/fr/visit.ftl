# À propos d’une visite, pour qui l’a notée : ni qu’il y en a eu une, ni de qui il s’agit.
action-done = C’est fait
visit_next_step = Une étape notée est à faire
    .body = Elle était prévue { $when }. Ouvrez l’application pour voir laquelle.
