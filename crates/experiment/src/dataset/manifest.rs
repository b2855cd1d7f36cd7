//! What the four files of an MNIST-like data set must be: names, sizes, headers, checksums.

/// Side of an image, in pixels: those who read the format here know no other.
const IMAGE_SIDE: u32 = 28;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Gray images of 28×28 unsigned bytes.
    Images,
    /// One unsigned byte per image.
    Labels,
}

/// What is known of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256 of the uncompressed content, header included, in lower-case hexadecimal: however it was compressed, and
    /// however, it is recognised.
    Content(&'static str),
    /// SHA-256 of the `.gz` as its makers serve it. The file is recognised in this form alone.
    Gzip(&'static str),
}

/// What one of the four files must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Name of the uncompressed file, such as `train-images-idx3-ubyte`.
    pub name: &'static str,
    /// Images or labels.
    pub content: Content,
    /// Number of images or labels.
    pub n_items: u32,
    pub checksum: Checksum,
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
        [self.name.to_owned(), dotted, self.gzip_name(), dotted_gzip]
    }
}

/// What the four files of a data set must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Images to learn from.
    pub train_images: FileSpec,
    /// Labels of [`Self::train_images`].
    pub train_labels: FileSpec,
    /// Images to measure with.
    pub test_images: FileSpec,
    /// Labels of [`Self::test_images`].
    pub test_labels: FileSpec,
    /// Addresses of folders with the `.gz` files, in the order in which they are tried.
    pub mirrors: &'static [&'static str],
}

impl Manifest {
    /// The four files: training images, training labels, test images, test labels.
    #[must_use]
    pub fn files(&self) -> [&FileSpec; 4] {
        let Self {
            train_images,
            train_labels,
            test_images,
            test_labels,
            mirrors: _,
        } = self;
        [train_images, train_labels, test_images, test_labels]
    }

    /// Usual size of the four `.gz` files together, in bytes.
    #[must_use]
    pub fn gzip_bytes(&self) -> u64 {
        self.files().iter().map(|spec| spec.gzip_bytes).sum()
    }
}
