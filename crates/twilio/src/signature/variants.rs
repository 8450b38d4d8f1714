//! The forms of one URL that Twilio may have signed.
//!
//! Twilio is not consistent about ports ("sig generation on the back end is inconsistent", say its
//! libraries), its documentation and its tests differ about user info, and one library's URL type
//! writes `'` in a query as `%27`. Each quirk is one function over the raw text; the text is cut at
//! its delimiters and put together again, never re-encoded.

use std::fmt;

/// What was changed in the configured URL to arrive at the signed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UrlVariant {
    /// The port.
    pub port: PortForm,
    /// Whether `user:password@` was left out, as Twilio's documentation says it is.
    pub userinfo_dropped: bool,
    /// The apostrophes of the query.
    pub quotes: QuoteForm,
}

/// What was done to the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PortForm {
    /// Nothing.
    #[default]
    AsGiven,
    /// The scheme's own port (443 or 80) was written out.
    Added,
    /// The port was left out.
    Removed,
}

/// What was done to the apostrophes of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuoteForm {
    /// Nothing.
    #[default]
    AsGiven,
    /// `'` was written as `%27`.
    Encoded,
    /// `%27` was written as `'`.
    Decoded,
}

impl fmt::Display for UrlVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut notes = Vec::new();
        match self.port {
            PortForm::AsGiven => {}
            PortForm::Added => notes.push("default port added"),
            PortForm::Removed => notes.push("port removed"),
        }
        if self.userinfo_dropped {
            notes.push("user info dropped");
        }
        match self.quotes {
            QuoteForm::AsGiven => {}
            QuoteForm::Encoded => notes.push("apostrophe of the query written as %27"),
            QuoteForm::Decoded => notes.push("%27 of the query written as an apostrophe"),
        }
        if notes.is_empty() {
            f.write_str("URL as given")
        } else {
            write!(f, "URL with {}", notes.join(", "))
        }
    }
}

/// The URL up to its fragment: connection overrides (`#rc=3`) are never signed.
#[must_use]
pub fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

/// Every form of `url` that may have been signed, the given one first, each text once.
pub(super) fn of(url: &str) -> Vec<(UrlVariant, String)> {
    let Some(parts) = Parts::cut(url) else {
        return vec![(UrlVariant::default(), url.to_owned())];
    };
    let mut found: Vec<(UrlVariant, String)> = Vec::new();
    for (quotes, query) in quote_forms(parts.query) {
        for (userinfo_dropped, userinfo) in [(false, parts.userinfo), (true, "")] {
            for (port, port_text) in parts.ports() {
                let text = format!(
                    "{}{userinfo}{}{port_text}{}{query}",
                    parts.scheme, parts.host, parts.path
                );
                if !found.iter().any(|(_, known)| *known == text) {
                    found.push((
                        UrlVariant {
                            port,
                            userinfo_dropped,
                            quotes,
                        },
                        text,
                    ));
                }
            }
        }
    }
    found
}

fn quote_forms(query: &str) -> [(QuoteForm, String); 3] {
    [
        (QuoteForm::AsGiven, query.to_owned()),
        (QuoteForm::Encoded, query.replace('\'', "%27")),
        (QuoteForm::Decoded, query.replace("%27", "'")),
    ]
}

/// A URL cut at its delimiters; joined together the pieces are the URL again.
struct Parts<'a> {
    /// With `://`.
    scheme: &'a str,
    /// With `@`, or empty.
    userinfo: &'a str,
    /// With the brackets of an IPv6 address.
    host: &'a str,
    /// With `:`, or empty.
    port: &'a str,
    path: &'a str,
    /// With `?`, or empty.
    query: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` for what has no `scheme://host`: then only the text as given is tried.
    fn cut(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_at(url.find("://")? + 3);
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let (userinfo, host_port) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        // The colons of an IPv6 address are no port's.
        let after_address = host_port.rfind(']').map_or(0, |end| end + 1);
        let port_at = host_port[after_address..]
            .rfind(':')
            .map(|colon| after_address + colon);
        let (host, port) = host_port.split_at(port_at.unwrap_or(host_port.len()));
        (!host.is_empty()).then_some(Self {
            scheme,
            userinfo,
            host,
            port,
            path,
            query,
        })
    }

    fn ports(&self) -> Vec<(PortForm, &'a str)> {
        let mut forms = vec![(PortForm::AsGiven, self.port)];
        if !self.port.is_empty() {
            forms.push((PortForm::Removed, ""));
        } else if self.scheme.eq_ignore_ascii_case("https://") {
            forms.push((PortForm::Added, ":443"));
        } else if self.scheme.eq_ignore_ascii_case("http://") {
            forms.push((PortForm::Added, ":80"));
        }
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(url: &str) -> Vec<String> {
        of(url).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn the_given_url_comes_first_and_the_port_is_toggled() {
        assert_eq!(
            texts("https://a.example/x"),
            ["https://a.example/x", "https://a.example:443/x"]
        );
        assert_eq!(
            texts("http://a.example"),
            ["http://a.example", "http://a.example:80"]
        );
        assert_eq!(
            texts("https://a.example:8443/x"),
            ["https://a.example:8443/x", "https://a.example/x"]
        );
        assert_eq!(
            texts("HTTPS://A.example?q=1:2@3"),
            ["HTTPS://A.example?q=1:2@3", "HTTPS://A.example:443?q=1:2@3"]
        );
    }

    #[test]
    fn ipv6_and_user_info_keep_their_colons() {
        assert_eq!(
            texts("http://[::1]/x"),
            ["http://[::1]/x", "http://[::1]:80/x"]
        );
        assert_eq!(
            texts("http://[::1]:8080/x"),
            ["http://[::1]:8080/x", "http://[::1]/x"]
        );
        assert_eq!(
            texts("https://u:p@a.example:1/x"),
            [
                "https://u:p@a.example:1/x",
                "https://u:p@a.example/x",
                "https://a.example:1/x",
                "https://a.example/x"
            ]
        );
    }

    #[test]
    fn apostrophes_change_in_the_query_only() {
        let forms = texts("https://a.example:1/it's?q='&r=%27");
        assert!(forms.contains(&"https://a.example:1/it's?q=%27&r=%27".to_owned()));
        assert!(forms.contains(&"https://a.example:1/it's?q='&r='".to_owned()));
        assert!(forms.iter().all(|text| text.contains("/it's?")));
    }

    #[test]
    fn what_is_no_url_is_tried_as_it_stands() {
        assert_eq!(texts("/api/webhooks"), ["/api/webhooks"]);
        assert_eq!(texts(""), [""]);
        assert_eq!(texts("https://"), ["https://"]);
        assert_eq!(without_fragment("https://a/b?c#rc=3#x"), "https://a/b?c");
    }

    #[test]
    fn variants_explain_themselves() {
        let all: Vec<String> = of("https://u@a.example/?q='")
            .into_iter()
            .map(|(v, _)| v.to_string())
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
