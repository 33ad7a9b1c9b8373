//! The guide that the demonstration prints: its commands work word for word when pasted.

use muwakaba_tests::binary;
use std::process::Stdio;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A demonstration with its guide.
struct Demonstration {
    _running: Child,
    guide: Vec<String>,
}

impl Demonstration {
    async fn start(data: &std::path::Path) -> Self {
        let mut running = Command::new(binary::muwakaba_demo())
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the demonstration starts");
        let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
        let mut guide = Vec::new();
        while let Some(line) = lines.next_line().await.expect("its output") {
            let is_last = line.starts_with("Ctrl-C");
            guide.push(line);
            if is_last {
                return Self { _running: running, guide };
            }
        }
        panic!("it ended: {guide:#?}");
    }

    /// The commands from the line that begins like this to the next empty line, as they stand.
    fn commands(&self, begin: &str) -> String {
        self.commands_from(begin, |line| line.trim_start().starts_with(begin))
    }

    /// Those from the line in which this stands.
    fn commands_with(&self, words: &str) -> String {
        self.commands_from(words, |line| line.contains(words))
    }

    fn commands_from(&self, sought: &str, is_first: impl Fn(&str) -> bool) -> String {
        let from = self.guide.iter().position(|line| is_first(line));
        let from = from.unwrap_or_else(|| panic!("no {sought}: {:#?}", self.guide));
        self.guide[from..]
            .iter()
            .take_while(|line| !line.is_empty())
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// The same as another account: a code signs in once.
fn of_colleague(commands: &str) -> String {
    commands.replace("mentor@", "mentor2@")
}

async fn paste(commands: &str) -> String {
    let ended = Command::new("bash").arg("-c").arg(commands).output().await.expect("a shell");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success(), "{commands}\n{said}{}", String::from_utf8_lossy(&ended.stderr));
    said
}

#[tokio::test]
async fn its_commands_work_when_pasted() {
    let directory = tempfile::TempDir::new().unwrap();
    // A folder that a shell would take apart.
    let demonstration = Demonstration::start(&directory.path().join("it's here")).await;
    let (schedule, ask) = (demonstration.commands("CODE="), demonstration.commands("curl -s \"http"));
    // Whoever signs in there has a caseload that a phone is told of, as if the service had made all of it.
    let sync = ask.split("appointments?").next().expect("an address").to_owned() + "sync$CURSOR\"";
    let pull = format!("{sync} -H \"authorization: Bearer $TOKEN\"");
    let follow = format!(
        "FIRST=$({pull})\nCURSOR=\"?cursor=$(echo \"$FIRST\" | sed 's/.*\"cursor\":\"\\([^\"]*\\)\".*/\\1/')\"\necho \"$FIRST\"\n{pull}"
    );
    let said = paste(&format!("{schedule}\n{ask}\n{follow}")).await;
    assert!(
        said.contains(r#""kind":"social_counselling""#) && said.contains(r#""state":"scheduled""#),
        "{said}"
    );
    assert!(said.contains(r#""items":["#), "{said}");
    for told in [r#""started":"first""#, r#""appointments":["#, r#""assignments":["#] {
        assert!(said.contains(told), "{told} in {said}");
    }
    // The mentor's phone: a script presses the keys, one in each line.
    let phone = of_colleague(&demonstration.commands_with("--email"));
    let said = paste(&format!("printf 't\\nq\\n' | {}", phone.trim())).await;
    assert!(said.contains("What needs you first"), "{said}");
    let said = paste(&demonstration.commands("MANAGER_CODE=")).await;
    assert!(said.contains(r#""people_accompanied""#) && said.contains(r#""items":["#), "{said}");
}
