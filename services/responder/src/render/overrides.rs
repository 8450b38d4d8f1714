//! Rows of `whatsapp_templates` over the shipped texts, taken up while the service runs.
//!
//! The rows of a company are looked at again when they are needed and the last look is older than
//! `templates.recheck_ms`; they are few. A row that is no template is passed over, and one that
//! fails with a certain answer gives way to the shipped text: a wrong row never costs a reply.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use wharf_domain::{ids::CompanyId, persona::Persona};
use wharf_store::{
    Store,
    templates::{self, ContentTemplate, Template},
};

use super::{DEFAULT, Renderer};

/// The texts of every company.
#[derive(Debug)]
pub struct Overrides {
    shipped: Arc<Renderer>,
    store: Store,
    recheck: Duration,
    companies: Mutex<HashMap<CompanyId, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    rows: Arc<Vec<Template>>,
    contents: Arc<Vec<ContentTemplate>>,
    renderer: Arc<Renderer>,
    looked: Instant,
}

impl Overrides {
    /// The shipped texts with the rows of `store` over them, looked at at most every `recheck`.
    #[must_use]
    pub fn new(shipped: Renderer, store: Store, recheck: Duration) -> Self {
        Self {
            shipped: Arc::new(shipped),
            store,
            recheck,
            companies: Mutex::default(),
        }
    }

    /// The texts of `company` as they are now. While the database is away: as they were.
    pub async fn of(&self, company: CompanyId) -> Arc<Renderer> {
        let known = self.known(company).await;
        known.map_or_else(|| Arc::clone(&self.shipped), |known| known.renderer)
    }

    /// The Content templates that may be sent for `company`, as [`templates::approved`] has them and
    /// as old as the texts.
    pub(crate) async fn contents(&self, company: CompanyId) -> Arc<Vec<ContentTemplate>> {
        let known = self.known(company).await;
        known.map(|known| known.contents).unwrap_or_default()
    }

    /// `None`: the database was never there.
    async fn known(&self, company: CompanyId) -> Option<Known> {
        let known = self.lock().get(&company).cloned();
        if let Some(known) = &known
            && known.looked.elapsed() < self.recheck
        {
            return Some(known.clone());
        }
        let (rows, contents) = match self.rows(company).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the texts of whatsapp_templates cannot be read");
                return known;
            }
        };
        let renderer = match &known {
            Some(known) if *known.rows == rows => Arc::clone(&known.renderer),
            _ => Arc::new(over(&self.shipped, &rows)),
        };
        let known = Known {
            rows: Arc::new(rows),
            contents: Arc::new(contents),
            renderer,
            looked: Instant::now(),
        };
        self.lock().insert(company, known.clone());
        Some(known)
    }

    async fn rows(
        &self,
        company: CompanyId,
    ) -> wharf_store::Result<(Vec<Template>, Vec<ContentTemplate>)> {
        self.store
            .in_company(company, async |conn| {
                let rows = templates::active(conn, company).await?;
                // Most companies have none: the second question is not asked then.
                let contents = match rows.iter().any(|row| row.template_sid.is_some()) {
                    true => templates::approved(conn, company).await?,
                    false => Vec::new(),
                };
                Ok((rows, contents))
            })
            .await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CompanyId, Known>> {
        self.companies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn over(shipped: &Arc<Renderer>, rows: &[Template]) -> Renderer {
    let mut renderer = Renderer::clone(shipped);
    for row in rows {
        let Some(body) = &row.template_body else {
            continue;
        };
        let name = file_name(row.persona, &row.template_name, &row.locale);
        match renderer.put(&name, body) {
            Ok(()) => renderer.shipped = Some(Arc::clone(shipped)),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(
                    name,
                    version = row.version,
                    error,
                    "an override is no template"
                );
            }
        }
    }
    renderer
}

/// Where a text stands in `templates/`.
#[must_use]
pub fn file_name(persona: Option<Persona>, template: &str, locale: &str) -> String {
    let persona = persona.map_or(DEFAULT, Persona::as_str);
    format!("{persona}/{template}.{locale}.txt")
}

impl Renderer {
    /// Puts a text in place of the one of that name, or beside the others.
    pub(super) fn put(&mut self, name: &str, body: &str) -> Result<(), minijinja::Error> {
        for environment in [&mut self.english, &mut self.spanish] {
            environment.add_template_owned(name.to_owned(), body.to_owned())?;
        }
        Ok(())
    }
}
