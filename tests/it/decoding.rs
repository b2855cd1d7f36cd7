//! Places in the space of codes and their pictures: of a trainer, and of a worker that trains meanwhile.

use std::num::NonZeroU64;

use hourglass::analysis::code_moments::CodeMoments;
use hourglass::analysis::manifold::normal_quantile;
use hourglass::experiment::{LatentPrior, N_PIXELS, PresetId};
use hourglass::protocol::{
    Axes, CodeSelection, CodeStart, Command, DecodeRequest, DecodedView, EditedCode, Found,
    MAX_CODE_UNITS, MAX_DECODED, ProbeRequest, Requester, Route, SampleIdx, Spacing, Span,
};
use hourglass::train::{EncodedTestSet, ProbeState, Trainer, decode, device, digits};

use crate::data_sets;
use crate::training::take;
use crate::worker::{send, small, snapshot, start, with_digits};

/// A model after a few steps, and its test images' codes.
fn trained(id: PresetId) -> (Trainer, EncodedTestSet) {
    let dataset = data_sets::small(640, 200);
    let mut trainer = Trainer::new(id.preset().experiment(), dataset, &device::cpu().device);
    take(&mut trainer, 8);
    let encoded = ProbeState::default().encoded(&mut trainer, false);
    (trainer, encoded.expect("looked at"))
}

fn decoded(
    (trainer, encoded): &mut (Trainer, EncodedTestSet),
    places: CodeSelection,
) -> Option<DecodedView> {
    let set = DecodeRequest {
        requester: Requester::Grid,
        places,
    };
    decode(trainer, Some(encoded), &set).expect("the device works")
}

fn pictures(model: &mut (Trainer, EncodedTestSet), places: CodeSelection) -> DecodedView {
    let expected = (8, places.clone());
    let view = decoded(model, places).expect("they can be found");
    assert_eq!((view.step, view.places.clone()), expected);
    assert_eq!(view.images.len(), view.len() * N_PIXELS);
    assert_eq!(view.codes.len(), view.len() * view.size);
    view
}

fn unedited(sample: SampleIdx) -> EditedCode {
    EditedCode {
        start: CodeStart::Sample(sample),
        edits: Vec::new(),
    }
}

/// Pictures are sums of a few hundred f32 in another order.
fn assert_same(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}

#[test]
fn the_decoded_code_of_a_sample_is_its_reconstruction() {
    for id in [PresetId::Vanilla64, PresetId::Vae2, PresetId::Conv4] {
        let mut model = trained(id);
        let rebuilt = digits(&mut model.0, &[7, 150]).expect("looked at");
        let ends = [7, 150];
        for (sample, rebuilt) in ends.iter().zip(rebuilt.reconstructions.chunks(N_PIXELS)) {
            let view = pictures(&mut model, CodeSelection::Edited(unedited(*sample)));
            assert_eq!(view.len(), 2, "as it was set, and where it starts");
            assert_same(&view.images, &[rebuilt, rebuilt].concat());
            let code = CodeSelection::Codes(view.code(0).expect("two").into());
            assert_same(&pictures(&mut model, code).images, rebuilt);
        }
        for route in [Route::Straight, Route::Arc] {
            let way = pictures(
                &mut model,
                CodeSelection::Between {
                    ends,
                    n_places: 9,
                    route,
                },
            );
            assert_eq!(way.len(), 9);
            let both_ends = [way.image(0), way.image(8)].map(|end| end.expect("nine"));
            assert_same(&both_ends.concat(), &rebuilt.reconstructions);
        }
    }
}

#[test]
fn the_middle_of_a_straight_way_is_the_mean_of_its_ends() {
    let mut model = trained(PresetId::Vanilla64);
    let way = pictures(
        &mut model,
        CodeSelection::Between {
            ends: [3, 4],
            n_places: 3,
            route: Route::Straight,
        },
    );
    let [from, middle, to] = [0, 1, 2].map(|idx| way.code(idx).expect("three"));
    let mean: Vec<f32> = from.iter().zip(to).map(|(a, b)| (a + b) / 2.0).collect();
    assert_same(middle, &mean);
}

#[test]
fn points_of_the_plane_are_codes_in_it() {
    let mut model = trained(PresetId::Vae2);
    let points: [[f32; 2]; 2] = [[0.5, -1.5], [0.0, 2.0]];
    let view = pictures(&mut model, CodeSelection::Plane(points.into()));
    assert_eq!(view.found, Found::Plane(Axes::Raw));
    assert_eq!(view.codes, points.concat());

    let mut model = trained(PresetId::Vanilla64);
    let points: [[f32; 2]; 3] = [[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]];
    let view = pictures(&mut model, CodeSelection::Plane(points.into()));
    assert!(matches!(view.found, Found::Plane(Axes::Pca { .. })));
    let [origin, first, second] = [0, 1, 2].map(|idx| view.code(idx).expect("three"));
    let mean = CodeMoments::of(model.1.codes(), 64).mean;
    for (value, mean) in origin.iter().zip(mean) {
        assert!((f64::from(*value) - mean).abs() < 1e-4);
    }
    let from_origin =
        |code: &[f32]| -> Vec<f32> { code.iter().zip(origin).map(|(code, o)| code - o).collect() };
    let (first, second) = (from_origin(first), from_origin(second));
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    assert!((dot(&first, &first) - 9.0).abs() < 1e-3);
    assert!((dot(&second, &second) - 16.0).abs() < 1e-3);
    assert!(dot(&first, &second).abs() < 1e-3, "at a right angle");
}

fn grid(n_places: usize, span: Span) -> CodeSelection {
    CodeSelection::Grid { n_places, span }
}

#[test]
fn a_grid_lies_at_the_quantiles_of_the_prior_and_the_other_units_rest() {
    let mut model = trained(PresetId::Vae20);
    let view = pictures(&mut model, grid(4, Span::Units([3, 5])));
    let Found::Grid {
        units,
        spacing,
        xs,
        ys,
        ..
    } = &view.found
    else {
        panic!("a grid was asked for")
    };
    assert_eq!(*units, Some([3, 5]));
    assert_eq!(*spacing, Spacing::Quantiles(LatentPrior::Gaussian));
    let quantiles = [0.125, 0.375, 0.625, 0.875].map(normal_quantile);
    for (places, quantile) in xs.iter().zip(ys).zip(quantiles) {
        assert!(
            (f64::from(*places.0) - quantile).abs() < 1e-6
                && places.0.to_bits() == places.1.to_bits()
        );
    }
    for (idx, code) in view.codes.chunks_exact(20).enumerate() {
        let expected = [(3, xs[idx % 4]), (5, ys[idx / 4])];
        for (unit, value) in code.iter().enumerate() {
            let expected = expected.iter().find(|(of, _)| *of == unit);
            assert_eq!(value.to_bits(), expected.map_or(0.0, |(_, v)| *v).to_bits());
        }
    }
    assert_eq!(decoded(&mut model, grid(4, Span::Units([3, 20]))), None);
}

#[test]
fn a_grid_without_a_prior_covers_the_codes() {
    let mut model = trained(PresetId::Vanilla64);
    let view = pictures(&mut model, grid(3, Span::Principal));
    assert_eq!(view.len(), 9);
    assert!(matches!(
        view.found,
        Found::Grid {
            units: None,
            axes: Axes::Pca { .. },
            spacing: Spacing::Codes,
            ..
        }
    ));
    let view = pictures(&mut model, grid(2, Span::Units([9, 2])));
    let units = &model.1.units().units;
    assert_eq!(view.codes[9].to_bits(), units[9].low.to_bits());
    assert_eq!(view.codes[64 + 9].to_bits(), units[9].high.to_bits());
    assert_eq!(view.codes[0].to_bits(), units[0].mean.to_bits());
    let many = pictures(&mut model, grid(10_000, Span::Principal));
    assert_eq!(many.len(), MAX_DECODED, "as many as one set may have");
}

#[test]
fn samples_have_the_distribution_of_the_prior_or_of_the_codes() {
    let draw = |seed| CodeSelection::Drawn {
        n_places: 1_000,
        seed,
    };
    let mut model = trained(PresetId::Vae20);
    let of_prior = pictures(&mut model, draw(1));
    assert_eq!(of_prior.found, Found::Prior(LatentPrior::Gaussian));
    let moments = CodeMoments::of(&of_prior.codes, 20);
    for (mean, variance) in moments.mean.iter().zip(&moments.variance) {
        // Five standard errors: 1/√1000 of a mean, √(2/1000) of a variance.
        assert!(mean.abs() < 0.16 && (variance - 1.0).abs() < 0.23);
    }
    assert_ne!(of_prior.codes, pictures(&mut model, draw(2)).codes);
    take(&mut model.0, 3);
    let later = decoded(&mut model, draw(1)).expect("drawn");
    assert_eq!(later.codes, of_prior.codes, "they stay put");
    assert_ne!(later.images, of_prior.images);

    let mut model = trained(PresetId::Vanilla64);
    let fitted = pictures(&mut model, draw(1));
    assert_eq!(fitted.found, Found::Fitted { n_codes: 200 });
    let (expected, found) = [model.1.codes(), &fitted.codes]
        .map(|codes| CodeMoments::of(codes, 64))
        .into();
    for unit in 0..64 {
        let variance = expected.variance[unit];
        let mean_error = (found.mean[unit] - expected.mean[unit]).abs();
        assert!(mean_error < 5.0 * (variance / 1e3).sqrt() + 1e-6, "{unit}");
        let share = found.variance[unit] / variance;
        assert!((share - 1.0).abs() < 0.23, "{unit}: {share}");
    }
}

#[test]
fn units_that_were_set_stay_and_the_others_follow_their_start() {
    let mut model = trained(PresetId::Vanilla64);
    let mut code = unedited(5);
    let start = pictures(&mut model, CodeSelection::Edited(code.clone())).codes;
    code.edits = vec![(3, 9.0), (64, 1.0)]; // the second unit does not exist
    let view = pictures(&mut model, CodeSelection::Edited(code.clone()));
    assert_eq!(view.codes[64..], start[64..], "where it starts from");
    for (unit, (value, start)) in view.codes[..64].iter().zip(&start).enumerate() {
        let expected = if unit == 3 { 9.0 } else { *start };
        assert_eq!(value.to_bits(), expected.to_bits());
    }
    let traversals = pictures(
        &mut model,
        CodeSelection::Traversals {
            code,
            units: vec![3, 10],
            n_places: 5,
        },
    );
    assert_eq!(traversals.len(), 2 * 5);
    let range = model.1.units().units[10];
    let [low, high] = [5, 9].map(|idx| traversals.code(idx).expect("ten"));
    assert_eq!((low[10], high[10]), (range.low, range.high));
    assert_eq!((low[3].to_bits(), low[0]), (9.0_f32.to_bits(), start[0]));
    let mean = EditedCode {
        start: CodeStart::Mean,
        edits: Vec::new(),
    };
    let mean = pictures(&mut model, CodeSelection::Edited(mean));
    let mean = mean.code(0).expect("two");
    let expected: Vec<f32> = model.1.units().units.iter().map(|unit| unit.mean).collect();
    assert_eq!(mean, expected);
}

#[test]
fn of_a_code_map_the_units_that_vary_most_are_told() {
    let (_, encoded) = trained(PresetId::Conv4);
    let units = encoded.units();
    assert_eq!((units.size, units.units.len()), (784, MAX_CODE_UNITS));
    let deviations = units.units.iter().map(|unit| unit.deviation);
    assert!(deviations.is_sorted_by(|a, b| a >= b));
}

#[test]
fn places_that_do_not_exist_have_no_pictures() {
    let mut model = trained(PresetId::Vanilla64);
    let other_size: CodeSelection = CodeSelection::Codes([0.0; 65].into());
    assert_eq!(decoded(&mut model, other_size), None);
    assert_eq!(
        decoded(&mut model, CodeSelection::Edited(unedited(1_000_000))),
        None
    );
    let set = DecodeRequest {
        requester: Requester::Grid,
        places: grid(3, Span::Principal),
    };
    let without_codes = decode(&mut model.0, None, &set).expect("the device works");
    assert_eq!(without_codes, None);
}

/// One set of each kind.
fn everything() -> Vec<DecodeRequest> {
    let set = |requester, places| DecodeRequest { requester, places };
    let code = EditedCode {
        start: CodeStart::Sample(2),
        edits: vec![(0, 0.5)],
    };
    vec![
        set(
            Requester::Pointer,
            CodeSelection::Plane([[0.1, 0.2]].into()),
        ),
        set(
            Requester::Interpolation,
            CodeSelection::Between {
                ends: [0, 1],
                n_places: 9,
                route: Route::Straight,
            },
        ),
        set(Requester::Grid, grid(4, Span::Principal)),
        set(
            Requester::Samples,
            CodeSelection::Drawn {
                n_places: 9,
                seed: 1,
            },
        ),
        set(Requester::Sliders, CodeSelection::Edited(code.clone())),
        set(
            Requester::Traversals,
            CodeSelection::Traversals {
                code,
                units: vec![0, 1],
                n_places: 5,
            },
        ),
    ]
}

#[test]
fn invariant_8_decoding_never_changes_training() {
    for id in [
        PresetId::Vae20,
        PresetId::AaeMixture,
        PresetId::DenoiseDense,
    ] {
        let (mut undisturbed, _) = trained(id);
        let (mut watched, mut encoded) = trained(id);
        let undisturbed = take(&mut undisturbed, 10);
        let mut objectives = Vec::new();
        for _ in 0..10 {
            objectives.extend(take(&mut watched, 1));
            for set in everything() {
                let found = decode(&mut watched, Some(&encoded), &set).expect("the device works");
                assert!(found.is_some_and(|view| !view.is_empty()), "{set:?}");
            }
            let looked = ProbeState::default().encoded(&mut watched, false);
            encoded = looked.expect("looked at");
        }
        assert_eq!(objectives, undisturbed, "{id}");
    }
}

#[test]
fn the_worker_decodes_what_is_asked_at_rest_and_in_training() {
    let worker = with_digits();
    start(&worker, 1, small());
    let ask = |revision, decode: Vec<DecodeRequest>| {
        worker.look_at(ProbeRequest {
            revision,
            scatter: None,
            decode,
            ..ProbeRequest::default()
        });
    };
    ask(1, everything());
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 1);
    let answered: Vec<Requester> = seen
        .decoded
        .views
        .iter()
        .map(|view| view.requester)
        .collect();
    let expected: Vec<Requester> = everything().iter().map(|set| set.requester).collect();
    assert_eq!(answered, expected);
    assert_eq!(seen.decoded.units.expect("asked for").units.len(), 8);
    assert_eq!(seen.scatter, None, "nobody asked to see it");

    ask(2, everything()[4..].to_vec());
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 2);
    assert!(seen.decoded.of(Requester::Grid).is_none());
    assert!(seen.decoded.of(Requester::Sliders).is_some());

    // An endless run: what is asked meanwhile is answered.
    let endless = NonZeroU64::new(u64::MAX >> 1).expect("many");
    send(&worker, Command::TrainSteps(endless));
    for revision in 3..9_u8 {
        let code: CodeSelection = CodeSelection::Codes([f32::from(revision); 8].into());
        let requester = Requester::Pointer;
        ask(
            u64::from(revision),
            vec![DecodeRequest {
                requester,
                places: code.clone(),
            }],
        );
        let seen = snapshot(&worker, |snapshot| {
            let view = snapshot.decoded.of(requester);
            view.is_some_and(|view| view.places == code)
        });
        assert_eq!(seen.decoded.of(requester).map(|view| view.len()), Some(1));
        assert_eq!(seen.decoded.units, None, "nothing asks for it");
    }
    send(&worker, Command::Pause);
}
