//! Which places in the space of codes the worker is asked to decode: those of panes that can be seen.

use super::Looking;
use hourglass_protocol::{Asker, DecodeSet, Places};
use hourglass_ui::layout::Pane;

impl Looking {
    /// Takes on what an asker wants decoded, in place of what it wanted before.
    pub(super) fn decode(&mut self, asker: Asker, places: Option<Places>) {
        self.decode.retain(|set| set.asker != asker);
        self.decode
            .extend(places.map(|places| DecodeSet { asker, places }));
        self.decode.sort_by_key(|set| set.asker); // the same wishes are the same request
    }

    /// The sets of panes that can be seen.
    pub(super) fn visible_sets(&self, visible: &[Pane]) -> Vec<DecodeSet> {
        let sets = self.decode.iter();
        sets.filter(|set| visible.contains(&pane(set.asker)))
            .cloned()
            .collect()
    }
}

/// Where an asker's pictures are shown.
fn pane(asker: Asker) -> Pane {
    match asker {
        Asker::Pointer | Asker::Interpolation => Pane::Latent,
        Asker::Grid | Asker::Samples => Pane::Manifold,
        Asker::Sliders | Asker::Traversals => Pane::Sliders,
    }
}
