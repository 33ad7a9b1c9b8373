//! Runs the simulation at size and prints its totals. `scripts/simulate` says how.

use muwakaba_tests::{
    Database,
    simulation::{self, Settings},
};
use std::{process::ExitCode, time::Instant};

/// What is asked for, with what `make simulate` does by itself.
struct Asked {
    settings: Settings,
    databases: Vec<String>,
}

fn asked() -> Result<Asked, String> {
    let mut asked = Asked {
        settings: Settings { seed: 1, people: 2_000, days: Settings::YEARS },
        databases: vec!["sqlite".to_owned(), "postgres".to_owned()],
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name}: {value} is no number"));
        match name.as_str() {
            "--seed" => asked.settings.seed = number()?,
            "--people" => {
                asked.settings.people = usize::try_from(number()?).map_err(|_| "too many people")?
            }
            "--days" => asked.settings.days = i64::try_from(number()?).map_err(|_| "too many days")?,
            "--database" => asked.databases = vec![value],
            _ => {
                return Err(format!(
                    "{name} is not known: --seed, --people, --days, --database sqlite|postgres"
                ));
            }
        }
    }
    Ok(asked)
}

async fn database(name: &str) -> Result<Database, String> {
    match name {
        "sqlite" => Ok(Database::sqlite_in_memory_if_possible().await),
        "postgres" => Database::postgres().await.ok_or_else(|| "there is no PostgreSQL server".to_owned()),
        _ => Err(format!("{name} is no database: sqlite or postgres")),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let asked = match asked() {
        Ok(asked) => asked,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    };
    let mut code = ExitCode::SUCCESS;
    for name in asked.databases {
        let begun = Instant::now();
        println!("== {name}");
        let database = match database(&name).await {
            Ok(database) => database,
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        };
        match simulation::run(&database, asked.settings).await {
            Ok(report) => println!("{report}{} s", begun.elapsed().as_secs()),
            Err(failure) => {
                eprintln!("{failure}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
