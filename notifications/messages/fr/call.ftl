# Ce qui est dit à quelqu'un que l'on prévient de vive voix : au téléphone, sur papier, par une personne qu'il a nommée. Ni avec qui, ni pourquoi, ni
# qui tient le service : d'autres écoutent.

call-appointment_scheduled = Vous avez un rendez-vous { $when }. { $clock }Pouvez-vous venir, ou préférez-vous un autre moment ?
call-appointment_proposed = Plusieurs moments vous sont proposés, le premier { $when }. { $clock }Lequel vous conviendrait ?
call-appointment_moved = Votre rendez-vous a changé : il est maintenant { $when }. { $clock }Pouvez-vous venir ?
call-appointment_cancelled = { $state ->
        [withdrawn] Les moments qui vous étaient proposés ne tiennent plus. Nous en trouverons d'autres.
       *[cancelled] Votre rendez-vous { $when } n'a pas lieu. { $clock }Vous n'avez rien à faire.
    }
call-appointment_in_seven_days = Vous avez un rendez-vous { $when }. { $clock }Pouvez-vous venir, ou préférez-vous un autre moment ?
call-appointment_in_three_days = Vous avez un rendez-vous { $when }. { $clock }Pouvez-vous venir, ou préférez-vous un autre moment ?
call-appointment_tomorrow = Vous avez un rendez-vous { $when }. { $clock }Pouvez-vous venir ?
call-appointment_soon = Votre rendez-vous est { $when }. { $clock }Êtes-vous en route ?
call-check_in_open = Il y a quelques questions pour vous. Cela prend une minute. On les regarde ensemble maintenant ?
call-check_in_half_way = Il reste quelques questions pour vous, jusqu'à { $when }. { $clock }On les regarde ensemble maintenant ?
call-check_in_last_evening = Quelques questions pour vous se ferment { $when }. { $clock }On les regarde ensemble maintenant ?

# À toute autre personne qui répond.
call-otherwise = Bonjour. Je voudrais lui parler en personne. Je rappellerai. Merci.
# Là où un message peut être laissé.
call-message = Bonjour. Merci de me rappeler quand vous pourrez.
