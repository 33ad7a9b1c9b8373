//! What becomes of appointments when somebody leaves. A host who receives nobody any more hands them over, in the transaction
//! that closes the account: nobody is left with an appointment with no one. The appointments of a participant whose file is
//! closed are cancelled, and nobody is reminded of them. Those of a participant whom another centre accompanies from now on are cancelled,
//! too, and they are told: nobody of the former centre would be there.

use super::{
    ahead,
    commands::{Command, carry_out, change},
    follow_up::FOLLOW_UPS,
    host::{accompany, require_host},
    memory::Happened,
    remind,
    replan::APPOINTMENTS,
    row::Row,
    store,
    things::APPOINTMENT,
};
use crate::app::App;
use contract::{
    AuditId, CentreId, ParticipantId, ProblemCode, StaffId, StaffRole, Subject, SubjectKind, time::Instant,
};
use db::Tx;
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
};
use notifications::outbox;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A host who leaves.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Who.
    pub id: StaffId,
    /// Which centre they leave.
    pub centre: CentreId,
    /// Whether they go on receiving people elsewhere.
    pub only_there: bool,
}

/// Gives every open appointment that lies ahead of a host who will receive nobody any more to the successor; how many there were. Refused
/// where there are some and no successor, or where the successor has other appointments at their times. The participants keep their times,
/// and are not told: what they agreed on stands. The new host is, and accompanies them from now on.
pub async fn hand_over(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (Host { id: host, centre, only_there }, successor): (Host, Option<StaffId>),
    now: Instant,
) -> Result<usize> {
    let only = only_there.then_some(centre);
    let mut rows = ahead::of_host(tx, host, only, now).await?;
    let Some(successor) = successor else {
        if rows.is_empty() {
            return Ok(0);
        }
        let remaining: Vec<Subject> =
            rows.iter().filter(|row| is_shown(actor, row)).map(|row| Subject::appointment(row.id)).collect();
        return Err(Error::still_open(rows.len(), &remaining, "appointments_to"));
    };
    if successor == host {
        return Err(Error::field("/appointments_to", "not_allowed", "is the one who leaves"));
    }
    for (centre, until) in last_at_each(centre, &rows, now) {
        require_host(tx, centre, successor, (now, until), "/appointments_to").await?;
    }
    let colliding = ahead::collisions(tx, host, successor, only, now).await?;
    if !colliding.is_empty() {
        let shown = rows.iter().filter(|row| is_shown(actor, row) && colliding.contains(&row.id));
        return Err(Error::collide(shown.map(|row| Subject::appointment(row.id))));
    }
    for row in &mut rows {
        row.host_id = successor;
        row.version += 1;
        store::update(tx, row).await?;
        tx.changed(change(row));
        accompany(app, tx, actor, row, now).await?;
        let happened = Happened { is_handed_over: true, ..Happened::default() };
        remind::plan_again(app, tx, row, happened, now).await?;
        write_audit(app, tx, actor, row, "hand_over", now).await?;
    }
    Ok(rows.len())
}

/// The appointments that lie ahead of a participant with whoever accompanied them until now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Followed {
    /// How many the new companion has from now on.
    pub handed_over: usize,
    /// How many stay as they are, since the new one has others at their times, or is not there any more by then.
    pub left: usize,
}

/// Gives what lies ahead of a participant with this host to whoever accompanies them in their place from now on. The participant keeps the times and
/// is not told: what they agreed on stands. Where the new one cannot be, it stays, to be moved by whoever has the participant now.
pub async fn follow_companion(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (participant, from, to): (ParticipantId, StaffId, StaffId),
    now: Instant,
) -> Result<Followed> {
    let mut followed = Followed::default();
    let mut rows = ahead::of_participant(tx, participant, now).await?;
    rows.retain(|row| row.host_id == from);
    if rows.is_empty() {
        return Ok(followed);
    }
    let colliding = ahead::collisions(tx, from, to, None, now).await?;
    for row in &mut rows {
        let until = row.ends_last().max(now);
        let is_there = match require_host(tx, row.centre_id, to, (now, until), "/staff_id").await {
            Ok(_) => true,
            Err(error) if error.code() == Some(ProblemCode::Invalid) => false,
            Err(error) => return Err(error),
        };
        if !is_there || colliding.contains(&row.id) {
            followed.left += 1;
            continue;
        }
        row.host_id = to;
        row.version += 1;
        store::update(tx, row).await?;
        tx.changed(change(row));
        let happened = Happened { is_handed_over: true, ..Happened::default() };
        remind::plan_again(app, tx, row, happened, now).await?;
        write_audit(app, tx, actor, row, "hand_over", now).await?;
        followed.handed_over += 1;
    }
    Ok(followed)
}

/// Whether whoever has somebody leave is told which appointment this is: a manager sees those of their own centre, and how many there are
/// elsewhere.
fn is_shown(actor: &Actor, row: &Row) -> bool {
    actor.role() == Some(StaffRole::Administrator) || actor.centre() == row.centre_id
}

/// Until when somebody is needed at each centre, the one that is left among them whatever lies ahead there.
fn last_at_each(centre: CentreId, rows: &[Row], now: Instant) -> BTreeMap<CentreId, Instant> {
    let mut last = BTreeMap::from([(centre, now)]);
    for row in rows {
        let until = last.entry(row.centre_id).or_insert(now);
        *until = row.ends_last().max(*until);
    }
    last
}

/// Cancels every open appointment that lies ahead of a participant whose file was just closed; how many there were.
pub async fn cancel_those_of(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<usize> {
    let cancelled = cancel_ahead(app, tx, actor, participant, now).await?;
    // What was cancelled, declined or changed before has its notices, too.
    outbox::withdraw_from_participant(tx, participant, now).await?;
    let all = store::ids_of_participant(tx, participant).await?;
    outbox::withdraw_about(tx, SubjectKind::Appointment, &all, now).await?;
    Ok(cancelled)
}

/// The appointments of a participant who is another centre's now.
#[derive(Debug)]
pub struct Moved {
    /// How many lay ahead, and were cancelled.
    pub cancelled: usize,
    /// All of them, for what else is kept about each.
    pub all: Vec<Uuid>,
}

/// Cancels every open appointment that lies ahead of a participant, who is told of it as of any other, and lets all that they ever had
/// be the other centre's. Their hosts are of the former centre and see nothing of them any more; and a time that was agreed on with one
/// person at one place is not another person's at another place.
pub async fn move_to_centre(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (participant, centre): (ParticipantId, CentreId),
    now: Instant,
) -> Result<Moved> {
    let cancelled = cancel_ahead(app, tx, actor, participant, now).await?;
    let all = store::hold_all_of(tx, participant).await?;
    store::set_centre(tx, participant, centre).await?;
    for kind in [APPOINTMENTS, FOLLOW_UPS] {
        agenda::set_centre(tx, kind, &all, centre).await?;
    }
    Ok(Moved { cancelled, all })
}

async fn cancel_ahead(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<usize> {
    let mut rows = ahead::of_participant(tx, participant, now).await?;
    for row in &mut rows {
        carry_out(app, tx, actor, row, Command::Cancel(None), now).await?;
        write_audit(app, tx, actor, row, "cancel", now).await?;
    }
    Ok(rows.len())
}

async fn write_audit(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &Row,
    verb: &'static str,
    now: Instant,
) -> Result<()> {
    let audit = Audit::new(&APPOINTMENT, verb, row.id.0).about(row.participant_id).at(row.centre_id);
    let audit = audit.with("to", row.state().as_str());
    Ok(audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}
