//! Employers, and the way to work: stages, what was held and how that is known, endings of several kinds.

use super::act::{Did, On, Seeding, Who};
use care::employer::{
    EmployerId, Sector,
    answer::field,
    store::{self, Row},
};
use chrono::TimeDelta;
use contract::CentreId;
use kernel::{
    Result,
    protect::privacy::{Name, Note},
};
use serde_json::{Value, json};

/// Invented ones: what they are called, how they are reached, and what they work in.
const EMPLOYERS: [(&str, &str, Sector); 4] = [
    ("Boulangerie du vieux port", "Demander le frère, le matin", Sector::Crafts),
    ("Coopérative Argane du plateau", "Par téléphone, l'après-midi", Sector::Agriculture),
    ("Menuiserie des Orangers", "Passer à l'atelier", Sector::Industry),
    ("مقهى الساحة الصغيرة", "بعد العصر", Sector::Hospitality),
];

/// Those of a centre.
pub async fn employers(seeding: &mut Seeding<'_>, centre: CentreId) -> Result<Vec<EmployerId>> {
    let mut known = Vec::new();
    for (name, contact, sector) in EMPLOYERS {
        let (name, contact) = (super::text::<Name>(name)?, super::text::<Note>(contact)?);
        let (id, random) = (EmployerId::new(&*seeding.app.ids), &*seeding.app.random);
        let key = &seeding.app.keys.employers;
        let row = Row {
            id,
            centre_id: centre,
            name_sealed: key.seal_text(field("name_sealed", id), &name, random)?,
            contact_sealed: Some(key.seal_text(field("contact_sealed", id), &contact, random)?),
            sector,
            province: None,
            recorded_at: seeding.now.saturating_sub(TimeDelta::days(365)),
            version: 1,
        };
        store::insert(seeding.tx, &row).await?;
        seeding.tx.changed(row.changed());
        known.push(id);
    }
    Ok(known)
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It runs.
    Runs,
    /// It ended this many days after it began.
    Ends(i64),
    /// They are on the way to it.
    OnTheWay,
}

/// Something that somebody began so many days ago, or is on the way to.
pub async fn place(
    seeding: &mut Seeding<'_>,
    who: &Who,
    (employer, days_ago): (Option<EmployerId>, i64),
    course: Course,
) -> Result<()> {
    let by = &who.companion;
    let kind = seeding.dice.of(&[
        "open_ended",
        "fixed_term",
        "insertion_contract",
        "apprenticeship",
        "day_labour",
        "income_generating_project",
    ]);
    let is_project = kind == "income_generating_project";
    let (first, second) = if is_project { ("dossier", "approved") } else { ("application", "interview") };
    let begun_ago = if course == Course::OnTheWay { days_ago } else { (days_ago + 12).min(who.since - 1) };
    let mut body = json!({
        "id": seeding.id(), "participant_id": who.id, "kind": kind, "stage": first, "on": day(seeding, begun_ago),
    });
    if let (Some(fields), Some(employer), false) = (body.as_object_mut(), employer, is_project) {
        fields.insert("employer_id".to_owned(), json!(employer));
        fields.insert("hours_a_week".to_owned(), json!(40));
    }
    let at = seeding.days.hour(begun_ago, 16)?;
    let Some(mut placement) = seeding.act((by, at), "recordPlacement", On::NOTHING, body).await? else {
        return Ok(());
    };
    placement = stage(seeding, who, placement, second, (begun_ago - 5).max(days_ago.min(begun_ago))).await?;
    if course == Course::OnTheWay {
        return Ok(());
    }
    let last = if is_project { "first_sale" } else { "start" };
    placement = stage(seeding, who, placement, last, days_ago).await?;
    let held = if let Course::Ends(held) = course { held } else { days_ago };
    for (milestone, days) in [("days_30", 30), ("days_90", 90), ("days_180", 180)] {
        // Some of the latest are still to be verified, so that somebody is reminded of them.
        let is_left = days + 12 > held && seeding.dice.once_in(5);
        let on = days_ago - days - 2;
        if held < days + 4 || is_left || on < who.until {
            break;
        }
        let body = json!({
            "milestone": milestone, "confidence": seeding.dice.of(&["high", "medium"]),
            "evidence": seeding.dice.of(&["payslip", "cnss_statement", "visit_elsewhere", "self_report"]),
            "on": day(seeding, on),
        });
        let at = seeding.days.hour(on, 18)?;
        let verified = seeding.act((by, at), "verifyMilestone", On::seen(placement), body).await?;
        placement = verified.unwrap_or(placement);
    }
    if let Course::Ends(held) = course {
        let on = days_ago - held;
        let reason = seeding.dice.of(&[
            "end_of_contract",
            "better_job",
            "season_over",
            "laid_off",
            "health",
            "family",
        ]);
        let body = json!({"reason": reason, "until": day(seeding, on)});
        let at = seeding.days.hour(on, 19)?;
        seeding.act((by, at), "endPlacement", On::seen(placement), body).await?;
    }
    Ok(())
}

/// A day as people write it.
fn day(seeding: &Seeding<'_>, days_ago: i64) -> String {
    seeding.days.ago(days_ago).to_string()
}

async fn stage(
    seeding: &mut Seeding<'_>,
    who: &Who,
    placement: Did,
    stage: &str,
    days_ago: i64,
) -> Result<Did> {
    let body: Value = json!({"stage": stage, "outcome": "reached", "on": day(seeding, days_ago)});
    let at = seeding.days.hour(days_ago, 17)?;
    let reached =
        seeding.act((&who.companion, at), "recordPlacementStage", On::seen(placement), body).await?;
    Ok(reached.unwrap_or(placement))
}
