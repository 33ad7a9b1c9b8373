# À propos d’un nouvel essai, pour qui a essayé : sans dire de qui il s’agit.
contact_try_again = Il est temps de réessayer
    .body = C’était prévu { $when }. Ouvrez l’application pour voir de quoi il s’agit.
