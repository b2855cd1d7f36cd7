//! The panel of the latent space: the code of every test image as a point of the plane.

mod cloud;
mod decode;
mod filter;
mod grid;
mod hover;
mod interpolation;
mod layout;
mod legend;
mod marker;
mod outline;
mod own;
mod way;

use egui::{Color32, Painter, Pos2, Rect, Response, Role, Stroke, Ui, Vec2, WidgetInfo, vec2};

use super::action::Action;
use super::plot::{Bounds, Chart, Follow, Interval, Range, View, heading, ticks};
use super::segmented::{Segment, segmented};
use super::theme;
use super::{card, number};
use crate::protocol::{Axes, DatasetDescription, SampleIdx, Snapshot};
use crate::state::LabState;
use cloud::{Cloud, Look, Points};
use decode::DecodeHover;
use filter::ClassFilter;
use hover::HoverCard;
use interpolation::Interpolation;
use marker::MarkerAtlas;
use outline::Outline;

/// The panel of the latent space.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LatentPanel {
    options: LatentOptions,
    #[serde(skip)]
    scene: Scene,
}

/// How the scatter is shown.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct LatentOptions {
    filter: ClassFilter,
    units: Units,
    /// Whether the outline of the prior is drawn.
    prior: bool,
}

impl Default for LatentOptions {
    fn default() -> Self {
        Self {
            filter: ClassFilter::default(),
            units: Units::default(),
            prior: true,
        }
    }
}

/// How long a unit is on the two axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Units {
    /// As long on both: distances mean the same in every direction.
    #[default]
    Equal,
    /// As long as fills the plot.
    Fill,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct Scene {
    points: Option<Points>,
    /// What the codes are drawn to, where it can be drawn.
    outline: Option<Outline>,
    view: View,
    /// What holds the points, changed only when they outgrow or leave it.
    fit: Option<Bounds>,
    cloud: Cloud,
    markers: MarkerAtlas,
    legend_markers: MarkerAtlas,
    hovered: Option<SampleIdx>,
    hover_card: HoverCard,
    decode_hover: DecodeHover,
    interpolation: Interpolation,
}

/// How far from a point the pointer still means it, in points of the screen.
const REACH: f32 = 12.0;

impl LatentPanel {
    /// The classes that were hidden.
    #[must_use]
    pub fn hidden_classes(&self) -> Vec<u8> {
        self.options.filter.hidden()
    }

    /// Shows the scatter of the run in progress.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self { options, scene } = self;
        scene.update(ui, state);
        scene.fit_to(state, options.prior);
        let caption = scene
            .points
            .as_ref()
            .map(|points| caption(points, options.filter));
        let mut units = options.units;
        let (is_interpolating, mut toggles) = (scene.interpolation.is_on(), false);
        card::card(
            ui,
            "Latent space",
            |ui| {
                if let Some(caption) = caption {
                    controls(ui, &mut units);
                    toggles = interpolation::button(ui, is_interpolating);
                    card::caption(ui, &caption);
                }
            },
            |ui| match (&state.dataset, snapshot(state)) {
                (Some(dataset), Some(snapshot)) if scene.points.is_some() => {
                    let prior = scene.outline.as_ref().map(Outline::prior);
                    legend::show(ui, options, &mut scene.legend_markers, prior);
                    scene.show_with_strip(ui, *options, (state, dataset, snapshot), actions);
                }
                _ => empty(ui, state),
            },
        );
        if toggles {
            scene.interpolation.toggle();
        }
        if scene.points.is_none() {
            scene.hover(None, actions);
            scene.decode_hover.leave(actions);
        }
        if units != options.units {
            options.units = units;
            scene.view = View::default();
        }
    }
}

fn snapshot(state: &LabState) -> Option<&Snapshot> {
    state.run.as_ref()?.snapshot.as_ref()
}

fn empty(ui: &mut Ui, state: &LabState) {
    if state.dataset.is_none() {
        card::empty(
            ui,
            "No digits yet",
            "Load a data set: every test image becomes a point here",
        );
    } else if state.run.is_none() {
        card::empty(
            ui,
            "No model yet",
            "Press Train: the code of every test image becomes a point here",
        );
    } else {
        card::empty(
            ui,
            "The codes are on their way",
            "The first scatter takes a moment",
        );
    }
}

/// `10,000 points · step 1,234`
fn caption(points: &Points, filter: ClassFilter) -> String {
    let view = points.view();
    let total = number::count_of(view.points.len());
    let step = number::count(view.step);
    if filter.is_all() {
        format!("{total} points · step {step}")
    } else {
        let shown = number::count_of(points.n_shown(filter));
        format!("{shown} of {total} points · step {step}")
    }
}

fn controls(ui: &mut Ui, units: &mut Units) {
    let segments = [
        Segment {
            value: Units::Equal,
            text: "equal",
            help: "A unit is as long on both axes: distances can be compared",
        },
        Segment {
            value: Units::Fill,
            text: "fill",
            help: "Each axis is stretched to fill the plot",
        },
    ];
    if let Some(chosen) = segmented(ui, "Latent axes", *units, &segments) {
        *units = chosen;
    }
}

impl Scene {
    /// Takes in the newest scatter.
    fn update(&mut self, ui: &Ui, state: &LabState) {
        let newest = state.dataset.as_ref().zip(snapshot(state));
        let Some((dataset, snapshot)) = newest else {
            self.forget();
            return;
        };
        // A snapshot may come without a scatter while nobody asked for one: the last stays.
        let Some(view) = &snapshot.scatter else {
            self.points.take_if(|points| points.run() != snapshot.run);
            return;
        };
        let labels = &dataset.test_labels;
        let is_current = self
            .points
            .as_ref()
            .is_some_and(|points| points.is_of(snapshot.run, labels, view));
        if is_current {
            return;
        }
        let now_secs = ui.input(|input| input.time);
        let before = self.points.take();
        if before
            .as_ref()
            .is_some_and(|before| before.run() != snapshot.run)
        {
            // Another run has another space: what was chosen for the last one means nothing there.
            self.fit = None;
            self.view = View::default();
        }
        let points = Points::new(snapshot.run, labels, view, before, now_secs);
        self.points = Some(points);
    }

    /// Finds the outline of the prior, and what holds it and the points.
    fn fit_to(&mut self, state: &LabState, shows_prior: bool) {
        let Some(points) = &self.points else { return };
        let run = state.run.as_ref();
        self.outline = run
            .filter(|_| points.view().axes == Axes::Raw)
            .and_then(|run| outline::of(&run.experiment, self.outline.take()));
        let outline = self.outline.as_ref().filter(|_| shows_prior);
        let own = snapshot(state).map(|snapshot| own::points(state, snapshot));
        let own = own.and_then(|own| own::extent(&own));
        let extents = [points.extent(), outline.map(Outline::extent), own];
        if let Some(extent) = extents.into_iter().flatten().reduce(Bounds::union) {
            let fit = self.fit;
            self.fit =
                Some(fit.map_or_else(|| layout::roomy(extent), |fit| layout::steady(fit, extent)));
        }
    }

    fn forget(&mut self) {
        self.points = None;
        self.outline = None;
        self.fit = None;
    }

    fn hover(&mut self, sample: Option<SampleIdx>, actions: &mut Vec<Action>) {
        if self.hovered != sample {
            self.hovered = sample;
            actions.push(Action::HoverSample(sample));
        }
    }

    /// The plot, and below it the strip between two picked points.
    fn show_with_strip(
        &mut self,
        ui: &mut Ui,
        options: LatentOptions,
        seen: (&LabState, &DatasetDescription, &Snapshot),
        actions: &mut Vec<Action>,
    ) {
        let strip = self.interpolation.height(ui.available_width());
        let plot = vec2(
            ui.available_width(),
            (ui.available_height() - strip).max(1.0),
        );
        ui.allocate_ui(plot, |ui| {
            ui.set_min_size(plot);
            self.show(ui, options, seen, actions);
        });
        let (state, dataset, snapshot) = seen;
        self.interpolation
            .show(ui, state, dataset, snapshot, actions);
    }

    fn show(
        &mut self,
        ui: &mut Ui,
        options: LatentOptions,
        (state, dataset, snapshot): (&LabState, &DatasetDescription, &Snapshot),
        actions: &mut Vec<Action>,
    ) {
        let Some(points) = &self.points else { return };
        let unit = Interval::new(0.0, 1.0);
        let fit = self.fit.unwrap_or(Bounds { x: unit, y: unit });
        let axes = points.view().axes;
        let [x_title, y_title] = titles(axes, "of variance");
        let [short_x_title, _] = titles(axes, "");
        let shortest_x_title = short_x_title.split(" (").next().unwrap_or_default();
        heading(ui, &y_title, |_| {});
        let chart = Chart {
            id_salt: "scatter",
            x_titles: &[&x_title, &short_x_title, shortest_x_title],
            x_ticks: &ticks::linear,
            y_ticks: &|y, length, label| ticks::linear(y, length, 1.4 * label),
            range: Range::Free {
                fit,
                view: &mut self.view,
                follow: Follow {
                    x_secs: 0.2,
                    y_secs: 0.2,
                },
                equal_units: options.units == Units::Equal,
            },
        };
        let outline = self.outline.as_ref().filter(|_| options.prior);
        let tokens = theme::tokens_of(ui);
        // The points are one mesh, which is kept while nothing moves: painted on top, not added.
        let shown = chart.show(ui, |plot| {
            if let Some(outline) = outline {
                outline.add(plot, tokens);
            }
        });
        let (response, transform) = (&shown.response, &shown.transform);
        let own = own::points(state, snapshot);
        let summary = summary(points, options.filter, outline, own.len());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary));

        let now_secs = if theme::glides(ui.ctx()) {
            ui.input(|input| input.time)
        } else {
            f64::INFINITY // every movement is over
        };
        let radius = layout::radius(points.view().points.len(), &fit, transform);
        let radius_px = radius * ui.pixels_per_point();
        let look = Look {
            frame: *transform.frame(),
            bounds: *transform.bounds(),
            filter: options.filter,
            dark: ui.visuals().dark_mode,
            texture: self.markers.prepare(ui.ctx(), "markers", radius_px),
            half_side: self.markers.half_side(radius),
            progress: points.progress(now_secs),
        };
        if look.progress < 1.0 {
            ui.ctx().request_repaint();
        }
        let painter = ui.painter_at(look.frame);
        painter.add(self.cloud.mesh(points, look, now_secs));
        if let Some(outline) = outline {
            outline.shimmer(&painter, tokens, transform);
        }
        own::show(ui, &painter, transform, &own, actions);
        self.interpolation
            .mark(ui, &painter, transform, points, snapshot);
        self.view.hint(ui, &painter);

        let found =
            hovered(response).and_then(|at| points.nearest(at, REACH, transform, options.filter));
        let sample = found.and_then(|idx| points.view().samples.get(idx).copied());
        if let Some(sample) = sample.filter(|_| response.clicked()) {
            let with_shift = ui.input(|input| input.modifiers.shift);
            self.interpolation.pick(sample, with_shift);
            actions.push(Action::Follow(sample));
        }
        let empty = hovered(response).filter(|_| sample.is_none());
        let [x_name, y_name] = [
            shortest_x_title,
            y_title.split(" (").next().unwrap_or_default(),
        ];
        self.decode_hover
            .show(ui, state, empty, transform, [x_name, y_name], actions);
        if let (Some(idx), Some(sample)) = (found, sample) {
            let point = points.position(idx, now_secs).map(f64::from);
            let center = transform.position_from_point(&point.into());
            let color = theme::class_color(look.dark, points.class(idx));
            ring(ui, &painter, center, radius, color);
            let place = Rect::from_center_size(center, Vec2::splat(2.0 * (radius + 6.0)));
            self.hover_card
                .show(ui, response, place, sample, dataset, snapshot);
        }
        self.hover(sample, actions);
    }
}

/// Marks the point under the pointer.
fn ring(ui: &Ui, painter: &Painter, center: Pos2, radius: f32, color: Color32) {
    let stroke = Stroke::new(1.5, theme::tokens_of(ui).text);
    painter.circle(center, radius + 4.0, theme::faint(color, 0.25), stroke);
}

/// Where the pointer reads, unless it is dragging.
fn hovered(response: &Response) -> Option<Pos2> {
    response.hover_pos().filter(|_| !response.dragged())
}

/// What the two axes show; `of_what` says what the percentages are of.
fn titles(axes: Axes, of_what: &str) -> [String; 2] {
    match axes {
        Axes::Raw => ["h₁".to_owned(), "h₂".to_owned()],
        Axes::Pca { explained } => [1, 2].map(|component| {
            let percent = 100.0 * explained[component - 1];
            let share = format!("{percent:.1} % {of_what}");
            format!("PC {component} ({})", share.trim_end())
        }),
    }
}

/// The key figures in words.
fn summary(
    points: &Points,
    filter: ClassFilter,
    outline: Option<&Outline>,
    n_own: usize,
) -> String {
    let plane = match points.view().axes {
        Axes::Raw => "raw code".to_owned(),
        Axes::Pca { explained } => {
            let share = f64::from(explained[0] + explained[1]);
            format!(
                "two principal components, {} of variance",
                number::percent(share)
            )
        }
    };
    let outline = outline.map_or(String::new(), |outline| {
        format!(
            ", with the outline of the prior: {}",
            outline.prior().label()
        )
    });
    let own = match n_own {
        0 => String::new(),
        1 => ", with an image of your own".to_owned(),
        n => format!(", with {n} images of your own"),
    };
    let caption = caption(points, filter);
    format!("Latent scatter, {caption}, {plane}{outline}{own}")
}
