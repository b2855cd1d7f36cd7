//! How well classes can be predicted from the code, as one line in the panel's header.

use egui::{Button, RichText, Ui};

use crate::action::Action;
use crate::judging;
use crate::number;
use crate::theme;
use hourglass_state::RunState;

/// Shows the accuracies that were measured last, with their epoch, or how to get them; tells what is to be done: to measure
/// them, or to stop measuring. Nothing where there is no room for it.
///
/// `caption` stands beside it where a shorter text leaves room for both.
pub fn show(ui: &mut Ui, run: Option<&RunState>, caption: &str) -> Option<Action> {
    let run = run?;
    let tokens = theme::tokens_of(ui);
    ui.spacing_mut().interact_size.y = 21.0; // as high as the choices beside it
    ui.spacing_mut().button_padding.y = 1.0;
    let font = theme::text::SMALL.resolve(ui.style());
    let room = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
    let width = |text: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font.clone(), tokens.text);
        galley.size().x
    };
    let beside = width(caption) + 2.0 * ui.spacing().item_spacing.x;
    let texts = texts(run);
    let fits = |room: f32| texts.iter().find(|text| width(text) <= room);
    let text = fits(room - beside).or_else(|| fits(room))?;
    let is_outdated = run
        .code_report
        .as_ref()
        .is_some_and(|report| report.step < run.step);
    let color = if is_outdated {
        tokens.text_dim
    } else {
        tokens.text
    };
    let text = RichText::new(text.as_str())
        .text_style(theme::text::SMALL)
        .color(color);
    let response = ui.add(Button::new(text)).on_hover_text(help(run));
    response.clicked().then(|| judging::action(run.judging))
}

/// What it says, from long to short.
fn texts(run: &RunState) -> Vec<String> {
    if let Some(progress) = run.judging {
        return judging::cancel_texts(progress).to_vec();
    }
    let Some(report) = &run.code_report else {
        return vec!["Measure the code".to_owned(), "Measure".to_owned()];
    };
    let [near, probe] = [
        report.code.nearest_neighbours,
        report.code.linear_probe.accuracy,
    ]
    .map(|share| number::percent_of_100(100.0 * share));
    let epoch = epoch_of(run, report.step);
    vec![
        format!("5-NN {near} % · linear {probe} % · epoch {epoch}"),
        format!("5-NN {near} % · linear {probe} %"),
        format!("5-NN {near} %"),
    ]
}

/// `3`, or `3.4` in mid-epoch.
fn epoch_of(run: &RunState, step: u64) -> String {
    let epoch = step as f64 / run.steps_per_epoch.max(1) as f64;
    if epoch.fract() < 0.05 {
        format!("{epoch:.0}")
    } else {
        format!("{epoch:.1}")
    }
}

fn help(run: &RunState) -> String {
    if let Some(progress) = run.judging {
        return judging::sentence(progress);
    }
    let cost = judging::COST;
    let Some(report) = &run.code_report else {
        return format!(
            "Measures how well classes can be predicted from the code: by the five nearest neighbours and by a linear \
             classifier. {cost}"
        );
    };
    let since = if report.step < run.step {
        ", trained further since"
    } else {
        ""
    };
    format!(
        "Test images classified correctly from the code, by the five nearest of {} training images and by a linear \
         classifier; measured at step {}{since}. Click to measure again. {cost}",
        number::count_of(report.n_train),
        number::count(report.step),
    )
}
