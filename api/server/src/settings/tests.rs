//! What operators write, rightly and wrongly.

use super::{LogFormat, Settings};
use std::path::Path;

const EXAMPLE: &str = include_str!("../../../../muwakaba.example.toml");

/// The settings of this file and these variables, or what is said about them.
fn load(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("muwakaba.toml");
    std::fs::write(&file, text).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(Some(&file), variables)
        .map_err(|error| error.to_string().replace(&file.display().to_string(), "muwakaba.toml"))
}

fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
    load(text, variables).map(|settings| format!("{settings:?}")).unwrap_err()
}

/// How settings look, apart from where they came from.
fn shown(settings: &Settings) -> String {
    format!("{:?}", Settings { file: None, variables: Vec::new(), ..settings.clone() })
}

#[test]
fn the_example_shows_the_defaults() {
    let none = load("", &[]).unwrap();
    assert_eq!(shown(&load(EXAMPLE, &[]).unwrap()), shown(&none));
    assert_eq!(none.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(none.database_url.expose(), "sqlite:data/muwakaba.db");
    assert_eq!(none.public_url, "http://127.0.0.1:8080");
    assert!(none.documentation, "nobody else can reach it");
}

#[test]
fn every_commented_setting_of_the_example_exists() {
    let commented = EXAMPLE.lines().filter_map(|line| {
        let setting = line.strip_prefix("# ")?;
        let (name, _) = setting.split_once(" = ")?;
        name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_').then_some(setting)
    });
    let mut seen = 0;
    for setting in commented {
        seen += 1;
        let table = if EXAMPLE.find(setting) > EXAMPLE.find("[fcm]") { "[fcm]\n" } else { "" };
        let said = load(&format!("{table}{setting}\n"), &[]).err().unwrap_or_default();
        assert!(!said.contains("there is no setting"), "{said}");
    }
    assert_eq!(seen, 7);
}

#[test]
fn a_variable_overrides_the_file() {
    let settings = load(
        "listen = \"127.0.0.1:1\"\n[log]\nformat = \"text\"\n",
        &[
            ("MUWAKABA_LISTEN", "[::1]:2"),
            ("MUWAKABA_LOG_FORMAT", "json"),
            ("MUWAKABA_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
            ("DATABASE_URL", "postgres://somebody:secret@db/muwakaba"),
            ("MUWAKABA_TEST_POSTGRES", "no setting"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(settings.listen.to_string(), "[::1]:2");
    assert_eq!(settings.log.format, LogFormat::Json);
    assert_eq!(settings.proxies.trusted.len(), 2);
    assert!(!format!("{settings:?}").contains("secret"));
    assert_eq!(settings.variables.len(), 4);
}

#[test]
fn a_fault_is_told_with_its_place() {
    let cases = [
        ("\nlisten = 8080\n", "muwakaba.toml, line 2: listen must be an address and port such as"),
        ("[push]\n\nconcurency = 3\n", "muwakaba.toml, line 3: there is no setting `push.concurency`"),
        ("listen = \n", "muwakaba.toml, line 1: "),
        ("listen = \"[::1]:1\"\nlisten = \"[::1]:2\"\n", "muwakaba.toml, line 2: "),
        ("listen = [\"[::1]:1\"]\n", "line 1: listen must be one value, not a list"),
        ("listen = 2026-11-23\n", "line 1: listen is of a kind that no setting has"),
        ("[limits]\nconnections = 0\n", "line 2: limits.connections must be from 1 to"),
        ("[log]\nlevel = \"info,=,\"\n", "line 2: log.level must be error, warn"),
        ("[log]\nformat = \"xml\"\n", "line 2: log.format must be one of text json"),
        ("[push]\ncontact = \"me\"\n", "line 2: push.contact must be mailto:"),
        ("[push]\norigins = [\"https://a\"]\n", "line 2: push.origins must list hosts"),
        ("trusted_proxies = [\"proxy\"]\n", "line 1: trusted_proxies must list addresses"),
        ("public_url = \"https://a.example/path\"\n", "line 1: public_url must be an address without a path"),
        ("public_url = \"a.example\"\n", "line 1: public_url must be an address"),
        ("data_directory = \"\"\n", "line 1: data_directory must not be empty"),
        ("database_url = \"mysql://a\"\n", "line 1: database_url must begin with sqlite: or postgres://"),
        ("database_url = \"postgres://a:b@c/d\"\n", "line 1: database_url holds a password"),
        (
            "database_url = \"sqlite:a\"\ndatabase_url_file = \"b\"\n",
            "line 2: database_url_file cannot be used beside database_url",
        ),
        (
            "database_url_file = \"/nowhere/at/all\"\n",
            "line 1: database_url_file cannot read /nowhere/at/all",
        ),
    ];
    for (text, expected) in cases {
        let said = refusal(text, &[]);
        assert!(said.contains(expected), "{text}: {said}");
    }
    let said = refusal("", &[("MUWAKABA_LISTEN", "here")]);
    assert!(said.starts_with("the variable MUWAKABA_LISTEN: listen must be"), "{said}");
    let said = refusal("", &[("MUWAKABA_LISTEM", "127.0.0.1:1")]);
    assert!(said.starts_with("the variable MUWAKABA_LISTEM: there is no setting"), "{said}");
    let said = Settings::load(Some(Path::new("/nowhere/muwakaba.toml")), []).unwrap_err().to_string();
    assert!(said.contains("/nowhere/muwakaba.toml"), "{said}");
}

#[test]
fn what_others_could_reach_is_refused_unless_it_was_meant() {
    for public in ["listen = \"0.0.0.0:80\"\n", "public_url = \"https://muwakaba.example\"\n"] {
        assert!(!load(public, &[]).unwrap().documentation, "{public}");
        let docs = format!("{public}documentation = true\n");
        assert!(refusal(&docs, &[]).contains("line 2: documentation would show"));
        assert!(load(&format!("{docs}public_bind_serves = [\"docs\"]\n"), &[]).unwrap().documentation);
        let push = format!("{public}[push]\nallow_loopback = true\n");
        assert!(refusal(&push, &[]).contains("line 3: push.allow_loopback is for demonstrations"));
    }
    assert!(load("[push]\nallow_loopback = true\n", &[]).unwrap().push.allow_loopback);
    let metrics = "[metrics]\nlisten = \"0.0.0.0:9464\"\n";
    assert!(refusal(metrics, &[]).contains("line 2: metrics.listen can be reached"));
    let meant = format!("public_bind_serves = [\"metrics\"]\n{metrics}");
    assert!(load(&meant, &[]).unwrap().metrics_listen.is_some());
    assert!(load("[metrics]\nlisten = \"off\"\n", &[]).unwrap().metrics_listen.is_none());
}
