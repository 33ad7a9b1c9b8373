# Le point de la semaine, pour les responsables : aucun chiffre ici.
digest_ready = Le point de la semaine est prêt
    .body = Il a été établi { $when }. Ouvrez l’application pour le consulter.
