//! The layout of the view panels: a tree of panes whose borders can be dragged, remembered between sessions.

use egui::style::ScrollAnimation;
use egui::{
    Align2, Id, Pos2, Rect, Response, Role, Sense, Stroke, TextStyle, Ui, Visuals, WidgetInfo,
    WidgetText, vec2,
};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, ResizeState, SimplificationOptions, TabState, Tabs,
    Tile, TileId, Tiles, Tree, UiResponse,
};
use serde::{Deserialize, Serialize};

use super::pane::{Pane, Place};
use super::panels::Panels;
use super::shortcuts::takes_escape;
use super::sides;
use super::theme::{self, space};
use super::{Action, card};
use hourglass_state::{LabState, RunView};

/// Smallest width and height of a pane, in points.
const MIN_PANE: f32 = 140.0;

/// The arrangement of the view panels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout {
    tree: Tree<Pane>,
    /// The pane that fills all the space, if one does.
    #[serde(skip)]
    enlarged: Option<Pane>,
    /// Where the panes were drawn last.
    #[serde(skip)]
    places: Vec<(Pane, Rect)>,
}

impl Default for Layout {
    /// Loss above what is reconstructed and decoded, beside them the latent space above what looks into the network.
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let mut at = |place| {
            let panes = Pane::ALL.into_iter().filter(|pane| pane.place() == place);
            let panes: Vec<TileId> = panes.map(|pane| tiles.insert_pane(pane)).collect();
            match panes[..] {
                [alone] => alone,
                _ => tiles.insert_tab_tile(panes),
            }
        };
        let [loss, digits] = [Place::UpperLeft, Place::LowerLeft].map(&mut at);
        let [latent, inside] = [Place::UpperRight, Place::LowerRight].map(&mut at);
        let mut stack = |upper, lower, share| {
            let column = Linear::new_binary(LinearDir::Vertical, [upper, lower], share);
            tiles.insert_container(column)
        };
        let (left, right) = (stack(loss, digits, 0.47), stack(latent, inside, 0.58));
        let columns = Linear::new_binary(LinearDir::Horizontal, [left, right], 0.5);
        let root = tiles.insert_container(columns);
        Self {
            tree: Tree::new(Id::unique("hourglass-layout"), root, tiles),
            enlarged: None,
            places: Vec::new(),
        }
    }
}

impl Layout {
    /// Draws the panes into all the space there is.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        panels: &mut Panels,
        state: &LabState,
        actions: &mut Vec<Action>,
    ) {
        panels.diagnoses.ui(ui, state, actions);
        let mut drawing = Drawing {
            panels,
            state,
            actions,
            tabbed: self.tabbed_panes(),
            places: Vec::new(),
            toggled: None,
        };
        match self.enlarged {
            Some(pane) => drawing.draw(ui, pane, false),
            None => self.tree.ui(&mut drawing, ui),
        }
        let Drawing {
            places, toggled, ..
        } = drawing;
        self.places = places;
        if let Some(pane) = toggled {
            self.toggle(pane);
        }
    }

    /// The pane that fills all the space, if one does.
    #[must_use]
    pub fn enlarged(&self) -> Option<Pane> {
        self.enlarged
    }

    /// Has the pane under the pointer fill all the space, or all of them share it again.
    pub fn toggle_at(&mut self, pointer: Option<Pos2>) {
        let mut places = self.places.iter();
        let under = pointer.and_then(|at| places.find(|(_, place)| place.contains(at)));
        let first = self.places.first();
        if let Some((pane, _)) = under.or(first).copied() {
            self.toggle(pane);
        }
    }

    /// Where the pane stands that is in use: the one asked for, else the one under the pointer.
    #[must_use]
    pub fn place_in_use(&self, asked: Option<Pane>, pointer: Option<Pos2>) -> Option<Rect> {
        let mut places = self.places.iter();
        let found = match asked {
            Some(asked) => places.find(|(pane, _)| *pane == asked),
            None => places.find(|(_, place)| pointer.is_some_and(|at| place.contains(at))),
        };
        found.map(|(_, place)| *place)
    }

    /// All panes share the space again; tells whether one had filled it.
    pub fn shrink(&mut self) -> bool {
        self.enlarged.take().is_some()
    }

    /// Hears the key that shows all views again; whatever else takes it comes first.
    pub fn listen(&self, ctx: &egui::Context, actions: &mut Vec<Action>) {
        if self.enlarged.is_some() && takes_escape(ctx) {
            actions.push(Action::Shrink);
        }
    }

    /// Has a pane fill all the space.
    pub fn enlarge(&mut self, pane: Pane) {
        self.enlarged = Some(pane);
    }

    fn toggle(&mut self, pane: Pane) {
        if !self.shrink() {
            self.enlarge(pane);
        }
    }

    /// Brings a pane to the front of its tabs; if another fills all the space, they share it again.
    pub fn bring_forward(&mut self, pane: Pane) {
        if self.enlarged != Some(pane) {
            self.shrink();
        }
        let is_pane = |_, tile: &Tile<Pane>| matches!(tile, Tile::Pane(found) if *found == pane);
        self.tree.make_active(is_pane);
    }

    /// The panes that can be seen: not behind another tab.
    #[must_use]
    pub fn visible(&self) -> Vec<Pane> {
        if let Some(pane) = self.enlarged {
            return vec![pane];
        }
        let active = self.tree.active_tiles().into_iter();
        active
            .filter_map(|tile| self.tree.tiles.get_pane(&tile).copied())
            .collect()
    }

    /// With the panes it lacks: a layout remembered by an older version gets them as further tabs. `None` if it
    /// cannot be mended.
    #[must_use]
    pub fn completed(mut self) -> Option<Self> {
        let found = self.panes();
        let tiles = &mut self.tree.tiles;
        let missing = Pane::ALL.into_iter().filter(|pane| !found.contains(pane));
        let missing: Vec<TileId> = missing.map(|pane| tiles.insert_pane(pane)).collect();
        if !missing.is_empty() {
            let activations = tiles.find_pane(&Pane::Activations)?;
            let inside = tiles.parent_of(activations)?;
            match tiles.get_mut(inside) {
                Some(Tile::Container(Container::Tabs(tabs))) => tabs.children.extend(missing),
                _ => return None,
            }
        }
        self.is_complete().then_some(self)
    }

    /// Whether every pane is in the tree exactly once; a remembered layout of another version may lack some.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let found = self.panes();
        found.len() == Pane::ALL.len() && Pane::ALL.iter().all(|pane| found.contains(pane))
    }

    /// The panes that can be reached from the root.
    fn panes(&self) -> Vec<Pane> {
        let mut found = Vec::new();
        let mut waiting: Vec<TileId> = self.tree.root.into_iter().collect();
        let n_tiles = self.tree.tiles.len();
        for _ in 0..n_tiles {
            match waiting.pop().and_then(|tile| self.tree.tiles.get(tile)) {
                Some(Tile::Pane(pane)) => found.push(*pane),
                Some(Tile::Container(container)) => waiting.extend(container.children()),
                None => break,
            }
        }
        found
    }

    /// Panes that stand under a visible row of tabs.
    fn tabbed_panes(&self) -> Vec<Pane> {
        let tiles = &self.tree.tiles;
        tiles
            .tiles()
            .filter_map(|tile| match tile {
                Tile::Container(Container::Tabs(tabs)) if has_tab_bar(tabs) => Some(&tabs.children),
                _ => None,
            })
            .flatten()
            .filter_map(|child| tiles.get_pane(child).copied())
            .collect()
    }
}

/// A pane alone needs no tab.
fn has_tab_bar(tabs: &Tabs) -> bool {
    tabs.children.len() > 1
}

/// What the tree needs to draw its panes.
struct Drawing<'a> {
    panels: &'a mut Panels,
    state: &'a LabState,
    actions: &'a mut Vec<Action>,
    tabbed: Vec<Pane>,
    /// Where the panes are drawn.
    places: Vec<(Pane, Rect)>,
    /// A pane whose title or tab was double-clicked.
    toggled: Option<Pane>,
}

impl Drawing<'_> {
    fn draw(&mut self, ui: &mut Ui, pane: Pane, is_in_tab: bool) {
        let outer = ui.available_rect_before_wrap();
        self.places.push((pane, outer));
        let badges = sides::badges(self.state, self.panels, pane);
        if self.state.comparison.is_some() && self.panels.comparisons.of(pane).is_some() {
            let [mut a, mut b] = sides::halves(ui);
            card::inside(&mut a, is_in_tab, badges, |ui| self.show(ui, pane));
            let Self {
                panels,
                state,
                actions,
                ..
            } = self;
            panels.show_comparison(&mut b, pane, is_in_tab, state, actions);
        } else {
            card::inside(ui, is_in_tab, badges, |ui| self.show(ui, pane));
        }
        let title = pane.title_of(self.state);
        if !is_in_tab && title_response(ui, pane, title, outer).double_clicked() {
            self.toggled = Some(pane);
        }
    }

    fn show(&mut self, ui: &mut Ui, pane: Pane) {
        let view = RunView::of(self.state);
        self.panels.of_mut(pane).ui(ui, view, self.actions);
    }
}

impl Behavior<Pane> for Drawing<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        let is_in_tab = self.tabbed.contains(pane);
        self.draw(ui, *pane, is_in_tab);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title_of(self.state).into()
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<Pane>,
        ui: &mut Ui,
        id: Id,
        tile_id: TileId,
        state: &TabState,
    ) -> Response {
        let title = self.tab_title_for_tile(tiles, tile_id);
        let response = quiet_tab(ui, id, title, state.active);
        keep_in_sight(ui, &response, state.active);
        let response = response.on_hover_text(
            "Brings this view to the front of its tabs; a double click fills the window with it",
        );
        if response.double_clicked() {
            self.toggled = tiles.get_pane(&tile_id).copied();
        }
        self.on_tab_button(tiles, tile_id, response)
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        space::HEADER
    }

    fn is_tab_bar_visible(&self, _tile_id: TileId, tabs: &Tabs) -> bool {
        has_tab_bar(tabs)
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> egui::Color32 {
        theme::tokens(visuals.dark_mode).surface
    }

    fn tab_bar_hline_stroke(&self, _visuals: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        space::GAP
    }

    fn min_size(&self) -> f32 {
        MIN_PANE
    }

    fn resize_stroke(&self, style: &egui::Style, resize_state: ResizeState) -> Stroke {
        let t = theme::tokens(style.visuals.dark_mode);
        match resize_state {
            ResizeState::Idle => Stroke::NONE,
            ResizeState::Hovering => Stroke::new(2.0, t.control_border),
            ResizeState::Dragging => Stroke::new(2.0, t.accent),
        }
    }

    fn is_tile_draggable(&self, _tiles: &Tiles<Pane>, _tile_id: TileId) -> bool {
        false
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions::OFF // the container of tabs stays while it has one tab
    }
}

/// The title of a card, which takes double clicks.
fn title_response(ui: &Ui, pane: Pane, name: &str, card: Rect) -> Response {
    let title = theme::title(ui, name);
    let wrap = Some(egui::TextWrapMode::Extend);
    let galley = WidgetText::from(title).into_galley(ui, wrap, f32::INFINITY, TextStyle::Body);
    let size = vec2(galley.size().x + 2.0 * space::M, space::HEADER);
    let rect = Rect::from_min_size(card.min, size);
    let response = ui.interact(rect, ui.scope_id().with((pane, "title")), Sense::click());
    let name = format!("Title of {name}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    response.on_hover_text("A double click fills the window with this view, or shows all again")
}

/// Scrolls a tab into sight when it comes to the front or the window has another width; otherwise who scrolls the
/// tabs is left alone.
fn keep_in_sight(ui: &Ui, tab: &Response, active: bool) {
    let now = active.then(|| ui.ctx().content_rect().width());
    let id = tab.id.with("in sight");
    let before = ui.data_mut(|data| {
        let known = data.get_temp_mut_or_default::<Option<f32>>(id);
        std::mem::replace(known, now)
    });
    if active && before != now {
        ui.scroll_to_rect_animation(tab.rect, None, ScrollAnimation::none());
    }
}

/// A tab without a box: text, and a line under the chosen one.
fn quiet_tab(ui: &mut Ui, id: Id, title: WidgetText, active: bool) -> Response {
    let t = theme::tokens_of(ui);
    let wrap = Some(egui::TextWrapMode::Extend);
    let galley = title.into_galley(ui, wrap, f32::INFINITY, TextStyle::Body);
    let size = vec2(galley.size().x + 2.0 * space::M, ui.available_height());
    let (_, rect) = ui.allocate_space(size);
    let response = ui.interact(rect, id, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), active, galley.text()));
    let color = if active || response.hovered() {
        t.text
    } else {
        t.text_dim
    };
    let position = Align2::CENTER_CENTER
        .align_size_within_rect(galley.size(), rect)
        .min;
    ui.painter().galley(position, galley, color);
    if active {
        let line = Rect::from_min_max(
            rect.left_bottom() + vec2(space::M, -3.0),
            rect.right_bottom() + vec2(-space::M, -1.0),
        );
        ui.painter().rect_filled(line, 1.0, t.accent);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_layout_has_every_pane_and_shows_all_but_the_tabs_behind() {
        let layout = Layout::default();
        assert!(layout.is_complete());
        let visible = layout.visible();
        let shown = Pane::ALL.into_iter().filter(|pane| visible.contains(pane));
        let shown: Vec<Pane> = shown.collect();
        assert_eq!(
            shown,
            [Pane::Loss, Pane::Digits, Pane::Latent, Pane::Activations]
        );
    }

    #[test]
    fn a_pane_behind_a_tab_comes_forward() {
        let mut layout = Layout::default();
        layout.bring_forward(Pane::Numbers);
        let visible = layout.visible();
        assert!(visible.contains(&Pane::Numbers) && !visible.contains(&Pane::Activations));
        layout.bring_forward(Pane::Loss); // has no tab: nothing changes
        let visible = layout.visible();
        assert!(visible.contains(&Pane::Numbers) && visible.contains(&Pane::Loss));
    }

    #[test]
    fn a_view_that_fills_the_window_alone_is_seen_until_another_is_asked_for() {
        let side = vec2(10.0, 10.0);
        let mut layout = Layout {
            places: vec![
                (Pane::Loss, Rect::from_min_size(Pos2::ZERO, side)),
                (
                    Pane::Latent,
                    Rect::from_min_size(Pos2::new(10.0, 0.0), side),
                ),
            ],
            ..Layout::default()
        };
        layout.toggle_at(Some(Pos2::new(15.0, 5.0)));
        assert_eq!(layout.visible(), [Pane::Latent]);
        layout.bring_forward(Pane::Latent);
        assert_eq!(layout.enlarged(), Some(Pane::Latent));
        layout.bring_forward(Pane::Numbers);
        assert_eq!(layout.enlarged(), None);
        assert!(layout.visible().contains(&Pane::Numbers));
        layout.toggle_at(None);
        assert_eq!(
            layout.enlarged(),
            Some(Pane::Loss),
            "the first, without a pointer"
        );
        assert!(layout.shrink() && !layout.shrink());
    }

    #[test]
    fn a_layout_of_an_older_version_keeps_its_place_and_gets_the_new_panes() {
        let mut older = Layout::default();
        let numbers = older.tree.tiles.find_pane(&Pane::Numbers);
        older.tree.remove_recursively(numbers.expect("it is there"));
        let text = serde_json::to_string(&older).expect("a layout is plain data");
        let restored: Layout = serde_json::from_str(&text).expect("it was just written");
        assert!(!restored.is_complete());
        let completed = restored.completed().expect("it can be mended");
        assert!(completed.is_complete());
        let visible = completed.visible();
        assert!(visible.contains(&Pane::Activations) && !visible.contains(&Pane::Numbers));
        assert_eq!(
            Layout::default().completed(),
            Some(Layout::default()),
            "what lacks nothing stays"
        );
    }

    #[test]
    fn a_layout_survives_being_stored() {
        let text = serde_json::to_string(&Layout::default()).expect("a layout is plain data");
        let restored: Layout = serde_json::from_str(&text).expect("it was just written");
        assert_eq!(restored, Layout::default());
        assert!(restored.is_complete());
    }

    #[test]
    fn a_layout_that_lost_a_pane_is_noticed() {
        let mut layout = Layout::default();
        let loss = layout
            .tree
            .tiles
            .find_pane(&Pane::Loss)
            .expect("it is there");
        layout.tree.remove_recursively(loss);
        assert!(!layout.is_complete());
    }
}
