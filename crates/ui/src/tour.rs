//! The first minute in the window: five bubbles beside what they speak of, until they are dismissed for good.
//!
//! Nothing is blocked meanwhile: what a bubble speaks of can be tried at once. Buttons note where they are when they are
//! drawn; where a view is, the layout knows.

use egui::accesskit::{Live, Role};
use egui::{
    Align2, Area, Context, Frame, Id, Label, Layout, Margin, Order, Rect, Stroke, Ui, vec2,
};

use super::layout::Layout as Views;
use super::shortcuts::{ShortcutAction, key_of, takes_escape};
use super::theme::{self, space};
use super::{Action, GuideAction, Pane, Sheet};
use hourglass_state::LabState;

/// Width of a bubble, in points.
const WIDTH: f32 = 280.0;

/// From what it speaks of to the bubble, in points.
const GAP: f32 = 8.0;

/// What a bubble speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The button that trains.
    Train,
    /// The panel of the experiment, or the rail that it is folded into.
    Experiment,
    /// The button of the help menu.
    Help,
    /// A view.
    View(Pane),
}

struct Stop {
    place: Place,
    title: &'static str,
    text: &'static str,
}

const STOPS: [Stop; 5] = [
    Stop {
        place: Place::Train,
        title: "Train the network",
        text: "Press Space, or this button. The network learns to compress each image into a small code and to \
               reconstruct it",
    },
    Stop {
        place: Place::View(Pane::Loss),
        title: "Watch the loss fall",
        text: "The lower the curves, the closer the reconstructions are to the images. Dashed lines are baselines, such \
               as PCA with a code of the same size",
    },
    Stop {
        place: Place::Experiment,
        title: "Change the experiment",
        text: "Presets, layers, noise, penalties and the learning rate are here. Move a slider while the network learns, \
               and every view responds",
    },
    Stop {
        place: Place::View(Pane::Latent),
        title: "Explore the latent space",
        text: "Each point is the code of an image. Move the pointer: the decoder draws what lies under it, also where \
               there is no image",
    },
    Stop {
        place: Place::Help,
        title: "Learn more",
        text: "Six lessons, the manual and a search over everything are in this menu. Every control has a hover text",
    },
];

/// How far a person is in the tour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    at: Option<usize>,
}

impl Tour {
    /// Whether a bubble is shown.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.at.is_some()
    }

    /// Goes to a stop, counted from 0; past the last, or with none, it is over.
    pub fn go_to(&mut self, stop: Option<usize>) {
        self.at = stop.filter(|stop| *stop < STOPS.len());
    }

    /// The view that this stop speaks of, which has to come into sight.
    #[must_use]
    pub fn view(self) -> Option<Pane> {
        match STOPS.get(self.at?)?.place {
            Place::View(pane) => Some(pane),
            Place::Train | Place::Experiment | Place::Help => None,
        }
    }

    /// Draws the bubble. A person who trains at the first stop has done what it says.
    pub fn ui(self, ui: &Ui, state: &LabState, views: &Views, actions: &mut Vec<Action>) {
        let Some((at, stop)) = self.at.and_then(|at| Some((at, STOPS.get(at)?))) else {
            return;
        };
        if at == 0 && state.is_training() {
            actions.push(GuideAction::Tour(Some(1)).into());
        }
        let place = match stop.place {
            Place::View(pane) => views.place_in_use(Some(pane), None),
            place => noted(ui.ctx(), place),
        };
        let window = ui.ctx().content_rect().shrink(space::S);
        let (pos, pivot) = beside(stop.place, place, window);
        if let Some(place) = place {
            outline(ui, place);
        }
        Area::new(Id::unique("tour"))
            .order(Order::Foreground)
            .fixed_pos(pos)
            .pivot(pivot)
            .constrain_to(window)
            .show(ui.ctx(), |ui| bubble(ui, at, stop, actions));
        if takes_escape(ui.ctx()) {
            actions.push(GuideAction::Tour(None).into());
        }
    }
}

/// Notes where something is that the tour speaks of.
pub fn note(ctx: &Context, place: Place, rect: Rect) {
    ctx.data_mut(|data| data.insert_temp(id_of(place), rect));
}

fn noted(ctx: &Context, place: Place) -> Option<Rect> {
    ctx.data(|data| data.get_temp(id_of(place)))
}

fn id_of(place: Place) -> Id {
    Id::unique(("tour", place))
}

/// Where the bubble stands, and which of its corners is there: beside a control, and within a view where curves and points
/// are fewest.
fn beside(of: Place, place: Option<Rect>, window: Rect) -> (egui::Pos2, Align2) {
    let Some(place) = place else {
        return (window.center(), Align2::CENTER_CENTER);
    };
    match of {
        Place::Train => (place.left_bottom() + vec2(0.0, GAP), Align2::LEFT_TOP),
        Place::Help => (place.right_bottom() + vec2(0.0, GAP), Align2::RIGHT_TOP),
        Place::Experiment => (place.right_top() + vec2(GAP, 80.0), Align2::LEFT_TOP),
        Place::View(Pane::Latent) => (place.right_bottom() - vec2(GAP, GAP), Align2::RIGHT_BOTTOM),
        Place::View(_) => (
            place.right_top() + vec2(-GAP, space::HEADER + GAP),
            Align2::RIGHT_TOP,
        ),
    }
}

fn outline(ui: &Ui, place: Rect) {
    let t = theme::tokens_of(ui);
    let layer = egui::LayerId::new(Order::Foreground, Id::unique("tour-outline"));
    ui.ctx().layer_painter(layer).rect_stroke(
        place.expand(2.0),
        8,
        Stroke::new(2.0, t.accent),
        egui::StrokeKind::Outside,
    );
}

fn bubble(ui: &mut Ui, at: usize, stop: &Stop, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let frame = Frame::popup(ui.style())
        .stroke(Stroke::new(1.0, t.accent))
        .corner_radius(10)
        .inner_margin(Margin::same(14));
    let shown = frame.show(ui, |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(theme::group(ui, stop.title));
        ui.add(Label::new(stop.text).wrap());
        if stop.place == Place::Help {
            let key = key_of(ui.ctx(), ShortcutAction::Lessons);
            ui.label(theme::dim(
                ui,
                format!("{key} opens the lessons at any time"),
            ));
        }
        ui.add_space(space::S);
        buttons(ui, at, actions);
    });
    shown.response.widget_info(|| {
        let text = format!("Tour, {} of {}: {}", at + 1, STOPS.len(), stop.title);
        egui::WidgetInfo::labeled(Role::Dialog, true, text)
    });
    ui.ctx()
        .accesskit_node_builder(shown.response.id, |node| node.set_live(Live::Polite));
}

fn buttons(ui: &mut Ui, at: usize, actions: &mut Vec<Action>) {
    let is_last = at + 1 == STOPS.len();
    ui.horizontal(|ui| {
        ui.label(theme::dim(ui, format!("{} of {}", at + 1, STOPS.len())));
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let mut button = |ui: &mut Ui, name: &str, help: &str, action: GuideAction| {
                if ui.button(name).on_hover_text(help).clicked() {
                    actions.push(action.into());
                    return true;
                }
                false
            };
            let tour = GuideAction::Tour;
            if is_last {
                button(
                    ui,
                    "Done",
                    "Ends the tour, which does not come back",
                    tour(None),
                );
                let lessons = GuideAction::ShowSheet(Some(Sheet::Lessons));
                if button(ui, "Lessons", "Opens the list of lessons", lessons) {
                    actions.push(tour(None).into());
                }
            } else {
                button(
                    ui,
                    "Next",
                    "Goes to the next of five places",
                    tour(Some(at + 1)),
                );
                let help =
                    "Ends the tour, which does not come back by itself; the help menu has it (Esc)";
                button(ui, "Skip tour", help, tour(None));
            }
        });
    });
}
