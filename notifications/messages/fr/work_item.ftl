# À propos d’un point à traiter, pour le personnel : ni de qui il s’agit, ni pourquoi.
work_item_urgent = On a besoin de vous
    .body = C’est arrivé { $when }. Ouvrez l’application.
work_item_risen = Un point est en retard
    .body = Personne ne s’en est encore occupé. Il vous revient { $when }. Ouvrez l’application pour voir lequel.
work_item_asked = Quelqu’un demande votre aide
    .body = La demande a été faite { $when }. Ouvrez l’application pour répondre.
