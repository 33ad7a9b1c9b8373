# À propos d’un point de suivi, pour qui y répond : ni qui demande, ni quoi.
check_in_open = Quelques questions pour vous
    .body = Cela prend une minute. Fin { $when }. { $clock }Ouvrez l’application pour répondre.
check_in_half_way = Vos questions vous attendent
    .body = Fin { $when }. { $clock }Ouvrez l’application pour répondre.
check_in_last_evening = Vos questions se ferment bientôt
    .body = Fin { $when }. { $clock }Ouvrez l’application pour répondre, ou pour demander un appel.
