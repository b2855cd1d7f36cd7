//! The keyboard: which keys do what, in one table that the help page shows as well.

use std::num::NonZeroU64;

use egui::{Context, Event, InputState, Key, KeyboardShortcut, Modifiers};

use super::Sheet;
use super::{Action, CompareAction, GuideAction, KeepAction};
use hourglass_state::LabState;

/// What of the window a key switches.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is another part of the window, shown or not"
)]
pub struct Switches {
    /// Scale of everything, 1 = 100 %.
    pub scale: f32,
    /// Whether lines are thick, for a projector.
    pub presents: bool,
    /// Whether the page of shortcuts is shown.
    pub help: bool,
    /// The sheet that is shown.
    pub sheet: Option<Sheet>,
    /// Whether everything can be searched.
    pub commands: bool,
    /// Whether the log is shown.
    pub log: bool,
}

/// Scales of everything that the keys and the menu go through, 1 = 100 %.
pub const SCALES: [f32; 8] = [0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0];
/// Smallest and largest scale of everything.
pub const SCALE_RANGE: std::ops::RangeInclusive<f32> = SCALES[0]..=SCALES[SCALES.len() - 1];

/// The next larger scale; the same at the end.
#[must_use]
pub fn larger(scale: f32) -> f32 {
    let next = SCALES.iter().copied().find(|&next| next > scale + 0.01);
    next.unwrap_or(scale)
}

/// The next smaller scale; the same at the end.
#[must_use]
pub fn smaller(scale: f32) -> f32 {
    let mut stairs = SCALES.iter().rev().copied();
    let next = stairs.find(|&next| next < scale - 0.01);
    next.unwrap_or(scale)
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortcutAction {
    TrainOrPause,
    /// Train one batch.
    StepBatch,
    /// Train one epoch.
    StepEpoch,
    /// Back to the same initial weights.
    Reset,
    /// Other initial weights.
    NewSeed,
    SaveRun,
    OpenRun,
    /// Everything larger.
    ScaleUp,
    /// Everything smaller.
    ScaleDown,
    /// Everything at its own size.
    ScaleReset,
    /// Take the last stroke or removal back.
    Undo,
    /// Draw the stroke again that was taken back.
    Redo,
    /// Put the run before back in the place of the one in progress.
    BringBack,
    /// Paste the image on the clipboard.
    Paste,
    /// Select points of the latent space with a box.
    SelectBox,
    /// Select points of the latent space with a lasso.
    SelectLasso,
    /// Select no points.
    ClearSelection,
    /// Open the dialog that exports a figure.
    Export,
    /// Choose an experiment to compare the run with.
    Compare,
    /// To the first moment of the run that was kept.
    ReplayStart,
    /// One moment back.
    ReplayBack,
    /// One moment on.
    ReplayOn,
    /// To the end of the run.
    ReplayEnd,
    /// Back to the run as it is.
    Follow,
    /// Search everything the window can do.
    Commands,
    /// Show or hide the page about the preset.
    Understand,
    /// Show or hide the lessons.
    Lessons,
    /// Show or hide the log.
    Log,
    /// Fill the window with the view under the pointer, or show all again.
    Enlarge,
    /// Fold the experiment away, or show it again.
    FoldExperiment,
    /// Thicker lines and larger text, for a projector.
    Present,
    /// Show or hide the page of shortcuts.
    Help,
}

impl ShortcutAction {
    /// Whether a panel listens for it while it can be seen, or the window gets it in another way.
    fn is_heard_elsewhere(self) -> bool {
        matches!(
            self,
            Self::Undo
                | Self::Redo
                | Self::BringBack
                | Self::Paste
                | Self::SelectBox
                | Self::SelectLasso
                | Self::ClearSelection
                | Self::ReplayStart
                | Self::ReplayBack
                | Self::ReplayOn
                | Self::ReplayEnd
                | Self::Follow
        )
    }
}

/// A key with what it does.
#[derive(Clone, Copy, Debug)]
pub struct Shortcut {
    pub keys: KeyboardShortcut,
    /// What it does.
    pub shortcut_action: ShortcutAction,
    /// The same for people.
    pub text: &'static str,
}

const fn plain(key: Key, shortcut_action: ShortcutAction, text: &'static str) -> Shortcut {
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::NONE, key),
        shortcut_action,
        text,
    }
}

const fn with_command(key: Key, shortcut_action: ShortcutAction, text: &'static str) -> Shortcut {
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::COMMAND, key),
        shortcut_action,
        text,
    }
}

/// Every shortcut, in the order the help page shows them.
pub const ALL: [Shortcut; 32] = [
    plain(Key::Space, ShortcutAction::TrainOrPause, "train or pause"),
    plain(Key::S, ShortcutAction::StepBatch, "train one batch"),
    plain(Key::E, ShortcutAction::StepEpoch, "train one epoch"),
    plain(
        Key::R,
        ShortcutAction::Reset,
        "reset to the same initial weights",
    ),
    plain(
        Key::N,
        ShortcutAction::NewSeed,
        "start from other initial weights",
    ),
    plain(
        Key::B,
        ShortcutAction::SelectBox,
        "select points with a box",
    ),
    plain(
        Key::L,
        ShortcutAction::SelectLasso,
        "select points with a lasso",
    ),
    plain(
        Key::Escape,
        ShortcutAction::ClearSelection,
        "clear the selection",
    ),
    with_command(Key::E, ShortcutAction::Export, "export a figure"),
    with_command(Key::S, ShortcutAction::SaveRun, "save the run"),
    with_command(Key::O, ShortcutAction::OpenRun, "open a run"),
    with_command(Key::Plus, ShortcutAction::ScaleUp, "everything larger"),
    with_command(Key::Minus, ShortcutAction::ScaleDown, "everything smaller"),
    with_command(Key::Num0, ShortcutAction::ScaleReset, "everything at 100 %"),
    with_command(Key::V, ShortcutAction::Paste, "paste an image"),
    with_command(Key::Z, ShortcutAction::Undo, "undo a stroke or a removal"),
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
        shortcut_action: ShortcutAction::Redo,
        text: "redo the stroke",
    },
    with_command(
        Key::Z,
        ShortcutAction::BringBack,
        "bring the previous run back",
    ),
    plain(
        Key::C,
        ShortcutAction::Compare,
        "compare the run with another experiment",
    ),
    plain(
        Key::Home,
        ShortcutAction::ReplayStart,
        "replay the run from its beginning",
    ),
    plain(
        Key::ArrowLeft,
        ShortcutAction::ReplayBack,
        "one moment back",
    ),
    plain(
        Key::ArrowRight,
        ShortcutAction::ReplayOn,
        "one moment forward",
    ),
    plain(Key::End, ShortcutAction::ReplayEnd, "to the end of the run"),
    plain(
        Key::Escape,
        ShortcutAction::Follow,
        "back to the present of the run",
    ),
    with_command(Key::P, ShortcutAction::Commands, "search everything"),
    plain(Key::F1, ShortcutAction::Understand, "understand the preset"),
    plain(Key::F2, ShortcutAction::Lessons, "guided lessons"),
    plain(
        Key::F5,
        ShortcutAction::Present,
        "thicker lines and a scale of 150 %, for a projector",
    ),
    plain(
        Key::F4,
        ShortcutAction::FoldExperiment,
        "fold the experiment away, or show it",
    ),
    plain(
        Key::F11,
        ShortcutAction::Enlarge,
        "fill the window with a view, or show all",
    ),
    plain(Key::F9, ShortcutAction::Log, "log of what happened"),
    plain(Key::Questionmark, ShortcutAction::Help, "manual and keys"),
];

/// The key of an action for people, as hover texts show it.
#[must_use]
pub fn key_of(ctx: &Context, shortcut_action: ShortcutAction) -> String {
    ALL.iter()
        .find(|shortcut| shortcut.shortcut_action == shortcut_action)
        .map(|shortcut| shortcut.keys_text(ctx))
        .unwrap_or_default()
}

impl Shortcut {
    /// Its keys for people, with signs as they stand on keyboards.
    #[must_use]
    pub fn keys_text(&self, ctx: &Context) -> String {
        ctx.format_shortcut(&self.keys)
            .replace("Questionmark", "?")
            .replace("Plus", "+")
            .replace("Minus", "−")
    }
}

/// Whether the keys of an action that a panel listens for were pressed; a text field that has the focus keeps them.
#[must_use]
pub fn is_pressed(ctx: &Context, shortcut_action: ShortcutAction) -> bool {
    let shortcut = ALL
        .iter()
        .find(|shortcut| shortcut.shortcut_action == shortcut_action);
    shortcut.is_some_and(|shortcut| {
        !ctx.text_edit_focused() && ctx.input_mut(|input| input.consume_shortcut(&shortcut.keys))
    })
}

/// Whether Escape was pressed for what lies over the views: dialogs and menus, and a text that is being typed, have it
/// first.
#[must_use]
pub fn takes_escape(ctx: &Context) -> bool {
    let is_free = ctx.memory(|memory| memory.top_modal_layer().is_none())
        && !egui::Popup::is_any_open(ctx)
        && !ctx.text_edit_focused();
    is_free && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}

/// Turns keys into actions. A text field that has the focus keeps its keys; so does a button reached with
/// Tab, which Space presses.
pub fn listen(ctx: &Context, state: &LabState, switches: Switches, actions: &mut Vec<Action>) {
    let writing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    for shortcut in ALL
        .iter()
        .filter(|shortcut| !shortcut.shortcut_action.is_heard_elsewhere())
    {
        let key = shortcut.keys.logical_key;
        let writes_nothing = shortcut.keys.modifiers.any() || is_function_key(key);
        let is_space = key == Key::Space;
        if (writing && !writes_nothing) || (focused && is_space) {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&shortcut.keys)) {
            actions.extend(action(shortcut.shortcut_action, state, switches));
        }
    }
    if !writing && let Some(text) = ctx.input(pasted_experiment) {
        actions.push(KeepAction::PasteExperiment(text).into());
    }
    // The key labelled "+" is "=" without Shift on many keyboards.
    if ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Equals)) {
        actions.extend(action(ShortcutAction::ScaleUp, state, switches));
    }
}

/// The text on its way from the clipboard.
fn pasted_experiment(input: &InputState) -> Option<String> {
    let text = input.events.iter().find_map(|event| match event {
        Event::Paste(text) => Some(text.trim()),
        _ => None,
    })?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_function_key(key: Key) -> bool {
    matches!(
        key,
        Key::F1 | Key::F2 | Key::F4 | Key::F5 | Key::F9 | Key::F11
    )
}

/// Whether there is a run before that can take the place of the one in progress.
#[must_use]
pub fn can_bring_back(state: &LabState) -> bool {
    state.previous.is_some() && !state.session.brings_back() && state.crash.is_none()
}

/// What an action comes to in the current state; `None` if it does nothing.
#[must_use]
pub fn action(
    shortcut_action: ShortcutAction,
    state: &LabState,
    switches: Switches,
) -> Option<Action> {
    let toggled = |sheet| (switches.sheet != Some(sheet)).then_some(sheet);
    let has_run = state.run.is_some() && state.crash.is_none();
    match shortcut_action {
        ShortcutAction::TrainOrPause if state.is_training() => Some(Action::Pause),
        ShortcutAction::TrainOrPause => has_run.then_some(Action::Train),
        ShortcutAction::StepBatch => has_run.then_some(Action::StepBatches(NonZeroU64::MIN)),
        ShortcutAction::StepEpoch => has_run.then_some(Action::StepEpochs(NonZeroU64::MIN)),
        ShortcutAction::Reset => has_run.then_some(Action::Reset),
        ShortcutAction::NewSeed => has_run.then_some(Action::NewSeed),
        ShortcutAction::SaveRun => has_run.then_some(KeepAction::Save.into()),
        ShortcutAction::OpenRun => state
            .crash
            .is_none()
            .then_some(KeepAction::AskForRun.into()),
        ShortcutAction::ScaleUp => Some(Action::SetScale(larger(switches.scale))),
        ShortcutAction::ScaleDown => Some(Action::SetScale(smaller(switches.scale))),
        ShortcutAction::ScaleReset => Some(Action::SetScale(1.0)),
        ShortcutAction::Compare => has_run.then_some(CompareAction::Open.into()),
        ShortcutAction::BringBack => can_bring_back(state).then_some(KeepAction::BringBack.into()),
        ShortcutAction::Undo
        | ShortcutAction::Redo
        | ShortcutAction::Paste
        | ShortcutAction::ReplayStart
        | ShortcutAction::ReplayBack
        | ShortcutAction::ReplayOn
        | ShortcutAction::ReplayEnd
        | ShortcutAction::Follow
        | ShortcutAction::SelectBox
        | ShortcutAction::SelectLasso
        | ShortcutAction::ClearSelection => None,
        ShortcutAction::Export => Some(Action::ShowExport(None)),
        ShortcutAction::Commands => Some(GuideAction::ShowCommands(!switches.commands).into()),
        ShortcutAction::Understand => {
            Some(GuideAction::ShowSheet(toggled(Sheet::Understand)).into())
        }
        ShortcutAction::Lessons => Some(GuideAction::ShowSheet(toggled(Sheet::Lessons)).into()),
        ShortcutAction::Enlarge => Some(Action::Enlarge),
        ShortcutAction::FoldExperiment => Some(Action::FoldExperiment),
        ShortcutAction::Present => Some(GuideAction::Present(!switches.presents).into()),
        ShortcutAction::Log => Some(GuideAction::ShowLog(!switches.log).into()),
        ShortcutAction::Help => Some(Action::ShowHelp(!switches.help)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things_and_every_action_has_a_key() {
        for (idx, one) in ALL.iter().enumerate() {
            for other in &ALL[idx + 1..] {
                // Panels that hear the same key hear it one at a time.
                let is_shared = one.shortcut_action.is_heard_elsewhere()
                    && other.shortcut_action.is_heard_elsewhere();
                let is_same = one.keys == other.keys;
                assert!(is_shared || !is_same, "{} and {}", one.text, other.text);
                assert_ne!(
                    one.shortcut_action, other.shortcut_action,
                    "{} and {}",
                    one.text, other.text
                );
            }
        }
    }

    #[test]
    fn scales_go_up_and_down_the_same_stairs() {
        let mut scale = 0.8;
        let mut up = vec![scale];
        while larger(scale) > scale {
            scale = larger(scale);
            up.push(scale);
        }
        assert_eq!(up, SCALES);
        let mut down = vec![scale];
        while smaller(scale) < scale {
            scale = smaller(scale);
            down.push(scale);
        }
        down.reverse();
        assert_eq!(down, up);
        assert!((larger(1.2) - 1.25).abs() < 1e-6, "from between two stairs");
    }
}
