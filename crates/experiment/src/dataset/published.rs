//! Rows of the catalogue whose files are not MNIST's four: what their makers serve is read as a person's own images are.
//!
//! Sizes and SHA-256 are those that TensorFlow Datasets verifies (`tensorflow_datasets/url_checksums`). Of QMNIST and USPS
//! nobody has published one; their MD5 are those of torchvision (`datasets/mnist.py`, `datasets/usps.py`), and their sizes
//! are about right.

use super::{Checksum, DIGITS, DataSetSpec, FileSpec, Origin, Publication};
use crate::ImageShape;

/// As many pixels a side, in colour.
const RGB_32: ImageShape = ImageShape {
    height: 32,
    width: 32,
    channels: 3,
};

const LETTERS: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
    "T", "U", "V", "W", "X", "Y", "Z",
];

/// Small letters that look like their capitals are one class with these.
const BALANCED: [&str; 47] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I",
    "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b",
    "d", "e", "f", "g", "h", "n", "q", "r", "t",
];

/// One archive has all of EMNIST.
const fn emnist(part: &'static str) -> Origin {
    const FILES: &[FileSpec] = &[FileSpec::as_served(
        "gzip.zip",
        561_753_746,
        Checksum::Served("fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"),
    )];
    Origin::Published(Publication {
        folder: "emnist",
        files: FILES,
        mirrors: &[
            "https://biometrics.nist.gov/cs_links/EMNIST/",
            "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
        ],
        part,
        codes: &[],
        fitting: "keep transpose",
    })
}

pub(super) static EMNIST_LETTERS: DataSetSpec = DataSetSpec {
    name: "emnist-letters",
    label: "EMNIST letters",
    about: "Handwritten letters, capital or small (Cohen et al. 2017)",
    class_noun: Some("letter"),
    classes: &LETTERS,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 124_800,
    n_test: 20_800,
    licence: Some("public domain"),
    origin: emnist("emnist-letters"),
};

pub(super) static EMNIST_BALANCED: DataSetSpec = DataSetSpec {
    name: "emnist-balanced",
    label: "EMNIST balanced",
    about: "Handwritten digits and letters, as many of each (Cohen et al. 2017)",
    class_noun: None,
    classes: &BALANCED,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 112_800,
    n_test: 18_800,
    licence: Some("public domain"),
    origin: emnist("emnist-balanced"),
};

pub(super) static EMNIST_DIGITS: DataSetSpec = DataSetSpec {
    name: "emnist-digits",
    label: "EMNIST digits",
    about: "Four times as many handwritten digits as MNIST (Cohen et al. 2017)",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 240_000,
    n_test: 40_000,
    licence: Some("public domain"),
    origin: emnist("emnist-digits"),
};

pub(super) static QMNIST: DataSetSpec = DataSetSpec {
    name: "qmnist",
    label: "QMNIST",
    about: "MNIST made again, with 50,000 more test digits and their writers (Yadav and Bottou 2019)",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: ImageShape::MNIST,
    is_handwriting: true,
    n_train: 60_000,
    n_test: 60_000,
    licence: Some("BSD 3-clause"),
    origin: Origin::Published(Publication {
        folder: "qmnist",
        files: &[
            FileSpec::as_served(
                "qmnist-train-images-idx3-ubyte.gz",
                9_700_000,
                Checksum::ServedMd5("ed72d4157d28c017586c42bc6afe6370"),
            ),
            FileSpec::as_served(
                "qmnist-train-labels-idx2-int.gz",
                460_000,
                Checksum::ServedMd5("0058f8dd561b90ffdd0f734c6a30e5e4"),
            ),
            FileSpec::as_served(
                "qmnist-test-images-idx3-ubyte.gz",
                9_700_000,
                Checksum::ServedMd5("1394631089c404de565df7b7aeaf9412"),
            ),
            FileSpec::as_served(
                "qmnist-test-labels-idx2-int.gz",
                530_000,
                Checksum::ServedMd5("5b5b05890a5e13444e108efe57b788aa"),
            ),
        ],
        mirrors: &["https://raw.githubusercontent.com/facebookresearch/qmnist/master/"],
        part: "",
        codes: &[],
        fitting: "keep",
    }),
};

pub(super) static USPS: DataSetSpec = DataSetSpec {
    name: "usps",
    label: "USPS",
    about: "Digits from envelopes (Hull 1994)",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: ImageShape::gray(16, 16),
    is_handwriting: false,
    n_train: 7_291,
    n_test: 2_007,
    licence: Some("no licence stated"),
    origin: Origin::Published(Publication {
        folder: "usps",
        files: &[
            FileSpec::as_served(
                "usps.bz2",
                6_600_000,
                Checksum::ServedMd5("ec16c51db3855ca6c91edd34d0e9b197"),
            ),
            FileSpec::as_served(
                "usps.t.bz2",
                1_800_000,
                Checksum::ServedMd5("8ea070ee2aca1ac39742fdd1ef5ed118"),
            ),
        ],
        mirrors: &["https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"],
        part: "",
        codes: &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        fitting: "16x16 keep",
    }),
};

pub(super) static QUICK_DRAW: DataSetSpec = DataSetSpec {
    name: "quickdraw",
    label: "Quick, Draw!",
    about: "Ten kinds of drawings of 20 seconds each (Ha and Eck 2017), 7,000 of a kind",
    class_noun: None,
    classes: &[
        "airplane",
        "apple",
        "bicycle",
        "bird",
        "cat",
        "clock",
        "fish",
        "hourglass",
        "house",
        "tree",
    ],
    shape: ImageShape::MNIST,
    is_handwriting: false,
    n_train: 56_000,
    n_test: 14_000,
    licence: Some("CC BY 4.0"),
    origin: Origin::Published(Publication {
        folder: "quickdraw",
        files: &[
            FileSpec::as_served(
                "airplane.npy",
                118_872_512,
                Checksum::Served(
                    "88c5a8801901e6841ee249115a2a1f8b72e79c0eb7b0fb507044122ad3e78843",
                ),
            ),
            FileSpec::as_served(
                "apple.npy",
                113_462_128,
                Checksum::Served(
                    "a70df0030c146cfe4aa9a17aa2a320d5f64ac166fdc3d2cfb439b8322fd8bb0d",
                ),
            ),
            FileSpec::as_served(
                "bicycle.npy",
                99_197_248,
                Checksum::Served(
                    "1211e79d1799e56734e2c2ce55d6af2405ae0a4e329fa46a6496670e90ac79d8",
                ),
            ),
            FileSpec::as_served(
                "bird.npy",
                104_720_528,
                Checksum::Served(
                    "48a6e2a7dc4b4d97aec4201536016cfa5dd1881620626ebda165c77b69f681e5",
                ),
            ),
            FileSpec::as_served(
                "cat.npy",
                96_590_448,
                Checksum::Served(
                    "21a281839d3f2eef601d57d2338a4eafdf24649f8d0a0e42d3ec3e595911463e",
                ),
            ),
            FileSpec::as_served(
                "clock.npy",
                94_500_304,
                Checksum::Served(
                    "a109294aab4f0f66be01d753879c3252ac1c0a4955a123b266c36a3c8a3109af",
                ),
            ),
            FileSpec::as_served(
                "fish.npy",
                105_173_680,
                Checksum::Served(
                    "7ed4f4ce04546a0935149780c73fdd3c376d121e7df5ac1307586a78769e5fc9",
                ),
            ),
            FileSpec::as_served(
                "hourglass.npy",
                106_590_368,
                Checksum::Served(
                    "2558e3403eb43d2b4239c3eba9b3dca2ccff24b34d266b4c2ce2e4fe19dc9955",
                ),
            ),
            FileSpec::as_served(
                "house.npy",
                106_169_360,
                Checksum::Served(
                    "92e1de1e129349525cb63f6dba6d1b54a0db0a3fc4f18b77cf9f1be4105b2a19",
                ),
            ),
            FileSpec::as_served(
                "tree.npy",
                113_461_344,
                Checksum::Served(
                    "174eb2ffd87834defa8a503509e0dee330a3b10c81537d35f2af3736b94e7279",
                ),
            ),
        ],
        mirrors: &["https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap/"],
        part: "",
        codes: &[],
        fitting: "keep limit=70000",
    }),
};

const CIFAR: &[&str] = &["https://www.cs.toronto.edu/~kriz/"];

pub(super) static CIFAR_10: DataSetSpec = DataSetSpec {
    name: "cifar-10",
    label: "CIFAR-10",
    about: "Photographs of animals and vehicles (Krizhevsky 2009)",
    class_noun: None,
    classes: &[
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ],
    shape: RGB_32,
    is_handwriting: false,
    n_train: 50_000,
    n_test: 10_000,
    licence: Some("no licence stated"),
    origin: Origin::Published(Publication {
        folder: "cifar-10",
        files: &[FileSpec::as_served(
            "cifar-10-binary.tar.gz",
            170_052_171,
            Checksum::Served("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        )],
        mirrors: CIFAR,
        part: "",
        codes: &[],
        fitting: "keep",
    }),
};

pub(super) static CIFAR_100: DataSetSpec = DataSetSpec {
    name: "cifar-100",
    label: "CIFAR-100",
    about: "Photographs of a hundred kinds of things (Krizhevsky 2009)",
    class_noun: None,
    classes: &[
        "apple",
        "aquarium_fish",
        "baby",
        "bear",
        "beaver",
        "bed",
        "bee",
        "beetle",
        "bicycle",
        "bottle",
        "bowl",
        "boy",
        "bridge",
        "bus",
        "butterfly",
        "camel",
        "can",
        "castle",
        "caterpillar",
        "cattle",
        "chair",
        "chimpanzee",
        "clock",
        "cloud",
        "cockroach",
        "couch",
        "crab",
        "crocodile",
        "cup",
        "dinosaur",
        "dolphin",
        "elephant",
        "flatfish",
        "forest",
        "fox",
        "girl",
        "hamster",
        "house",
        "kangaroo",
        "keyboard",
        "lamp",
        "lawn_mower",
        "leopard",
        "lion",
        "lizard",
        "lobster",
        "man",
        "maple_tree",
        "motorcycle",
        "mountain",
        "mouse",
        "mushroom",
        "oak_tree",
        "orange",
        "orchid",
        "otter",
        "palm_tree",
        "pear",
        "pickup_truck",
        "pine_tree",
        "plain",
        "plate",
        "poppy",
        "porcupine",
        "possum",
        "rabbit",
        "raccoon",
        "ray",
        "road",
        "rocket",
        "rose",
        "sea",
        "seal",
        "shark",
        "shrew",
        "skunk",
        "skyscraper",
        "snail",
        "snake",
        "spider",
        "squirrel",
        "streetcar",
        "sunflower",
        "sweet_pepper",
        "table",
        "tank",
        "telephone",
        "television",
        "tiger",
        "tractor",
        "train",
        "trout",
        "tulip",
        "turtle",
        "wardrobe",
        "whale",
        "willow_tree",
        "wolf",
        "woman",
        "worm",
    ],
    shape: RGB_32,
    is_handwriting: false,
    n_train: 50_000,
    n_test: 10_000,
    licence: Some("no licence stated"),
    origin: Origin::Published(Publication {
        folder: "cifar-100",
        files: &[FileSpec::as_served(
            "cifar-100-binary.tar.gz",
            168_513_733,
            Checksum::Served("58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
        )],
        mirrors: CIFAR,
        part: "",
        codes: &[],
        fitting: "keep",
    }),
};

pub(super) static SVHN: DataSetSpec = DataSetSpec {
    name: "svhn",
    label: "SVHN",
    about: "Digits of house numbers, cut out of photographs (Netzer et al. 2011)",
    class_noun: Some("digit"),
    classes: &DIGITS,
    shape: RGB_32,
    is_handwriting: false,
    n_train: 73_257,
    n_test: 26_032,
    licence: Some("non-commercial use only"),
    origin: Origin::Published(Publication {
        folder: "svhn",
        files: &[
            FileSpec::as_served(
                "train_32x32.mat",
                182_040_794,
                Checksum::Served(
                    "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
                ),
            ),
            FileSpec::as_served(
                "test_32x32.mat",
                64_275_384,
                Checksum::Served(
                    "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
                ),
            ),
        ],
        mirrors: &["http://ufldl.stanford.edu/housenumbers/"],
        part: "",
        codes: &["10", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        fitting: "keep",
    }),
};
