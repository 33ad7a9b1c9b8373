# Accès d’urgence : pour l’administration, pour la personne accompagnée, pour qui a écrit pour soi seul.
emergency_access_opened = Un accès d’urgence a été ouvert
    .body = Ouvert { $when }. Ouvrez l’application pour voir par qui, pourquoi et jusqu’à quand.
own_information_opened = Vos informations ont été ouvertes
    .body = Plus que d’habitude, { $when }. L’application montre chaque fois que quelqu’un les ouvre.
own_notes_opened = Vos propres notes ont été ouvertes
    .body = Un accès d’urgence aux notes que vous gardez pour vous a été ouvert { $when }. Il prend fin de lui-même.
