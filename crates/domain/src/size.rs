//! Sizes of files as people read them.

/// A size as a person reads it: "512 bytes", "48 KB", "1.2 MB". 1 KB is 1,000 bytes.
#[must_use]
pub fn human_size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    // What would round up to 1,000 of a unit is 1 of the next.
    let Some((unit, size)) = UNITS
        .into_iter()
        .find(|(_, size)| bytes >= size - size / 2_000)
    else {
        return if bytes == 1 {
            "1 byte".to_owned()
        } else {
            format!("{bytes} bytes")
        };
    };
    let tenths = (bytes * 10 + size / 2) / size;
    if tenths < 100 && !tenths.is_multiple_of(10) && unit != "KB" {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (bytes + size / 2) / size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_a_person_reads_them() {
        let sizes = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (48_300, "48 KB"),
            (999_499, "999 KB"),
            (999_500, "1 MB"),
            (1_240_000, "1.2 MB"),
            (16_000_000, "16 MB"),
            (2_500_000_000, "2.5 GB"),
        ];
        for (bytes, text) in sizes {
            assert_eq!(human_size(bytes), text);
        }
    }
}
