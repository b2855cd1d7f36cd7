//! The panel of the sliders: a code set by hand, one slider for each unit, decoded while it is dragged.

mod pictures;
mod rows;
mod scene;

use std::collections::BTreeMap;

use egui::{Button, DragValue, Label, Role, Ui, WidgetInfo};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CASINO, ICON_RESTART_ALT};

use super::action::Action;
use super::card;
use super::decoded;
use super::pane::Pane;
use super::panel::Panel;
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use hourglass_experiment::{Stream, stream_seed};
use hourglass_protocol::{
    CodeSelection, CodeStart, DatasetDescription, EditedCode, ProbeRequest, Requester, RunId,
    SampleIdx,
};
use hourglass_state::{LabState, RunView};
use pictures::SliderPictures;
use rows::Rows;
use scene::AnsweredCode;

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct SlidersPanel {
    start: Start,
    #[serde(skip)]
    kept: SlidersScene,
}

/// Where the units are that were not set by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Start {
    /// Where the digit that is followed has them.
    #[default]
    Digit,
    Mean,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct SlidersScene {
    /// The run whose code is set: another has other units.
    run: Option<RunId>,
    /// The units that were set, and to what.
    edits: BTreeMap<usize, f32>,
    /// The strips that are in sight, and their length.
    strips: Option<(Vec<usize>, usize)>,
    pictures: SliderPictures,
    rows: Rows,
}

impl Panel for SlidersPanel {
    /// Shows a slider for each unit of the code of the run in progress.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let RunView { state, run } = view;
        let Self { start, kept } = self;
        kept.follow_run(run.map(|run| run.id));
        let dataset = state.dataset.as_ref().filter(|_| run.is_some());
        let has_edits = !kept.edits.is_empty();
        let mut action = None;
        card::card(
            ui,
            Pane::Sliders.title(),
            |ui| {
                if let Some(dataset) = dataset {
                    let n_test = dataset.n_test();
                    action = controls(ui, *start, (state.followed, n_test), has_edits);
                }
            },
            |ui| match dataset {
                Some(dataset) => kept.body(ui, *start, view, dataset),
                None => card::waiting(ui, view, AWAITED),
            },
        );
        let Some(action) = action else { return };
        kept.edits.clear(); // wherever units start now, that is where they are
        match action {
            HeaderAction::Reset => {}
            HeaderAction::Start(chosen) => *start = chosen,
            HeaderAction::Digit(sample) => actions.push(Action::Follow(sample)),
        }
    }

    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        let Self { start, kept } = self;
        if state.run.is_none() || state.dataset.is_none() {
            return;
        }
        let code = EditedCode {
            start: match start {
                Start::Digit => CodeStart::Sample(state.followed),
                Start::Mean => CodeStart::Mean,
            },
            edits: kept.edits.iter().map(|(&unit, &at)| (unit, at)).collect(),
        };
        request.decode(
            Requester::Sliders,
            Some(CodeSelection::Edited(code.clone())),
        );
        let strips = kept
            .strips
            .clone()
            .map(|(units, n_places)| CodeSelection::Traversals {
                code,
                units,
                n_places,
            });
        request.decode(Requester::Traversals, strips);
    }
}

/// What is chosen in the header.
enum HeaderAction {
    /// Every unit where it starts.
    Reset,
    /// Another place to start from, or all units back there.
    Start(Start),
    /// Another test image to start from.
    Digit(SampleIdx),
}

const AWAITED: card::Awaited<'static> = card::Awaited {
    appears: "a slider for each unit of the code appears here",
    under_way: "The code is being computed",
    takes: "The codes of all test images come first",
    has_past: false,
};

impl SlidersScene {
    fn follow_run(&mut self, run: Option<RunId>) {
        if self.run != run {
            self.run = run;
            self.edits.clear();
        }
    }

    fn body(&mut self, ui: &mut Ui, start: Start, run: RunView<'_>, dataset: &DatasetDescription) {
        let sample = (start == Start::Digit).then_some(run.state.followed);
        let size = run.code_size();
        let decoded = decoded::decoded(run);
        let view = decoded
            .and_then(|decoded| decoded.of(Requester::Sliders))
            .filter(|view| Some(view.size) == size && view.len() == 2);
        let units = decoded
            .and_then(|decoded| decoded.units.as_deref())
            .filter(|units| Some(units.size) == size);
        let (Some(view), Some(units)) = (view, units) else {
            card::waiting(ui, run, AWAITED);
            return;
        };
        let traversals = decoded.and_then(|decoded| decoded.of(Requester::Traversals));
        let scene = AnsweredCode {
            dataset,
            sample,
            units,
            view,
            traversals,
        };
        self.strips = self.panes(ui, &scene);
    }

    /// Pictures beside the sliders, or above them where the panel is narrow. Gives the strips that are in sight
    /// and their length.
    fn panes(&mut self, ui: &mut Ui, scene: &AnsweredCode<'_>) -> Option<(Vec<usize>, usize)> {
        let Self {
            edits,
            pictures,
            rows,
            ..
        } = self;
        ui.add_space(2.0); // frames of pictures stand out by a pixel
        let room = ui.available_rect_before_wrap();
        let is_wide = room.width() > 300.0;
        let note = scene.note();
        let mut asked = None;
        let mut list = |ui: &mut Ui| {
            if let Some(note) = &note {
                ui.add(Label::new(theme::dim(ui, note)).truncate())
                    .on_hover_text("Those whose values vary most over the test images");
            }
            asked = rows.ui(ui, scene, edits);
        };
        if is_wide {
            let width = pictures::width(room);
            let left = room.with_max_x(room.left() + width);
            let right = room.with_min_x(left.right() + space::M);
            ui.scope_builder(egui::UiBuilder::new().max_rect(left), |ui| {
                pictures.column(ui, scene);
            });
            ui.scope_builder(egui::UiBuilder::new().max_rect(right), |ui| list(ui));
        } else {
            let height = pictures.line(ui, scene);
            let below = room.with_min_y((room.top() + height + space::XS).min(room.bottom()));
            ui.scope_builder(egui::UiBuilder::new().max_rect(below), |ui| list(ui));
        }
        ui.advance_cursor_after_rect(room);
        asked
    }
}

/// The controls in the header, from right to left. `followed` is the test image to start from, and how many there
/// are.
fn controls(
    ui: &mut Ui,
    start: Start,
    (followed, n_test): (SampleIdx, usize),
    has_edits: bool,
) -> Option<HeaderAction> {
    let mut action = None;
    let help = "Reset every unit to its starting value";
    if icon_button(ui, ICON_RESTART_ALT, "Reset all sliders", help, has_edits) {
        action = Some(HeaderAction::Reset);
    }
    let last = SampleIdx::try_from(n_test.saturating_sub(1)).unwrap_or_default();
    if start == Start::Digit {
        let help = "Start from another test image, drawn at random";
        if icon_button(ui, ICON_CASINO, "Random image", help, true) {
            // Unlike the image before, and the same after the same.
            let drawn = stream_seed(u64::from(followed), Stream::Choice, &[n_test as u64]);
            let sample = drawn % (u64::from(last) + 1);
            action = SampleIdx::try_from(sample).ok().map(HeaderAction::Digit);
        }
        let mut sample = followed.min(last);
        let field = DragValue::new(&mut sample).range(0..=last).speed(1.0);
        let response = ui
            .add(field)
            .on_hover_text(
                "The test image to start from; you can also click a point in the latent space",
            )
            .accessible_name("Start from test image");
        if response.changed() {
            action = Some(HeaderAction::Digit(sample));
        }
    }
    let starts = [
        Segment {
            value: Start::Digit,
            text: "image",
            help: "Units that you have not set keep the values of a test image, also while training goes on",
        },
        Segment {
            value: Start::Mean,
            text: "mean",
            help: "Every unit at its mean over the test images",
        },
    ];
    if let Some(clicked) = segmented(ui, "Start from", start, &starts) {
        action = Some(HeaderAction::Start(clicked));
    }
    card::caption(ui, "start from");
    action
}

fn icon_button(ui: &mut Ui, icon: MaterialIcon, name: &str, help: &str, enabled: bool) -> bool {
    let button = Button::new(theme::icon(icon)).small().frame(false);
    let response = ui.add_enabled(enabled, button).on_hover_text(help);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response.clicked()
}
