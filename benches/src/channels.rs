//! The real channels, opened towards the receiver on loopback.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::time::{Clock, SystemClock};
use notifications::channel::endpoint::EndpointPolicy;
use notifications::channel::fcm::{Fcm, FcmSettings, ServiceAccount, transport_options};
use notifications::channel::transport::{Transport, TransportOptions};
use notifications::channel::web_push::WebPush;
use notifications::channel::web_push::encrypt::SystemEphemeral;
use notifications::channel::web_push::vapid::{Contact, VapidKeys, VapidSigner};
use notifications::dispatcher::PushCourier;

use crate::Failure;
use crate::arguments::Channel;

/// The courier with the channel that is measured, towards the receiver at `sink`.
pub fn open(channel: Channel, sink: &str) -> Result<PushCourier, Failure> {
    Ok(match channel {
        Channel::WebPush => web_push(TransportOptions::default())?,
        Channel::Fcm => PushCourier { web_push: None, fcm: Some(fcm(sink)?) },
    })
}

/// The courier with Web Push alone.
pub fn web_push(options: TransportOptions) -> Result<PushCourier, Failure> {
    let options = TransportOptions { allow_loopback: true, ..options };
    let transport = Arc::new(Transport::new(options)?);
    let (keys, _) = VapidKeys::generate()?;
    let signer = VapidSigner::new(Arc::new(keys), Contact::parse("mailto:operator@example.org")?);
    let now = Arc::new(|| SystemClock.now().to_chrono());
    let channel = WebPush::new(transport, signer, SystemEphemeral, now);
    let policy = EndpointPolicy::standard().with_loopback(true);
    Ok(PushCourier { web_push: Some((channel, policy)), fcm: None })
}

fn fcm(sink: &str) -> Result<Fcm, Failure> {
    let key = KeyPair::generate(KeySize::Rsa2048)?;
    let der: Pkcs8V1Der<'_> = key.as_der()?;
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let file = serde_json::json!({
        "type": "service_account",
        "project_id": "measured",
        "private_key_id": "measured",
        "private_key": pem,
        "client_email": "sender@measured.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    });
    let account = ServiceAccount::parse(&serde_json::to_vec(&file)?)?;
    let settings = FcmSettings { base_url: sink.to_owned(), token_uri: Some(format!("{sink}/token")) };
    let options = TransportOptions { allow_loopback: true, ..transport_options() };
    Ok(Fcm::new(account, &settings, Arc::new(Transport::new(options)?))?)
}
