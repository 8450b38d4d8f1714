//! Documents of which a test makes parts: between `<!-- made: NAME -->` and `<!-- end made -->` stands
//! what the test says, the rest is written by hand.
//!
//! A part that differs fails the test; with `WHARF_WRITE_DOCS=1` it is written instead. Where a part
//! stands is up to the document, and a new one begins as its two empty marks.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, bail};

/// Set to 1, it writes what differs.
const WRITE: &str = "WHARF_WRITE_DOCS";
const BEGIN: &str = "<!-- made: ";
const END: &str = "<!-- end made -->";

/// A document's made parts, in their order: name and content, without the line breaks around it.
///
/// # Errors
/// When marks are not in pairs.
pub fn parts(text: &str) -> anyhow::Result<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        if before.contains(END) {
            bail!("an end without a beginning before {after:.40?}");
        }
        let (name, after) = after.split_once(" -->").context("a mark is open")?;
        let (content, after) = after
            .split_once(END)
            .with_context(|| format!("{name:?} has no end"))?;
        if content.contains(BEGIN) {
            bail!("{name:?} has no end");
        }
        found.push((name, content.trim_matches('\n')));
        rest = after;
    }
    if rest.contains(END) {
        bail!("an end without a beginning");
    }
    Ok(found)
}

/// Holds the parts of the document at `path` whose names begin with `kind` against `make`, which
/// says what a name stands for (`None`: it does not know it), and gives their names. With the
/// variable set it writes what differs.
///
/// # Errors
/// When a part differs, its name is not known, or the document cannot be read.
pub fn hold(
    path: &Path,
    kind: &str,
    make: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Vec<String>> {
    // Tests of several packages hold parts of the same document at a time.
    let mut file = fs::File::options().read(true).write(true).open(path)?;
    file.lock()?;
    let text = fs::read_to_string(path)?;
    let mut names = Vec::new();
    let mut written = text.clone();
    for (name, content) in parts(&text)? {
        if !name.starts_with(kind) {
            continue;
        }
        let made = make(name).with_context(|| format!("nothing is called {name:?}"))?;
        let made = made.trim_matches('\n');
        if content != made {
            let mark = format!("{BEGIN}{name} -->");
            let (before, after) = written.split_once(&mark).context("the part is there")?;
            let (_, after) = after.split_once(END).context("its end is there")?;
            written = format!("{before}{mark}\n{made}\n{END}{after}");
        }
        names.push(name.to_owned());
    }
    if written != text {
        if std::env::var(WRITE).as_deref() != Ok("1") {
            bail!(
                "{} is behind: run the test with {WRITE}=1 and look at what it writes",
                path.display()
            );
        }
        file.set_len(0)?;
        file.write_all(written.as_bytes())?;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\n<!-- made: one -->\nold\n<!-- end made -->\nby hand\n";

    #[test]
    fn parts_are_found_in_pairs() {
        assert_eq!(parts(TEXT).unwrap(), [("one", "old")]);
        assert!(parts("<!-- made: one -->\n").is_err());
        assert!(parts("<!-- end made -->").is_err());
        assert!(parts("<!-- made: a --><!-- made: b --><!-- end made -->").is_err());
    }

    #[test]
    fn what_differs_fails() {
        let folder = std::env::temp_dir().join(format!("wharf-document-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("page.md");
        fs::write(&path, TEXT).unwrap();
        let hold = |content: &str| hold(&path, "o", |_| Some(content.to_owned()));
        assert_eq!(hold("old").unwrap(), ["one"]);
        assert!(hold("new").is_err());
        assert!(super::hold(&path, "o", |_| None).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT);
        fs::remove_dir_all(folder).unwrap();
    }
}
