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
    told.flat_map(|text| {
        text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase)
    })
    .any(|word| OF_THE_PROGRAM.contains(&word.as_str()))
}
