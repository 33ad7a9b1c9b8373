//! Staff accounts.

use crate::{
    operations::Ids,
    races::{By, deed},
    registry::{Feature, Phones, about, instead, over},
};
use serde_json::{Value, json};

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    bodies: &[
        over(
            "addStaffMember",
            |asked| json!({"email": format!("youssef-{}@example.org", asked.serial), "centre_id": asked.ids.centre}),
        ),
        // The example closes the account.
        instead("changeStaffMember", |_| json!({"name": "Youssef Alaoui", "language": "fr"})),
    ],
    lists: &[("listStaffMembers", "staff_id")],
    filters: &[("listStaffMembers", "role", "counsellor"), ("listStaffMembers", "active", "false")],
    deeds: &[
        deed("add a mentor", "addStaffMember", By::Administrator),
        deed("change a mentor", "changeStaffMember", By::Administrator),
        deed("close an account", "changeStaffMember", By::Administrator).with(to_the_spare),
        deed("close a manager's account", "changeStaffMember", By::Administrator)
            .of_manager()
            .with(|_| json!({"active": false})),
        deed("change a role", "changeStaffMember", By::Administrator).with(|_| json!({"role": "counsellor"})),
        deed("reset a mentor", "resetStaffMember", By::Administrator),
    ],
    versioned: &["staff"],
    counted: &[
        "staff.create",
        "staff.change",
        "staff.change_settings",
        "staff.change_password",
        "staff.change_authenticator",
        "staff.reset",
    ],
    tables: &[about("staff", "staff member", Phones::ONLINE).kept()],
    ..Feature::NOTHING
};

fn to_the_spare(ids: &Ids) -> Value {
    json!({"active": false, "appointments_to": ids.spare})
}
