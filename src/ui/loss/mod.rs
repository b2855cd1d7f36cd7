//! The panel of the loss: what training minimises, over epochs, on train and test images.

mod curve;
mod hover;
mod legend;
mod lines;
mod paint;

use egui::{Role, Slider, Ui, WidgetInfo};

use super::action::Action;
use super::plot::{Chart, Follow, MakeTicks, Range, View, heading, heading_width, ticks};
use super::segmented::{Segment, segmented};
use super::theme;
use super::{card, number};
use crate::experiment::Term;
use crate::state::{LabState, RunState};
use curve::{Scale, Window};
use lines::{LineKey, Lines, Split, shown_terms};

/// The panel of the loss.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LossPanel {
    options: LossOptions,
    #[serde(skip)]
    view: View,
    #[serde(skip)]
    lines: Lines,
}

/// How the curves are shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct LossOptions {
    scale: Scale,
    window: Window,
    /// β of the exponential smoothing of training curves.
    smoothing: f32,
    train: bool,
    test: bool,
    /// Whether the run before is shown.
    ghost: bool,
    hidden_terms: Vec<Term>,
}

impl Default for LossOptions {
    fn default() -> Self {
        Self {
            scale: Scale::default(),
            window: Window::default(),
            smoothing: 0.9, // about ten points: the trend shows, and the start is not dragged along
            train: true,
            test: true,
            ghost: true,
            hidden_terms: Vec::new(),
        }
    }
}

impl LossPanel {
    /// Shows the curves of the run in progress.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, _actions: &mut Vec<Action>) {
        let Self {
            options,
            view,
            lines,
        } = self;
        // The evaluation before the first step is a point, not a curve.
        let is_trained = |run: &&RunState| run.history.terms().next().is_some();
        let run = state.run.as_ref().filter(is_trained);
        let mut edited = options.clone();
        card::card(
            ui,
            "Loss",
            |ui| {
                if run.is_some() {
                    controls(ui, &mut edited);
                }
            },
            |ui| match run {
                Some(run) => body(ui, options, view, lines, run),
                None => empty(ui, state),
            },
        );
        if (edited.scale, edited.window) != (options.scale, options.window) {
            *view = View::default(); // what was chosen by dragging means something else now
        }
        options.scale = edited.scale;
        options.window = edited.window;
        options.smoothing = edited.smoothing;
    }
}

fn empty(ui: &mut Ui, state: &LabState) {
    if state.dataset.is_none() {
        card::empty(ui, "No digits yet", "Load a data set, then press Train");
    } else {
        card::empty(ui, "Not trained yet", "Press Train or Space");
    }
}

/// The controls in the header, from right to left.
fn controls(ui: &mut Ui, options: &mut LossOptions) {
    let scales = [
        Segment {
            value: Scale::Log,
            text: "log",
            help: "Logarithmic axis: equal ratios are equally far apart",
        },
        Segment {
            value: Scale::Linear,
            text: "linear",
            help: "Linear axis, from zero",
        },
    ];
    if let Some(scale) = segmented(ui, "Loss axis", options.scale, &scales) {
        options.scale = scale;
    }
    let windows = [
        Segment {
            value: Window::Whole,
            text: "whole run",
            help: "All epochs of the run, thinned",
        },
        Segment {
            value: Window::Recent,
            text: "recent",
            help: "The newest 2,048 steps, each of them",
        },
    ];
    if let Some(window) = segmented(ui, "Loss history", options.window, &windows) {
        options.window = window;
    }
    if ui.available_width() > 110.0 {
        theme::slider_style(ui);
        ui.spacing_mut().slider_width = 56.0;
        let slider = Slider::new(&mut options.smoothing, 0.0..=0.99).show_value(false);
        let response = ui.add(slider).on_hover_text(format!(
            "Smoothing of the training curve: exponential moving average, β = {:.2}. The raw line stays \
             visible behind it",
            options.smoothing
        ));
        response.widget_info(|| {
            WidgetInfo::slider(
                ui.is_enabled(),
                f64::from(options.smoothing),
                "Loss smoothing",
            )
        });
        ui.label(theme::dim(ui, "smooth"));
    }
}

fn body(
    ui: &mut Ui,
    options: &mut LossOptions,
    view: &mut View,
    lines: &mut Lines,
    run: &RunState,
) {
    lines.update(run, options);
    let lines = &*lines;
    ui.spacing_mut().interact_size.y = super::legend::HEIGHT;
    legend::splits(ui, options, lines, run);
    let y_title = y_title(run);
    let room_for_terms = ui.available_width() - heading_width(ui, &y_title);
    let terms_fit = legend::width_of_terms(ui, run) <= room_for_terms;
    // In a low panel the names at the ends of the curves have to do.
    if !terms_fit && ui.available_height() > 180.0 {
        ui.horizontal_wrapped(|ui| legend::terms(ui, options, run));
    }
    heading(ui, &y_title, |ui| {
        if terms_fit {
            legend::terms(ui, options, run);
        }
    });

    let tokens = theme::tokens_of(ui);
    let marks = run.history.marks();
    let y_ticks: MakeTicks<'_> = match options.scale {
        Scale::Log => &ticks::log10,
        Scale::Linear => &ticks::linear,
    };
    let chart = Chart {
        id_salt: "loss",
        x_titles: &["epoch"],
        x_ticks: &ticks::linear,
        y_ticks,
        range: Range::Free {
            fit: lines.fit(run, options),
            view,
            follow: Follow {
                x_secs: 0.0,
                y_secs: 0.15,
            },
            equal_units: false,
        },
    };
    let shown = chart.show(ui, |plot| {
        paint::marks(plot, tokens, marks);
        paint::curves(plot, tokens, lines);
    });
    let summary = summary(options, lines, run);
    let info = || WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary);
    shown.response.widget_info(info);

    let transform = &shown.transform;
    let painter = ui.painter_at(*transform.frame());
    let hovered = shown.response.hover_pos();
    let mark = paint::flags(&painter, tokens, marks, transform, hovered);
    paint::term_names(ui, &painter, run, lines, transform);
    if let Some(at) = hovered {
        let epoch = transform.value_from_position(at).x;
        paint::cursor(&painter, tokens, lines, transform, epoch);
    }
    view.hint(ui, &painter);
    hover::tooltip(ui, &shown.response, run, lines, options, transform, mark);
}

/// What the vertical axis shows, with its unit; the names of several terms stand beside it.
fn y_title(run: &RunState) -> String {
    let objective = &run.experiment.objective;
    let unit = objective.unit(Term::Objective);
    if shown_terms(&run.history).len() > 1 {
        unit.to_owned()
    } else {
        format!("{}, {unit}", objective.reconstruction.short_label())
    }
}

/// The key figures in words.
fn summary(options: &LossOptions, lines: &Lines, run: &RunState) -> String {
    let unit = run.experiment.objective.unit(Term::Objective);
    let figures = Split::ALL.into_iter().filter_map(|split| {
        let key = LineKey {
            is_current: true,
            split,
            term: Term::Objective,
        };
        let value = number::three_digits(legend::newest(lines, options, key)?);
        Some(format!("{} {value} {unit}", split.label()))
    });
    let figures: Vec<String> = figures.collect();
    let axis = match options.scale {
        Scale::Log => "logarithmic",
        Scale::Linear => "linear",
    };
    format!(
        "Loss: {}; {axis} axis, epoch {:.2}",
        figures.join(", "),
        run.epoch
    )
}
