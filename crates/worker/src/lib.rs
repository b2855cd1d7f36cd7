//! The one thread that owns tensors, and the lanes to it.

mod errand;
mod handle;
mod judging;
mod lab;
mod loader;
mod look;
mod mailbox;
mod panics;
mod wake;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::Sender;

use hourglass_data::{Dataset, Shelf};
use hourglass_protocol::{Event, Failure};
use hourglass_train::device::OpenDevice;

pub use handle::{Farewell, Worker, WorkerGone, WorkerSide};
pub use mailbox::Mailbox;
pub use wake::Wake;

use lab::Lab;
use panics::panic_message;

/// Starts a worker on a device that was opened before.
///
/// The device is opened by the caller, on the main thread and before there is a window: two threads that
/// start a graphics driver at once can crash in it.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn(device: OpenDevice, wake: Wake) -> std::io::Result<Worker> {
    spawn_keeping(device, wake, Shelf::default())
}

/// The same; what data sets allow is kept on a shelf, and found there the next time.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn_keeping(device: OpenDevice, wake: Wake, shelf: Shelf) -> std::io::Result<Worker> {
    spawn_on(device, wake, shelf, None)
}

/// As [`spawn`], with a data set that need not be in the catalogue.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn_with(
    device: OpenDevice,
    wake: Wake,
    dataset: Arc<Dataset>,
) -> std::io::Result<Worker> {
    spawn_on(device, wake, Shelf::default(), Some(dataset))
}

fn spawn_on(
    device: OpenDevice,
    wake: Wake,
    shelf: Shelf,
    dataset: Option<Arc<Dataset>>,
) -> std::io::Result<Worker> {
    let (mut worker, side) = Worker::lanes();
    let thread = std::thread::Builder::new()
        .name("hourglass-worker".to_owned())
        .spawn(move || {
            let events = side.events.clone();
            let lab = Lab::new(side, device, wake.clone()).keeping(shelf);
            run(lab, dataset, &events, &wake);
        })?;
    worker.attach(thread);
    Ok(worker)
}

/// The worker's whole life. A panic becomes the last event, and the window lives on.
fn run(lab: Lab, dataset: Option<Arc<Dataset>>, events: &Sender<Event>, wake: &Wake) {
    let life = catch_unwind(AssertUnwindSafe(|| match dataset {
        None => lab.run(),
        Some(dataset) => lab.run_with(dataset),
    }));
    if let Err(panic) = life {
        let message = panic_message(panic.as_ref());
        log::error!("the training thread panicked: {message}");
        let failure = Failure::WorkerPanicked { message };
        events.send(Event::Failed(failure)).ok(); // the owner may be gone as well
        catch_unwind(AssertUnwindSafe(|| wake.call())).ok(); // it may be the wake that panicked
    }
}
