//! The text that /metrics gives, read as far as tests need it.

/// The sum of all samples of `name` that carry these labels; 0 when there is none.
#[must_use]
pub fn sum(text: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let wanted: Vec<String> = labels
        .iter()
        .map(|(label, value)| format!("{label}=\"{value}\""))
        .collect();
    text.lines()
        .filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let (found, attached) = series.split_once('{').unwrap_or((series, ""));
            let matches = found == name && wanted.iter().all(|label| attached.contains(label));
            matches.then(|| value.parse::<f64>().ok()).flatten()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_summed_over_the_labels_that_are_not_asked_for() {
        let text = "# HELP w_total Words.\nw_total{kind=\"a\",outcome=\"x\"} 2\n\
                    w_total{kind=\"a\",outcome=\"y\"} 3\nw_total_more 9\nw_plain 4\n";
        assert_eq!(sum(text, "w_total", &[("kind", "a")]), 5.0);
        assert_eq!(
            sum(text, "w_total", &[("outcome", "y"), ("kind", "a")]),
            3.0
        );
        assert_eq!(sum(text, "w_plain", &[]), 4.0);
        assert_eq!(sum(text, "absent", &[]), 0.0);
    }
}
