//! One mail to the mail server.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use thiserror::Error;

use super::{
    Content,
    config::{MailConfig, MailTls},
};

/// Refusals that are about our login, not about the mail (RFC 4954): every mail would be refused,
/// until somebody mends the configuration.
const OUR_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// Why a mail did not go out. Its text names no address; [`MailError::words`] may.
#[derive(Debug, Error)]
pub(super) enum MailError {
    /// Not now; perhaps later. It may have gone out.
    #[error("the mail could not be handed over ({kind})")]
    NotNow {
        /// The server's code, or what kind of failure it was.
        kind: String,
        words: String,
    },
    /// The server, or the address itself, says never.
    #[error("the mail was refused ({code})")]
    Refused { code: u16, words: String },
}

impl MailError {
    /// What was said, for the row.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NotNow { words, .. } | Self::Refused { words, .. } => words.clone(),
        }
    }
}

/// A mail ready to go.
pub(super) struct Outgoing<'a> {
    pub(super) to: &'a str,
    /// Without brackets.
    pub(super) message_id: &'a str,
    pub(super) date: DateTime<Utc>,
    pub(super) content: &'a Content,
}

/// The way to the mail server.
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: std::time::Duration,
    send_limit: TimeDelta,
    pub(crate) max_attachment_bytes: u64,
}

impl Mailer {
    /// `None` without a host.
    ///
    /// # Errors
    /// When the settings or the machine's certificates cannot be used.
    pub(crate) fn new(config: &MailConfig) -> anyhow::Result<Option<Self>> {
        if !config.is_on() {
            return Ok(None);
        }
        let parameters =
            || TlsParameters::new(config.host.clone()).context("the certificates for mail.host");
        let tls = match config.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(parameters()?),
            MailTls::Implicit => Tls::Wrapper(parameters()?),
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
                .port(config.port)
                .tls(tls)
                .timeout(Some(config.timeout()));
        if !config.user.is_empty() {
            let password = config.password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(config.user.clone(), password));
        }
        Ok(Some(Self {
            transport: transport.build(),
            from: config.sender()?,
            timeout: config.timeout(),
            // A second for what surrounds the mail itself.
            send_limit: TimeDelta::from_std(config.timeout())? + TimeDelta::seconds(1),
            max_attachment_bytes: config.max_attachment_bytes,
        }))
    }

    /// The longest that a mail can be under way.
    pub(super) const fn send_limit(&self) -> TimeDelta {
        self.send_limit
    }

    /// Our domain.
    pub(super) fn domain(&self) -> &str {
        self.from.email.domain()
    }

    pub(super) async fn send(&self, outgoing: &Outgoing<'_>) -> Result<(), MailError> {
        let message = self.message(outgoing).map_err(|error| MailError::Refused {
            code: 0,
            words: format!("{error:#}"),
        })?;
        let not_now = |kind: &str, words: String| MailError::NotNow {
            kind: kind.to_owned(),
            words,
        };
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Err(_) => Err(not_now("no answer in time", "no answer in time".to_owned())),
            Ok(Err(error)) => {
                let words = error.to_string();
                let code = error.status().map(u16::from);
                Err(match code {
                    Some(code) if error.is_permanent() && !OUR_LOGIN.contains(&code) => {
                        MailError::Refused { code, words }
                    }
                    Some(code) => not_now(&code.to_string(), words),
                    None if error.is_timeout() => not_now("no answer in time", words),
                    None if error.is_tls() => not_now("TLS", words),
                    None => not_now("connection", words),
                })
            }
        }
    }

    fn message(&self, outgoing: &Outgoing<'_>) -> anyhow::Result<Message> {
        let Content { letter, file } = outgoing.content;
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(self.from.clone())
            .to(outgoing.to.parse().context("the address is none")?)
            .subject(&letter.subject)
            .date(outgoing.date.into())
            .message_id(Some(format!("<{}>", outgoing.message_id)))
            // RFC 3834: no holiday notes in answer to it.
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()));
        let text = SinglePart::plain(letter.text.clone());
        Ok(match file {
            None => message.singlepart(text)?,
            Some(file) => {
                let content_type = ContentType::parse(file.content_type)?;
                let file =
                    Attachment::new(file.name.clone()).body(file.bytes.to_vec(), content_type);
                message.multipart(MultiPart::mixed().singlepart(text).singlepart(file))?
            }
        })
    }
}
