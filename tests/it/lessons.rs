//! The lessons, gone through as a person would: every step is trained to its goal, and every number that an answer
//! quotes is measured again.

use std::time::{Duration, Instant};

use hourglass::experiment::{DataSetId, Experiment, PresetId};
use hourglass::protocol::{Command, DataSource};
use hourglass::state::{Input, LabState, Session};
use hourglass::train::device;
use hourglass::ui::lessons::{Course, Does, Goal, Lesson, LessonId, Measured, Said};
use hourglass::worker::{Wake, Worker, spawn};

use crate::data_sets;

/// Far more than the slowest step takes.
const DEADLINE: Duration = Duration::from_mins(15);

/// A person in a lesson: what the window knows, the worker, and how far they are.
struct Pupil {
    state: LabState,
    worker: Worker,
    course: Course,
}

impl Pupil {
    fn with(source: DataSource) -> Self {
        let worker = spawn(device::cpu(), Wake::nobody()).expect("a thread");
        let mut state = LabState::default();
        state.session = Session::new(source, None);
        let mut pupil = Self {
            state,
            worker,
            course: Course::default(),
        };
        pupil.ask(Input::WorkerStarted);
        pupil.until("a model", |pupil| pupil.state.run.is_some());
        pupil
    }

    fn send(&self, commands: Vec<Command>) {
        for command in commands {
            self.worker.send(command).expect("the lane has room");
        }
    }

    fn ask(&mut self, input: Input) {
        let commands = self.state.ask(input);
        self.send(commands);
    }

    /// Hears what the worker reports until something is so.
    fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !is(self) {
            let event = self
                .worker
                .events()
                .expect("the lane is open")
                .recv_deadline(deadline);
            let event = event.unwrap_or_else(|_| panic!("{what} did not come about"));
            let commands = self.state.apply(event);
            self.send(commands);
            self.course.notice(&self.state);
        }
    }

    fn data(&self) -> DataSetId {
        self.state.dataset.as_ref().expect("loaded").id
    }

    /// On pen digits, of which no number is told, a part of the training images has to do where the answers hold with
    /// it: a wide network has to see more to copy noise, and a prior to silence units.
    fn images(&self, experiment: &mut Experiment) {
        const PART: usize = 20_000;
        let lesson = self.course.current().map(|(lesson, _)| lesson.id);
        let needs_all = matches!(lesson, Some(LessonId::Copying | LessonId::Generation));
        if self.data() == DataSetId::PEN_DIGITS && !needs_all {
            experiment.training.train_samples = Some(PART);
        }
    }

    fn train(&mut self, mut experiment: Experiment) {
        self.images(&mut experiment);
        self.state.draft = experiment.clone();
        self.ask(Input::Start(experiment));
        self.send(vec![Command::Train]);
    }

    /// Presses the button of a step, or does by hand what its question asks for.
    fn do_step(&mut self, does: Option<&Does>, goal: Option<&Goal>) {
        let draft = self.state.draft.clone();
        match (does, goal) {
            (Some(does @ Does::Train { .. }), _) => {
                let experiment = does.experiment(&draft).expect("one follows");
                self.train(experiment);
            }
            (Some(does @ Does::Tune(_)), _) => {
                let mut experiment = does.experiment(&draft).expect("one follows");
                self.images(&mut experiment);
                self.state.draft = experiment.clone();
                self.ask(Input::Tune(experiment));
                self.send(vec![Command::Train]);
            }
            (Some(Does::Judge), _) => self.send(vec![Command::JudgeCode]),
            (None, Some(goal)) if !goal.is_met(&self.state) => self.train(goal.experiment(&draft)),
            (None, _) => {}
        }
    }

    fn measured<'a>(&'a self, lesson: &'a Lesson) -> impl Fn(usize) -> Option<&'a Measured> {
        |step| self.course.measured(lesson.id, step, self.data())
    }
}

/// Whether a value is the one that a lesson quotes: runs of other machines add in another order, and a count whose
/// threshold lies near is then one more or less.
fn is_quoted(found: f64, quoted: f64, said: Said) -> bool {
    let shown = said.text(found) == said.text(quoted);
    let are_counts = [found, quoted].iter().all(|value| value.fract() == 0.0);
    let slack = if are_counts { 1.0 } else { 0.05 * quoted.abs() };
    shown || (found - quoted).abs() <= slack
}

/// Goes through a lesson. The right choices have to be those that the words of the answers go with.
fn go_through(id: LessonId, source: DataSource, right: &[usize]) {
    let mut pupil = Pupil::with(source);
    let lesson = id.lesson();
    assert_eq!(right.len(), lesson.steps.len());
    pupil.course.start(id);
    let mut wrong = Vec::new();
    for (place, step) in lesson.steps.iter().enumerate() {
        pupil.course.go_to(place);
        let question = step.question.as_ref().expect("every step asks something");
        let goal = question.goal.as_ref();
        pupil.do_step(step.offer.as_ref().map(|offer| &offer.does), goal);
        let data = pupil.data();
        pupil.until(&format!("the goal of step {place} of {id:?}"), |pupil| {
            pupil.course.has_happened(lesson, place, data)
        });
        assert_eq!(pupil.course.answer(lesson, place, data), None, "no guess");
        pupil.course.take_guess(id, place, right[place]);
        let (answer, found) = pupil
            .course
            .answer(lesson, place, data)
            .expect("all it speaks of was measured");
        if found != right[place] {
            wrong.push(format!("step {place}: choice {found} is right: {answer}"));
        }
        if data == DataSetId::MNIST {
            for (said, &quoted) in question.answer.said.iter().zip(question.answer.on_mnist) {
                let found = said.value(place, &pupil.measured(lesson));
                let found = found.expect("it is in the answer");
                if !is_quoted(found, quoted, *said) {
                    wrong.push(format!("step {place}: {} is {found}", said.label()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{id:?}:\n{}", wrong.join("\n"));
}

/// The right choices, in the order of the steps.
const RIGHT: [(LessonId, &[usize]); 6] = [
    (LessonId::Bottleneck, &[1, 1, 1, 2, 0]),
    (LessonId::Linear, &[1, 1, 0, 1]),
    (LessonId::Copying, &[1, 0, 2, 2]),
    (LessonId::Sparsity, &[1, 2, 1, 1]),
    (LessonId::Denoising, &[2, 0, 1, 2]),
    (LessonId::Generation, &[1, 0, 2, 1, 1, 1]),
];

macro_rules! lessons {
    ($($name:ident $on_pen_digits:ident: $lesson:ident;)*) => {
        $(
            /// On MNIST where it is there.
            #[test]
            fn $name() {
                let (id, right) = RIGHT[LessonId::$lesson.lesson().number() - 1];
                go_through(id, data_sets::source(), right);
            }

            #[test]
            fn $on_pen_digits() {
                let (id, right) = RIGHT[LessonId::$lesson.lesson().number() - 1];
                go_through(id, DataSource::Named(DataSetId::PEN_DIGITS), right);
            }
        )*
    };
}

lessons! {
    the_lesson_on_the_bottleneck_holds the_lesson_on_the_bottleneck_holds_on_pen_digits: Bottleneck;
    the_lesson_on_pca_holds the_lesson_on_pca_holds_on_pen_digits: Linear;
    the_lesson_on_copying_holds the_lesson_on_copying_holds_on_pen_digits: Copying;
    the_lesson_on_sparsity_holds the_lesson_on_sparsity_holds_on_pen_digits: Sparsity;
    the_lesson_on_denoising_holds the_lesson_on_denoising_holds_on_pen_digits: Denoising;
    the_lesson_on_generation_holds the_lesson_on_generation_holds_on_pen_digits: Generation;
}

/// Counts that a lesson's question names are those of the presets.
#[test]
fn presets_of_lessons_are_as_the_texts_say() {
    assert_eq!(
        PresetId::Vanilla64
            .preset()
            .experiment()
            .architecture
            .code_size(),
        64
    );
    assert_eq!(
        PresetId::Linear32
            .preset()
            .experiment()
            .architecture
            .code_size(),
        32
    );
    assert_eq!(
        PresetId::BetaVae10
            .preset()
            .experiment()
            .architecture
            .code_size(),
        10
    );
    let [two, twenty] = [PresetId::Vae2, PresetId::Vae20]
        .map(|id| id.preset().experiment().architecture.code_size());
    assert_eq!(twenty - two, 18);
}
