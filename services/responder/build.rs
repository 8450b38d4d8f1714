//! Embeds the texts of `templates/`.

fn main() {
    minijinja_embed::embed_templates!("templates");
}
