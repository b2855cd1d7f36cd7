//! What a frame of the window costs the processor: laying out and tessellating, all views live, with 1,000 or the
//! 10,000 test images or the 60,000 training images as points. What a graphics card or its imitation does with the
//! triangles is not counted.
//!
//! `cargo bench --bench window`

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use divan::Bencher;
use egui::{
    Context, Event as Input, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Vec2, pos2, vec2,
};
use hourglass::app::{App, SpawnWorker, StartOptions};
use hourglass::data::{Split, load};
use hourglass::experiment::{LayerName, N_PIXELS, PresetId};
use hourglass::protocol::{
    Command, DataSetId, DataSource, EvaluationScope, Event, Phase, PlanPosition, PointSource,
    RunId, ScatterRequest, Snapshot,
};
use hourglass::train::{ProbeState, Trainer, device, digits};
use hourglass::worker::{Worker, WorkerSide};

/// Steps trained before the first frame, so that the curves are long.
const N_STEPS: u64 = 2_000;

/// Steps between two frames at 60 frames a second and 1,000 steps a second.
const STEPS_PER_FRAME: u64 = 16;

/// Frames between two snapshots: ten a second.
const FRAMES_PER_SNAPSHOT: u64 = 6;

/// Points of the scatter: some of the test split, all of it, and the training split.
const N_POINTS: [usize; 3] = [1_000, 10_000, 60_000];

/// A place in the scatter of a window of 1280×800.
const IN_SCATTER: Pos2 = pos2(1050.0, 250.0);

fn main() {
    divan::main();
}

/// The application with a scripted worker, whose part is played by a real model.
struct Stage {
    ctx: Context,
    app: App,
    side: WorkerSide,
    run: RunId,
    trainer: Trainer,
    probe: ProbeState,
    source: PointSource,
    n_frames: u64,
}

impl Stage {
    fn new(n_points: usize) -> Self {
        let never = AtomicBool::new(false);
        let mut dataset = load(
            &DataSource::Named(DataSetId::PEN_DIGITS),
            &mut |_| {},
            &never,
        )
        .expect("always there");
        if n_points < dataset.test.len() {
            let images = &dataset.test.images()[..n_points * N_PIXELS];
            dataset.test = Split::new(
                dataset.test.shape(),
                images,
                &dataset.test.labels()[..n_points],
            );
        }
        let experiment = PresetId::Sparse64.preset().experiment();
        let trainer = Trainer::new(experiment.clone(), Arc::new(dataset), &device::cpu().device);

        let sides = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&sides);
        let spawn: SpawnWorker = Rc::new(move |_wake| {
            let (worker, side) = Worker::lanes();
            kept.borrow_mut().push(side);
            worker
        });
        let ctx = Context::default();
        let start = StartOptions {
            experiment: Some(experiment),
            ..StartOptions::default()
        };
        let app = App::new(&ctx, None, start, spawn);
        let side = sides.borrow_mut().pop().expect("the app starts a worker");
        let mut stage = Self {
            ctx,
            app,
            side,
            run: RunId(0),
            trainer,
            probe: ProbeState::default(),
            source: if n_points > 10_000 {
                PointSource::Training
            } else {
                PointSource::Test
            },
            n_frames: 0,
        };
        stage.begin();
        stage
    }

    /// Data, a run, and a good deal of training.
    fn begin(&mut self) {
        let device = device::cpu().info;
        self.say(Event::WorkerReady { device });
        self.say(Event::DatasetLoaded(self.trainer.dataset().describe()));
        self.frame(&[]);
        while let Ok(command) = self.side.commands.try_recv() {
            if let Command::StartRun { run, experiment } = command {
                self.run = run;
                self.say(Event::RunStarted {
                    run,
                    n_parameters: experiment.architecture.n_parameters(),
                    steps_per_epoch: self.trainer.steps_per_epoch(),
                    experiment,
                });
            }
        }
        self.say(Event::PhaseChanged {
            run: self.run,
            phase: Phase::Training {
                position: PlanPosition::default(),
            },
        });
        while self.trainer.step() < N_STEPS {
            self.train(STEPS_PER_FRAME);
            self.frame(&[]);
        }
        self.look();
        for _ in 0..60 {
            self.frame(&[]); // easing comes to rest
        }
    }

    fn say(&self, event: Event) {
        self.side.events.send(event).expect("the window listens");
    }

    fn train(&mut self, n_steps: u64) {
        let burst = self.trainer.burst(Duration::MAX, n_steps, || false);
        let burst = burst.expect("the CPU works");
        self.say(Event::StepsTaken {
            run: self.run,
            steps: burst.steps,
        });
        if burst.evaluation_due {
            let measured = self.trainer.evaluate(EvaluationScope::Running);
            self.say(Event::Evaluated {
                run: self.run,
                evaluation: measured.expect("the CPU works"),
            });
        }
    }

    fn look(&mut self) {
        let request = self.side.probe.take().unwrap_or_default();
        let Self {
            trainer,
            probe,
            source,
            ..
        } = self;
        let shown = digits(trainer, &request.samples).expect("the CPU works");
        let activations = probe.activations(trainer, LayerName::Code);
        let encoded = probe.encoded(trainer, true).expect("the CPU works");
        let asked = ScatterRequest {
            source: *source,
            errors: true,
            ..ScatterRequest::default()
        };
        let scatter = encoded.seen(trainer, asked).expect("the CPU works");
        self.side.snapshot.put(Snapshot {
            revision: request.revision,
            digits: Arc::new(shown),
            activations: activations.expect("the CPU works").map(Arc::new),
            scatter: Some(Arc::new(scatter)),
            ..Snapshot::nothing(self.run, trainer.step())
        });
    }

    /// One frame of 1280×800 at 60 frames a second; returns the triangles it came to.
    fn frame(&mut self, events: &[Input]) -> usize {
        self.n_frames += 1;
        let time = self.n_frames as f64 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 800.0))),
            time: Some(time),
            events: events.to_vec(),
            ..RawInput::default()
        };
        let Self { ctx, app, .. } = self;
        app.tick(ctx);
        let mut output = ctx.run_ui(input, |ui| app.show(ui));
        output.textures_delta.clear(); // no card takes them
        ctx.tessellate(output.shapes, output.pixels_per_point).len()
    }
}

/// Nothing moves.
#[divan::bench(args = N_POINTS, sample_count = 200)]
fn still(bencher: Bencher, n_points: usize) {
    let mut stage = Stage::new(n_points);
    bencher.bench_local(|| stage.frame(&[]));
}

/// The pointer goes over the points: in each frame the nearest one is found, and its card is shown.
#[divan::bench(args = N_POINTS, sample_count = 200)]
fn hovering(bencher: Bencher, n_points: usize) {
    let mut stage = Stage::new(n_points);
    let mut turn = 0.0_f32;
    bencher.bench_local(|| {
        turn += 0.1;
        let at = IN_SCATTER + 60.0 * Vec2::angled(turn);
        stage.frame(&[Input::PointerMoved(at)])
    });
}

/// The wheel turns to and fro: in each frame all points have other places.
#[divan::bench(args = N_POINTS, sample_count = 200)]
fn zooming(bencher: Bencher, n_points: usize) {
    let mut stage = Stage::new(n_points);
    stage.frame(&[Input::PointerMoved(IN_SCATTER)]);
    let mut sign = 1.0;
    bencher.bench_local(|| {
        sign = -sign;
        let wheel = Input::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, 40.0 * sign),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        };
        stage.frame(&[wheel])
    });
}

/// Training goes on: sixteen steps a frame, every view renewed ten times a second, points easing. The
/// training itself is not counted.
#[divan::bench(args = N_POINTS, sample_count = 200, sample_size = 1)]
fn training(bencher: Bencher, n_points: usize) {
    let stage = RefCell::new(Stage::new(n_points));
    bencher
        .with_inputs(|| {
            let mut stage = stage.borrow_mut();
            stage.train(STEPS_PER_FRAME);
            if stage.n_frames.is_multiple_of(FRAMES_PER_SNAPSHOT) {
                stage.look();
            }
        })
        .bench_local_values(|()| stage.borrow_mut().frame(&[]));
}
