//! The webhooks and the files, one file each. To add one: a file with its handler, a line in
//! [`configure`], its description in `docs/api/openapi.yaml`.

pub(crate) mod media;
mod results;
mod status;
mod whatsapp;

use actix_web::web;

/// Where Twilio posts inbound messages.
pub const WHATSAPP_PATH: &str = "/api/webhooks/whatsapp";
/// Where Twilio posts what became of our messages.
pub const STATUS_PATH: &str = "/api/webhooks/whatsapp/status";
/// Where signed links lead.
pub const MEDIA_PATH: &str = "/media/{token}/{name}";

/// Where external agents post what they worked out.
pub const RESULTS_PATH: &str = "/api/agents/results/{execution_id}";

/// Adds the routes to an app.
pub fn configure(app: &mut web::ServiceConfig) {
    app.service(web::resource(WHATSAPP_PATH).route(web::post().to(whatsapp::receive)))
        .service(web::resource(STATUS_PATH).route(web::post().to(status::receive)))
        .service(web::resource(RESULTS_PATH).route(web::post().to(results::receive)))
        .service(
            web::resource(MEDIA_PATH)
                .route(web::get().to(media::fetch))
                .route(web::head().to(media::fetch)),
        );
}
