//! What the files of a data set must be: names, sizes, checksums; and headers, where they have MNIST's format.

/// Side of an image, in pixels: those who read the format here know no other.
const IMAGE_SIDE: u32 = 28;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Gray images of 28×28 unsigned bytes.
    Images,
    /// One unsigned byte per image.
    Labels,
    /// Whatever the makers serve: it is known by its checksum alone.
    AsServed,
}

/// What is known of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256 of the uncompressed content, header included, in lower-case hexadecimal: however it was compressed, and
    /// however, it is recognised.
    Content(&'static str),
    /// SHA-256 of the file as its makers serve it, a `.gz` where it is in MNIST's format. It is recognised in this form
    /// alone.
    Served(&'static str),
    /// MD5 of the file as its makers serve it, where nobody has published a stronger one: it tells damage, not malice.
    ServedMd5(&'static str),
}

impl Checksum {
    /// In lower-case hexadecimal.
    #[must_use]
    pub const fn digits(&self) -> &'static str {
        match self {
            Self::Content(digits) | Self::Served(digits) | Self::ServedMd5(digits) => digits,
        }
    }
}

/// What a file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Name of the uncompressed file, such as `train-images-idx3-ubyte`.
    pub name: &'static str,
    /// Images or labels.
    pub content: Content,
    /// Number of images or labels; 0 where that is not told by the file.
    pub n_items: u32,
    pub checksum: Checksum,
    /// Usual size of the file as it is served, in bytes. It scales the progress of a download and proves nothing: a
    /// mirror may have compressed the same content differently.
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
            Content::AsServed => &[],
        };
        fields
            .iter()
            .flat_map(|field| field.to_be_bytes())
            .collect()
    }

    /// Size of the uncompressed file in bytes, header included; of a file as it is served, what it never exceeds.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let n_items = u64::from(self.n_items);
        match self.content {
            Content::Images => 16 + n_items * u64::from(IMAGE_SIDE * IMAGE_SIDE),
            Content::Labels => 8 + n_items,
            Content::AsServed => self.gzip_bytes + self.gzip_bytes / 2,
        }
    }

    /// A file that is known by its name and checksum alone.
    #[must_use]
    pub const fn as_served(name: &'static str, n_bytes: u64, checksum: Checksum) -> Self {
        Self {
            name,
            content: Content::AsServed,
            n_items: 0,
            checksum,
            gzip_bytes: n_bytes,
        }
    }

    /// Name of the file, as mirrors serve it.
    #[must_use]
    pub fn gzip_name(&self) -> String {
        match self.content {
            Content::AsServed => self.name.to_owned(),
            Content::Images | Content::Labels => format!("{}.gz", self.name),
        }
    }

    /// Names under which the file is accepted, best first. Some archives have a dot in place of
    /// the dash before `idx`; plain files come first because nothing has to be unpacked.
    #[must_use]
    pub fn accepted_names(&self) -> Vec<String> {
        if self.content == Content::AsServed {
            return vec![self.name.to_owned()];
        }
        let dotted = self.name.replacen("-idx", ".idx", 1);
        let dotted_gzip = format!("{dotted}.gz");
        vec![self.name.to_owned(), dotted, self.gzip_name(), dotted_gzip]
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
}

/// Files as the makers of a data set serve them, in formats that a person's own images may have too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The folder of the cache that they are kept in: several data sets may be in the same files.
    pub folder: &'static str,
    pub files: &'static [FileSpec],
    /// Addresses of folders with the files, in the order in which they are tried.
    pub mirrors: &'static [&'static str],
    /// What the names of an archive's files have in them that belong to the data set; empty if all do.
    pub part: &'static str,
    /// What the files call each class, by label; empty if they use the classes' names, or numbers from 0 on.
    pub codes: &'static [&'static str],
    /// How images are made to fit, in words of `--fit`.
    pub fitting: &'static str,
}
