//! A disk that is full or cannot be written: what was told to be done is done, what could not be done is told so, and once
//! there is room again everything goes on, without a restart.

use db::{Sql, StorageFault, sql};
use kernel::heartbeat;
use muwakaba_tests::{Database, TestApp, http::Request};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::{path::Path, process::Command};

/// A small disk of its own.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(mebibytes: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let size = format!("size={mebibytes}m,mode=0777");
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", path(folder.path())]);
        Self(folder)
    }

    /// Fills what is free, and gives back how to make room again.
    fn fill(&self) -> std::path::PathBuf {
        let ballast = self.0.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).expect("a file");
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["--lazy", path(self.0.path())]);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().expect("the program starts");
    assert!(status.success(), "{program} {arguments:?}: these tests need root");
}

fn new_participant(app: &TestApp, number: u32) -> Request {
    app.post("/v1/participants").by(&app.world.manager).json(json!({
        "name": format!("Somebody {number}"),
        "language": "fr",
    }))
}

async fn ready(app: &TestApp) -> u16 {
    heartbeat::beat(&app.app.db, &*app.app.clock, &app.app.heartbeat).await;
    app.get("/readyz").send().await.status
}

/// Writes until there is no room, makes room, and writes on.
async fn full_and_free_again(app: &TestApp, disk: &SmallDisk) {
    assert_eq!(ready(app).await, 204);
    empty_the_log(&app.database.url).await;
    let ballast = disk.fill();
    assert_eq!(ready(app).await, 503, "readiness tells that nothing can be kept");
    let mut refused = None;
    for number in 0..2_000 {
        let answer = new_participant(app, number).send().await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the disk is full at last");
    assert_eq!(refused.status, 507, "{}", refused.text());
    assert_eq!(refused.json()["code"], "out_of_room");
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(app.get("/v1/me").by(&app.world.participant).send().await.status, 200, "reading goes on");

    std::fs::remove_file(ballast).expect("room");
    let answer = new_participant(app, 1).send().await;
    assert_eq!(answer.status, 201, "the next write works: {}", answer.text());
    assert_eq!(ready(app).await, 204);
}

/// SQLite's log keeps the room that it once had; without it the next row needs some.
#[expect(clippy::disallowed_methods, reason = "the service itself never does this")]
async fn empty_the_log(url: &str) {
    let mut connection = SqliteConnection::connect(url).await.expect("the file");
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut connection)
        .await
        .expect("an answer");
    assert_eq!(busy, 0, "the log is empty");
    connection.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_ends_nothing_on_sqlite() {
    let disk = SmallDisk::mount(8);
    let app = TestApp::start(Database::sqlite_in(disk.0.path()).await).await;
    full_and_free_again(&app, &disk).await;
    let mut tx = app.database.db.read().await.unwrap();
    let result: String = tx.query(sql!("PRAGMA integrity_check")).scalar().await.unwrap();
    assert_eq!(result, "ok");
}

/// What PostgreSQL says when its disk is full is said here by a trigger: really filling the disk of the server that all tests share
/// would end them, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_as_such_on_postgres() {
    let Some(database) = Database::postgres().await else { return };
    let app = TestApp::start(database).await;
    for statement in [
        sql!(lite "SELECT 1", pg "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"),
        sql!(lite "SELECT 1", pg "CREATE TRIGGER no_room BEFORE INSERT ON participant FOR EACH ROW EXECUTE FUNCTION no_room()"),
    ] {
        carry_out(&app, statement).await;
    }
    let refused = new_participant(&app, 1).send().await;
    assert_eq!((refused.status, refused.header("retry-after")), (507, "60"), "{}", refused.text());
    assert_eq!(app.get("/v1/me").by(&app.world.participant).send().await.status, 200, "reading goes on");
    carry_out(&app, sql!(lite "SELECT 1", pg "DROP TRIGGER no_room ON participant")).await;
    assert_eq!(new_participant(&app, 1).send().await.status, 201, "the next write works");
}

async fn carry_out(app: &TestApp, statement: Sql) {
    let mut tx = app.database.db.write().await.unwrap();
    tx.query(statement).execute().await.unwrap();
    tx.commit().await.unwrap();
}

/// Each failure of SQLite at each statement of a command: it is told, nothing is half done, and the next write works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_of_sqlite_at_every_statement() {
    let app = TestApp::start(Database::sqlite().await).await;
    let mut number = 0;
    let mut struck = 0;
    for (fault, status) in
        [(StorageFault::Full, 507), (StorageFault::Unwritable, 503), (StorageFault::NoMemory, 503)]
    {
        for n in 1.. {
            let before = people(&app).await;
            app.faults.arm_storage(n, fault);
            number += 1;
            let answer =
                new_participant(&app, number).header("idempotency-key", number.to_string()).send().await;
            if app.faults.disarm_storage() {
                assert_eq!(answer.status, 201);
                break;
            }
            struck += 1;
            assert_eq!(answer.status, status, "{fault:?} at {n}: {}", answer.text());
            assert_eq!(people(&app).await, before, "{fault:?} at {n} left something");
            let again =
                new_participant(&app, number).header("idempotency-key", number.to_string()).send().await;
            assert_eq!(again.status, 201, "after {fault:?} at {n}: {}", again.text());
        }
    }
    assert!(struck > 20, "only {struck} faults struck");
}

async fn people(app: &TestApp) -> i64 {
    let mut tx = app.database.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM participant")).scalar().await.unwrap()
}

/// Many write at once and share their COMMITs; storage fails again and again. Whoever was told 201 is there, nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_commit_is_told_to_everybody_who_shared_it() {
    let app = std::sync::Arc::new(TestApp::start(Database::sqlite().await).await);
    let before = people(&app).await;
    let mut kept = 0;
    for round in 0..40_u32 {
        app.faults.arm_storage(7 + round * 5, StorageFault::Full);
        let callers: Vec<_> = (0..16)
            .map(|caller| {
                let app = app.clone();
                tokio::task::spawn(
                    async move { new_participant(&app, round * 16 + caller).send().await.status },
                )
            })
            .collect();
        for caller in callers {
            match caller.await.unwrap() {
                201 => kept += 1,
                507 => {}
                other => panic!("{other}"),
            }
        }
        app.faults.disarm_storage();
    }
    assert_eq!(people(&app).await, before + kept);
    assert!(kept > 500, "{kept}: those whose fault it was not are carried out again");
}
