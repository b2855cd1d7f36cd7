//! Reads the command line, then opens the window or runs a command.

use std::env;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::bail;
use clap::Parser;

use egui::ThemePreference;
use hourglass::app::{
    self, Farewells, Look, Loss, Opened, PictureOptions, SpawnWorker, StartOptions, WindowOptions,
};
use hourglass::cli::{self, Cli, Theme, WindowArgs};
use hourglass::data::Shelf;
use hourglass::protocol::{DataSource, DeviceChoice};
use hourglass::train::{device, threads};
use hourglass::worker::{self, Worker};

fn main() -> ExitCode {
    app::note_start();
    // Drivers that are tried and found missing are no news: `hourglass doctor` lists what is there.
    let filter = env_logger::Env::default().default_filter_or("warn,wgpu_hal=off,wgpu_core=error");
    env_logger::Builder::from_env(filter).init();
    let parsed = Cli::try_parse();
    let may_be_misspelt = parsed
        .as_ref()
        .map_or(true, |cli| !cli.window.files.is_empty());
    if may_be_misspelt && let Err(error) = cli::check_first_word(env::args_os().nth(1).as_deref()) {
        writeln!(io::stderr(), "error: {error}").ok();
        return ExitCode::from(2); // as clap's own of the command line
    }
    let cli = parsed.unwrap_or_else(|error| error.exit());
    if let Some(n) = cli.threads.and_then(|n| NonZeroUsize::new(n.into())) {
        threads::ask(n);
    }
    let result = match cli.command {
        Some(command) => command.run(),
        None => open_window(&cli.window),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // `hourglass presets | head -1`: the reader has read enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "error: {error:#}").ok(); // nobody reads stderr: nothing is lost
            ExitCode::from(cli::exit_code(&error))
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Opens the window. The device that trains is started here, before there is a window: two threads that
/// start a graphics driver at once can crash in it.
fn open_window(args: &WindowArgs) -> anyhow::Result<()> {
    if let Some(missing) = args.files.iter().find(|file| !file.exists()) {
        bail!("there is no {}", missing.display());
    }
    let named = Opened::of(args.files.clone());
    let left_out = named.left_out();
    if named.run.is_some() && args.preset.is_some() {
        bail!("a run has its own experiment: leave --preset out");
    }
    if named.run.is_some() && args.run.is_some() {
        bail!("two runs are named, and one can be open: leave --run or the other out");
    }
    let data = args.data.source()?.or(named.data.map(DataSource::at));
    let user_images = [args.user_images.clone(), named.pictures].concat();
    let farewells = Farewells::heard();
    let adapters = device::adapters();
    let opened = match args.device {
        DeviceChoice::Auto => device::auto(&adapters),
        choice => device::open(choice).map_err(anyhow::Error::msg)?,
    };
    let only_software_adapters = adapters.iter().all(|adapter| adapter.is_software);
    let options = WindowOptions {
        renderer: args.renderer,
        only_software_adapters,
        display: args.display,
        lose_graphics: args.lose_graphics.map(|frame| Loss {
            frame,
            while_drawing: args.while_drawing,
        }),
        start: StartOptions {
            data: data.unwrap_or(DataSource::Auto),
            experiment: args.preset.map(|id| id.preset().experiment()),
            device: args.device,
            user_images,
            run: args.run.clone().or(named.run),
            trains: args.train,
            backups: match args.screenshot {
                Some(_) => None,
                None => app::unsaved_runs_folder(),
            },
            backup_every: args.backup_every.map(Duration::from_millis),
            draws_in_software: only_software_adapters,
            adapters: device::choices(&adapters),
            warning: left_out,
        },
        look: Look {
            theme: args.theme.map(|theme| match theme {
                Theme::Light => ThemePreference::Light,
                Theme::Dark => ThemePreference::Dark,
            }),
            size: args.size,
            scale: args.scale,
            pane: args.view,
        },
        picture: args.screenshot.clone().map(|file| PictureOptions {
            file,
            epochs: args.epochs,
            costs: args.costs.clone(),
        }),
    };
    let shelf = match args.screenshot {
        Some(_) => Shelf::default(), // a picture leaves no trace
        None => Shelf::of_this_user(),
    };
    let spawn: SpawnWorker = Rc::new(move |wake| {
        let spawned = worker::spawn_keeping(opened.clone(), wake, shelf.clone());
        let worker = spawned.unwrap_or_else(|error| {
            log::error!("the training thread could not be started: {error}");
            Worker::lanes().0 // its lanes are closed, and the window says that there is no worker
        });
        farewells.note(&worker);
        worker
    });
    app::run(&options, &spawn)?;
    Ok(())
}
