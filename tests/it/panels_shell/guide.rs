//! The page about a preset, the lessons, the search and what a projector needs.

use std::num::NonZeroU64;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::app::StartOptions;
use hourglass::experiment::{PresetId, differences};
use hourglass::protocol::{
    CodeFigures, Command, DataSetId, Evaluation, EvaluationScope, Event, Phase,
};
use hourglass::ui::Pane;
use hourglass::ui::Sheet;
use hourglass::ui::lessons::{ALL, Does, LessonId, What};
use hourglass::ui::{Action, GuideAction};

use super::controls::act;
use super::stage::Stage;
use crate::panels_views::script;

/// The whole test split was measured at an epoch.
fn evaluate(stage: &mut Stage, epoch: f64, change: impl FnOnce(&mut Evaluation)) {
    let run = stage.app().state().run.as_ref().expect("a run was started");
    let (id, terms) = (run.id, run.experiment.objective.terms());
    let size = run.experiment.architecture.code_size();
    let mut evaluation = script::evaluation(100, epoch, &terms, 0.0099);
    evaluation.scope = EvaluationScope::Full;
    evaluation.code = Some(CodeFigures {
        size,
        mean_activation: 0.5,
        near_zero_fraction: 0.0,
        dead_units: 0,
        unit_means: vec![0.5; size],
        unit_variances: vec![0.1; size],
        jacobian_norm: 8.0,
    });
    evaluation.noise_image_mse = Some(0.056);
    change(&mut evaluation);
    stage.report(Event::Evaluated {
        run: id,
        evaluation,
    });
    stage.step();
}

/// A window on MNIST, as far as the description says.
fn on_mnist() -> Stage {
    let mut stage = Stage::open();
    stage.report(Event::WorkerReady {
        device: super::stage::cpu(),
    });
    let mut dataset = script::dataset(20);
    dataset.id = DataSetId::MNIST;
    stage.report(Event::DatasetLoaded(dataset));
    stage.step();
    stage.answer_start();
    stage
}

/// What PCA reaches, with 0, 1, … components.
fn know_baselines(stage: &mut Stage) {
    stage.report(Event::BaselinesKnown(hourglass::protocol::Baselines {
        entropy_floor: 0.058,
        n_train: 60_000,
        pca_mse: (0..785).map(|n| 0.067 / f64::from(1 + n)).collect(),
    }));
    stage.step();
}

fn open_page(stage: &mut Stage) {
    stage.press(Key::F1);
    assert!(stage.has("What training minimises"));
}

#[test]
fn f1_opens_the_page_about_the_preset_and_escape_hides_it() {
    let mut stage = Stage::ready();
    open_page(&mut stage);
    for text in [
        "Vanilla",
        "101,200 parameters · 12.2 : 1 compression",
        "What to look for",
        "Expected results on MNIST",
        "wiseodd 2016",
    ] {
        assert!(stage.has(text), "{text}");
    }
    stage.press(Key::Escape);
    assert!(!stage.has("What training minimises"));
    stage.click("Understand this preset");
    assert!(stage.has("What training minimises"));
    stage.press(Key::F1);
    assert!(!stage.has("What training minimises"));
}

#[test]
fn the_page_says_what_differs_and_puts_it_back() {
    let mut stage = Stage::ready();
    open_page(&mut stage);
    assert!(stage.has("Nothing; the seed is 1"));
    let mut draft = stage.app().state().draft.clone();
    draft.optimizer.learning_rate = 0.01;
    act(&mut stage, Action::Edit(Box::new(draft)));
    assert!(stage.has("learning rate: 0.001 → 0.01"));
    stage
        .harness
        .get_by_role_and_label(Role::Button, "Back to the preset")
        .click_accesskit(); // further down the page
    stage.step();
    assert!(stage.has("Nothing; the seed is 1"));
    assert!(stage.app().state().draft.is_pristine());
}

#[test]
fn what_the_run_has_reached_stands_beside_what_it_should_with_a_verdict() {
    let mut stage = on_mnist();
    stage.train();
    open_page(&mut stage);
    assert!(stage.has("measured at the end of each epoch"));
    evaluate(&mut stage, 1.0, |evaluation| {
        evaluation.mse_per_pixel = 0.02;
    });
    assert!(stage.has("not yet"), "there are epochs left");
    assert!(!stage.has("falls short"));
    evaluate(&mut stage, 5.0, |evaluation| {
        evaluation.mse_per_pixel = 0.02;
    });
    assert!(stage.has("falls short"));
    assert!(stage.has("0.0200"));
    evaluate(&mut stage, 5.0, |evaluation| {
        evaluation.mse_per_pixel = 0.0099;
    });
    assert!(!stage.has("falls short") && !stage.has("not yet"));
    assert!(!stage.has("does not compare with these figures"));
    // Twice the epochs of the preset: no verdict is passed on what they reach.
    evaluate(&mut stage, 10.0, |evaluation| {
        evaluation.mse_per_pixel = 0.02;
    });
    assert!(stage.has("does not compare with these figures"));
    assert!(!stage.has("falls short"));
}

#[test]
fn figures_of_mnist_do_not_judge_pen_digits() {
    let mut stage = Stage::training(); // on pen digits
    open_page(&mut stage);
    evaluate(&mut stage, 5.0, |evaluation| {
        evaluation.mse_per_pixel = 0.5;
    });
    assert!(stage.has("this number is for MNIST"));
    assert!(!stage.has("falls short"));
}

#[test]
fn a_run_that_is_compared_needs_the_other_one_trained_to_its_end() {
    let mut stage = on_mnist();
    let contractive = PresetId::Contractive64;
    let train = |stage: &mut Stage, preset: PresetId, norm: f64| {
        act(stage, Action::ChoosePreset(preset));
        act(stage, Action::ApplyDraft);
        stage.answer_start();
        stage.train();
        evaluate(stage, 5.0, |evaluation| {
            if let Some(code) = &mut evaluation.code {
                code.jacobian_norm = norm;
            }
        });
    };
    train(&mut stage, contractive, 2.0);
    open_page(&mut stage);
    assert!(stage.has("train vanilla-64-tied to the end in this session"));
    train(&mut stage, PresetId::Vanilla64Tied, 8.0);
    train(&mut stage, contractive, 2.0);
    assert!(!stage.has("train vanilla-64-tied to the end in this session"));
    assert!(stage.has("≤ 0.75 × vanilla-64-tied: 6.00"));
    train(&mut stage, contractive, 7.0);
    assert!(stage.has("falls short"));
}

#[test]
fn where_tabs_have_no_room_the_one_in_front_is_in_sight_until_someone_scrolls() {
    let window = egui::vec2(853.0, 533.0); // 1280×800 at 150 %
    let mut stage = Stage::open_with(StartOptions::default(), None, window);
    stage.get_ready();
    let settle = |stage: &mut Stage| {
        for _ in 0..60 {
            stage.step(); // the arrows scroll over some frames
        }
    };
    let ends = |stage: &Stage, tab: &str| {
        let tab = stage.harness.get_by_role_and_label(Role::Button, tab);
        [tab.rect().left(), tab.rect().right()]
    };
    settle(&mut stage);
    let latent_left = stage.harness.get_by_label("Latent space").rect().left();
    assert!(
        ends(&stage, "Numbers")[1] > window.x,
        "else nothing is to be scrolled"
    );

    act(&mut stage, GuideAction::LookAt(Pane::Numbers));
    settle(&mut stage);
    let [left, right] = ends(&stage, "Numbers");
    assert!(
        latent_left <= left && right <= window.x,
        "{left} to {right}"
    );

    for _ in 0..8 {
        if ends(&stage, "Activations")[0] < latent_left - 20.0 {
            stage.click("Scroll tabs left");
            settle(&mut stage);
        }
    }
    let [left, right] = ends(&stage, "Activations");
    assert!(
        latent_left - 20.0 <= left && right <= window.x,
        "{left} to {right}"
    );
}

#[test]
fn the_page_brings_views_forward() {
    let mut stage = Stage::ready();
    act(&mut stage, GuideAction::LookAt(Pane::Numbers));
    open_page(&mut stage);
    stage.click("Look at Activations");
    let tab = stage
        .harness
        .get_by_role_and_label(Role::Button, "Activations");
    assert_eq!(tab.accesskit_node().toggled(), Some(Toggled::True));
    assert!(
        !stage.has("What training minimises"),
        "it does not cover them"
    );
}

#[test]
fn a_lesson_sets_the_controls_notices_and_takes_back() {
    let mut stage = on_mnist();
    stage.commands();
    let own = PresetId::Conv4.preset().experiment();
    act(&mut stage, Action::Edit(Box::new(own.clone())));
    stage.answer_start();
    stage.press(Key::F2);
    stage.click("Start: Compression and the bottleneck");
    assert!(!stage.has("Six guided lessons"));
    assert!(stage.has("784 pixels and must pass through the code"));

    stage.click("Train with 64 units");
    let commands = stage.answer_start();
    assert!(
        matches!(&commands[..], [.., Command::StartRun { experiment, .. }, Command::Train] if experiment.is_pristine()),
        "{commands:?}"
    );
    assert_eq!(stage.app().state().draft.preset, Some(PresetId::Vanilla64));
    stage.train();
    know_baselines(&mut stage);
    evaluate(&mut stage, 1.0, |evaluation| {
        evaluation.mse_per_pixel = 0.02;
    });
    assert!(stage.has("Answered after 5 epochs; 1 measured so far"));
    stage.click("Guess: about 0.1");
    assert!(!stage.has("The test MSE is"));
    evaluate(&mut stage, 5.0, |evaluation| {
        evaluation.mse_per_pixel = 0.0123;
    });
    let answer = "The test MSE is 0.0123. Its square root is 0.11";
    assert!(stage.has(answer), "the lesson noticed");
    assert!(stage.has("On MNIST with seed 1: test MSE 0.0099"));

    stage.click("Next step of the lesson");
    stage.click("Train with 8 units");
    let commands = stage.answer_start();
    let code = commands.iter().find_map(|command| match command {
        Command::StartRun { experiment, .. } => Some(experiment.architecture.code_size()),
        _ => None,
    });
    assert_eq!(code, Some(8));
    stage.train();
    stage.click("Back in the lesson");
    assert_eq!(stage.app().state().draft.architecture.code_size(), 64);
    assert!(stage.has(answer), "what was answered stays answered");

    stage.click("Leave the lesson");
    assert!(!stage.has("784 pixels and must pass through the code"));
    stage.press(Key::F2);
    assert!(stage.has("Continue: Compression and the bottleneck"));
    stage.click("Restore my experiment");
    assert_eq!(stage.app().state().draft, own);
}

#[test]
fn a_lesson_that_tunes_keeps_the_run() {
    let mut stage = on_mnist();
    act(&mut stage, Action::ChoosePreset(PresetId::Sparse64));
    stage.answer_start();
    stage.train();
    let run = stage.run();
    act(&mut stage, GuideAction::StartLesson(LessonId::Sparsity));
    act(&mut stage, GuideAction::GoToStep(2));
    stage.commands();
    stage.click("Raise λ to 0.003");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::Tune(_), Command::Train]),
        "{commands:?}"
    );
    assert_eq!(stage.run(), run);
}

#[test]
fn entering_a_step_brings_its_view_forward_and_a_question_without_goal_waits_for_a_guess() {
    let mut stage = Stage::ready();
    act(&mut stage, GuideAction::StartLesson(LessonId::Linear));
    act(&mut stage, GuideAction::GoToStep(1));
    let tab = stage.harness.get_by_role_and_label(Role::Button, "Numbers");
    assert_eq!(tab.accesskit_node().toggled(), Some(Toggled::True));

    act(&mut stage, GuideAction::StartLesson(LessonId::Denoising));
    act(&mut stage, GuideAction::GoToStep(2));
    assert!(!stage.has("A masked pixel has neighbours"));
    assert!(stage.has("Choose one, and the answer appears"));
    stage.click("Guess: its code is too small");
    assert!(stage.has("A masked pixel has neighbours"));
    let choice = stage
        .harness
        .get_by_label("Guess: a digit with a gap is a likely digit");
    assert!(
        choice.accesskit_node().is_disabled(),
        "the first guess counts"
    );
}

#[test]
fn lessons_are_short_valid_and_can_be_met() {
    for lesson in &ALL {
        let name = lesson.title;
        assert!((4..=7).contains(&lesson.steps.len()), "{name}");
        assert_eq!(lesson.id.lesson().title, name);
        let mut experiment = PresetId::Vanilla64.preset().experiment();
        for (place, step) in lesson.steps.iter().enumerate() {
            assert!((40..420).contains(&step.text.len()), "{name}, step {place}");
            if let Some(next) = step
                .offer
                .as_ref()
                .and_then(|offer| offer.does.experiment(&experiment))
            {
                assert_eq!(next.validate(), Ok(()), "{name}, step {place}");
                if let Some(Does::Tune(_)) = step.offer.as_ref().map(|offer| &offer.does) {
                    assert!(experiment.keeps_model_of(&next), "{name}, step {place}");
                    assert!(
                        !differences(&experiment, &next).is_empty(),
                        "{name}, step {place}"
                    );
                }
                experiment = next;
            }
            let Some(goal) = step.question.as_ref().and_then(|of| of.goal.as_ref()) else {
                continue;
            };
            // A person who pressed the step's button can get there.
            if let Some(Does::Train { preset, .. }) = step.offer.as_ref().map(|offer| &offer.does) {
                assert_eq!(goal.preset, *preset, "{name}, step {place}");
                let meant = goal.experiment(&experiment);
                assert_eq!(
                    experiment.architecture, meant.architecture,
                    "{name}, step {place}"
                );
                if let What::Epochs(epochs) = goal.what {
                    assert!(
                        experiment.total_epochs() >= epochs as usize,
                        "{name}, step {place}"
                    );
                }
            }
        }
    }
}

/// A number of `on_mnist` stands for each `{}` of an answer, and the strip holds the longest step.
#[test]
fn answers_of_lessons_have_a_number_for_each_gap() {
    for lesson in &ALL {
        for step in lesson.steps {
            let answer = &step.question.as_ref().expect("every step asks").answer;
            let n_gaps = answer.text.matches("{}").count();
            assert_eq!(answer.said.len(), n_gaps, "{}", answer.text);
            assert_eq!(answer.on_mnist.len(), n_gaps, "{}", answer.text);
        }
    }
}

/// The buttons below the strip keep their place throughout a lesson, whatever is answered.
#[test]
fn the_strip_keeps_its_height_within_a_lesson() {
    let mut stage = on_mnist();
    for lesson in &ALL {
        act(&mut stage, GuideAction::StartLesson(lesson.id));
        let mut places = Vec::new();
        for step in 0..lesson.steps.len() {
            act(&mut stage, GuideAction::GoToStep(step));
            stage.step();
            let back = stage.harness.get_by_label("Back in the lesson");
            places.push(back.rect().top());
            let question = lesson.steps[step].question.as_ref().expect("it asks");
            stage.click(&format!("Guess: {}", question.guess.choices[0]));
            let back = stage.harness.get_by_label("Back in the lesson");
            places.push(back.rect().top());
        }
        let first = places[0];
        assert!(
            places.iter().all(|place| (place - first).abs() < 0.5),
            "{}: {places:?}",
            lesson.title
        );
    }
}

/// At 1024×768 and 150 %: the step, its buttons and the view that it speaks of are seen together.
#[test]
fn in_a_small_window_a_lesson_leaves_room_for_its_view() {
    let size = egui::vec2(683.0, 512.0);
    let mut stage = Stage::open_with(StartOptions::default(), None, size);
    act(&mut stage, GuideAction::StartLesson(ALL[0].id));
    stage.step();
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
    let step = &ALL[0].steps[0];
    let buttons = stage.harness.get_by_label("Next step of the lesson").rect();
    let view = format!("Title of {}", step.look.title());
    let view = stage.harness.get_by_label(&view).rect();
    assert!(window.contains_rect(buttons) && window.contains_rect(view));
    assert!(
        buttons.bottom() < view.top() && view.top() < 0.6 * size.y,
        "{buttons:?} {view:?}"
    );
    let leave = stage.harness.get_by_label("Leave the lesson").rect();
    assert!(
        window.contains_rect(leave),
        "nothing is wider than the window"
    );
    act(&mut stage, GuideAction::LeaveLesson);
    stage.step();
    assert!(
        stage
            .harness
            .query_by_label("Title of Latent space")
            .is_some()
    );
}

/// Counts of parameters in the lessons' texts are those of their presets.
#[test]
fn counts_of_parameters_in_lessons_are_right() {
    let mut n_counts = 0;
    for lesson in &ALL {
        let counts: Vec<String> = lesson
            .presets()
            .map(|id| hourglass::ui::number::count_of(id.preset().experiment().n_parameters()))
            .collect();
        for question in lesson
            .steps
            .iter()
            .filter_map(|step| step.question.as_ref())
        {
            let words = question.asks.split_whitespace();
            let of_thousands = |word: &&str| {
                let word = word.trim_end_matches(['.', '?', ':']);
                word.len() > 5 && word.chars().all(|c| c.is_ascii_digit() || c == ',')
            };
            for word in words.filter(of_thousands) {
                n_counts += 1;
                let word = word.trim_end_matches(['.', '?', ':']);
                assert!(
                    counts.iter().any(|count| count == word),
                    "{word} of {counts:?}"
                );
            }
        }
    }
    assert_eq!(n_counts, 2);
}

#[test]
fn the_search_finds_by_a_few_letters_and_runs_with_enter() {
    let mut stage = Stage::ready();
    let open = |stage: &mut Stage| {
        stage
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::P);
        stage.step();
    };
    let write = |stage: &mut Stage, text: &str| {
        stage.harness.event(egui::Event::Text(text.to_owned()));
        stage.step();
    };
    open(&mut stage);
    write(&mut stage, "sparse kl");
    stage.press(Key::Enter);
    assert_eq!(stage.app().state().draft.preset, Some(PresetId::SparseKl64));
    assert!(!stage.has("Search everything"), "it is closed");
    stage.answer_start();
    stage.commands();

    open(&mut stage);
    write(&mut stage, "train one");
    assert!(stage.has("Train one batch") && stage.has("Train one epoch"));
    assert!(!stage.has("Dark theme"));
    stage.press(Key::ArrowDown);
    stage.press(Key::ArrowUp);
    stage.press(Key::Enter);
    let one = NonZeroU64::MIN;
    let commands = stage.commands();
    assert!(
        commands == [Command::TrainSteps(one)] || commands == [Command::TrainEpochs(one)],
        "{commands:?}"
    );

    open(&mut stage);
    write(&mut stage, "zzzz");
    assert!(stage.has("Nothing matches"));
    stage.press(Key::Escape);
    stage.step();
    assert!(!stage.has("Nothing matches"));
}

#[test]
fn the_search_knows_other_names_and_answers_for_what_is_not_here() {
    let mut stage = Stage::ready();
    for (typed, first) in [
        ("early stop", "Patience…"),
        ("embedding size", "Code size…"),
        ("glorot", "Initialization…"),
        ("cuda", "Train on"),
        ("t-sne", "t-SNE: not here; the latent space"),
        ("dropout", "Dropout: not here; masking"),
    ] {
        stage
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::P);
        stage.step();
        stage.harness.event(egui::Event::Text(typed.to_owned()));
        stage.step();
        let nodes = stage.harness.root().children_recursive();
        let mut chosen = nodes.filter_map(|node| {
            let node = node.accesskit_node();
            let is_chosen = node.role() == Role::Button && node.toggled() == Some(Toggled::True);
            is_chosen.then(|| node.label()).flatten()
        });
        let is_first = chosen.any(|label| label.starts_with(first));
        drop(chosen);
        assert!(is_first, "{typed}: {first} is not first");
        stage.press(Key::Escape);
        stage.step();
    }
}

#[test]
fn the_search_goes_to_the_control_of_a_setting() {
    let mut stage = Stage::ready();
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::P);
    stage.step();
    stage
        .harness
        .event(egui::Event::Text("learning rate".to_owned()));
    stage.step();
    stage.click("Learning rate…");
    stage.harness.run_steps(5);
    let field = stage
        .harness
        .root()
        .children_recursive()
        .find(egui_kittest::Node::is_focused);
    let label = field.and_then(|node| node.accesskit_node().label());
    assert_eq!(label.as_deref(), Some("learning rate"));
}

#[test]
fn arrows_go_round_the_list() {
    let mut stage = Stage::ready();
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::P);
    stage.step();
    let chosen = |stage: &Stage| {
        let nodes = stage.harness.root().children_recursive();
        let chosen = nodes.filter(|node| {
            let node = node.accesskit_node();
            node.role() == Role::Button && node.toggled() == Some(Toggled::True)
        });
        // Tabs are toggled buttons too; the list lies over them and comes last.
        chosen.last().and_then(|node| node.accesskit_node().label())
    };
    let first = chosen(&stage);
    stage.press(Key::ArrowUp);
    let last = chosen(&stage);
    assert_ne!(last, first);
    stage.press(Key::ArrowDown);
    assert_eq!(chosen(&stage), first);
}

#[test]
fn a_view_fills_the_window_and_escape_shows_all_again() {
    let mut stage = Stage::training();
    let is_shown = |stage: &Stage, name: &str| stage.harness.query_by_label(name).is_some();
    assert!(is_shown(&stage, "Title of Latent space") && stage.has("learning rate"));
    let width = |stage: &Stage| {
        let chart = stage.harness.get_by_label("Title of Loss").rect();
        chart.left()
    };
    let before = width(&stage);
    let at = stage.harness.get_by_label("Title of Loss").rect().center();
    stage.harness.hover_at(at);
    stage.step();
    stage.press(Key::F11);
    assert!(!is_shown(&stage, "Title of Latent space") && !stage.has("learning rate"));
    assert!(width(&stage) < before, "it begins at the left edge");
    stage.press(Key::Escape);
    assert!(is_shown(&stage, "Title of Latent space") && stage.has("learning rate"));
    assert_eq!(stage.commands(), [], "nothing else heard it");
}

#[test]
fn a_projector_gets_at_least_150_percent_and_the_scale_comes_back() {
    let mut stage = Stage::ready();
    act(&mut stage, Action::SetScale(1.1));
    stage.press(Key::F5);
    assert!((stage.harness.ctx.zoom_factor() - 1.5).abs() < 1e-6);
    assert!(hourglass::ui::theme::thickness(&stage.harness.ctx) > 1.0);
    stage.press(Key::F5);
    assert!((stage.harness.ctx.zoom_factor() - 1.1).abs() < 1e-6);
    assert!((hourglass::ui::theme::thickness(&stage.harness.ctx) - 1.0).abs() < 1e-6);
}

#[test]
fn the_scales_of_the_menu_are_one_click_away() {
    let mut stage = Stage::ready();
    stage.click("View");
    let choice = stage
        .harness
        .get_by_role_and_label(Role::RadioButton, "scale, 125 %");
    choice.click_accesskit();
    stage.step();
    assert!((stage.harness.ctx.zoom_factor() - 1.25).abs() < 1e-6);
}

#[test]
fn everything_with_a_key_is_on_the_page_of_shortcuts() {
    let mut stage = Stage::ready();
    stage.press(Key::Questionmark);
    for shortcut in &hourglass::ui::shortcuts::ALL {
        assert!(stage.has(shortcut.text), "{}", shortcut.text);
    }
}

#[test]
fn a_sheet_and_a_lesson_do_not_stop_training() {
    let mut stage = Stage::training();
    act(&mut stage, GuideAction::ShowSheet(Some(Sheet::Understand)));
    act(&mut stage, GuideAction::StartLesson(LessonId::Copying));
    assert_eq!(stage.commands(), []);
    let is_training = matches!(stage.app().state().phase(), Some(Phase::Training { .. }));
    assert!(is_training);
}
