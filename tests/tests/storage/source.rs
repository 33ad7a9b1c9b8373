//! Finds every statement in the source of the service: what stands in `sql!` and `scoped!`, and in `piece!` the pieces of those that
//! are put together. A statement that is put together by another macro would not be found, so there must be none.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// A statement as it stands in the source.
pub struct Statement {
    /// The file and line.
    pub place: String,
    /// Its text for SQLite.
    pub sqlite: String,
    /// Its text for PostgreSQL.
    pub postgres: String,
    /// How many parameters one group of `{rows}` has.
    pub columns: usize,
}

/// What a caller's scope becomes in each kind of scope; `$1` is the scope's.
const SCOPES: [&str; 3] = [
    "participant_id = $1",
    "participant_id IN (SELECT caseload.participant_id FROM assignment AS caseload WHERE caseload.staff_id = $1 AND caseload.ended_at IS NULL)",
    "centre_id = $1",
];

/// Every statement of the crates that speak SQL.
pub fn statements() -> Vec<Statement> {
    found().0
}

/// Every piece of statements that are put together. The test of plans runs them all.
pub fn pieces() -> Vec<Statement> {
    found().1
}

fn found() -> (Vec<Statement>, Vec<Statement>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = Vec::new();
    for source in ["api", "notifications/src", "migrations/src"] {
        for file in rust_files(&root.join(source)) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            let tokens: TokenStream =
                text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            sources.push((file.strip_prefix(&root).unwrap_or(&file).display().to_string(), tokens));
        }
    }
    let mut shared = HashMap::new();
    for (_, tokens) in &sources {
        shared_columns(tokens.clone(), &mut shared);
    }
    let (mut found, mut pieces) = (Vec::new(), Vec::new());
    for (file, tokens) in sources {
        let tokens = with_columns(tokens, &shared);
        Walker { file, found: &mut found, pieces: &mut pieces }.walk(tokens);
    }
    (found, pieces)
}

/// Columns that several statements share: `macro_rules! name { () => { "…" }; }`.
fn shared_columns(tokens: TokenStream, shared: &mut HashMap<String, TokenTree>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if !is_macro_definition(&tokens, at) {
            continue;
        }
        let rule: Vec<TokenTree> = group.stream().into_iter().collect();
        let [TokenTree::Group(nothing), _, _, TokenTree::Group(text), ..] = rule.as_slice() else { continue };
        let text: Vec<TokenTree> = text.stream().into_iter().collect();
        if let ([TokenTree::Literal(_)], true) = (text.as_slice(), nothing.stream().is_empty()) {
            let known = shared.insert(tokens[at - 1].to_string(), text[0].clone());
            assert!(known.is_none(), "two macros are called {}", tokens[at - 1]);
        }
    }
}

/// The same source with what such a macro stands for in its place.
fn with_columns(tokens: TokenStream, shared: &HashMap<String, TokenTree>) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut written = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_called = matches!(tokens.get(at + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!')
            && matches!(tokens.get(at + 2), Some(TokenTree::Group(group)) if group.stream().is_empty());
        match (token, shared.get(&token.to_string()).filter(|_| is_called)) {
            (TokenTree::Ident(_), Some(text)) => {
                written.push(text.clone());
                at += 3;
                continue;
            }
            (TokenTree::Group(group), _) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), with_columns(group.stream(), shared));
                inner.set_span(group.span());
                written.push(TokenTree::Group(inner));
            }
            (other, _) => written.push(other.clone()),
        }
        at += 1;
    }
    written.into_iter().collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

struct Walker<'a> {
    file: String,
    found: &'a mut Vec<Statement>,
    pieces: &'a mut Vec<Statement>,
}

impl Walker<'_> {
    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            match called(&tokens, at) {
                Some(("sql", true)) => self.statement(group, 1),
                Some(("scoped", true)) => self.scoped(group),
                Some(("piece", true)) => self.piece(group),
                Some(("query_rows" | "query_kept_rows", false)) => self.rows(group),
                _ if is_test(&tokens, at) => {}
                _ if is_macro_definition(&tokens, at) => self.macro_definition(&tokens, at, group),
                _ => self.walk(group.stream()),
            }
        }
    }

    /// Only the macros that are known here may make a statement.
    fn macro_definition(&self, tokens: &[TokenTree], at: usize, group: &proc_macro2::Group) {
        let name = tokens.get(at.saturating_sub(1)).map(ToString::to_string).unwrap_or_default();
        let makes_one = ["scoped", "sql", "sql_parts", "sql_text", "piece"].contains(&name.as_str());
        assert!(
            makes_one || !holds_statement(group.stream()),
            "{}: `{name}!` hides a statement; write it out",
            self.place(group)
        );
    }

    fn rows(&mut self, group: &proc_macro2::Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let columns = tokens.iter().rev().find_map(|token| match token {
            TokenTree::Literal(literal) => literal.to_string().parse::<usize>().ok(),
            _ => None,
        });
        for (at, token) in tokens.iter().enumerate() {
            if let (TokenTree::Group(inner), Some(("sql", true))) = (token, called(&tokens, at)) {
                let place = self.place(inner);
                self.statement(
                    inner,
                    columns.unwrap_or_else(|| panic!("{place}: the number of columns must be a literal")),
                );
            }
        }
    }

    fn place(&self, group: &proc_macro2::Group) -> String {
        format!("{}:{}", self.file, group.span_open().start().line)
    }

    fn statement(&mut self, group: &proc_macro2::Group, columns: usize) {
        let (sqlite, postgres) = parts(group.stream());
        if sqlite.is_empty() {
            return;
        }
        self.found.push(Statement { place: self.place(group), sqlite, postgres, columns });
    }

    fn piece(&mut self, group: &proc_macro2::Group) {
        let (sqlite, postgres) = parts(group.stream());
        self.pieces.push(Statement { place: self.place(group), sqlite, postgres, columns: 1 });
    }

    fn scoped(&mut self, group: &proc_macro2::Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let names: Vec<String> = tokens
            .iter()
            .filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            })
            .filter(|name| name != "pg" && name != "lite")
            .collect();
        let (alias, own_column) = match names.as_slice() {
            [marker, alias] if marker == "participant" => (alias, "id"),
            [alias] => (alias, "participant_id"),
            other => panic!("{}: {other:?}", self.place(group)),
        };
        let (sqlite, postgres) = parts_around(&tokens);
        for scope in SCOPES {
            let scope = format!(
                "{alias}.{}",
                scope.replacen(
                    "participant_id",
                    own_column,
                    usize::from(scope.starts_with("participant_id"))
                )
            );
            let with = |parts: &(String, String)| format!("{}{scope}{}", parts.0, parts.1);
            self.found.push(Statement {
                place: self.place(group),
                sqlite: with(&sqlite),
                postgres: with(&postgres),
                columns: 1,
            });
        }
    }
}

/// The name before the group at `at`, and whether it is a macro's.
fn called(tokens: &[TokenTree], at: usize) -> Option<(&'static str, bool)> {
    let (is_macro, name) = match tokens.get(at.checked_sub(1)?)? {
        TokenTree::Punct(mark) if mark.as_char() == '!' => (true, tokens.get(at.checked_sub(2)?)?),
        name => (false, name),
    };
    let TokenTree::Ident(name) = name else { return None };
    ["sql", "scoped", "piece", "query_rows", "query_kept_rows"]
        .into_iter()
        .find(|known| name == known)
        .map(|known| (known, is_macro))
}

fn holds_statement(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => {
            matches!(called(&tokens, at), Some(("sql" | "scoped" | "piece", true)))
                || holds_statement(group.stream())
        }
        _ => false,
    })
}

#[test]
fn a_statement_inside_a_macro_is_noticed() {
    let holds = |text: &str| holds_statement(text.parse().expect("tokens"));
    assert!(holds("($a:literal) => { sql!(\"SELECT 1 WHERE \", $a) };"));
    assert!(holds("($a:literal) => { f(scoped!(\"SELECT \", a, $a)) };"));
    assert!(!holds("($a:literal) => { sql($a) };"));
}

/// A module of unit tests holds examples of statements, not statements.
fn is_test(tokens: &[TokenTree], at: usize) -> bool {
    matches!(at.checked_sub(1).and_then(|before| tokens.get(before)), Some(TokenTree::Ident(name)) if name == "tests")
}

/// `macro_rules! name { … }`: the name stands between.
fn is_macro_definition(tokens: &[TokenTree], at: usize) -> bool {
    let word =
        |back: usize| at.checked_sub(back).and_then(|before| tokens.get(before)).map(ToString::to_string);
    word(3).as_deref() == Some("macro_rules") && word(2).as_deref() == Some("!")
}

/// The texts of a `sql!`.
fn parts(tokens: TokenStream) -> (String, String) {
    let (sqlite, postgres) = parts_around(&tokens.into_iter().collect::<Vec<_>>());
    (sqlite.0 + &sqlite.1, postgres.0 + &postgres.1)
}

/// The texts before and after the scope.
fn parts_around(tokens: &[TokenTree]) -> ((String, String), (String, String)) {
    let (mut sqlite, mut postgres) = ((String::new(), String::new()), (String::new(), String::new()));
    let (mut only, mut after_scope) = (None, false);
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "pg" || ident == "lite" => only = Some(ident.to_string()),
            TokenTree::Ident(_) => after_scope = true,
            TokenTree::Literal(literal) => {
                let text =
                    syn::parse_str::<syn::LitStr>(&literal.to_string()).expect("a string literal").value();
                for (database, side) in [("lite", &mut sqlite), ("pg", &mut postgres)] {
                    if only.as_deref().is_none_or(|only| only == database) {
                        if after_scope { side.1.push_str(&text) } else { side.0.push_str(&text) }
                    }
                }
                only = None;
            }
            TokenTree::Group(group) => {
                assert_eq!(group.delimiter(), Delimiter::None, "only literals stand in a statement")
            }
            TokenTree::Punct(_) => {}
        }
    }
    (sqlite, postgres)
}
