//! `hourglass codes`: the code of every image of a run, for notebooks.

mod npz;
mod parquet;
mod rows;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use hourglass_files::whole_file;
use hourglass_protocol::{Command, DeviceChoice, EncodingRequest, Encodings, Event};

use super::args::DataArgs;
use super::engine::Engine;
use super::occupied::check_new_file;
use super::progress::Progress;

/// The codes of a run.
#[derive(Clone, Debug, Args)]
pub struct CodesArgs {
    /// The folder of the run
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Which images: the test split, the training split, or both
    #[arg(long, value_enum, default_value_t)]
    split: Split,
    /// The file to write: `.npz` for `NumPy`, `.csv` or `.parquet` for pandas, or `.tsv` for the Embedding Projector,
    /// whose second file, `…-metadata.tsv`, comes beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Also the reconstruction of every image; only as `.npz`
    #[arg(long)]
    reconstructions: bool,
    /// Replace the file even if something else made it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: DataArgs,
    /// Device to compute on: `auto`, `cpu` or `gpu`
    #[arg(long, default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
}

/// Which images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Split {
    #[default]
    Test,
    Train,
    All,
}

/// As what they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Npz,
    Csv,
    Parquet,
    Tsv,
}

impl Form {
    fn of(path: &Path) -> Result<Self> {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("npz") => Ok(Self::Npz),
            Some("csv") => Ok(Self::Csv),
            Some("tsv") => Ok(Self::Tsv),
            Some("parquet") => Ok(Self::Parquet),
            _ => bail!(
                "{} has no extension of a format for codes: use .npz, .csv, .parquet or .tsv",
                path.display()
            ),
        }
    }
}

/// Finds them and writes them.
///
/// # Errors
/// When the run cannot be opened, or the file not be written.
pub fn run(args: &CodesArgs) -> Result<()> {
    let form = Form::of(&args.out)?;
    if args.reconstructions && form != Form::Npz {
        bail!("reconstructions are images, which a table has no room for: write them as .npz");
    }
    let metadata = table::metadata_beside(&args.out);
    check_new_file(&args.out, args.force)?;
    if form == Form::Tsv {
        check_new_file(&metadata, args.force)?;
    }
    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let opened = engine.open_run(&args.run, args.data.source()?.as_ref(), &progress)?;
    progress.set(0.5, "encoding the images…".to_owned());
    engine.send(Command::Encode(EncodingRequest {
        test: args.split != Split::Train,
        train: args.split != Split::Test,
        reconstructions: args.reconstructions,
    }))?;
    let encodings = encoded(&engine)?;
    let n_test = opened.dataset.n_test();
    match form {
        Form::Npz => whole_file::write(&args.out, &npz::of(&encodings, n_test)?)?,
        Form::Csv => whole_file::write(&args.out, table::csv(&encodings, n_test).as_bytes())?,
        Form::Parquet => whole_file::write(&args.out, &parquet::of(&encodings, n_test)?)?,
        Form::Tsv => {
            whole_file::write(&metadata, table::metadata(&encodings, n_test).as_bytes())?;
            whole_file::write(&args.out, table::vectors(&encodings).as_bytes())?;
        }
    }
    progress.finish();
    progress.line(&format!(
        "{}: {} codes of {} units",
        args.out.display(),
        encodings.samples.len(),
        encodings.size
    ));
    Ok(())
}

fn encoded(engine: &Engine) -> Result<Encodings> {
    engine.answer(|event| match event {
        Event::Encoded { encodings, .. } => Some(*encodings),
        _ => None,
    })
}
