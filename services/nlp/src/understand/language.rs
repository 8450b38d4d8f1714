//! Which of the two languages a message is in, by its small words.

use std::sync::LazyLock;

use super::Language;
use super::hashing::{self, HashedMap};
use super::lexemes::Lexeme;

static WORDS: LazyLock<HashedMap<Language>> = LazyLock::new(|| {
    let english = "the of and to is are was were do does did have has we i you my our us me it this \
        that what which who how when where why any there on at for from with by not can could would \
        please need want get got more all last week month today yesterday order stock alert report \
        show give send an in be been will just up out off if or as they their be";
    let spanish = "el la los las un una unos unas de del y que en es son fue por para con se lo le \
        nos me mi tu su cual cuales cuanto cuanta cuantos cuantas como donde cuando quien hay \
        tenemos tiene quiero necesito favor gracias hola ayer hoy semana mes ano pasado pasada \
        ultimo ultima todos todas este esta esto ya al muy mas pero sin sobre alerta alertas \
        informe reporte resumen proveedor proveedores inventario pedido pedidos ventas";
    let list = |words: &'static str, language| {
        words
            .split_whitespace()
            .map(move |word| (hashing::of(word), language))
    };
    list(english, Language::English)
        .chain(list(spanish, Language::Spanish))
        .collect()
});

/// The language that most small words belong to; `None` when none tells.
pub(super) fn detect(lexemes: &[Lexeme]) -> Option<Language> {
    let mut balance = 0_i32;
    for lexeme in lexemes {
        match WORDS.get(&lexeme.key) {
            Some(Language::English) => balance -= 1,
            Some(Language::Spanish) => balance += 1,
            None => {}
        }
    }
    match balance {
        0 => None,
        1.. => Some(Language::Spanish),
        _ => Some(Language::English),
    }
}
