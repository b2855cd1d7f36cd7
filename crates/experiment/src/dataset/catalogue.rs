//! The catalogue: a row for each data set. A row is all it takes to add one of MNIST's format; `published` has those of
//! others.

use super::published;
use super::{
    Checksum, Content, DIGITS, DataSetId, DataSetSpec, FileSpec, Generator, Manifest, Origin,
};
use crate::ImageShape;

/// All of them, in the order in which they are listed.
pub static CATALOGUE: [&DataSetSpec; 14] = [
    &MNIST,
    &PEN_DIGITS,
    &COLOURED_SHAPES,
    &FASHION_MNIST,
    &KMNIST,
    &published::EMNIST_LETTERS,
    &published::EMNIST_BALANCED,
    &published::EMNIST_DIGITS,
    &published::QMNIST,
    &published::USPS,
    &published::QUICK_DRAW,
    &published::CIFAR_10,
    &published::CIFAR_100,
    &published::SVHN,
];

impl DataSetId {
    /// Presets were measured on it.
    pub const MNIST: Self = Self::of(&MNIST);
    /// Always there; some presets need its known factors.
    pub const PEN_DIGITS: Self = Self::of(&PEN_DIGITS);

    /// Always there too: colour, and not digits.
    pub const COLOURED_SHAPES: Self = Self::of(&COLOURED_SHAPES);

    /// All of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        CATALOGUE.into_iter().map(Self::of)
    }
}

static MNIST: DataSetSpec = DataSetSpec {
    name: "mnist",
    label: "MNIST",
    about: "Handwritten digits (LeCun et al. 1998)",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 60_000,
    n_test: 10_000,
    licence: Some("CC BY-SA 3.0"),
    origin: Origin::Files(of_mnists_size(
        [
            (
                9_630_610,
                Checksum::Content(
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                ),
            ),
            (
                28_878,
                Checksum::Content(
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                ),
            ),
            (
                1_602_050,
                Checksum::Content(
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                ),
            ),
            (
                4_517,
                Checksum::Content(
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                ),
            ),
        ],
        &[
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ],
    )),
};

static PEN_DIGITS: DataSetSpec = DataSetSpec {
    name: "pen-digits",
    label: "Pen digits",
    about: "Digits the program draws itself, with known slant and thickness",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 60_000,
    n_test: 10_000,
    licence: None,
    origin: Origin::Drawn(Generator::PenDigits),
};

static COLOURED_SHAPES: DataSetSpec = DataSetSpec {
    name: "coloured-shapes",
    label: "Coloured shapes",
    about: "Shapes the program draws itself, with known hue, size, turn and place",
    class_noun: None,
    classes: &[
        "circle", "square", "triangle", "pentagon", "diamond", "star", "cross", "ring", "heart",
        "moon",
    ],
    shape: ImageShape {
        height: 32,
        width: 32,
        channels: 3,
    },
    is_handwriting: false,
    n_train: 8_000,
    n_test: 2_000,
    licence: None,
    origin: Origin::Drawn(Generator::ColouredShapes),
};

/// Sizes and SHA-256 are those that TensorFlow Datasets verifies (`url_checksums/fashion_mnist.txt`); torchvision's
/// prototype of `FashionMNIST` has the same four.
static FASHION_MNIST: DataSetSpec = DataSetSpec {
    name: "fashion-mnist",
    label: "Fashion-MNIST",
    about: "Clothes, shoes and bags (Xiao et al. 2017)",
    class_noun: None,
    classes: &[
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
    shape: ImageShape::MNIST,
    is_handwriting: false,
    n_train: 60_000,
    n_test: 10_000,
    licence: Some("MIT"),
    origin: Origin::Files(of_mnists_size(
        [
            (
                26_421_880,
                Checksum::Served(
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                ),
            ),
            (
                29_515,
                Checksum::Served(
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                ),
            ),
            (
                4_422_102,
                Checksum::Served(
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                ),
            ),
            (
                5_148,
                Checksum::Served(
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                ),
            ),
        ],
        &[
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ],
    )),
};

/// Sizes and SHA-256 are those that TensorFlow Datasets verifies (`url_checksums/kmnist.txt`).
static KMNIST: DataSetSpec = DataSetSpec {
    name: "kmnist",
    label: "KMNIST",
    about: "Ten letters of old cursive Japanese (Clanuwat et al. 2018)",
    class_noun: Some("letter"),
    classes: &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    shape: ImageShape::MNIST,
    is_handwriting: false,
    n_train: 60_000,
    n_test: 10_000,
    licence: Some("CC BY-SA 4.0"),
    origin: Origin::Files(of_mnists_size(
        [
            (
                18_165_135,
                Checksum::Served(
                    "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                ),
            ),
            (
                29_497,
                Checksum::Served(
                    "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                ),
            ),
            (
                3_041_136,
                Checksum::Served(
                    "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                ),
            ),
            (
                5_120,
                Checksum::Served(
                    "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
                ),
            ),
        ],
        &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    )),
};

/// Four files under MNIST's names, 60,000 + 10,000 images: size of the `.gz` and checksum of training images, training
/// labels, test images, test labels.
const fn of_mnists_size(
    [train_images, train_labels, test_images, test_labels]: [(u64, Checksum); 4],
    mirrors: &'static [&'static str],
) -> Manifest {
    Manifest {
        train_images: file(
            "train-images-idx3-ubyte",
            Content::Images,
            60_000,
            train_images,
        ),
        train_labels: file(
            "train-labels-idx1-ubyte",
            Content::Labels,
            60_000,
            train_labels,
        ),
        test_images: file(
            "t10k-images-idx3-ubyte",
            Content::Images,
            10_000,
            test_images,
        ),
        test_labels: file(
            "t10k-labels-idx1-ubyte",
            Content::Labels,
            10_000,
            test_labels,
        ),
        mirrors,
    }
}

const fn file(
    name: &'static str,
    content: Content,
    n_items: u32,
    (gzip_bytes, checksum): (u64, Checksum),
) -> FileSpec {
    FileSpec {
        name,
        content,
        n_items,
        checksum,
        gzip_bytes,
    }
}
