//! Data sets in MNIST's format whose content the tests make up.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use hourglass::data::mnist::{Checksum, Content, FileSpec, Manifest};
use hourglass::experiment::DataSetId;
use sha2::{Digest, Sha256};

/// Four uncompressed files and the manifest that describes them.
pub struct Synthetic {
    pub manifest: Manifest,
    /// In the order of [`Manifest::files`].
    pub contents: [Vec<u8>; 4],
    /// The same, compressed.
    pub gzips: [Vec<u8>; 4],
}

/// 400 + 100 images of noise, which do not compress: 0.4 MB to send.
pub fn small() -> &'static Synthetic {
    static SMALL: LazyLock<Synthetic> = LazyLock::new(|| {
        let mut state = 1_u32;
        Synthetic::new(400, 100, move || {
            // Numerical Experiments' generator; its high bits are noise enough.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
    });
    &SMALL
}

/// 60,000 + 10,000 images, the numbers that the `mnist` crate insists on.
pub fn full() -> &'static Synthetic {
    static FULL: LazyLock<Synthetic> = LazyLock::new(|| {
        // A prime period: no two images are alike at the same place.
        let mut bytes = (0..251).cycle();
        Synthetic::new(60_000, 10_000, move || bytes.next().unwrap())
    });
    &FULL
}

impl Synthetic {
    fn new(n_train: u32, n_test: u32, mut byte: impl FnMut() -> u8) -> Self {
        let mut manifest = mnist_manifest();
        let mut contents = [const { Vec::new() }; 4];
        let mut gzips = [const { Vec::new() }; 4];
        let Manifest {
            train_images,
            train_labels,
            test_images,
            test_labels,
            mirrors: _,
        } = &mut manifest;
        let specs = [
            (train_images, n_train),
            (train_labels, n_train),
            (test_images, n_test),
            (test_labels, n_test),
        ];
        for (file_idx, (spec, n_items)) in specs.into_iter().enumerate() {
            spec.n_items = n_items;
            let mut content = spec.header();
            let n_data = usize::try_from(spec.size_bytes()).unwrap() - content.len();
            content.extend((0..n_data).map(|_| match spec.content {
                Content::Images => byte(),
                Content::Labels | Content::AsServed => byte() % 10,
            }));
            spec.checksum = Checksum::Content(sha256(&content).leak());
            gzips[file_idx] = gzip(&content);
            spec.gzip_bytes = gzips[file_idx].len() as u64;
            contents[file_idx] = content;
        }
        Self {
            manifest,
            contents,
            gzips,
        }
    }

    /// The file with index `file_idx` in the order of [`Manifest::files`].
    pub fn spec(&self, file_idx: usize) -> &FileSpec {
        self.manifest.files()[file_idx]
    }

    /// Writes the four files uncompressed.
    pub fn write_plain(&self, folder: &Path) {
        for (spec, content) in self.manifest.files().into_iter().zip(&self.contents) {
            fs::write(folder.join(spec.name), content).unwrap();
        }
    }

    /// Writes the four files compressed.
    pub fn write_gzip(&self, folder: &Path) {
        for (spec, gzip) in self.manifest.files().into_iter().zip(&self.gzips) {
            fs::write(folder.join(spec.gzip_name()), gzip).unwrap();
        }
    }

    /// What a mirror serves.
    pub fn served(&self) -> HashMap<String, Vec<u8>> {
        let names = self.manifest.files().map(FileSpec::gzip_name);
        names.into_iter().zip(self.gzips.clone()).collect()
    }
}

/// What MNIST's files must be.
pub fn mnist_manifest() -> Manifest {
    *DataSetId::MNIST.spec().manifest().unwrap()
}

/// `content` as a gzip file.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn sha256(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
