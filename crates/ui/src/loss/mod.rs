//! The panel of the loss: what training minimises, over epochs, on train and test images.

mod curve;
mod group;
mod hover;
mod legend;
mod lines;
pub(super) mod marks;
mod names;
mod options;
mod other_runs;
mod paint;
mod reference;
mod subject;
mod summary;

use egui::{Align, Frame, Layout, Panel as Strip, Role, Slider, Ui, WidgetInfo, vec2};

use super::action::{Action, GuideAction};
use super::card;
use super::lessons::LessonId;
use super::pane::Pane;
use super::panel::{InThePast, Panel};
use super::plot::{
    Bounds, Chart, Follow, MakeTicks, Range, RunAxis, View, heading, heading_width, ticks,
};
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use curve::{CurveWindow, LossScale};
use group::{Group, GroupChoice, groups_of};
use hourglass_state::{LabState, Past, RunState, RunView};
use lines::Lines;
use options::LossOptions;
use reference::Reference;
use subject::{LossSubject, ShownTerms};
use summary::summary;

#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LossPanel {
    options: LossOptions,
    #[serde(skip)]
    choice: GroupChoice,
    /// The group that was shown last.
    #[serde(skip)]
    group: Group,
    #[serde(skip)]
    view: View,
    #[serde(skip)]
    lines: Lines,
}

impl LossPanel {
    /// The group of curves that is shown of a run, and whether by their logarithm.
    #[must_use]
    pub fn shown(&self, run: &RunState) -> (Group, bool) {
        let group = self.choice.group(run);
        let is_log = self.options.scale == LossScale::Log && !group.is_share();
        (group, is_log)
    }

    /// The part of the plot that a person zoomed to: epochs, and values or their log₁₀.
    #[must_use]
    pub fn zoomed(&self) -> Option<Bounds> {
        self.view.chosen()
    }
}

impl Panel for LossPanel {
    /// Shows the curves of the run in progress.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let state = view.state;
        let Self {
            options,
            choice,
            group,
            view,
            lines,
        } = self;
        // The evaluation before the first step is a point, not a curve.
        let is_trained = |run: &&RunState| run.history.terms().next().is_some();
        let run = state.run.as_ref().filter(is_trained);
        options.has_trained |= run.is_some();
        let now = run.map_or(*group, |run| choice.group(run));
        if now != *group {
            *group = now;
            *view = View::default(); // another axis
        }
        let mut edited = options.clone();
        card::card(
            ui,
            Pane::Loss.title(),
            |ui| {
                if run.is_some() {
                    controls(ui, &mut edited, now);
                }
            },
            |ui| match run {
                Some(run) => {
                    let subject = LossSubject {
                        state,
                        run,
                        comparison: state.comparison.as_ref(),
                    };
                    if let Some(chosen) = body(ui, options, now, view, lines, subject) {
                        choice.choose(run, chosen);
                    }
                }
                None if options.has_trained => empty(ui, state),
                None => greet(ui, state, actions),
            },
        );
        if (edited.scale, edited.window) != (options.scale, options.window) {
            *view = View::default(); // what was chosen by dragging means something else now
        }
        options.scale = edited.scale;
        options.window = edited.window;
        options.smoothing = edited.smoothing;
    }

    fn shows_of(&self, _past: &Past) -> InThePast {
        InThePast::Marked
    }
}

fn empty(ui: &mut Ui, state: &LabState) {
    if state.dataset.is_none() {
        card::empty(ui, "No images yet", "Load a data set, then press Train");
    } else {
        card::empty(ui, "Not trained yet", "Press Train or Space");
    }
}

/// The same for somebody who has not trained anything yet.
fn greet(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    Strip::bottom("greeting")
        .frame(Frame::new().inner_margin(space::M))
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.label("New to autoencoders?");
                ui.add_space(space::XS);
                let start = ui.button("Start lesson 1").on_hover_text(
                    "A few minutes on the bottleneck, step by step; F2 lists all lessons",
                );
                if start.clicked() {
                    actions.push(GuideAction::StartLesson(LessonId::Bottleneck).into());
                }
            });
        });
    empty(ui, state);
}

/// The controls in the header, from right to left.
fn controls(ui: &mut Ui, options: &mut LossOptions, group: Group) {
    let scales = [
        Segment {
            value: LossScale::Log,
            text: "log",
            help: "Logarithmic axis: equal ratios are equally far apart",
        },
        Segment {
            value: LossScale::Linear,
            text: "linear",
            help: "Linear axis, from zero",
        },
    ];
    if !group.is_share()
        && let Some(scale) = segmented(ui, "Loss axis", options.scale, &scales)
    {
        options.scale = scale;
    }
    let windows = [
        Segment {
            value: CurveWindow::Whole,
            text: "whole run",
            help: "All epochs of the run, downsampled",
        },
        Segment {
            value: CurveWindow::Recent,
            text: "recent",
            help: "Every one of the latest 2,048 steps",
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

/// Shows curves and legend; tells which group of curves was chosen.
fn body(
    ui: &mut Ui,
    options: &mut LossOptions,
    group: Group,
    view: &mut View,
    lines: &mut Lines,
    subject: LossSubject<'_>,
) -> Option<Group> {
    let run = subject.run;
    let baselines = subject.state.baselines.as_ref();
    let data = subject.state.dataset.as_ref().map(|dataset| dataset.id);
    let data = data.filter(|_| run.follows_its_preset()); // else nothing is published of it
    let references = Reference::of(group, &subject.run.experiment, data, baselines);
    let shown = ShownTerms::of(group, options, subject, &references);
    lines.update(subject, options, &shown);
    ui.spacing_mut().interact_size.y = super::legend::HEIGHT;
    let groups = groups_of(run);
    // Where there is nothing else to choose, the lines find room beside the splits.
    let (chosen, below) = if groups.len() < 2 {
        legend::splits(ui, options, lines, subject, &shown, &references);
        (None, &[][..])
    } else {
        let chosen = first_line(ui, options, lines, subject, &shown, &groups);
        (chosen, &references[..])
    };
    let y_title = group.title(&run.experiment, &shown.terms);
    let choices = legend::LegendChoices {
        terms: legend::terms_to_choose(&shown),
        references: below,
    };
    let room = ui.available_width() - heading_width(ui, &y_title);
    let fit_beside = choices.width(ui, lines, &shown) <= room;
    // In a low panel the names at the ends of the curves have to do.
    if !fit_beside && ui.available_height() > 180.0 {
        ui.horizontal_wrapped(|ui| choices.show(ui, options, lines, &shown));
    }
    heading(ui, &y_title, |ui| {
        if fit_beside {
            choices.show(ui, options, lines, &shown);
        }
    });
    plot(ui, options, view, lines, subject, &shown);
    chosen
}

/// The splits, and at the end of the line the choice of curves, or below where there is no room for it.
fn first_line(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
    groups: &[Segment<'static, Group>],
) -> Option<Group> {
    /// Least room for the choice, folded into a menu, in points.
    const LEAST: f32 = 96.0;
    let choice = |ui: &mut Ui| segmented(ui, "Curves", shown.group, groups);
    let size = vec2(ui.available_width(), super::legend::HEIGHT);
    let splits_width = legend::width_of_splits(ui, options, lines, subject, shown);
    if size.x - splits_width >= LEAST {
        let layout = Layout::left_to_right(Align::Center);
        let line = ui.allocate_ui_with_layout(size, layout, |ui| {
            legend::splits(ui, options, lines, subject, shown, &[]);
            ui.with_layout(Layout::right_to_left(Align::Center), choice)
                .inner
        });
        return line.inner;
    }
    let chosen = choice(ui);
    legend::splits(ui, options, lines, subject, shown, &[]);
    chosen
}

/// Share of the plot's height that a name below the lowest line needs.
fn room_of_name(ui: &Ui) -> f64 {
    /// In a very low plot names have to hide something.
    const MOST: f32 = 0.3;
    let line = ui.text_style_height(&theme::text::SMALL);
    let plot = (ui.available_height() - line).max(1.0); // the axis has its labels below
    f64::from(((line + space::XS) / plot).min(MOST))
}

fn plot(
    ui: &mut Ui,
    options: &LossOptions,
    view: &mut View,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let run = subject.run;
    let tokens = theme::tokens_of(ui);
    let changes = run.history.marks();
    let y_ticks: MakeTicks<'_> = match shown.scale {
        LossScale::Log => &ticks::log10,
        LossScale::Linear => &ticks::linear,
    };
    let fit = lines.fit(run, options, shown, room_of_name(ui));
    let axis = RunAxis::of(run, fit.x);
    let x_ticks: MakeTicks<'_> = &|epochs, length, label| axis.ticks(epochs, length, label);
    let chart = Chart {
        id_salt: "loss",
        x_titles: axis.titles(),
        x_ticks,
        y_ticks,
        range: Range::Free {
            fit,
            view,
            follow: Follow {
                x_secs: 0.0,
                y_secs: 0.15,
            },
            equal_units: false,
        },
    };
    let drawn = chart.show(ui, |plot| {
        marks::settings(plot, tokens, changes);
        marks::stages(plot, tokens, run);
        paint::references(plot, tokens, shown);
        paint::curves(plot, tokens, lines, shown);
        marks::moment(plot, tokens, run);
    });
    let summary = summary(lines, subject, shown);
    let info = || WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary);
    drawn.response.widget_info(info);

    let transform = &drawn.transform;
    let painter = ui.painter_at(*transform.frame());
    let hovered = drawn.response.hover_pos();
    let mark = marks::flags(&painter, tokens, changes, transform, hovered);
    marks::stage_names(ui, &painter, run, transform);
    names::show(ui, &painter, lines, shown, transform);
    marks::moment_name(ui, &painter, run, transform);
    if let Some(at) = hovered {
        let epoch = transform.value_from_position(at).x;
        paint::cursor(&painter, tokens, lines, shown, transform, epoch);
    }
    view.hint(ui, &painter);
    hover::tooltip(
        ui,
        &drawn.response,
        lines,
        (subject, shown),
        (transform, axis),
        mark,
    );
}
