//! Starting and stopping the whole service, and what its operator sees.

use super::FOREVER;
use muwakaba::{serve::metrics, settings::Settings, start, telemetry};
use std::{net::SocketAddr, path::Path};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;

fn settings(directory: &Path) -> Settings {
    Settings::plain(directory, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()
}

#[tokio::test]
async fn it_starts_answers_and_stops() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&directory.path().join("data"));
    let app = start::open(&settings).await.unwrap();
    let (stop, (told, address)) = (CancellationToken::new(), oneshot::channel());
    let running = start::run(&settings, app, stop.clone(), |address| told.send(address).unwrap());
    let asking = async {
        let base = format!("http://{}", address.await.unwrap());
        assert_eq!(reqwest::get(format!("{base}/healthz")).await.unwrap().status(), 204);
        // Soon, once the names are in memory.
        while reqwest::get(format!("{base}/readyz")).await.unwrap().status() != 204 {}
        assert_eq!(reqwest::get(format!("{base}/metrics")).await.unwrap().status(), 404, "not for everybody");
        stop.cancel();
    };
    let (ended, ()) = timeout(FOREVER, async { tokio::join!(running, asking) }).await.unwrap();
    ended.unwrap();
    let again = start::open(&settings).await.expect("a second start finds everything as it was");
    again.db.close().await;
}

#[tokio::test]
async fn a_lost_key_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    start::open(&settings).await.unwrap().db.close().await;
    let key = settings.key_directory().join("master.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let refused = start::open(&settings).await.err().expect("refused").to_string();
    assert!(refused.contains("restore the right master.key"), "{refused}");
    assert!(!key.exists(), "no new key was made");
    let other = tempfile::tempdir().unwrap();
    let elsewhere = self::settings(other.path());
    start::open(&elsewhere).await.unwrap().db.close().await;
    std::fs::copy(elsewhere.key_directory().join("master.key"), &key).unwrap();
    let refused = start::open(&settings).await.err().expect("refused").to_string();
    assert!(refused.contains("not the one that this database was sealed with"), "{refused}");
    std::fs::write(&key, kept).unwrap();
    start::open(&settings).await.expect("the right key opens it again").db.close().await;
}

#[tokio::test]
async fn a_taken_port_is_told_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { listen: taken.local_addr().unwrap(), ..settings(directory.path()) };
    let app = start::open(&settings).await.unwrap();
    let refused = start::run(&settings, app, CancellationToken::new(), |_| ()).await.unwrap_err().to_string();
    assert!(
        refused.contains("(setting listen)") && refused.contains(&settings.listen.to_string()),
        "{refused}"
    );
}

#[tokio::test]
async fn meters_name_routes_and_nobody() {
    let house = super::House::with(muwakaba::limits::Limits::default()).await;
    let meters = telemetry::meters().unwrap();
    let person = house.app.world.mentor.id;
    house.ask("GET", &format!("/v1/appointments/{person}?cursor=canary"), "").await;
    house.ask("CANARY", "/canary", "").await;
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", socket.local_addr().unwrap());
    let stop = CancellationToken::new();
    let served = tokio::task::spawn(metrics::serve(socket, house.app.app.clone(), meters, stop.clone()));
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    for expected in [
        "muwakaba_http_requests_total{method=\"GET\",route=\"/v1/appointments/{appointment_id}\",status=\"401\"}",
        "muwakaba_http_requests_total{method=\"other\",route=\"none\",status=\"404\"}",
        "muwakaba_http_request_seconds_bucket",
        "muwakaba_reminders_overdue 0",
        "muwakaba_database_connections{state=\"open\"}",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    assert!(
        !text.contains("canary") && !text.contains("CANARY") && !text.contains(&person.to_string()),
        "{text}"
    );
    stop.cancel();
    timeout(FOREVER, served).await.unwrap().unwrap();
}
