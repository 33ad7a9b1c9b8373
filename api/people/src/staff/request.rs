//! What callers send.

use contract::{CentreId, Language, StaffId, StaffRole};
use kernel::{
    extract::fields::given,
    page::list_query,
    protect::privacy::{Email, Name},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new staff member.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Youssef Alaoui",
    "email": "youssef@example.org",
    "role": "mentor",
    "language": "fr"
}))]
pub struct NewStaffMember {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<StaffId>,
    /// How they want to be called.
    pub name: Name,
    /// The address they sign in with; no other account has it.
    pub email: Email,
    /// What they may do. Managers add mentors and counsellors only.
    pub role: StaffRole,
    /// The language of their app.
    pub language: Language,
    /// The centre where they work. Administrators must name it; a manager's is their own.
    pub centre_id: Option<CentreId>,
}

/// What should change about a staff member. What is left out stays as it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"active": false}))]
pub struct StaffChange {
    /// How they want to be called.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Name)]
    pub name: Option<Name>,
    /// The language of their app.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Language)]
    pub language: Option<Language>,
    /// What they may do. It signs them out; somebody who becomes a manager, administrator or observer without having an
    /// authenticator app is given one by a reset.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = StaffRole)]
    pub role: Option<StaffRole>,
    /// Whether they work here. `false` ends their sessions, devices and assignments at once.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub active: Option<bool>,
    /// Who takes over the open appointments that lie ahead of somebody who leaves, or whose new role receives nobody: somebody
    /// of the same centre who does. Needed if there are any.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = StaffId)]
    pub appointments_to: Option<StaffId>,
}

impl StaffChange {
    /// The names of the fields that are to change.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("language", self.language.is_some()),
            ("role", self.role.is_some()),
            ("active", self.active.is_some()),
            ("appointments_to", self.appointments_to.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

list_query! {
    /// Which staff members to list.
    #[derive(Debug)]
    pub struct Filter {
        /// At this centre.
        pub centre_id: Option<CentreId>,
        /// In this role.
        pub role: Option<StaffRole>,
        /// Whether they work here now.
        pub active: Option<bool>,
    }
}
