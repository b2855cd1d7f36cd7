//! What the window says of a data set that it offers.

use hourglass_protocol::DataSetId;

use crate::number;

/// What a data set shows, and how many images there are.
pub(crate) fn help(id: DataSetId) -> String {
    let spec = id.spec();
    let (n_train, n_test) = (
        number::count_of(spec.n_train),
        number::count_of(spec.n_test),
    );
    let found = match spec.download_size() {
        Some(size) => format!("; {size} to fetch if it is not on this machine"),
        None => String::new(),
    };
    let shape = spec.shape.describe();
    format!("{}, {n_train} + {n_test} of {shape}{found}", spec.about)
}

pub(crate) fn fetch_label(id: DataSetId) -> String {
    format!("Fetch {}", id.label())
}

pub(crate) fn fetch_help(id: DataSetId) -> String {
    let size = id.spec().download_size().unwrap_or_default();
    format!(
        "Downloads {} ({size}) into the user's cache, checks it and uses it; can be cancelled and resumed",
        id.label()
    )
}
