//! Weights of a layer as small pictures, and facts about them.

use hourglass_experiment::ImageShape;
use hourglass_experiment::network::Connection;

/// Share of the weights that a colour scale tells apart.
const SHOWN_SHARE: f64 = 0.995;

/// Weights of one layer as small pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterBank {
    /// Which layer: `encoder, layer 1`.
    pub name: String,
    /// Pictures of each row of the bank: of a fully connected layer 1, of a convolution its input channels.
    pub n_inputs: usize,
    /// Rows of the bank: units or output channels.
    pub n_outputs: usize,
    /// Of a picture, with a single channel.
    pub shape: ImageShape,
    /// The weights: `[outputs, inputs, height, width]`.
    pub weights: Vec<f32>,
}

/// Which weights a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterRequest {
    /// The connection they belong to.
    pub connection: Connection,
    /// Whether the end of a colour scale for all connections is wanted; it costs a look at all of them.
    pub all_scales: bool,
}

/// Weights of one connection.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterView {
    /// Steps taken before it.
    pub step: u64,
    pub connection: Connection,
    /// The weights.
    pub bank: FilterBank,
    /// Of each picture: `[outputs · inputs]`.
    pub tiles: Vec<TileFigures>,
    /// √Σw² over all pictures of each row: `[outputs]`.
    pub row_norms: Vec<f32>,
    /// The end of a colour scale for this connection, [`FilterBank::end_of_scale`].
    pub end: f32,
    /// The largest of the ends of all connections, where it was asked for.
    pub end_of_all: Option<f32>,
}

/// What can be told of a small picture of values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TileFigures {
    /// √Σw².
    pub norm: f32,
    /// The smallest value.
    pub min: f32,
    /// The largest value.
    pub max: f32,
}

/// Mean activations of the units or maps of one layer over the whole test split, from clean inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitMeans {
    /// Steps taken before it.
    pub step: u64,
    /// Whose units: those whose weights the pictures of this connection are.
    pub connection: Connection,
    /// Images it is taken over.
    pub n_samples: usize,
    /// Of each unit; of maps over all places.
    pub means: Vec<f32>,
}

impl FilterBank {
    /// The absolute weight that few exceed: the end of a colour scale. A single large one would leave all others
    /// pale. 1 where all weights are 0.
    #[must_use]
    pub fn end_of_scale(&self) -> f32 {
        let finite = self.weights.iter().filter(|weight| weight.is_finite());
        let mut sizes: Vec<f32> = finite.map(|weight| weight.abs()).collect();
        let Some(last) = sizes.len().checked_sub(1) else {
            return 1.0;
        };
        let nth = (SHOWN_SHARE * last as f64).ceil() as usize;
        let (_, &mut size, _) = sizes.select_nth_unstable_by(nth, f32::total_cmp);
        if size > 0.0 { size } else { 1.0 }
    }
}

impl TileFigures {
    /// The largest absolute value: the end of a colour scale for this picture alone.
    #[must_use]
    pub fn end(&self) -> f32 {
        self.min.abs().max(self.max.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_large_weight_does_not_leave_the_others_pale() {
        let mut bank = FilterBank {
            name: String::new(),
            n_inputs: 1,
            n_outputs: 2,
            shape: ImageShape::MNIST,
            weights: vec![-0.2; 2 * 784],
        };
        bank.weights[7] = 9.0;
        assert!((bank.end_of_scale() - 0.2).abs() < 1e-6);
        bank.weights.fill(0.0);
        assert!(
            (bank.end_of_scale() - 1.0).abs() < 1e-6,
            "nothing is divided by zero"
        );
        bank.weights = vec![0.5, -1.0, f32::NAN];
        assert!(
            (bank.end_of_scale() - 1.0).abs() < 1e-6,
            "of few weights the largest"
        );
    }
}
