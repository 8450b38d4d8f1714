//! Every metric of Wharf: name, labels and help in one place, each service's on its own registry.
//!
//! The doc comment is the help text. To add one: a line in the group it belongs to. Labels must
//! have few values: never a phone number, an id or a free text.

use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry,
};

/// Seconds; from one millisecond (a query) to half a minute (a slow provider).
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

impl ConnectionMetrics {
    /// Counts a connection of this use while `is_up` holds of its state, until the state's sender
    /// is gone.
    pub fn follow<T: Send + Sync + 'static>(
        &self,
        use_: &'static str,
        mut state: tokio::sync::watch::Receiver<T>,
        is_up: fn(&T) -> bool,
    ) {
        let gauge = self.broker_connected.with_label_values(&[use_]);
        tokio::spawn(async move {
            let mut counted = false;
            loop {
                let up = is_up(&state.borrow_and_update());
                if up != counted {
                    gauge.add(if up { 1 } else { -1 });
                    counted = up;
                }
                if state.changed().await.is_err() {
                    break;
                }
            }
            if counted {
                gauge.dec();
            }
        });
    }
}

trait Build: Sized {
    fn build(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self>;
}

macro_rules! build {
    ($($kind:ty, |$name:ident, $help:ident, $labels:ident| $make:expr;)+) => {
        $(impl Build for $kind {
            fn build($name: &str, $help: &str, $labels: &[&str]) -> prometheus::Result<Self> {
                $make
            }
        })+
    };
}

build! {
    IntCounter, |name, help, _labels| Self::new(name, help);
    IntGauge, |name, help, _labels| Self::new(name, help);
    IntCounterVec, |name, help, labels| Self::new(Opts::new(name, help), labels);
    Gauge, |name, help, _labels| Self::new(name, help);
    GaugeVec, |name, help, labels| Self::new(Opts::new(name, help), labels);
    IntGaugeVec, |name, help, labels| Self::new(Opts::new(name, help), labels);
    Histogram, |name, help, _labels|
        Self::with_opts(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()));
    HistogramVec, |name, help, labels|
        Self::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels);
}

macro_rules! metrics {
    ($(
        $(#[doc = $group_doc:literal])+
        $group:ident {
            $( $(#[doc = $help:literal])+ $field:ident: $kind:ty = $name:literal $([$($label:literal),+])?, )+
        }
    )+) => {
        $(
            $(#[doc = $group_doc])+
            #[derive(Clone, Debug)]
            pub struct $group {
                $( $(#[doc = $help])+ pub $field: $kind, )+
            }

            impl $group {
                /// Makes the group's metrics and registers them.
                ///
                /// # Errors
                /// When one of the names is registered already.
                pub fn register(registry: &Registry) -> prometheus::Result<Self> {
                    $(
                        let $field = <$kind>::build($name, concat!($($help),+).trim(), &[$($($label),+)?])?;
                        registry.register(Box::new($field.clone()))?;
                    )+
                    Ok(Self { $($field),+ })
                }
            }
        )+
    };
}

metrics! {
    /// What ingress counts.
    IngressMetrics {
        /// Webhooks by kind (message, status, agent_result) and outcome (accepted, refused, limited, malformed, too_large, unavailable).
        webhooks: IntCounterVec = "wharf_webhooks_total" ["kind", "outcome"],
        /// Webhooks with a missing or wrong signature, by reason.
        signature_refusals: IntCounterVec = "wharf_signature_refusals_total" ["reason"],
        /// Messages answered with the rate limit's text or silence instead of being queued.
        rate_limited: IntCounter = "wharf_rate_limited_total",
        /// Senders that the rate limiter remembers now.
        rate_limit_senders: IntGauge = "wharf_rate_limit_senders",
        /// Requests for files by signed link, by outcome (served, malformed, bad_signature, expired, missing, revoked, busy, unavailable, off).
        downloads: IntCounterVec = "wharf_downloads_total" ["outcome"],
        /// Seconds from a webhook's first byte to our answer, by kind.
        webhook_seconds: HistogramVec = "wharf_webhook_seconds" ["kind"],
    }

    /// What every worker counts; `stage` is nlp, agent-executor or responder.
    PipelineMetrics {
        /// Messages settled, by stage, kind and outcome (done, retried, dead, released).
        settled: IntCounterVec = "wharf_messages_settled_total" ["stage", "kind", "outcome"],
        /// Messages recognised as handled before, by stage and kind.
        repeated: IntCounterVec = "wharf_messages_repeated_total" ["stage", "kind"],
        /// Seconds spent handling a message, by stage and kind.
        handle_seconds: HistogramVec = "wharf_handle_seconds" ["stage", "kind"],
        /// Messages being handled now, by stage.
        in_flight: IntGaugeVec = "wharf_in_flight" ["stage"],
        /// Times that a worker stood still because broker or database was away, by stage.
        stalls: IntCounterVec = "wharf_stalls_total" ["stage"],
        /// Publishes by outcome (confirmed, disconnected, timeout, unroutable, rejected, blocked).
        publishes: IntCounterVec = "wharf_publishes_total" ["outcome"],
    }

    /// What nlp counts.
    NlpMetrics {
        /// Messages understood, by intent and decision (accept, confirm, clarify, unknown).
        intents: IntCounterVec = "wharf_intents_total" ["intent", "decision"],
        /// Inbound messages by what they carry (text, media, location, button, list, opt_out, nothing).
        inbound: IntCounterVec = "wharf_inbound_messages_total" ["carries"],
        /// Share of messages whose intent was right: by source, `evaluation` (the shipped model on the project's own test part) or `users` (their feedback of the last 30 days; absent without any).
        intent_recognition_accuracy: GaugeVec = "wharf_intent_recognition_accuracy" ["source"],
        /// Feedback of the last 30 days that the users' accuracy rests on, by verdict (right, wrong).
        intent_feedback: IntGaugeVec = "wharf_intent_feedback" ["verdict"],
        /// Share of the messages of the last 30 days that were not understood.
        unknown_intent_rate: Gauge = "wharf_unknown_intent_rate",
        /// People by the persona that answers them; `default`: the texts of none.
        persona_distribution: IntGaugeVec = "wharf_persona_distribution" ["persona"],
        /// Seconds spent understanding one message.
        understand_seconds: Histogram = "wharf_understand_seconds",
    }

    /// What agent-executor counts.
    ExecutorMetrics {
        /// Executions ended, by agent and outcome (completed, failed, cancelled, refused because it may not be or its agent takes no work).
        executions: IntCounterVec = "wharf_executions_total" ["agent", "outcome"],
        /// Seconds an agent worked, by agent.
        execution_seconds: HistogramVec = "wharf_execution_seconds" ["agent"],
        /// What the sweeper did: overdue (failed), told (that it takes longer), lost (published again), draft (cancelled, since nobody answered), job (an agent by itself).
        swept: IntCounterVec = "wharf_swept_total" ["what"],
    }

    /// What responder counts.
    ResponderMetrics {
        /// Replies worded, by template and persona.
        replies: IntCounterVec = "wharf_replies_total" ["template", "persona"],
        /// Sends to Twilio by outcome (sent, refused, not_sent, unknown, reconciled).
        sends: IntCounterVec = "wharf_sends_total" ["outcome"],
        /// Mails with the files of replies, by outcome (sent, refused, not_sent).
        mails: IntCounterVec = "wharf_mails_total" ["outcome"],
        /// Parts that wait for the user's next message, by event (held, released, noticed).
        held: IntCounterVec = "wharf_held_parts_total" ["event"],
        /// Messages that nobody asked for and that were not sent, because the person has opted out or is not known, by template.
        suppressed: IntCounterVec = "wharf_suppressed_total" ["template"],
        /// Replies with buttons or a list to tap, by outcome (sent, unfit because their text or lines are too long, refused by Twilio and sent as text).
        taps: IntCounterVec = "wharf_tappable_replies_total" ["outcome"],
        /// Typing indicators, by outcome (shown, failed).
        typing: IntCounterVec = "wharf_typing_indicators_total" ["outcome"],
        /// Files that people sent, by outcome (kept, refused, retried, failed, removed).
        inbound_files: IntCounterVec = "wharf_inbound_files_total" ["outcome"],
        /// Messages that may have reached the user twice, because a send's outcome stayed unknown.
        possible_duplicates: IntCounter = "wharf_possible_duplicates_total",
        /// Status callbacks by status and what they did (advanced, held, stale, duplicate, second_copy, unknown_message, unknown_status).
        status_callbacks: IntCounterVec = "wharf_status_callbacks_total" ["status", "applied"],
        /// Seconds from the webhook to Twilio's acceptance of the reply.
        response_seconds: Histogram = "wharf_response_seconds",
    }

    /// Connections, by what they are for.
    ConnectionMetrics {
        /// Connections to the broker that stand now, by use (publish, consume).
        broker_connected: IntGaugeVec = "wharf_broker_connected" ["use"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_help_is_the_doc_comment() {
        let registry = Registry::new();
        IngressMetrics::register(&registry).unwrap();
        PipelineMetrics::register(&registry).unwrap();
        let nlp = NlpMetrics::register(&registry).unwrap();
        ExecutorMetrics::register(&registry).unwrap();
        ResponderMetrics::register(&registry).unwrap();
        ConnectionMetrics::register(&registry).unwrap();
        nlp.understand_seconds.observe(0.001);
        let families = registry.gather();
        let family = families
            .iter()
            .find(|f| f.name() == "wharf_understand_seconds")
            .unwrap();
        assert_eq!(family.help(), "Seconds spent understanding one message.");
        assert!(NlpMetrics::register(&registry).is_err());
    }
}
