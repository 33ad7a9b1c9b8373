//! What is looked at again: placements of which a milestone falls due or is missed, and those whose reminders are planned from something
//! that is different.

use super::{
    deeds::line,
    held,
    milestones::Passed,
    needs,
    parts::{self, Whole},
    remind,
    store::{self, Row},
    words::{MilestoneClosing, MilestoneState, PlacementId},
};
use crate::app::{
    App,
    timer::Timer,
    unfolding::{Stretch, Unfolding, id_of},
};
use contract::{AuditId, CentreId, ParticipantId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A placement with milestones.
pub const PLACEMENTS: Kind = Kind::new("placement");

/// A centre whose policy or zone has changed: it is unfolded into its placements with milestones.
static UNFOLDED: Unfolding = Unfolding {
    of_centre: Kind::new("placements_of_centre"),
    into: PLACEMENTS,
    page: |tx, centre, progress, rows| {
        Box::pin(async move { Ok(Stretch::by_id(page(tx, centre, id_of(progress), rows).await?)) })
    },
};

/// Rows of one statement.
const CHUNK: usize = 500;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: UNFOLDED.of_centre,
        is_each_alone: true,
        look_at: |_, tx, entries, now| Box::pin(UNFOLDED.look_at(tx, entries, now)),
    },
    Timer {
        kind: PLACEMENTS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                let rows = held(tx, &ids).await?;
                let mut outcomes: BTreeMap<Uuid, Outcome> =
                    ids.into_iter().map(|id| (id, Outcome::Done)).collect();
                let mut seen = Vec::with_capacity(rows.len());
                for mut whole in parts::complete(tx, rows).await? {
                    let came = look_at(app, tx, &mut whole, now).await?;
                    outcomes.insert(whole.row.id.0, came.next.map_or(Outcome::Done, Outcome::Again));
                    seen.push((whole, came));
                }
                // Behind all that is held for the plans, as everywhere.
                for (whole, came) in &seen {
                    tell(app, tx, whole, came, now).await?;
                }
                Ok(outcomes.into_iter().collect())
            })
        },
    },
];

/// What time made of a placement.
#[derive(Debug, Default)]
struct Came {
    /// When it is to be looked at again.
    next: Option<Instant>,
    /// Whether a milestone has fallen due.
    is_due: bool,
    /// Whether nobody said in time that one was held.
    is_missed: bool,
}

/// What time made of one. It is held, so that nobody closes the file meanwhile; a centre that gets another zone notes it again.
async fn look_at(app: &App, tx: &mut Tx, whole: &mut Whole, now: Instant) -> Result<Came> {
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let mut is_other = held::derive_again(app, tx, whole, &zone).await?;
    let mut came = Came::default();
    // Whoever is not accompanied is noted again when they are. Nobody is asked until then, and nothing is missed.
    if store::is_accompanied(tx, whole.row.participant_id).await? {
        pass(tx, whole, &mut came, now).await?;
        is_other |= came.is_due || came.is_missed;
        if came.is_missed {
            whole.row.version += 1;
            whole.row.changed_at = now;
            store::update(tx, &whole.row).await?;
            let audit = line(&whole.row, "miss_milestone");
            audit.write(tx, None, AuditId::new(&*app.ids), now).await?;
        }
    }
    if is_other {
        tx.changed(whole.row.changed());
    }
    remind::plan_again(app, tx, whole, now).await?;
    Ok(came)
}

/// Lets time pass for each of its milestones.
async fn pass(tx: &mut Tx, whole: &mut Whole, came: &mut Came, now: Instant) -> Result<()> {
    for one in &mut whole.milestones {
        let mut passed = one.course().passed(now);
        if passed == Passed::FellDue {
            one.asked_at = Some(now);
            parts::update_milestone(tx, one).await?;
            came.is_due = true;
            passed = one.course().passed(now);
        }
        match passed {
            Passed::Missed => {
                one.state = MilestoneState::Missed;
                one.closed_for = Some(MilestoneClosing::NotVerified);
                parts::update_milestone(tx, one).await?;
                came.is_missed = true;
            }
            Passed::Nothing(Some(at)) => came.next = Some(came.next.map_or(at, |next| next.min(at))),
            Passed::Nothing(None) | Passed::FellDue => {}
        }
    }
    Ok(())
}

/// Says that somebody is needed.
async fn tell(app: &App, tx: &mut Tx, whole: &Whole, came: &Came, now: Instant) -> Result<()> {
    if came.is_due {
        needs::is_due(app, tx, &whole.row, now).await?;
    }
    if came.is_missed {
        needs::is_missed(app, tx, &whole.row, now).await?;
        needs::stand_as(app, tx, whole, now).await?;
    }
    Ok(())
}

/// Notes when the milestones of a placement are to be looked at: the first that is still to come, or one that somebody is asked about.
pub async fn note_due(tx: &mut Tx, whole: &Whole) -> Result<()> {
    let open = whole.milestones.iter().filter(|one| one.state == MilestoneState::Pending);
    match open.map(|one| one.due_at).min() {
        Some(at) => Ok(agenda::note(tx, PLACEMENTS, whole.row.centre_id, &[whole.row.id.0], at).await?),
        None => Ok(()),
    }
}

/// These placements, held. Whoever holds one now is waited for: nobody holds one for long.
async fn held(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT pl.*, p.data_key, employer.name_sealed AS employer_name_sealed
             FROM placement AS pl JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id
             WHERE pl.id IN ({rows}) ORDER BY pl.id",
            pg " FOR UPDATE OF pl"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    Ok(query.all().await?)
}

/// Notes that those with milestones of everybody of a centre are looked at: one row, however many there are, and none if there are none.
pub async fn note_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    UNFOLDED.note(tx, centre, now).await
}

async fn page(tx: &mut Tx, centre: CentreId, after: Uuid, rows: i64) -> Result<Vec<Uuid>> {
    Ok(tx
        .query(sql!(
            "SELECT pl.id FROM placement AS pl
             WHERE pl.centre_id = $1 AND pl.state IN ('running', 'ended') AND pl.id > $2
               AND EXISTS (SELECT 1 FROM milestone AS m WHERE m.placement_id = pl.id AND m.state = 'pending')
             ORDER BY pl.id LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(centre)
        .bind(after)
        .bind(rows)
        .scalars()
        .await?)
}

/// Notes those with milestones that are still to come of a participant. Of what is settled nobody is reminded, however much there is of it.
pub async fn note_participant(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let found: Vec<(PlacementId, CentreId)> = tx
        .query(sql!(
            "SELECT pl.id, pl.centre_id FROM placement AS pl
             WHERE pl.participant_id = $1 AND pl.state IN ('running', 'ended')
               AND EXISTS (SELECT 1 FROM milestone AS m WHERE m.placement_id = pl.id AND m.state = 'pending')"
        ))
        .bind(participant)
        .all()
        .await?;
    note_each(tx, found, now).await
}

/// Notes those with milestones of everybody whom this staff member accompanies no longer, since that moment: somebody else leads.
pub async fn note_left(tx: &mut Tx, staff: StaffId, at: Instant, now: Instant) -> Result<()> {
    let found: Vec<(PlacementId, CentreId)> = tx
        .query(sql!(
            "SELECT DISTINCT pl.id, pl.centre_id FROM assignment AS a JOIN placement AS pl ON pl.participant_id = a.participant_id
             WHERE a.staff_id = $1 AND a.ended_at = $2 AND pl.state IN ('running', 'ended')
               AND EXISTS (SELECT 1 FROM milestone AS m WHERE m.placement_id = pl.id AND m.state = 'pending')"
        ))
        .bind(staff)
        .bind(at)
        .all()
        .await?;
    note_each(tx, found, now).await
}

/// Notes those with milestones of everybody whom this staff member leads, or stands in for the lead: they are away from now on, or back, and
/// somebody else is reminded.
pub async fn note_led(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<()> {
    let found: Vec<(PlacementId, CentreId)> = tx
        .query(sql!(
            "SELECT pl.id, pl.centre_id FROM participant_lead AS lead JOIN placement AS pl ON pl.participant_id = lead.participant_id
             WHERE lead.assignment_id IN (
                 SELECT a.id FROM assignment AS a WHERE a.ended_at IS NULL AND (
                     a.staff_id = $1
                     OR a.staff_id IN (SELECT away.staff_id FROM absence AS away WHERE away.stand_in_id = $1
                                       AND away.began_at IS NOT NULL AND away.ended_at IS NULL)))
               AND pl.state IN ('running', 'ended')
               AND EXISTS (SELECT 1 FROM milestone AS m WHERE m.placement_id = pl.id AND m.state = 'pending')"
        ))
        .bind(staff)
        .all()
        .await?;
    note_each(tx, found, now).await
}

/// Derives all milestones that lie ahead from the zone data in use.
pub async fn derive_all(app: &App, tx: &mut Tx, now: Instant) -> Result<()> {
    let open: Vec<Uuid> = tx
        .query(sql!(
            "SELECT DISTINCT placement_id FROM milestone WHERE state = 'pending' ORDER BY placement_id"
        ))
        .scalars()
        .await?;
    for chunk in open.chunks(CHUNK) {
        let rows = held(tx, chunk).await?;
        for mut whole in parts::complete(tx, rows).await? {
            let zone = store::zone_of(tx, whole.row.centre_id).await?;
            if held::derive_again(app, tx, &mut whole, &zone).await? {
                tx.changed(whole.row.changed());
                note_due(tx, &whole).await?;
                remind::plan_again(app, tx, &whole, now).await?;
            }
        }
    }
    Ok(())
}

async fn note_each(tx: &mut Tx, found: Vec<(PlacementId, CentreId)>, now: Instant) -> Result<()> {
    let mut of_centres: BTreeMap<CentreId, Vec<Uuid>> = BTreeMap::new();
    for (id, centre) in found {
        of_centres.entry(centre).or_default().push(id.0);
    }
    for (centre, ids) in of_centres {
        agenda::note(tx, PLACEMENTS, centre, &ids, now).await?;
    }
    Ok(())
}
