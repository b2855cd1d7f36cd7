//! From a figure request to its file: ask where, gather the numbers, draw and write while the window stays usable.

mod exporter;
mod previewer;
mod writer;

use std::path::Path;

use super::App;
use super::path_question::Question;
use hourglass_figure::FigureRequest;
use hourglass_protocol::{Command, Gathered};

use writer::Outcome;

pub(super) use exporter::Exporter;
pub(super) use previewer::Previewer;

impl App {
    /// Asks where a figure is to be written.
    pub(super) fn ask_for_file(&mut self, request: Box<FigureRequest>) {
        let Some(run) = &self.state.run else { return };
        let name = request.file_name(&run.experiment);
        self.ask(Question::Figure(request, name));
    }

    /// Begins to write a figure.
    pub(super) fn export_to(&mut self, request: Box<FigureRequest>, path: &Path) {
        match self.exporter.begin(request, path, &self.state, &self.wake) {
            Ok(Some(gather)) => self.outbox.push(Command::Gather(gather)),
            Ok(None) => {}
            Err(reason) => self.note_failed_export(&reason),
        }
    }

    /// Takes in how far a figure is.
    pub(super) fn follow_export(&mut self) {
        match self.exporter.take_outcome() {
            Some(Outcome::Written(path)) => {
                self.state
                    .notices
                    .info(format!("Figure saved as {}", path.display()));
            }
            Some(Outcome::Cancelled) => self.state.notices.info("Export cancelled".to_owned()),
            Some(Outcome::Failed(reason)) => self.note_failed_export(&reason),
            None => {}
        }
        self.window.exporting = self.exporter.share();
        self.follow_preview();
    }

    /// Has what the dialog wants to show drawn, and shows what was.
    fn follow_preview(&mut self) {
        if let Some(preview) = self.previewer.take() {
            self.export.take_preview(preview);
        }
        let wanted = self.export.preview_wanted();
        let gather = self.previewer.follow(wanted, &self.state, &self.wake);
        if let Some(gather) = gather {
            self.outbox.push(Command::Gather(gather));
        }
    }

    /// The worker gathered the numbers of a figure.
    pub(super) fn take_gathered(&mut self, gathered: Gathered) {
        self.previewer.take_gathered(&gathered);
        if let Err(reason) = self.exporter.gathered(gathered, &self.wake) {
            self.note_failed_export(&reason);
        }
    }

    /// The numbers of a figure will not come: another run began, or something failed, which was said.
    pub(super) fn give_up_gathering(&mut self) {
        self.previewer.give_up();
        if self.exporter.is_gathering() {
            self.exporter.cancel();
            self.note_failed_export("the run it belongs to is gone");
        }
    }

    fn note_failed_export(&mut self, reason: &str) {
        self.state
            .notices
            .error(format!("no figure was written: {reason}"));
    }
}
