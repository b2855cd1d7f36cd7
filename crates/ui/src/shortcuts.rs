//! The keyboard: which keys do what, in one table that the help page shows as well.

use std::num::NonZeroU64;

use egui::{Context, Event, InputState, Key, KeyboardShortcut, Modifiers};

use super::sheet::Sheet;
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
pub enum Deed {
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
    /// Thicker lines and larger text, for a projector.
    Present,
    /// Show or hide the page of shortcuts.
    Help,
}

impl Deed {
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
    pub deed: Deed,
    /// The same for people.
    pub text: &'static str,
}

const fn plain(key: Key, deed: Deed, text: &'static str) -> Shortcut {
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::NONE, key),
        deed,
        text,
    }
}

const fn with_command(key: Key, deed: Deed, text: &'static str) -> Shortcut {
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::COMMAND, key),
        deed,
        text,
    }
}

/// Every shortcut, in the order the help page shows them.
pub const ALL: [Shortcut; 30] = [
    plain(Key::Space, Deed::TrainOrPause, "train or pause"),
    plain(Key::S, Deed::StepBatch, "train one batch"),
    plain(Key::E, Deed::StepEpoch, "train one epoch"),
    plain(Key::R, Deed::Reset, "reset to the same initial weights"),
    plain(Key::N, Deed::NewSeed, "start from other initial weights"),
    plain(Key::B, Deed::SelectBox, "select points with a box"),
    plain(Key::L, Deed::SelectLasso, "select points with a lasso"),
    plain(Key::Escape, Deed::ClearSelection, "clear the selection"),
    with_command(Key::E, Deed::Export, "export a figure"),
    with_command(Key::S, Deed::SaveRun, "save the run"),
    with_command(Key::O, Deed::OpenRun, "open a run"),
    with_command(Key::Plus, Deed::ScaleUp, "everything larger"),
    with_command(Key::Minus, Deed::ScaleDown, "everything smaller"),
    with_command(Key::Num0, Deed::ScaleReset, "everything at 100 %"),
    with_command(Key::V, Deed::Paste, "paste an image"),
    with_command(Key::Z, Deed::Undo, "undo a stroke or a removal"),
    Shortcut {
        keys: KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
        deed: Deed::Redo,
        text: "redo the stroke",
    },
    with_command(Key::Z, Deed::BringBack, "bring the previous run back"),
    plain(
        Key::C,
        Deed::Compare,
        "compare the run with another experiment",
    ),
    plain(
        Key::Home,
        Deed::ReplayStart,
        "replay the run from its beginning",
    ),
    plain(Key::ArrowLeft, Deed::ReplayBack, "one moment back"),
    plain(Key::ArrowRight, Deed::ReplayOn, "one moment forward"),
    plain(Key::End, Deed::ReplayEnd, "to the end of the run"),
    plain(Key::Escape, Deed::Follow, "back to the present of the run"),
    with_command(Key::P, Deed::Commands, "search everything"),
    plain(Key::F1, Deed::Understand, "understand the preset"),
    plain(Key::F2, Deed::Lessons, "guided lessons"),
    plain(Key::F5, Deed::Present, "thicker lines, for a projector"),
    plain(Key::F9, Deed::Log, "log of what happened"),
    plain(Key::Questionmark, Deed::Help, "manual and keys"),
];

/// The key of a deed for people, as hover texts show it.
#[must_use]
pub fn key_of(ctx: &Context, deed: Deed) -> String {
    ALL.iter()
        .find(|shortcut| shortcut.deed == deed)
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

/// Whether the keys of a deed that a panel listens for were pressed; a text field that has the focus keeps them.
#[must_use]
pub fn is_pressed(ctx: &Context, deed: Deed) -> bool {
    let shortcut = ALL.iter().find(|shortcut| shortcut.deed == deed);
    shortcut.is_some_and(|shortcut| {
        !ctx.text_edit_focused() && ctx.input_mut(|input| input.consume_shortcut(&shortcut.keys))
    })
}

/// Turns keys into wishes. A text field that has the focus keeps its keys; so does a button reached with
/// Tab, which Space presses.
pub fn listen(ctx: &Context, state: &LabState, switches: Switches, actions: &mut Vec<Action>) {
    let writing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    for shortcut in ALL
        .iter()
        .filter(|shortcut| !shortcut.deed.is_heard_elsewhere())
    {
        let key = shortcut.keys.logical_key;
        let writes_nothing = shortcut.keys.modifiers.any() || is_function_key(key);
        let is_space = key == Key::Space;
        if (writing && !writes_nothing) || (focused && is_space) {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&shortcut.keys)) {
            actions.extend(action(shortcut.deed, state, switches));
        }
    }
    if !writing && let Some(text) = ctx.input(pasted_recipe) {
        actions.push(KeepAction::PasteRecipe(text).into());
    }
    // The key labelled "+" is "=" without Shift on many keyboards.
    if ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Equals)) {
        actions.extend(action(Deed::ScaleUp, state, switches));
    }
}

/// The text on its way from the clipboard.
fn pasted_recipe(input: &InputState) -> Option<String> {
    let text = input.events.iter().find_map(|event| match event {
        Event::Paste(text) => Some(text.trim()),
        _ => None,
    })?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_function_key(key: Key) -> bool {
    matches!(key, Key::F1 | Key::F2 | Key::F5 | Key::F9)
}

/// Whether there is a run before that can take the place of the one in progress.
#[must_use]
pub fn can_bring_back(state: &LabState) -> bool {
    state.previous.is_some() && !state.awaits_previous() && state.crash.is_none()
}

/// What an action comes to in the current state; `None` if it does nothing.
#[must_use]
pub fn action(deed: Deed, state: &LabState, switches: Switches) -> Option<Action> {
    let toggled = |sheet| (switches.sheet != Some(sheet)).then_some(sheet);
    let has_run = state.run.is_some() && state.crash.is_none();
    match deed {
        Deed::TrainOrPause if state.is_training() => Some(Action::Pause),
        Deed::TrainOrPause => has_run.then_some(Action::Train),
        Deed::StepBatch => has_run.then_some(Action::StepBatches(NonZeroU64::MIN)),
        Deed::StepEpoch => has_run.then_some(Action::StepEpochs(NonZeroU64::MIN)),
        Deed::Reset => has_run.then_some(Action::Reset),
        Deed::NewSeed => has_run.then_some(Action::NewSeed),
        Deed::SaveRun => has_run.then_some(KeepAction::Save.into()),
        Deed::OpenRun => state
            .crash
            .is_none()
            .then_some(KeepAction::AskForRun.into()),
        Deed::ScaleUp => Some(Action::SetScale(larger(switches.scale))),
        Deed::ScaleDown => Some(Action::SetScale(smaller(switches.scale))),
        Deed::ScaleReset => Some(Action::SetScale(1.0)),
        Deed::Compare => has_run.then_some(CompareAction::Open.into()),
        Deed::BringBack => can_bring_back(state).then_some(KeepAction::BringBack.into()),
        Deed::Undo
        | Deed::Redo
        | Deed::Paste
        | Deed::ReplayStart
        | Deed::ReplayBack
        | Deed::ReplayOn
        | Deed::ReplayEnd
        | Deed::Follow
        | Deed::SelectBox
        | Deed::SelectLasso
        | Deed::ClearSelection => None,
        Deed::Export => Some(Action::ShowExport(None)),
        Deed::Commands => Some(GuideAction::ShowCommands(!switches.commands).into()),
        Deed::Understand => Some(GuideAction::ShowSheet(toggled(Sheet::Understand)).into()),
        Deed::Lessons => Some(GuideAction::ShowSheet(toggled(Sheet::Lessons)).into()),
        Deed::Present => Some(GuideAction::Present(!switches.presents).into()),
        Deed::Log => Some(GuideAction::ShowLog(!switches.log).into()),
        Deed::Help => Some(Action::ShowHelp(!switches.help)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things_and_every_deed_has_a_key() {
        for (idx, one) in ALL.iter().enumerate() {
            for other in &ALL[idx + 1..] {
                // Panels that hear the same key hear it one at a time.
                let is_shared = one.deed.is_heard_elsewhere() && other.deed.is_heard_elsewhere();
                let is_same = one.keys == other.keys;
                assert!(is_shared || !is_same, "{} and {}", one.text, other.text);
                assert_ne!(one.deed, other.deed, "{} and {}", one.text, other.text);
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
