//! Source files as words.

use proc_macro2::{TokenStream, TokenTree};
use std::path::Path;

/// One file.
pub struct File {
    /// Its path from the root of the project.
    pub name: String,
    /// Its text.
    pub text: String,
    words: Vec<String>,
}

/// Every Rust file below this folder, whether or not a build uses it.
pub fn files(root: &Path, folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(root.join(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(|entry| entry.expect("an entry"))
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(root, &name));
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).expect("a source file");
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut file = File { name, text, words: Vec::new() };
            if !file.is_tests() {
                collect(tokens, &mut file.words);
            }
            found.push(file);
        }
    }
    found
}

impl File {
    /// Whether it holds tests.
    pub fn is_tests(&self) -> bool {
        self.name.contains("/tests/") || self.name.ends_with("tests.rs")
    }

    /// Whether these words stand next to each other in it.
    pub fn mentions(&self, words: &[&str]) -> bool {
        self.words.windows(words.len()).any(|window| window == words)
    }
}

fn collect(tokens: TokenStream, words: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Punct(mark) => {
                let both_colons = mark.as_char() == ':'
                    && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                if both_colons {
                    tokens.next();
                    words.push("::".to_owned());
                } else {
                    words.push(mark.to_string());
                }
            }
            TokenTree::Group(group) => {
                let is_tests = words.ends_with(&["mod".to_owned(), "tests".to_owned()]);
                if !is_tests {
                    collect(group.stream(), words);
                }
            }
            TokenTree::Literal(_) => words.push("…".to_owned()),
        }
    }
}
