//! Opens the window on Windows without a console beside it.
//!
//! `hourglass.exe` is a program of the console, so that its commands print where they were typed. Started by a double
//! click, it would open an empty console as well. This program has none: it starts the other one without, hands the files
//! on that were dropped on its icon, and ends with its exit code. It is built with `--features window-launcher`.

#![cfg_attr(windows, windows_subsystem = "windows")]

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Windows' `CREATE_NO_WINDOW`: the new process has a console that is not shown.
#[cfg(windows)]
const NO_CONSOLE: u32 = 0x0800_0000;

fn main() -> ExitCode {
    let beside = env::current_exe().map(|this| this.with_file_name("hourglass"));
    let mut program = beside.unwrap_or_else(|_| PathBuf::from("hourglass"));
    program.set_extension(env::consts::EXE_EXTENSION);
    let mut command = Command::new(program);
    command.args(env::args_os().skip(1));
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NO_CONSOLE);
    let code = command.status().ok().and_then(|status| status.code());
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
