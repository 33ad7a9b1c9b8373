//! How many people a minute the reconciler plans for: all of what lies ahead of a plan that has just begun, and, a week later, what has come
//! near meanwhile. Both on the embedded database and on PostgreSQL. The reconciler is the service's own, and so is what it does
//! (`api/server/src/background/reconciler.rs`, `api/care/src/plan/materialise.rs`); only the week passes at once.

use std::io::Write;
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::time::Instant;

use care::App;
use chrono::TimeDelta;
use contract::time::{Clock, ManualClock, SystemClock};
use db::sql;
use kernel::agenda;
use muwakaba::background::reconciler;
use serde_json::json;

use crate::Failure;
use crate::processes::{processor_seconds, processor_seconds_of_family};
use crate::requests::Server;
use crate::store::plans::{self, BEGINS_AFTER};
use crate::store::{Service, Shape, failed};

/// What is to be measured.
#[derive(Debug)]
pub struct PlansArguments {
    /// The program of the service, which makes the schema.
    pub binary: PathBuf,
    /// A folder on a disk, for stores.
    pub folder: PathBuf,
    /// How many people have a plan.
    pub count: usize,
    /// How often it is measured: the median counts.
    pub rounds: usize,
    /// Whether a bound that is missed is a failure.
    pub gates: bool,
}

/// How many people a minute, at least.
const PEOPLE_PER_MINUTE: f64 = 10_000.0;
/// Mentors, among whom the people are shared out.
const MENTORS: usize = 250;

/// What is measured, in its order, and how long after the plans were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nothing is planned yet.
    Begun,
    /// A week has passed.
    ToppedUp,
}

impl Part {
    const ALL: [Self; 2] = [Self::Begun, Self::ToppedUp];

    const fn name(self) -> &'static str {
        match self {
            Self::Begun => "eight weeks of plans that begin",
            Self::ToppedUp => "the next week of plans that run",
        }
    }

    /// Not so long that a check-in opens: what is measured is planning, and nothing beside it.
    const fn passes(self) -> TimeDelta {
        match self {
            Self::Begun => TimeDelta::zero(),
            Self::ToppedUp => TimeDelta::days(7),
        }
    }
}

/// One measurement.
#[derive(Debug)]
struct Figure {
    database: &'static str,
    part: Part,
    per_minute: f64,
}

/// Measures, prints a line of JSON for each measurement, then the table.
pub async fn run(arguments: &PlansArguments) -> Result<ExitCode, Failure> {
    let server = Server::from_environment()?;
    let shape = Shape {
        centres: 50,
        mentors: MENTORS,
        participants_each: arguments.count.div_ceil(MENTORS),
        rounds: 0,
        ..Shape::of_requests(SystemClock.now(), 50)
    };
    let mut figures = Vec::new();
    for round in 0..arguments.rounds {
        let name = format!("plans_{round}");
        let folder = arguments.folder.join(&name);
        let embedded = Service::embedded(&arguments.binary, &folder.join("sqlite"));
        figures.extend(measure("sqlite", &embedded, &shape, None).await?);

        server.create(&name).await?;
        let keys = Service::embedded(&arguments.binary, &folder.join("postgres"));
        let on_server = Service { database: server.database(&name), ..keys };
        figures.extend(measure("postgres", &on_server, &shape, Some((&server, name.as_str()))).await?);
        server.drop(&name).await?;
        std::fs::remove_dir_all(folder)?;
    }
    Ok(print(&figures, &shape, arguments.gates))
}

async fn measure(
    database: &'static str,
    service: &Service,
    shape: &Shape,
    server: Option<(&Server, &str)>,
) -> Result<Vec<Figure>, Failure> {
    service.settle(shape).await?;
    let clock = ManualClock::new(shape.now);
    let app = service.open_by(Arc::new(clock.clone())).await?;
    plans::settle(&app, shape, BEGINS_AFTER, true).await?;
    if let Some((server, name)) = server {
        server.say(name, "vacuum analyze").await?;
    }
    let mut figures = Vec::new();
    for part in Part::ALL {
        clock.advance(part.passes());
        let (check_ins, conversations) = planned(&app).await?;
        let processor = processor(server)?;
        let began = Instant::now();
        reconciler::run(&app).await.map_err(failed)?;
        let seconds = began.elapsed().as_secs_f64();
        let cost = self::processor(server)? - processor;
        let (check_ins_after, conversations_after) = planned(&app).await?;
        let each = whole(check_ins_after - check_ins, shape.participants())
            .ok_or_else(|| format!("{database}, {}: not everybody got as much", part.name()))?;
        let figure = Figure { database, part, per_minute: shape.participants() as f64 / seconds * 60.0 };
        let line = json!({
            "part": part.name(),
            "database": database,
            "people": shape.participants(),
            "seconds": seconds,
            "people_per_minute": figure.per_minute.round(),
            "check_ins_each": each,
            "conversations": conversations_after - conversations,
            "cpu_ms_per_person": cost / shape.participants() as f64 * 1_000.0,
        });
        writeln!(std::io::stdout(), "{line}")?;
        figures.push(figure);
    }
    app.db.close().await;
    Ok(figures)
}

/// How many check-ins and conversations of plans there are. A run after which something was set aside is no figure.
async fn planned(app: &App) -> Result<(i64, i64), Failure> {
    let mut tx = app.db.read().await?;
    let aside = agenda::set_aside(&mut tx, 3).await?;
    if aside.count > 0 {
        return Err(format!("{} plans were set aside: {}", aside.count, aside.some.join(", ")).into());
    }
    let check_ins = tx.query(sql!("SELECT count(*) FROM plan_check_in")).scalar().await?;
    let conversations = tx.query(sql!("SELECT count(*) FROM plan_session")).scalar().await?;
    Ok((check_ins, conversations))
}

/// How many each of so many people has, if all have as many, and any.
fn whole(planned: i64, people: usize) -> Option<i64> {
    let people = i64::try_from(people).ok().filter(|people| *people > 0)?;
    (planned > 0 && planned % people == 0).then(|| planned / people)
}

/// Processor time so far: this process's, which plans, and the database server's where there is one.
fn processor(server: Option<(&Server, &str)>) -> Result<f64, Failure> {
    let own = processor_seconds(process::id())?;
    Ok(match server {
        Some((server, _)) => own + processor_seconds_of_family(server.process)?,
        None => own,
    })
}

/// Prints the medians; whether every bound is kept.
fn print(figures: &[Figure], shape: &Shape, gates: bool) -> ExitCode {
    println!(
        "\nplans of {} people, planned by the reconciler; people a minute, medians\n",
        shape.participants()
    );
    let mut is_missed = false;
    for part in Part::ALL {
        for database in ["sqlite", "postgres"] {
            let these = figures.iter().filter(|figure| figure.part == part && figure.database == database);
            let Some(rate) = median(these.map(|figure| figure.per_minute).collect()) else { continue };
            let is_met = rate >= PEOPLE_PER_MINUTE;
            is_missed |= !is_met;
            let verdict = match (gates, is_met) {
                (false, _) => "      ",
                (true, true) => "met   ",
                (true, false) => "MISSED",
            };
            println!(
                "{verdict}  {:<34}{database:<10}{rate:>10.0} (at least {PEOPLE_PER_MINUTE:.0})",
                part.name()
            );
        }
    }
    if gates && is_missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn median(mut rates: Vec<f64>) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    // Of an even number the lower one: a bound is kept by more than half.
    rates.get(rates.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::{Part, median, whole};
    use crate::store::plans::BEGINS_AFTER;

    #[test]
    fn a_run_that_left_somebody_out_is_no_figure() {
        assert_eq!(whole(70_000, 10_000), Some(7));
        assert_eq!(whole(69_999, 10_000), None);
        assert_eq!(whole(0, 10_000), None);
        assert_eq!(whole(5, 0), None);
    }

    #[test]
    fn the_lower_middle_counts() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn nobody_is_asked_anything_while_it_is_measured() {
        let passed: i64 = Part::ALL.into_iter().map(|part| part.passes().num_days()).sum();
        assert!(passed < BEGINS_AFTER);
    }
}
