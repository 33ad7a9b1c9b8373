//! Appointments that are asked for by their ids.

use db::{Piece, Statement, id_list, piece};
use kernel::access::{Scope, ScopeKind};
use uuid::Uuid;

/// Goes on with those of the named appointments that are in scope, as `a`, with their participants, as `p`, and what is `joined` to them.
/// From the ids to the rows and no other way: SQLite would rather read all that a centre has.
pub fn of_named(
    selected: Statement<'static>,
    joined: Option<Piece>,
    scope: Scope,
    ids: &[Uuid],
) -> Statement<'static> {
    let mut statement = selected.then(piece!(
        " FROM ",
        lite "json_each(?) AS asked CROSS JOIN appointment AS a ON a.id = unhex(asked.value) ",
        pg "appointment AS a ",
        "JOIN participant AS p ON p.id = a.participant_id"
    ));
    if let Some(joined) = joined {
        statement = statement.then(joined);
    }
    statement = statement
        .then(piece!(
            " WHERE ",
            pg "a.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
        ))
        .bind(id_list(ids));
    let in_scope = match scope.kind() {
        ScopeKind::Own => piece!(lite "+", "a.participant_id = ?"),
        ScopeKind::Centre => piece!(lite "+", "a.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                      WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = a.participant_id)"
        ),
    };
    statement.then(in_scope).bind(scope.id())
}
