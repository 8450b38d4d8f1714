//! Values that an answer chooses from, and the words for each, in English and Spanish. To add a
//! word: a line in its table.

/// Values and the words for each, in plain form.
pub(super) type Words = &'static [(&'static str, &'static [&'static str])];

/// Kinds of reports.
pub(super) const REPORTS: Words = &[
    (
        "inventory",
        &["inventory", "stock", "inventario", "existencias"],
    ),
    ("sales", &["sales", "sale", "revenue", "ventas", "venta"]),
    (
        "supplier",
        &[
            "supplier",
            "suppliers",
            "vendor",
            "vendors",
            "proveedor",
            "proveedores",
        ],
    ),
    (
        "financial",
        &[
            "financial",
            "finance",
            "finances",
            "financiero",
            "financiera",
            "finanzas",
        ],
    ),
];
/// Agents.
pub(super) const AGENTS: Words = &[
    ("inventory_monitor", &["inventory", "stock", "inventario"]),
    ("alert_generator", &["alert", "alerts", "alerta", "alertas"]),
    (
        "report_generator",
        &[
            "report", "reports", "reporte", "reportes", "informe", "informes",
        ],
    ),
    (
        "supplier_evaluator",
        &["supplier", "suppliers", "proveedor", "proveedores"],
    ),
    (
        "purchase_optimizer",
        &[
            "purchase",
            "purchasing",
            "purchases",
            "order",
            "orders",
            "compras",
        ],
    ),
    ("all", &["all", "every", "everything", "todos", "todo"]),
];
/// What is done to stock.
pub(super) const OPERATIONS: Words = &[
    ("set", &["set", "count", "counted", "exactly", "total"]),
    (
        "add",
        &[
            "add", "added", "received", "plus", "in", "sumar", "agregar", "recibido",
        ],
    ),
    (
        "remove",
        &[
            "remove", "removed", "minus", "out", "used", "quitar", "restar", "retirar",
        ],
    ),
];

/// How bad alerts are.
pub(super) const SEVERITIES: Words = &[
    (
        "critical",
        &[
            "critical", "urgent", "critica", "criticas", "critico", "criticos",
        ],
    ),
    ("high", &["high", "alta", "altas"]),
    ("medium", &["medium", "media", "medias"]),
    ("low", &["low", "baja", "bajas"]),
];
/// What alerts are about.
pub(super) const CATEGORIES: Words = &[
    (
        "stock",
        &["stock", "inventory", "inventario", "existencias"],
    ),
    (
        "supplier",
        &["supplier", "suppliers", "proveedor", "proveedores"],
    ),
    (
        "delivery",
        &["delivery", "deliveries", "entrega", "entregas"],
    ),
    ("quality", &["quality", "calidad"]),
    ("price", &["price", "prices", "precio", "precios"]),
    ("system", &["system", "sistema"]),
];

/// Words that say nothing in an answer.
const FILLERS: &[&str] = &[
    "the",
    "a",
    "an",
    "for",
    "of",
    "one",
    "please",
    "pls",
    "thanks",
    "it",
    "its",
    "it's",
    "is",
    "i",
    "want",
    "mean",
    "meant",
    "report",
    "agent",
    "agents",
    "monitor",
    "generator",
    "evaluator",
    "optimizer",
    "el",
    "la",
    "los",
    "las",
    "de",
    "del",
    "por",
    "favor",
    "gracias",
    "alert",
    "alerta",
    "id",
    "number",
    "numero",
    "make",
    "to",
    "about",
    "informe",
    "reporte",
    "agente",
    "me",
    "units",
    "unit",
    "pcs",
    "pieces",
    "boxes",
    "box",
    "unidades",
    "piezas",
    "cajas",
    "just",
    "only",
    "solo",
];

/// The words of a text in plain form.
pub(super) fn words(plain: &str) -> impl Iterator<Item = &str> {
    plain
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-'))
        .filter(|word| !word.is_empty())
}

/// The one value whose words `plain` says, when it says nothing else.
pub(super) fn one_of(plain: &str, table: Words) -> Option<String> {
    let mut found: Option<&str> = None;
    for word in words(plain) {
        let value = table
            .iter()
            .find(|(value, known)| *value == word || known.contains(&word))
            .map(|(value, _)| *value);
        match (value, found) {
            (Some(value), None) => found = Some(value),
            (Some(value), Some(before)) if value != before => return None,
            (Some(_), Some(_)) => {}
            // "the report" is a filler in one table and a value in another.
            (None, _) if FILLERS.contains(&word) => {}
            (None, _) => return None,
        }
    }
    found.map(str::to_owned)
}

/// Whether a word says nothing in an answer.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}
