//! What the four files of an MNIST-like data set must be: names, sizes, headers, checksums.

/// Side of an image, in pixels.
pub const IMAGE_SIDE: u32 = 28;

/// Where MNIST can be fetched, in the order in which it is tried.
pub const MNIST_MIRRORS: [&str; 2] = [
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
];

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Grey images of [`IMAGE_SIDE`]×[`IMAGE_SIDE`] unsigned bytes.
    Images,
    /// One unsigned byte per image.
    Labels,
}

/// What one of the four files must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Name of the uncompressed file, such as `train-images-idx3-ubyte`.
    pub name: String,
    /// Images or labels.
    pub content: Content,
    /// Number of images or labels.
    pub n_items: u32,
    /// SHA-256 of the uncompressed content, header included, in lower-case hexadecimal.
    pub sha256: String,
    /// Usual size of the `.gz` file in bytes. It scales the progress of a download and proves
    /// nothing: a mirror may have compressed the same content differently.
    pub gzip_bytes: u64,
}

impl FileSpec {
    /// The IDX header: magic number, number of items, and for images rows and columns, each as a
    /// big-endian 32-bit integer (`LeCun` & Cortes, "The MNIST database", file formats).
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let fields: &[u32] = match self.content {
            Content::Images => &[0x0803, self.n_items, IMAGE_SIDE, IMAGE_SIDE],
            Content::Labels => &[0x0801, self.n_items],
        };
        fields
            .iter()
            .flat_map(|field| field.to_be_bytes())
            .collect()
    }

    /// Size of the uncompressed file in bytes, header included.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let n_items = u64::from(self.n_items);
        match self.content {
            Content::Images => 16 + n_items * u64::from(IMAGE_SIDE * IMAGE_SIDE),
            Content::Labels => 8 + n_items,
        }
    }

    /// Name of the compressed file, as mirrors serve it.
    #[must_use]
    pub fn gzip_name(&self) -> String {
        format!("{}.gz", self.name)
    }

    /// Names under which the file is accepted, best first. Some archives have a dot in place of
    /// the dash before `idx`; plain files come first because nothing has to be unpacked.
    #[must_use]
    pub fn accepted_names(&self) -> [String; 4] {
        let dotted = self.name.replacen("-idx", ".idx", 1);
        let dotted_gzip = format!("{dotted}.gz");
        [self.name.clone(), dotted, self.gzip_name(), dotted_gzip]
    }
}

/// What the four files of a data set must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Images to learn from.
    pub train_images: FileSpec,
    /// Labels of [`Self::train_images`].
    pub train_labels: FileSpec,
    /// Images to measure with.
    pub test_images: FileSpec,
    /// Labels of [`Self::test_images`].
    pub test_labels: FileSpec,
}

impl Manifest {
    /// The MNIST database of Yann `LeCun` and Corinna Cortes: 60,000 + 10,000 images.
    #[must_use]
    pub fn mnist() -> Self {
        let spec = |name: &str, content, n_items, gzip_bytes, sha256: &str| FileSpec {
            name: name.to_owned(),
            content,
            n_items,
            sha256: sha256.to_owned(),
            gzip_bytes,
        };
        Self {
            train_images: spec(
                "train-images-idx3-ubyte",
                Content::Images,
                60_000,
                9_630_610,
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            train_labels: spec(
                "train-labels-idx1-ubyte",
                Content::Labels,
                60_000,
                28_878,
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            test_images: spec(
                "t10k-images-idx3-ubyte",
                Content::Images,
                10_000,
                1_602_050,
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            test_labels: spec(
                "t10k-labels-idx1-ubyte",
                Content::Labels,
                10_000,
                4_517,
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        }
    }

    /// The four files: training images, training labels, test images, test labels.
    #[must_use]
    pub fn files(&self) -> [&FileSpec; 4] {
        let Self {
            train_images,
            train_labels,
            test_images,
            test_labels,
        } = self;
        [train_images, train_labels, test_images, test_labels]
    }

    /// Usual size of the four `.gz` files together, in bytes.
    #[must_use]
    pub fn gzip_bytes(&self) -> u64 {
        self.files().iter().map(|spec| spec.gzip_bytes).sum()
    }
}
