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

/// How many more small words of one language than of the other make a message plainly its.
const PLAIN: u32 = 2;

/// The language that most small words belong to; `None` when none tells.
pub(super) fn detect(lexemes: &[Lexeme]) -> Option<Language> {
    match balance(lexemes) {
        0 => None,
        1.. => Some(Language::Spanish),
        _ => Some(Language::English),
    }
}

/// The language that a message is plainly in: more than the one word that every language borrows.
pub(super) fn plain(lexemes: &[Lexeme]) -> Option<Language> {
    detect(lexemes).filter(|_| balance(lexemes).unsigned_abs() >= PLAIN)
}

/// Small words of Spanish less those of English.
fn balance(lexemes: &[Lexeme]) -> i32 {
    let side = |lexeme: &Lexeme| match WORDS.get(&lexeme.key) {
        Some(Language::English) => -1,
        Some(Language::Spanish) => 1,
        None => 0,
    };
    lexemes.iter().map(side).sum()
}
