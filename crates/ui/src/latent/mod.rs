//! The panel of the latent space: the code of every image as a point of the plane.

mod album;
mod axes;
mod cloud;
mod colour;
mod controls;
mod decode;
mod density;
mod filter;
mod gallery;
mod grid;
mod hover;
mod interact;
mod interpolation;
mod layout;
mod legend;
mod marker;
mod marquee;
mod options;
mod outline;
mod pictures;
mod points;
mod quality;
mod selection;
mod stage;
mod user_images;
mod way;
mod words;

use std::sync::Arc;

use egui::Ui;

use super::action::Action;
use super::card;
use super::memo::{Memo, Same};
use super::pane::Pane;
use super::panel::{InThePast, Panel};
use super::plot::{Bounds, View};
use album::Album;
use axes::Planes;
use cloud::PointCloud;
use colour::{ColourBy, ColourScale};
use decode::DecodeHover;
use gallery::Gallery;
use hourglass_protocol::{
    Axes, CodeSelection, ProbeRequest, Requester, SampleIdx, ScatterRequest, ScatterView, Snapshot,
};
use hourglass_state::{LabState, Past, RunView};
use hover::HoverCard;
use interpolation::{Ends, Interpolation};
use marker::MarkerAtlas;
use marquee::{Marquee, Tool};
use options::{LatentOptions, Units};
use outline::PriorOutline;
use pictures::PointPictures;
use points::Points;
use selection::Selection;
use words::caption;

/// The panel of the latent space.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LatentPanel {
    options: LatentOptions,
    planes: Planes,
    #[serde(skip)]
    scene: LatentScene,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct LatentScene {
    points: Option<Points>,
    /// What the worker is asked to show.
    asked: ScatterRequest,
    /// What the codes are drawn to, where it can be drawn.
    outline: Option<PriorOutline>,
    view: View,
    /// What holds the points, changed only when they outgrow or leave it.
    fit: Option<Bounds>,
    /// What holds the points of the run that this one is compared with, in a plane of this kind.
    beside: Option<Bounds>,
    cloud: PointCloud,
    markers: MarkerAtlas,
    legend_markers: MarkerAtlas,
    /// How values become colours, and of which scatter.
    scale: Memo<(Same<ScatterView>, ColourBy), Option<ColourScale>>,
    album: Album,
    pictures: PointPictures,
    tool: Tool,
    marquee: Marquee,
    selection: Selection,
    /// The data set that the selection is of, told by the address of its labels.
    selected_of: Option<Arc<[u8]>>,
    gallery: Gallery,
    hovered: Option<SampleIdx>,
    hover_card: HoverCard,
    decode_hover: DecodeHover,
    interpolation: Interpolation,
    /// What was picked and followed before the last click: the second one of a double click takes the first back.
    before_click: Option<(Ends, SampleIdx)>,
}

impl LatentPanel {
    #[must_use]
    pub fn hidden_classes(&self) -> Vec<u8> {
        self.options.filter.hidden()
    }

    /// The images that were selected.
    #[must_use]
    pub fn selected(&self) -> Vec<SampleIdx> {
        self.scene.selection.samples().collect()
    }

    /// How many images were selected.
    #[must_use]
    pub fn n_selected(&self) -> usize {
        self.scene.selection.len()
    }

    /// The part of the plane that a person zoomed to.
    #[must_use]
    pub fn zoomed(&self) -> Option<Bounds> {
        self.scene.points.as_ref()?;
        self.scene.view.chosen()
    }

    /// Shows what another panel shows, of another run.
    pub fn follow(&mut self, other: &Self) {
        self.options.clone_from(&other.options);
        self.planes.clone_from(&other.planes);
        let of_other = &other.scene.interpolation;
        self.scene.interpolation.follow(of_other);
        self.scene.beside = other.scene.fit.filter(|_| self.scene.is_like(&other.scene));
    }
}

impl Panel for LatentPanel {
    /// Shows the scatter of a run.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let Self {
            options,
            planes,
            scene,
        } = self;
        scene.hovered = None;
        scene.decode_hover.place = None;
        if view.state.comparison.is_none() {
            scene.beside = None;
        }
        scene.update(ui, view);
        scene.fit_to(view, options.prior);
        scene.listen(ui);
        scene.ask(*options, planes, view);
        let caption = scene
            .points
            .as_ref()
            .map(|points| caption(points, options.filter));
        let mut edited = *options;
        let mut judging = None;
        let (is_interpolating, mut toggles) = (scene.interpolation.is_on(), false);
        card::card(
            ui,
            Pane::Latent.title(),
            |ui| {
                if let Some(caption) = caption {
                    controls::header(ui, &mut edited, view.state.comparison.is_some());
                    toggles = interpolation::button(ui, is_interpolating);
                    judging = quality::show(ui, view.run, &caption);
                    card::caption(ui, &caption);
                }
            },
            |ui| match (&view.state.dataset, snapshot(view)) {
                (Some(dataset), Some(snapshot)) if scene.points.is_some() => {
                    scene.show(ui, options, planes, (view, dataset, snapshot), actions);
                }
                _ => card::waiting(ui, view, AWAITED),
            },
        );
        if toggles {
            scene.interpolation.toggle();
        }
        actions.extend(judging);
        if options.units != edited.units {
            scene.view = View::default();
        }
        (options.units, options.source) = (edited.units, edited.source);
        options.shares_axes = edited.shares_axes;
    }

    /// Two of these may be seen, of two runs: what either needs is looked at of both.
    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        let Self { scene, .. } = self;
        let scatter = request.scatter.get_or_insert(scene.asked);
        scatter.plane = scatter.plane.or(scene.asked.plane);
        scatter.errors |= scene.asked.errors;
        request.hovered = request.hovered.or(scene.hovered);
        let under_pointer = scene.decode_hover.place;
        let under_pointer = under_pointer.map(|place| CodeSelection::Plane([place].into()));
        request.decode(Requester::Pointer, under_pointer);
        request.decode(Requester::Interpolation, scene.interpolation.places());
        if request.user_images.is_empty() {
            request.user_images = state.user_images.request(false);
        }
    }

    fn shows_of(&self, past: &Past) -> InThePast {
        InThePast::Moment(past.scatter)
    }
}

/// What is seen of the model; `None` at a moment for which no scatter was recorded.
fn snapshot(run: RunView<'_>) -> Option<&Snapshot> {
    let seen = run.shown();
    seen.filter(|seen| seen.scatter.is_some() || run.past().is_none())
}

const AWAITED: card::Awaited<'static> = card::Awaited {
    appears: "the code of every test image becomes a point here",
    under_way: "The codes are being computed",
    takes: "The first scatter takes a moment",
    has_past: true,
};

impl LatentScene {
    /// Takes in the newest scatter.
    fn update(&mut self, ui: &Ui, run: RunView<'_>) {
        let newest = run.state.dataset.as_ref().zip(snapshot(run));
        let Some((dataset, snapshot)) = newest else {
            self.forget();
            return;
        };
        if self.album.begin_frame(dataset) {
            self.pictures.clear();
        }
        let labels = &dataset.test_labels;
        if !self
            .selected_of
            .as_ref()
            .is_some_and(|of| Arc::ptr_eq(of, labels))
        {
            self.selection.clear();
            self.selected_of = Some(Arc::clone(labels));
        }
        // A snapshot may come without a scatter if none was requested: the last one stays.
        let Some(view) = &snapshot.scatter else {
            self.points.take_if(|points| points.run() != snapshot.run);
            return;
        };
        let is_current = self
            .points
            .as_ref()
            .is_some_and(|points| points.is_of(snapshot.run, dataset, view));
        if is_current {
            return;
        }
        let now_secs = ui.input(|input| input.time);
        let before = self.points.take();
        let is_same_plane = |before: &Points| {
            let kind = std::mem::discriminant(&before.view().axes);
            before.run() == snapshot.run
                && kind == std::mem::discriminant(&view.axes)
                && before.view().pair == view.pair
        };
        if before.as_ref().is_some_and(|before| !is_same_plane(before)) {
            // Another run has another space: what was chosen for the last one means nothing there. Nor does a part of
            // one plane in another.
            self.fit = None;
            self.view = View::default();
            self.marquee.cancel();
        }
        let points = Points::new(snapshot.run, dataset, view, before, now_secs);
        self.points = Some(points);
    }

    /// Finds the outline of the prior, and what holds it and the points.
    fn fit_to(&mut self, run: RunView<'_>, shows_prior: bool) {
        let Some(points) = &self.points else { return };
        self.outline = run
            .run
            .filter(|_| points.view().axes == Axes::Raw)
            .and_then(|run| outline::of(&run.experiment, self.outline.take()));
        let outline = self.outline.as_ref().filter(|_| shows_prior);
        let user_images = snapshot(run).map(|snapshot| user_images::points(run.state, snapshot));
        let user_images = user_images.and_then(|user_images| user_images::extent(&user_images));
        let extents = [
            points.extent(),
            outline.map(PriorOutline::extent),
            user_images,
        ];
        if let Some(extent) = extents.into_iter().flatten().reduce(Bounds::union) {
            let fit = self.fit;
            self.fit =
                Some(fit.map_or_else(|| layout::roomy(extent), |fit| layout::steady(fit, extent)));
        }
    }

    /// Whether both show the same kind of plane, so that places in it can be compared.
    fn is_like(&self, other: &Self) -> bool {
        let plane = |scene: &Self| {
            let view = scene.points.as_ref()?.view();
            Some((view.axes == Axes::Raw, view.pair))
        };
        plane(self).is_some() && plane(self) == plane(other)
    }

    /// Obeys the keys of the selection.
    fn listen(&mut self, ui: &Ui) {
        if self.points.is_none() {
            return;
        }
        marquee::listen(ui, &mut self.tool);
        let has_use =
            self.marquee.is_drawn() || !self.selection.is_empty() || self.tool != Tool::Pan;
        if !has_use || !marquee::is_escaped(ui) {
            return;
        }
        if self.marquee.is_drawn() {
            self.marquee.cancel();
        } else if self.selection.is_empty() {
            self.tool = Tool::Pan;
        } else {
            self.selection.clear();
        }
    }

    /// Asks for what is to be shown.
    fn ask(&mut self, options: LatentOptions, planes: &Planes, run: RunView<'_>) {
        self.asked = ScatterRequest {
            plane: run.code_size().and_then(|size| planes.of(size)),
            source: options.source,
            errors: options.colour.known_of(run.state.dataset.as_ref()) == ColourBy::Error
                || !self.selection.is_empty(),
        };
    }

    fn forget(&mut self) {
        self.points = None;
        self.outline = None;
        self.fit = None;
    }

    /// How values become colours; `None` if colours are the classes', or while the values are being computed.
    fn scale(&mut self, by: ColourBy) -> Option<ColourScale> {
        let points = self.points.as_ref()?;
        let view = points.view_arc();
        *self.scale.renew((Same::of(view), by), |_, scale| {
            *scale = ColourScale::of(by, points);
        })
    }
}
