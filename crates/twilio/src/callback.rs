//! Our own id in the query of a status callback's URL: the only handle on a message that survives a
//! lost response to the send (a callback then names a sid that we never saw). The responder writes
//! it, ingress reads it.

use uuid::Uuid;
use wharf_domain::ids::OutboundId;

/// The query parameter that holds the id.
pub const OUTBOUND_PARAM: &str = "outbound";

/// The callback URL of one outbound part. Keeps what `base` already has, a fragment with
/// connection overrides included.
#[must_use]
pub fn url_for(base: &str, id: OutboundId) -> String {
    let (url, fragment) = base.split_at(base.find('#').unwrap_or(base.len()));
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{OUTBOUND_PARAM}={id}{fragment}")
}

/// The id in a raw query (without `?`). `None` when there is none or it is no id: the callback
/// still counts, by its sid.
#[must_use]
pub fn outbound_id(query: &str) -> Option<OutboundId> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == OUTBOUND_PARAM)
        .and_then(|(_, value)| Uuid::try_parse(value).ok())
        .map(OutboundId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_goes_into_the_query_and_comes_out_again() {
        let id = OutboundId(Uuid::from_u128(7));
        let plain = url_for("https://a.example/status", id);
        assert_eq!(
            plain,
            "https://a.example/status?outbound=00000000-0000-0000-0000-000000000007"
        );
        let full = url_for("https://a.example/status?x=1#rc=3", id);
        assert!(full.ends_with("?x=1&outbound=00000000-0000-0000-0000-000000000007#rc=3"));
        assert_eq!(
            outbound_id("x=1&outbound=00000000-0000-0000-0000-000000000007"),
            Some(id)
        );
        assert_eq!(outbound_id("outbound=nonsense"), None);
        assert_eq!(outbound_id(""), None);
    }
}
