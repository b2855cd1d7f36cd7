//! What a page for a browser shows: the numbers of a model, and the curves of its run.

use hourglass_protocol::PageNumbers;

use super::loss::Loss;
use super::scatter;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::page::Page;
use crate::{Facts, Look, number};

/// What a page for a browser shows.
#[derive(Clone, Debug, PartialEq)]
pub struct HtmlPage {
    pub numbers: Box<PageNumbers>,
    /// Classes that the scatter leaves out until a reader asks for them.
    pub hidden: Vec<u8>,
    /// The curves of the run; none if it has recorded none.
    pub loss: Option<Loss>,
}

impl Figure for HtmlPage {
    fn title(&self) -> String {
        let n = number::count_of(self.numbers.table.labels.len());
        format!("Latent space of {n} test images")
    }

    /// Its scatter, which stands for it in a preview.
    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        let points = (&self.numbers.table, self.hidden.as_slice(), None);
        scatter::draw(points, facts, look, title)
    }

    fn table(&self, _: &Facts, _: &Entries) -> String {
        String::new()
    }
}
