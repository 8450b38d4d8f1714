//! The sample report as files, in the target folder's `tmp`, to be looked at.

use std::fs;
use std::path::Path;

use wharf_documents::{Format, render};

use crate::sample;

#[test]
fn writes_the_sample_in_every_format() {
    for format in Format::ALL {
        let document = render(&sample::report(), *format).unwrap();
        assert_eq!(
            document.file_name,
            format!("inventory-report-2026-11-01.{format}")
        );
        assert!(
            document.bytes.len() < 200_000,
            "{format}: {}",
            document.bytes.len()
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&document.file_name);
        fs::write(path, &document.bytes).unwrap();
    }
}
