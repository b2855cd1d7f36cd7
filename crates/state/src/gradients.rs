//! How gradients reached the layers of one run.

use hourglass_experiment::LayerName;
use hourglass_experiment::network::Place;
use hourglass_protocol::{GradientFigures, GradientRow, LayerSpread};

use super::Series;

/// How gradients reached the layers of one run; empty where that was not recorded.
#[derive(Clone, Debug, Default)]
pub struct Gradients {
    /// From the input to the output.
    layers: Vec<LayerGradients>,
}

/// The same of one layer.
#[derive(Clone, Debug)]
pub struct LayerGradients {
    pub layer: Place,
    /// Before the first step.
    pub spread: Option<LayerSpread>,
    /// `‖g‖₂` over epochs.
    pub norms: Series,
    /// `‖ΔW‖₂/‖W‖₂` over epochs.
    pub ratios: Series,
}

impl Gradients {
    /// Every layer that something is known of, from the input to the output.
    #[must_use]
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &LayerGradients> {
        self.layers.iter()
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Whether it was recorded how the values were spread before the first step.
    #[must_use]
    pub fn has_spread(&self) -> bool {
        self.layers.iter().any(|layer| layer.spread.is_some())
    }

    pub(super) fn push(&mut self, rows: &[GradientRow]) {
        for row in rows {
            let layer = self.of(row.layer);
            match row.figures {
                GradientFigures::Spread(spread) => layer.spread = Some(spread),
                GradientFigures::Update(update) => {
                    let curves = [
                        (&mut layer.norms, update.gradient_norm),
                        (&mut layer.ratios, update.ratio),
                    ];
                    for (series, value) in curves {
                        series.push(row.epoch, f64::from(value));
                    }
                }
            }
        }
    }
}

impl Gradients {
    /// What is known of a layer; a new one gets its place.
    fn of(&mut self, layer: Place) -> &mut LayerGradients {
        let found = self
            .layers
            .binary_search_by_key(&rank(layer), |known| rank(known.layer));
        let idx = found.unwrap_or_else(|idx| {
            let fresh = LayerGradients {
                layer,
                spread: None,
                norms: Series::default(),
                ratios: Series::default(),
            };
            self.layers.insert(idx, fresh);
            idx
        });
        &mut self.layers[idx]
    }
}

/// Where a layer comes on the way from the input to the output; the classes, beside that way, are last.
fn rank(layer: Place) -> (u8, usize) {
    match layer {
        Place::Input => (0, 0),
        Place::Layer(LayerName::Encoder(idx)) => (1, idx),
        Place::Layer(LayerName::Code) => (2, 0),
        Place::LogVariance => (3, 0),
        Place::Layer(LayerName::Decoder(idx)) => (4, idx),
        Place::Output => (5, 0),
        Place::Discriminator(idx) => (6, idx),
        Place::Verdict => (7, 0),
        Place::Classes => (8, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_protocol::WeightUpdate;

    #[test]
    fn figures_find_their_layers() {
        let row = |step, layer, figures| GradientRow {
            step,
            epoch: step as f64,
            layer,
            figures,
        };
        let spread = LayerSpread {
            activations: 0.5,
            gradients: 0.25,
        };
        let update = |ratio| {
            GradientFigures::Update(WeightUpdate {
                gradient_norm: 4.0 * ratio,
                ratio,
            })
        };
        let mut gradients = Gradients::default();
        assert!(gradients.is_empty() && !gradients.has_spread());
        gradients.push(&[row(1, Place::Output, update(0.5))]);
        assert!(!gradients.is_empty() && !gradients.has_spread());
        gradients.push(&[
            row(0, Place::LogVariance, GradientFigures::Spread(spread)),
            row(2, Place::Output, update(0.25)),
        ]);
        let [variance, output] = &gradients.layers[..] else {
            panic!("{gradients:?}");
        };
        assert_eq!(
            [variance.layer, output.layer],
            [Place::LogVariance, Place::Output]
        );
        assert_eq!(output.norms.points(), [[1.0, 2.0], [2.0, 1.0]]);
        assert_eq!(output.ratios.points(), [[1.0, 0.5], [2.0, 0.25]]);
        assert_eq!((output.spread, variance.spread), (None, Some(spread)));
        assert!(variance.norms.is_empty());
        assert!(gradients.has_spread());
    }
}
