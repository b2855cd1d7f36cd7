//! `docs/objective.md` says what the program says of its terms: it is made from the same data.

use std::fmt::Write;
use std::path::Path;

use hourglass::experiment::{Objective, Piece, Role, Term, Written};
use hourglass::figure::number;

const BEGIN: &str = "# The objective

Training minimises J, a reconstruction error to which an experiment may add penalties.
Every term has a column in `metrics.csv`, with its unit in the header.
Without a prior the reconstruction error is a mean over pixels and images.
With a prior that J adds up it is a sum over the pixels of an image and a mean over images.
With an emphasis, the error of each pixel has a weight: α if the corruption hit it, β if not.
An adversarial prior can also be trained in two phases, as Makhzani et al. 2015 do.
J then has no term of it: it is what encoder and decoder minimise in the reconstruction phase, the mean error with its penalties, and best weights and early stopping go by it alone.
In the regularisation phase the discriminator and the encoder each minimise a loss of their own, which is among the figures beside J.
In the formulas, x is an image, x̂ its reconstruction, h its code and n the number of pixels; the numbers are settings.
The Jacobian ∂h/∂x of the contraction and of ‖J‖² is taken at what the encoder is shown, which is corrupted if the experiment corrupts; only `summary.json` has ‖J‖² at the clean images.

## Terms that J adds up

";

const APART: &str = "
## Losses of a phase of their own

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
    page.push_str(&losses(Objective::parts));
    page.push_str(APART);
    page.push_str(&losses(|example| {
        example.of_own_phase().into_iter().collect()
    }));
    page.push_str(BESIDE);
    for term in Term::all() {
        if let Role::Beside { unit, .. } = term.info().role {
            let (label, key) = (term.label(), term.key());
            writeln!(page, "- {label}: column `{key}`, {}", unit.phrase()).expect("a string");
        }
    }
    page
}

/// The losses that the examples of all terms have of one kind, each with its formula.
fn losses(of: impl Fn(&Objective) -> Vec<(Term, Written)>) -> String {
    let mut lines = String::new();
    for term in Term::all() {
        let found = Objective::example(term).map(|example| of(&example));
        let own = found.into_iter().flatten().find(|(loss, _)| *loss == term);
        if let Some((_, written)) = own {
            let (formula, key) = (plain(&written.formula), term.key());
            let letters = written.letters.map(|letters| format!("; {letters}"));
            let letters = letters.unwrap_or_default();
            let label = term.label();
            writeln!(lines, "- {label}: `{formula}`, column `{key}`{letters}").expect("a string");
        }
    }
    lines
}

/// In one line.
fn plain(formula: &[Piece]) -> String {
    let text: String = formula.iter().map(|piece| number::piece(*piece)).collect();
    text.replace('\u{a0}', " ").trim().to_owned()
}
