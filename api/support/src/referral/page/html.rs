//! The words of the page, in Arabic and in French side by side: nobody has to choose a language, and nothing tells where it comes from.

use super::Asked;
use crate::referral::words::ReferralRefusal;

/// Why a partner refuses, in their words.
const fn reason(refusal: ReferralRefusal) -> &'static str {
    match refusal {
        ReferralRefusal::NoPlace => "لا يوجد مكان حاليًا · Pas de place actuellement",
        ReferralRefusal::NotOffered => "لا نقدّم هذه الخدمة · Nous ne proposons pas cela",
        ReferralRefusal::OutsideArea => "خارج منطقتنا · Hors de notre zone",
        ReferralRefusal::NotEntitled => "لا تتوفر الشروط · Conditions non remplies",
        ReferralRefusal::Other => "سبب آخر · Autre raison",
    }
}

/// The form for the code.
pub fn code_form(secret: &str) -> String {
    page(&form_for_code(secret))
}

fn form_for_code(secret: &str) -> String {
    format!(
        r#"<form method="post" action="/r/{secret}/open">
<label for="code"><span lang="ar" dir="rtl">أدخلوا الرمز المكوّن من ستة أرقام الذي سُلّم إليكم.</span>
<span lang="fr">Saisissez le code à six chiffres qui vous a été remis.</span></label>
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="off" maxlength="20" required>
<button type="submit"><span lang="ar" dir="rtl">متابعة</span> · <span lang="fr">Continuer</span></button>
</form>"#
    )
}

/// The link or the code is not right, or of no use any more: which, nobody is told.
pub fn not_right(secret: Option<&str>) -> String {
    let again = secret.map(form_for_code).unwrap_or_default();
    page(&format!(
        r#"<p role="alert" lang="ar" dir="rtl">الرابط أو الرمز غير صحيح أو لم يعد صالحًا. اطلبوا رابطًا جديدًا ممّن سلّمه إليكم.</p>
<p role="alert" lang="fr">Le lien ou le code n’est pas correct ou n’est plus valable. Demandez un nouveau lien à la personne qui vous l’a remis.</p>
{again}"#
    ))
}

/// What is asked, with the form for the answer.
pub fn request(secret: &str, code: &str, asked: &Asked, lacks_reason: bool) -> String {
    let (code, name, request) =
        (escaped(code), escaped(asked.given_name.expose()), escaped(asked.request.expose()));
    let alert = if lacks_reason {
        r#"<p role="alert" lang="ar" dir="rtl">عند الرفض، اختاروا السبب.</p>
<p role="alert" lang="fr">En cas de refus, choisissez la raison.</p>"#
    } else {
        ""
    };
    let reasons: String = ReferralRefusal::ALL
        .iter()
        .map(|refusal| format!(r#"<option value="{refusal}">{}</option>"#, reason(*refusal)))
        .collect();
    page(&format!(
        r#"<dl>
<dt><span lang="ar" dir="rtl">الاسم الشخصي</span> · <span lang="fr">Prénom</span></dt><dd dir="auto">{name}</dd>
<dt><span lang="ar" dir="rtl">الطلب</span> · <span lang="fr">Demande</span></dt><dd dir="auto" class="request">{request}</dd>
</dl>
{alert}
<form method="post" action="/r/{secret}/answer">
<input type="hidden" name="code" value="{code}">
<p><span lang="ar" dir="rtl">يمكن الجواب مرة واحدة.</span> <span lang="fr">Vous pouvez répondre une seule fois.</span></p>
<button type="submit" name="answer" value="accepted"><span lang="ar" dir="rtl">نعم، نستقبله</span> · <span lang="fr">Oui, nous pouvons recevoir cette personne</span></button>
<label for="refusal"><span lang="ar" dir="rtl">سبب الرفض</span> · <span lang="fr">Raison d’un refus</span></label>
<select id="refusal" name="refusal"><option value=""></option>{reasons}</select>
<button type="submit" name="answer" value="refused"><span lang="ar" dir="rtl">لا</span> · <span lang="fr">Non</span></button>
</form>"#
    ))
}

/// The answer is there.
pub fn thanks() -> String {
    page(
        r#"<p role="status" lang="ar" dir="rtl">شكرًا، وصل جوابكم. لم يعد هذا الرابط يعمل.</p>
<p role="status" lang="fr">Merci, votre réponse est arrivée. Ce lien ne fonctionne plus.</p>"#,
    )
}

/// It cannot be answered just now.
pub fn busy() -> String {
    page(
        r#"<p role="alert" lang="ar" dir="rtl">تعذّر ذلك الآن. حاولوا مرة أخرى بعد قليل.</p>
<p role="alert" lang="fr">Ce n’est pas possible pour le moment. Réessayez dans un instant.</p>"#,
    )
}

fn page(main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="ar">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<title>طلب · Demande</title>
<link rel="stylesheet" href="/r/page.css">
</head>
<body>
<main>
<h1><span lang="ar" dir="rtl">طلب</span> · <span lang="fr">Demande</span></h1>
{main}
</main>
</body>
</html>
"#
    )
}

/// As text stands in a page: nothing in it is an element or ends an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_text_and_nothing_else() {
        assert_eq!(escaped(r#"<b a="1" c='2'>&"#), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }

    #[test]
    fn no_page_tells_which_service_it_is() {
        for page in [code_form("x"), not_right(Some("x")), thanks(), busy()] {
            for word in
                ["uwakab", "مواكبة", "مصالحة", "oussalah", "ondation", "مؤسسة", "prison", "سجن", "<script"]
            {
                assert!(!page.contains(word), "{word}");
            }
            assert!(page.contains("lang=\"fr\"") && page.contains("dir=\"rtl\""));
        }
    }
}
