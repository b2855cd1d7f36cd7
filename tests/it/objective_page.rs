//! `docs/objective.md` says what the program says of its terms: it is made from the same data.

use std::fmt::Write;
use std::path::Path;

use hourglass::experiment::{Objective, Piece, Role, Term};
use hourglass::figure::number;

const BEGIN: &str = "# The objective

Training minimises J, a reconstruction error to which an experiment may add penalties.
Every term has a column in `metrics.csv`, with its unit in the header.
Without a prior the reconstruction error is a mean over pixels and images.
With a prior it is a sum over the pixels of an image and a mean over images.
With an emphasis, the error of each pixel has a weight: α if the corruption hit it, β if not.
In the formulas, x is an image, x̂ its reconstruction, h its code and n the number of pixels; the numbers are settings.

## Terms that J adds up

";

const BESIDE: &str = "
## Figures beside J

";

#[test]
fn the_page_on_the_objective_is_made_from_its_terms() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/objective.md");
    let expected = page();
    if std::env::var_os("HOURGLASS_RENEW_PAGES").is_some() {
        std::fs::write(&place, &expected).expect("docs can be written");
    }
    let found = std::fs::read_to_string(&place).expect("the page");
    assert_eq!(
        found, expected,
        "HOURGLASS_RENEW_PAGES=1 scripts/test --test it objective_page writes it anew"
    );
}

fn page() -> String {
    let mut page = BEGIN.to_owned();
    for term in Term::all() {
        let parts = Objective::example(term).map(|example| example.parts());
        let own = parts.into_iter().flatten().find(|(part, _)| *part == term);
        if let Some((_, written)) = own {
            let (formula, key) = (plain(&written.formula), term.key());
            let letters = written.letters.map(|letters| format!("; {letters}"));
            let letters = letters.unwrap_or_default();
            let label = term.label();
            writeln!(page, "- {label}: `{formula}`, column `{key}`{letters}").expect("a string");
        }
    }
    page.push_str(BESIDE);
    for term in Term::all() {
        if let Role::Beside { unit, .. } = term.info().role {
            let (label, key) = (term.label(), term.key());
            writeln!(page, "- {label}: column `{key}`, {}", unit.phrase()).expect("a string");
        }
    }
    page
}

/// In one line.
fn plain(formula: &[Piece]) -> String {
    let text: String = formula.iter().map(|piece| number::piece(*piece)).collect();
    text.replace('\u{a0}', " ").trim().to_owned()
}
