//! Appointments that were, with how they ended on every side, how some were found, and visits.

use super::{
    act::{On, Seeding, Who},
    days::Days,
};
use chrono::TimeDelta;
use contract::time::{LocalDateTime, ZoneName};
use kernel::{Result, access::Actor};
use serde_json::{Value, json};

/// The hours at which people are received.
const HOURS: [u32; 5] = [9, 10, 11, 14, 15];
/// What they come for.
const KINDS: [&str; 4] =
    ["social_counselling", "legal_counselling", "psychological_counselling", "administrative"];
/// What is found on visits, as those who make them write.
const FOUND: [&str; 8] = [
    "Loge chez un frère pour le moment ; le certificat de résidence manque encore",
    "La famille l'entoure bien, la mère a préparé le thé ; moral en hausse",
    "A commencé à l'atelier lundi ; demande des chaussures de sécurité",
    "يبحث عن عمل في الميناء؛ اتفقنا على زيارة الوكالة معا",
    "استأنف الدراسة المسائية، ويحتاج إلى وثيقة من الجماعة",
    "Le loyer est payé ; souhaite reprendre la conduite",
    "A revu ses enfants au parc, ils se reverront samedi",
    "Dossier RSU déposé ensemble, récépissé gardé à la maison",
];

/// A free hour of whoever receives them, that many days ago or somewhat earlier.
fn free(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64) -> Result<Option<LocalDateTime>> {
    let Actor::Staff { id: host, .. } = who.companion else { return Ok(None) };
    for back in 0..14 {
        let day = seeding.days.working(days_ago + back);
        // Nobody is received before they are accompanied.
        if seeding.days.since(day) >= who.since {
            return Ok(None);
        }
        for hour in HOURS {
            let wall = Days::wall(day, hour, 0)?;
            if seeding.taken.insert((host, wall.to_string())) {
                return Ok(Some(wall));
            }
        }
    }
    Ok(None)
}

/// How one ends that did not take place as agreed, by the number of the case; all others took place.
fn ending(case: u32) -> Value {
    match case {
        0 => json!({"outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true}),
        1 => json!({"outcome": "did_not_come", "side": "unknown", "tried": ["called", "waited"]}),
        2 => {
            json!({"outcome": "did_not_take_place", "side": "service", "cause": "nobody_free", "tried": ["offered_other_time"]})
        }
        3 => json!({"outcome": "did_not_take_place", "side": "weather", "cause": "storm"}),
        4 => {
            json!({"outcome": "did_not_take_place", "side": "host", "cause": "called_away", "tried": ["sought_stand_in"]})
        }
        5 => json!({"outcome": "did_not_take_place", "side": "place", "cause": "closed"}),
        6 => json!({"outcome": "took_place", "late": true}),
        _ => json!({"outcome": "took_place"}),
    }
}

/// An appointment that was so many days ago, and how it ended.
pub async fn meet(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64) -> Result<()> {
    let case = seeding.dice.below(16);
    meet_as(seeding, who, days_ago, case).await
}

/// The same, with this case of an ending.
pub async fn meet_as(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64, case: u32) -> Result<()> {
    let (Actor::Staff { id: host, .. }, Some(wall)) = (who.companion, free(seeding, who, days_ago)?) else {
        return Ok(());
    };
    let starts = seeding.days.at(wall)?;
    let first = seeding.days.hour(who.since, 12)?;
    let agreed = starts.saturating_sub(TimeDelta::days(5)).max(first);
    let body = json!({
        "id": seeding.id(), "participant_id": who.id, "host_id": host, "kind": seeding.dice.of(&KINDS),
        "local_start": wall, "duration_minutes": 45,
        "place": {"kind": "address", "details": "Centre d'accompagnement, 2e étage, bureau 4"},
    });
    let made = seeding.act((&who.companion, agreed), "scheduleAppointment", On::NOTHING, body).await?;
    let Some(mut held) = made else { return Ok(()) };
    let before = starts.saturating_sub(TimeDelta::days(1));
    if before > agreed && !seeding.dice.once_in(4) {
        let confirmed =
            seeding.act((&who.own, before), "confirmAppointment", On::seen(held), Value::Null).await?;
        held = confirmed.unwrap_or(held);
    }
    let ended = starts.saturating_add(TimeDelta::hours(1));
    let ending = ending(case);
    let took_place = ending.get("outcome") == Some(&json!("took_place"));
    seeding.act((&who.companion, ended), "recordAppointmentOutcome", On::seen(held), ending).await?;
    if took_place && days_ago < 12 && seeding.dice.once_in(2) {
        let said = ended.saturating_add(TimeDelta::hours(3));
        let face = seeding.dice.of(&["good", "very_good", "fair", "good"]);
        seeding.act((&who.own, said), "sayImpression", On::of(held.id), json!({"face": face})).await?;
    }
    Ok(())
}

/// A visit that was so many days ago; the last one has something that is still to be done.
pub async fn visit(seeding: &mut Seeding<'_>, who: &Who, days_ago: i64, is_last: bool) -> Result<()> {
    let wall = Days::wall(seeding.days.ago(days_ago), 17, 30)?;
    let at = seeding.days.at(wall)?.saturating_add(TimeDelta::hours(1));
    let mut body = json!({
        "id": seeding.id(), "participant_id": who.id, "kind": seeding.dice.of(&["home", "workplace", "centre", "phone"]),
        "local_start": wall, "zone": ZoneName::CASABLANCA, "duration_minutes": 20 + 5 * seeding.dice.below(8),
        "readers": "staff", "narrative": seeding.dice.of(&FOUND),
    });
    if is_last && let Some(fields) = body.as_object_mut() {
        let due = Days::wall(seeding.days.ago(-6), 9, 0)?;
        let step = json!({"what": "Passer ensemble à l'arrondissement pour le certificat", "local_due": due});
        fields.insert("next_step".to_owned(), step);
    }
    seeding.act((&who.companion, at), "recordVisit", On::NOTHING, body).await.map(drop)
}
