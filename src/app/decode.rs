//! Which places in the space of codes the worker is asked to decode: those of panes that can be seen.

use super::Looking;
use crate::protocol::{Asker, DecodeSet, Places};
use crate::ui::layout::{Layout, Pane};

impl Looking {
    /// Takes on what an asker wants decoded, in place of what it wanted before.
    pub(super) fn decode(&mut self, asker: Asker, places: Option<Places>) {
        self.decode.retain(|set| set.asker != asker);
        self.decode
            .extend(places.map(|places| DecodeSet { asker, places }));
        self.decode.sort_by_key(|set| set.asker); // the same wishes are the same request
    }

    /// The sets of panes that can be seen.
    pub(super) fn visible_sets(&self, layout: &Layout) -> Vec<DecodeSet> {
        let sets = self.decode.iter();
        sets.filter(|set| pane(set.asker).is_some_and(|pane| layout.shows(pane)))
            .cloned()
            .collect()
    }
}

/// Where an asker's pictures are shown.
fn pane(asker: Asker) -> Option<Pane> {
    match asker {
        Asker::Pointer | Asker::Interpolation => Some(Pane::Latent),
        Asker::Grid | Asker::Samples | Asker::Sliders | Asker::Traversals => None,
    }
}
