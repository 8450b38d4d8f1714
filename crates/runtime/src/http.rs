//! The HTTP client that services use to call out.

use std::time::Duration;

/// A client with a limit on the whole exchange and on connecting, that follows no redirects: what
/// we call has a fixed address, and a redirect would carry our credentials elsewhere.
///
/// # Errors
/// When the machine's TLS configuration cannot be loaded.
pub fn client(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
        .build()
}
