//! Who the invented people are: names as they are common in Morocco, put together by chance, in both scripts; where they live, what they
//! speak, and how far they have come. Nobody real is meant.

use super::dice::Dice;
use crate::people::{COMPANIONS, STAFF};
use contract::Language;

/// How many there are besides those who are named.
pub const MANY: u32 = 188;

/// A name in Latin and in Arabic script.
type Written = (&'static str, &'static str);

const MEN: &[Written] = &[
    ("Abdelilah", "عبد الإله"),
    ("Adil", "عادل"),
    ("Anas", "أنس"),
    ("Aziz", "عزيز"),
    ("Badr", "بدر"),
    ("Driss", "إدريس"),
    ("Fouad", "فؤاد"),
    ("Hamza", "حمزة"),
    ("Hicham", "هشام"),
    ("Ilyas", "إلياس"),
    ("Jamal", "جمال"),
    ("Khalid", "خالد"),
    ("Mehdi", "مهدي"),
    ("Mourad", "مراد"),
    ("Nabil", "نبيل"),
    ("Othmane", "عثمان"),
    ("Reda", "رضا"),
    ("Said", "سعيد"),
    ("Taoufik", "توفيق"),
    ("Yassine", "ياسين"),
];
const WOMEN: &[Written] = &[
    ("Amal", "أمل"),
    ("Asmae", "أسماء"),
    ("Bouchra", "بشرى"),
    ("Hafida", "حفيظة"),
    ("Hanane", "حنان"),
    ("Ikram", "إكرام"),
    ("Karima", "كريمة"),
    ("Loubna", "لبنى"),
    ("Malika", "مليكة"),
    ("Naima", "نعيمة"),
    ("Rajae", "رجاء"),
    ("Samia", "سامية"),
    ("Siham", "سهام"),
    ("Touria", "ثريا"),
];
const FAMILIES: &[Written] = &[
    ("Achour", "عاشور"),
    ("Amellal", "أملال"),
    ("Aouad", "عواد"),
    ("Azzouzi", "عزوزي"),
    ("Belhaj", "بلحاج"),
    ("Benali", "بنعلي"),
    ("Berrada", "برادة"),
    ("Chafik", "شفيق"),
    ("Daoudi", "داودي"),
    ("El Fassi", "الفاسي"),
    ("El Ghali", "الغالي"),
    ("El Idrissi", "الإدريسي"),
    ("El Khattabi", "الخطابي"),
    ("Filali", "الفيلالي"),
    ("Guennoun", "كنون"),
    ("Hajji", "حجي"),
    ("Jabri", "جابري"),
    ("Kettani", "كتاني"),
    ("Lahlou", "لحلو"),
    ("Mansouri", "منصوري"),
    ("Mernissi", "مرنيسي"),
    ("Naciri", "ناصري"),
    ("Ouazzani", "وزاني"),
    ("Rahmani", "رحماني"),
    ("Saidi", "سعيدي"),
    ("Tahiri", "طاهري"),
    ("Zerouali", "زروالي"),
    ("Ziani", "زياني"),
];

/// Where the people of each centre live.
const PROVINCES: [&[&str]; 3] = [&["141", "461"], &["511", "571", "331"], &["001", "273"]];
/// With what the numbers of their files begin.
const FILES: [&str; 3] = ["CAS", "TNG", "AGA"];

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Their file is being prepared.
    Preparing,
    /// They are accompanied.
    Active,
    /// They pause.
    Paused,
    /// They reached what they wanted.
    Completed,
    /// They asked to stop, or could not be reached.
    Withdrawn,
    /// A body outside the service goes on with them.
    Transferred,
    /// They died.
    Deceased,
}

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name in Latin script.
    pub latin: String,
    /// Their given name in that script.
    pub given: &'static str,
    /// Their name in Arabic script.
    pub arabic: String,
    /// Whether they are a woman.
    pub is_woman: bool,
    /// Their telephone number, from a range that no network gives out.
    pub phone: String,
    /// The number of their file.
    pub file_number: String,
    /// The year in which they were born.
    pub birth_year: i32,
    /// Where they live.
    pub province: &'static str,
    /// The language of their app.
    pub language: Language,
    /// Where in [`STAFF`] their mentor or counsellor stands.
    pub companion: usize,
    /// Since how many days they are accompanied.
    pub since: i64,
    /// How far they have come.
    pub fate: Fate,
}

/// Whoever has this number among them.
pub fn person(number: u32, dice: &mut Dice) -> Person {
    let is_woman = dice.once_in(6);
    let (given, given_arabic) = dice.of(if is_woman { WOMEN } else { MEN });
    let (family, family_arabic) = dice.of(FAMILIES);
    let place = usize::try_from(number).unwrap_or(0) % COMPANIONS.len();
    let companion = COMPANIONS.get(place).copied().unwrap_or(1);
    let centre = STAFF.get(companion).map_or(0, |colleague| colleague.centre);
    let language = match dice.below(10) {
        0..=5 => Language::Arabic,
        6..=8 => Language::French,
        _ => Language::Amazigh,
    };
    let fate = fate(number);
    Person {
        latin: format!("{given} {family}"),
        given,
        arabic: format!("{given_arabic} {family_arabic}"),
        is_woman,
        phone: format!("+212500001{number:03}"),
        file_number: format!("{}-{:04}", FILES.get(centre).copied().unwrap_or("CEN"), number + 101),
        birth_year: i32::try_from(dice.between(1_962, 2_004)).unwrap_or(1_990),
        province: dice.of(PROVINCES.get(centre).copied().unwrap_or(&["141"])),
        language,
        companion,
        since: match fate {
            Fate::Preparing => dice.between(2, 12),
            Fate::Active => dice.between(45, 360),
            // Long enough for something to have been reached.
            _ => dice.between(150, 360),
        },
        fate,
    }
}

/// Every centre has a few of each.
const fn fate(number: u32) -> Fate {
    match (number, number % 20) {
        (57 | 131, _) => Fate::Deceased,
        (_, 0) => Fate::Preparing,
        (_, 1 | 2) => Fate::Paused,
        (_, 3..=5) => Fate::Completed,
        (_, 6) => Fate::Withdrawn,
        (_, 7) => Fate::Transferred,
        _ => Fate::Active,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_centre_has_a_few_of_each() {
        let mut dice = Dice::new(1);
        let people: Vec<Person> = (0..MANY).map(|number| person(number, &mut dice)).collect();
        for centre in 0..3 {
            for fate in [
                Fate::Preparing,
                Fate::Active,
                Fate::Paused,
                Fate::Completed,
                Fate::Withdrawn,
                Fate::Transferred,
            ] {
                let many = people
                    .iter()
                    .filter(|one| STAFF[one.companion].centre == centre && one.fate == fate)
                    .count();
                assert!(many >= 2, "{fate:?} at centre {centre}: {many}");
            }
        }
        let numbers: BTreeSet<_> = people.iter().map(|one| &one.phone).collect();
        assert_eq!(numbers.len(), people.len());
        assert!(people.iter().all(|one| STAFF[one.companion].role.accompanies()));
    }
}
