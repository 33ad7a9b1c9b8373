# À propos d’un passage de relais : pour qui est sollicité, pour qui a demandé, pour la personne accompagnée. Ni de qui il s’agit, ni qui c’est.
hand_over_asked = Quelqu’un vous demande quelque chose
    .body = La demande a été faite { $when }. Ouvrez l’application pour répondre.
hand_over_answered = Votre demande a reçu une réponse
    .body = La réponse a été donnée { $when }. Ouvrez l’application pour la lire.
companion_changed = Il y a du nouveau pour vous
    .body = Cela a été noté { $when }. Ouvrez l’application pour le lire.
