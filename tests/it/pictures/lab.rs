//! What the pictures show: runs in mid-training whose curves, codes and weights are made up, on digits as the program
//! draws them. Nothing is trained, for training rounds differently from processor to processor.

use std::sync::Arc;

use egui::ThemePreference;
use hourglass::data::pen_digits::{self, Factors};
use hourglass::experiment::network::{Connection, Network};
use hourglass::experiment::{LayerName, N_PIXELS, PresetId};
use hourglass::protocol::{
    Axes, CodeSelection, CodeStart, DatasetDescription, DecodeRequest, DeviceChoice, DeviceInfo,
    DeviceKind, EditedCode, Event, Found, Requester, SampleIdx, Snapshot, Spacing, Span,
};
use hourglass::state::{LabState, RunView};
use hourglass::ui::Action;
use hourglass::ui::notices::Notes;
use hourglass::ui::top_bar::{ThreadFacts, TopBar, WindowFacts};

use crate::panels_views::{inside, script};

/// Test images.
const N_TEST: u32 = 200;

/// Steps taken: two and a half epochs.
const N_STEPS: u64 = 250;

/// 64 units with an L1 penalty on the code.
pub fn l1() -> LabState {
    run(PresetId::Sparse64)
}

/// Inputs with parts masked.
pub fn denoising() -> LabState {
    run(PresetId::DenoiseDense)
}

/// 64 units, and two user images.
pub fn dense() -> LabState {
    let mut lab = run(PresetId::Vanilla64);
    script::add_own(&mut lab, "bar.png", 12);
    script::add_two_digits(&mut lab, "rings.png");
    script::look_at_own(&mut lab);
    label_neighbours(&mut lab);
    lab
}

/// Two hidden layers, whose gradients were measured every twenty-five steps.
pub fn deep() -> LabState {
    let mut lab = run(PresetId::Multilayer64);
    script::measure_gradients(&mut lab, 0..=0);
    for step in (25..=N_STEPS).step_by(25) {
        script::measure_gradients(&mut lab, step..=step);
    }
    lab
}

/// A variational code of two units, decoded wherever the panels ask.
pub fn vae() -> LabState {
    let mut lab = run(PresetId::Vae2);
    script::evaluate_fully(&mut lab, |evaluation| {
        evaluation.variational = Some(script::variational());
        evaluation.bce_per_pixel = Some(0.12); // above the entropy floor, as any
    });
    decode_grid(&mut lab);
    decode_sliders(&mut lab);
    lab
}

/// The top bar, with what it shows of the window.
#[derive(Default)]
pub struct Bar(TopBar);

impl Bar {
    pub fn ui(&mut self, ui: &mut egui::Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let window = WindowFacts {
            theme: ThemePreference::System,
            scale: 1.0,
            device: DeviceChoice::Cpu,
            threads: ThreadFacts::default(),
            exporting: None,
            presents: false,
            glides: false,
        };
        self.0
            .ui(ui, view.state, window, &Notes::default(), actions);
    }
}

fn run(preset: PresetId) -> LabState {
    let (images, factors) = pen_digits::draw_range(1, 0..N_TEST);
    let dataset = DatasetDescription {
        n_train: 60_000,
        test_images: images.into(),
        test_labels: factors.iter().map(|factors| factors.class).collect(),
        ..script::dataset(0)
    };
    let mut lab = LabState::default();
    lab.apply(Event::WorkerReady {
        device: DeviceInfo {
            kind: DeviceKind::Cpu,
            name: "CPU (flex)".to_owned(),
        },
    });
    lab.apply(Event::DatasetLoaded(dataset));
    script::know_baselines(&mut lab);
    let experiment = preset.preset().experiment();
    script::start(&mut lab, &experiment);
    script::train(&mut lab, N_STEPS);
    script::evaluate_fully(&mut lab, |_| {});
    let samples: Vec<SampleIdx> = (0..16).collect();
    script::look(&mut lab, &samples, None, LayerName::Code);
    let run = lab.run.as_mut().expect("a run was started");
    let snapshot = run.snapshot.as_mut().expect("just delivered");
    inside::fill(
        snapshot,
        &Network::new(&experiment),
        Connection::Encoder(0),
        0,
    );
    make_up(snapshot, &factors);
    lab
}

/// Gives a look at the model the content of one that has learned something.
fn make_up(snapshot: &mut Snapshot, factors: &[Factors]) {
    let digits = Arc::make_mut(&mut snapshot.digits);
    digits.reconstructions = blurred(&digits.originals);
    if let Some(flow) = &mut snapshot.flow {
        let flow = Arc::make_mut(flow);
        flow.input = digits.originals[..N_PIXELS].to_vec();
        flow.reconstruction = digits.reconstructions[..N_PIXELS].to_vec();
        flow.label = digits.labels[0];
    }
    if let Some(scatter) = &mut snapshot.scatter {
        Arc::make_mut(scatter).points = factors.iter().map(code_of).collect();
    }
    if let Some(filters) = &mut snapshot.filters {
        let bank = &mut Arc::make_mut(filters).bank;
        bank.weights = (0..bank.n_outputs).flat_map(wavelet).collect();
    }
}

/// Gives the test images nearest to user images their classes.
fn label_neighbours(lab: &mut LabState) {
    let labels = &lab
        .dataset
        .as_ref()
        .expect("a data set is loaded")
        .test_labels;
    let run = lab.run.as_mut().expect("a run was started");
    let user_image = run
        .snapshot
        .as_mut()
        .and_then(|snapshot| snapshot.user_images.as_mut());
    for look in &mut Arc::make_mut(user_image.expect("just delivered")).images {
        let percentile = look.percentile.as_mut().expect("it has one");
        for neighbour in &mut percentile.neighbours {
            neighbour.label = labels[neighbour.sample as usize];
        }
    }
}

/// The code of a digit: classes lie around a circle, and within a class slant and thickness lead outwards and along.
fn code_of(factors: &Factors) -> [f32; 2] {
    let [x, y] = centre_of(factors.class);
    [
        x + factors.slant_degrees / 40.0,
        y + (factors.thickness_px - 2.5) / 2.5,
    ]
}

fn centre_of(class: u8) -> [f32; 2] {
    let (sine, cosine) = (f32::from(class) * std::f32::consts::TAU / 10.0).sin_cos();
    [2.0 * cosine, 2.0 * sine]
}

/// Each pixel the mean of its neighbourhood of 3×3, as a narrow code would have it.
fn blurred(images: &[f32]) -> Vec<f32> {
    const SIDE: isize = 28;
    let blur = |image: &[f32]| -> Vec<f32> {
        let at = |x: isize, y: isize| {
            let inside = (0..SIDE).contains(&x) && (0..SIDE).contains(&y);
            if inside {
                image[(y * SIDE + x) as usize]
            } else {
                0.0
            }
        };
        let mean = |idx: isize| {
            let neighbours = (0..9).map(|n| at(idx % SIDE + n % 3 - 1, idx / SIDE + n / 3 - 1));
            neighbours.sum::<f32>() / 9.0
        };
        (0..SIDE * SIDE).map(mean).collect()
    };
    images.chunks_exact(N_PIXELS).flat_map(blur).collect()
}

/// The weights of a unit that looks for a stroke: a wave under a bell, `[784]`, each unit with its own direction and
/// place.
fn wavelet(unit: usize) -> Vec<f32> {
    let turn = 2.4 * unit as f32; // the golden angle, nearly: no two units alike
    let (sine, cosine) = turn.sin_cos();
    let [x0, y0] = [14.0 + 5.0 * cosine, 14.0 + 5.0 * (1.7 * turn).sin()];
    let at = |pixel: usize| {
        let (x, y) = ((pixel % 28) as f32 - x0, (pixel / 28) as f32 - y0);
        let bell = (-(x * x + y * y) / 40.0).exp();
        0.6 * bell * ((x * sine + y * cosine) * 0.7).cos()
    };
    (0..N_PIXELS).map(at).collect()
}

fn decode_grid(lab: &mut LabState) {
    let n_places = 12_u16;
    let places: Vec<f32> = (0..n_places)
        .map(|place| f32::from(place) * 0.5 - 2.75)
        .collect();
    let codes = places
        .iter()
        .flat_map(|&y| places.iter().flat_map(move |&x| [x, y]));
    let codes = codes.collect();
    let prior = lab
        .run
        .as_ref()
        .expect("a run was started")
        .experiment
        .objective
        .prior;
    let found = Found::Grid {
        units: Some([0, 1]),
        axes: Axes::Raw,
        spacing: prior
            .distribution()
            .map_or(Spacing::Codes, Spacing::Quantiles),
        xs: places.clone(),
        ys: places,
    };
    let grid = CodeSelection::Grid {
        n_places: usize::from(n_places),
        span: Span::Principal,
    };
    decode(lab, Requester::Grid, grid, found, codes);
}

fn decode_sliders(lab: &mut LabState) {
    /// Pictures of a strip in a panel of this size; where there is room for another number, none are shown.
    const N_PLACES: u16 = 6;
    let code = EditedCode {
        start: CodeStart::Sample(0),
        edits: Vec::new(),
    };
    let edited = CodeSelection::Edited(code.clone());
    let at = [-0.9, 0.8];
    decode(
        lab,
        Requester::Sliders,
        edited,
        Found::Given,
        [at, at].concat(),
    );
    let strips = CodeSelection::Traversals {
        code,
        units: vec![0, 1],
        n_places: usize::from(N_PLACES),
    };
    let along = |unit: usize| {
        (0..N_PLACES).flat_map(move |place| {
            let mut code = at;
            code[unit] = 2.0 * f32::from(place) / f32::from(N_PLACES - 1) - 1.0;
            code
        })
    };
    let codes = [0, 1].into_iter().flat_map(along).collect();
    decode(lab, Requester::Traversals, strips, Found::Given, codes);
}

/// Delivers what was decoded; each picture is a blend of the digits whose classes lie near its code.
fn decode(
    lab: &mut LabState,
    requester: Requester,
    places: CodeSelection,
    found: Found,
    codes: Vec<f32>,
) {
    let dataset = lab.dataset.clone().expect("a data set is loaded");
    script::decode(lab, DecodeRequest { requester, places }, found, codes);
    let first_of = |class: u8| {
        let sample = dataset.test_labels.iter().position(|label| *label == class);
        dataset.test_image(sample.expect("200 digits have all classes"))
    };
    let blend = |code: &[f32]| {
        let mut sum = [0.0; N_PIXELS];
        let mut total = 0.0;
        for class in 0..10 {
            let [x, y] = centre_of(class);
            let away = (x - code[0]).powi(2) + (y - code[1]).powi(2);
            let weight = (-2.0 * away).exp();
            total += weight;
            for (sum, &ink) in sum.iter_mut().zip(first_of(class).expect("a test image")) {
                *sum += weight * f32::from(ink) / 255.0;
            }
        }
        sum.map(|sum| sum / total)
    };
    let run = lab.run.as_mut().expect("a run was started");
    let snapshot = run.snapshot.as_mut().expect("something was looked at");
    let newest = snapshot.decoded.views.last_mut().expect("just decoded");
    let view = Arc::make_mut(newest);
    view.images = view.codes.chunks_exact(2).flat_map(blend).collect();
}
