//! The invented people of the demonstration.

use contract::{AppointmentKind, Language, StaffRole};

/// The password of every account of the demonstration. It exists nowhere else.
pub const PASSWORD: &str = "orange-blossom-1448";

/// The centres.
pub const CENTRES: [&str; 3] = ["Casablanca-Settat", "Tanger-Tétouan-Al Hoceïma", "Souss-Massa"];

/// A staff member.
pub struct Colleague {
    /// Their name.
    pub name: &'static str,
    /// What they sign in with.
    pub email: &'static str,
    /// What they may do.
    pub role: StaffRole,
    /// The language of their app.
    pub language: Language,
    /// Which of [`CENTRES`].
    pub centre: usize,
}

const fn colleague(
    name: &'static str,
    email: &'static str,
    role: StaffRole,
    language: Language,
    centre: usize,
) -> Colleague {
    Colleague { name, email, role, language, centre }
}

/// The staff. The first mentor accompanies the first participant.
pub const STAFF: [Colleague; 12] = [
    colleague("Samira Tazi", "manager@demo.example", StaffRole::Manager, Language::French, 0),
    colleague("Youssef Amrani", "mentor@demo.example", StaffRole::Mentor, Language::French, 0),
    colleague("لطيفة بناني", "mentor2@demo.example", StaffRole::Mentor, Language::Arabic, 0),
    colleague("Idir Ouhadda", "counsellor@demo.example", StaffRole::Counsellor, Language::Amazigh, 0),
    colleague("Nadia Chraibi", "administrator@demo.example", StaffRole::Administrator, Language::French, 0),
    colleague("Hassan Alaoui", "observer@demo.example", StaffRole::Observer, Language::Arabic, 0),
    colleague("Karim Bekkali", "manager.tanger@demo.example", StaffRole::Manager, Language::French, 1),
    colleague("حنان الريفي", "mentor.tanger@demo.example", StaffRole::Mentor, Language::Arabic, 1),
    colleague("Mounir Kabbaj", "mentor2.tanger@demo.example", StaffRole::Mentor, Language::French, 1),
    colleague("Zineb Ait Lahcen", "manager.agadir@demo.example", StaffRole::Manager, Language::French, 2),
    colleague("Lahcen Outmane", "mentor.agadir@demo.example", StaffRole::Mentor, Language::Amazigh, 2),
    colleague("نعيمة السوسي", "mentor2.agadir@demo.example", StaffRole::Mentor, Language::Arabic, 2),
];

/// Where in [`STAFF`] those stand who accompany people.
pub const COMPANIONS: [usize; 7] = [1, 2, 3, 7, 8, 10, 11];

/// A participant.
pub struct Guest {
    /// Their name.
    pub name: &'static str,
    /// Their telephone number, from a range that no network gives out.
    pub phone: &'static str,
    /// The language of their app.
    pub language: Language,
    /// Where in [`STAFF`] their mentor stands.
    pub mentor: usize,
    /// What their next appointment is for.
    pub kind: AppointmentKind,
}

const fn guest(
    name: &'static str,
    phone: &'static str,
    language: Language,
    mentor: usize,
    kind: AppointmentKind,
) -> Guest {
    Guest { name, phone, language, mentor, kind }
}

/// The participants who are named here; all others are made up by the seed.
pub const PARTICIPANTS: [Guest; 12] = [
    guest("عبد الرحيم الوردي", "+212500000001", Language::Arabic, 1, AppointmentKind::SocialCounselling),
    guest("Fatima Ezzahra Lamrani", "+212500000002", Language::French, 1, AppointmentKind::LegalCounselling),
    guest("ⵎⵓⵃⴰ ⵓⵄⵍⵉ", "+212500000003", Language::Amazigh, 1, AppointmentKind::Administrative),
    guest(
        "Rachid Benjelloun",
        "+212500000004",
        Language::French,
        1,
        AppointmentKind::PsychologicalCounselling,
    ),
    guest("سعيد المرابط", "+212500000005", Language::Arabic, 2, AppointmentKind::SocialCounselling),
    guest("Khadija Sefrioui", "+212500000006", Language::French, 2, AppointmentKind::Administrative),
    guest("مصطفى الزياني", "+212500000007", Language::Arabic, 2, AppointmentKind::ReligiousCounselling),
    guest("Brahim Aït Taleb", "+212500000008", Language::Amazigh, 2, AppointmentKind::SocialCounselling),
    guest("زينب الشرقاوي", "+212500000009", Language::Arabic, 7, AppointmentKind::LegalCounselling),
    guest("Omar Haddadi", "+212500000010", Language::French, 7, AppointmentKind::SocialCounselling),
    guest("نور الدين بوعزة", "+212500000011", Language::Arabic, 7, AppointmentKind::Administrative),
    guest("Salma Bouzidi", "+212500000012", Language::English, 7, AppointmentKind::SocialCounselling),
];
