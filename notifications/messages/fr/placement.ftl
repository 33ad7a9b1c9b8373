# À propos d’un placement, pour qui accompagne quelqu’un : ni qu’il s’agit de travail, ni de qui il s’agit.
milestone_due = Un point est à vérifier
    .body = C’était prévu { $when }. Ouvrez l’application pour voir lequel.
