//! `hourglass pack` and `hourglass unpack`: a run in one file, and a folder of it again.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use clap::Args;

use hourglass_data as data;
use hourglass_files::plain_file;
use hourglass_protocol::one_file::{FILES_OF_IMAGES, PackedImages, RUN_ENDING, is_run_file};
use hourglass_protocol::{DataSource, ImagesKept};
use hourglass_run_folder::{self as run_folder, FolderLock, RESUME_FILE, SavedFiles, names_in};
use hourglass_train::resume::{self, ResumedRun};

use super::occupied;

#[derive(Debug, Args)]
pub struct PackArgs {
    /// The folder of the run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// The file to write, which ends in .hourglass; by default beside the folder and called after it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave out your own images; otherwise they go along if they take at most 32 MB
    #[arg(long)]
    no_images: bool,
    /// Replace the file
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub struct UnpackArgs {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The folder to write, which must not contain a run; by default beside the file and called after it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Makes one file of a run folder.
///
/// # Errors
/// When the folder contains no whole run, or the file cannot be written.
pub fn pack(args: &PackArgs) -> Result<()> {
    let file = match &args.out {
        Some(file) if !is_run_file(file) => bail!(
            "{} does not end in .{RUN_ENDING}: systems know a run by that ending",
            file.display()
        ),
        Some(file) => file.clone(),
        None => {
            let folder = std::path::absolute(&args.run)?;
            let name = folder.file_name().context("the folder has no name")?;
            folder.with_file_name(format!("{}.{RUN_ENDING}", name.to_string_lossy()))
        }
    };
    occupied::check_new_file(&file, args.force)?;
    let saved = SavedFiles::all(&args.run)?;
    let (images, kept) = if args.no_images {
        (None, None)
    } else {
        images_of(&args.run, &saved)?
    };
    saved.pack(&file, images.as_ref())?;
    let n_bytes = plain_file::open(&file)?.metadata()?.len();
    let megabytes = n_bytes as f64 / 1e6;
    let said = kept.map_or_else(String::new, |kept| format!(", {kept}"));
    writeln!(io::stdout(), "{}: {megabytes:.1} MB{said}", file.display())?;
    Ok(())
}

/// Images that go along, and where all of them are.
fn images_of(run: &Path, saved: &SavedFiles) -> Result<(Option<PackedImages>, Option<ImagesKept>)> {
    let resume = saved.unchecked(RESUME_FILE).unwrap_or_default();
    let resume =
        resume::read(resume).with_context(|| run.join(RESUME_FILE).display().to_string())?;
    let ResumedRun {
        data, data_place, ..
    } = resume.run;
    let Some(place) = data_place else {
        return Ok((None, None)); // everybody has them, or can fetch them
    };
    // Those that came along with the run are the ones, whatever lies where it was trained.
    let source = match run_folder::images_of(run, &data)? {
        Some((lies, fitting)) => DataSource::Path(lies, fitting),
        None => DataSource::from(&place),
    };
    let lies = place.path.display();
    let loaded = data::load(&source, &mut |_| {}, &AtomicBool::new(false));
    let dataset = loaded.with_context(|| {
        format!(
            "the run learned from the images in {lies}: put them back, or pack it with --no-images"
        )
    })?;
    if !dataset.id.is_content_of(&data) {
        bail!(
            "the run learned from {data}, and {lies} holds other images now: put them back, or pack it with --no-images"
        );
    }
    Ok(dataset.to_go_along()?)
}

/// Makes a run folder of one file.
///
/// # Errors
/// When the file contains no run, or the folder another one.
pub fn unpack(args: &UnpackArgs) -> Result<()> {
    let folder = match &args.out {
        Some(folder) if is_run_file(folder) => bail!(
            "{} is called like a run in one file: choose another --out for the folder",
            folder.display()
        ),
        Some(folder) => folder.clone(),
        None if is_run_file(&args.file) => args.file.with_extension(""),
        None => bail!("name the folder to write with --out"),
    };
    if !args.file.is_file() {
        bail!("there is no file {}", args.file.display());
    }
    let saved = SavedFiles::all(&args.file)?;
    let images = run_folder::read_images(&args.file)?;
    let mut there = names_in(&folder);
    if images.is_some() {
        let is_there = |name: &&str| folder.join(name).symlink_metadata().is_ok();
        there.extend(FILES_OF_IMAGES.into_iter().filter(is_there));
    }
    if !there.is_empty() {
        bail!(
            "{} contains files of a run ({}): choose another --out",
            folder.display(),
            there.join(", ")
        );
    }
    let lock = FolderLock::take(&folder)?;
    saved.write(&lock)?;
    if let Some(images) = &images {
        run_folder::write_images(&folder, images)?;
    }
    writeln!(io::stdout(), "{}", folder.display())?;
    Ok(())
}
