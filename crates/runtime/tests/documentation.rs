//! What the documents say against what is there: the table of metrics in docs/api.md, and every
//! relative link of every Markdown file.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test too")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.join("../..").canonicalize().unwrap()
}

/// A metric's kind and labels.
type Described = (String, Vec<String>);

/// The metrics as `metrics.rs` declares them, one a line: `field: Kind = "name" ["label", …],`.
fn declared() -> BTreeMap<String, Described> {
    let source = include_str!("../src/metrics.rs");
    let declaration = |line: &str| {
        let (head, tail) = line.split_once(" = \"wharf_")?;
        let kind = match head.rsplit(' ').next()? {
            "IntCounter" | "IntCounterVec" => "counter",
            "Gauge" | "GaugeVec" | "IntGauge" | "IntGaugeVec" => "gauge",
            "Histogram" | "HistogramVec" => "histogram",
            other => panic!("the test does not know {other}"),
        };
        let mut quoted = tail.split('"');
        let name = format!("wharf_{}", quoted.next()?);
        let labels = quoted.skip(1).step_by(2).map(str::to_owned).collect();
        Some((name, (kind.to_owned(), labels)))
    };
    source.lines().filter_map(declaration).collect()
}

/// The rows of docs/api.md that begin with a metric's name: ``| `name` | kind | `label`, … | what |``.
fn documented() -> BTreeMap<String, Described> {
    let text = fs::read_to_string(root().join("docs/api.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| `wharf_")?.split('|').collect();
        let name = format!("wharf_{}", cells[0].trim().trim_end_matches('`'));
        let labels = cells[2]
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        assert!(!cells[3].trim().is_empty(), "{name}: no meaning");
        Some((name, (cells[1].trim().to_owned(), labels)))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn the_table_of_metrics_names_every_metric_with_its_kind_and_labels() {
    let declared = declared();
    assert!(
        declared.len() > 15,
        "metrics.rs reads differently now: {declared:?}"
    );
    assert_eq!(documented(), declared);
}

/// Every Markdown file of the repository; folders that a build or a run makes are left out.
fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" {
                markdown(&path, found);
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The lines of a document outside its code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

fn links(text: &str) -> Vec<String> {
    let targets = prose(text).flat_map(|line| line.split("](").skip(1));
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// The anchors of a document's headings, as GitHub and others make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// Why a link of `document` leads nowhere.
fn broken(document: &Path, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => document.to_owned(),
        _ => document.parent().unwrap().join(file),
    };
    let problem = |what: &str| Some(format!("{}: {link}: {what}", document.display()));
    if !target.exists() {
        return problem("no such file");
    }
    if anchor.is_empty() {
        return None;
    }
    let text = fs::read_to_string(&target).unwrap_or_default();
    if anchors(&text).contains(anchor) {
        None
    } else {
        problem("no such heading")
    }
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut documents = Vec::new();
    markdown(&root(), &mut documents);
    let mut checked = 0;
    let mut wrong = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            checked += 1;
            wrong.extend(broken(&document, &link));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        checked > 20,
        "only {checked} links found: does the test still read them?"
    );
}

#[test]
fn links_and_anchors_are_read() {
    let text =
        "# Nothing lost, nothing doubled\nsee [a](b.md#c) and [d](e)\n```\n[no](link)\n```\n";
    assert_eq!(links(text), ["b.md#c", "e"]);
    assert!(anchors(text).contains("nothing-lost-nothing-doubled"));
    let document = root().join("README.md");
    assert!(
        broken(&document, "no-such-file.md")
            .unwrap()
            .contains("no such file")
    );
    assert!(broken(&document, "README.md#no-such-heading").is_some());
    assert!(broken(&document, "https://example.org/x").is_none());
}
