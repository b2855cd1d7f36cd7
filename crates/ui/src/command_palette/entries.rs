//! Everything the window can do, as entries to be searched.
//!
//! Each entry is an `Action`, except that a setting is found by `experiment_panel/find.rs`.

use egui::{Context, ThemePreference};

use crate::experiment_panel::Control;
use crate::lessons;
use crate::message::capitalized;
use crate::pane::Pane;
use crate::shortcuts::{self, ShortcutAction, Switches};
use crate::{Action, GuideAction, KeepAction, data_sets};
use crate::{PathAction, PathFor};
use hourglass_experiment::PresetId;
use hourglass_figure::FigureKind;
use hourglass_protocol::{DataSetId, DataSource, DeviceChoice};
use hourglass_state::LabState;

/// Something the window can do.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called, and searched by.
    pub name: String,
    /// What kind of thing it is: "Preset", "Setting".
    pub kind: &'static str,
    /// What it does.
    pub help: String,
    /// Its keys; empty where it has none.
    pub keys: String,
    /// The action it stands for.
    pub action: Action,
}

/// Everything that can be done as things stand, the most needed first.
#[must_use]
pub fn entries(ctx: &Context, state: &LabState, switches: Switches) -> Vec<Entry> {
    let mut entries = Vec::new();
    shortcut_actions(ctx, state, switches, &mut entries);
    runs(state, &mut entries);
    typed_paths(state, &mut entries);
    presets(&mut entries);
    lessons_of(&mut entries);
    views(state, &mut entries);
    settings(&mut entries);
    figures(state, &mut entries);
    data_and_device(state, &mut entries);
    window(&mut entries);
    entries
}

fn entry(
    kind: &'static str,
    name: impl Into<String>,
    help: impl Into<String>,
    action: impl Into<Action>,
) -> Entry {
    Entry {
        name: name.into(),
        kind,
        help: help.into(),
        keys: String::new(),
        action: action.into(),
    }
}

/// What has a key.
fn shortcut_actions(ctx: &Context, state: &LabState, switches: Switches, entries: &mut Vec<Entry>) {
    for shortcut in &shortcuts::ALL {
        if shortcut.shortcut_action == ShortcutAction::Commands {
            continue; // it is open
        }
        if let Some(action) = shortcuts::action(shortcut.shortcut_action, state, switches) {
            let name = match shortcut.shortcut_action {
                ShortcutAction::TrainOrPause if state.is_training() => "pause",
                ShortcutAction::TrainOrPause => "train",
                ShortcutAction::Help => "manual and keyboard shortcuts",
                _ => shortcut.text,
            };
            entries.push(Entry {
                name: capitalized(name),
                kind: "Command",
                help: capitalized(shortcut.text),
                keys: shortcut.keys_text(ctx),
                action,
            });
        }
    }
}

fn runs(state: &LabState, entries: &mut Vec<Entry>) {
    let mut add = |name: &str, help: &str, action: KeepAction| {
        entries.push(entry("Run", name, help, action));
    };
    if state.run.is_some() && state.crash.is_none() {
        add(
            "Save run as…",
            "Saves the run in another folder",
            KeepAction::SaveAs,
        );
        add(
            "Save run as one file…",
            "Saves the run in a file to send or to keep",
            KeepAction::SaveAsFile,
        );
        add(
            "Load weights…",
            "Starts the experiment with weights from a safetensors file",
            KeepAction::AskForWeights,
        );
    }
    if state.crash.is_none() {
        add(
            "Open run file…",
            "Continues a run that was saved as one file",
            KeepAction::AskForRunFile,
        );
    }
    add(
        "Copy experiment",
        "Copies the experiment to the clipboard as short text",
        KeepAction::CopyExperiment,
    );
    add(
        "Paste experiment",
        "Reads the experiment from the clipboard",
        KeepAction::AskForExperiment,
    );
    for folder in state.keep.recent.iter().filter(|_| state.crash.is_none()) {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let name = format!("Open recent run {}", name.to_string_lossy());
        let help = format!("Continues the run in {}", folder.display());
        entries.push(entry("Run", name, help, KeepAction::Open(folder.clone())));
    }
    match &state.run {
        Some(run) if run.judging.is_some() => {
            let help = "Stops measuring how good the code is; training goes on";
            let cancel = Action::CancelJudging;
            entries.push(entry("Run", "Cancel measuring the code", help, cancel));
        }
        Some(_) => {
            let help = "Measures how good the code is: linear probe, neighbours, bytes compared with PNG and JPEG";
            entries.push(entry("Run", "Measure the code", help, Action::JudgeCode));
        }
        None => {}
    }
}

/// Everything that is opened by a dialog, by a path that is typed.
fn typed_paths(state: &LabState, entries: &mut Vec<Entry>) {
    if state.crash.is_some() {
        return;
    }
    for (kind, name, what) in [
        ("Run", "Open a run by its path…", PathFor::Run),
        ("Run", "Load weights by their path…", PathFor::Weights),
        ("Image", "Open images by their path…", PathFor::Pictures),
        (
            "Data",
            "Open a data folder by its path…",
            PathFor::DataFolder,
        ),
    ] {
        let help = "Type or paste a path, on systems without a file dialog";
        entries.push(entry(kind, name, help, PathAction::Ask(what)));
    }
}

fn presets(entries: &mut Vec<Entry>) {
    for id in PresetId::ALL {
        let preset = id.preset();
        let name = format!("{} ({})", preset.title, id.name());
        entries.push(entry(
            "Preset",
            name,
            preset.about,
            Action::ChoosePreset(id),
        ));
    }
}

fn lessons_of(entries: &mut Vec<Entry>) {
    entries.push(entry(
        "Help",
        "Tour of the window",
        "Five places to know, each with a few words",
        GuideAction::Tour(Some(0)),
    ));
    for lesson in &lessons::ALL {
        let name = format!("Lesson {}: {}", lesson.number(), lesson.title);
        let start = GuideAction::StartLesson(lesson.id);
        entries.push(entry("Lesson", name, lesson.about, start));
    }
}

fn views(state: &LabState, entries: &mut Vec<Entry>) {
    for pane in Pane::ALL {
        let help = "Brings this view to the front of its tabs";
        let look = GuideAction::LookAt(pane);
        let name = format!("Show {}", pane.title_of(state));
        entries.push(entry("View", name, help, look));
    }
}

fn settings(entries: &mut Vec<Entry>) {
    for control in Control::all() {
        let section = control.section().title();
        let help = match control.needs() {
            Some(needs) => format!(
                "Goes to the control under {section}; if it is hidden, to “{}”, which shows it",
                needs.name()
            ),
            None => format!("Goes to the control under {section}"),
        };
        let find = GuideAction::Find(control);
        entries.push(entry(
            "Setting",
            format!("{}…", capitalized(control.name())),
            help,
            find,
        ));
    }
}

fn figures(state: &LabState, entries: &mut Vec<Entry>) {
    if state.run.is_none() {
        return; // there is nothing to export
    }
    for &kind in FigureKind::ALL {
        let name = format!("Export {}…", kind.label());
        let show = Action::ShowExport(Some(kind));
        entries.push(entry("Export", name, kind.help(), show));
    }
}

fn data_and_device(state: &LabState, entries: &mut Vec<Entry>) {
    let mut add = |name: &str, help: &str, action| {
        entries.push(entry("Data", name, help, action));
    };
    if state.loading.is_some() {
        add(
            "Cancel loading",
            "What has been downloaded so far is kept",
            Action::CancelLoading,
        );
    } else {
        for id in DataSetId::all() {
            let source = DataSource::Named(id);
            add(
                &format!("Use {}", id.label_in_text()),
                &data_sets::help(id),
                Action::LoadData(source),
            );
        }
        for id in DataSetId::fetchable() {
            add(
                &data_sets::fetch_label(id),
                &data_sets::fetch_help(id),
                Action::Fetch(id),
            );
        }
        add(
            "Open your own images…",
            "A data set of your own: a folder of images, one folder for each class",
            Action::OpenDataFolder,
        );
        add(
            "Open a data file…",
            "A data set of your own: a ZIP, an .npz or .npy file, a CSV or Parquet table, or an IDX file",
            Action::OpenDataFile,
        );
    }
    let dataset = state.dataset.as_ref();
    if dataset.is_some_and(|dataset| dataset.report.is_some()) {
        add(
            "Look at the images…",
            "What was found in your data set, how it is made to fit, and some images of each class",
            Action::ShowData(true),
        );
    }
    for choice in DeviceChoice::ALL {
        let name = format!("Train on {}", choice.label());
        let help = "The device that training runs on";
        entries.push(entry("Device", name, help, Action::UseDevice(choice)));
    }
}

fn window(entries: &mut Vec<Entry>) {
    for (name, theme) in [
        ("Light theme", ThemePreference::Light),
        ("Dark theme", ThemePreference::Dark),
        ("System theme", ThemePreference::System),
    ] {
        let help = "Colours of the window";
        entries.push(entry("Window", name, help, Action::SetTheme(theme)));
    }
    for (percent, scale) in [(100, 1.0), (125, 1.25), (150, 1.5), (200, 2.0)] {
        let name = format!("Scale {percent} %");
        let help = "Everything larger or smaller";
        entries.push(entry("Window", name, help, Action::SetScale(scale)));
    }
    let reset = "Puts all panels back in their original places";
    entries.push(entry("Window", "Reset layout", reset, Action::ResetLayout));
}
