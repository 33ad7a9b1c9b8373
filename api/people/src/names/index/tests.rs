use proptest::prelude::*;

use super::*;

const CENTRE: Uuid = Uuid::from_u128(100);

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn name(text: &str) -> [Name; 1] {
    [Name::parse(text).unwrap()]
}

fn entry(number: u128, centre: Uuid) -> Entry {
    Entry { id: id(number), centre, active: true, version: 1 }
}

fn index(names: &[&str]) -> NameIndex {
    let mut index = NameIndex::new();
    for (number, text) in (0..).zip(names) {
        index.upsert(entry(number, CENTRE), &name(text));
    }
    index
}

fn find(index: &NameIndex, query: &str) -> Vec<u128> {
    index.search(query, |_| true, 100).into_iter().map(|id| id.as_u128()).collect()
}

#[test]
fn spellings_that_mean_the_same_find_each_other() {
    let same = [
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("آمنة", "امنه"),
        ("فاطمة الزهراء", "فاطمه الزهرا"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("رحمٰن", "رحمن"),
        ("ليلى", "ليلي"),
        ("مؤمن", "مومن"),
        ("رئيس", "رييس"),
        ("\u{FEE3}\u{FEA4}\u{FEE4}\u{FEAA}", "محمد"),
        ("الڭراوي", "الكراوي"),
        ("العلوي", "علوي"),
        ("عبد الله", "عبدالله"),
        ("عبدالله", "عبد الله"),
        ("عبدالله", "عبد"),
        ("Réda", "reda"),
        ("REDA", "réda"),
        ("Zoë Søren", "soren zoe"),
        ("M'hamed", "mhamed"),
        ("M’hamed", "M'hamed"),
        ("Jean-Pierre", "pierre"),
        ("Ben Ali", "benali"),
        ("Benali", "ben ali"),
        ("El Alaoui", "elalaoui"),
        ("El Alaoui", "alaoui"),
        ("ⵜⵓⴷⴰ", "ⵜⵓⴷ"),
        ("ⵎⵓⵃⵎⵎⴰⴷ ⴰⵢⵜ ⵄⵍⵉ", "ⴰⵢⵜ ⵄⵍⵉ"),
    ];
    for (written, sought) in same {
        assert_eq!(find(&index(&[written]), sought), [0], "{written} by {sought}");
    }
}

#[test]
fn what_differs_is_not_found() {
    let different = [
        ("أحمد", "محمد"),
        ("Amina", "mina"),
        ("Amina Berrada", "amina c"),
        ("Amina", "amina berrada"),
        ("ⵜⵓⴷⴰ", "tuda"),
        ("الله", "له"),
        ("Amina", ""),
        ("Amina", " '؟ \u{64E} "),
    ];
    for (written, sought) in different {
        assert_eq!(find(&index(&[written]), sought), [0; 0], "{written} by {sought}");
    }
}

#[test]
fn better_answers_come_first() {
    let index = index(&[
        "Karim Amine",    // 0: whole word, second
        "Aminata Diallo", // 1: cut short
        "Amine Zaki",     // 2: whole word, first
        "Amine Alami",    // 3: the same, earlier in order
        "Amine Alami",    // 4: the same name: by id
        "Driss",
    ]);
    assert_eq!(find(&index, "amine"), [3, 4, 2, 0]);
    assert_eq!(find(&index, "amin"), [1, 3, 4, 2, 0]);
    assert_eq!(find(&index, "z am"), [2]);
    assert_eq!(index.search("amine", |_| true, 2), [id(3), id(4)]);
    assert!(index.search("amine", |_| true, 0).is_empty());
}

#[test]
fn joined_particles_come_after_what_was_typed() {
    let index = index(&["Benali", "Ali Ben Salah", "Ben Ali"]);
    assert_eq!(find(&index, "ben ali"), [2, 1, 0]);
}

#[test]
fn somebody_is_found_by_each_of_their_names_and_each_begins_anew() {
    let mut index = index(&["Driss"]);
    let names = |texts: &[&str]| texts.iter().map(|text| Name::parse(text).unwrap()).collect::<Vec<_>>();
    index.upsert(entry(1, CENTRE), &names(&["أمينة بن", "أمينة بن", "Amina Alaoui"]));
    index.upsert(entry(2, CENTRE), &names(&["علي أمينة"]));
    for query in ["امينه", "amina", "alaoui amina", "amina امينه", "بن"] {
        assert!(find(&index, query).contains(&1), "{query}");
    }
    assert_eq!(find(&index, "امينه"), [1, 2], "the first word of a name comes before another");
    assert!(
        find(&index, "بنamina").is_empty(),
        "a particle at the end of a name is not joined to the next name"
    );
    index.upsert(entry(1, CENTRE), &names(&["Khadija", "خديجة"]));
    assert_eq!((find(&index, "amina"), find(&index, "خديجه")), (vec![], vec![1]));
}

#[test]
fn the_filter_decides_before_the_limit() {
    let mut index = index(&["Amina A", "Amina B", "Amina C"]);
    let other = Uuid::from_u128(200);
    index.upsert(entry(9, other), &name("Amina Z"));
    assert_eq!(index.search("amina", |entry| entry.centre == other, 1), [id(9)]);
    assert_eq!(index.search("amina", |entry| entry.id == id(1), 5), [id(1)]);
}

#[test]
fn changes_show_at_once_and_leave_nothing() {
    let mut index = index(&["Amina Amina", "Driss"]);
    index.upsert(entry(0, CENTRE), &name("Khadija"));
    assert_eq!((find(&index, "amina"), find(&index, "khad")), (vec![], vec![0]));
    index.upsert(entry(2, CENTRE), &name("Amina"));
    assert_eq!(find(&index, "amina"), [2]);
    for number in 0..4 {
        index.remove(id(number));
    }
    assert!(index.is_empty() && index.by_word.is_empty() && index.slots.iter().all(Option::is_none));
    index.upsert(entry(5, CENTRE), &name("Driss"));
    assert_eq!((index.slots.len(), index.len()), (3, 1), "places are used again");
}

#[test]
fn it_does_not_print_names() {
    assert_eq!(format!("{:?}", index(&["Canary Zuleikha"])), "NameIndex(1 names)");
}

proptest! {
    /// The index answers as reading every name would.
    #[test]
    fn it_agrees_with_reading_every_name(
        names in prop::collection::vec("[abc]{1,3}( [abc]{1,3}){0,2}", 0..12),
        removed in prop::collection::vec(0..12_u128, 0..6),
        query in "[abc]{1,2}( [abc]{1,2})?",
    ) {
        let texts: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut index = index(&texts);
        for number in &removed {
            index.remove(id(*number));
        }
        let answers = |text: &str| {
            query.split(' ').all(|wanted| text.split(' ').any(|word| word.starts_with(wanted)))
        };
        let expected: Vec<u128> = (0..)
            .zip(&texts)
            .filter(|(number, text)| !removed.contains(number) && answers(text))
            .map(|(number, _)| number)
            .collect();
        let mut found = find(&index, &query);
        found.sort_unstable();
        prop_assert_eq!(found, expected);
    }

    /// However a name is written, its own first letters find it.
    #[test]
    fn a_name_finds_itself(text in "[\\p{Arabic}\\p{Latin}\\p{Tifinagh} '-]{1,30}") {
        if let Ok(name) = Name::parse(&text) {
            let mut index = NameIndex::new();
            index.upsert(entry(1, CENTRE), std::slice::from_ref(&name));
            let mut shown = super::words(name.expose());
            shown.truncate(LONGEST_QUERY);
            prop_assert_eq!(find(&index, name.expose()).len(), usize::from(!shown.is_empty()));
        }
    }
}
