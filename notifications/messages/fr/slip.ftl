# Un rendez-vous sur papier. D'autres peuvent le trouver : quand et où, et comment prévenir ; jamais avec qui, pourquoi ni de qui.
slip-title = Rendez-vous
slip-date = Jour
slip-time = Heure
slip-place = Lieu
slip-by-phone = Par téléphone : on vous appellera
slip-by-video = En vidéo : le lien est dans l’application
slip-in-app = L’adresse est dans l’application
slip-cancel = Vous ne pouvez pas venir ? Dites-le dès que possible, dans l’application ou à la personne qui vous a remis ce papier. Un autre moment sera trouvé.
