//! What must come with the password. Pure.
//!
//! Managers, administrators and observers have an authenticator app. A mentor or counsellor may set one up; without one, their
//! second factor is the phone or browser that proves a key which was enrolled for them. It is enrolled with the one-time
//! password that they were handed in person, or with their authenticator. A stolen password alone opens nothing.

use contract::StaffRole;

/// What an account has and a sign-in with its right password brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// What the owner may do.
    pub role: StaffRole,
    /// The authenticator app.
    pub authenticator: AuthenticatorCode,
    /// Whether the device proved a key that is enrolled for this account.
    pub is_enrolled_device: bool,
    /// Whether the password is the one-time one, which was handed over in person.
    pub is_one_time_password: bool,
}

/// What came of the authenticator app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorCode {
    /// The account has none.
    NotSetUp,
    /// It has one, and its code is wrong or missing.
    Wrong,
    /// Its code is right.
    Right,
}

/// What the password was accepted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// The code of the authenticator app.
    Authenticator,
    /// A device that was enrolled before.
    EnrolledDevice,
    /// That the password was handed over in person.
    HandedOver,
}

impl SecondFactor {
    /// The word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::EnrolledDevice => "enrolled_device",
            Self::HandedOver => "handed_over",
        }
    }
}

/// The second factor of a sign-in whose password is right; `None` is a refusal.
pub const fn judge(evidence: Evidence) -> Option<SecondFactor> {
    match evidence.authenticator {
        AuthenticatorCode::Right => Some(SecondFactor::Authenticator),
        // Whoever set one up wants it to be asked for.
        AuthenticatorCode::Wrong => None,
        AuthenticatorCode::NotSetUp if evidence.role.needs_authenticator() => None,
        AuthenticatorCode::NotSetUp if evidence.is_enrolled_device => Some(SecondFactor::EnrolledDevice),
        AuthenticatorCode::NotSetUp if evidence.is_one_time_password => Some(SecondFactor::HandedOver),
        AuthenticatorCode::NotSetUp => None,
    }
}

/// Whether the one-time password may be given up for one of the owner's own: only if something else will stand beside that
/// one at the next sign-in. Otherwise the owner would have locked themselves out.
pub const fn will_have_one(has_authenticator: bool, is_enrolled_device: bool) -> bool {
    has_authenticator || is_enrolled_device
}

#[cfg(test)]
mod tests {
    use super::{
        AuthenticatorCode::{NotSetUp, Right, Wrong},
        *,
    };
    use contract::StaffRole::{Administrator, Counsellor, Manager, Mentor, Observer};

    #[test]
    fn a_password_alone_signs_nobody_in() {
        use SecondFactor::{Authenticator, EnrolledDevice, HandedOver};
        // Authenticator, enrolled device, one-time password: for who may do without an authenticator, and for who may not.
        let table = [
            (NotSetUp, false, false, None, None),
            (NotSetUp, false, true, Some(HandedOver), None),
            (NotSetUp, true, false, Some(EnrolledDevice), None),
            (NotSetUp, true, true, Some(EnrolledDevice), None),
            (Wrong, false, false, None, None),
            (Wrong, false, true, None, None),
            (Wrong, true, false, None, None),
            (Wrong, true, true, None, None),
            (Right, false, false, Some(Authenticator), Some(Authenticator)),
            (Right, false, true, Some(Authenticator), Some(Authenticator)),
            (Right, true, false, Some(Authenticator), Some(Authenticator)),
            (Right, true, true, Some(Authenticator), Some(Authenticator)),
        ];
        for (authenticator, is_enrolled_device, is_one_time_password, companion, other) in table {
            for (roles, expected) in
                [(&[Mentor, Counsellor][..], companion), (&[Manager, Administrator, Observer][..], other)]
            {
                for role in roles {
                    let evidence =
                        Evidence { role: *role, authenticator, is_enrolled_device, is_one_time_password };
                    assert_eq!(judge(evidence), expected, "{evidence:?}");
                }
            }
        }
    }

    #[test]
    fn whoever_chose_a_password_can_sign_in_with_it_again() {
        for role in StaffRole::ALL {
            for authenticator in [NotSetUp, Right] {
                for is_enrolled_device in [false, true] {
                    let has_authenticator = authenticator == Right;
                    let may_choose = will_have_one(has_authenticator, is_enrolled_device);
                    let next = Evidence {
                        role: *role,
                        authenticator,
                        is_enrolled_device,
                        is_one_time_password: false,
                    };
                    // Who needs an authenticator and lacks it cannot have signed in with the one-time password either.
                    if has_authenticator || !role.needs_authenticator() {
                        assert_eq!(judge(next).is_some(), may_choose, "{next:?}");
                    }
                }
            }
        }
    }
}
