//! What is open on a merged file, and goes on under the one that goes on.

use super::{
    rules, store,
    words::{FileMergeId, MovedKind},
};
use crate::{
    app::{App, life::Event},
    appointment::carry::{self, Carried},
    assignment::{held, things::ASSIGNMENT},
    consent::{self, ConsentPurpose, ConsentState, ConsentVoice, deeds::Saying, store as consents},
    life,
    participant::{Row, store as files},
    work_item::{self, Raise, WorkCause},
};
use contract::{AssignmentId, AuditId, CentreId, ParticipantId, StaffId, time::Instant};
use db::Tx;
use kernel::{access::Actor, audit::Audit, error::Result};
use uuid::Uuid;

/// What was open when the file was closed.
pub struct Open {
    appointments: Vec<Carried>,
    items: Vec<(WorkCause, Uuid)>,
    companions: Vec<StaffId>,
}

impl Open {
    /// Of this file, held before it is closed.
    pub async fn of(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Self> {
        let appointments = carry::take_up(app, tx, participant, now).await?;
        let items = store::open_items(tx, participant).await?;
        Ok(Self { appointments, items, companions: store::companions(tx, participant).await? })
    }
}

/// How much of it goes on.
#[derive(Debug, Default)]
pub struct Carriage {
    /// Appointments.
    pub appointments: usize,
    /// Work items.
    pub work_items: usize,
    /// Who accompany the person under the file that goes on.
    pub assignments: usize,
}

/// Lets it go on under `this`, which is in the table by now, as the other file is closed.
pub async fn carry_over(
    app: &App,
    tx: &mut Tx,
    (actor, merge): (&Actor, FileMergeId),
    (this, other): (&Row, &Row),
    open: Open,
    now: Instant,
) -> Result<Carriage> {
    let mut carriage = Carriage::default();
    for staff in &open.companions {
        if let Some(id) = accompany(app, tx, actor, (this, *staff), now).await? {
            store::insert_move(tx, merge, (MovedKind::Assignment, id.0), 1).await?;
            carriage.assignments += 1;
        }
    }
    for carried in open.appointments {
        if let Some(id) = carry::put_down(app, tx, actor, (carried, this.id), now).await? {
            store::insert_move(tx, merge, (MovedKind::Appointment, id.0), 1).await?;
            carriage.appointments += 1;
        }
    }
    // Behind the appointments, whose hosts accompany the person as well.
    for staff in store::companions_and_stand_ins(tx, this.id).await? {
        for file in std::iter::once(other.id).chain(files::merged_into(tx, other.id).await?) {
            let_read(app, tx, (file, other.centre_id), staff, (actor.person(), now)).await?;
        }
    }
    if this.active {
        for (cause, subject) in open.items {
            // Of a file that was closed before, it has not ended with it just now: an alarm was heard late.
            if store::is_open(tx, (cause, subject)).await? {
                work_item::resolve(app, tx, cause, subject, now).await?;
            }
            if !rules::outlasts(cause) {
                continue;
            }
            let raised = Raise { cause, subject, participant: this.id, centre: this.centre_id };
            work_item::raise(app, tx, raised, now).await?;
            carriage.work_items += 1;
        }
    }
    take_back_consents(app, tx, actor, (this, other), now).await?;
    Ok(carriage)
}

/// Somebody who accompanied the person under the other file does so under this one.
async fn accompany(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (this, staff): (&Row, StaffId),
    now: Instant,
) -> Result<Option<AssignmentId>> {
    let id = AssignmentId::new(&*app.ids);
    if !store::accompany(tx, id, (this.id, staff), actor.person(), now).await? {
        // They accompany the person anyway, perhaps there in somebody's absence alone: it does not end with that.
        held::outlast_absence(tx, staff, this.id).await?;
        return Ok(None);
    }
    tx.changed(ASSIGNMENT.changed(this.centre_id.0, Some(this.id.0), id.0));
    life::happens(app, tx, actor, Event::AssignmentStarts(this.id, staff), now).await?;
    let audit = Audit::new(&ASSIGNMENT, "start", id.0).about(this.id).at(this.centre_id);
    audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    Ok(Some(id))
}

/// Somebody who accompanies the person can read a file that was merged, if they cannot yet. Nothing is planned or asked of them for it: it is
/// closed. That it came by the merging is kept, whenever it did.
pub async fn let_read(
    app: &App,
    tx: &mut Tx,
    (file, centre): (ParticipantId, CentreId),
    staff: StaffId,
    (by, now): (Uuid, Instant),
) -> Result<()> {
    let id = AssignmentId::new(&*app.ids);
    if !store::accompany(tx, id, (file, staff), by, now).await? {
        return Ok(());
    }
    tx.changed(ASSIGNMENT.changed(centre.0, Some(file.0), id.0));
    if let Some(merge) = store::of_merged(tx, file).await? {
        store::insert_move(tx, merge.id, (MovedKind::Reader, id.0), 1).await?;
    }
    Ok(())
}

/// What the person took back under the other file, and did not give since under this one, they have taken back: consent is what somebody says
/// last. What they gave there is not given here, in doubt. A guardian's word is theirs: what they took back there does not go on here, either.
async fn take_back_consents(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (this, other): (&Row, &Row),
    now: Instant,
) -> Result<()> {
    for purpose in ConsentPurpose::ALL.iter().copied().filter(|purpose| !purpose.is_of_one_subject()) {
        let of = |file: &Row| consents::Which { participant: file.id, purpose, subject: Uuid::nil() };
        let Some(theirs) = consents::standing(tx, of(other)).await? else { continue };
        let mine = consents::standing(tx, of(this)).await?;
        for voice in ConsentVoice::ALL.iter().copied() {
            let Some((ConsentState::Withdrawn, at)) = said_last(tx, Some(&theirs), voice, now).await? else {
                continue;
            };
            let outweighs = match (said_last(tx, mine.as_ref(), voice, now).await?, voice) {
                (Some((state, since)), _) => state == ConsentState::Given && since < at,
                (None, ConsentVoice::Participant) => true,
                // Without their word nothing is in force while it is needed.
                (None, ConsentVoice::Guardian) => false,
            };
            if outweighs {
                let whose = consents::Whose {
                    id: this.id,
                    centre_id: this.centre_id,
                    data_key: this.data_key.clone(),
                };
                let said = (actor, Saying::of(actor, at, now).of_voice(voice));
                let (row, _) = consent::deeds::withdraw(app, tx, said, (&whose, of(this)), now).await?;
                let audit = consent::deeds::audit(&row, "withdraw");
                audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
            }
        }
    }
    Ok(())
}

/// What one of the two said last of a consent, and when; nothing if they never said anything of it, whatever the other one did.
async fn said_last(
    tx: &mut Tx,
    consent: Option<&consents::Row>,
    voice: ConsentVoice,
    now: Instant,
) -> Result<Option<(ConsentState, Instant)>> {
    let Some(consent) = consent else { return Ok(None) };
    let said = consents::said(tx, consent.id, voice).await?;
    let Some(standing) = consent::rules::what_holds(&said, now) else { return Ok(None) };
    Ok(said.get(standing.by).map(|entry| (standing.state, entry.said_at)))
}
