//! Which of the open items of a whole centre may be on somebody's list: their ids, found by indexes. Whether each is on it, its row decides, and few
//! rows are read for that.

use contract::StaffId;
use db::{Result, Tx, sql};
use uuid::Uuid;

/// What may be on the list of a centre's managers: what has risen, what concerns this one, and what is about somebody of whom nobody is in charge.
/// Few items are, and of the others nothing else is read.
pub async fn of_managers(tx: &mut Tx, centre: Uuid, manager: StaffId) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT w.id FROM work_item AS w
         WHERE w.centre_id = $1 AND w.closed_at IS NULL
           AND (w.rose_at IS NOT NULL OR w.taken_by = $2 OR w.meant_for = $2 OR w.asked_id = $2 OR w.cause = 'hand_over_asked'
                OR COALESCE((SELECT in_charge.staff_id FROM in_charge WHERE in_charge.participant_id = w.participant_id), $2) = $2)"
    ))
    .bind(centre)
    .bind(manager)
    .scalars()
    .await
}

/// What may be this staff member's: what they took, what is meant for them, and what is about those whom they accompany, as whoever leads does and
/// whoever stands in.
pub async fn of_staff(tx: &mut Tx, staff: StaffId) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT w.id FROM assignment AS mine ",
        lite "CROSS ",
        "JOIN work_item AS w ON w.participant_id = mine.participant_id
         WHERE mine.staff_id = $1 AND mine.ended_at IS NULL AND w.closed_at IS NULL
         UNION SELECT w.id FROM work_item AS w WHERE w.closed_at IS NULL AND w.taken_by = $1
         UNION SELECT w.id FROM work_item AS w WHERE w.closed_at IS NULL AND w.meant_for = $1"
    ))
    .bind(staff)
    .scalars()
    .await
}
