//! Files of inbound messages, as Twilio hosts them: `…/Messages/{sid}/Media/{sid}` with the
//! account's credentials, and whatever can go wrong with them.
//!
//! `POST /sim/files` puts a file there and says its URL; `GET /sim/files` says how the files were
//! asked for. To add a fault: a variant of [`FileFault`] and its place in `answer`.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};

use crate::{rest, state::State};

/// One piece of a body.
const PIECE: usize = 64 * 1024;

/// A file to be hosted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedFile {
    /// The type that its answer states.
    pub content_type: String,
    /// How it begins.
    #[serde(default)]
    pub begins: Vec<u8>,
    /// Its bytes; what `begins` does not give is zeros.
    #[serde(default)]
    pub size: usize,
    /// What goes wrong.
    #[serde(default)]
    pub fault: FileFault,
}

/// What goes wrong with a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FileFault {
    /// Nothing.
    #[default]
    None,
    /// A redirect to the simulator under this host name, as Twilio's to its content network: no
    /// credentials are wanted there.
    Redirect {
        /// `localhost`, or a name that nobody should follow.
        host: String,
    },
    /// A redirect to itself, for ever.
    RedirectLoop,
    /// Bytes come one piece a `delay_ms`.
    Slow {
        /// The wait before each piece, in milliseconds.
        delay_ms: u64,
    },
    /// No length is stated, so that the size shows only on the way.
    Unannounced,
    /// The first so many requests are answered 503.
    Unavailable {
        /// How many.
        times: u32,
    },
    /// There is none (any more).
    Gone,
}

/// How the files were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRequests {
    /// Requests at Twilio's address with the account's credentials.
    pub authorized: u32,
    /// Requests there without them, answered 401.
    pub refused: u32,
    /// Requests at the content network.
    pub content: u32,
    /// Those of them that carried credentials: a leak.
    pub leaked: u32,
}

/// Where a hosted file is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hosted {
    /// The path from the simulator's root.
    pub(crate) path: String,
}

/// All hosted files.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: Vec<(String, HostedFile, u32)>,
    requests: FileRequests,
}

/// Adds the routes.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/sim/files")
            .app_data(web::JsonConfig::default().limit(64 * 1024 * 1024))
            .route(web::post().to(host))
            .route(web::get().to(requests)),
    )
    .route("/content/{file}", web::get().to(content))
    .route(
        "/2010-04-01/Accounts/{account}/Messages/{message}/Media/{file}",
        web::get().to(fetch),
    );
}

async fn host(state: web::Data<State>, file: web::Json<HostedFile>) -> HttpResponse {
    let (message, sid) = (state.sid("MM"), state.sid("ME"));
    let account = &state.config.account_sid;
    let path = format!("/2010-04-01/Accounts/{account}/Messages/{message}/Media/{sid}");
    let files = &mut state.lock().hosted.files;
    files.push((sid, file.into_inner(), 0));
    HttpResponse::Ok().json(Hosted { path })
}

async fn requests(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.lock().hosted.requests)
}

async fn fetch(
    state: web::Data<State>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> HttpResponse {
    let (account, _, sid) = path.into_inner();
    let refused = rest::check_account(&state, &request, &account);
    let (found, asked) = {
        let mut inner = state.lock();
        let counted = match refused {
            None => &mut inner.hosted.requests.authorized,
            Some(_) => &mut inner.hosted.requests.refused,
        };
        *counted += 1;
        let file = inner.hosted.files.iter_mut().find(|file| file.0 == sid);
        match (refused, file) {
            (Some(refused), _) => return refused,
            (None, None) => return HttpResponse::NotFound().finish(),
            (None, Some(file)) => {
                file.2 += 1;
                (file.1.clone(), file.2)
            }
        }
    };
    let moved = |to: String| {
        HttpResponse::TemporaryRedirect()
            .insert_header((header::LOCATION, to))
            .finish()
    };
    match &found.fault {
        FileFault::Redirect { host } => {
            let port = request
                .connection_info()
                .host()
                .rsplit_once(':')
                .map_or_else(String::new, |(_, port)| format!(":{port}"));
            moved(format!("http://{host}{port}/content/{sid}"))
        }
        FileFault::RedirectLoop => moved(request.path().to_owned()),
        FileFault::Unavailable { times } if asked <= *times => {
            HttpResponse::ServiceUnavailable().finish()
        }
        FileFault::Gone => HttpResponse::NotFound().finish(),
        _ => body(&found),
    }
}

async fn content(
    state: web::Data<State>,
    request: HttpRequest,
    sid: web::Path<String>,
) -> HttpResponse {
    let mut inner = state.lock();
    inner.hosted.requests.content += 1;
    if request.headers().contains_key(header::AUTHORIZATION) {
        inner.hosted.requests.leaked += 1;
    }
    let found = inner.hosted.files.iter().find(|file| file.0 == *sid);
    found.map_or_else(|| HttpResponse::NotFound().finish(), |file| body(&file.1))
}

fn body(file: &HostedFile) -> HttpResponse {
    let delay = match file.fault {
        FileFault::Slow { delay_ms } => Duration::from_millis(delay_ms),
        _ => Duration::ZERO,
    };
    let size = file.size.max(file.begins.len());
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type.clone());
    if file.fault == FileFault::None {
        let mut bytes = file.begins.clone();
        bytes.resize(size, 0);
        return response.body(bytes);
    }
    let begins = file.begins.clone();
    let pieces = stream::unfold(0, move |at| {
        let begins = begins.clone();
        async move {
            if at >= size {
                return None;
            }
            tokio::time::sleep(delay).await;
            let end = size.min(at + PIECE);
            let piece: Vec<u8> = (at..end)
                .map(|at| begins.get(at).copied().unwrap_or_default())
                .collect();
            Some((Ok::<_, actix_web::Error>(Bytes::from(piece)), end))
        }
    });
    response.streaming(pieces)
}
