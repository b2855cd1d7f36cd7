//! The numbers of a figure against the model they are of.

use hourglass::experiment::{LatentPrior, LayerName, N_PIXELS, PresetId};
use hourglass::protocol::{Axes, FilterBank, Gather, Manifold, Numbers, Spacing};
use hourglass::train::{ProbeState, Trainer, digits};

use super::{gather, preset, take, trained};

#[test]
fn the_scatter_gathered_is_the_scatter_seen() {
    let mut trainer = trained(&preset(PresetId::Vanilla64));
    let mut probe = ProbeState::default();
    let seen = probe.scatter(&mut trainer).expect("looked at");
    let gathered = probe
        .gather(&mut trainer, &Gather::Codes)
        .expect("gathered");
    assert_eq!(
        (gathered.step, gathered.experiment.preset),
        (5, Some(PresetId::Vanilla64))
    );
    let Numbers::Codes(table) = gathered.numbers else {
        panic!("codes were asked for");
    };
    assert_eq!(table.scatter, seen);
    assert_eq!((table.size, table.codes.len()), (64, 400 * 64));
    let view = digits(&mut trainer, &[0, 399]).expect("looked at");
    for (sample, error) in [(0, view.mse_per_pixel[0]), (399, view.mse_per_pixel[1])] {
        assert!(
            (table.mse_per_pixel[sample] - error).abs() < 1e-6,
            "sample {sample}"
        );
    }
}

#[test]
fn invariant_8_gathering_never_changes_training() {
    let steps = |disturb: &dyn Fn(&mut Trainer)| {
        let mut trainer = trained(&preset(PresetId::DenoiseDense));
        disturb(&mut trainer);
        take(&mut trainer, 3)
    };
    let undisturbed = steps(&|_| {});
    let disturbed = steps(&|trainer| {
        for what in [
            Gather::Codes,
            Gather::Digits(vec![1]),
            Gather::Manifold(3),
            Gather::Filters,
            Gather::Activations,
            Gather::Page(vec![1]),
        ] {
            gather(trainer, &what);
        }
        ProbeState::default().film_frame(trainer).expect("taken");
    });
    assert_eq!(disturbed, undisturbed);
}

fn manifold(id: PresetId, side: usize) -> Manifold {
    let mut trainer = trained(&preset(id));
    let Numbers::Manifold(manifold) = gather(&mut trainer, &Gather::Manifold(side)).numbers else {
        panic!("a manifold was asked for");
    };
    assert_eq!(
        manifold.images.len(),
        manifold.xs.len() * manifold.ys.len() * N_PIXELS
    );
    manifold
}

#[test]
fn a_manifold_follows_the_prior_the_codes_or_their_plane() {
    let of_gaussian = manifold(PresetId::Vae2, 5);
    assert_eq!(of_gaussian.axes, Axes::Raw);
    assert_eq!(
        of_gaussian.spacing,
        Spacing::Quantiles(LatentPrior::Gaussian)
    );
    // Φ⁻¹ of 0.1, 0.3, 0.5, 0.7, 0.9 (Abramowitz & Stegun 1964, table 26.5).
    for (x, expected) in
        of_gaussian
            .xs
            .iter()
            .zip([-1.281_551_6, -0.524_400_5, 0.0, 0.524_400_5, 1.281_551_6])
    {
        assert!((x - expected).abs() < 1e-6, "{x} {expected}");
    }
    assert_eq!(of_gaussian.ys, of_gaussian.xs);

    let of_mixture = manifold(PresetId::AaeMixture, 4);
    assert_eq!(of_mixture.spacing, Spacing::Extent(LatentPrior::Mixture));
    let of_wide = manifold(PresetId::Vanilla64, 4);
    assert_eq!(of_wide.spacing, Spacing::Codes);
    assert!(matches!(of_wide.axes, Axes::Pca { .. }));
    assert!(of_wide.xs.is_sorted() && of_wide.ys.is_sorted());
}

fn banks(
    id: PresetId,
    change: impl FnOnce(&mut hourglass::experiment::Experiment),
) -> Vec<FilterBank> {
    let mut experiment = preset(id);
    change(&mut experiment);
    let mut trainer = trained(&experiment);
    let Numbers::Filters(banks) = gather(&mut trainer, &Gather::Filters).numbers else {
        panic!("filters were asked for");
    };
    for bank in &banks {
        let n = bank.n_outputs * bank.n_inputs * bank.shape.n_values();
        assert_eq!(bank.weights.len(), n, "{}", bank.name);
    }
    banks
}

#[test]
fn filters_are_those_that_meet_pixels_and_all_kernels() {
    let shapes = |banks: &[FilterBank]| -> Vec<(String, [usize; 3])> {
        let shape = |bank: &FilterBank| {
            (
                bank.name.clone(),
                [bank.n_outputs, bank.n_inputs, bank.shape.height],
            )
        };
        banks.iter().map(shape).collect()
    };
    let named = |name: &str, shape| (name.to_owned(), shape);
    let dense = banks(PresetId::Multilayer64, |_| {});
    let expected = [
        named("encoder, layer 1", [128, 1, 28]),
        named("decoder, output layer", [128, 1, 28]),
    ];
    assert_eq!(shapes(&dense), expected);
    let convolutional = banks(PresetId::Conv4, |_| {});
    let expected = [
        named("encoder, convolution 1", [4, 1, 3]),
        named("decoder, convolution 1", [4, 4, 3]),
        named("decoder, output", [1, 4, 3]),
    ];
    assert_eq!(shapes(&convolutional), expected);
    let tied = banks(PresetId::Vanilla64, |experiment| {
        experiment.architecture.as_dense_mut().expect("dense").tied = true;
    });
    assert_eq!(
        shapes(&tied),
        [named("encoder, layer 1, and decoder (tied)", [64, 1, 28])]
    );
}

/// Each tile is the unit's own: where a unit sees one pixel, its tile has that pixel.
#[test]
fn a_tile_is_what_its_unit_sees() {
    let mut trainer = trained(&preset(PresetId::Linear32));
    let Numbers::Filters(banks) = gather(&mut trainer, &Gather::Filters).numbers else {
        panic!("filters were asked for");
    };
    let Numbers::Codes(table) = gather(&mut trainer, &Gather::Codes).numbers else {
        panic!("codes were asked for");
    };
    // A linear code without its bias is the product of tiles and image: differences of codes need no bias.
    let view = digits(&mut trainer, &[0, 1]).expect("looked at");
    let (first, second) = view.originals.split_at(N_PIXELS);
    for unit in [0, 31] {
        let tile = &banks[0].weights[unit * N_PIXELS..(unit + 1) * N_PIXELS];
        let pixels = first.iter().zip(second).zip(tile);
        let expected: f32 = pixels.map(|((a, b), weight)| (a - b) * weight).sum();
        let found = table.codes[unit] - table.codes[table.size + unit];
        assert!(
            (found - expected).abs() < 1e-3,
            "unit {unit}: {found} {expected}"
        );
    }
}

#[test]
fn histograms_are_of_every_layer_in_order() {
    let mut trainer = trained(&preset(PresetId::Multilayer64));
    let Numbers::Activations(layers) = gather(&mut trainer, &Gather::Activations).numbers else {
        panic!("activations were asked for");
    };
    let names: Vec<LayerName> = layers.iter().map(|view| view.layer).collect();
    assert_eq!(
        names,
        [
            LayerName::Encoder(0),
            LayerName::Code,
            LayerName::Decoder(0)
        ]
    );
    assert!(
        layers
            .iter()
            .all(|view| view.histogram.total() == (400 * view.unit_means.len()) as u64)
    );
}
