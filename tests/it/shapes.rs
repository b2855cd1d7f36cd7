//! Images that are not MNIST's: data sets of oblong images and three classes, gray and in colour, go all the way, from
//! the worker to the figures.

use std::ops::ControlFlow;
use std::sync::Arc;

use egui_kittest::Harness;
use hourglass::data::{Dataset, Split};
use hourglass::experiment::dataset::{Generator, Origin};
use hourglass::experiment::network::Connection;
use hourglass::experiment::{
    DataSetId, DataSetSpec, Experiment, FineTuning, ImageShape, LayerName, PresetId,
};
use hourglass::figure::{FigureKind, FigureRequest, Format};
use hourglass::protocol::{
    CodeSelection, Command, DecodeRequest, Evaluation, Event, Failure, FilterRequest, Gathered,
    KnownFactors, Phase, PreparedImage, ProbeRequest, Requester, RunId, Snapshot, Span,
    UserImageId,
};
use hourglass::run_folder::{EXPERIMENT_FILE, read_experiment};
use hourglass::state::{LabState, RunView};
use hourglass::train::device;
use hourglass::ui::your_image::YourImagePanel;
use hourglass::ui::{
    Action, Panel, digits::DigitsPanel, filters::FiltersPanel, latent::LatentPanel,
    manifold::ManifoldPanel, network::NetworkPanel, sliders::SlidersPanel,
};
use hourglass::worker::{Wake, Worker, spawn_with};

use crate::panels_views::{Stage, says, stage};
use crate::worker::{send, snapshot, wait_for, wait_for_phase};

type Data = &'static DataSetSpec;

static OBLONG: DataSetSpec = bars("oblong", 1);
static COLOUR: DataSetSpec = bars("colour", 3);

const fn bars(name: &'static str, channels: usize) -> DataSetSpec {
    DataSetSpec {
        name,
        label: name,
        about: "A bar at the left, in the middle or at the right",
        class_noun: None,
        classes: &["left", "middle", "right"],
        shape: ImageShape {
            height: 12,
            width: 20,
            channels,
        },
        is_handwriting: false,
        n_train: 240,
        n_test: 60,
        licence: None,
        origin: Origin::Drawn(Generator::PenDigits), // nobody asks: the images are made here
    }
}

/// A bar as high as the image, in the third of the class; how bright and how wide it is varies. In colour it is orange.
fn image(data: Data, idx: usize) -> impl Iterator<Item = u8> {
    let left = idx % 3 * 7;
    let (wide, bright) = (2 + idx % 4, 120 + (idx * 37 % 130).to_le_bytes()[0]);
    let inside = left..left + wide;
    let shape = data.shape;
    (0..shape.n_values()).map(move |value| {
        if inside.contains(&(value % shape.width)) {
            bright >> (value / shape.n_pixels())
        } else {
            0
        }
    })
}

fn made(data: Data) -> Arc<Dataset> {
    let split = |from: usize, n: usize| {
        let images: Vec<u8> = (from..from + n).flat_map(|idx| image(data, idx)).collect();
        let labels: Vec<u8> = (from..from + n)
            .map(|idx| (idx % 3).to_le_bytes()[0])
            .collect();
        Split::new(data.shape, images, labels)
    };
    Arc::new(Dataset {
        id: DataSetId::of(data),
        origin: "made up".to_owned(),
        train: split(0, data.n_train),
        test: split(data.n_train, data.n_test),
        test_factors: KnownFactors::default(),
        report: None,
    })
}

/// A worker on the CPU that has the data set already.
fn with(data: Data) -> Worker {
    let worker = spawn_with(device::cpu(), Wake::nobody(), made(data)).expect("a thread");
    let described = wait_for(&worker, |event| match event {
        Event::DatasetLoaded(dataset) => Some(dataset),
        _ => None,
    });
    assert_eq!(described.shape(), data.shape);
    assert_eq!(described.image_target().shape(), data.shape);
    worker
}

/// A preset of few epochs, with a code that a plane holds.
fn preset(id: PresetId) -> Experiment {
    let mut experiment = id.preset().experiment();
    experiment.training.epochs = 2;
    experiment.training.train_samples = None;
    if let Some(dense) = experiment.architecture.as_dense_mut() {
        dense.code = 2;
    }
    experiment
}

fn start(worker: &Worker, experiment: Experiment) {
    let run = RunId(1);
    send(worker, Command::StartRun { run, experiment });
}

/// Trains an experiment to its end; the last evaluation.
fn trained(worker: &Worker, data: Data, mut experiment: Experiment) -> Evaluation {
    experiment.fit_to(DataSetId::of(data));
    start(worker, experiment);
    send(worker, Command::Train);
    let mut newest = None;
    wait_for(worker, |event| match event {
        Event::Evaluated { evaluation, .. } => {
            newest = Some(evaluation);
            None
        }
        Event::Failed(failure) => panic!("{failure}"),
        Event::PhaseChanged { phase, .. } => matches!(phase, Phase::Finished { .. }).then_some(()),
        _ => None,
    });
    newest.expect("a run ends with an evaluation")
}

/// What a look at the model shows has the shape of the images everywhere.
fn assert_views_have_the_shape(
    worker: &Worker,
    data: Data,
    revision: u32,
    connection: Connection,
    tile: ImageShape,
) {
    let (shape, n_values) = (data.shape, data.shape.n_values());
    let places = CodeSelection::Grid {
        n_places: 3,
        span: Span::Principal,
    };
    worker.look_at(ProbeRequest {
        revision: u64::from(revision),
        samples: (0..6).collect(),
        hovered: Some(5),
        filters: Some(FilterRequest {
            connection,
            all_scales: true,
        }),
        decode: vec![DecodeRequest {
            requester: Requester::Grid,
            places,
        }],
        followed: Some(revision), // another image each time: a request like the one before is not answered again
        errors: true,
        user_images: [PreparedImage {
            id: UserImageId(u64::from(revision)),
            shape,
            pixels: image(data, data.n_train + 4).collect(),
        }]
        .into(),
        ..ProbeRequest::default()
    });
    let user_image = |seen: &Snapshot| {
        let looks = &seen.user_images.as_ref()?.images;
        looks.iter().find(|look| look.percentile.is_some()).cloned()
    };
    let seen = snapshot(worker, |seen| {
        seen.revision == u64::from(revision)
            && user_image(seen).is_some()
            && seen.scatter.is_some()
            && seen.filters.is_some()
            && seen.flow.is_some()
            && seen.errors.is_some()
            && seen.decoded.of(Requester::Grid).is_some()
    });
    let digits = &seen.digits;
    assert_eq!((digits.shape, digits.samples.len()), (shape, 6));
    for values in [
        &digits.originals,
        &digits.corrupted,
        &digits.reconstructions,
    ] {
        assert_eq!(values.len(), 6 * n_values);
    }
    let original: Vec<u8> = image(data, data.n_train + 4).collect();
    let shown = shape.of(&digits.originals, 4).expect("six were asked for");
    assert!(
        shown
            .iter()
            .zip(&original)
            .all(|(&value, &byte)| { (value - f32::from(byte) / 255.0).abs() < 1e-6 })
    );
    let look = user_image(&seen).expect("waited for");
    let rebuilt = shape
        .of(&digits.reconstructions, 4)
        .expect("six were asked for");
    let mut pairs = look.reconstruction.iter().zip(rebuilt);
    assert!(
        look.reconstruction.len() == n_values && pairs.all(|(a, b)| (a - b).abs() < 1e-5),
        "the same image, uncorrupted"
    );
    let nearest = look.percentile.expect("waited for").neighbours[0];
    assert!(
        nearest.sample == 4 && nearest.distance < 1e-3,
        "{nearest:?}"
    );
    let scatter = seen.scatter.expect("waited for");
    assert_eq!(scatter.points.len(), data.n_test);
    let filters = seen.filters.expect("waited for");
    assert_eq!(filters.bank.shape, tile);
    assert_eq!(
        filters.bank.weights.len(),
        filters.tiles.len() * tile.n_values()
    );
    let flow = seen.flow.expect("waited for");
    assert_eq!([flow.input.len(), flow.reconstruction.len()], [n_values; 2]);
    let grid = seen.decoded.of(Requester::Grid).expect("waited for");
    assert_eq!((grid.shape, grid.len()), (shape, 9));
    let errors = seen.errors.expect("waited for");
    let classes: Vec<u8> = errors.classes.iter().map(|class| class.class).collect();
    assert_eq!(classes, [0, 1, 2]);
}

/// The figures of a model are drawn, and tables have a column for each pixel.
fn assert_figures_are_drawn(worker: &Worker, data: Data) {
    for kind in [
        FigureKind::Scatter,
        FigureKind::Digits,
        FigureKind::Manifold,
        FigureKind::Filters,
        FigureKind::Histogram,
    ] {
        for format in [Format::Svg, Format::Png, Format::Csv] {
            let request = FigureRequest {
                hidden: vec![1],
                samples: vec![0, 1, 2],
                ..crate::figures::request(kind, format)
            };
            let (facts, content) = request.content(gathered(worker, &request));
            let file = content.file(format, &facts, &request.look, &mut |_| {
                ControlFlow::Continue(())
            });
            let file = file.expect("drawn");
            let text = String::from_utf8_lossy(&file);
            match (kind, format) {
                (FigureKind::Digits | FigureKind::Manifold, Format::Csv) => {
                    let last = format!(",p{}\n", data.shape.n_values() - 1);
                    assert!(text.contains(&last), "{kind:?} has other columns");
                }
                (FigureKind::Scatter, Format::Svg) => {
                    assert!(
                        text.contains("left") && text.contains("right"),
                        "the legend"
                    );
                }
                _ => assert!(file.len() > 500, "{kind:?} {format:?}"),
            }
        }
    }
}

fn gathered(worker: &Worker, request: &FigureRequest) -> Gathered {
    send(
        worker,
        Command::Gather(request.gather().expect("of the model")),
    );
    wait_for(worker, |event| match event {
        Event::Gathered { gathered, .. } => Some(*gathered),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    })
}

#[test]
fn oblong_images_of_three_classes_are_trained_seen_saved_opened_and_drawn() {
    goes_all_the_way(&OBLONG);
}

#[test]
fn images_in_colour_are_trained_seen_saved_opened_and_drawn() {
    goes_all_the_way(&COLOUR);
}

fn goes_all_the_way(data: Data) {
    let worker = with(data);
    let encoder = Connection::Encoder(0);
    let tile = ImageShape::gray(12, 20); // one for each channel
    let cases = [
        (PresetId::Vanilla64, encoder, tile),
        (PresetId::Conv4, encoder, ImageShape::gray(3, 3)),
        (PresetId::Vae20, encoder, tile),
    ];
    for (revision, (id, connection, tile)) in (7..).zip(cases) {
        let mut experiment = preset(id);
        if id == PresetId::Vanilla64 {
            // Labels as well: a softmax layer of three classes after one epoch.
            experiment.plan.fine_tuning = Some(FineTuning {
                epochs: 1,
                learning_rate: 1e-3,
                corruption: 0.0,
            });
        }
        let evaluation = trained(&worker, data, experiment);
        assert!(evaluation.mse_per_pixel.is_finite(), "{id}");
        assert_views_have_the_shape(&worker, data, revision, connection, tile);
        assert_figures_are_drawn(&worker, data);

        let folder = tempfile::tempdir().expect("a folder");
        let run = folder.path().join("run");
        send(
            &worker,
            Command::SaveRun {
                folder: run.clone(),
            },
        );
        let step = wait_for(&worker, |event| match event {
            Event::RunSaved { step, .. } => Some(step),
            Event::Failed(failure) => panic!("{failure}"),
            _ => None,
        });
        let text = std::fs::read_to_string(run.join(EXPERIMENT_FILE)).expect("saved");
        let listed = format!("image = [12, 20, {}]", data.shape.channels);
        assert!(text.contains(&listed), "{text}");
        let written = read_experiment(&text).expect("an experiment");
        assert_eq!(written.architecture.image(), data.shape);
        assert_eq!(written.n_classes, 3);

        let (opened, folder) = (RunId(2), run);
        send(
            &worker,
            Command::OpenRun {
                run: opened,
                folder,
            },
        );
        let history = wait_for(&worker, |event| match event {
            Event::RunOpened { history, .. } => Some(history),
            Event::Failed(failure) => panic!("{failure}"),
            _ => None,
        });
        wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
        assert_eq!(history.evaluation.step, step, "{id}");
        let [saved, again] = [&evaluation, &history.evaluation].map(|of| of.mse_per_pixel);
        assert_eq!(saved.to_bits(), again.to_bits(), "{id}");
    }
}

#[test]
fn an_experiment_of_another_shape_is_refused_with_both() {
    let worker = with(&OBLONG);
    start(&worker, preset(PresetId::Vanilla64));
    let reason = wait_for(&worker, |event| match event {
        Event::Failed(Failure::InvalidExperiment { reason }) => Some(reason),
        _ => None,
    });
    assert!(
        reason.contains("28×28") && reason.contains("12×20"),
        "{reason}"
    );

    // Lists are made for one shape, and say so where another is asked of them.
    let mut listed = preset(PresetId::Conv4);
    listed.architecture = hourglass::experiment::Architecture::Layers(listed.architecture.lists());
    listed.fit_to(DataSetId::of(&OBLONG));
    start(&worker, listed);
    let reason = wait_for(&worker, |event| match event {
        Event::Failed(Failure::InvalidExperiment { reason }) => Some(reason),
        _ => None,
    });
    assert!(
        reason.contains("12×20") || reason.contains("6×10"),
        "{reason}"
    );
}

#[test]
fn images_that_are_all_held_out_leave_nothing_to_learn_from() {
    let worker = with(&OBLONG);
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.fit_to(DataSetId::of(&OBLONG));
    experiment.training.held_out = 50_000;
    assert_eq!(experiment.validate(), Ok(()), "of more images it can learn");
    start(&worker, experiment);
    let reason = wait_for(&worker, |event| match event {
        Event::Failed(Failure::InvalidExperiment { reason }) => Some(reason),
        Event::RunStarted { .. } => panic!("it learns from one image"),
        _ => None,
    });
    assert!(reason.contains("50000 images are held out"), "{reason}");
}

#[test]
fn layers_of_oblong_images_have_units_for_each_pixel() {
    let mut experiment = preset(PresetId::Conv4);
    experiment.fit_to(DataSetId::of(&OBLONG));
    let layers = experiment.architecture.layers();
    assert_eq!(layers.first(), Some(&(LayerName::Code, 4 * 6 * 10)));
}

/// A panel after training, with what it looks at answered by the worker.
fn shown<P: Panel + Default + 'static>(
    show: fn(&mut P, &mut egui::Ui, RunView<'_>, &mut Vec<Action>),
    worker: &Worker,
    events: &[Event],
    revision: u64,
) -> Harness<'static, Stage<P>> {
    let mut lab = LabState::default();
    lab.begin_run();
    for event in events {
        lab.apply(event.clone());
    }
    let mut harness = stage(show, lab);
    let request = ProbeRequest {
        revision,
        ..harness.state().request.clone()
    };
    worker.look_at(request.clone());
    let seen = snapshot(worker, |seen| {
        seen.revision == revision
            && (request.scatter.is_none() || seen.scatter.is_some())
            && (request.filters.is_none() || seen.filters.is_some())
            && (request.followed.is_none() || seen.flow.is_some())
            && request.decode.len() <= seen.decoded.views.len()
    });
    harness.state_mut().lab.apply_snapshot(seen);
    harness.run_steps(3);
    harness
}

#[test]
fn panels_show_oblong_images_and_the_names_of_their_classes() {
    panels_show(&OBLONG, "240 pixels");
}

#[test]
fn panels_show_images_in_colour() {
    panels_show(&COLOUR, "720 values");
}

fn panels_show(data: Data, ends: &str) {
    let worker = with(data);
    let mut lab = LabState::default();
    let mut events = vec![Event::DatasetLoaded(made(data).describe())];
    lab.apply(events[0].clone());
    let run = lab.begin_run();
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.fit_to(DataSetId::of(data));
    send(&worker, Command::StartRun { run, experiment });
    send(&worker, Command::Train);
    wait_for(&worker, |event| {
        let is_end = matches!(
            event,
            Event::PhaseChanged {
                phase: Phase::Finished { .. },
                ..
            }
        );
        events.push(event);
        is_end.then_some(())
    });

    let latent = shown(LatentPanel::ui, &worker, &events, 1);
    for class in data.classes {
        assert!(says(&latent, &format!("show class {class}")), "{class}");
    }
    assert!(!says(&latent, "show class 3"));
    shown(DigitsPanel::ui, &worker, &events, 2);
    shown(ManifoldPanel::ui, &worker, &events, 3);
    shown(SlidersPanel::ui, &worker, &events, 4);
    shown(FiltersPanel::ui, &worker, &events, 5);
    let network = shown(NetworkPanel::ui, &worker, &events, 6);
    assert!(says(&network, ends));
    let own = shown(YourImagePanel::ui, &worker, &events, 7);
    assert!(says(&own, "You have no images yet"));
}
