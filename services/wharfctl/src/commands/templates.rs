//! `wharfctl templates`: the texts of replies, and a company's own in place of them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use wharf_domain::{
    ids::CompanyId,
    persona::Persona,
    taps::{LIST_PICKER, MAX_LINES, QUICK_REPLY},
};
use wharf_responder::render::{
    Notice, Taps,
    check::{Candidate, check, file_name, preview, shipped},
    tap_variables, variables,
};
use wharf_store::{
    AsyncPgConnection, DatabaseConfig, Store, StoreError,
    templates::{self, Approval, NewContent, NewTemplate, Template},
};

use super::company;
use crate::settings::Settings;

/// The arguments of `wharfctl templates`.
#[derive(Debug, Args)]
pub struct TemplatesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: TemplatesCommand,
}

/// What can be done with texts (docs/templates.md).
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// Check texts with every sample answer; exit code 1 when one cannot be used.
    Check {
        /// A folder of `<persona>/<template>.<locale>.txt`; the shipped texts when left out.
        folder: Option<PathBuf>,
    },
    /// Put the texts of a folder to use for a company, all or none of them.
    Import {
        /// A folder of `<persona>/<template>.<locale>.txt`.
        folder: PathBuf,
        /// The company's WhatsApp number, e.g. +14155238886.
        #[arg(long)]
        company: String,
    },
    /// Write texts into a folder, as `import` reads them.
    Export {
        /// The folder; files in it are replaced.
        folder: PathBuf,
        /// The company whose own texts to write; the shipped texts when left out.
        #[arg(long)]
        company: Option<String>,
    },
    /// Show what a text says with each sample answer.
    Preview {
        /// The template, e.g. alert_summary.
        template: String,
        /// Whose wording; the default's when left out.
        #[arg(long)]
        persona: Option<Persona>,
        /// The language.
        #[arg(long, default_value = "en")]
        locale: String,
        /// A file to show in place of the shipped text.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// List the texts and Content templates that a company uses in place of the shipped ones.
    List {
        /// The company's WhatsApp number, e.g. +14155238886.
        #[arg(long)]
        company: String,
    },
    /// Take a company's own text and Content template out of use.
    Retire {
        /// The template, e.g. alert_summary.
        template: String,
        /// Whose wording; the default's when left out.
        #[arg(long)]
        persona: Option<Persona>,
        /// The language.
        #[arg(long, default_value = "en")]
        locale: String,
        /// The company's WhatsApp number, e.g. +14155238886.
        #[arg(long)]
        company: String,
    },
    /// Name the Twilio Content template that goes out when the 24-hour window is over, or that has
    /// the buttons or the list of a question.
    Content {
        /// What it tells of: a template, e.g. alert_summary, or `notice` for anything; `quick_reply`
        /// or `list_picker_N` (N lines, 1 to 10) for what can be tapped.
        template: String,
        /// Twilio's id of it, HX and 32 hexadecimal digits.
        sid: String,
        /// What WhatsApp says of it; only an approved one is sent.
        #[arg(long, default_value = "approved")]
        approval: Approval,
        /// Its variables, e.g. {"1": "{{ company }}", "2": "{{ line }}"}.
        #[arg(long)]
        variables: Option<serde_json::Value>,
        /// Whose; everybody's when left out.
        #[arg(long)]
        persona: Option<Persona>,
        /// The language.
        #[arg(long, default_value = "en")]
        locale: String,
        /// The company's WhatsApp number, e.g. +14155238886.
        #[arg(long)]
        company: String,
    },
}

/// Runs the command and writes what it found to `out`. Only what concerns a company needs the
/// database.
///
/// # Errors
/// When a text cannot be used, a file cannot be read or written, or the database fails.
pub(crate) async fn run(
    args: &TemplatesArgs,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<ExitCode> {
    match &args.command {
        TemplatesCommand::Check { folder } => {
            let texts = match folder {
                Some(folder) => read(folder)?,
                None => shipped()?,
            };
            let wrong = report(&texts, out)?;
            writeln!(out, "{} texts, {wrong} problems", texts.len())?;
            if wrong > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        TemplatesCommand::Preview {
            template,
            persona,
            locale,
            file,
        } => show(template, *persona, locale, file.as_deref(), out)?,
        TemplatesCommand::Export {
            folder,
            company: None,
        } => write(folder, &shipped()?, out)?,
        command => in_database(command, &Settings::load()?.database()?, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn in_database(
    command: &TemplatesCommand,
    database: &DatabaseConfig,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let store = Store::connect(database)?;
    match command {
        TemplatesCommand::Import { folder, company } => {
            let texts = read(folder)?;
            if report(&texts, out)? > 0 {
                bail!("nothing was imported");
            }
            let company = company::find(&store, company).await?;
            let versions = store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    import(conn, company, &texts).await
                })
                .await?;
            for (text, version) in texts.iter().zip(versions) {
                writeln!(out, "{} version {version}", text.file())?;
            }
        }
        TemplatesCommand::Export { folder, company } => {
            let company = company.as_deref().context("no company")?;
            let company = company::find(&store, company).await?;
            let rows = active(&store, company).await?;
            let texts: Vec<_> = rows
                .into_iter()
                .filter_map(|row| {
                    Some(Candidate {
                        template: row.template_name,
                        persona: row.persona,
                        locale: row.locale,
                        body: row.template_body?,
                    })
                })
                .collect();
            write(folder, &texts, out)?;
        }
        TemplatesCommand::List { company } => {
            let company = company::find(&store, company).await?;
            for row in active(&store, company).await? {
                let file = file_name(row.persona, &row.template_name, &row.locale);
                let whose = if row.company_id.is_some() {
                    "own"
                } else {
                    "all"
                };
                let text = if row.template_body.is_some() {
                    "text"
                } else {
                    "-"
                };
                let content = row.template_sid.map_or_else(String::new, |sid| {
                    format!("  {sid} {}", row.approval.as_str())
                });
                writeln!(
                    out,
                    "{file:<44}  {whose}  version {:<3}  {text}{content}",
                    row.version
                )?;
            }
        }
        TemplatesCommand::Retire {
            template,
            persona,
            locale,
            company,
        } => {
            let company = company::find(&store, company).await?;
            let file = file_name(*persona, template, locale);
            let dropped = store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    templates::drop_version(conn, company, template, *persona, locale).await
                })
                .await?;
            if !dropped {
                bail!("the company has no {file} of its own");
            }
            writeln!(out, "{file} is out of use")?;
        }
        TemplatesCommand::Content {
            template,
            sid,
            approval,
            variables: values,
            persona,
            locale,
            company,
        } => {
            check_content(template, sid, values.as_ref())?;
            let company = company::find(&store, company).await?;
            let new = NewContent {
                name: template,
                persona: *persona,
                locale,
                template_sid: sid,
                variables: values.as_ref(),
                approval: *approval,
            };
            let version = store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    templates::save_content(conn, company, &new).await
                })
                .await?;
            let file = file_name(*persona, template, locale);
            writeln!(out, "{file} version {version}  {sid} {}", approval.as_str())?;
        }
        TemplatesCommand::Check { .. } | TemplatesCommand::Preview { .. } => {}
    }
    Ok(())
}

async fn import(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    texts: &[Candidate],
) -> Result<Vec<i32>, StoreError> {
    let mut versions = Vec::with_capacity(texts.len());
    for text in texts {
        let new = NewTemplate {
            name: &text.template,
            persona: text.persona,
            locale: &text.locale,
            body: &text.body,
            template_sid: None,
        };
        versions.push(templates::save(conn, company, &new).await?);
    }
    Ok(versions)
}

/// The lines of the list that a template by this name has, 0 for buttons; `None`: it is a notice.
fn tappable_lines(template: &str) -> anyhow::Result<Option<usize>> {
    if template == QUICK_REPLY {
        return Ok(Some(0));
    }
    let Some(lines) = template.strip_prefix(LIST_PICKER) else {
        return Ok(None);
    };
    let lines = (1..=MAX_LINES).find(|number| number.to_string() == lines);
    let lines = lines.with_context(|| format!("a list has 1 to {MAX_LINES} lines"))?;
    Ok(Some(lines))
}

fn check_content(
    template: &str,
    sid: &str,
    values: Option<&serde_json::Value>,
) -> anyhow::Result<()> {
    let is_sid = sid
        .strip_prefix("HX")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !is_sid {
        bail!("a Content template's id is HX and 32 hexadecimal digits");
    }
    let sample = Notice {
        line: "Low stock",
        count: 2,
        company: "Demo",
    };
    match tappable_lines(template)? {
        Some(lines) => {
            tap_variables(values, &Taps::sample(lines)).context("--variables")?;
        }
        None => {
            variables(values, &sample).context("--variables")?;
        }
    }
    Ok(())
}

/// Writes the problems of all texts and counts them.
fn report(texts: &[Candidate], out: &mut (dyn Write + Send)) -> anyhow::Result<usize> {
    let mut wrong = 0;
    for text in texts {
        for problem in check(text)? {
            writeln!(out, "{problem}")?;
            wrong += 1;
        }
    }
    Ok(wrong)
}

fn show(
    template: &str,
    persona: Option<Persona>,
    locale: &str,
    file: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let name = file_name(persona, template, locale);
    let text = match file {
        Some(file) => Candidate {
            template: template.to_owned(),
            persona,
            locale: locale.to_owned(),
            body: fs::read_to_string(file).with_context(|| format!("{}", file.display()))?,
        },
        None => shipped()?
            .into_iter()
            .find(|text| text.file() == name)
            .with_context(|| format!("no text {name} is shipped"))?,
    };
    for (what, text) in preview(&text)? {
        writeln!(out, "--- {what}\n{text}\n")?;
    }
    Ok(())
}

/// The texts of a folder; a file that is none is an error.
fn read(folder: &Path) -> anyhow::Result<Vec<Candidate>> {
    let mut texts = Vec::new();
    let list = |folder: &Path| {
        let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
        paths.sort();
        anyhow::Ok(paths)
    };
    for personas in list(folder)?.into_iter().filter(|path| path.is_dir()) {
        for file in list(&personas)? {
            let body = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
            let path = file.to_string_lossy();
            let text = Candidate::of_file(&path, body)
                .with_context(|| format!("{path}: not named <persona>/<template>.<locale>.txt"))?;
            texts.push(text);
        }
    }
    if texts.is_empty() {
        bail!("no texts in {}", folder.display());
    }
    Ok(texts)
}

fn write(folder: &Path, texts: &[Candidate], out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    for text in texts {
        let path = folder.join(text.file());
        let parent = path.parent().context("a file without a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
        fs::write(&path, &text.body).with_context(|| format!("{}", path.display()))?;
    }
    writeln!(out, "{} texts written", texts.len())?;
    Ok(())
}

async fn active(store: &Store, company: CompanyId) -> Result<Vec<Template>, StoreError> {
    store
        .in_company(company, async |conn| templates::active(conn, company).await)
        .await
}

#[cfg(test)]
mod tests;
