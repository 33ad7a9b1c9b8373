# Textes sur les rendez-vous.

# Ce que la personne peut faire ensuite.
next-scheduled = Vous pouvez confirmer ou demander un autre horaire.
next-confirmed = Vous avez confirmé. Un empêchement ? Demandez un autre horaire.
next-chosen = Vous avez choisi cet horaire. Un empêchement ? Demandez-en un autre.
next-change_requested = Un autre horaire est demandé ; d’ici là, celui-ci tient.

# Pour la personne accompagnée.
appointment_scheduled = Vous avez un nouveau rendez-vous
    .body = Il est prévu { $when }. { $clock }{ $place } { $next }
appointment_proposed = Choisissez un horaire
    .body = Plusieurs horaires vous sont proposés, le premier { $when }. { $clock }Ouvrez l’application pour en choisir un ou en demander d’autres.
appointment_moved = Votre rendez-vous a changé
    .body = Il est prévu { $when }. { $clock }{ $place } { $next }
appointment_cancelled = { $state ->
        [withdrawn] Il n’y a plus d’horaire à choisir
       *[cancelled] Votre rendez-vous est annulé
    }
    .body = { $state ->
        [withdrawn] Les horaires proposés ne tiennent plus. Ouvrez l’application pour voir la suite ou nous appeler.
       *[cancelled] Il était prévu { $when }. { $clock }Vous n’avez rien à faire. Ouvrez l’application pour voir la suite ou nous appeler.
    }
appointment_in_seven_days = Rendez-vous { $when }
    .body = { $clock }{ $place } { $next }
appointment_in_three_days = Rendez-vous { $when }
    .body = { $clock }{ $place } { $next }
appointment_tomorrow = Rendez-vous { $when }
    .body = { $clock }{ $place } { $next }
appointment_soon = Rendez-vous { $when }
    .body = { $clock }{ $place } { $next }

# Pour l'hôte.
appointment_unconfirmed = { $state ->
        [proposed] Aucun horaire choisi pour l’instant
        [other_times] D’autres horaires sont toujours attendus
        [change_requested] Un autre horaire est toujours attendu
       *[scheduled] Pas encore confirmé
    }
    .body = { $state ->
        [proposed] Des horaires sont proposés, le premier { $when }. Aucun n’est encore choisi. Un appel peut aider : ouvrez l’application.
        [other_times] Les horaires proposés, le premier { $when }, ne conviennent pas. Ouvrez l’application pour en proposer d’autres.
        [change_requested] Le rendez-vous prévu { $when } attend toujours un autre horaire. Ouvrez l’application pour en proposer un.
       *[scheduled] Le rendez-vous prévu { $when } n’est pas encore confirmé. Un appel peut aider : ouvrez l’application.
    }
appointment_answered = { $state ->
        [chosen] Un horaire est choisi
        [none_suits] Aucun horaire n’est accepté
        [other_times] D’autres horaires sont demandés
        [confirmed] Un rendez-vous est confirmé
        [declined] Un rendez-vous est décliné
       *[change_requested] Un autre horaire est demandé
    }
    .body = { $state ->
        [chosen] Le rendez-vous aura lieu { $when }. Vous n’avez rien à faire.
        [none_suits] Aucun des horaires proposés n’est accepté. Ouvrez l’application pour voir la suite.
        [other_times] Les horaires proposés ne conviennent pas. Ouvrez l’application pour en proposer d’autres.
        [confirmed] Le rendez-vous prévu { $when } est confirmé. Vous n’avez rien à faire.
        [declined] Le rendez-vous prévu { $when } n’aura pas lieu. Ouvrez l’application pour voir la suite.
       *[change_requested] Cela concerne le rendez-vous prévu { $when }. Ouvrez l’application pour en proposer un autre.
    }
appointment_missed = Un rendez-vous n’a pas eu lieu
    .body = Il était prévu { $when }. Un appel peut aider : ouvrez l’application pour voir la suite.
appointment_lapsed = Aucun horaire n’a été choisi
    .body = Tous les horaires proposés sont passés. Un appel peut aider : ouvrez l’application pour en proposer d’autres.
appointment_handed_over = Un rendez-vous vous est confié
    .body = { $state ->
        [proposed] Plusieurs horaires sont proposés, le premier { $when }. Ouvrez l’application pour en savoir plus.
        [other_times] D’autres horaires sont demandés. Ouvrez l’application pour en proposer.
       *[scheduled] Il est prévu { $when }. Ouvrez l’application pour en savoir plus.
    }
appointment_centre_closed = Un rendez-vous à une heure de fermeture
    .body = Le rendez-vous prévu { $when } tombe désormais à une heure de fermeture. Rien n’a été déplacé : ouvrez l’application.

# Boutons.
action-confirm = Confirmer
action-ask_to_move = Autre horaire
