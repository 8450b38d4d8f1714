//! The filters of Spanish texts: nouns, names, numbers and days as the language writes them.
//!
//! Decimals have a comma, or a point where the reader's country writes one (CLDR: Mexico, the
//! United States, Central America, the Caribbean, Peru); the renderer puts which into the context.
//! To translate one more name that travels on the wire (an intent, a figure, a unit): its line in
//! [`NAMES`] or [`NOUNS`]; without one the English word is shown.

use chrono::{DateTime, NaiveDate, Utc};
use minijinja::{Environment, Error, State, Value, value::ViaDeserialize};
use wharf_domain::{
    contracts::answers::{MetricLine, MetricUnit},
    money::Money,
    period::Period,
};

use super::{capitalised, fact_in, from_to, grouped, moved, ours, told, with_unit};

/// Countries whose Spanish has a decimal point.
const POINT: &[&str] = &[
    "419", "CU", "DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US",
];

/// A day as it is written.
pub(crate) const DAY: &str = "%d/%m/%Y";
/// A time as it is written.
pub(crate) const TIME: &str = "%d/%m/%Y %H:%M";

/// Whether readers of `locale` write a decimal comma.
pub(crate) fn has_comma(locale: &str) -> bool {
    let country = locale.split(['-', '_']).nth(1).unwrap_or_default();
    !POINT.contains(&country.to_uppercase().as_str())
}

/// Puts the filters in place of the English ones.
pub(crate) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("change", change);
    environment.add_filter("counted", counted);
    environment.add_filter("day", day);
    environment.add_filter("fact", fact);
    environment.add_filter("kilometres", kilometres);
    environment.add_filter("label", label);
    environment.add_filter("metric", metric);
    environment.add_filter("money", money);
    environment.add_filter("number", number);
    environment.add_filter("percent", percent);
    environment.add_filter("period", period);
    environment.add_filter("time", time);
    environment.add_filter("unit", unit);
    environment.add_filter("units", counted);
    environment.add_filter("words", words);
}

/// Names that travel on the wire, and what they are called.
const NAMES: &[(&str, &str)] = &[
    // Intents.
    ("check_inventory", "consultar existencias"),
    ("reorder_stock", "pedir existencias"),
    ("update_stock", "actualizar existencias"),
    ("view_alerts", "ver alertas"),
    ("acknowledge_alert", "atender una alerta"),
    ("resolve_alert", "resolver una alerta"),
    ("generate_report", "generar un informe"),
    ("view_metrics", "ver indicadores"),
    ("daily_digest", "resumen del día"),
    ("check_supplier", "consultar un proveedor"),
    ("supplier_performance", "desempeño de proveedores"),
    ("run_agent", "poner en marcha un agente"),
    ("stop_agent", "detener un agente"),
    ("agent_status", "estado de los agentes"),
    ("help", "ayuda"),
    // Agents, and what their runs count.
    ("agent", "agente"),
    ("inventory_monitor", "monitor de inventario"),
    ("alert_generator", "generador de alertas"),
    ("report_generator", "generador de informes"),
    ("supplier_evaluator", "evaluador de proveedores"),
    ("purchase_optimizer", "optimizador de compras"),
    ("controller", "controlador"),
    ("raised", "nuevas"),
    ("resolved", "resueltas"),
    ("alerts_raised", "alertas nuevas"),
    ("alerts_resolved", "alertas resueltas"),
    ("alerts_live", "alertas activas"),
    // What a question asks for.
    ("operation", "la operación"),
    ("location", "el lugar"),
    ("severity", "la gravedad"),
    ("category", "la categoría"),
    ("metric", "la cifra"),
    // Alerts.
    ("low_stock", "pocas existencias"),
    ("out_of_stock", "sin existencias"),
    ("over_stock", "demasiadas existencias"),
    ("late_delivery", "entrega atrasada"),
    ("supplier_trouble", "problema con un proveedor"),
    ("price_jump", "alza de precio"),
    ("agent_failing", "agente con fallas"),
    ("critical", "crítica"),
    ("high", "alta"),
    ("medium", "media"),
    ("low", "baja"),
    ("stock", "existencias"),
    ("delivery", "entregas"),
    ("supplier", "proveedores"),
    ("price", "precio"),
    ("system", "sistema"),
    // Reports and figures.
    ("inventory", "inventario"),
    ("sales", "ventas"),
    ("financial", "finanzas"),
    ("revenue", "ventas"),
    ("units_sold", "unidades vendidas"),
    ("units_not_supplied", "unidades no surtidas"),
    ("cost_of_goods_sold", "costo de lo vendido"),
    ("gross_profit", "utilidad bruta"),
    ("gross_margin", "margen bruto"),
    ("fill_rate", "tasa de surtido"),
    ("stockout_rate", "tasa de faltantes"),
    ("inventory_value", "valor del inventario"),
    ("average_inventory_value", "valor medio del inventario"),
    ("turnover", "rotación"),
    ("days_of_cover", "días de cobertura"),
    ("accuracy", "exactitud"),
    ("otif", "a tiempo y completo"),
    ("on_time", "a tiempo"),
    ("supplier_fill", "surtido de proveedores"),
    ("purchases", "compras"),
    // What alerts tell.
    ("quantity", "cantidad"),
    ("reorder_point", "punto de reorden"),
    ("daily_demand", "demanda diaria"),
    ("on_order", "en pedido"),
    ("days_late", "días de atraso"),
    ("expected_on", "se esperaba"),
    ("product", "producto"),
    ("products", "productos"),
    ("since", "desde"),
    ("lead_time_days", "plazo de entrega en días"),
    ("days", "días que se miran"),
    ("units", "unidades"),
    ("orders", "pedidos"),
    ("on_time_percent", "porcentaje a tiempo"),
    ("expected_percent", "porcentaje esperado"),
    ("price_before", "precio anterior"),
    ("rise_percent", "porcentaje de alza"),
    ("currency", "moneda"),
    // Days.
    ("today", "hoy"),
    ("yesterday", "ayer"),
    ("this_week", "esta semana"),
    ("last_week", "la semana pasada"),
    ("this_month", "este mes"),
    ("last_month", "el mes pasado"),
    ("this_quarter", "este trimestre"),
    ("last_quarter", "el trimestre pasado"),
    ("this_year", "este año"),
    ("last_year", "el año pasado"),
    // Roles.
    ("viewer", "consulta"),
    ("trainee", "aprendizaje"),
    ("analyst", "análisis"),
    ("floor_lead", "jefatura de turno"),
    ("planner", "planificación"),
    ("buyer", "compras"),
    ("operations_manager", "gerencia de operaciones"),
    ("owner", "propietario"),
    ("admin", "administración"),
];

/// Nouns that are counted: English, then one and many.
const NOUNS: &[(&str, &str, &str)] = &[
    ("unit", "unidad", "unidades"),
    ("box", "caja", "cajas"),
    ("case", "caja", "cajas"),
    ("carton", "cartón", "cartones"),
    ("pack", "paquete", "paquetes"),
    ("pallet", "tarima", "tarimas"),
    ("pair", "par", "pares"),
    ("roll", "rollo", "rollos"),
    ("sheet", "hoja", "hojas"),
    ("bag", "bolsa", "bolsas"),
    ("bottle", "botella", "botellas"),
    ("can", "lata", "latas"),
    ("drum", "tambor", "tambores"),
    ("piece", "pieza", "piezas"),
    ("set", "juego", "juegos"),
    ("day", "día", "días"),
    ("minute", "minuto", "minutos"),
    ("time", "vez", "veces"),
    ("run", "ejecución", "ejecuciones"),
    ("product", "producto", "productos"),
    ("place", "lugar", "lugares"),
    (
        "earlier run",
        "ejecución anterior",
        "ejecuciones anteriores",
    ),
    ("active alert", "alerta activa", "alertas activas"),
];

const NOT_KNOWN: &str = "no se sabe";

fn comma(state: &State<'_, '_>) -> bool {
    state
        .lookup("reader")
        .and_then(|reader| reader.get_attr("comma").ok())
        .is_none_or(|comma| comma.is_true())
}

/// A figure in English writing, with the reader's separators.
fn written(state: &State<'_, '_>, figure: &str) -> String {
    if !comma(state) {
        return figure.to_owned();
    }
    figure
        .chars()
        .map(|c| match c {
            ',' => '.',
            '.' => ',',
            other => other,
        })
        .collect()
}

fn number(state: &State<'_, '_>, number: i64) -> String {
    written(state, &grouped(number))
}

fn counted(state: &State<'_, '_>, quantity: i64, unit: String) -> String {
    let noun = NOUNS.iter().find(|(english, ..)| *english == unit);
    // One that is not known stays as the catalogue has it.
    let noun = noun.map_or(
        unit.as_str(),
        |(_, one, many)| {
            if quantity == 1 { one } else { many }
        },
    );
    format!("{} {noun}", written(state, &grouped(quantity)))
}

fn unit(unit: String) -> String {
    NOUNS
        .iter()
        .find(|(english, ..)| *english == unit)
        .map_or(unit.clone(), |(_, one, _)| (*one).to_owned())
}

fn words(name: String) -> String {
    let days = name
        .strip_prefix("last_")
        .and_then(|rest| rest.strip_suffix("_days"));
    if let Some(days) = days {
        return format!("los últimos {days} días");
    }
    NAMES
        .iter()
        .find(|(english, _)| *english == name)
        .map_or_else(
            || super::words(name.clone()),
            |(_, words)| (*words).to_owned(),
        )
}

fn label(name: String) -> String {
    capitalised(&words(name))
}

fn money(state: &State<'_, '_>, amount: ViaDeserialize<Money>) -> Value {
    ours(written(state, &amount.0.to_string()))
}

fn percent(state: &State<'_, '_>, share: Option<f64>) -> String {
    share.map_or_else(
        || NOT_KNOWN.to_owned(),
        |share| written(state, &format!("{share:.1} %")),
    )
}

fn kilometres(state: &State<'_, '_>, km: f64) -> String {
    written(state, &super::kilometres(km))
}

fn metric(state: &State<'_, '_>, line: ViaDeserialize<MetricLine>) -> Value {
    let MetricLine { unit, value, .. } = line.0;
    ours(value.map_or_else(
        || NOT_KNOWN.to_owned(),
        |value| figure(state, &value, &unit),
    ))
}

fn figure(state: &State<'_, '_>, value: &str, unit: &MetricUnit) -> String {
    let english = with_unit(value, unit);
    let noun = match unit {
        MetricUnit::Times => Some((" times a year", " veces al año")),
        MetricUnit::Days => Some((" days", " días")),
        MetricUnit::Units => Some((" units", " unidades")),
        _ => None,
    };
    let (figure, noun) = noun.map_or((english.as_str(), ""), |(from, to)| {
        (english.strip_suffix(from).unwrap_or(&english), to)
    });
    written(state, figure) + noun
}

fn change(state: &State<'_, '_>, line: ViaDeserialize<MetricLine>) -> Value {
    let line = line.0;
    moved(&line, "antes", |before| figure(state, before, &line.unit))
}

fn fact(state: &State<'_, '_>, value: Value) -> Value {
    // Amounts and days come as texts.
    let Some(text) = value.as_str() else {
        return fact_in(value, |figure| written(state, &figure));
    };
    if let Ok(day) = text.parse::<NaiveDate>() {
        return ours(day.format(DAY).to_string());
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => ours(written(state, text)),
        _ => value,
    }
}

fn period(days: ViaDeserialize<Period>) -> Value {
    from_to(days.0, DAY, "a")
}

fn day(day: ViaDeserialize<NaiveDate>) -> Value {
    ours(day.0.format(DAY).to_string())
}

fn time(state: &State<'_, '_>, at: String) -> Result<Value, Error> {
    told(state, &at, TIME)
}

/// A time for views, which have no state.
pub(crate) fn clock_time<Z: chrono::TimeZone>(at: DateTime<Utc>, zone: &Z) -> String
where
    Z::Offset: std::fmt::Display,
{
    at.with_timezone(zone).format(TIME).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_decides_the_comma() {
        for (locale, comma) in [
            ("es", true),
            ("es-AR", true),
            ("es-CO", true),
            ("es_MX", false),
            ("es-mx", false),
            ("es-PE", false),
        ] {
            assert_eq!(has_comma(locale), comma, "{locale}");
        }
    }

    #[test]
    fn figures_carry_a_spanish_unit() {
        let env = minijinja::Environment::new();
        let state = env.empty_state();
        for (unit, told) in [
            (MetricUnit::Times, "3,46 veces al año"),
            (MetricUnit::Days, "3,5 días"),
            (MetricUnit::Units, "3 unidades"),
            (MetricUnit::Percent, "3,5 %"),
        ] {
            assert_eq!(figure(&state, "3.456", &unit), told);
        }
    }

    #[test]
    fn names_are_translated_where_they_are_known() {
        assert_eq!(label("fill_rate".into()), "Tasa de surtido");
        assert_eq!(words("freight_planner".into()), "freight planner");
        // What alerts tell.
        for (fact, told) in [
            ("products", "Productos"),
            ("units", "Unidades"),
            ("lead_time_days", "Plazo de entrega en días"),
        ] {
            assert_eq!(label(fact.into()), told);
        }
        assert_eq!(unit("box".into()), "caja");
        assert_eq!(unit("jar".into()), "jar");
    }
}
