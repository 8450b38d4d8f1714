use proptest::prelude::*;

use super::{Act, Script, pattern};

const EXAMPLE: &str = "\
# Stock is added and taken back
# A second comment is no title.
@hana none es
$ DELETE FROM alerts
> add 5 WID-1001
> in toronto
< *Done*
<
< As of …

< A second reply
<~ In any order
< these two
<~
>^2 1
< …
= SELECT count(*) FROM alerts => 0
= SELECT id FROM alerts =>
";

#[test]
fn a_script_is_read_and_written_back() {
    let script = Script::parse(EXAMPLE).unwrap();
    insta::assert_debug_snapshot!(script);
    let again = Script::parse(&script.to_string()).unwrap();
    let acts = |script: &Script| -> Vec<Act> {
        script.steps.iter().map(|step| step.act.clone()).collect()
    };
    assert_eq!(acts(&again), acts(&script));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, error) in [
        (
            "",
            "line 1: the first comment is the title, and there is none",
        ),
        ("# t\n", "line 1: nobody says anything"),
        ("# t\n> hi\n", "line 2: nobody was named with @ to say this"),
        (
            "# t\n@sam\nhi\n",
            "line 3: a line begins with one of # @ > < $ =",
        ),
        (
            "# t\n@sam\n>^x hi\n",
            "line 3: >^ or >^2, then a blank and the text",
        ),
        ("# t\n@sam\n> hi\n= SELECT 1\n", "line 4: = SQL => value"),
        ("# t\n@\n", "line 2: @ needs a name"),
    ] {
        assert_eq!(
            Script::parse(text).unwrap_err().to_string(),
            error,
            "{text:?}"
        );
    }
}

#[test]
fn dots_stand_for_anything() {
    let is = |expected: &str, reply: &str| {
        let expected: Vec<String> = expected.lines().map(str::to_owned).collect();
        pattern::matches(&expected, reply)
    };
    assert!(is("As of …", "As of 2026-11-22 10:00"));
    assert!(is("a … c … e", "a b c d c d e"));
    assert!(!is("a … c … e", "a b c d"));
    assert!(is("…\nlast", "first\nsecond\nlast"));
    assert!(is("…\nlast", "last"));
    assert!(!is("…\nlast", "last\nmore"));
    assert!(is("… and 8 more", "… and 8 more"));
    assert!(!is("a\nb", "a"));
    assert!(!is("a", "a\nb"));
}

#[test]
fn what_changes_from_run_to_run_is_left_open() {
    let reply = "View: http://127.0.0.1:1/media/x (until 2026-11-29 15:32)\nSize: 26 KB, 11ms, 2026-11-22T21:32:09Z\n5 of 10";
    assert_eq!(
        pattern::of_reply(reply),
        ["View: … (until …)", "Size: …, …, …", "5 of 10"]
    );
}

proptest! {
    /// Whatever a reply is, what is written down of it matches it.
    #[test]
    fn a_written_reply_matches(reply in "[a-z0-9…:. -]{0,20}(\n[a-z0-9…:. -]{0,20}){0,6}") {
        let expected = pattern::of_reply(&reply);
        prop_assert!(pattern::matches(&expected, &reply), "{expected:?}");
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_read_or_refused(text in "([#@><$=^…a ]{0,6}\n?){0,12}") {
        let _ = Script::parse(&text);
    }
}
