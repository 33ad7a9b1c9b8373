# Reminders and notices in Arabic, with Morocco's names of the months and Latin digits. Others may see a lock screen: say when
# and how, never with whom, what for or from whom. The polite plural speaks to women and men alike.
# A message is the title (at most 50 characters), its .body what to know and do next (at most 160).

# When.
# A push may be read after midnight, so the date stands beside the word.
today = اليوم { $day } { $month }
tomorrow = غدا { $day } { $month }
yesterday = أمس { $day } { $month }
date-short = { $day } { $month }
date = يوم { $weekday } { $day } { $month }
date-of-year = يوم { $weekday } { $day } { $month } { $year }
time = { $clock }
when = { $date } على الساعة { $time }

# Whose clock, where the reader's own shows another time; and what theirs shows.
clock = { $whose ->
        [morocco] بتوقيت المغرب.
       *[there] بالتوقيت المحلي هناك.
    }
clock-and-yours = { $whose ->
        [morocco] بتوقيت المغرب، أي { $time } عندكم.
       *[there] بالتوقيت المحلي هناك، أي { $time } عندكم.
    }
clock-and-other-day = { $whose ->
        [morocco] بتوقيت المغرب، أي { $date } على { $time } عندكم.
       *[there] بالتوقيت المحلي هناك، أي { $date } على { $time } عندكم.
    }

weekday-1 = الاثنين
weekday-2 = الثلاثاء
weekday-3 = الأربعاء
weekday-4 = الخميس
weekday-5 = الجمعة
weekday-6 = السبت
weekday-7 = الأحد

month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = ماي
month-6 = يونيو
month-7 = يوليوز
month-8 = غشت
month-9 = شتنبر
month-10 = أكتوبر
month-11 = نونبر
month-12 = دجنبر

# How to meet.
place-address = العنوان موجود في التطبيق.
place-phone = يتم عبر الهاتف، فأبقوه قريبا منكم.
place-video = يتم عبر الفيديو، والرابط في التطبيق.
