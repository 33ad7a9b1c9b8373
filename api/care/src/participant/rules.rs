//! Which fields of a file each role may read and set. Pure.

use contract::StaffRole;

/// What a mentor or counsellor keeps up to date: how to reach the person, in which language, and where they live.
const OF_COMPANIONS: &[&str] = &["phone", "language", "zone"];

const OF_MANAGERS: &[&str] =
    &["name", "phone", "email", "language", "zone", "programme_edition", "push_wanted", "active"];

/// The fields that this role may set.
pub const fn may_set(role: StaffRole) -> &'static [&'static str] {
    match role {
        StaffRole::Mentor | StaffRole::Counsellor => OF_COMPANIONS,
        StaffRole::Manager => OF_MANAGERS,
        StaffRole::Administrator | StaffRole::Observer => &[],
    }
}

/// The edition of the programme discloses a conviction.
pub const fn may_read_edition(role: StaffRole) -> bool {
    matches!(role, StaffRole::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edition_is_for_managers_alone() {
        for role in StaffRole::ALL {
            let is_manager = *role == StaffRole::Manager;
            assert_eq!(may_read_edition(*role), is_manager);
            assert_eq!(may_set(*role).contains(&"programme_edition"), is_manager);
        }
    }

    #[test]
    fn whoever_sees_no_participant_sets_nothing() {
        assert!(may_set(StaffRole::Administrator).is_empty());
        assert!(may_set(StaffRole::Observer).is_empty());
        assert!(OF_COMPANIONS.iter().all(|field| OF_MANAGERS.contains(field)));
    }
}
