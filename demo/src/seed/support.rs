//! What somebody needs and is good at, what they hope for, and their papers.

use super::act::{On, Seeding, Who};
use chrono::TimeDelta;
use kernel::Result;
use serde_json::{Value, json};

/// Needs, with the area of each and what helped.
const NEEDS: [(&str, &str, &str); 8] = [
    ("papers", "Certificat de résidence pour l'assurance", "Un voisin a témoigné à l'arrondissement"),
    (
        "housing",
        "Une chambre à loyer modeste près du travail",
        "L'association du quartier a proposé une chambre",
    ),
    ("income", "Un peu d'avance pour les outils", "Un microcrédit a été accordé"),
    ("health", "موعد مع طبيب الأسنان", "المركز الصحي حدد موعدا"),
    ("family", "Revoir ses enfants régulièrement", "Une rencontre chaque samedi au parc"),
    ("education", "Reprendre la formation en électricité", "Inscription au cours du soir"),
    ("legal", "معرفة خطوات رد الاعتبار", "شرح المستشار الخطوات كتابة"),
    ("mental_health", "Quelqu'un à qui parler le soir", "La psychologue le reçoit chaque quinzaine"),
];
/// What people can lean on.
const STRENGTHS: [(&str, &str); 5] = [
    ("family", "Une sœur qui le soutient"),
    ("education", "Lit beaucoup, aide les autres à écrire"),
    ("income", "Bon menuisier, connu pour son soin"),
    ("faith_and_meaning", "يساعد في مسجد الحي ويجد فيه راحته"),
    ("family", "Ses enfants, dont elle parle avec fierté"),
];
/// What people hope for, with the first steps.
const GOALS: [(&str, [&str; 2]); 5] = [
    (
        "Ouvrir un petit atelier de couture",
        ["Faire la liste du matériel", "Demander l'avis de la coopérative"],
    ),
    ("Passer le permis de conduire", ["S'inscrire à l'auto-école", "Réviser le code chaque soir"]),
    ("الحصول على سكن مستقل", ["البحث مع الجمعية", "ادخار الشهر الأول من الإيجار"]),
    ("Retrouver mes enfants le week-end", ["Appeler leur grand-mère", "Préparer une sortie au parc"]),
    ("العمل في الفلاحة مع أخي", ["زيارة الضيعة", "تسجيل الضمان الاجتماعي"]),
];
/// Papers and things, in the order in which they are usually seen to.
const ITEMS: [&str; 6] =
    ["national_card", "birth_record", "residence_certificate", "social_security", "cv", "bank_account"];

/// What they need and can lean on; the older ones are met.
pub async fn needs(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64, is_rich: bool) -> Result<()> {
    let found_at = seeding.days.hour(days_ago, 15)?;
    let (area, what, helped) = seeding.dice.of(&NEEDS);
    let body = json!({"id": seeding.id(), "participant_id": who.id, "area": area, "what": what});
    let by = &who.companion;
    if let Some(need) = seeding.act((by, found_at), "findNeed", On::NOTHING, body).await?
        && is_rich
    {
        let at = found_at.saturating_add(TimeDelta::days(6));
        let taken = seeding.act((by, at), "takeNeedInHand", On::seen(need), Value::Null).await?;
        let result = seeding.dice.of(&["met", "met", "partly_met", "declined"]);
        let body = match result {
            "declined" => json!({"result": result}),
            result => json!({"result": result, "helped": helped}),
        };
        let at = found_at.saturating_add(TimeDelta::days(seeding.dice.between(20, 90)));
        if let Some(need) = taken.filter(|_| at < last(seeding, who)) {
            seeding.act((by, at), "closeNeed", On::seen(need), body).await?;
        }
    }
    let (area, what) = seeding.dice.of(&STRENGTHS);
    let body = json!({"id": seeding.id(), "participant_id": who.id, "area": area, "what": what});
    seeding.act((by, found_at), "recordStrength", On::NOTHING, body).await?;
    let body = json!({"area": "safety", "answer": "no_need"});
    seeding.act((by, found_at), "answerNeedArea", On::of(who.id.0), body).await.map(drop)
}

/// What they hope for; whoever was accompanied to the end has reached it.
pub async fn goals(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64, is_reached: bool) -> Result<()> {
    let at = seeding.days.hour(days_ago, 11)?;
    let (what, steps) = seeding.dice.of(&GOALS);
    let body = json!({"id": seeding.id(), "participant_id": who.id, "what": what});
    let Some(goal) = seeding.act((&who.own, at), "setGoal", On::NOTHING, body).await? else { return Ok(()) };
    for (number, step) in (1..).zip(steps) {
        let body = json!({"id": seeding.id(), "what": step});
        let made = seeding.act((&who.own, at), "addGoalStep", On::of(goal.id), body).await?;
        let ticked = at.saturating_add(TimeDelta::days(15 * number));
        let is_ticked = (number == 1 || is_reached) && ticked < last(seeding, who);
        if let Some(step) = made.filter(|_| is_ticked) {
            let body = json!({"state": "achieved"});
            seeding.act((&who.own, ticked), "markGoalStep", On::seen(step), body).await?;
        }
    }
    if is_reached {
        let at = at.saturating_add(TimeDelta::days(40)).min(last(seeding, who));
        let body = json!({"result": seeding.dice.of(&["achieved", "partly"])});
        seeding.act((&who.own, at), "closeGoal", On::seen(goal), body).await?;
    }
    Ok(())
}

/// Their papers: most are there by now, some are being obtained, and of a few nothing has moved for long.
pub async fn papers(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64, many: usize) -> Result<()> {
    let mut on = On::of(who.id.0);
    for (number, item) in (0..).zip(ITEMS).take(many) {
        let days = (days_ago - 9 * number).max(who.until + 1);
        let state = seeding.dice.of(&["have", "have", "have", "being_obtained", "missing", "not_needed"]);
        let body = json!({"item": item, "state": state, "on": seeding.days.ago(days).to_string()});
        let at = seeding.days.hour(days, 16)?;
        if let Some(list) = seeding.act((&who.companion, at), "setReadinessItem", on, body).await? {
            on = On::seen(list);
        }
    }
    let body = match seeding.dice.below(5) {
        0 => json!({"willingness": "not_seeking", "reason": "care",
                    "what_would_change": "Quelqu'un qui s'occupe de la mère le matin"}),
        1 => json!({"willingness": "studying"}),
        _ => json!({"willingness": "seeking"}),
    };
    let at = seeding.days.hour(who.until + 1, 16)?;
    seeding.act((&who.companion, at), "setWillingness", on, body).await.map(drop)
}

/// The last moment of their accompaniment.
fn last(seeding: &Seeding<'_>, who: &Who) -> contract::time::Instant {
    if who.is_open() {
        return seeding.now;
    }
    seeding.now.saturating_sub(TimeDelta::days(who.until + 1))
}
