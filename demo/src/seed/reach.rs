//! How somebody is reached, what they agree to, attempts that reached nobody, and partners of whom something is asked for them.

use super::act::{On, Seeding, Who};
use care::referral::{
    PartnerId, ReferralAnswer, ReferralAnswerWay, ReferralId, deeds,
    partners::{self, Row},
    store,
};
use chrono::TimeDelta;
use contract::{CentreId, time::ZoneName};
use kernel::Result;
use serde_json::{Value, json};

/// The edition of the texts that people agree to.
const EDITION: &str = "2026-11";
/// Invented partners, with what they offer.
const PARTNERS: [(&str, &str); 2] = [
    ("Association Al Amal de couture", "Cours de couture et de patronage, le matin"),
    ("Centre de formation La Passerelle", "Électricité, plomberie, code de la route"),
];

/// Those of a centre.
pub async fn partners(seeding: &mut Seeding<'_>, centre: CentreId) -> Result<Vec<PartnerId>> {
    let mut known = Vec::new();
    for (name, offers) in PARTNERS {
        let row = Row {
            id: PartnerId::new(&*seeding.app.ids),
            centre_id: centre,
            name: name.to_owned(),
            offers: offers.to_owned(),
            active: true,
            created_at: seeding.now.saturating_sub(TimeDelta::days(365)),
            version: 1,
        };
        partners::insert(seeding.tx, &row).await?;
        seeding.tx.changed(row.changed());
        known.push(row.id);
    }
    Ok(known)
}

/// A number of a relative, and for some the order in which they want to be told: without an app.
pub async fn ways(seeding: &mut Seeding<'_>, who: &Who, number: u32, without_app: bool) -> Result<()> {
    let at = seeding.days.hour(who.since - 1, 12)?;
    let body = json!({
        "id": seeding.id(), "kind": "phone", "whose": seeding.dice.of(&["relative", "neighbour", "friend"]),
        "number": format!("+212500002{number:03}"), "good_from": "17:00", "good_until": "20:00",
        "may_leave_message": false,
    });
    let added = seeding.act((&who.companion, at), "addContactWay", On::of(who.id.0), body).await?;
    if let Some(ways) = added.filter(|_| without_app) {
        let order = seeding.dice.of(&[["phone", "app"], ["paper", "phone"]]);
        let body = json!({"order": order});
        seeding.act((&who.companion, at), "orderContactWays", On::seen(ways), body).await?;
    }
    Ok(())
}

/// What they agree to since the present texts are there; some took something back.
pub async fn consents(seeding: &mut Seeding<'_>, who: &Who, language: &str) -> Result<()> {
    let at = seeding.days.hour(seeding.dice.between(6, 20), 12)?;
    let purposes: &[&str] = &["follow_up", "push_abroad", "statistics", "sms"];
    let many = usize::try_from(seeding.dice.between(2, 4)).unwrap_or(2);
    for purpose in purposes.iter().take(many) {
        let body = json!({
            "participant_id": who.id, "purpose": purpose, "wording_version": EDITION, "language": language,
        });
        seeding.act((&who.companion, at), "giveConsent", On::NOTHING, body).await?;
    }
    if many > 2 && seeding.dice.once_in(5) {
        let body = json!({"participant_id": who.id, "purpose": "statistics"});
        let at = at.saturating_add(TimeDelta::days(3));
        seeding.act((&who.own, at), "withdrawConsent", On::NOTHING, body).await?;
    }
    Ok(())
}

/// Somebody tried, and reached nobody.
pub async fn attempt(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64) -> Result<()> {
    let wall = super::days::Days::wall(seeding.days.ago(days_ago), 18, 0)?;
    let at = seeding.days.at(wall)?.saturating_add(TimeDelta::minutes(10));
    let (kind, note) =
        seeding.dice.of(&[("called", "Ça sonne, personne ne répond"), ("went", "لم يكن أحد في البيت")]);
    let body = json!({
        "id": seeding.id(), "participant_id": who.id, "kind": kind, "aim": "touch", "local_at": wall,
        "zone": ZoneName::CASABLANCA, "note": note,
    });
    seeding.act((&who.companion, at), "recordContactAttempt", On::NOTHING, body).await.map(drop)
}

/// Something is asked of a partner, with their consent; for some it was sent, and answered.
pub async fn refer(
    seeding: &mut Seeding<'_>,
    who: &Who,
    partner: PartnerId,
    (given, language): (&str, &str),
) -> Result<()> {
    let days_ago = seeding.dice.between(3, 20);
    let at = seeding.days.hour(days_ago, 14)?;
    let body: Value = json!({
        "id": seeding.id(), "participant_id": who.id, "partner_id": partner, "given_name": given,
        "request": "Une place au prochain cours", "consent": {"wording_version": EDITION, "language": language, "expires_at": at.saturating_add(TimeDelta::days(180))},
    });
    let Some(asked) = seeding.act((&who.companion, at), "askReferral", On::NOTHING, body).await? else {
        return Ok(());
    };
    let step = seeding.dice.below(3);
    let (app, scope) = (seeding.app, who.companion.staff_caseload()?);
    let found = store::load_for_change(seeding.tx, scope, ReferralId(asked.id)).await?;
    let Some(mut row) = found.filter(|_| step > 0) else { return Ok(()) };
    let sent_at = at.saturating_add(TimeDelta::hours(20));
    // The link and the code are shown once, to whoever hands them over; nobody is shown these.
    let audit = match deeds::send(app, &mut *seeding.tx, &mut row, sent_at).await {
        Ok((_, audit)) => audit,
        Err(error) => return seeding.leave_out("sendReferral", error),
    };
    seeding.log(&who.companion, audit, sent_at).await?;
    if step > 1 {
        let answer = (ReferralAnswer::Accepted, None);
        let at = sent_at.saturating_add(TimeDelta::hours(20));
        let answered =
            deeds::answer(app, &mut *seeding.tx, &mut row, answer, ReferralAnswerWay::Staff, at).await;
        match answered {
            Ok(audit) => seeding.log(&who.companion, audit, at).await?,
            Err(error) => seeding.leave_out("recordReferralAnswer", error)?,
        }
    }
    Ok(())
}
