//! Words that tell about this program and nothing about the request.

use contract::Problem;

const OF_THE_PROGRAM: [&str; 36] = [
    "u8",
    "u16",
    "u32",
    "u64",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "bool",
    "str",
    "char",
    "struct",
    "enum",
    "variant",
    "newtype",
    "tuple",
    "sequence",
    "unit",
    "map",
    "option",
    "serde",
    "deserialize",
    "parsing",
    "urn",
    "borrowed",
    "sqlx",
    "sql",
    "axum",
    "hyper",
    "tokio",
    "rust",
    "panicked",
    "utf8error",
];

/// Whether what a developer is told speaks of how the service is made.
pub fn names_the_program(problem: &Problem) -> bool {
    let told = problem.errors.iter().map(|error| error.detail.as_str()).chain(problem.detail.as_deref());
    // Two of these words are names of fields as well: an option and the unit of a question.
    told.map(|text| text.replace("`option`", "").replace("`unit`", ""))
        .flat_map(|text| {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
            words.map(str::to_ascii_lowercase).collect::<Vec<_>>()
        })
        .any(|word| OF_THE_PROGRAM.contains(&word.as_str()))
}
