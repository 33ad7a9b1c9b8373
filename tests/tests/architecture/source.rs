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
    /// Each word and `::` with what stands behind it.
    behind: Vec<(String, String)>,
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
            found.push(File::of(&name, &text));
        }
    }
    found
}

impl File {
    /// Of this text.
    pub fn of(name: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut file =
            Self { name: name.to_owned(), text: text.to_owned(), words: Vec::new(), behind: Vec::new() };
        if !file.is_tests() {
            collect(tokens, &mut file.words, &mut file.behind);
        }
        file
    }

    /// What stands right behind this word and `::`, in a path or in a list of imports.
    pub fn named_behind(&self, word: &str) -> Vec<String> {
        self.behind.iter().filter(|(before, _)| before == word).map(|(_, name)| name.clone()).collect()
    }

    /// Whether it holds tests.
    pub fn is_tests(&self) -> bool {
        self.name.contains("/tests/") || self.name.ends_with("tests.rs")
    }

    /// Whether these words stand next to each other in it.
    pub fn mentions(&self, words: &[&str]) -> bool {
        self.words.windows(words.len()).any(|window| window == words)
    }
}

fn collect(tokens: TokenStream, words: &mut Vec<String>, behind: &mut Vec<(String, String)>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) => {
                if let [.., before, colons] = words.as_slice()
                    && colons == "::"
                {
                    behind.push((before.clone(), word.to_string()));
                }
                words.push(word.to_string());
            }
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
                if is_tests {
                    continue;
                }
                if let [.., before, colons] = words.as_slice()
                    && colons == "::"
                {
                    let before = before.clone();
                    behind.extend(listed(group.stream()).map(|name| (before.clone(), name)));
                }
                collect(group.stream(), words, behind);
            }
            TokenTree::Literal(_) => words.push("…".to_owned()),
        }
    }
}

/// The first word of each item of a list of imports.
fn listed(list: TokenStream) -> impl Iterator<Item = String> {
    let mut is_first = true;
    list.into_iter().filter_map(move |token| match token {
        TokenTree::Punct(mark) if mark.as_char() == ',' => {
            is_first = true;
            None
        }
        TokenTree::Ident(word) if std::mem::take(&mut is_first) => Some(word.to_string()),
        _ => None,
    })
}
