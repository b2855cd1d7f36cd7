//! Experiments as text: whatever a person may choose comes back, complete and short.

use hourglass::experiment::{
    Activation, Adversarial, Architecture, Convolutional, Corruption, Dense, Experiment,
    FineTuning, Half, ImageShape, Kernels, LatentPrior, Layer, LayerLists, LayerPretraining,
    OptimizerKind, PresetId, Prior, Reconstruction, Sparsity, Target, Updates, Variational,
};
use hourglass::run_folder::{read_experiment, to_short_toml, to_toml};
use proptest::prelude::*;
use proptest::sample::select;
use toml::{Table, Value};

const ACTIVATIONS: [Activation; 7] = Activation::ALL;

fn architectures() -> impl Strategy<Value = Architecture> {
    let activations = || {
        (
            select(&ACTIVATIONS),
            select(&ACTIVATIONS),
            select(&ACTIVATIONS),
        )
    };
    let units = || 1_usize..=2048;
    let hidden = prop::collection::vec(units(), 0..=3);
    let dense = (hidden, units(), activations(), any::<bool>());
    let dense = dense.prop_map(
        |(hidden, code, (hidden_activation, code_activation, output), tied)| {
            Architecture::Dense(Dense {
                image: ImageShape::MNIST,
                hidden,
                code,
                hidden_activation,
                code_activation,
                output_activation: output,
                tied,
            })
        },
    );
    let channels = prop::collection::vec(1_usize..=256, 1..=4);
    let convolutional = (channels, prop::option::of(units()), activations());
    let convolutional = convolutional.prop_map(
        |(channels, bottleneck, (hidden_activation, code_activation, output))| {
            Architecture::Convolutional(Convolutional {
                image: ImageShape::MNIST,
                channels,
                bottleneck,
                hidden_activation,
                code_activation,
                output_activation: output,
            })
        },
    );
    let halves = || prop::collection::vec(layers(), 0..4);
    let lists = (halves(), halves(), select(&ACTIVATIONS), any::<bool>());
    let lists = lists.prop_map(|(encoder, decoder, output_activation, is_whole)| {
        let mut lists = LayerLists {
            image: ImageShape::MNIST,
            output_activation,
            encoder,
            decoder,
        };
        if is_whole {
            // Whatever comes in, images and a code go on.
            lists.encoder.insert(0, Layer::Flatten {});
            lists
                .decoder
                .extend([Layer::Flatten {}, Layer::Dense { units: 784 }]);
        }
        Architecture::Layers(lists)
    });
    prop_oneof![dense, convolutional, lists]
}

fn layers() -> impl Strategy<Value = Layer> + Clone {
    prop_oneof![
        (1_usize..=99).prop_map(|units| Layer::Dense { units }),
        (1_usize..=9, 1_usize..=5, 1_usize..=2, 0_usize..=2).prop_map(
            |(channels, kernel, stride, padding)| Layer::Convolution(Kernels {
                channels,
                kernel,
                stride,
                padding
            })
        ),
        Just(Layer::Pool {}),
        Just(Layer::Flatten {}),
        (1_usize..=4).prop_map(|height| Layer::Upsample {
            height: 14 * height,
            width: 14 * height
        }),
        (1_usize..=9).prop_map(|channels| Layer::Reshape(ImageShape {
            height: 2,
            width: 2,
            channels
        })),
        select(&ACTIVATIONS).prop_map(Layer::activation),
    ]
}

fn corruptions() -> impl Strategy<Value = Corruption> {
    prop_oneof![
        Just(Corruption::None),
        (0.0..=1.0_f32).prop_map(|fraction| Corruption::Masking { fraction }),
        (0.0..=2.0_f32).prop_map(|sigma| Corruption::Gaussian { sigma }),
        (0.0..=1.0_f32).prop_map(|fraction| Corruption::SaltAndPepper { fraction }),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::SameImage),
        select(&Half::ALL).prop_map(|hidden| Target::WholeFromHalf { hidden }),
        (0.0..=180.0_f32).prop_map(|degrees| Target::UprightFromRotated { degrees }),
    ]
}

fn sparsities() -> impl Strategy<Value = Sparsity> {
    prop_oneof![
        Just(Sparsity::None),
        (1e-7..=1.0_f32).prop_map(|weight| Sparsity::L1 { weight }),
        (0.001..=0.999_f32, 1e-6..=100.0_f32)
            .prop_map(|(target, weight)| Sparsity::Kl { target, weight }),
    ]
}

fn priors() -> impl Strategy<Value = Prior> {
    let rise = || prop_oneof![Just(0.0_f32), 0.0..=1000.0_f32];
    let capacity = (0.0..=500.0_f32, rise());
    let variational = (0.0..=100.0_f32, rise(), capacity, 0.01..=10.0_f32);
    let updates = prop_oneof![
        (1e-3..=1e3_f32).prop_map(|weight| Updates::OneStep { weight }),
        (1e-6..=1.0_f64).prop_map(|encoder_learning_rate| Updates::TwoPhases {
            encoder_learning_rate
        }),
    ];
    let adversarial = (select(&LatentPrior::ALL), updates, 1e-6..=1.0_f64);
    prop_oneof![
        Just(Prior::None),
        variational.prop_map(|(beta, warm_up_epochs, capacity, likelihood_sigma)| {
            let (capacity, capacity_epochs) = capacity;
            Prior::Variational(Variational {
                beta,
                warm_up_epochs,
                capacity,
                capacity_epochs,
                likelihood_sigma,
            })
        }),
        adversarial.prop_map(|(distribution, updates, discriminator_learning_rate)| {
            Prior::Adversarial(Adversarial {
                distribution,
                updates,
                discriminator_learning_rate,
            })
        }),
    ]
}

prop_compose! {
    /// An experiment that starts from a preset, or from none, and of which anything may have been changed. Most
    /// make no sense, and are as good for this.
    fn experiments()(
        preset in select(&PresetId::ALL),
        names_preset in any::<bool>(),
        seed in 0..=u64::try_from(i64::MAX).expect("positive"),
        test_noise in prop::option::of(0.0..=1.0_f32),
        changed in any::<[bool; 6]>(),
        architecture in architectures(),
        corruption in corruptions(),
        target in targets(),
        sparsity in sparsities(),
        prior in priors(),
        reconstruction in select(&Reconstruction::ALL),
        contraction in prop_oneof![Just(0.0_f32), 0.0..=100.0_f32],
        optimizer in (select(&OptimizerKind::ALL), 1e-6..=1e3_f64, 0.0..=0.999_f32),
        training in (1_usize..=4096, 0_usize..=1000, prop::option::of(1_usize..=60_000)),
        pretraining in prop::collection::vec((0_usize..=9, 0.0..=0.99_f32), 0..=3),
        tuning in prop::option::of((1_usize..=9, 1e-6..=1.0_f64)),
    ) -> Experiment {
        let mut experiment = preset.preset().experiment();
        experiment.preset = names_preset.then_some(preset);
        experiment.seed = seed;
        let [of_layers, of_input, of_objective, of_optimizer, of_training, of_plan] = changed;
        if of_layers {
            experiment.architecture = architecture;
        }
        if of_input {
            experiment.corruption = corruption;
            experiment.target = target;
            experiment.test_noise = test_noise;
        }
        if of_objective {
            experiment.objective.sparsity = sparsity;
            experiment.objective.prior = prior;
            experiment.objective.reconstruction = reconstruction;
            experiment.objective.contraction = contraction;
        }
        if of_optimizer {
            let own = &mut experiment.optimizer;
            (own.kind, own.learning_rate, own.momentum) = optimizer;
        }
        if of_training {
            let own = &mut experiment.training;
            (own.batch_size, own.epochs, own.train_samples) = training;
        }
        if of_plan {
            let layers = pretraining.into_iter();
            experiment.plan.pretraining = layers
                .map(|(epochs, corruption)| LayerPretraining { epochs, corruption })
                .collect();
            experiment.plan.fine_tuning = tuning.map(|(epochs, learning_rate)| FineTuning {
                epochs,
                learning_rate,
                corruption: 0.25,
            });
        }
        experiment
    }
}

/// The numbers of an experiment, in lists and tables within it too.
fn n_numbers(table: &Table) -> usize {
    let mut n = 0;
    while set_number(&mut table.clone(), &mut { n }, 1.0).is_some() {
        n += 1;
    }
    n
}

/// Puts another number in place of the nth; gives its place. Whole numbers stay whole where they can.
fn set_number(table: &mut Table, n: &mut usize, bad: f64) -> Option<String> {
    table.iter_mut().find_map(|(key, value)| {
        let within = set_in_value(value, n, bad)?;
        Some(if within.is_empty() {
            key.clone()
        } else {
            format!("{key}.{within}")
        })
    })
}

fn set_in_value(value: &mut Value, n: &mut usize, bad: f64) -> Option<String> {
    match value {
        Value::Table(inner) => set_number(inner, n, bad),
        Value::Array(values) => values
            .iter_mut()
            .find_map(|value| set_in_value(value, n, bad)),
        Value::Integer(_) | Value::Float(_) if *n == 0 => {
            let whole = bad.is_finite().then_some(Value::Integer(bad as i64));
            let is_whole = value.is_integer();
            *value = whole.filter(|_| is_whole).unwrap_or(Value::Float(bad));
            Some(String::new())
        }
        Value::Integer(_) | Value::Float(_) => {
            *n -= 1;
            None
        }
        _ => None,
    }
}

proptest! {
    #[test]
    fn every_experiment_comes_back_from_its_text(experiment in experiments()) {
        let expected = experiment.validate().map(|()| experiment.clone());
        for text in [to_toml(&experiment), to_short_toml(&experiment)] {
            match (&expected, read_experiment(&text)) {
                (Ok(expected), Ok(read)) => prop_assert_eq!(&read, expected, "{}", text),
                (Err(problem), Err(error)) => {
                    prop_assert_eq!(error.to_string(), problem.to_string(), "{}", text);
                }
                (expected, read) => prop_assert!(false, "{expected:?}, {read:?}: {text}"),
            }
        }
        if let Ok(read) = read_experiment(&to_short_toml(&experiment)) {
            prop_assert_eq!(to_short_toml(&read), to_short_toml(&experiment));
        }
    }

    #[test]
    fn no_number_of_an_experiment_may_be_none_or_out_of_range(mut experiment in experiments(), noise in 0.0..=1.0_f32) {
        experiment.test_noise.get_or_insert(noise);
        let recipe = Table::try_from(&experiment).expect("an experiment");
        for leaf in 0..n_numbers(&recipe) {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e12, -1e12] {
                let mut changed = recipe.clone();
                let place = set_number(&mut changed, &mut { leaf }, bad).expect("a number");
                let read: Result<Experiment, _> = changed.try_into();
                let is_taken = read.is_ok_and(|experiment| experiment.validate().is_ok());
                let may_be_large = place == "seed" && bad.is_finite() && bad > 0.0;
                prop_assert!(!is_taken || may_be_large, "{place} = {bad}: {recipe}");
            }
        }
    }

    #[test]
    fn a_text_never_does_more_than_be_refused(text in "(\\[[a-z.]{0,20}\\]\n|[a-z_.]{1,12} = [-0-9a-z\"{}\\[\\]., ]{0,20}\n){0,12}") {
        let _either = read_experiment(&text).map_err(|error| error.to_string());
    }
}
