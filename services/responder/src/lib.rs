//! Words replies in the user's persona and sends them through Twilio, each once.
//!
//! - [`render`]: facts to text. To add a template or a wording, see there.
//! - [`split`]: long texts in parts.
//! - [`delivery`]: a reply's parts to Twilio, and what to do when the outcome is in doubt.
//! - [`enclosure`] and [`mail`]: the file of a reply as link, as WhatsApp media and by mail.
//! - [`inbound_files`]: what people sent, fetched and kept.
//! - [`sharing`]: what somebody shares, by mail.
//! - [`typing`]: the typing indicator.
//! - [`status`]: what Twilio reports about them.

pub mod config;
pub mod delivery;
pub mod enclosure;
pub mod inbound_files;
pub mod mail;
pub mod markup;
pub mod render;
mod sharing;
pub mod split;
pub mod status;
pub mod typing;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use anyhow::Context;
use chrono::TimeDelta;
use wharf_broker::{Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_media::MediaConfig;
use wharf_pipeline::{Base, Worker};
use wharf_runtime::{lifecycle::Lifecycle, metrics::ResponderMetrics};
use wharf_twilio::client::Client;

pub use crate::config::Config;
use crate::{
    delivery::{InDoubt, Keeper, ReplyHandler, Sender},
    enclosure::Files,
    inbound_files::FileKeeper,
    mail::Mailer,
    render::{Overrides, Renderer},
    status::StatusHandler,
    typing::Typist,
};

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let base = Base::open(config.base(), &lifecycle)?;
    let metrics = ResponderMetrics::register(&base.registry)?;
    // A second for what surrounds the request itself.
    let send_limit = TimeDelta::from_std(config.twilio.timeout() + Duration::from_secs(1))?;
    let client = Client::new(&config.twilio)?;
    let sender = Arc::new(Sender {
        store: base.store.clone(),
        client: client.clone(),
        status_callback_url: config.twilio.status_callback_url.clone(),
        validity_s: config.delivery.validity_s,
        send_limit,
        in_doubt: InDoubt::default(),
        clock: SystemClock::shared(),
        metrics: metrics.clone(),
    });
    let typist = config.typing.enabled.then(|| Typist {
        store: base.store.clone(),
        client,
        every: Duration::from_millis(config.typing.poll_ms.into()),
        clock: SystemClock::shared(),
        metrics: metrics.clone(),
        shown: VecDeque::new(),
    });
    let keeper = Keeper {
        sender: Arc::clone(&sender),
        every: Duration::from_millis(config.delivery.held_interval_ms.into()),
        pause: TimeDelta::seconds(config.delivery.notice_pause_s.into()),
    };
    let inbound = FileKeeper::new(
        base.store.clone(),
        config.media.clone(),
        &config.twilio,
        config.inbound_files,
        SystemClock::shared(),
        metrics.clone(),
    )?;
    let inbound = tokio::spawn(inbound.run(lifecycle.clone()));
    let replies = Worker {
        handler: ReplyHandler {
            store: base.store.clone(),
            sender,
            renderer: Overrides::new(
                Renderer::new()?,
                base.store.clone(),
                Duration::from_millis(config.templates.recheck_ms.into()),
            ),
            files: files(&config.media)?,
            mailer: Mailer::new(&config.mail)?,
            clock: SystemClock::shared(),
            metrics: metrics.clone(),
        },
        queues: Priority::ALL
            .into_iter()
            .map(Queue::Reply)
            .chain([Queue::Poison(Stage::Responder)])
            .collect(),
        config: config.worker.clone(),
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    let statuses = Worker {
        handler: StatusHandler {
            store: base.store.clone(),
            metrics,
        },
        queues: vec![Queue::Status],
        config: config.worker,
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    tokio::join!(
        replies.run(&base.broker, &lifecycle),
        statuses.run(&base.broker, &lifecycle),
        keeper.run(lifecycle.soft()),
        async {
            if let Some(typist) = typist {
                typist.run(lifecycle.soft()).await;
            }
        },
    );
    inbound.await?;
    base.close().await;
    Ok(())
}

/// The files of replies; `None` without a signing key.
fn files(config: &MediaConfig) -> anyhow::Result<Option<Files>> {
    let Some(links) = config.links()? else {
        return Ok(None);
    };
    let store = config.open().context("opening the storage of files")?;
    Ok(Some(Files { store, links }))
}
