//! Saving, opening and closing: which folder, when, and what is asked before.

use std::path::{Path, PathBuf};

use egui::{Context, ViewportCommand};

use super::App;
use super::backup::Closing;
use super::path_question::Question;
use hourglass_protocol::one_file::RUN_ENDING;
use hourglass_protocol::{Command, Event, Failure, Matching};
use hourglass_run_folder::{self as run_folder, backup};
use hourglass_state::{Input, Offer};
use hourglass_ui::{CloseAnswer, KeepAction};

/// A report that concerns runs on disk.
pub(super) enum KeepNews {
    Saved(PathBuf),
    NotSaved,
    Replaced,
    /// Another run is in progress.
    Took,
    BroughtBack,
    Opened {
        from: PathBuf,
        goes_on: bool,
    },
    NotOpened,
    WorkerGone,
}

impl KeepNews {
    pub(super) fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::RunSaved { folder, .. } => Self::Saved(folder.clone()),
            Event::RunReplaced { .. } => Self::Replaced,
            Event::RunStarted { .. } | Event::ComparisonEnded { .. } => Self::Took,
            Event::RunBroughtBack { .. } => Self::BroughtBack,
            Event::RunOpened { from, history, .. } => Self::Opened {
                from: from.clone(),
                goes_on: history.goes_on,
            },
            Event::Failed(Failure::NotSaved { .. }) => Self::NotSaved,
            Event::Failed(
                Failure::NotOpened { .. }
                | Failure::WeightsFitByShape { .. }
                | Failure::ImagesNotSent { .. }
                | Failure::Dataset { .. }
                | Failure::NotFetched { .. },
            ) => Self::NotOpened,
            Event::Failed(Failure::WorkerPanicked { .. }) => Self::WorkerGone,
            _ => return None,
        })
    }
}

impl App {
    /// Performs an action about runs on disk, or experiments as text.
    pub(super) fn keep(&mut self, ctx: &Context, action: KeepAction) {
        match action {
            KeepAction::Save => self.save(),
            KeepAction::SaveAs => self.ask_where(),
            KeepAction::SaveAsFile => {
                if let Some(name) = self.name_for_run_file() {
                    self.ask(Question::NewRunFile(name));
                }
            }
            KeepAction::SaveIn(folder) => self.save_in(folder),
            KeepAction::Replace(folder) => {
                self.state.keep.asks_to_replace = None;
                self.outbox.push(Command::SaveRun { folder });
            }
            KeepAction::KeepOther => {
                self.state.keep.asks_to_replace = None;
                self.keeping.closing = Closing::No;
            }
            KeepAction::AskForRun => self.ask(Question::Run),
            KeepAction::AskForRunFile => self.ask(Question::RunFile),
            KeepAction::Open(folder) => self.advance(Input::Open(folder)),
            KeepAction::OpenOn(folder, data) => {
                self.state.keep.images_offered = None;
                self.advance(Input::OpenOn { folder, data });
            }
            KeepAction::LeaveUnopened => self.state.keep.images_offered = None,
            KeepAction::AskForWeights => self.ask(Question::Weights),
            KeepAction::TakeWeights(file) => self.take_weights(file, Matching::ByName),
            KeepAction::TakeWeightsByShape(file) => {
                self.state.keep.weights_offered = None;
                self.take_weights(file, Matching::ByShape);
            }
            KeepAction::LeaveWeights => self.state.keep.weights_offered = None,
            KeepAction::Offer(offer) => {
                self.look_for_left_behind();
                self.state.keep.offer = offer;
            }
            KeepAction::Forget(folder) => {
                backup::forget(&folder);
                self.look_for_left_behind();
            }
            KeepAction::ForgetAll => {
                for kept in self.state.keep.left_behind.drain(..) {
                    backup::forget(&kept.folder);
                }
                self.look_for_left_behind();
            }
            KeepAction::BringBack => {
                if self.state.previous.is_some() {
                    self.advance(Input::BringBack);
                }
            }
            KeepAction::OfferPrevious(is_offered) => {
                if let Some(previous) = &mut self.state.previous {
                    previous.is_offered = is_offered;
                }
            }
            KeepAction::Close(answer) => self.close(answer),
            KeepAction::CopyExperiment => {
                ctx.copy_text(run_folder::to_short_toml(&self.state.draft));
                let text = "Experiment copied to the clipboard".to_owned();
                self.state.notices.info(text);
            }
            KeepAction::AskForExperiment => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            KeepAction::PasteExperiment(text) => self.paste_experiment(&text),
        }
    }

    fn save(&mut self) {
        match self.state.run.as_ref().map(|run| run.saved.clone()) {
            Some(Some((folder, _))) => self.outbox.push(Command::SaveRun { folder }),
            Some(None) => self.ask_where(),
            None => {}
        }
    }

    /// Another run in the folder is not replaced without a word: the dialog offers the same name for the same
    /// experiment.
    fn save_in(&mut self, folder: PathBuf) {
        let saved = self.state.run.as_ref().and_then(|run| run.saved.as_ref());
        let is_own = saved.is_some_and(|(own, _)| *own == folder);
        if !is_own && run_folder::is_run(&folder) {
            self.state.keep.asks_to_replace = Some(folder);
        } else {
            self.outbox.push(Command::SaveRun { folder });
        }
    }

    fn ask_where(&mut self) {
        if let Some(name) = self.name_for_run() {
            self.ask(Question::NewRun(name));
        }
    }

    /// A name for the folder of the run: `sparse-64-seed-1`.
    pub(super) fn name_for_run(&self) -> Option<String> {
        let experiment = &self.state.run.as_ref()?.experiment;
        let preset = experiment.preset.map_or("run", |id| id.name());
        Some(format!("{preset}-seed-{}", experiment.seed))
    }

    /// The same of its file.
    pub(super) fn name_for_run_file(&self) -> Option<String> {
        Some(format!("{}.{RUN_ENDING}", self.name_for_run()?))
    }

    fn take_weights(&mut self, file: PathBuf, matching: Matching) {
        self.advance(Input::StartFromWeights {
            experiment: self.state.draft.clone(),
            file,
            matching,
        });
    }

    fn paste_experiment(&mut self, text: &str) {
        match run_folder::read_experiment(text) {
            Ok(experiment) => {
                self.state.notices.info("Experiment pasted".to_owned());
                self.propose(experiment);
            }
            Err(error) => {
                let text = format!("the clipboard does not contain an experiment: {error}");
                self.state.notices.error(text);
            }
        }
    }

    fn close(&mut self, answer: CloseAnswer) {
        self.state.keep.asks_before_closing = false;
        self.keeping.closing = match answer {
            CloseAnswer::Save => {
                self.outbox.push(Command::Pause); // so that nothing is learned after it is saved
                self.save();
                Closing::OnceSaved
            }
            CloseAnswer::Discard => {
                self.outbox.push(Command::ForgetBackup);
                Closing::Now
            }
            CloseAnswer::Stay => Closing::No,
        };
    }

    /// What follows from a report for runs on disk.
    pub(super) fn take_news(&mut self, news: KeepNews) {
        match news {
            KeepNews::Saved(folder) => {
                self.state.keep.note_recent(&folder);
                if self.keeping.closing == Closing::OnceSaved {
                    self.keeping.closing = Closing::Now;
                }
            }
            KeepNews::Replaced => self.keeping.has_let_go = true,
            KeepNews::Took => {
                if std::mem::take(&mut self.keeping.has_let_go) {
                    self.look_for_left_behind();
                }
            }
            KeepNews::BroughtBack | KeepNews::NotOpened => self.look_for_left_behind(),
            KeepNews::NotSaved => self.keeping.closing = Closing::No,
            KeepNews::Opened { from, goes_on } => self.opened(&from, goes_on),
            KeepNews::WorkerGone => {
                self.keeping.closing = Closing::No;
                self.state.keep.offer = Offer::Bar; // what this window had is among them now
                self.look_for_left_behind();
            }
        }
    }

    fn opened(&mut self, from: &Path, goes_on: bool) {
        if self.keeping.backups.is_backed_up(from) {
            if let Some(run) = &mut self.state.run {
                run.saved = None; // nobody chose that folder
            }
            self.look_for_left_behind();
            self.state.keep.offer = Offer::Menu;
        } else if goes_on {
            self.state.keep.note_recent(from);
        }
    }

    /// Finds the runs that no window has open: they come and go with other windows, too.
    pub(super) fn look_for_left_behind(&mut self) {
        self.state.keep.left_behind = self.keeping.backups.left_behind();
    }

    /// Asks before the window closes over an unsaved run.
    pub(super) fn keep_watch(&mut self, ctx: &Context) {
        if self.graphics.is_lost() {
            return; // it closes whatever was asked
        }
        if self.picture.is_some() {
            return; // nobody sees it, and it leaves no trace
        }
        let asks_to_close = ctx.input(|input| input.viewport().close_requested());
        match self.keeping.closing {
            Closing::Now if !asks_to_close => ctx.send_viewport_cmd(ViewportCommand::Close),
            Closing::Now => {}
            Closing::No | Closing::OnceSaved => {
                if asks_to_close && self.state.has_unsaved_run() {
                    ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                    self.state.keep.asks_before_closing = true;
                    ctx.request_repaint();
                }
            }
        }
    }
}
