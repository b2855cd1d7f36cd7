//! Opens the window on Windows without a console beside it.
//!
//! `hourglass.exe` is a program of the console, so that its commands print where they were typed. Started by a double
//! click, it would open an empty console as well. This program has none: it starts the other one without, hands the files
//! on that were dropped on its icon, shows what the other one says if it fails, and ends with its exit code. It is built
//! with `--features window-launcher`.

#![cfg_attr(windows, windows_subsystem = "windows")]

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use rfd::{MessageDialog, MessageLevel};

/// Windows' `CREATE_NO_WINDOW`: the new process has a console that is not shown.
#[cfg(windows)]
const NO_CONSOLE: u32 = 0x0800_0000;

fn main() -> ExitCode {
    let beside = env::current_exe().map(|this| this.with_file_name("hourglass"));
    let mut program = beside.unwrap_or_else(|_| PathBuf::from("hourglass"));
    program.set_extension(env::consts::EXE_EXTENSION);
    let mut command = Command::new(&program);
    command.args(env::args_os().skip(1)).stderr(Stdio::piped());
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NO_CONSOLE);
    let ended = command
        .spawn()
        .and_then(std::process::Child::wait_with_output);
    let (code, said) = match ended {
        Ok(output) => (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ),
        Err(error) => (
            None,
            format!("{} cannot be started: {error}", program.display()),
        ),
    };
    if code != Some(0) {
        MessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title("Hourglass")
            .set_description(end_of(&said))
            .show();
    }
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The last lines of what was said, which name the error.
fn end_of(said: &str) -> String {
    const LINES: usize = 12;
    let lines: Vec<&str> = said.trim().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
