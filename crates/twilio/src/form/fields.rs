//! The fields of a form, taken out one by one; what is left over is `extra`.

use wharf_domain::address::{Address, WHATSAPP_PREFIX};

use super::{FormError, is_sid};

/// Pairs of a form that have not been taken yet, in order.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields, without U+0000: it says nothing, and PostgreSQL takes it in no text and no JSON,
    /// so that one of them would cost the whole message.
    pub(super) fn new(mut pairs: Vec<(String, String)>) -> Self {
        for (name, value) in &mut pairs {
            name.retain(|c| c != '\0');
            value.retain(|c| c != '\0');
        }
        Self(pairs)
    }

    /// Looks at a field that may come once; a repetition with the same value is one field.
    pub(super) fn find(&self, name: &str) -> Result<Option<&str>, FormError> {
        let mut values = self
            .0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.as_str());
        let first = values.next();
        if values.any(|other| Some(other) != first) {
            return Err(FormError::Repeated(name.to_owned()));
        }
        Ok(first)
    }

    /// Takes a field out, empty or not.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<String>, FormError> {
        let value = self.find(name)?.map(str::to_owned);
        if value.is_some() {
            self.0.retain(|(n, _)| n != name);
        }
        Ok(value)
    }

    /// Takes an optional field out; an empty one counts as absent.
    pub(super) fn optional(&mut self, name: &str) -> Result<Option<String>, FormError> {
        Ok(self.take(name)?.filter(|value| !value.is_empty()))
    }

    /// Takes a field out only when `read` understands it: Twilio changes optional fields without
    /// notice, and a message must not be lost for one, so what is odd stays in `extra`.
    pub(super) fn understood<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, FormError> {
        let value = self.find(name)?.and_then(read);
        if value.is_some() {
            self.0.retain(|(n, _)| n != name);
        }
        Ok(value)
    }

    /// Takes a required sid out.
    pub(super) fn sid(
        &mut self,
        name: &'static str,
        prefixes: &[&str],
        expected: &'static str,
    ) -> Result<String, FormError> {
        let value = self.optional(name)?.ok_or(FormError::Missing(name))?;
        if is_sid(&value, prefixes) {
            Ok(value)
        } else {
            Err(FormError::Malformed {
                field: name.to_owned(),
                expected,
            })
        }
    }

    /// Takes a required WhatsApp address out; without its prefix it is an SMS and not for us.
    pub(super) fn address(&mut self, name: &'static str) -> Result<Address, FormError> {
        let value = self.optional(name)?.ok_or(FormError::Missing(name))?;
        whatsapp(&value).ok_or_else(|| FormError::Malformed {
            field: name.to_owned(),
            expected: "a WhatsApp address (whatsapp:+digits or whatsapp:CC.id)",
        })
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn rest(self) -> Vec<(String, String)> {
        self.0
    }
}

/// A WhatsApp address with its prefix.
pub(super) fn whatsapp(text: &str) -> Option<Address> {
    text.starts_with(WHATSAPP_PREFIX)
        .then(|| Address::parse(text).ok())
        .flatten()
}
