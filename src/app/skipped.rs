//! The list of images that were left out, as a file.

use std::path::Path;

use hourglass_files::whole_file;

use super::App;

impl App {
    /// Writes the list of what was left out of the images in use.
    pub(super) fn save_skipped(&mut self, path: &Path) {
        let dataset = self.state.dataset.as_ref();
        let Some(report) = dataset.and_then(|dataset| dataset.report.clone()) else {
            return; // other images came meanwhile, of which nothing was left out
        };
        let shown = path.display();
        match whole_file::write(path, report.skipped_csv().as_bytes()) {
            Ok(()) => self.state.notices.info(format!("List saved as {shown}")),
            Err(error) => self
                .state
                .notices
                .warning(format!("The list was not saved: {error}")),
        }
    }
}
