//! What a running service shows to whoever collects its meters.

use care::App;
use muwakaba::{serve::metrics, telemetry};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Begins counting. It comes before what is to be counted.
pub fn count() {
    telemetry::meters().expect("nothing else counts in this process");
}

/// `GET /metrics`, on a loopback port of its own as in operation.
pub async fn shown(app: &App) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let url = format!("http://{}/metrics", socket.local_addr().expect("an address"));
    let (stop, meters) = (CancellationToken::new(), telemetry::meters().expect("the meters"));
    let served = tokio::task::spawn(metrics::serve(socket, app.clone(), meters, stop.clone()));
    let text = reqwest::get(url).await.expect("an answer").text().await.expect("a text");
    stop.cancel();
    served.await.expect("it stops");
    text
}
