# Rappels et avis en français. D'autres voient l'écran verrouillé : dire quand et comment, jamais avec qui, pourquoi ni de qui.
# Un message est le titre (50 caractères au plus), son .body ce qu'il faut savoir et faire ensuite (160 au plus).

# Quand.
# Un message peut être lu après minuit : la date est à côté du mot.
today = aujourd’hui { date-short }
tomorrow = demain { date-short }
yesterday = hier { date-short }
date-short = { $day ->
        [1] 1er
       *[other] { $day }
    } { $month }
date = { $weekday } { $day ->
        [1] 1er
       *[other] { $day }
    } { $month }
date-of-year = { $weekday } { $day ->
        [1] 1er
       *[other] { $day }
    } { $month } { $year }
time = { $hour }h{ $minute }
when = { $date } à { $time }

# L'heure de qui, quand celle de la personne est autre ; et la sienne.
clock = { $whose ->
        [morocco] Heure du Maroc.
       *[there] Heure locale là-bas.
    }
clock-and-yours = { $whose ->
        [morocco] Heure du Maroc ; { $time } chez vous.
       *[there] Heure locale là-bas ; { $time } chez vous.
    }
clock-and-other-day = { $whose ->
        [morocco] Heure du Maroc ; chez vous { $date }, { $time }.
       *[there] Heure locale là-bas ; chez vous { $date }, { $time }.
    }

weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche

month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

# Comment se voir.
place-address = L’adresse est dans l’application.
place-phone = Par téléphone : gardez-le près de vous.
place-video = En vidéo : lien dans l’application.
