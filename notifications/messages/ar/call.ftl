# ما يُقال لمن يُخبَر شفويا: بالهاتف أو على ورقة أو عن طريق شخص سمّاه. لا مع من، ولا لماذا، ولا من يدير الخدمة: فقد يسمع آخرون.

call-appointment_scheduled = لديك موعد { $when }. { $clock }هل يمكنك الحضور، أم تفضل وقتا آخر؟
call-appointment_proposed = اقتُرحت عليك عدة أوقات، أولها { $when }. { $clock }أيها يناسبك؟
call-appointment_moved = تغيّر موعدك: هو الآن { $when }. { $clock }هل يمكنك الحضور؟
call-appointment_cancelled = { $state ->
        [withdrawn] الأوقات التي اقتُرحت عليك لم تعد قائمة. سنجد غيرها.
       *[cancelled] موعدك { $when } لن يتم. { $clock }لا يلزمك فعل شيء.
    }
call-appointment_in_seven_days = لديك موعد { $when }. { $clock }هل يمكنك الحضور، أم تفضل وقتا آخر؟
call-appointment_in_three_days = لديك موعد { $when }. { $clock }هل يمكنك الحضور، أم تفضل وقتا آخر؟
call-appointment_tomorrow = لديك موعد { $when }. { $clock }هل يمكنك الحضور؟
call-appointment_soon = موعدك { $when }. { $clock }هل أنت في الطريق؟
call-check_in_open = هناك بعض الأسئلة لك. تأخذ دقيقة. هل نجيب عنها الآن معا؟
call-check_in_half_way = ما زالت هناك بعض الأسئلة لك، تُغلق { $when }. { $clock }هل نجيب عنها الآن معا؟
call-check_in_last_evening = بعض الأسئلة الموجهة إليك تُغلق { $when }. { $clock }هل نجيب عنها الآن معا؟

# لمن يرد غيره.
call-otherwise = السلام عليكم. أود التحدث إلى من سألت عنه. سأتصل مرة أخرى. شكرا.
# حيث يمكن ترك رسالة.
call-message = السلام عليكم. المرجو الاتصال بي متى أمكن. شكرا.
