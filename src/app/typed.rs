//! A path that was typed: what it means, whether it can be what is wanted, and what follows.

use std::path::{Path, PathBuf};

use super::App;
use super::path_question::{OWN_FOLDER, Question, Typed};
use hourglass_protocol::one_file::is_run_file;
use hourglass_run_folder::is_archive;
use hourglass_ui::{PathAction, PathFor};

impl App {
    /// Performs an action about a typed path.
    pub(super) fn perform_typed(&mut self, ctx: &egui::Context, action: PathAction) {
        match action {
            PathAction::Ask(what) => {
                self.dialog.typed = self.question_of(what).map(Typed::new);
            }
            PathAction::Cancel => {
                let typed = self.dialog.typed.take();
                if let Some(action) = typed.and_then(|typed| typed.question.given_up()) {
                    self.perform(ctx, action);
                }
            }
            PathAction::Take(text) => self.take_typed(ctx, text, false),
            PathAction::Replace(text) => self.take_typed(ctx, text, true),
        }
    }

    fn question_of(&self, what: PathFor) -> Option<Question> {
        let run = self.state.run.as_ref();
        Some(match what {
            PathFor::DataFolder => Question::DataFolder,
            PathFor::Run => Question::Run,
            PathFor::Weights => Question::Weights,
            PathFor::Pictures => Question::Pictures,
            PathFor::NewRun => Question::NewRun(self.name_for_run()?),
            PathFor::RunFile => Question::RunFile,
            PathFor::NewRunFile => Question::NewRunFile(self.name_for_run_file()?),
            PathFor::Figure(request) => {
                let name = request.file_name(&run?.experiment);
                Question::Figure(request, name)
            }
        })
    }

    fn take_typed(&mut self, ctx: &egui::Context, text: String, may_replace: bool) {
        let Some(mut typed) = self.dialog.typed.take() else {
            return;
        };
        let home = std::env::home_dir();
        let own = home.as_ref().map(|home| home.join(OWN_FOLDER));
        let taken = path_of(&text, home.as_deref()).and_then(|path| {
            let path = typed.question.file_at(path);
            problem(&typed.question, &path, own.as_deref()).map_or(Ok(path), Err) // the question decides
        });
        match taken {
            Ok(path) if !may_replace && typed.question.would_replace(&path) => {
                typed.field.problem = Some(format!("{} already exists", path.display()));
                typed.field.replaces = Some(text);
                self.dialog.typed = Some(typed);
            }
            Ok(path) => {
                let action = typed.question.answered(vec![path]);
                self.perform(ctx, action);
            }
            Err(problem) => {
                typed.field.problem = Some(problem);
                self.dialog.typed = Some(typed);
            }
        }
    }
}

/// The path that a text means: quotes around it, a `file://` address, `~` for the home folder, and what is
/// relative counts from the folder that the program was started in.
fn path_of(text: &str, home: Option<&Path>) -> Result<PathBuf, String> {
    let text = text.trim();
    let unquoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    let path = if let Some(address) = unquoted.strip_prefix("file://") {
        of_address(address)?
    } else if unquoted == "~" || unquoted.starts_with("~/") || unquoted.starts_with("~\\") {
        let home = home.ok_or("this user has no home folder: type the full path")?;
        home.join(unquoted[1..].trim_start_matches(['/', '\\']))
    } else {
        PathBuf::from(unquoted)
    };
    std::path::absolute(&path).map_err(|error| format!("{unquoted:?} is not a path: {error}"))
}

/// The path in a `file://` address, without those first letters.
fn of_address(address: &str) -> Result<PathBuf, String> {
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    if !(host.is_empty() || host == "localhost") {
        return Err(format!(
            "file://{address} is on another machine ({host}): type the path of a file on this one"
        ));
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    let decoded = String::from_utf8(decoded)
        .map_err(|_not_text| format!("file://{address} is not UTF-8: type the path itself"))?;
    let drive = decoded.strip_prefix('/'); // file:///C:/…
    let drive = drive.filter(|path| cfg!(windows) && path.as_bytes().get(1) == Some(&b':'));
    Ok(PathBuf::from(drive.unwrap_or(&decoded)))
}

/// Why a path cannot be the answer to a question. The folder that typed paths begin with need not be there: it is made
/// when something is saved in it.
fn problem(question: &Question, path: &Path, own: Option<&Path>) -> Option<String> {
    let shown = path.display();
    if question.writes() {
        let folder = path.parent().unwrap_or(path);
        let writes_file = !matches!(question, Question::NewRun(_));
        return if !folder.is_dir() && own != Some(folder) {
            Some(format!("there is no folder {}", folder.display()))
        } else if writes_file && path.is_dir() {
            Some(format!("{shown} is a folder: add a name for the file"))
        } else if matches!(question, Question::NewRun(_)) && path.is_file() && !is_run_file(path) {
            Some(format!(
                "{shown} is a file: a run needs a folder of its own"
            ))
        } else {
            None
        };
    }
    if !path.exists() {
        Some(format!("there is no {shown}"))
    } else if matches!(question, Question::Run) && !path.is_dir() && !is_archive(path) {
        Some(format!("{shown} is a file: type the folder it is in"))
    } else if matches!(question, Question::Weights | Question::RunFile) && path.is_dir() {
        Some(format!("{shown} is a folder: type the file in it"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_is_understood_as_people_write_it() {
        let home = Path::new("/home/ada");
        let here = std::env::current_dir().expect("there is one");
        for (text, path) in [
            ("/data/mnist", PathBuf::from("/data/mnist")),
            ("  /data/mnist \n", PathBuf::from("/data/mnist")),
            ("\"/data/my digits\"", PathBuf::from("/data/my digits")),
            ("'/data/it''s'", PathBuf::from("/data/it''s")),
            ("~", PathBuf::from("/home/ada")),
            ("~/runs/one", PathBuf::from("/home/ada/runs/one")),
            ("'~/runs/one'", PathBuf::from("/home/ada/runs/one")),
            ("runs/~one", here.join("runs/~one")),
            ("file:///data/my%20digits", PathBuf::from("/data/my digits")),
            ("file://localhost/data/%C3%A9", PathBuf::from("/data/é")),
            ("file:///data/100%", PathBuf::from("/data/100%")),
            ("file:///data/%zz", PathBuf::from("/data/%zz")),
            ("\"", here.join("\"")),
        ] {
            let path = if cfg!(windows) {
                std::path::absolute(&path).expect("a path")
            } else {
                path
            };
            assert_eq!(path_of(text, Some(home)), Ok(path), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_path_of_this_machine_says_so() {
        let far = path_of("file://server/share/x.png", None).expect_err("it is elsewhere");
        assert!(far.contains("another machine (server)"), "{far}");
        let homeless = path_of("~/x", None).expect_err("there is no home");
        assert!(homeless.contains("no home folder"), "{homeless}");
        assert!(path_of("file:///%ff", None).is_err());
        assert!(path_of("", None).is_err());
    }

    #[test]
    fn the_folder_that_typed_paths_begin_with_need_not_be_there() {
        let home = tempfile::tempdir().expect("a folder");
        let own = home.path().join(OWN_FOLDER);
        let said = |path: &str| {
            let question = Question::NewRun("run".to_owned());
            problem(&question, &home.path().join(path), Some(&own))
        };
        assert_eq!(said("Hourglass/run"), None);
        for elsewhere in ["Pictures/run", "Hourglass/runs/one"] {
            let said = said(elsewhere).expect("it is a mistake");
            assert!(said.contains("there is no folder"), "{said}");
        }
    }

    #[test]
    fn a_path_that_cannot_be_what_was_asked_for_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        hourglass_files::whole_file::write(&file, b"x").expect("writes");
        let missing = folder.path().join("none");
        let new = || Question::NewRun("run".to_owned());
        for (question, path, part) in [
            (Question::Run, missing.as_path(), Some("there is no ")),
            (Question::Run, &file, Some("is a file")),
            (Question::Run, folder.path(), None),
            (Question::Weights, folder.path(), Some("is a folder")),
            (Question::Weights, &file, None),
            (Question::Pictures, folder.path(), None),
            (new(), &file, Some("needs a folder of its own")),
            (new(), &missing.join("run"), Some("there is no folder")),
            (new(), &missing, None),
        ] {
            let said = problem(&question, path, None);
            let fits = match (&said, part) {
                (Some(said), Some(part)) => said.contains(part),
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "{question:?} {path:?}: {said:?}");
        }
    }
}
