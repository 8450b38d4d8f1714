//! What can be asked, with examples that parse: the one place for the commands that `help` shows.
//!
//! The wording around them is responder's; nlp tests that each example is read as its intent, and
//! makes the lists of docs/commands.md of them. To add an intent: a row, in the place where help is
//! to show it, and its heading in that document.

use crate::intent::IntentType;

/// A language that Wharf reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuideLanguage {
    /// English, and whatever has no examples of its own.
    English,
    /// Spanish.
    Spanish,
}

impl GuideLanguage {
    /// Of a locale such as `es-MX`.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        match locale.split(['-', '_']).next() {
            Some("es") => Self::Spanish,
            _ => Self::English,
        }
    }
}

/// How an intent is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// The intent.
    pub intent: IntentType,
    /// Two or three messages in English; the first is what help shows beside the others.
    pub english: &'static [&'static str],
    /// Further ways to say it in English, which docs/commands.md shows beside those.
    pub further: &'static [&'static str],
    /// Two or three messages in Spanish.
    pub spanish: &'static [&'static str],
    /// Words that name it in "help …", lower case without accents, both languages.
    pub words: &'static [&'static str],
}

impl Guide {
    /// The examples in `language`.
    #[must_use]
    pub const fn examples(&self, language: GuideLanguage) -> &'static [&'static str] {
        match language {
            GuideLanguage::English => self.english,
            GuideLanguage::Spanish => self.spanish,
        }
    }
}

/// Every intent that can be asked for, in the order of help.
pub const GUIDES: &[Guide] = &[
    Guide {
        intent: IntentType::CheckInventory,
        english: &["stock ABC123", "how many ABC123 in Toronto"],
        further: &[
            "check inventory for blue widgets",
            "do we have any ABC123 left?",
            "where is WID-1001?",
        ],
        spanish: &["stock de ABC123", "cuánto hay de ABC123"],
        words: &[
            "stock",
            "inventory",
            "check inventory",
            "check stock",
            "check_inventory",
            "inventario",
            "existencias",
        ],
    },
    Guide {
        intent: IntentType::UpdateStock,
        english: &["count ABC123 is 40", "received 20 ABC123", "used 5 ABC123"],
        further: &["set ABC123 to 40", "add 20 ABC123 in Toronto"],
        spanish: &["actualizar ABC123 a 40", "recibí 20 de ABC123"],
        words: &[
            "count",
            "counts",
            "receive",
            "received",
            "update",
            "update stock",
            "update_stock",
            "stock update",
            "update inventory",
            "contar",
            "recibir",
            "actualizar",
            "actualizar stock",
            "actualizar inventario",
        ],
    },
    Guide {
        intent: IntentType::ReorderStock,
        english: &["reorder 50 ABC123", "order 20 blue widgets"],
        further: &[
            "we need 30 more ABC123",
            "create a purchase order for 40 WID-1001",
            "order 40 ABC123 from Acme",
        ],
        spanish: &["pedir 50 de ABC123", "pedir 20 ABC123"],
        words: &[
            "reorder",
            "order",
            "orders",
            "restock",
            "buy",
            "purchase",
            "reorder_stock",
            "reorder stock",
            "order stock",
            "pedir",
            "pedido",
            "pedidos",
            "reordenar",
            "comprar",
        ],
    },
    Guide {
        intent: IntentType::ViewAlerts,
        english: &["alerts", "critical alerts", "show my alerts"],
        further: &["any high alerts?", "what alerts are active?"],
        spanish: &["alertas", "ver alertas"],
        words: &[
            "alert",
            "alerts",
            "view alerts",
            "view_alerts",
            "see alerts",
            "show alerts",
            "alerta",
            "alertas",
            "ver alertas",
        ],
    },
    Guide {
        intent: IntentType::AcknowledgeAlert,
        english: &["ack A17", "acknowledge alert A17"],
        further: &["ack 17", "please acknowledge alert A17"],
        spanish: &["reconocer alerta A17", "confirmar alerta A17"],
        words: &[
            "ack",
            "acknowledge",
            "acknowledge_alert",
            "acknowledge alert",
            "acknowledge alerts",
            "ack alerts",
            "ack alert",
            "reconocer",
            "reconocer alertas",
        ],
    },
    Guide {
        intent: IntentType::ResolveAlert,
        english: &["resolve A17", "close alert A17"],
        further: &["mark alert A17 as resolved", "alert A17 is fixed, close it"],
        spanish: &["resolver alerta A17", "cerrar alerta A17"],
        words: &[
            "resolve",
            "close",
            "resolve_alert",
            "resolve alert",
            "resolve alerts",
            "close alert",
            "close alerts",
            "resolver",
            "cerrar",
            "resolver alertas",
        ],
    },
    Guide {
        intent: IntentType::GenerateReport,
        english: &[
            "sales report for last week",
            "inventory report for yesterday",
        ],
        further: &[
            "supplier report this month as excel",
            "generate an inventory report for last month",
            "financial report from 1 to 31 January",
        ],
        spanish: &[
            "informe de ventas de la semana pasada",
            "reporte de inventario de ayer",
        ],
        words: &[
            "report",
            "reports",
            "generate_report",
            "generate report",
            "generate reports",
            "informe",
            "informes",
            "reporte",
            "reportes",
        ],
    },
    Guide {
        intent: IntentType::ViewMetrics,
        english: &["fill rate this month", "show metrics"],
        further: &[
            "what is our turnover this year?",
            "show me the revenue of last week",
        ],
        spanish: &["ver métricas", "indicadores"],
        words: &[
            "metric",
            "metrics",
            "figures",
            "kpi",
            "kpis",
            "view_metrics",
            "view metrics",
            "metricas",
            "indicadores",
            "cifras",
        ],
    },
    Guide {
        intent: IntentType::DailyDigest,
        english: &["daily digest", "daily summary"],
        further: &["give me the morning brief", "daily digest for yesterday"],
        spanish: &["resumen diario", "resumen del día"],
        words: &[
            "digest",
            "summary",
            "daily_digest",
            "daily digest",
            "daily summary",
            "resumen",
            "resumen diario",
        ],
    },
    Guide {
        intent: IntentType::CheckSupplier,
        english: &["who supplies ABC123", "who is the supplier of ABC123"],
        further: &["supplier info Acme", "contact details of Acme"],
        spanish: &["quién suministra ABC123", "info proveedor Acme"],
        words: &[
            "supplier",
            "suppliers",
            "check_supplier",
            "check supplier",
            "vendor",
            "vendors",
            "proveedor",
            "proveedores",
        ],
    },
    Guide {
        intent: IntentType::SupplierPerformance,
        english: &["how is Acme performing", "supplier ranking"],
        further: &[
            "supplier performance last quarter",
            "which supplier is the best?",
        ],
        spanish: &["desempeño de proveedores", "ranking de proveedores"],
        words: &[
            "performance",
            "ranking",
            "supplier_performance",
            "supplier performance",
            "rank suppliers",
            "desempeno",
            "desempeno de proveedores",
        ],
    },
    Guide {
        intent: IntentType::RunAgent,
        english: &["run the alert generator", "run all agents"],
        further: &[
            "start the purchase optimizer",
            "run the inventory monitor now",
        ],
        spanish: &["ejecutar agente", "iniciar agente"],
        words: &[
            "run",
            "start agents",
            "run agent",
            "run agents",
            "run_agent",
            "start an agent",
            "run an agent",
            "ejecutar",
        ],
    },
    Guide {
        intent: IntentType::StopAgent,
        english: &["stop the report generator", "stop all agents"],
        further: &["pause the alert generator", "stop the supplier evaluator"],
        spanish: &["detener agente", "parar agente"],
        words: &[
            "stop agent",
            "stop agents",
            "stop_agent",
            "stop an agent",
            "pause agents",
            "detener",
        ],
    },
    Guide {
        intent: IntentType::AgentStatus,
        english: &["agent status", "list agents"],
        further: &["are all agents running?", "status of the alert generator"],
        spanish: &["estado de los agentes", "agentes"],
        words: &[
            "agent",
            "agents",
            "agent_status",
            "agent status",
            "agente",
            "agentes",
        ],
    },
];

/// How `intent` is asked for; none for `help` and `unknown`.
#[must_use]
pub fn guide_of(intent: IntentType) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.intent == intent)
}

/// The intent that `topic` names in "help …": lower case, no accents.
#[must_use]
pub fn topic(topic: &str) -> Option<IntentType> {
    GUIDES
        .iter()
        .find(|guide| guide.words.contains(&topic))
        .map(|guide| guide.intent)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::mapping::AGENT_MAPPINGS;

    #[test]
    fn every_intent_that_an_agent_answers_has_two_or_three_examples() {
        for mapping in AGENT_MAPPINGS {
            let guide = guide_of(mapping.intent).unwrap();
            for language in [GuideLanguage::English, GuideLanguage::Spanish] {
                let examples = guide.examples(language).len();
                assert!((2..=3).contains(&examples), "{}", mapping.intent);
            }
            let ways = guide.english.len() + guide.further.len();
            assert!((3..=5).contains(&ways), "{}", mapping.intent);
            assert_eq!(topic(mapping.intent.as_str()), Some(mapping.intent));
        }
        assert_eq!(GUIDES.len(), AGENT_MAPPINGS.len());
    }

    #[test]
    fn no_word_names_two_intents() {
        let mut seen = HashSet::new();
        for word in GUIDES.iter().flat_map(|guide| guide.words) {
            assert!(seen.insert(word), "{word}");
        }
    }

    #[test]
    fn a_locale_has_a_language() {
        assert_eq!(GuideLanguage::of("es-MX"), GuideLanguage::Spanish);
        assert_eq!(GuideLanguage::of("en"), GuideLanguage::English);
        assert_eq!(GuideLanguage::of("fi"), GuideLanguage::English);
    }
}
