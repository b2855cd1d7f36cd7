//! What a file is that was given as weights but is not a safetensors file, and how to convert it.

use std::path::Path;

/// Bytes that are looked at for what tells one kind of archive from another.
const LOOKED_AT: usize = 64 << 20;

/// A file of another kind, told by its content and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// What `torch.save` writes.
    PyTorch,
    /// What `torch.save` wrote before version 1.6, or another pickle.
    Pickle,
    /// What `model.save` of Keras 3 writes.
    Keras,
    /// HDF5: Keras' weights, or a whole model of Keras 2.
    Hdf5,
    /// `NumPy`'s archive of arrays.
    Npz,
    /// One array of `NumPy`.
    Npy,
    /// An archive of another kind.
    Zip,
    /// The exchange format of networks.
    Onnx,
    /// The format of llama.cpp.
    Gguf,
    /// What Git keeps in place of a large file.
    LfsPointer,
    /// What a browser saved in place of the file.
    WebPage,
}

impl Foreign {
    /// What a file is by its first bytes and, if it is an archive, by what it holds.
    pub fn of(file: &[u8]) -> Option<Self> {
        match file {
            [b'P', b'K', 3, 4, ..] => Some(Self::of_archive(file)),
            [0x80, 2..=5, ..] => Some(Self::Pickle),
            [0x89, b'H', b'D', b'F', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Hdf5),
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some(Self::Npy),
            [b'G', b'G', b'U', b'F', ..] => Some(Self::Gguf),
            _ if file.starts_with(b"version https://git-lfs") => Some(Self::LfsPointer),
            _ if is_web_page(file) => Some(Self::WebPage),
            // A protocol buffer that begins with a version and the name of its producer.
            [8, _, 0x12, length, rest @ ..] => {
                let producer = rest.get(..usize::from(*length))?;
                let is_text = producer.iter().all(u8::is_ascii_graphic);
                (is_text && !producer.is_empty()).then_some(Self::Onnx)
            }
            _ => None,
        }
    }

    fn of_archive(file: &[u8]) -> Self {
        let looked_at = &file[..file.len().min(LOOKED_AT)];
        let is_any = |wanted: &dyn Fn(&[u8]) -> bool| entries(looked_at).any(wanted);
        if is_any(&|name| name.ends_with(b"data.pkl")) {
            Self::PyTorch
        } else if is_any(&|name| name == b"config.json" || name.ends_with(b"weights.h5")) {
            Self::Keras
        } else if is_any(&|name| name.ends_with(b".npy")) {
            Self::Npz
        } else {
            Self::Zip
        }
    }

    /// What it is, and statements of Python that read its tensors as `t`; `None` if no line would do.
    fn words(self) -> (&'static str, Option<&'static str>) {
        const TORCH: &str = "import torch; from safetensors.torch import save_file; \
            t = torch.load('FILE', map_location='cpu', weights_only=True); \
            t = t.get('state_dict', t.get('model_state_dict', t)); t = {k: v.clone() for k, v in t.items()}";
        const KERAS: &str = "import keras; from safetensors.numpy import save_file; \
            t = {w.path: keras.ops.convert_to_numpy(w) for w in keras.saving.load_model('FILE').weights}";
        const HDF5: &str = "import h5py; from safetensors.numpy import save_file; t = {}; \
            h5py.File('FILE').visititems(lambda k, v: t.update({k: v[()]}) if isinstance(v, h5py.Dataset) \
            and v.ndim and 'optimizer' not in k else None)";
        const NPZ: &str = "import numpy; from safetensors.numpy import save_file; \
            t = {k: numpy.ascontiguousarray(v) for k, v in numpy.load('FILE').items()}";
        const ONNX: &str = "import onnx; from onnx.numpy_helper import to_array; \
            from safetensors.numpy import save_file; \
            t = {v.name: to_array(v).copy() for v in onnx.load('FILE').graph.initializer}";
        match self {
            Self::PyTorch => ("a PyTorch file (torch.save)", Some(TORCH)),
            Self::Pickle => (
                "a Python pickle, such as torch.save wrote before PyTorch 1.6",
                Some(TORCH),
            ),
            Self::Keras => ("a Keras model", Some(KERAS)),
            Self::Hdf5 => ("an HDF5 file, as Keras writes weights", Some(HDF5)),
            Self::Npz => ("an archive of NumPy arrays (npz)", Some(NPZ)),
            Self::Npy => (
                "a single NumPy array (npy), but a model has several: save all of them as safetensors",
                None,
            ),
            Self::Zip => (
                "a ZIP archive: unpack it and choose the safetensors file",
                None,
            ),
            Self::Onnx => ("a network in ONNX", Some(ONNX)),
            Self::Gguf => (
                "a GGUF file, which holds language models: choose a safetensors file",
                None,
            ),
            Self::LfsPointer => (
                "the pointer that Git LFS keeps in place of a file: fetch the file with `git lfs pull`",
                None,
            ),
            Self::WebPage => (
                "a web page, not the file itself: download the file again from its “raw” link",
                None,
            ),
        }
    }

    /// What a file is and what to do: where one would do, the line of Python that makes a safetensors file of it,
    /// to be copied to a shell.
    #[must_use]
    pub fn advice(self, file: &Path) -> String {
        let (what, line) = self.words();
        let Some(line) = line else {
            return format!("it is {what}");
        };
        // A name that a shell or Python would read differently is left to the person who copies the line.
        let as_written = |path: &Path| {
            let name = path.to_str().unwrap_or_default();
            let is_plain = !name.is_empty() && !name.contains(['\'', '"', '\\', '$', '`', '!']);
            is_plain.then(|| name.to_owned())
        };
        let to = file.with_extension("safetensors");
        let names = as_written(file).zip(as_written(&to));
        let (from, to) = names.unwrap_or(("FILE".to_owned(), "weights.safetensors".to_owned()));
        let line = line.replace("FILE", &from);
        format!(
            "it is {what}. To convert it to safetensors: python -c \"{line}; save_file(t, '{to}')\""
        )
    }
}

/// Whether a text begins as a web page does.
fn is_web_page(file: &[u8]) -> bool {
    let text = file.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"].iter().any(|tag| {
        let begin = text.get(..tag.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(tag))
    })
}

/// Names of an archive's files, from the header before each.
fn entries(archive: &[u8]) -> impl Iterator<Item = &[u8]> {
    /// Bytes of such a header before the name; the length of the name is four bytes from its end.
    const HEADER: usize = 30;
    let starts = archive.windows(4).enumerate();
    starts
        .filter(|(_, four)| *four == b"PK\x03\x04")
        .filter_map(|(start, _)| {
            let header = archive.get(start..start + HEADER)?;
            let length = usize::from(u16::from_le_bytes([header[26], header[27]]));
            archive.get(start + HEADER..start + HEADER + length)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of empty files, cut after the last name.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend(b"PK\x03\x04");
            bytes.extend([0; 22]);
            bytes.extend(u16::try_from(name.len()).expect("short").to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(name.as_bytes());
        }
        bytes
    }

    #[test]
    fn files_are_told_by_their_content() {
        let torch = archive(&["model/data.pkl", "model/version"]);
        let keras = archive(&["metadata.json", "config.json", "model.weights.h5"]);
        let npz = archive(&["encoder.layers.0.weight.npy"]);
        let cases: [(&[u8], Foreign); 11] = [
            (&torch, Foreign::PyTorch),
            (&keras, Foreign::Keras),
            (&npz, Foreign::Npz),
            (&archive(&["readme.txt"]), Foreign::Zip),
            (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", Foreign::Pickle),
            (b"\x89HDF\r\n\x1a\n\0\0", Foreign::Hdf5),
            (b"\x93NUMPY\x01\0v\0", Foreign::Npy),
            (b"\x08\x07\x12\x07pytorch\x1a\x052.1.0", Foreign::Onnx),
            (b"GGUF\x03\0\0\0", Foreign::Gguf),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                Foreign::LfsPointer,
            ),
            (b"\n<!DOCTYPE HTML><title>404", Foreign::WebPage),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Foreign::of(bytes), Some(expected));
            assert!(Foreign::of(&bytes[..2]).is_none_or(|found| found == Foreign::Pickle));
        }
        assert_eq!(Foreign::of(b""), None);
        assert_eq!(Foreign::of(b"<!doctype xml>"), None);
    }

    #[test]
    fn the_advice_is_a_line_to_copy() {
        for one in [
            Foreign::PyTorch,
            Foreign::Keras,
            Foreign::Hdf5,
            Foreign::Npz,
            Foreign::Onnx,
        ] {
            let said = one.advice(Path::new("/some where/w.bin"));
            assert!(said.contains("python -c \"import "), "{said}");
            assert!(said.contains("('/some where/w.bin'"), "{said}");
            assert!(
                said.contains("save_file(t, '/some where/w.safetensors')"),
                "{said}"
            );
            assert_eq!(said.matches('"').count(), 2, "{said}");
            assert!(!said.contains("  "), "{said}");
        }
        let said = Foreign::Npz.advice(Path::new("it's $(mine).npz"));
        assert!(
            said.contains("numpy.load('FILE')") && said.contains("'weights.safetensors'"),
            "{said}"
        );
        let said = Foreign::LfsPointer.advice(Path::new("w.safetensors"));
        assert!(said.contains("git lfs pull"), "{said}");
    }
}
